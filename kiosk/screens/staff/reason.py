"""Writing why: one reason for every HOLD of an approval, or one for sending a listing back. Ready sentences first, then the pen."""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, DictProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.listing import Verdict
from kiosk.domain.review import Severity
from kiosk.screens.staff.review import SAID, explain
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import BigButton, Chip
from kiosk.screens.widgets.text_panel import TextPanel
from kiosk.text import t, words

if TYPE_CHECKING:
    from kiosk.domain.listing import Review
    from kiosk.domain.review import Finding
    from kiosk.services.publish import Pending


class ReadyReasons(BoxLayout):
    """What was chosen, and the sentences to choose from."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    own_width = NumericProperty(0)


class ReasonScreen(StaffPage):
    """`verdict` on `revision` of `listing_id`; or `act` (stop, release) on the employer `employer_id`, called `name`."""

    employer_id = StringProperty("")
    name = StringProperty("")
    act = StringProperty("")
    listing_id = StringProperty("")
    revision = NumericProperty(1)
    verdict = StringProperty("")
    head = StringProperty("")
    about = StringProperty("")
    law = StringProperty("")
    text = StringProperty("")
    reasons = DictProperty({})
    writing = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("reason.hold_title"), **args)
        self._findings: list[Finding] = []
        self._sent = False
        self._chips: list[Chip] = []
        self._panel: TextPanel | None = None
        self._kind = self.act or ("hold" if self.verdict == Verdict.APPROVE else self.verdict)
        self.head = t(f"reason.{self._kind}_head")
        self.fbind("text", self._follow)
        self._show_ready()

    def _show_ready(self) -> None:
        """Offer the sentences that are said again and again, and the pen."""
        self.writing, self._panel = False, None
        self._chips = [Chip(text=t(key)) for key in words() if key.startswith(f"reason.{self._kind}_") and key[-1].isdigit()]
        ready = Factory.ReadyReasons(page=self)
        for chip in self._chips:
            chip.bind(on_release=lambda chip: self._take_ready(chip.text))
            ready.ids.chips.add_widget(chip)
        own = BigButton(text=t("reason.write"), icon="draw", size_hint_x=None)
        own.width = ready.own_width
        own.bind(on_release=lambda _: self._write())
        ready.ids.chips.add_widget(own)
        self._put(ready)

    def _write(self) -> None:
        """Open the panel for a sentence of one's own."""
        self.writing, self._chips, self.text = True, [], ""
        self._panel = Factory.ReasonPanel(hint=t("reason.hint"), page=self)
        self._panel.fbind("text", lambda _, text: setattr(self, "text", text))
        self._put(self._panel)

    def _put(self, widget: Any) -> None:
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(widget)
        self._follow()

    def on_back(self) -> bool:
        """Come back from the pen to the ready sentences; what was written stays."""
        if not self.writing:
            return False
        self._show_ready()
        return True

    def begin(self) -> None:
        """Ask what it is about: which findings want a reason, or which listing goes back."""
        from kiosk.services.publish import pending

        if self.act:
            self.about = self.name
            return
        self.ask(lambda: pending(self.terminal.office.here), self._take)

    def _take(self, waiting: "list[Pending]") -> None:
        mine = [p for p in waiting if p.listing.id == self.listing_id]
        if self.verdict != Verdict.APPROVE:
            self.about = "".join(t("reason.which", title=p.listing.title, employer=p.listing.employer_name) for p in mine)
            return
        self._findings = [f for p in mine for f in p.findings if f.severity is Severity.HOLD]
        # the sentences stay as they are: a finger may be on one of them already
        self._say_next()
        self._follow()

    def _say_next(self) -> None:
        from kiosk.services.rules import say

        left = [f for f in self._findings if f.rule not in self.reasons]
        if left:
            self.about = t("reason.about", title=say(left[0].title), say=say(left[0].say))
            self.law = left[0].source

    def _show_next(self) -> None:
        self._say_next()
        self.text = ""
        self._show_ready()

    def _take_ready(self, text: str) -> None:
        self.text = text

    def _follow(self, *_: Any) -> None:
        for chip in self._chips:
            chip.chosen = chip.text == self.text
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
            self._show_next()
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
        done = {"said": t(SAID[review.verdict]), "decided_id": review.id, "decided_at": review.reviewed_at}
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
        return f"{self.head}{self.about}"
