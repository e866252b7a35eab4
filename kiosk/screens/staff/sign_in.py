"""Signing staff in: one's name, then six digits; or a card held before the scanner. Wrong ones are counted by the office, not here."""

from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.station import PIN_DIGITS, Role
from kiosk.errors import LockedOut, NotAllowed
from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.sign_in import CardHolder, Session


def wait_words(left: timedelta) -> str:
    """Say how long somebody has to wait."""
    seconds = max(1, ceil(left.total_seconds()))
    return t("sign_in.seconds", count=seconds) if seconds < 90 else t("sign_in.minutes", count=ceil(seconds / 60))


class NameTile(Tile):
    """One member of staff."""

    staff_id = StringProperty("")


class SignInScreen(Page):
    """The way into staff mode. `waiting`: the pad rests, as a check runs or the chosen person is locked out. `left` has handed over."""

    staff = True
    left = StringProperty("")
    chosen = StringProperty("")
    hint = StringProperty("")
    also = StringProperty("")
    dots = StringProperty("")
    wrong = BooleanProperty(False)
    waiting = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"title": t("sign_in.title")} | args)
        self._names: dict[str, str] = {}
        self._locked: dict[str, datetime] = {}
        self.hint = t("hand_over.done", name=self.left) if self.left else t("sign_in.who")
        self.also = t("card.hint") if terminal.parts.settings.scanner else ""
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
            self.visit.replace("first_start")
            return
        for staff_id, name, role in staff:
            self._names[staff_id] = name
            tile = NameTile(text=f"{name}\n{t(f'sign_in.{role.value}')}", icon="account", size_px=36, icon_px=56, staff_id=staff_id)
            tile.bind(on_release=lambda tile: self._choose(tile.staff_id))
            self.ids.names.add_widget(tile)
        if first := self.first_choice(staff):
            self._choose(first)

    def first_choice(self, staff: list[tuple[str, str, Role]]) -> str:
        """Say who is chosen before anybody touched; nobody, unless there is only one."""
        return staff[0][0] if len(staff) == 1 else ""

    def _choose(self, staff_id: str) -> None:
        self.chosen = staff_id
        for tile in self.ids.names.children:
            tile.chosen = tile.staff_id == staff_id
        self._ask_pin(self.pin_words(staff_id, self._names[staff_id]))

    def pin_words(self, staff_id: str, name: str) -> str:
        """Ask for somebody's PIN."""
        del staff_id
        return t("sign_in.pin", name=name)

    def _ask_pin(self, hint: str, wrong: bool = False) -> None:
        self.say(hint, wrong)
        self.waiting = False
        self.ids.pad.digits = ""
        self._dots()
        self._count_down()

    def say(self, hint: str, wrong: bool = False) -> None:
        """Put a sentence over the names."""
        self.hint, self.wrong = hint, wrong

    def _dots(self) -> None:
        count = len(self.ids.pad.digits)
        self.dots = "●" * count + "○" * (PIN_DIGITS - count)

    def take(self, digits: str) -> None:
        """Try as soon as six digits stand there."""
        self._dots()
        if len(digits) < PIN_DIGITS or not self.chosen or self.waiting:
            return
        from kiosk.services.sign_in import sign_in

        here, staff_id = self.terminal.office, self.chosen

        def enter() -> "Session":
            session = sign_in(here.here, staff_id, digits)
            self.came(session)
            return session

        self.waiting = True
        self.ask(enter, self.signed_in, lambda error: self._refused(staff_id, error))

    def came(self, session: "Session") -> None:
        """Note that somebody has come, off the UI thread: he answers who called."""
        from kiosk.services.call import answer_calls

        answer_calls(self.terminal.office.here, session)

    def signed_in(self, session: "Session") -> None:
        """Begin staff mode."""
        self.visit.start_staff(session)

    def _refused(self, staff_id: str, error: Exception) -> None:
        if isinstance(error, LockedOut):
            self._locked[staff_id] = error.until
        if isinstance(error, NotAllowed):
            if staff_id == self.chosen:
                self._ask_pin(t("sign_in.wrong"), wrong=True)
        else:
            self._choose(self.chosen)
            self.show_problem(error)

    def on_scan(self, text: str) -> None:
        """Take a card."""
        from kiosk.services.sign_in import sign_in_by_card

        def enter() -> "CardHolder":
            holder = sign_in_by_card(self.terminal.office.here, text)
            if holder.session is not None:
                self.came(holder.session)
            return holder

        self.ask(enter, self._card_read, self._card_refused)

    def _card_read(self, holder: "CardHolder") -> None:
        if holder.session is not None:
            self.signed_in(holder.session)
        elif holder.staff_id in self._names:
            self._choose(holder.staff_id)
            if not self.waiting:
                self.say(t("card.pin_too", name=self._names[holder.staff_id]))

    def _card_refused(self, error: Exception) -> None:
        if isinstance(error, LockedOut):
            self.say(t("card.locked", wait=wait_words(error.until - self.terminal.now())), wrong=True)
        elif isinstance(error, NotAllowed):
            self.say(t("card.unknown"), wrong=True)
        else:
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
        self.say(t("sign_in.locked", wait=wait_words(left)), wrong=True)
        self.waiting = True

    def spoken(self) -> str:
        """Say what to do."""
        return self.hint if self.wrong else t("sign_in.spoken")
