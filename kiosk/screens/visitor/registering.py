"""What the five pages of a registration share: their title, the bar of steps, and the draft that they fill in."""

from typing import Any

from kivy.properties import ListProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.visit import RegistrationDraft
from kiosk.text import t

STEPS = ("consent", "name", "phone", "trades", "pay")


class RegisteringPage(Page):
    """One step of the registration. `head` is what it asks."""

    takes_slips = False
    steps = ListProperty([])
    head = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        steps = [t(f"register.step.{step}") for step in STEPS]
        super().__init__(terminal, **{"title": t("register.title"), "steps": steps} | args)

    @property
    def draft(self) -> RegistrationDraft:
        """Give what was entered so far."""
        return self.visit.registration
