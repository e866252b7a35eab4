"""One terminal's call for staff: rings until somebody answers or ten minutes have passed, and tells the visitor how it stands.

Owns the call and its dialog; what is written down is the station's affair (kiosk.services.call), who answers is staff mode's.
"""

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock

from kiosk.screens import bare
from kiosk.screens.bell import Bell
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.station import StaffCall
    from kiosk.screens.terminal import Terminal
    from kiosk.services.call import Called

LOOK_S = 2.0


class Calling:
    """The call that was made here last."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self._called: Called | None = None
        self._dialog: Dialog | None = None
        self._event: Any = None
        self._bell: Bell | None = None
        self._asking = False
        self._wanted = False

    def begin(self, where: str, *, told: bool = True) -> None:
        """Call from a page, or see how the call stands; `told`: in a dialog, else the page itself says it."""
        self._wanted = True
        if told:
            self._open()
        self._terminal.lanes.ask(lambda: self._terminal.office.call_staff(where), self._take, lambda error: self._failed(error, told))

    def _open(self) -> None:
        visit = self._terminal.visit
        choices: list[Choice] = [
            (t("call.staff"), "second", lambda: visit.go("sign_in")),
            (t("call.back"), "second", self._take_back),
            (t("call.ok"), "station", lambda: None),
        ]
        self._dialog = Dialog(title=t("call.calling"), text=t("screen.wait"), icon="account-voice", choices=choices)
        self._terminal.open_dialog(self._dialog)

    def _say(self, text: str, title: str = "call.title") -> None:
        if self._dialog is not None:
            self._dialog.title, self._dialog.text = t(title), text

    def _take(self, called: "Called") -> None:
        again = self._event is not None and self._called is not None and self._called.call.id == called.call.id
        self._called = called
        if not self._wanted:
            self._take_back()
            return
        phone = called.phone.grouped()
        self._say(t("call.shut", hours=called.hours, phone=phone) if called.shut else t("call.waiting"))
        if again:
            return
        self._stop()
        self._bell = Bell(self._terminal.ring, shut=called.shut)
        self._event = Clock.schedule_interval(self._look, LOOK_S)

    def _failed(self, error: Exception, told: bool) -> None:
        """Send the visitor on foot: a store that is full or damaged must not leave him waiting. The bell needs no store."""
        self._terminal.log_error(error)
        self._terminal.ring()
        _, phone = bare.known(self._terminal.parts.settings.state_dir)
        go = t("call.failed_phone" if phone else "call.failed_text", phone=phone)
        if told:
            self._say(go, "call.failed")
        elif self._terminal.guard.lock is not None:
            self._terminal.guard.lock.say(go, wrong=True)

    def _take_back(self) -> None:
        called, self._wanted = self._called, False
        self._stop()
        if called is not None:
            self._terminal.lanes.ask(lambda: self._terminal.office.take_back(called.call.id), lambda _: None, self._terminal.log_error)

    def _stop(self) -> None:
        if self._event is not None:
            self._event.cancel()
        self._event, self._asking = None, False

    def _look(self, elapsed: float) -> None:
        assert self._called is not None
        assert self._bell is not None
        self._bell.wait(elapsed)
        if not self._asking:
            self._asking = True
            call_id = self._called.call.id
            self._terminal.lanes.ask(lambda: self._terminal.office.call_of(call_id), self._heard, self._deaf)

    def _deaf(self, error: Exception) -> None:
        self._asking = False
        self._terminal.log_error(error)

    def _heard(self, call: "StaffCall | None") -> None:
        self._asking = False
        if self._event is None or self._called is None:
            return
        if call is not None and call.calling(self._terminal.now()):
            return
        self._stop()
        if call is not None and call.answered_at is not None:
            when = words.time_of(self._terminal.local(call.answered_at))
            self._say(t("call.answered", name=call.answered_by, time=when), "call.heard")
        elif call is not None:
            self._say(t("call.nobody", phone=self._called.phone.grouped()), "call.unheard")
