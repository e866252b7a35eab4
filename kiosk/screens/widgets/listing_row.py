"""One listing in a list (jobs.png): title and signs, place and time, the pay big at the right."""

from typing import Any

from kivy.factory import Factory
from kivy.properties import ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.labels import Badge
from kiosk.screens.widgets.words import measure

GAP = 16


def row_height() -> float:
    """Give the height of every row in this mode, in screen pixels."""
    lines = 38 if theme.large else 0
    return theme.fs((246 if theme.upright else 166) + lines)


class RowLayout(BoxLayout):
    """How the row arranges itself, or a part of it; the .kv has one for lying and one for upright screens."""

    # rebind: a part gets its row after its rule was bound, and must follow the row's properties all the same
    row = ObjectProperty(None, allownone=True, rebind=True)


class ListingRow(Press):
    """Set every property: rows are reused. `badges` are (text, icon, tone); those for which there is no room are left out.

    `choose` is called with `listing_id` when the row is pressed.
    """

    listing_id = StringProperty("")
    title = StringProperty("")
    badges = ListProperty([])
    where = StringProperty("")
    when = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")
    terms = StringProperty("")
    choose = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "card")
        kwargs.setdefault("size_hint_y", None)
        kwargs.setdefault("height", row_height())
        super().__init__(**kwargs)
        self.padding = [theme.px(n) for n in (40, 12, 24, 12)]
        layout = Factory.UprightRow(row=self) if theme.upright else Factory.LyingRow(row=self)
        self._signs = layout.ids.signs
        self.add_widget(layout)
        self.fbind("badges", self._fill)
        self._signs.fbind("width", self._fill)
        self._fill()

    def on_release(self) -> None:
        """Say which listing was chosen."""
        if self.choose is not None:
            self.choose(self.listing_id)

    def _fill(self, *_: Any) -> None:
        box, used, fitting = self._signs, 0.0, []
        for text, icon, tone in self.badges:
            wide = measure(text, theme.fs(28)) + theme.fs(34) + (theme.fs(30) + theme.px(10) if icon else 0) + theme.px(GAP)
            if used + wide > box.width + theme.px(GAP):
                break
            used += wide
            fitting.append((text, icon, tone))
        while len(box.children) > len(fitting):
            box.remove_widget(box.children[0])
        while len(box.children) < len(fitting):
            box.add_widget(Badge(pos_hint={"center_y": 0.5}))
        for badge, (text, icon, tone) in zip(reversed(box.children), fitting, strict=True):
            badge.text, badge.icon, badge.tone = text, icon, tone
