"""Looks at the store, lets `turns` decide what stands, and puts that into words (`contents`): gives a Scene whenever it changed.

No Kivy and no thread: `step` is called a few times a second on the board's own thread.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain import playlist
from kiosk.domain.notice import SlipCall, on_board
from kiosk.domain.playlist import Item, PlaylistSettings
from kiosk.domain.programme import PageKind, Quiet
from kiosk.domain.station import Station, is_heard
from kiosk.errors import KioskError, StoreBusy, StoreError
from kiosk.screens.board import contents
from kiosk.screens.board.contents import Contents, Network
from kiosk.screens.board.memory import BoardFile
from kiosk.screens.board.scene import Row, Scene, Sheet, State, row
from kiosk.screens.board.turns import Shown, Stock, Turns
from kiosk.services import tickets
from kiosk.services.station import Here, local
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.store.store import UnitOfWork, Watcher

log = logging.getLogger(__name__)

TOPICS = {"listing", "policy", "facility"}
HEARD_AT, PHONE_BASE = "sync.heard_at", "station.phone_base"
RETRY_S, GRACE_S, LOCKED_S = 3.0, 15.0, 600.0
"""So often a store that cannot be read is tried; so long what stood before stays, and so long where another process only locks it: that
ends by itself, but nobody can take anything down meanwhile."""
HEARD_EVERY_S = 60.0
"""Hearing from the county moves no topic; the age of the data is said by the minute. Pictures are looked for as often."""
CLOCK_RIGHT_FROM = datetime(2024, 1, 1, tzinfo=UTC)
"""A machine that says it is earlier has lost its clock (kiosk.domain.ticket says the same)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """What this hall's board has beside the store. `pictures` gives the station's own that can be shown."""

    stale_after: timedelta = timedelta(hours=6)
    network: Network = field(default_factory=Network)
    quiet: Quiet | None = None
    pictures: Callable[[], tuple[Path, ...]] = tuple


class Player:
    """The board's play on one station. `beat` is a clock that only goes forward, in seconds: a step of the wall clock turns no page."""

    def __init__(
        self, open_here: Callable[[], Here], settings: PlaylistSettings, hall: Hall, file: BoardFile, beat: Callable[[], float]
    ) -> None:
        self._open, self._settings, self._hall, self._beat = open_here, settings, hall, beat
        self._turns = Turns(settings, file, beat)
        self._here: Here | None = None
        self._known: Here | None = None
        self._looked_at: datetime | None = None
        self._watcher: Watcher | None = None
        self._retry_at = self._heard_due = 0.0
        self._failing_since: float | None = None
        self._said = ""
        self._scene = Scene(state=State.WAITING)
        self._rings, self._aloud = 0, ""
        self._forget()

    def _forget(self) -> None:
        self._day: date | None = None
        self._station: Station | None = None
        self._items: tuple[Item, ...] = ()
        self._contents = Contents()
        self._pictures: tuple[Path, ...] = ()
        self._heard_at: datetime | None = None
        self._arrived: tuple[str, int] = ("", 0)
        self._called_at: datetime | None = None
        self._slip_calls: tuple[SlipCall, ...] | None = None
        self._sheets: Mapping[PageKind, Sequence[str]] = {}
        self._composed = Scene(state=State.WAITING)

    def step(self) -> Scene | None:
        """Look whether something changed or a page's time is over; give what stands on the board now, or None when it is the same."""
        if self._here is None and self._beat() < self._retry_at:
            return None
        try:
            scene = self._look()
        except Exception as error:  # noqa: BLE001 - the board outlives whatever befalls its store; it says so and tries again
            scene = self._fail(error)
        else:
            self._say("")
            self._failing_since = None
        if scene == self._scene:
            return None
        self._scene = scene
        return scene

    def close(self) -> None:
        """Close the store."""
        if self._watcher is not None:
            self._watcher.close()
        if self._here is not None:
            self._here.store.close()
        self._watcher, self._here = None, None

    def _look(self) -> Scene:
        """Bring everything up to date and say what stands."""
        if self._here is None:
            self._here = self._known = self._open()
            self._watcher = self._here.store.watch()
        assert self._watcher is not None
        if self._watcher.replaced():
            raise StoreError("another file stands in its place")
        moved = self._watcher.changed()
        news = self._news(self._here, bool(moved & TOPICS))
        now = self._now()
        stock = Stock(items=self._items, sheets=self._contents.sheets(now, self._pictures), urgent=self._contents.urgent(now))
        # a notice begins and ends by the clock alone
        news |= stock.sheets != self._sheets
        self._sheets = stock.sheets
        turned = self._turns.look(stock, now, news)
        if turned or news:
            self._composed = self._compose(self._here)
        if turned:
            self._turns.stand(self._composed.words(), now)
        if self._turns.broke_in and turned and self._composed.sheet is not None:
            self._ring(self._composed.sheet.title)
        self._hear_calls(self._here, "call" in moved)
        self._looked_at = self._here.now()
        return self._by_now(replace(self._composed, until=self._turns.until, rings=self._rings, aloud=self._aloud), self._here)

    def _by_now(self, scene: Scene, here: Here) -> Scene:
        """Bring up to date what time alone changes."""
        return replace(
            scene,
            calling=self._called_at is not None and is_heard(self._called_at, here.now()),
            called=tuple(call.number for call in on_board(self._slip_calls or (), here.now())),
            dim=self._hall.quiet is not None and self._clock_right() and self._hall.quiet.holds(self._now()),
        )

    def _news(self, here: Here, news: bool) -> bool:
        """Read what changed; say whether anything did."""
        if self._beat() >= self._heard_due:
            self._heard_due = self._beat() + HEARD_EVERY_S
            before = (self._heard_at, here.phone_base, self._pictures)
            self._pictures = self._hall.pictures()
            with here.store.read() as u:
                here = self._take_memory(here, u)
            news |= before != (self._heard_at, here.phone_base, self._pictures)
        if news or self._station is None or self._day != self._today():
            self._load(here)
            news = True
        return news

    def _load(self, here: Here) -> None:
        with here.store.read() as u:
            self._station = station = here.station(u)
            here = self._take_memory(here, u)
            self._items = tuple(playlist.item(p, here.areas.ring(station.area, p.listing.area)) for p in u.newest())
            self._contents = contents.read(u)
        self._day = self._today()

    def _take_memory(self, here: Here, u: "UnitOfWork") -> Here:
        heard = u.recall(HEARD_AT)
        self._heard_at = datetime.fromisoformat(heard) if heard else None
        self._here = here = replace(here, phone_base=u.recall(PHONE_BASE) or here.phone_base)
        return here

    def _hear_calls(self, here: Here, moved: bool) -> None:
        """Look whether a visitor calls for staff, and whom staff call. Both fall silent with time alone."""
        first = self._slip_calls is None
        if not (moved or first):
            return
        known = {(call.id, call.called_at) for call in self._slip_calls or ()}
        with here.store.read() as u:
            self._called_at = u.called_at()
            self._slip_calls = tuple(u.list(SlipCall, ended_at=None))
        new = [call.number for call in on_board(self._slip_calls, here.now()) if (call.id, call.called_at) not in known]
        if new and not first:  # what was called before this board began has been heard
            self._ring(t("board.called.spoken", numbers=t("board.called.join").join(new)))

    def _ring(self, aloud: str) -> None:
        self._rings, self._aloud = self._rings + 1, aloud

    def _fail(self, error: Exception) -> Scene:
        """Say why, once, and begin anew in a while. What stands goes after a time: nobody could take it down any more."""
        self.close()
        self._say(f"{type(error).__name__}: {error}" if isinstance(error, KioskError) else type(error).__name__, error)
        beat = self._beat()
        self._retry_at = beat + RETRY_S
        self._failing_since = beat if self._failing_since is None else self._failing_since
        fails_s = beat - self._failing_since
        passes = isinstance(error, StoreBusy) and fails_s < LOCKED_S
        if (passes or fails_s < GRACE_S) and (left := self._left(old=fails_s >= GRACE_S)) is not None:
            return left
        self._forget()
        self._turns.forget()
        # a store that is not there yet, or not enrolled, is no trouble: it comes
        return Scene(state=State.WAITING if passes or type(error) is StoreError else State.TROUBLE, turn=self._turns.turn)

    def _left(self, old: bool) -> Scene | None:
        """Give what is left of the page that stands, `old`: with how old it is; None when nothing is."""
        here, scene = self._known, self._scene
        if here is None or scene.state in (State.WAITING, State.TROUBLE):
            return None
        now = self._now()
        live = {i.id for i in self._items if i.ends_at > now}
        rows = tuple(r for r in scene.rows if r.id in live)
        notices = {n.id for n in self._contents.standing(now)}
        over = scene.sheet is not None and scene.kind is PageKind.NOTICE and scene.sheet.id not in notices
        if over or (scene.rows and not rows):
            return None
        highlight, fresh = (r if r is not None and r.id in live else None for r in (scene.highlight, scene.fresh))
        scene = replace(scene, rows=rows, highlight=highlight, fresh=fresh, total=len(live))
        if old:
            scene = replace(scene, stale=True, heard_at=scene.heard_at or self._looked_at)
        return self._by_now(scene, here)

    def _say(self, words: str, error: Exception | None = None) -> None:
        if words == self._said:
            return
        self._said = words
        if error is None:
            log.warning("the store can be read again")
        else:
            log.warning("the store: %s", words, exc_info=None if isinstance(error, KioskError) else error)

    def _clock_right(self) -> bool:
        assert self._known is not None
        return self._known.now() >= CLOCK_RIGHT_FROM and self._known.sure()

    def _now(self) -> datetime:
        """The clock, or the last approval where it is not known: that much time has passed at least."""
        assert self._known is not None
        if self._clock_right():
            return self._known.now()
        return max([self._known.now(), *(i.published_at for i in self._items)])

    def _today(self) -> date:
        return local(self._now()).date()

    def _day_to_say(self) -> date:
        """The day from which 明天 is said; where nobody knows today, every day is said by its date."""
        return self._today() if self._clock_right() else date.min

    def _fresh(self) -> tuple[Item, ...]:
        return playlist.fresh(self._items, self._settings, self._now()) if self._clock_right() else ()

    def _compose(self, here: Here) -> Scene:
        shown, turn = self._turns.shown, self._turns.turn
        assert self._station is not None
        assert shown is not None
        new, now, page = self._fresh(), self._now(), shown.page
        if new and new[0].id != self._arrived[0]:
            self._arrived = (new[0].id, turn)
        # each new one has its turn in the strip, the newest first and at once
        strip = new[(turn - self._arrived[1]) % len(new)] if new else None
        total = sum(i.ends_at > now for i in self._items)
        with here.store.read() as u:
            rows = tuple(r for r in (self._row(u, i) for i in page.rows) if r) if page else ()
            highlight, fresh = self._row(u, page.highlight if page else None), self._row(u, strip)
            sheet = self._sheet(here, u, shown, total)
        state = State.LISTINGS if rows else State.EMPTY if page else State.SHEET
        scene = Scene(
            state=state,
            kind=PageKind.LIST if state is State.EMPTY else shown.kind,
            sheet=sheet,
            turn=turn,
            station=self._station.name,
            total=total,
            heard_at=self._heard_at,
            stale=self._heard_at is not None and now - self._heard_at > self._hall.stale_after,
            clock_right=self._clock_right(),
            rows=rows,
            highlight=highlight,
            fresh=fresh,
            page=page.number if page else 1,
            pages=page.of if page else 1,
            more_url=f"{here.phone_base}/",
        )
        return contents.readable(scene)

    def _sheet(self, here: Here, u: "UnitOfWork", shown: Shown, total: int) -> Sheet | None:
        """Say what is not a list; a list without work shows one of the station's pictures."""
        if shown.page is not None and shown.page.rows:
            published = u.published(shown.page.rows[0].id) if shown.kind is PageKind.LARGE else None
            return contents.large(published, self._day_to_say()) if published else None
        if shown.page is not None:
            return contents.picture(self._pictures[self._turns.turn % len(self._pictures)]) if self._pictures else None
        return self._contents.sheet(here, shown.kind, shown.sheet, total, self._hall.network, self._pictures, self._today())

    def _row(self, u: "UnitOfWork", item: Item | None) -> Row | None:
        """Say a listing; one that went a moment ago is not there."""
        assert self._here is not None
        published = u.published(item.id) if item else None
        return row(published, tickets.listing_url(self._here, published.listing.id), self._day_to_say()) if published else None
