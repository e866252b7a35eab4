"""The end of something small that a slip comes of: what was done, what is next, the slip as it comes out."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.slip_page import SlipPage


class GotSlipScreen(SlipPage):
    """`head` is what was done, `big` what it is about, `text` what is next."""

    head = StringProperty("")
    big = StringProperty("")
    text = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 20, MARGIN, 0)]

    def spoken(self) -> str:
        """Say what was done and what is next."""
        return f"{self.head}。{self.big}。{self.text}{self.state}"
