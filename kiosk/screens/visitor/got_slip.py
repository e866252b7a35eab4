"""The end of something small that a slip comes of: what was done, what is next, the slip as it comes out."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import StringProperty

from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.slip_page import SlipPage
from kiosk.text import t

READ_S = 2.0


class GotSlipScreen(SlipPage):
    """`head` is what was done, `big` what it is about, `text` what is next."""

    head = StringProperty("")
    big = StringProperty("")
    text = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, can_go_back=False, **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 20, MARGIN, 0)]
        self.main_text, self.main_icon, self.main_enabled = t("apply.finish"), "check", False

    def on_enter(self) -> None:
        """Follow the slip; the button stands where the one before stood, and a second tap must not end the visit."""
        super().on_enter()
        Clock.schedule_once(lambda _: setattr(self, "main_enabled", True), READ_S)

    def on_main(self) -> None:
        """End the visit."""
        self.visit.end()

    def spoken(self) -> str:
        """Say what was done and what is next."""
        return f"{self.head}。{self.big}。{self.text}{self.state}"
