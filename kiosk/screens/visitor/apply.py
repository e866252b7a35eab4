"""我要报名: the separate consent to give the contact to this employer (个人信息保护法 23), then what happens next, honestly."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.apply import Applied
    from kiosk.services.browse import JobFacts


class ApplyScreen(Page):
    """`listing_id` names the listing; the worker is the one who registered in this visit."""

    listing_id = StringProperty("")
    applied = BooleanProperty(False)
    name = StringProperty("")
    employer = StringProperty("")
    pay = StringProperty("")
    head = StringProperty("")
    text = StringProperty("")
    state = StringProperty("")
    done = ObjectProperty(None, allownone=True)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("apply.title"), **args)
        self._watch: PrintWatch | None = None
        self._sent = False
        self.head, self.text = t("apply.head"), t("apply.text")
        if self.done is not None:
            self._done(self.done)
            return
        self._offer(
            (t("apply.yes"), "phone-check", "station", lambda: self.answer(True)),
            (t("apply.no"), "account-voice", "second", lambda: self.answer(False)),
        )

    def _offer(self, *choices: tuple[str, str, str, Callable[[], None]]) -> None:
        self.ids.buttons.clear_widgets()
        for text, icon, kind, act in choices:
            button = Factory.ApplyButton(text=text, icon=icon, kind=kind)
            button.bind(on_release=lambda _, act=act: act())
            self.ids.buttons.add_widget(button)

    def on_enter(self) -> None:
        """Ask which listing it is: nobody consents to what he does not see."""
        from kiosk.services import browse

        self.ask(lambda: browse.job(self.terminal.office.here, self.listing_id), self._take)

    def _take(self, facts: "JobFacts") -> None:
        one = facts.published.listing
        self.name, self.employer = one.title, one.employer_name
        self.pay = " ・ ".join((words.pay(one), t(f"settlement.{one.settlement.value}")))

    def on_leave(self) -> None:
        """Stop watching the printer."""
        if self._watch is not None:
            self._watch.stop()

    def answer(self, consent: bool) -> None:
        """Put the worker down, once."""
        if self._sent:
            return
        self._sent = True
        from kiosk.services.apply import apply

        worker_id = self.visit.worker_id
        self.ask(lambda: apply(self.terminal.office.here, worker_id, self.listing_id, consent), self._done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)

    def _done(self, applied: "Applied") -> None:
        self.applied, self.done = True, applied
        self.can_go_back = False
        self.text = t("apply.next")
        self._offer((t("apply.more"), "magnify", "second", self.more))
        self.head = t("apply.already" if applied.already else "apply.done")
        self.state = t("print.queued")
        self.main_text, self.main_icon = t("apply.finish"), "check"
        self._watch = PrintWatch(self, applied.job_id, lambda: None, self._say_state)

    def _say_state(self, sentence: str) -> None:
        self.state = sentence

    def more(self) -> None:
        """Go on looking, still as the same person."""
        self.visit.home()
        self.visit.go("jobs")

    def on_main(self) -> None:
        """End the visit."""
        self.visit.end()

    def remember(self) -> dict[str, Any]:
        """Keep what the office answered: in 大字 nobody is asked again."""
        return {"done": self.done}

    def spoken(self) -> str:
        """Ask, or say what happens next."""
        return f"{self.name}。{self.head}。{self.text}{self.state}"
