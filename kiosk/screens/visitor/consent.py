"""Notice and consent in one page: what is collected and why, then one tap on an age band agrees (个人信息保护法 14, 17)."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.codes import AgeBand
from kiosk.domain.worker import check_age
from kiosk.errors import BadInput
from kiosk.screens.visitor.registering import RegisteringPage
from kiosk.screens.widgets.buttons import BigButton
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.browse import HomeFacts

ICONS = {
    AgeBand.UNDER_16: "human-child",
    AgeBand.MINOR: "account-school",
    AgeBand.ADULT: "account",
    AgeBand.SENIOR: "human-cane",
}


class ConsentScreen(RegisteringPage):
    """Step 1 of the registration. Refusing costs nothing: every way back stays open.

    `reading`: a member of staff reads it out, and must tick that the person agrees before there are age bands to press.
    """

    who = StringProperty("")
    reading = BooleanProperty(False)

    def __init__(self, terminal: Any, listing_id: str = "", **args: Any) -> None:
        super().__init__(terminal, reading=terminal.visit.on_behalf, **args)
        if listing_id:
            self.visit.registration.listing_id = listing_id
        if terminal.home_facts is not None:
            self._ask_consent(terminal.home_facts)

    def on_enter(self) -> None:
        """Ask who collects: nobody agrees to what does not say that, nor to what cannot be kept."""
        self.ask_store(self._ask_consent)

    def _ask_consent(self, facts: "HomeFacts") -> None:
        """Say who collects, and offer the way to agree."""
        self.who = t("consent.who", station=facts.station.name, phone=facts.station.phone.grouped())
        if self.ids.bands.children:
            return
        if self.reading:
            tick = BigButton(text=t("behalf.agreed"), icon="checkbox-blank-outline", kind="station")
            tick.bind(on_release=lambda _: self._read_out())
            self.ids.bands.add_widget(tick)
        else:
            self._offer()

    def _read_out(self) -> None:
        """Take that the person was told all this and agreed: now he says how old he is."""
        self.reading = False
        self.ids.bands.clear_widgets()
        self._offer()

    def _offer(self) -> None:
        for band in AgeBand:
            button = BigButton(text=t(f"age_band.{band.value}"), icon=ICONS[band], kind="second", size_hint_y=1)
            button.bind(on_release=lambda _, band=band: self._agree(band))
            self.ids.bands.add_widget(button)

    def _agree(self, band: AgeBand) -> None:
        try:
            self.visit.registration.age_band = check_age(band)
        except BadInput as error:
            self.visit.registration.age_band = None
            self.show_problem(error)
            return
        self.visit.registration.consented_at = self.terminal.parts.now()
        self.visit.go("name")

    def remember(self) -> dict[str, Any]:
        """Keep nothing of its own: the draft has the listing."""
        return {"listing_id": ""}

    def spoken(self) -> str:
        """Read the notice in short."""
        return t("consent.spoken")
