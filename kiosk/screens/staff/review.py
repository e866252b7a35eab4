"""The review queue: what waits at the left, the listing with its marked words in the middle, findings and decisions at the right.

Where three columns have no room, the queue is one view and the listing that one opens from it another.
"""

from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.listing import Verdict
from kiosk.domain.review import TEXT_FIELDS, Severity, cleared
from kiosk.errors import NotAllowed
from kiosk.screens.page import Page
from kiosk.screens.staff.review_words import ago, employer_words, twin_words, verdict_words
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.panel import Card
from kiosk.screens.widgets.tint import tint
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Review
    from kiosk.services.dossier import Dossier
    from kiosk.services.publish import Pending, Undone

SHOWN_TEXTS = tuple(f for f in TEXT_FIELDS if f not in ("title", "place"))
EDGES = {Severity.BLOCK: "brown", Severity.HOLD: "orange", Severity.WARN: "bar"}
SAID = {Verdict.APPROVE: "review.approved", Verdict.RETURN: "review.returned", Verdict.REJECT: "review.rejected"}


def explain(page: Page, error: Exception) -> None:
    """Say why a decision was not taken: mostly because it is his own listing, or because another was quicker."""
    if isinstance(error, NotAllowed):
        ok = [(t("problem.ok"), "station", lambda: None)]
        page.terminal.open_dialog(Dialog(title=t("problem.title"), text=t("review.own"), icon="account-multiple", choices=ok))
    else:
        page.show_problem(error)


class ReviewPart(BoxLayout):
    """A part of the page, or one arrangement of all parts."""

    review = ObjectProperty(None, allownone=True, rebind=True)


class ListingCard(Card):
    """The listing as it was handed in."""

    review = ObjectProperty(None, allownone=True, rebind=True)


class TextBlock(BoxLayout):
    """One text of the employer's, with what the rules marked in it."""

    label = StringProperty("")
    text = StringProperty("")
    spans = ListProperty([])


class FindingCard(Card):
    """What a rule found, how heavy it is, and by which law."""

    kind = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    source = StringProperty("")
    edge = tint("green")
    ink = tint("green")


class ReviewSign(ReviewPart):
    """What was done just now, and for a minute the way back; no gap where nothing was."""

    text = StringProperty("")
    seconds = NumericProperty(0)


class PendingCard(Press):
    """One waiting listing."""

    listing_id = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    verdict = StringProperty("")
    clean = BooleanProperty(True)
    chosen = BooleanProperty(False)


class ReviewScreen(StaffPage):
    """`listing_id` is the one that is open; `reading` that it fills a small screen; `said` what was decided just now.

    `decided_id` and `decided_at` are that decision's, which may be undone while `seconds` are left.
    """

    listing_id = StringProperty("")
    reading = BooleanProperty(False)
    said = StringProperty("")
    decided_id = StringProperty("")
    decided_at = ObjectProperty(None, allownone=True)
    seconds = NumericProperty(0)
    head = StringProperty("")
    name = StringProperty("")
    name_spans = ListProperty([])
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
    can_approve = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("review.title"), **args)
        self.padding[1] = self.padding[3] = theme.px(24)
        self._waiting: list[Pending] = []
        self._sent = False
        self._form = ""
        self._layout: Any = None
        self._dossier: Dossier | None = None
        self._clock: Any = None

    def begin(self) -> None:
        """Ask what waits."""
        self._clock = Clock.schedule_interval(lambda _: self._count_down(), 1)
        self._count_down()
        self._ask()

    def on_leave(self) -> None:
        """Stop counting."""
        if self._clock is not None:
            self._clock.cancel()
        super().on_leave()

    def on_back(self) -> bool:
        """Go back to the queue on a small screen."""
        if self._form != "Listing":
            return False
        self.reading = False
        self._draw()
        return True

    def remember(self) -> dict[str, Any]:
        """Keep which one is open; what was said is said once, unless it may still be undone."""
        last = {"decided_id": self.decided_id, "decided_at": self.decided_at, "said": self.said if self.seconds else ""}
        return {"listing_id": self.listing_id, "reading": self.reading, **last}

    def _ask(self) -> None:
        from kiosk.services.publish import pending

        self.ask(lambda: pending(self.here), self._take)

    def _take(self, waiting: "list[Pending]") -> None:
        self._waiting = waiting
        self._sent = False
        self.head = t("review.waiting", count=len(self._waiting))
        if self._open() is None:
            self.reading = False
            self.listing_id = self._waiting[0].listing.id if self._waiting else ""
        self._draw()

    def _open(self) -> "Pending | None":
        return next((p for p in self._waiting if p.listing.id == self.listing_id), None)

    def _draw(self) -> None:
        """Bring the arrangement that fits, and fill it."""
        three = not theme.upright and not theme.large
        form = "Empty" if not self._waiting else "Lying" if three else "Listing" if self.reading else "Queue"
        if form != self._form:
            self._form = form
            self._layout = getattr(Factory, f"{form}Review")(review=self)
            self.ids.body.clear_widgets()
            self.ids.body.add_widget(self._layout)
        if "queue" in self._layout.ids:
            self._draw_queue(self._layout.ids.queue)
        if "card" in self._layout.ids:
            self._draw_listing()

    def _draw_queue(self, box: Any) -> None:
        box.clear_widgets()
        for pending in self._waiting:
            one = pending.listing
            verdict, clean = verdict_words(pending.findings)
            edited = t("review.edited") if pending.revision_of_public else ""
            when = (words.begins(one, self.terminal.today()), ago(self.terminal.now() - one.collected_at), edited)
            card = PendingCard(
                listing_id=one.id,
                title=t("review.card", title=one.title, count=one.headcount),
                text=" ・ ".join(p for p in when if p),
                verdict=verdict,
                clean=clean,
                chosen=self._form == "Lying" and one.id == self.listing_id,
            )
            card.bind(on_release=lambda card: self._choose(card.listing_id))
            box.add_widget(card)

    def _choose(self, listing_id: str) -> None:
        self.listing_id, self.reading = listing_id, True
        self.said = self.said if self.seconds else ""
        if self._form != "Lying":
            self._draw()
            return
        for card in self._layout.ids.queue.ids.column.children:
            card.chosen = card.listing_id == listing_id
        self._draw_listing()

    def _draw_listing(self) -> None:
        pending = self._open()
        if pending is None:
            return
        one, today = pending.listing, self.terminal.today()
        self.name = t("review.card", title=one.title, count=one.headcount)
        collected = self.terminal.local(one.collected_at)
        how = t(f"review.how_{one.collected_how.value}")
        self.source = " ・ ".join((one.employer_name, t("review.collected", how=how, time=f"{collected:%m-%d %H:%M}")))
        self.days, self.hours = words.days(one, today), words.hours(one)
        self.place, self.people = " ・ ".join((words.area(one), one.place)), t("jobs.people", count=one.headcount)
        self.meals = "，".join(p for p in (words.meals(one) or t("detail.no_meals"), words.lodging(one)) if p)
        seen = one.employer_verified_on
        self.papers = t("review.verified", month=seen.month, day=seen.day) if seen else t("review.unverified")
        self.contact = t("review.contact", name=one.contact_name, phone=one.contact_phone.grouped())
        self.amount, self.unit, self.terms = words.amount(one), words.unit(one), words.terms(one)
        harmless = cleared(one, self.here.rules)

        def spans(field: str) -> list[tuple[int, int, str]]:
            bad = [(*span, "bad") for f in pending.findings if f.field == field for span in f.spans]
            return bad + [(*c.span, "good") for c in harmless if c.field == field]

        self.name_spans = spans("title")
        texts = self._layout.ids.card.ids.texts
        texts.clear_widgets()
        for field in (*SHOWN_TEXTS, *(["place"] if spans("place") else [])):
            if text := getattr(one, field):
                texts.add_widget(TextBlock(label=t(f"rule.field.{field}"), text=text, spans=spans(field)))
        self._dossier = None
        self._draw_findings(pending)
        self._ask_dossier(one.id)
        heaviest = pending.findings[0].severity if pending.findings else None
        self.can_approve = heaviest is not Severity.BLOCK
        key = {Severity.BLOCK: "review.blocked", Severity.HOLD: "review.approve_reasons"}
        self.approve_text = t(key.get(heaviest, "review.approve") if heaviest else "review.approve")
        self._layout.ids.listing.ids.view.scroll_y = 1

    def _ask_dossier(self, listing_id: str) -> None:
        from kiosk.services.dossier import dossier

        def take(found: "Dossier") -> None:
            pending = self._open()
            if pending is not None and pending.listing.id == listing_id:
                self._dossier = found
                self._draw_findings(pending)

        self.ask(lambda: dossier(self.here, self.session, listing_id), take)

    def _draw_findings(self, pending: "Pending") -> None:
        """Say what hinders first, then what the rules and the file say, and last what was looked at and is fine."""
        from kiosk.services.dossier import COPIES
        from kiosk.services.rules import say

        box, known = self._layout.ids.findings, self._dossier
        box.clear_widgets()
        if known is not None and known.own:
            text = t("review.own_alone" if known.alone else "review.own")
            box.add_widget(FindingCard(kind=t("review.own_kind"), text=text, edge=theme.orange, ink=theme.brown))
        # a copy that stands there itself needs no sentence about it
        doubled = COPIES if known is not None and known.twins else frozenset()
        for found in (f for f in pending.findings if f.rule not in doubled):
            kind = t(f"review.{found.severity.value}")
            card = FindingCard(kind=kind, title=say(found.title), text=say(found.say), source=found.source)
            card.edge, card.ink = getattr(theme, EDGES[found.severity]), theme.brown
            box.add_widget(card)
        if known is not None:
            today = self.terminal.today()
            box.add_widget(FindingCard(kind=t("review.employer"), **employer_words(known)))
            for twin in known.twins:
                box.add_widget(FindingCard(kind=t("review.twin"), edge=theme.bar, ink=theme.brown, **twin_words(twin, today)))
        harmless = cleared(pending.listing, self.here.rules)
        good = [t("review.cleared", quote=getattr(pending.listing, c.field)[slice(*c.span)]) for c in harmless]
        if not pending.findings:
            good.append(t("review.no_findings"))
        if good:
            box.add_widget(FindingCard(kind=t("review.fine"), text="\n".join(good)))

    def edit(self) -> None:
        """Open the posting's pages with what stands there; handed in, it waits for a reviewer again."""
        from kiosk.screens.visitor.posting import draft_of

        pending = self._open()
        if pending is not None:
            self.visit.fill_in_for("post_check", draft_of(pending.listing))

    def undo(self) -> None:
        """Take the last decision back."""
        if not self._sent:
            from kiosk.services.publish import undo

            self._sent = True
            self.ask(lambda: undo(self.here, self.session, self.decided_id), self._undone, self._failed)

    def _undone(self, undone: "Undone") -> None:
        self.said = t("review.undone_slip" if undone.slip_out else "review.undone")
        self.decided_id, self.listing_id, self.seconds = "", undone.review.listing_id, 0
        self._ask()

    def _count_down(self) -> None:
        from kiosk.services.publish import UNDO_WITHIN

        decided: datetime | None = self.decided_at if self.decided_id else None
        left = (decided + UNDO_WITHIN - self.terminal.now()).total_seconds() if decided else 0
        self.seconds = min(max(0, ceil(left)), ceil(UNDO_WITHIN.total_seconds()))

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
            self._decided,
            self._failed,
        )

    def _decided(self, review: "Review") -> None:
        self.said, self.reading = t(SAID[review.verdict]), False
        self.decided_id, self.decided_at = review.id, review.reviewed_at
        self._count_down()
        self._ask()

    def _failed(self, error: Exception) -> None:
        explain(self, error)
        self._ask()

    def spoken(self) -> str:
        """Say how many wait."""
        return self.said + t("review.spoken", count=len(self._waiting))
