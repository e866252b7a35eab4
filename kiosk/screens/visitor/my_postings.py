"""An employer's own postings, once his slip has opened them: what became of each, and once more, change, 人招够了, the slip again."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.domain.listing import ListingState
from kiosk.errors import NotAllowed, WrongState
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.visitor.posting import BEFORE, CHECK, EDITS, MINE, OF
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.my_postings import MyPosting, MyPostings

LIVE = frozenset({ListingState.PENDING, ListingState.RETURNED, ListingState.APPROVED})


class PostingCard(Card):
    """One posting and what became of it, with what can be done."""

    title = StringProperty("")
    pay = StringProperty("")
    what = StringProperty("")
    state = StringProperty("")
    text = StringProperty("")
    bad = BooleanProperty(False)


class MyPostingsScreen(Page):
    """`said` is what was done just now."""

    mine = ObjectProperty(None)
    said = StringProperty("")
    head = StringProperty("")
    _watch: PrintWatch | None = None

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("my_posting.title"), head=t("my_posting.head"), **args)
        self._draw(self.mine)

    def on_enter(self) -> None:
        """Look again: a reviewer may have decided since."""
        self.visit.touched = True
        self._look()

    def on_leave(self) -> None:
        """Stop watching the printer."""
        if self._watch is not None:
            self._watch.stop()

    def _look(self) -> None:
        from kiosk.services.my_postings import reopen

        self.ask(lambda: reopen(self.terminal.office.here, self.mine), self._draw)

    def _draw(self, mine: "MyPostings") -> None:
        self.mine = mine
        cards = self.ids.postings
        cards.clear_widgets()
        for one in mine.postings:
            cards.add_widget(self._card(one))
        if mine.postings:
            mend = mine.postings[0].state is ListingState.RETURNED
            self.main_text, self.main_icon = t("my_posting.mend" if mend else "my_posting.again"), "pencil" if mend else "repeat"

    def _card(self, one: "MyPosting") -> PostingCard:
        listing, today = one.listing, self.terminal.day_to_say()
        people = t("my_posting.people", count=listing.headcount)
        days = words.days(listing, today)
        place = f"{words.area(listing)}{listing.place}"
        card = PostingCard(
            title=listing.title,
            pay=words.pay(listing),
            what=" ・ ".join((people, days, place)),
            state=t(f"my_posting.state.{one.state.value}"),
            text="".join(self._told(one)),
            bad=one.state in (ListingState.RETURNED, ListingState.REJECTED),
        )
        if one.state is ListingState.RETURNED:
            self._act(card, "mend", "pencil", lambda: self.change(one))
        self._act(card, "again", "repeat", lambda: self.repeat(one))
        if one.state in LIVE and one.state is not ListingState.RETURNED:
            self._act(card, "change", "pencil", lambda: self.change(one))
        if one.state in LIVE:
            full = one.number is not None
            self._act(card, "full" if full else "stop", "account-check" if full else "close", lambda: self.ask_end(one, full))
            self._act(card, "reprint", "printer", lambda: self.print_again(one))
        return card

    @staticmethod
    def _act(card: PostingCard, name: str, icon: str, act: Any) -> None:
        button = Chip(text=t(f"my_posting.{name}"), icon=icon)
        button.bind(on_release=lambda _: act())
        card.ids.acts.add_widget(button)

    def _told(self, one: "MyPosting") -> list[str]:
        """Say what there is to know of one, and what he can do."""
        told = []
        if one.state is ListingState.PENDING:
            at, today = self.terminal.local(one.review_due_at), self.terminal.day_to_say()
            late = one.review_due_at < self.terminal.now()
            due = t("my_posting.due", day=words.day(at.date(), today), time=words.time_of(at)) + "。"
            told.append(t("my_posting.overdue") if late else due)
        elif one.state is ListingState.RETURNED:
            told += [t("my_posting.reason", reason=one.reason.rstrip("。")), "。", t("my_posting.mend_how")]
        elif one.state is ListingState.REJECTED:
            told.append(t("my_posting.why", reason=one.reason))
        elif one.state is ListingState.APPROVED:
            told += [t("my_posting.number_on_board", number=one.number), "。"] if one.number is not None else []
        else:
            told.append(t("my_posting.again_how"))
        if one.number is not None and one.state in (ListingState.PENDING, ListingState.RETURNED):
            told.append(t("my_posting.still_public", number=one.number))
        if one.referred and one.state in LIVE:
            told += [t("my_posting.referred", count=one.referred), "。"]
        return told

    def repeat(self, one: "MyPosting") -> None:
        """Enter the same work again on the coming days: the summary, where handing it in is one tap more."""
        from kiosk.services.my_postings import once_more

        self._begin(("again", one.listing.id), lambda: asdict(once_more(one.listing, self.terminal.today())))
        self.visit.go(CHECK, why="again")

    def _begin(self, of: tuple[str, str], draft: Callable[[], dict[str, Any]]) -> None:
        """Begin on a draft, unless it is the one that was left just now: 返回 keeps what was changed."""
        if self.visit.posting.get(OF) != of:
            self.visit.posting = draft() | {MINE: self.mine, OF: of}

    def change(self, one: "MyPosting") -> None:
        """Open the same posting to be changed; handed in, it waits for a reviewer again."""
        from kiosk.services.posting import PostingForm

        form = PostingForm(**{name: getattr(one.listing, name) for name in PostingForm.__dataclass_fields__})
        self._begin((f"{one.listing.revision}", one.listing.id), lambda: asdict(form) | {EDITS: one.listing.id, BEFORE: form})
        returned = one.state is ListingState.RETURNED
        self.visit.go(CHECK, why="returned" if returned else "change", reason=one.reason if returned else "")

    def ask_end(self, one: "MyPosting", full: bool) -> None:
        """Ask once more before it goes."""
        part = "full" if full else "stop"
        yes = t("my_posting.full_yes" if full else "my_posting.stop")
        choices: list[Choice] = [
            (t("my_posting.keep"), "second", lambda: None),
            (yes, "station", lambda: self._end(one, full)),
        ]
        self.terminal.open_dialog(
            Dialog(title=t(f"my_posting.{part}_ask"), text=t(f"my_posting.{part}_text"), icon="account-check", choices=choices)
        )

    def _end(self, one: "MyPosting", full: bool) -> None:
        from kiosk.services.my_postings import end

        here, mine = self.terminal.office.here, self.mine
        self.ask(lambda: end(here, mine, one.listing.id, full), lambda _: self._done(t("my_posting.ended")), self._failed)

    def print_again(self, one: "MyPosting") -> None:
        """Print its slip again."""
        from kiosk.services.my_postings import print_again

        here, mine = self.terminal.office.here, self.mine
        self.ask(lambda: print_again(here, mine, one.listing.id), self._printing, self._failed)

    def _printing(self, job_id: str) -> None:
        self._watch = PrintWatch(self, job_id, lambda: None)
        self._watch.open_dialog()

    def _done(self, said: str) -> None:
        self.said = said
        self._look()

    def _failed(self, error: Exception) -> None:
        """Show how it stands when somebody was faster."""
        if isinstance(error, (WrongState, NotAllowed)):
            self._look()
        else:
            self.show_problem(error)

    def on_main(self) -> None:
        """Do with the newest what is likeliest."""
        newest = self.mine.postings[0]
        if newest.state is ListingState.RETURNED:
            self.change(newest)
        else:
            self.repeat(newest)

    def remember(self) -> dict[str, Any]:
        """Keep what the slip opened; what was said is said once."""
        return {"mine": self.mine, "said": ""}

    def spoken(self) -> str:
        """Say how each stands."""
        cards = [card for card in reversed(self.ids.postings.children) if isinstance(card, PostingCard)]
        return f"{self.head}。" + "".join(f"{card.title}，{card.state}。{card.text}" for card in cards)
