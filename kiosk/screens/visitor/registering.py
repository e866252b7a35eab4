"""What the five pages of a registration share: their title and the bar of steps."""

from typing import Any

from kivy.properties import ListProperty

from kiosk.screens.page import Page
from kiosk.text import t

STEPS = ("consent", "name", "phone", "trades", "pay")


class RegisteringPage(Page):
    """One step of the registration."""

    steps = ListProperty([])

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("register.title"), steps=[t(f"register.step.{step}") for step in STEPS], **args)
