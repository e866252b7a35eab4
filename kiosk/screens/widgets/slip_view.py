"""A slip as paper on the screen: the same value that the printer gets, so that who got no paper can photograph it."""

from typing import Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.domain.slip import Align, Code, Field, Line, Rule, Slip, Style
from kiosk.screens.theme import theme
from kiosk.screens.widgets.panel import Box
from kiosk.screens.widgets.qr_code import QrCode
from kiosk.screens.widgets.words import Words, measure

SIZES = {Style.TITLE: 40, Style.HEAD: 30, Style.BODY: 28, Style.BIG: 40, Style.SMALL: 28}
FIELD_PX = 28
BOLD = (Style.TITLE, Style.BIG)


class SlipField(BoxLayout):
    """A label and its value: 编号  YT-1123-0042."""

    label = StringProperty("")
    value = StringProperty("")
    size_px = NumericProperty(28)
    label_width = NumericProperty(0)


class SlipRule(Widget):
    """A dashed line across the paper."""


class SlipView(Box):
    """Draws `slip` from top to bottom, never larger in 大字 mode and always black on white: paper does not change."""

    slip = ObjectProperty(None, allownone=True)
    code_px = NumericProperty(186)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "paper")
        kwargs.setdefault("radius", 6)
        kwargs.setdefault("fill", theme.paper)
        super().__init__(orientation="vertical", size_hint_y=None, **kwargs)
        self.padding = (theme.px(40), theme.px(12))
        self.spacing = theme.px(2)
        self.bind(minimum_height=lambda _, high: setattr(self, "height", high))

    def on_slip(self, _: Any, slip: Slip | None) -> None:
        """Draw anew."""
        self.clear_widgets()
        labels = [block.label for block in slip.blocks if isinstance(block, Field)] if slip else []
        self._label_width = max((measure(label, theme.px(FIELD_PX)) + 1 for label in labels), default=0)
        for block in slip.blocks if slip else ():
            self.add_widget(self._draw(block))

    def _draw(self, block: Any) -> Any:
        scale = 1 / 1.5 if theme.large else 1
        if isinstance(block, Line):
            align = "center" if block.align is Align.CENTRE else "left"
            return Words(text=block.text, size_px=SIZES[block.style] * scale, bold=block.style in BOLD, halign=align, color=theme.print)
        if isinstance(block, Field):
            return SlipField(label=block.label, value=block.value, size_px=FIELD_PX * scale, label_width=self._label_width)
        if isinstance(block, Code):
            return QrCode(text=block.text, size_hint_y=None, height=theme.px(self.code_px))
        assert isinstance(block, Rule)
        return SlipRule()
