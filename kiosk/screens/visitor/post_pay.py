"""How much is paid: the unit, then digits. A piece is paid in 分, because there are pieces of half a yuan."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.domain.codes import PayUnit
from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.text import t


class PostPayScreen(PostingPage):
    """Amount and unit."""

    stop = "post_pay"
    written = StringProperty("")
    hint = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.pay"), **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self._unit = PayUnit(self.draft.get("pay_unit") or PayUnit.DAY)
        self._chips: dict[PayUnit, Chip] = {}
        for unit in PayUnit:
            chip = Chip(text=t(f"post.unit.{unit.value}"))
            chip.bind(on_release=lambda _, unit=unit: self._set_unit(unit))
            self.ids.units.add_widget(chip)
            self._chips[unit] = chip
        fen = self.draft.get("pay_fen")
        self.ids.pad.digits = "" if fen is None else str(fen // self._fen)
        self._follow()

    @property
    def _fen(self) -> int:
        """How many fen one of what is keyed in is."""
        return 1 if self._unit is PayUnit.PIECE else 100

    def _set_unit(self, unit: PayUnit) -> None:
        self._unit = unit
        self._follow()

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        del digits
        self._follow()

    def _follow(self) -> None:
        for unit, chip in self._chips.items():
            chip.chosen = unit is self._unit
        fen = int(self.ids.pad.digits or 0) * self._fen
        usual = self.head if theme.large and not theme.upright else t("post.pay_hint")
        self.hint = t("post.pay_piece") if self._unit is PayUnit.PIECE else usual
        self.written = t("post.amount", yuan=f"{fen / 100:g}", unit=t(f"pay_unit.{self._unit.value}")) if self.ids.pad.digits else ""
        self.main_enabled = bool(self.ids.pad.digits)
        if self.ids.pad.digits:
            if (fen, self._unit) != (self.draft.get("pay_fen"), self.draft.get("pay_unit")):
                # up to how much belonged to the pay that stood here before
                self.put(pay_fen=fen, pay_unit=self._unit, pay_max_fen=None)
        else:
            self.draft.pop("pay_fen", None)
