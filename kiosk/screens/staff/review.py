"""The review queue: what waits at the left, the listing with its marked words in the middle, findings and decisions at the right.

Where three columns have no room, the queue is one view and the listing that one opens from it another.
"""

from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.listing import Verdict
from kiosk.domain.review import Severity
from kiosk.errors import NotAllowed
from kiosk.screens.page import Page
from kiosk.screens.staff.parts import add_turn
from kiosk.screens.staff.review_cards import finding_cards
from kiosk.screens.staff.review_words import ago, verdict_words
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Review
    from kiosk.services.dossier import Dossier
    from kiosk.services.publish import Pending, Undone

PAGE = 40
"""So many cards of the queue are drawn at once."""


def explain(page: Page, error: Exception) -> None:
    """Say why a decision was not taken: mostly because it is his own listing, or because another was quicker."""
    if isinstance(error, NotAllowed):
        ok = [(t("problem.ok"), "station", lambda: None)]
        page.terminal.open_dialog(Dialog(title=t("problem.title"), text=t("review.own"), icon="account-multiple", choices=ok))
    else:
        page.show_problem(error)


def said(verdict: Verdict, title: str) -> str:
    """Say what was decided on which listing."""
    return t(f"review.said.{verdict.value}", title=title)


class ReviewPart(BoxLayout):
    """A part of the page, or one arrangement of all parts."""

    review = ObjectProperty(None, allownone=True, rebind=True)


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
    first = NumericProperty(0)
    said = StringProperty("")
    decided_id = StringProperty("")
    decided_at = ObjectProperty(None, allownone=True)
    seconds = NumericProperty(0)
    head = StringProperty("")
    name = StringProperty("")
    approve_text = StringProperty("")
    can_approve = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("review.title"), **args)
        self.padding[1] = self.padding[3] = theme.px(24)
        self._waiting: list[Pending] = []
        self._sent = False
        self._title = ""
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
        return {"listing_id": self.listing_id, "reading": self.reading, "first": self.first, **last}

    def _ask(self) -> None:
        from kiosk.services.publish import pending

        self.ask(lambda: pending(self.here), self._take)

    def _take(self, waiting: "list[Pending]") -> None:
        self._waiting = waiting
        self._sent = False
        self.head = t("review.waiting", count=len(self._waiting))
        if self._open() is None:
            self.reading, self.first = False, 0
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
            if self._waiting:
                self._layout = getattr(Factory, f"{form}Review")(review=self)
            else:
                self._layout = NothingHere(head=t("review.nothing"), text=t("review.nothing_more"))
            self.ids.body.clear_widgets()
            self.ids.body.add_widget(self._layout)
        if "queue" in self._layout.ids:
            self._draw_queue(self._layout.ids.queue)
        if "card" in self._layout.ids:
            self._draw_listing()

    def _draw_queue(self, box: Any) -> None:
        box.clear_widgets()
        first = int(self.first) if self.first < len(self._waiting) else 0
        for pending in self._waiting[first : first + PAGE]:
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
        add_turn(box, first, PAGE, len(self._waiting), self._turn)

    def _turn(self, first: int) -> None:
        self.first = first
        self._draw_queue(self._layout.ids.queue)
        self._layout.ids.queue.view.scroll_y = 1

    def _choose(self, listing_id: str) -> None:
        self.listing_id, self.reading = listing_id, True
        self.said = self.said if self.seconds else ""
        if self._form != "Lying":
            self._draw()
            return
        for card in self._layout.ids.queue.ids.column.children:
            if isinstance(card, PendingCard):
                card.chosen = card.listing_id == listing_id
        self._draw_listing()

    def _draw_listing(self) -> None:
        pending = self._open()
        if pending is None:
            return
        one = pending.listing
        self.name = self._layout.ids.card.show(pending, self.terminal.today(), self.here.rules)
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
        box, known = self._layout.ids.findings, self._dossier
        box.clear_widgets()
        for card in finding_cards(pending, known, self.terminal.today(), self.here.rules):
            box.add_widget(card)
        if known is not None and known.own and not known.alone:
            self.can_approve, self.approve_text = False, t("review.own_button")

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
        self._sent, self._title = True, pending.listing.title
        here, session, one = self.terminal.office, self.visit.session, pending.listing
        self.ask(
            lambda: decide(here.here, session, one.id, one.revision, verdict, reason=reason, hold_reasons=hold_reasons),
            self._decided,
            self._failed,
        )

    def _decided(self, review: "Review") -> None:
        self.said, self.reading = said(review.verdict, self._title), False
        self.decided_id, self.decided_at = review.id, review.reviewed_at
        self._count_down()
        self._ask()

    def _failed(self, error: Exception) -> None:
        explain(self, error)
        self._ask()

    def spoken(self) -> str:
        """Say how many wait."""
        return self.said + t("review.spoken", count=len(self._waiting))
