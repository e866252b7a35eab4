"""Who wants to sign up: somebody who is registered here and has his slip, or somebody who registers first."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.screens import pages
from kiosk.screens.page import Page
from kiosk.text import t


class SignupWhoScreen(Page):
    """`training_id` names the course that it is for."""

    training_id = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        pages.load("home")  # its tiles are worn here
        super().__init__(terminal, title=t("signup.title"), **args)

    def known(self) -> None:
        """Find the registration by the slip."""
        self.visit.replace("mine", training_id=self.training_id)

    def new(self) -> None:
        """Register, and come back to the course."""
        self.visit.registration.training_id = self.training_id
        self.visit.go("consent")

    def spoken(self) -> str:
        """Ask."""
        return f"{t('signup.who')}{t('signup.known')}，{t('signup.known_more')}。{t('signup.new')}，{t('signup.new_more')}。"
