"""Signing staff in: one's name, then six digits. Wrong ones are counted by the office, not here."""

from datetime import datetime
from typing import Any

from kivy.properties import StringProperty

from kiosk.domain.station import Role
from kiosk.errors import LockedOut, NotAllowed
from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t

PIN_DIGITS = 6


class SignInScreen(Page):
    """The way into staff mode."""

    staff = True
    chosen = StringProperty("")
    hint = StringProperty("")
    dots = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("sign_in.title"), **args)
        self._checking = False
        self._names: dict[str, str] = {}
        self.hint = t("sign_in.who")
        self._dots()

    def on_enter(self) -> None:
        """Ask who may sign in."""
        from kiosk.services.sign_in import staff_names

        self.ask(lambda: staff_names(self.terminal.office.here), self._take)

    def _take(self, staff: list[tuple[str, str, Role]]) -> None:
        self.ids.names.clear_widgets()
        if not staff:
            self.hint = t("sign_in.none")
        for staff_id, name, role in staff:
            self._names[staff_id] = name
            tile = Tile(text=f"{name}\n{t(f'sign_in.{role.value}')}", icon="account", size_px=36)
            tile.staff_id = staff_id
            tile.bind(on_release=lambda _, staff_id=staff_id: self._choose(staff_id))
            self.ids.names.add_widget(tile)
        if len(staff) == 1:
            self._choose(staff[0][0])

    def _choose(self, staff_id: str) -> None:
        self.chosen = staff_id
        for tile in self.ids.names.children:
            tile.chosen = tile.staff_id == staff_id
        self.hint = t("sign_in.pin", name=self._names[staff_id])
        self.ids.pad.digits = ""

    def _dots(self) -> None:
        count = len(self.ids.pad.digits) if self.ids else 0
        self.dots = "●" * count + "○" * (PIN_DIGITS - count)

    def take(self, digits: str) -> None:
        """Try as soon as six digits stand there."""
        self._dots()
        if len(digits) < PIN_DIGITS or not self.chosen or self._checking:
            return
        from kiosk.services.sign_in import sign_in

        self._checking = True
        staff_id = self.chosen
        self.ask(lambda: sign_in(self.terminal.office.here, staff_id, digits), self._signed_in, self._refused)

    def _signed_in(self, session: Any) -> None:
        self.visit.session = session
        self.visit.replace("review")

    def _refused(self, error: Exception) -> None:
        self._checking = False
        self.ids.pad.digits = ""
        if isinstance(error, LockedOut):
            until: datetime = self.terminal.local(error.until)
            self.hint = t("sign_in.locked", time=f"{until:%H:%M:%S}")
        elif isinstance(error, NotAllowed):
            self.hint = t("sign_in.wrong")
        else:
            self.show_problem(error)

    def spoken(self) -> str:
        """Say what to do."""
        return t("sign_in.spoken")
