"""站点服务: what a station offers besides work, where it is and when it is open."""

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.panel import Card
from kiosk.text import t

OFFERS = {
    "water": "cup-water",
    "wifi": "wifi",
    "charge": "battery-charging",
    "medicine": "medical-bag",
    "room": "account-voice",
}


class _Offer:
    """What stands on a card."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    ink = ColorProperty(theme.ink)
    soft = ColorProperty(theme.quiet)
    icon_ink = ColorProperty(theme.green)


class OfferCard(_Offer, Card):
    """One thing that a station offers."""


class HelpCard(_Offer, Press):
    """The one that is pressed: a person comes."""


class ServicesScreen(Page):
    """Offers as cards, the station's own facts above them."""

    name = StringProperty("")
    address = StringProperty("")
    phone = StringProperty("")
    hours = StringProperty("")
    ready = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.station.title"), **args)
        self.ids.offers.cols = 1 if theme.upright and theme.large else 2 if theme.upright or theme.large else 3
        for name, icon in OFFERS.items():
            self.ids.offers.add_widget(OfferCard(icon=icon, title=t(f"offer.{name}.title"), text=t(f"offer.{name}.text")))
        helping = HelpCard(icon="human-greeting", title=t("offer.help.title"), text=t("offer.help.text"))
        helping.bind(on_release=lambda _: self.terminal.call())
        self.ids.offers.add_widget(helping)

    def on_enter(self) -> None:
        """Ask for the station's own facts."""
        from kiosk.services import browse

        self.ask(lambda: browse.home(self.terminal.office.here).station, self._take)

    def _take(self, station: Any) -> None:
        self.name, self.address = station.name, t("offer.address", text=station.address)
        self.phone = t("offer.phone", phone=station.phone.grouped())
        self.hours = t("offer.hours", text=station.hours) if station.hours else ""
        self.ready = True

    def spoken(self) -> str:
        """Read what the station offers."""
        said = "。".join(t(f"offer.{name}.title") + "，" + t(f"offer.{name}.text") for name in (*OFFERS, "help"))
        return "。".join(part for part in (self.name, self.address, self.hours, said) if part)
