"""连无线网: the code that joins a phone to the station's network, and name and password to type."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.domain.wifi import join_code
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.qr_code import rows
from kiosk.text import t


class WifiScreen(Page):
    """`name` and `password` come from the station's settings; without a name nothing leads here."""

    name = StringProperty("")
    password = StringProperty("")
    code = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("wifi.title"), **args)
        settings = terminal.parts.settings
        self.name, self.password = settings.wifi_name, settings.wifi_password
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"

    def on_enter(self) -> None:
        """Make the code off the UI thread."""
        code = join_code(self.name, self.password)
        self.ask(lambda: rows(code), lambda _: setattr(self, "code", code))

    def spoken(self) -> str:
        """Say what to do; letters and digits of a password are better read than heard."""
        return t("wifi.spoken")
