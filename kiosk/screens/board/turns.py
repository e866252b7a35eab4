"""Whose turn it is: ties kiosk.domain.programme (which kind of page) and kiosk.domain.playlist (which listings) to a clock that only goes
forward, and comes back to the same page after a restart. Knows no store, no words and no Kivy.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.domain import playlist, programme
from kiosk.domain.playlist import Item, Page, PlaylistSettings
from kiosk.domain.programme import WORK, PageKind
from kiosk.screens.board.memory import BoardFile, Kept, KeptPage

BACK_WITHIN_S = 300.0
"""No page has more time left than this: else the clock was moved."""
LARGE_FROM = 2
"""One listing alone is large on its list already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What could be shown now: public listings, by kind the ids of its sheets, and the urgent notices with their revisions."""

    items: Sequence[Item]
    sheets: Mapping[PageKind, Sequence[str]]
    urgent: Sequence[tuple[str, int]] = ()

    def kinds(self, now: datetime) -> Mapping[PageKind, Sequence[str]]:
        """Give what the programme may choose from. A list there is always: without work it says so."""
        live = sum(i.ends_at > now for i in self.items)
        large = {PageKind.LARGE: [""]} if live >= LARGE_FROM else {}
        code = {} if live else {PageKind.CODE: ()}
        return {PageKind.LIST: [""], **large, **self.sheets, **code}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its kind, the sheet it shows, or its listings."""

    kind: PageKind
    sheet: str = ""
    page: Page | None = None


class Turns:
    """The turns of one board. `beat` gives seconds that only go forward: a step of the wall clock turns no page."""

    def __init__(self, settings: PlaylistSettings, file: BoardFile, beat: Callable[[], float]) -> None:
        self._settings, self._file, self._beat = settings, file, beat
        self.turn = 0
        self.broke_in = False
        self._due = 0.0
        self.forget()

    def forget(self) -> None:
        """Begin anew with what was kept: the store could not be read."""
        self.shown: Shown | None = None
        self.until: datetime | None = None
        self._interrupted: Shown | None = None
        self._standing_broke_in = False
        kept = self._file.read()
        self._played, self._aired = kept.played, kept.aired
        self._kept: Kept | None = kept
        self.turn = max(self.turn, kept.turn)

    def look(self, stock: Stock, now: datetime, news: bool) -> bool:
        """Turn the page when its time is over, when nothing of it is left or when an urgent notice breaks in; say whether it did.

        `stand` must follow then. `news`: the stock is another one than the last time. A notice that broke in has its time, too: others
        come one after another, and after the last one the page that the first interrupted.
        """
        if self._kept is not None:
            kept, self._kept = self._kept, None
            if self._come_back(kept, stock, now):
                return False
        said_none = _is_bare(self.shown)
        if news and self.shown is not None:
            self.shown = self._left(self.shown, stock, now)
        over = self.shown is None or self._beat() >= self._due
        breaking = programme.breaks_in(stock.urgent, self._aired) if over or not self._standing_broke_in else None
        self.broke_in = breaking is not None
        if breaking is not None:
            if self.shown is not None and not self._standing_broke_in and self.shown.sheet != breaking.sheet:
                self._interrupted = self.shown
            self._aired = breaking.aired
            self.shown = Shown(breaking.kind, breaking.sheet)
        elif over:
            self._next(stock, now, said_none)
        else:
            return False
        self._standing_broke_in = self.broke_in
        self.turn += 1
        return True

    def stand(self, words: Sequence[str], now: datetime) -> None:
        """Let the page that has come stand as long as its words need."""
        self._hold(programme.dwell_s(words, self._settings.dwell_s), now)
        self._file.keep(
            Kept(
                played=self._played,
                aired=self._aired,
                stands=_keep(self.shown),
                interrupted=_keep(self._interrupted),
                turn=self.turn,
                until=self.until,
                broke_in=self._standing_broke_in,
            )
        )

    def _hold(self, seconds: float, now: datetime) -> None:
        self._due, self.until = self._beat() + seconds, now + timedelta(seconds=seconds)

    def _next(self, stock: Stock, now: datetime, said_none: bool) -> None:
        interrupted, self._interrupted = self._interrupted, None
        if interrupted is not None and (back := self._left(interrupted, stock, now)) is not None:
            self.shown = back
            return
        if stock.items and (said_none or _is_bare(interrupted)):
            self._list(PageKind.LIST, stock, now)
            return
        kinds = stock.kinds(now)
        chosen = programme.choose(kinds, self._aired, programme.weights_at(now))
        self._aired = chosen.aired
        if chosen.kind in WORK:
            self._list(chosen.kind, stock, now)
        else:
            self.shown = Shown(chosen.kind, chosen.sheet)

    def _list(self, kind: PageKind, stock: Stock, now: datetime) -> None:
        page = playlist.plan(stock.items, self._played, self._settings, now, 1 if kind is PageKind.LARGE else 0)
        self._played = page.played
        self.shown = Shown(kind, page=page)

    def _left(self, shown: Shown, stock: Stock, now: datetime) -> Shown | None:
        """Take off what is gone since; None when nothing is left to stand. An empty list stays while there is no work, and says so."""
        if shown.page is None:
            return shown if shown.sheet in stock.sheets.get(shown.kind, ()) else None
        page = playlist.standing(shown.page, stock.items, now)
        return replace(shown, page=page) if page.rows or (_is_bare(shown) and not stock.items) else None

    def _come_back(self, kept: Kept, stock: Stock, now: datetime) -> bool:
        """Show the page that stood when we ended, for the rest of its time; say whether there is such a page.

        What an urgent notice had interrupted then comes after the notice, also where that has had its time meanwhile.
        """
        self._interrupted = self._found(kept.interrupted, stock)
        left_s = (kept.until - now).total_seconds() if kept.until is not None else 0.0
        stood = self._found(kept.stands, stock) if 0 < left_s <= BACK_WITHIN_S else None
        back = self._left(stood, stock, now) if stood is not None else None
        if back is None:
            return False
        self.shown, self._standing_broke_in = back, kept.broke_in
        self._hold(left_s, now)
        return True

    def _found(self, kept: KeptPage | None, stock: Stock) -> Shown | None:
        """Make a page again of what was kept of it; None when all its rows are gone."""
        if kept is None:
            return None
        page = None
        if kept.kind in WORK:
            items = {i.id: i for i in stock.items}
            rows = tuple(items[i] for i in kept.rows if i in items)
            if kept.rows and not rows:
                return None
            page = Page(rows=rows, highlight=items.get(kept.highlight), number=kept.number, of=kept.of, played=self._played)
        return Shown(kept.kind, kept.sheet, page)


def _keep(shown: Shown | None) -> KeptPage | None:
    if shown is None:
        return None
    kept, page = KeptPage(kind=shown.kind, sheet=shown.sheet), shown.page
    if page is None:
        return kept
    rows, highlight = tuple(i.id for i in page.rows), page.highlight.id if page.highlight else ""
    return replace(kept, rows=rows, highlight=highlight, number=page.number, of=page.of)


def _is_bare(shown: Shown | None) -> bool:
    """Say whether it is the page that says that there is no work."""
    return shown is not None and shown.page is not None and not shown.page.rows
