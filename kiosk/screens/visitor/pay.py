"""想要多少工钱: the unit, then one big button; the last step of the registration, which is made here once."""

from typing import Any

from kivy.properties import NumericProperty

from kiosk.domain.codes import PayUnit
from kiosk.screens.theme import theme
from kiosk.screens.visitor.registering import RegisteringPage
from kiosk.screens.widgets.buttons import Chip, Tile
from kiosk.text import t

AMOUNTS: dict[PayUnit, tuple[int, ...]] = {
    PayUnit.DAY: (120, 150, 180, 200, 220, 250, 280, 300, 350),
    PayUnit.HOUR: (15, 18, 20, 22, 25, 28, 30, 35, 40),
    PayUnit.MONTH: (2500, 3000, 3500, 4000, 4500, 5000, 5500, 6000, 7000),
}
"""元, what people ask for in a Hubei county (own)."""


class PayScreen(RegisteringPage):
    """Step 5 of the registration."""

    columns = NumericProperty(5)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"head": t("pay.head")} | args)
        self.columns = (2 if theme.large else 3) if theme.upright else (4 if theme.large else 5)
        self.main_text = t("pay.finish")
        self._chosen = self.draft.pay_fen is not None
        self._sent = False
        for unit in AMOUNTS:
            chip = Chip(text=t(f"pay.{unit.value}"))
            chip.unit = unit
            chip.bind(on_release=lambda chip: self._set_unit(chip.unit))
            self.ids.units.add_widget(chip)
        self._draw()

    def _set_unit(self, unit: PayUnit) -> None:
        draft = self.draft
        if draft.pay_unit is not unit:
            draft.pay_unit, draft.pay_fen = unit, None
            self._chosen = False
            self._draw()

    def _set_amount(self, fen: int | None) -> None:
        self.draft.pay_fen = fen
        self._chosen = True
        self._draw()

    def _draw(self) -> None:
        draft = self.draft
        for chip in self.ids.units.children:
            chip.chosen = chip.unit is draft.pay_unit
        self.ids.amounts.clear_widgets()
        offers: list[int | None] = [yuan * 100 for yuan in AMOUNTS[draft.pay_unit]]
        for fen in [*offers, None]:
            words = t("pay.open_short" if theme.large or theme.upright else "pay.open") if fen is None else t("pay.from", yuan=fen // 100)
            tile = Tile(
                text=words, size_px=36 if fen is None or theme.large else 44, icon_px=0, chosen=self._chosen and draft.pay_fen == fen
            )
            tile.bind(on_release=lambda _, fen=fen: self._set_amount(fen))
            self.ids.amounts.add_widget(tile)
        self.main_enabled = self._chosen and not self._sent

    def on_main(self) -> None:
        """Register, once however often it is pressed."""
        if self._sent:
            return
        self._sent = True
        self.main_enabled = False
        draft = self.draft
        self.ask(lambda: self._register(draft), self._done, self._failed)

    def _register(self, draft: Any) -> Any:
        from kiosk.services.register import RegistrationForm, register

        names = ("name", "phone", "phone_of", "age_band", "trades", "pay_fen", "pay_unit", "area", "consented_at")
        by_staff = self.visit.session.staff_id if self.visit.on_behalf else ""
        return register(self.terminal.office.here, RegistrationForm(**{n: getattr(draft, n) for n in names}, by_staff=by_staff))

    def _done(self, registered: Any) -> None:
        self.visit.finish_registration(registered)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.main_enabled = True
        self.show_problem(error)

    def spoken(self) -> str:
        """Say what to do."""
        return t("pay.spoken")
