"""我要报名: the separate consent to give the contact to this employer (个人信息保护法 23), then what happens next, honestly."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty

from kiosk.errors import BadInput, NotFound
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.problems import sentence
from kiosk.screens.visitor.slip_page import READ_S
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.services.apply import Applied
    from kiosk.services.browse import JobFacts


class ApplyScreen(Page):
    """`listing_id` names the listing, `job_id` the slip of this visit; the worker is the one who is known in it."""

    takes_slips = False
    listing_id = StringProperty("")
    job_id = StringProperty("")
    applied = BooleanProperty(False)
    name = StringProperty("")
    employer = StringProperty("")
    pay = StringProperty("")
    head = StringProperty("")
    text = StringProperty("")
    state = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("apply.title"), **args)
        self._watch: PrintWatch | None = None
        self._sent = False

    def _ask_consent(self, station: str) -> None:
        """Ask who may have his contact: the employer, and the other `station` that collected the listing and speaks with him."""
        far = "_far" if station else ""
        self.head, self.text = (t(f"apply.{key}{far}", station=station) for key in ("head", "text"))
        self._offer(
            (t(f"apply.yes{far}"), "phone-check", "station", lambda: self.answer(True)),
            (t("apply.no"), "account-voice", "second", lambda: self.answer(False)),
        )

    def _offer(self, *choices: tuple[str, str, str, Callable[[], None]]) -> None:
        self.ids.buttons.clear_widgets()
        for text, icon, kind, act in choices:
            button = Factory.ApplyButton(text=text, icon=icon, kind=kind)
            button.bind(on_release=lambda _, act=act: act())
            self.ids.buttons.add_widget(button)

    def on_enter(self) -> None:
        """Ask which listing it is: nobody consents to what he does not see. Who has put himself down already is not asked again."""
        from kiosk.services import browse
        from kiosk.services.apply import applied

        here, worker_id = self.terminal.office.here, self.visit.worker_id
        self.ask(lambda: (browse.job(here, self.listing_id), applied(here, worker_id, self.listing_id)), self._take, self._failed)

    def _take(self, answer: "tuple[JobFacts, Applied | None]") -> None:
        facts, before = answer
        one = facts.published.listing
        self.name, self.employer = one.title, one.employer_name
        self.pay = " ・ ".join((words.pay(one), t(f"settlement.{one.settlement.value}")))
        if before is None:
            self._ask_consent("" if facts.station.id == self.terminal.office.here.station_id else facts.station.name)
        else:
            # in 大字 the page is built anew, and what was just done is not what was done before
            self._done(replace(before, already=False, job_id=self.job_id) if self.job_id else before)

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

        here, worker_id, proven = self.terminal.office.here, self.visit.worker_id, self.visit.proven
        self.ask(lambda: apply(here, worker_id, self.listing_id, consent, proven=proven), self._done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        if isinstance(error, NotFound):
            self._refuse(t("detail.gone"))
        elif isinstance(error, BadInput):
            self._refuse(sentence(error))
        else:
            self.show_problem(error)

    def _refuse(self, why: str) -> None:
        """Say that somebody was faster, or that the law keeps him from it, and where to go on."""
        self._sent = True
        self.head, self.text = why, ""
        self._offer((t("applied.others"), "magnify", "station", self.more))

    def _done(self, applied: "Applied") -> None:
        self.applied = self._sent = self.ended = True
        self.can_go_back = False
        self.text = self._next(applied)
        again = [(t("applied.again"), "printer", "second", self.print_again)] if applied.already else []
        self._offer((t("apply.more"), "magnify", "second", self.more), *again)
        if not applied.already and not self.job_id:
            # these stand where the answers stood, and a second tap must not lead away
            self.ids.buttons.disabled = True
            Clock.schedule_once(self._wake, READ_S)
        self.head = t("apply.already" if applied.already else "apply.done")
        self.state = t("applied.already_printed" if applied.already else "print.queued")
        self.main_text, self.main_icon = t("apply.finish"), "check"
        if applied.job_id:
            self._follow_slip(applied.job_id)

    def _wake(self, _: float) -> None:
        self.ids.buttons.disabled = False

    def _next(self, applied: "Applied") -> str:
        """Say what happens next, and when, as far as the station's hours let it be said."""
        now, today = self.terminal.now(), self.terminal.day_to_say()

        def at(instant: "datetime") -> dict[str, str]:
            there = self.terminal.local(instant)
            return {"day": words.day(there.date(), today), "time": words.time_of(there)}

        opens = applied.opens_at
        if opens is None:
            said = [t("applied.seen", station=applied.station)]
        elif opens <= now:
            said = [t("applied.seen_now", station=applied.station)]
        else:
            said = [t("applied.seen_then", station=applied.station, **at(opens))]
        said.append(t("applied.yes" if applied.referral.contact_consent else "applied.no"))
        if applied.hold:
            said.append(t("applied.hold"))
        if applied.full:
            said.append(t("applied.full"))
        if applied.too_soon and applied.begins_at is not None:
            said.append(t("applied.soon_contact" if applied.contact else "applied.soon", **at(applied.begins_at)))
        elif applied.contact:
            said.append(t("applied.contact"))
        return "\n".join([*said, t("applied.wait")])

    def print_again(self) -> None:
        """Print the slip once more, for who has lost it."""
        from kiosk.services.apply import print_again

        self.ids.buttons.disabled = True
        here, worker_id, proven = self.terminal.office.here, self.visit.worker_id, self.visit.proven
        self.ask(lambda: print_again(here, worker_id, self.listing_id, proven=proven), self._follow_slip, self._failed_again)

    def _failed_again(self, error: Exception) -> None:
        self.ids.buttons.disabled = False
        self._failed(error)

    def _follow_slip(self, job_id: str) -> None:
        self.job_id = job_id
        self._watch = PrintWatch(self, job_id, lambda: None, self._say_state)
        self.state = t("print.queued")

    def _say_state(self, sentence: str) -> None:
        self.state = sentence

    def more(self) -> None:
        """Go on looking, still as the same person."""
        self.visit.go_on("jobs")

    def on_main(self) -> None:
        """End the visit."""
        self.visit.end()

    def remember(self) -> dict[str, Any]:
        """Keep the slip that is on its way."""
        return {"job_id": self.job_id}

    def spoken(self) -> str:
        """Ask, or say what happens next."""
        return f"{self.name}。{self.head}。{self.text}{self.state}"
