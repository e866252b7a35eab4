"""Setting a PIN: six digits twice, keyed in by the person whose it is. For the first head, a new colleague, one who forgot, or oneself."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.properties import BooleanProperty, OptionProperty, StringProperty

from kiosk.domain.station import PIN_DIGITS, Role, check_pin
from kiosk.errors import BadInput, LockedOut, NotAllowed
from kiosk.screens.problems import sentence
from kiosk.screens.staff.sign_in import wait_words
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.dialog import Dialog
from kiosk.text import t

OLD, NEW, AGAIN = "old", "new", "again"


class NewPinScreen(StaffPage):
    """`purpose`: first (the station's first head), add (`name`, `role`), renew (`staff_id`, `name`), own."""

    purpose = OptionProperty("own", options=("first", "add", "renew", "own"))
    staff_id = StringProperty("")
    name = StringProperty("")
    role = StringProperty(Role.STAFF.value)
    hint = StringProperty("")
    about = StringProperty("")
    dots = StringProperty("")
    wrong = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        self.title = t("section.new_pin" if self.purpose == "own" else "new_pin.title")
        self.about = t("new_pin.own_say" if self.purpose in ("own", "first") else "new_pin.say")
        self._old = self._new = ""
        self._stage = ""
        self._begin()

    def on_enter(self) -> None:
        """Begin; the first head sets his PIN before anybody can be signed in."""
        if self.purpose != "first":
            super().on_enter()

    def _begin(self) -> None:
        self._old = self._new = ""
        self._ask_for(OLD if self.purpose == "own" else NEW)

    def _ask_for(self, stage: str, hint: str = "") -> None:
        self._stage = stage
        words = {OLD: t("new_pin.old"), AGAIN: t("new_pin.again")}
        new = t("new_pin.own_new") if self.purpose == "own" else t("new_pin.first", name=self.name)
        self.hint, self.wrong = hint or words.get(stage, new), bool(hint)
        self.ids.pad.digits = ""
        self.take("")

    def take(self, digits: str) -> None:
        """Go on as soon as six digits stand there."""
        self.dots = "●" * len(digits) + "○" * (PIN_DIGITS - len(digits))
        if len(digits) < PIN_DIGITS or self.ids.pad.disabled:
            return
        if self._stage == OLD:
            self._old = digits
            self._ask_for(NEW)
        elif self._stage == NEW:
            try:
                self._new = check_pin(digits)
            except BadInput as error:
                self._ask_for(NEW, sentence(error))
            else:
                self._ask_for(AGAIN)
        elif digits != self._new:
            self._ask_for(NEW, t("bad.pin.differs"))
        else:
            self._send()

    def _send(self) -> None:
        from kiosk.services import team
        from kiosk.services.call import answer_calls

        here, session, pin, name = self.terminal.office, self.visit.session, self._new, self.name

        def set_up() -> Any:
            made = team.set_up_head(here.here, name, pin)
            answer_calls(here.here, made)
            return made

        acts = {
            "first": set_up,
            "add": lambda: team.add_member(here.here, session, name, Role(self.role), pin),
            "renew": lambda: team.renew_pin(here.here, session, self.staff_id, pin),
            "own": lambda: team.change_own_pin(here.here, session, self._old, pin),
        }
        self.ids.pad.disabled = True
        self.ask(acts[self.purpose], self._done, self._refused)

    def _done(self, made: Any) -> None:
        if self.purpose == "first":
            self.visit.start_staff(made)
            return
        back: Callable[[], None] = partial(self.visit.back_to, "team") if self.purpose == "add" else self.visit.back
        named = {"add": "team.added", "renew": "team.renewed"}.get(self.purpose)
        words = t(named, name=self.name) if named else t("team.changed")
        self.terminal.open_dialog(Dialog(title=words, icon="check-decagram", choices=[(t("problem.ok"), "station", back)]))

    def _refused(self, error: Exception) -> None:
        self.ids.pad.disabled = False
        if isinstance(error, LockedOut):
            self._ask_for(OLD, t("sign_in.locked", wait=wait_words(error.until - self.terminal.now())))
        elif isinstance(error, NotAllowed) and self.purpose == "own":
            self._ask_for(OLD, t("new_pin.wrong_old"))
        elif isinstance(error, BadInput):
            self._ask_for(NEW, sentence(error))
        else:
            self._begin()
            self.show_problem(error)

    def on_back(self) -> bool:
        """Go back to the first of the numbers."""
        if self._stage == (OLD if self.purpose == "own" else NEW):
            return False
        self._begin()
        return True

    def spoken(self) -> str:
        """Say what to key in."""
        return f"{self.hint}。{t('new_pin.spoken')}"
