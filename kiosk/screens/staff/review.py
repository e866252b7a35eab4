"""The review queue: what waits at the left, the listing with its marked words in the middle, findings and decisions at the right."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.domain.listing import Verdict
from kiosk.domain.review import TEXT_FIELDS, Severity, cleared
from kiosk.errors import NotAllowed
from kiosk.screens import listing_words as words
from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.dialog import Dialog
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.publish import Pending

SHOWN_TEXTS = tuple(f for f in TEXT_FIELDS if f != "title")


class PendingCard(Press):
    """One waiting listing."""

    title = StringProperty("")
    text = StringProperty("")
    verdict = StringProperty("")
    clean = BooleanProperty(True)
    chosen = BooleanProperty(False)


class ReviewScreen(Page):
    """`listing_id` is the one that is open."""

    staff = True
    listing_id = StringProperty("")
    head = StringProperty("")
    empty = BooleanProperty(False)
    name = StringProperty("")
    source = StringProperty("")
    days = StringProperty("")
    hours = StringProperty("")
    place = StringProperty("")
    people = StringProperty("")
    meals = StringProperty("")
    papers = StringProperty("")
    contact = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")
    terms = StringProperty("")
    approve_text = StringProperty("")
    calls = ListProperty([])

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("review.title"), can_go_back=False, **args)
        self._waiting: list[Pending] = []
        self._sent = False

    def on_enter(self) -> None:
        """Ask what waits; without a signed-in person there is nothing to see."""
        if self.visit.session is None:
            self.visit.home()
            return
        self._ask()

    def _ask(self) -> None:
        from kiosk.services.call import open_calls
        from kiosk.services.publish import pending

        here = self.terminal.office
        self.ask(lambda: (pending(here.here), open_calls(here.here)), self._take)

    def _take(self, facts: Any) -> None:
        self._waiting, self.calls = facts
        self._sent = False
        self.empty = not self._waiting
        self.head = t("review.waiting", count=len(self._waiting)) if self._waiting else t("review.nothing")
        if self._waiting and self._open() is None:
            self.listing_id = self._waiting[0].listing.id
        self._draw_queue()
        self._draw_listing()

    def _open(self) -> "Pending | None":
        return next((p for p in self._waiting if p.listing.id == self.listing_id), None)

    def _draw_queue(self) -> None:
        box = self.ids.queue
        box.clear_widgets()
        for pending in self._waiting:
            one = pending.listing
            verdict, clean = self._verdict(pending)
            when = " ・ ".join((words.begins(one, self.terminal.today()), self._ago(one.collected_at)))
            card = PendingCard(title=t("review.card", title=one.title, count=one.headcount), text=when, verdict=verdict, clean=clean)
            card.chosen = one.id == self.listing_id
            card.bind(on_release=lambda _, listing_id=one.id: self._choose(listing_id))
            box.add_widget(card)

    @staticmethod
    def _verdict(pending: "Pending") -> tuple[str, bool]:
        holds = sum(f.severity is not Severity.WARN for f in pending.findings)
        if holds:
            return t("review.holds", count=holds), False
        if pending.findings:
            return t("review.warns", count=len(pending.findings)), False
        return t("review.clean"), True

    def _ago(self, instant: Any) -> str:
        ago = self.terminal.parts.now() - instant
        if ago < timedelta(minutes=1):
            return t("review.now")
        if ago < timedelta(hours=1):
            return t("review.ago_minutes", count=ago // timedelta(minutes=1))
        return t("review.ago_hours", count=ago // timedelta(hours=1)) if ago.days < 1 else t("review.ago_days", count=ago.days)

    def _choose(self, listing_id: str) -> None:
        self.listing_id = listing_id
        for card, pending in zip(reversed(self.ids.queue.children), self._waiting, strict=True):
            card.chosen = pending.listing.id == listing_id
        self._draw_listing()

    def _draw_listing(self) -> None:
        pending = self._open()
        texts, findings = self.ids.texts, self.ids.findings
        texts.clear_widgets()
        findings.clear_widgets()
        if pending is None:
            return
        one, today = pending.listing, self.terminal.today()
        self.name = t("review.card", title=one.title, count=one.headcount)
        collected = self.terminal.local(one.collected_at)
        how = t(f"review.how_{one.collected_how.value}")
        self.source = " ・ ".join((one.employer_name, t("review.collected", how=how, time=f"{collected:%m-%d %H:%M}")))
        self.days, self.hours = words.days(one, today), words.hours(one)
        self.place, self.people = words.area(one) + one.place, t("jobs.people", count=one.headcount)
        self.meals = "，".join(p for p in (words.meals(one) or t("detail.no_meals"), words.lodging(one)) if p)
        seen = one.employer_verified_on
        self.papers = t("review.verified", month=seen.month, day=seen.day) if seen else t("review.unverified")
        self.contact = t("review.contact", name=one.contact_name, phone=one.contact_phone)
        self.amount, self.unit, self.terms = words.amount(one), words.unit(one), words.terms(one)
        harmless = cleared(one, self.terminal.office.here.rules)
        for field in SHOWN_TEXTS:
            text = getattr(one, field)
            if text and field not in ("place",):
                spans = [(*span, "bad") for f in pending.findings if f.field == field for span in f.spans]
                spans += [(*c.span, "good") for c in harmless if c.field == field]
                texts.add_widget(Factory.MarkedWords(text=text, size_px=36, spans=spans))
        self._draw_findings(pending, harmless)
        holds = any(f.severity is Severity.HOLD for f in pending.findings)
        self.approve_text = t("review.approve_reasons" if holds else "review.approve")

    def _draw_findings(self, pending: "Pending", harmless: Any) -> None:
        from kiosk.services.rules import say

        box = self.ids.findings
        for finding in pending.findings:
            box.add_widget(Factory.FindingCard(title=say(finding.title), text=say(finding.say), source=finding.source))
        good = [t("review.cleared", quote=getattr(pending.listing, c.field)[slice(*c.span)]) for c in harmless]
        if not pending.findings:
            good.append(t("review.no_findings"))
        if good:
            box.add_widget(Factory.FindingCard(text="\n".join(good), good=True))

    def answer(self) -> None:
        """Answer the visitors who call."""
        from kiosk.services.call import answer_calls

        here, session = self.terminal.office, self.visit.session
        self.ask(lambda: answer_calls(here.here, session), lambda _: self._ask())

    def decide(self, verdict: str) -> None:
        """Approve a clean one at once; anything else wants a reason first."""
        pending = self._open()
        if pending is None or self._sent:
            return
        holds = [f for f in pending.findings if f.severity is Severity.HOLD]
        if verdict == Verdict.APPROVE and not holds:
            self._decide(Verdict.APPROVE, "", {})
        else:
            self.visit.go("reason", listing_id=pending.listing.id, revision=pending.listing.revision, verdict=verdict)

    def _decide(self, verdict: Verdict, reason: str, hold_reasons: dict[str, str]) -> None:
        from kiosk.services.publish import decide

        pending = self._open()
        if pending is None:
            return
        self._sent = True
        here, session, one = self.terminal.office, self.visit.session, pending.listing
        self.ask(
            lambda: decide(here.here, session, one.id, one.revision, verdict, reason=reason, hold_reasons=hold_reasons),
            lambda _: self._ask(),
            self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self._sent = False
        if isinstance(error, NotAllowed):
            ok = [(t("problem.ok"), "station", lambda: None)]
            self.terminal.open_dialog(Dialog(title=t("problem.title"), text=t("review.own"), icon="account-multiple", choices=ok))
        else:
            self.show_problem(error)
            self._ask()

    def spoken(self) -> str:
        """Say how many wait."""
        return t("review.spoken", count=len(self._waiting))
