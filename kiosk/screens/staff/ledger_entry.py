"""One line of the ledger: what for, how much, when, to whom. Ready words first; what else there was is written."""

from datetime import date, timedelta
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.domain.running import SpendingKind
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton, Chip
from kiosk.text import t, words

DAYS = 7
OWN = "own_words"


class LedgerEntryScreen(StaffPage):
    """`kind`, `purpose`, `payee`, `spent_on` and `digits` are what was entered; `purpose` ready words bring their kind along."""

    kind = StringProperty("")
    purpose = StringProperty("")
    payee = StringProperty("")
    digits = StringProperty("")
    spent_on = ObjectProperty(None, allownone=True)
    chosen = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("ledger.add"), main_text=t("ledger.ok"), main_icon="check", **args)
        self.ids.halves.orientation = "vertical" if theme.upright else "horizontal"
        self.spent_on = self.spent_on or terminal.today()
        self._kinds = {kind.value: self._chip(self.ids.kinds, t(f"ledger.{kind.value}"), kind=kind.value) for kind in SpendingKind}
        self._purposes: dict[str, Chip] = {}
        for kind in SpendingKind:
            for key in (k for k in words() if k.startswith(f"ledger.ready_{kind.value}.")):
                self._purposes[t(key)] = self._chip(self.ids.purposes, t(key), purpose=t(key), kind=kind.value)
        ready = [sentence for key, sentence in words().items() if key.startswith("ledger.payee")]
        self._payees = {name: self._chip(self.ids.payees, name, payee=name) for name in ready}
        self._days: dict[date, Chip] = {}
        for away in range(DAYS):
            day = terminal.today() - timedelta(days=away)
            said = t("day.0") if not away else t("ledger.yesterday") if away == 1 else t("day.date", month=day.month, day=day.day)
            self._days[day] = self._chip(self.ids.days, said, spent_on=day)
        for box, field in ((self.ids.purposes, "purpose"), (self.ids.payees, "payee")):
            own = BigButton(text=t("running.own"), icon="draw", size_hint_x=None, width=theme.fs(240), height=theme.px(96), size_px=32)
            own.bind(on_release=lambda _, field=field: self.visit.go(OWN, head=t(f"ledger.ask_{field}"), field=field))
            box.add_widget(own)
        self.ids.pad.digits = self.digits
        self._mark()

    def _chip(self, box: Any, text: str, **choice: Any) -> Chip:
        chip = Chip(text=text)
        chip.bind(on_release=lambda _: self._choose(**choice))
        box.add_widget(chip)
        return chip

    def _choose(self, **choice: Any) -> None:
        for name, value in choice.items():
            setattr(self, name, value)
        self._mark()

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits = digits
        self._mark()

    def _mark(self) -> None:
        chosen = ((self._kinds, self.kind), (self._purposes, self.purpose), (self._payees, self.payee), (self._days, self.spent_on))
        for chips, value in chosen:
            for known, chip in chips.items():
                chip.chosen = known == value
        own = [w for w, ready in ((self.purpose, self._purposes), (self.payee, self._payees)) if w and w not in ready]
        self.chosen = "，".join(own)
        self.main_enabled = bool(self.kind and self.purpose and self.ids.pad.fen)

    def on_main(self) -> None:
        """Enter the line."""
        from kiosk.services.ledger import enter

        session, kind, fen = self.session, SpendingKind(self.kind), self.ids.pad.fen
        purpose, payee, day = self.purpose, self.payee, self.spent_on
        self.main_enabled = False
        self.ask(
            lambda: enter(self.here, session, kind, fen, purpose, payee=payee, spent_on=day),
            lambda _: self._done(),
            self._failed,
        )

    def _done(self) -> None:
        self.visit.stack[-2].args |= {"said": t("ledger.entered", purpose=self.purpose)}
        self.visit.back()

    def _failed(self, error: Exception) -> None:
        self.show_problem(error)
        self._mark()

    def remember(self) -> dict[str, Any]:
        """Keep what was entered: for 大字, and while something is written."""
        return {name: getattr(self, name) for name in ("kind", "purpose", "payee", "digits", "spent_on")}

    def spoken(self) -> str:
        """Say what is asked."""
        return "，".join(t(f"ledger.ask_{field}") for field in ("purpose", "amount", "day", "payee"))
