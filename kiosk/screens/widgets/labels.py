"""Small signs made of a word and an icon."""

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.theme import theme
from kiosk.screens.widgets.panel import Box
from kiosk.screens.widgets.tint import tint


class IconLine(BoxLayout):
    """An icon and its words, which break and stay whole (detail.png: 7:00 到 17:00，歇 1 小时)."""

    icon = StringProperty("")
    text = StringProperty("")
    size_px = NumericProperty(36)
    icon_px = NumericProperty(52)
    color = tint("ink")
    icon_color = tint("green")
    bold = BooleanProperty(False)


class Badge(Box):
    """A small rounded sign: 已核实 (tone green), 需 3 人 (tone peach)."""

    text = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("green")
    ink = tint("green")
    fill = tint("green_pale")

    def on_tone(self, _: object, tone: str) -> None:
        """Take the colours of the tone."""
        self.fill = theme.green_pale if tone == "green" else theme.peach
        self.ink = theme.green if tone == "green" else theme.brown


class Notice(Box):
    """A peach card with a warning or what went wrong."""

    text = StringProperty("")


class NothingHere(BoxLayout):
    """What stands where nothing waits: a tick, what is so, and what to do now."""

    head = StringProperty("")
    text = StringProperty("")


class Stopped(BoxLayout):
    """What stands in the place of a page when nothing can be done there, and why."""

    text = StringProperty("")


class StaffSign(BoxLayout):
    """What was done just now, and while there are `seconds` left the way back, `page.undo()`; no gap where nothing was."""

    text = StringProperty("")
    seconds = NumericProperty(0)
    page = ObjectProperty(None, allownone=True, rebind=True)
