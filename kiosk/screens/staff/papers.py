"""表格进出: how far the roster and the entry into the provincial platform are. Files are taken at the desk PC: this machine has no USB.

One page with three views: the numbers, what waits to be entered, what is doubtful. Workers stand here masked: the screen is in the hall.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.listing import Listing
from kiosk.screens.staff import desk_door
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.worker import Worker
    from kiosk.services.export import Waiting
    from kiosk.services.roster import Roster

AT_ONCE = 20
"""Rows of one sitting (own): more than one enters before a visitor comes."""
MARK_DIGITS = 16
"""So much of a fingerprint people do compare (own); 64 bits cannot be met by trying."""


class PapersPart(BoxLayout):
    """One arrangement of the page."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class GradeLine(BoxLayout):
    """How many rows have this evidence, and what share of all."""

    text = StringProperty("")
    count = NumericProperty(0)
    share = NumericProperty(0)


class WaitingCard(Card):
    """One record that waits, with the button that says it is entered. It keeps its place once `done`: no other moves under the finger."""

    done = BooleanProperty(False)
    title = StringProperty("")
    text = StringProperty("")
    sign = StringProperty("")

    def __init__(self, **args: Any) -> None:
        self.register_event_type("on_entered")
        super().__init__(**args)

    def on_entered(self) -> None:
        """Say that it was entered."""


class DoubtCard(Card):
    """One row of the roster that somebody must look at."""

    title = StringProperty("")
    text = StringProperty("")
    why = StringProperty("")


class PapersScreen(StaffPage):
    """`view` is what is shown: the numbers (empty), "listing" or "worker" (what waits), "doubts"."""

    view = StringProperty("")
    year = StringProperty("")
    total = NumericProperty(0)
    suspicious = NumericProperty(0)
    listings = NumericProperty(0)
    workers = NumericProperty(0)
    head = StringProperty("")
    more = StringProperty("")
    desk = StringProperty("")
    how = StringProperty("")
    side_by_side = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("papers.title"), main_icon="check-all", **args)
        self.side_by_side = not theme.upright
        self._roster: Roster | None = None
        self._waiting: Waiting | None = None
        self._cards: dict[str, WaitingCard] = {}
        self._sent = False

    def begin(self) -> None:
        """Ask for the numbers."""
        from kiosk.services.export import waiting
        from kiosk.services.roster import roster, this_year

        self.ask(lambda: (roster(self.here, this_year(self.here)), waiting(self.here), self._desk()), self._take)

    def _desk(self) -> tuple[str, str]:
        """Give the desk page's address and the sentence under it."""
        settings = self.terminal.parts.settings
        if not settings.desk:
            return "", t("papers.files_off")
        mark = desk_door.fingerprint(settings)[:MARK_DIGITS]
        groups = " ".join(mark[n : n + 4] for n in range(0, len(mark), 4))
        how = t("papers.files_how")
        return desk_door.address(settings), how + t("papers.files_mark", mark=groups) if mark else how

    def _take(self, found: "tuple[Roster, Waiting, tuple[str, str]]") -> None:
        self._roster, self._waiting, (self.desk, self.how) = found
        self.year = t("papers.year", year=self._roster.period.first.year)
        self.total, self.suspicious = len(self._roster.rows), len(self._roster.suspicious)
        self.listings, self.workers = len(self._waiting.listings), len(self._waiting.workers)
        self._draw()

    def show(self, view: str) -> None:
        """Turn to a view; the numbers are asked for anew."""
        self.view = view
        if view:
            self._draw()
        else:
            self.begin()

    def on_back(self) -> bool:
        """Come back from a list to the numbers."""
        if not self.view:
            return False
        self.show("")
        return True

    def remember(self) -> dict[str, Any]:
        """Keep the view."""
        return {"view": self.view}

    def _draw(self) -> None:
        if self._roster is None or self._waiting is None:
            return
        form = Factory.PapersList(page=self) if self.view else Factory.PapersNumbers(page=self)
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(form)
        self._cards = {}
        if not self.view:
            self._draw_grades(form.ids.grades)
        elif self.view == "doubts":
            self._draw_doubts(form.ids.rows)
        else:
            for record in self._shown():
                card = self._cards[record.id] = self._card(record)
                card.bind(on_entered=lambda _, record=record: self._enter([record]))
                form.ids.rows.add_widget(card)
        self._say_head()

    def _say_head(self) -> None:
        """Say over a list how many are left."""
        left, shown = len(self._left()), len(self._cards)
        self.main_text = t("papers.all", count=left) if left else ""
        if self.view == "doubts":
            self.head, self.more = t("papers.head_doubts", count=self.suspicious), ""
        elif self.view:
            total = self.listings if self.view == "listing" else self.workers
            waits = total - shown + left
            self.head = t(f"papers.head_{self.view}", count=waits) if waits else t("papers.all_entered")
            self.more = t("papers.first", count=shown) if total > shown else t("papers.how") if waits else ""

    def _shown(self) -> "list[Listing | Worker]":
        assert self._waiting is not None
        kinds: dict[str, Any] = {"listing": self._waiting.listings, "worker": self._waiting.workers}
        return list(kinds.get(self.view, ())[:AT_ONCE])

    def _left(self) -> "list[Listing | Worker]":
        return [r for r in self._shown() if r.id in self._cards and not self._cards[r.id].done]

    def _draw_grades(self, box: Any) -> None:
        assert self._roster is not None
        for grade, count in self._roster.by_grade.items():
            share = count / self.total if self.total else 0
            box.add_widget(GradeLine(text=t(f"roster.grade.{grade.value}"), count=count, share=share))

    def _draw_doubts(self, box: Any) -> None:
        from kiosk.services.roster import doubts_said, masked_name

        assert self._roster is not None
        for row in self._roster.suspicious:
            listing, day = row.about.listing, self.terminal.local(row.referred_at)
            job, employer = (listing.title, listing.employer_name) if listing else (t("roster.elsewhere"), "")
            grade = t(f"roster.grade.{row.grade.value}")
            about = t("papers.doubt_about", date=f"{day:%m-%d}", employer=employer, grade=grade)
            title = t("papers.doubt", name=masked_name(row), job=job)
            box.add_widget(DoubtCard(title=title, text=about, why=doubts_said(row)))

    def _card(self, record: "Listing | Worker") -> WaitingCard:
        assert self._waiting is not None
        again = t("papers.again") if record.id in self._waiting.again else ""
        if isinstance(record, Listing):
            title = t("papers.row", title=record.title, count=record.headcount)
            about = [record.employer_name, words.pay(record), words.days(record, self.terminal.today())]
        else:
            from kiosk.services.platform_words import worker_cells

            title = t("papers.person", name=record.name.masked(), number=record.number)
            about = [str(cell) for cell in worker_cells(record)[1:3]]
        return WaitingCard(title=title, text=" ・ ".join(about), sign=again)

    def on_main(self) -> None:
        """Ask once more before all that is shown is marked."""
        left = self._left()
        choices: list[Choice] = [(t("papers.yes"), "main", partial(self._enter, left)), (t("papers.no"), "second", lambda: None)]
        asked = t("papers.sure", count=len(left))
        self.terminal.open_dialog(Dialog(title=asked, text=t("papers.sure_text"), icon="check-all", choices=choices))

    def _enter(self, records: "list[Listing | Worker]") -> None:
        from kiosk.services.export import Entered, mark_entered

        if self._sent:
            return
        self._sent = True
        what, revisions = Entered(self.view), [(r.id, r.revision) for r in records]
        self.ask(lambda: mark_entered(self.here, self.session, what, revisions), lambda _: self._entered(records), self._failed)

    def _entered(self, records: "list[Listing | Worker]") -> None:
        self._sent = False
        for record in records:
            self._cards[record.id].done = True
        if self._left():
            self._say_head()
        else:
            self.begin()

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)

    def spoken(self) -> str:
        """Say the numbers, or the head of the list."""
        if self.view:
            return self.head
        return t("papers.spoken", rows=self.total, suspicious=self.suspicious, listings=self.listings, workers=self.workers)
