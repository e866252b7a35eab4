"""Signing staff in: one's name, then six digits. Wrong ones are counted by the office, not here."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.station import Role
from kiosk.errors import LockedOut, NotAllowed
from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t

PIN_DIGITS = 6


class NameTile(Tile):
    """One member of staff."""

    staff_id = StringProperty("")


class SignInScreen(Page):
    """The way into staff mode. `waiting`: the pad rests, because a check runs or the chosen person is locked out."""

    staff = True
    chosen = StringProperty("")
    hint = StringProperty("")
    dots = StringProperty("")
    wrong = BooleanProperty(False)
    waiting = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("sign_in.title"), **args)
        self._names: dict[str, str] = {}
        self._locked: dict[str, datetime] = {}
        self.hint = t("sign_in.who")
        self._clock: Any = None
        self._dots()

    def on_enter(self) -> None:
        """Ask who may sign in."""
        from kiosk.services.sign_in import staff_names

        self._clock = Clock.schedule_interval(lambda _: self._count_down(), 1)
        self.ask(lambda: staff_names(self.terminal.office.here), self._take)

    def on_leave(self) -> None:
        """Stop counting down."""
        self._clock.cancel()

    def _take(self, staff: list[tuple[str, str, Role]]) -> None:
        self.ids.names.clear_widgets()
        if not staff:
            self.hint = t("sign_in.none")
        for staff_id, name, role in staff:
            self._names[staff_id] = name
            tile = NameTile(text=f"{name}\n{t(f'sign_in.{role.value}')}", icon="account", size_px=36, icon_px=56, staff_id=staff_id)
            tile.bind(on_release=lambda tile: self._choose(tile.staff_id))
            self.ids.names.add_widget(tile)
        if len(staff) == 1:
            self._choose(staff[0][0])

    def _choose(self, staff_id: str) -> None:
        self.chosen = staff_id
        for tile in self.ids.names.children:
            tile.chosen = tile.staff_id == staff_id
        self._ask_pin(t("sign_in.pin", name=self._names[staff_id]))

    def _ask_pin(self, hint: str, wrong: bool = False) -> None:
        self.hint, self.wrong, self.waiting = hint, wrong, False
        self.ids.pad.digits = ""
        self._dots()
        self._count_down()

    def _dots(self) -> None:
        count = len(self.ids.pad.digits)
        self.dots = "●" * count + "○" * (PIN_DIGITS - count)

    def take(self, digits: str) -> None:
        """Try as soon as six digits stand there."""
        self._dots()
        if len(digits) < PIN_DIGITS or not self.chosen or self.waiting:
            return
        from kiosk.services.call import answer_calls
        from kiosk.services.sign_in import sign_in

        here, staff_id = self.terminal.office, self.chosen

        def enter() -> Any:
            session = sign_in(here.here, staff_id, digits)
            # who signs in at the terminal has come
            answer_calls(here.here, session)
            return session

        self.waiting = True
        self.ask(enter, self._signed_in, lambda error: self._refused(staff_id, error))

    def _signed_in(self, session: Any) -> None:
        self.visit.session = session
        self.visit.replace("today")

    def _refused(self, staff_id: str, error: Exception) -> None:
        if isinstance(error, LockedOut):
            self._locked[staff_id] = error.until
        if isinstance(error, NotAllowed):
            if staff_id == self.chosen:
                self._ask_pin(t("sign_in.wrong"), wrong=True)
        else:
            self._choose(self.chosen)
            self.show_problem(error)

    def _count_down(self) -> None:
        """Say how long the chosen person has to wait; once it is over, ask again."""
        until = self._locked.get(self.chosen)
        if until is None:
            return
        left = until - self.terminal.now()
        if left <= timedelta(0):
            del self._locked[self.chosen]
            self._choose(self.chosen)
            return
        seconds = ceil(left.total_seconds())
        wait = t("sign_in.seconds", count=seconds) if seconds < 90 else t("sign_in.minutes", count=ceil(seconds / 60))
        self.hint, self.wrong, self.waiting = t("sign_in.locked", wait=wait), True, True

    def spoken(self) -> str:
        """Say what to do."""
        return self.hint if self.wrong else t("sign_in.spoken")
