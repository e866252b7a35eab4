"""登记的人: staff find a registration by the phone's digits; his code, his slip once more, a rest from work, and taking it back.

One page with three views, one after the other: find → found → one.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.worker import WorkerState
from kiosk.screens.printing import PrintWatch
from kiosk.screens.staff.pair_words import worker_words
from kiosk.screens.staff.parts import ActRow, FindView, ScreenPart
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.services import registrations as use
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.worker import Worker

T = TypeVar("T")


class PersonCard(Press):
    """One whose number fits."""

    title = StringProperty("")
    side = StringProperty("")
    text = StringProperty("")
    since = StringProperty("")
    state = StringProperty("")
    paused = BooleanProperty(False)


class PersonView(ScreenPart):
    """Who he is, his code, and what can be done for him."""

    title = StringProperty("")
    phone = StringProperty("")
    text = StringProperty("")
    since = StringProperty("")
    state = StringProperty("")
    paused = BooleanProperty(False)
    code = StringProperty("")


class RegistrationsScreen(StaffPage):
    """`digits` is what was keyed in, `chosen` the id of who is shown; `said` what was done just now."""

    view = StringProperty("find")
    digits = StringProperty("")
    chosen = StringProperty("")
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.registrations"), **args)
        self._found: tuple[Worker, ...] = ()
        self._watch: PrintWatch | None = None
        self._busy = False

    def begin(self) -> None:
        """Draw the pad, or ask again for who was shown."""
        if self.view == "find":
            self._draw_find()
        else:
            self._look()

    def on_leave(self) -> None:
        """Stop looking at the slip."""
        if self._watch is not None:
            self._watch.stop()
        super().on_leave()

    def remember(self) -> dict[str, Any]:
        """Keep the view and who is shown; what was said is said once."""
        return {"view": self.view, "digits": self.digits, "chosen": self.chosen}

    def on_back(self) -> bool:
        """Go back one view."""
        if self.view == "find":
            return False
        self.said = ""
        if self.view == "one":
            self._draw_found()
        else:
            self._draw_find()
        return True

    def _put(self, view: str, widget: Any) -> Any:
        self.view, self.main_text = view, ""
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(widget)
        return widget

    # finding

    def _draw_find(self, note: str = "") -> None:
        view = self._put("find", FindView(screen=self, hint=t("registrations.head")))
        view.ids.pad.digits = self.digits
        view.note = note
        self.main_text, self.main_icon = t("registrations.find"), "magnify"
        self.main_enabled = len(self.digits) >= use.LEAST_DIGITS

    def key_in(self, digits: str) -> None:
        """Take what the pad holds; what was said of the number before is over."""
        self.digits = digits
        self.ids.body.children[0].note = ""
        self.main_enabled = len(digits) >= use.LEAST_DIGITS

    def on_main(self) -> None:
        """Look for who has the number."""
        self.said, self.chosen = "", ""
        self._look()

    def _look(self) -> None:
        digits = self.digits
        self.ask(lambda: use.registrations(self.here, digits), self._take)

    def _take(self, found: "tuple[Worker, ...]") -> None:
        self._found = found
        if not found:
            self._draw_find(t("registrations.nobody"))
        elif any(w.id == self.chosen for w in found):
            self._draw_one()
        else:
            self._draw_found()

    def _draw_found(self) -> None:
        view = self._put("found", Factory.FoundView())
        view.head = t("registrations.found", count=len(self._found))
        for one in self._found:
            title, side, text = worker_words(one)
            paused = one.state is WorkerState.PAUSED
            card = PersonCard(title=title, side=side, text=text, since=self._since(one), state=_state(one), paused=paused)
            card.bind(on_release=lambda _, one=one: self._choose(one))
            view.ids.list.add_widget(card)

    def _since(self, one: "Worker") -> str:
        day = self.terminal.local(one.registered_at)
        return t("registrations.since", year=day.year, month=day.month, day=day.day)

    def _choose(self, one: "Worker") -> None:
        self.chosen = one.id
        self._draw_one()

    # one of them

    def _one(self) -> "Worker":
        return next(w for w in self._found if w.id == self.chosen)

    def _draw_one(self) -> None:
        one = self._one()
        paused = one.state is WorkerState.PAUSED
        title, phone, text = worker_words(one)
        view = PersonView(screen=self, title=title, phone=phone, text=text, since=self._since(one), state=_state(one), paused=paused)
        view.code = f"{one.code[:4]} {one.code[4:]}"
        self._put("one", view)
        rest = ("resume", "account-check", self._resume) if paused else ("pause", "pause-circle", self._pause)
        for key, icon, act in (("print", "printer", self._print), rest, ("withdraw", "account-remove", self._ask_withdraw)):
            row = ActRow(icon=icon, text=t(f"registrations.{key}"), about=t(f"registrations.{key}_say"), grave=key == "withdraw")
            row.bind(on_release=lambda _, act=act: act())
            view.ids.acts.add_widget(row)

    def _do(self, function: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do one thing at a time: a second tap on a slow store does nothing twice."""
        if self._busy:
            return

        def done(answer: T) -> None:
            self._busy = False
            then(answer)

        def failed(error: Exception) -> None:
            self._busy = False
            self.show_problem(error)
            self._look()

        self._busy = True
        self.ask(function, done, failed)

    def _print(self) -> None:
        one, session = self._one(), self.session
        self._do(lambda: use.print_registration(self.here, session, one.id), self._printing)

    def _printing(self, job_id: str) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._watch = PrintWatch(self, job_id, lambda: None)
        self._watch.open_dialog()

    def _pause(self) -> None:
        one, session = self._one(), self.session
        self._do(lambda: use.pause(self.here, session, one.id), partial(self._changed, t("registrations.paused", name=one.name)))

    def _resume(self) -> None:
        one, session = self._one(), self.session
        self._do(lambda: use.resume(self.here, session, one.id), partial(self._changed, t("registrations.resumed", name=one.name)))

    def _changed(self, words: str, _: "Worker") -> None:
        self.said = words
        self._look()

    def _ask_withdraw(self) -> None:
        """Ask once more: what goes does not come back."""
        one = self._one()
        choices: list[Choice] = [
            (t("registrations.keep"), "station", lambda: None),
            (t("registrations.withdraw"), "danger", lambda: self._withdraw(one.id)),
        ]
        title, text = t("registrations.withdraw_ask", name=one.name), t("registrations.withdraw_text")
        self.terminal.open_dialog(Dialog(title=title, text=text, aloud=text, icon="account-remove", choices=choices))

    def _withdraw(self, worker_id: str) -> None:
        from kiosk.services.withdraw import withdraw

        session = self.session
        self._do(lambda: withdraw(self.here, worker_id, session.staff_id), self._withdrawn)

    def _withdrawn(self, _: None) -> None:
        """Forget his number here, too."""
        self.digits, self.chosen, self._found = "", "", ()
        self.said = t("registrations.withdrawn")
        self._draw_find()

    def spoken(self) -> str:
        """Say what to do; never a name or number."""
        if self.view == "found":
            return t("registrations.spoken_found", count=len(self._found))
        return t("registrations.spoken_one" if self.view == "one" else "registrations.spoken")


def _state(one: "Worker") -> str:
    return t(f"registrations.state.{one.state.value}")
