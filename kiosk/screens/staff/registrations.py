"""登记的人: staff find a registration by digits or name; his code, his slip once more, a change, a rest from work, and taking it back.

One page with views that follow each other: find, or name → found → one. Changing is done on the visitors' pages, marked 代填.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.words import in_fours
from kiosk.domain.worker import WorkerState
from kiosk.screens import withdrawing
from kiosk.screens.printing import PrintWatch
from kiosk.screens.staff.pair_words import worker_words
from kiosk.screens.staff.parts import FindView, ScreenPart
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import ActRow, BigButton, Press
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
    """`digits` is what was keyed in, or `name` what was written; `chosen` the id of who is shown; `said` what was done just now."""

    view = StringProperty("find")
    digits = StringProperty("")
    name = StringProperty("")
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
        elif self.view == "name":
            self._draw_name()
        else:
            self._look()

    def on_leave(self) -> None:
        """Stop looking at the slip."""
        if self._watch is not None:
            self._watch.stop()
        super().on_leave()

    def remember(self) -> dict[str, Any]:
        """Keep the view and who is shown; what was said is said once."""
        return {"view": self.view, "digits": self.digits, "name": self.name, "chosen": self.chosen}

    def on_back(self) -> bool:
        """Go back one view."""
        if self.view == "find":
            return False
        self.said = ""
        if self.view == "one":
            self._draw_found()
        elif self.view == "found" and self.name:
            self._draw_name()
        else:
            self.name = ""
            self._draw_find()
        return True

    def _put(self, view: str, widget: Any) -> Any:
        self.view, self.main_text = view, ""
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(widget)
        return widget

    # finding

    def _draw_find(self, note: str = "") -> None:
        view = self._put("find", FindView(screen=self, hint=t("registrations.head"), about=t("registrations.head_more")))
        view.ids.pad.digits = self.digits
        view.note = note
        by_name = BigButton(text=t("registered.by_name"), icon="draw")
        by_name.bind(on_release=lambda _: self._draw_name())
        view.ids.ways.add_widget(by_name)
        self.main_text, self.main_icon = t("registrations.find"), "magnify"
        self.main_enabled = len(self.digits) >= use.LEAST_DIGITS

    def _draw_name(self, note: str = "") -> None:
        view = self._put("name", Factory.FindNameView())
        view.note = note
        panel = view.ids.panel
        panel.page, panel.names = self, True
        panel.start(self.name)
        self.main_text, self.main_icon, self.main_enabled = t("registrations.find"), "magnify", bool(self.name)
        panel.fbind("text", self._written)

    def _written(self, _: Any, name: str) -> None:
        self.name, self.main_enabled = name, bool(name)

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
        digits, name = self.digits, self.name
        self.ask(lambda: use.registered_as(self.here, name) if name else use.registrations(self.here, digits), self._take)

    def _take(self, found: "tuple[Worker, ...]") -> None:
        self._found = found
        if not found and self.name:
            self._draw_name(t("registrations.nobody"))
        elif not found:
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
        view.code = in_fours(one.code)
        self._put("one", view)
        fit = [] if paused else [("fit", "briefcase-search", self._find_work)]
        rest = ("resume", "account-check", self._resume) if paused else ("pause", "pause-circle", self._pause)
        change = ("change", "pencil", self._change)
        for key, icon, act in (*fit, ("print", "printer", self._check), change, rest, ("withdraw", "account-remove", self._ask_withdraw)):
            words = "registered" if key == "change" else "registrations"
            row = ActRow(icon=icon, text=t(f"{words}.{key}"), about=t(f"{words}.{key}_say"), grave=key == "withdraw")
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

    def _find_work(self) -> None:
        self.visit.go("recommend", way="worker", view="pairs", chosen=self.chosen, direct=True)

    def _check(self) -> None:
        """A lost slip opens a registration: it goes to nobody but its owner."""
        choices: list[Choice] = [
            (t("registered.not_checked"), "second", lambda: None),
            (t("registered.checked"), "station", self._print),
        ]
        self.terminal.open_dialog(
            Dialog(title=t("registered.check"), text=t("registered.check_text"), icon="account-question", choices=choices)
        )

    def _change(self) -> None:
        self.visit.fill_in_for("mine_change", worker_id=self.chosen)

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
        from kiosk.services.withdraw import reaches_all

        one = self._one()
        self.ask(lambda: reaches_all(self.here, one.id), partial(self._confirm_withdraw, one))

    def _confirm_withdraw(self, one: "Worker", reaches_all: bool) -> None:
        act = partial(self._withdraw, one.id)
        choices = withdrawing.choices(t("registrations.keep"), t("registrations.withdraw"), reaches_all, act)
        title = t("registrations.withdraw_ask", name=one.name)
        text = t("registrations.withdraw_text") + (t("registrations.withdraw_where") if reaches_all else "")
        self.terminal.open_dialog(Dialog(title=title, text=text, aloud=text, icon="account-remove", choices=choices))

    def _withdraw(self, worker_id: str, everywhere: bool) -> None:
        from kiosk.services.withdraw import withdraw

        session = self.session
        said = t("registrations.withdrawn_everywhere" if everywhere else "registrations.withdrawn")
        self._do(lambda: withdraw(self.here, worker_id, session.staff_id, everywhere=everywhere), lambda _: self._withdrawn(said))

    def _withdrawn(self, said: str) -> None:
        """Forget his number here, too."""
        self.digits, self.name, self.chosen, self._found = "", "", "", ()
        self.said = said
        self._draw_find()

    def spoken(self) -> str:
        """Say what to do; never a name or number."""
        if self.view == "found":
            return t("registrations.spoken_found", count=len(self._found))
        return t("registrations.spoken_one" if self.view == "one" else "registrations.spoken")


def _state(one: "Worker") -> str:
    return t(f"registrations.state.{one.state.value}")
