"""站点服务: what a station offers besides work and in which condition, where it is, when it is open, and what stands posted."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.facility import Condition, Standing
from kiosk.domain.running import Facility, FacilityCheck
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.panel import Card
from kiosk.screens.widgets.tint import tint
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.station import Station

ICONS = {
    Facility.WATER: "cup-water",
    Facility.WIFI: "wifi",
    Facility.FIRST_AID: "medical-bag",
    Facility.REST: "sofa",
    Facility.DESK: "account-multiple",
}
OPENS = {Facility.WIFI: "wifi", Facility.DESK: "talk"}
"""What has a page of its own."""


class _Offer:
    """What stands on a card."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    ink = tint("ink")
    soft = tint("quiet")
    icon_ink = tint("green")


class OfferCard(_Offer, Card):
    """One thing that a station offers: how it stands, that it is broken `can_report`, and `leads` to a page of its own where it has one."""

    state = StringProperty("")
    state_ink = tint("green")
    can_report = BooleanProperty(False)
    leads = StringProperty("")

    def report(self) -> None:
        """Tell the page."""
        self.page.report(self.facility)

    def open(self) -> None:
        """Go to its page."""
        self.page.visit.go(OPENS[self.facility])


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
        self.ids.station.orientation = "vertical" if theme.upright or theme.large else "horizontal"
        self._cards: dict[Facility, OfferCard] = {}
        for facility, icon in ICONS.items():
            name = facility.value
            card = OfferCard(icon=icon, title=t(f"facility.{name}"), text=t(f"offer.{name}.text"))
            card.page, card.facility = self, facility
            if facility is Facility.WIFI and not terminal.parts.settings.wifi_name:
                card.text = t("offer.wifi.none")
            elif facility in OPENS:
                card.leads = t(f"offer.{name}.open")
            self._cards[facility] = card
            self.ids.offers.add_widget(card)
        helping = HelpCard(icon="human-greeting", title=t("offer.help.title"), text=t("offer.help.text"))
        helping.bind(on_release=lambda _: self.terminal.call())
        self.ids.offers.add_widget(helping)

    def on_enter(self) -> None:
        """Ask for the station's own facts, and how things stand."""
        from kiosk.services import browse, facilities

        self.ask(lambda: browse.home(self.terminal.office.here).station, self._take)
        self.ask(lambda: facilities.latest(self.terminal.office.here), self._take_standings)

    def _take(self, station: "Station") -> None:
        self.name, self.address = station.name, t("offer.address", text=station.address)
        self.phone = t("offer.phone", phone=station.phone.grouped())
        self.hours = t("offer.hours", text=station.hours) if station.hours else ""
        self.ready = True

    def _take_standings(self, standings: tuple[Standing, ...]) -> None:
        for one in standings:
            card = self._cards[one.facility]
            card.state = self._state(one)
            card.state_ink = theme.green if one.condition in (Condition.GOOD, Condition.EXPIRING) else theme.brown
            card.can_report = one.condition is not Condition.BROKEN

    def _state(self, one: Standing) -> str:
        """Say how it stands as a visitor needs it: what keeps for another month is good."""
        condition = Condition.GOOD if one.condition is Condition.EXPIRING else one.condition
        said = t(f"offer.{condition.value}")
        if one.last is None or condition not in (Condition.GOOD, Condition.UNCHECKED):
            return said
        when, today = self.terminal.local(one.last.checked_at), self.terminal.day_to_say()
        day = f"{t('day.0')} {words.time_of(when)}" if when.date() == today else t("day.date", month=when.month, day=when.day)
        return t(f"offer.{condition.value}_since", when=day)

    def report(self, facility: Facility) -> None:
        """Tell staff that something is broken; who comes second hears that they know."""
        from kiosk.services import facilities

        pressed_at = self.terminal.now()

        def thank(report: FacilityCheck) -> None:
            card = self._cards[facility]
            card.state, card.state_ink, card.can_report = t("offer.thanks"), theme.green, False
            if report.checked_at < pressed_at:
                card.state = t("offer.already")

        self.ask(lambda: facilities.report_broken(self.terminal.office.here, facility), thank)

    def open_rules(self) -> None:
        """Show what stands posted."""
        self.visit.go("house_rules")

    def spoken(self) -> str:
        """Read what the station offers and how it stands."""
        said = [f"{card.title}，{card.text}{card.state}" for card in self._cards.values()]
        said.append(t("offer.help.title") + "，" + t("offer.help.text"))
        return "。".join(part for part in (self.name, self.address, self.hours, *said) if part)
