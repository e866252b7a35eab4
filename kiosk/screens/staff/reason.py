"""Writing why: one reason for every HOLD of an approval, or one for sending a listing back. Ready sentences first, then the pen."""

from typing import TYPE_CHECKING, Any

from kivy.properties import DictProperty, NumericProperty, StringProperty

from kiosk.domain.listing import Verdict
from kiosk.domain.review import Severity
from kiosk.screens.staff.parts import ReadySentences
from kiosk.screens.staff.review import explain, said
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Review
    from kiosk.domain.review import Finding
    from kiosk.services.publish import Pending


class ReasonScreen(StaffPage):
    """`verdict` on `revision` of `listing_id`; or `act` (stop, release) on the employer `employer_id`, called `name`.

    `reasons` are those given so far, by rule: one question follows the other, and 返回 leads back through them.
    """

    employer_id = StringProperty("")
    name = StringProperty("")
    act = StringProperty("")
    listing_id = StringProperty("")
    revision = NumericProperty(1)
    verdict = StringProperty("")
    text = StringProperty("")
    reasons = DictProperty({})

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("reason.hold_title"), **args)
        self._findings: list[Finding] = []
        self._title = ""
        self._sent = False
        self._kind = self.act or ("hold" if self.verdict == Verdict.APPROVE else self.verdict)
        self._sentences: ReadySentences
        self._ask_why()

    def _ask_why(self) -> None:
        self._sentences = ReadySentences(self, f"reason.{self._kind}", about=t(f"reason.{self._kind}_head"), text=self.text)
        self._sentences.fbind("text", self._take_text)
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(self._sentences)
        self._say_next()
        self._follow()

    def _take_text(self, _: Any, text: str) -> None:
        self.text = text
        self._follow()

    def on_back(self) -> bool:
        """Come back from the pen to the ready sentences, and to the question before; what was written stays."""
        if self._sentences.back():
            return True
        if not self.reasons:
            return False
        last = list(self.reasons)[-1]
        self.text = self.reasons.pop(last)
        self._ask_why()
        return True

    def begin(self) -> None:
        """Ask what it is about: which findings want a reason, or which listing goes back."""
        from kiosk.services.publish import pending

        if self.act:
            self._sentences.note = self.name
            return
        self.ask(lambda: pending(self.terminal.office.here), self._take)

    def _take(self, waiting: "list[Pending]") -> None:
        mine = [p for p in waiting if p.listing.id == self.listing_id]
        self._title = "".join(p.listing.title for p in mine)
        if self.verdict != Verdict.APPROVE:
            which = [t("reason.which", title=p.listing.title, employer=p.listing.employer_name) for p in mine]
            self._sentences.note = "".join(which)
            return
        self._findings = [f for p in mine for f in p.findings if f.severity is Severity.HOLD]
        # the sentences stay as they are: a finger may be on one of them already
        self._say_next()
        self._follow()

    def _say_next(self) -> None:
        from kiosk.services.rules import say

        left = [f for f in self._findings if f.rule not in self.reasons]
        if left:
            self._sentences.note = t("reason.about", title=say(left[0].title), say=say(left[0].say))
            self._sentences.law = left[0].source

    def _follow(self) -> None:
        more = len({f.rule for f in self._findings} - self.reasons.keys()) > 1
        self.main_text, self.main_icon = t("reason.next" if more else "reason.ok"), "check"
        self.main_enabled = bool(self.text) and not self._sent

    def on_main(self) -> None:
        """Keep the reason; with the last one decide."""
        text = self.text
        if self.act:
            self._decide_on_employer(text)
            return
        if self.verdict != Verdict.APPROVE:
            self._decide(text, {})
            return
        left = [f.rule for f in self._findings if f.rule not in self.reasons]
        if left:
            self.reasons[left[0]] = text
        if len(set(left)) > 1:
            self.text = ""
            self._ask_why()
        else:
            self._decide("", dict(self.reasons))

    def _decide(self, reason: str, hold_reasons: dict[str, str]) -> None:
        if self._sent:
            return
        from kiosk.services.publish import decide

        self._sent = True
        office, session, verdict = self.terminal.office, self.visit.session, Verdict(self.verdict)
        self.ask(
            lambda: decide(office.here, session, self.listing_id, int(self.revision), verdict, reason=reason, hold_reasons=hold_reasons),
            self._decided,
            self._failed,
        )

    def _decide_on_employer(self, reason: str) -> None:
        if self._sent:
            return
        from kiosk.services.employers import hold, release

        self._sent = True
        decide = hold if self.act == "stop" else release
        self.ask(lambda: decide(self.here, self.session, self.employer_id, reason), lambda _: self._employer_decided(), self._failed)

    def _employer_decided(self) -> None:
        self.visit.stack[-2].args |= {"said": t(f"employers.said_{self.act}")}
        self.visit.back()

    def _decided(self, review: "Review") -> None:
        """Go back to the queue, which says what was done and for a minute lets it be undone."""
        done = {"said": said(review.verdict, self._title), "decided_id": review.id, "decided_at": review.reviewed_at}
        self.visit.stack[-2].args |= {**done, "listing_id": "", "reading": False}
        self.visit.back()

    def _failed(self, error: Exception) -> None:
        self._sent = False
        explain(self, error)

    def remember(self) -> dict[str, Any]:
        """Keep the reasons written so far."""
        return {"text": self.text, "reasons": dict(self.reasons)}

    def spoken(self) -> str:
        """Say what is asked."""
        return f"{self._sentences.about}{self._sentences.note}"
