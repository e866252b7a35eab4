"""Decides when the board looks again and what stands on it: watches the store, plays the list, gives a Scene whenever it changed.

No Kivy and no thread: `step` is called a few times a second on the board's own thread. Which listings stand, and whose turn it is, is
decided by kiosk.domain.playlist alone.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.domain import playlist
from kiosk.domain.playlist import Item, Page, PlaylistSettings
from kiosk.domain.station import Station, is_heard
from kiosk.errors import KioskError, StoreError
from kiosk.screens.board.memory import PlayedFile
from kiosk.screens.board.scene import Row, Scene, State, row
from kiosk.services import tickets
from kiosk.services.station import Here, local

if TYPE_CHECKING:
    from kiosk.store.store import UnitOfWork, Watcher

log = logging.getLogger(__name__)

TOPICS = {"listing", "policy"}
HEARD_AT, PHONE_BASE = "sync.heard_at", "station.phone_base"
RETRY_S, GRACE_S = 3.0, 15.0
HEARD_EVERY_S = 60.0
"""Hearing from the county moves no topic; the age of the data is said by the minute."""
CLOCK_RIGHT_FROM = datetime(2024, 1, 1, tzinfo=UTC)
"""A machine that says it is earlier has lost its clock (kiosk.domain.ticket says the same)."""


class Player:
    """The board's play on one station. `beat` is a clock that only goes forward, in seconds: a step of the wall clock turns no page."""

    def __init__(
        self,
        open_here: Callable[[], Here],
        settings: PlaylistSettings,
        stale_after: timedelta,
        played: PlayedFile,
        beat: Callable[[], float],
    ) -> None:
        self._open, self._settings, self._stale_after, self._file, self._beat = open_here, settings, stale_after, played, beat
        self._here: Here | None = None
        self._watcher: Watcher | None = None
        self._retry_at = self._turn_at = self._heard_due = 0.0
        self._failing_since: float | None = None
        self._said, self._turns = "", 0
        self._scene = Scene(state=State.WAITING)
        self._forget()

    def _forget(self) -> None:
        self._page: Page | None = None
        self._day: date | None = None
        self._station: Station | None = None
        self._items: tuple[Item, ...] = ()
        self._heard_at: datetime | None = None
        self._arrived: tuple[str, int] = ("", 0)
        self._called_at: datetime | None = None
        self._calling = False

    def step(self) -> Scene | None:
        """Look whether something changed or a page's time is over; give what stands on the board now, or None when it is the same."""
        if self._here is None and self._beat() < self._retry_at:
            return None
        try:
            scene = self._compose() if self._look() else self._scene
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

    def _look(self) -> bool:
        """Bring the page up to date; say whether anything is new."""
        if self._here is None:
            self._here = self._open()
            self._watcher = self._here.store.watch()
        assert self._watcher is not None
        moved = self._watcher.changed()
        news = bool(moved & TOPICS)
        called = self._hear_call(self._here, "call" in moved)
        if self._beat() >= self._heard_due:
            self._heard_due = self._beat() + HEARD_EVERY_S
            news |= self._hear(self._here)
        if news or self._station is None or self._day != self._today():
            self._load(self._here)
            news = True
            if self._page is not None:
                self._page = playlist.standing(self._page, self._items, self._now())
        bare = self._page is None or not self._page.rows
        if self._beat() < self._turn_at and not (bare and news):
            return news or called
        played = self._page.played if self._page is not None else self._file.read()
        self._page = playlist.plan(self._items, played, self._settings, self._now())
        self._turns += 1
        self._turn_at = self._beat() + self._settings.dwell_s
        self._file.keep(self._page.played, self._beat())
        return True

    def _load(self, here: Here) -> None:
        with here.store.read() as u:
            self._station = station = here.station(u)
            self._take_memory(here, u)
            self._items = tuple(playlist.item(p, here.areas.ring(station.area, p.listing.area)) for p in u.newest())
        self._day = self._today()

    def _hear(self, here: Here) -> bool:
        """Read when the county was last heard, and whether phones look elsewhere now; say whether anything of that is new."""
        before = (self._heard_at, here.phone_base)
        with here.store.read() as u:
            self._take_memory(here, u)
        return before != (self._heard_at, self._here.phone_base if self._here else "")

    def _hear_call(self, here: Here, moved: bool) -> bool:
        """Look whether a visitor calls for staff; say whether that is new. A call that nobody answers falls silent with time alone."""
        if moved:
            with here.store.read() as u:
                self._called_at = u.called_at()
        before, self._calling = self._calling, self._called_at is not None and is_heard(self._called_at, here.now())
        return before != self._calling

    def _take_memory(self, here: Here, u: "UnitOfWork") -> None:
        heard = u.recall(HEARD_AT)
        self._heard_at = datetime.fromisoformat(heard) if heard else None
        self._here = replace(here, phone_base=u.recall(PHONE_BASE) or here.phone_base)

    def _fail(self, error: Exception) -> Scene:
        """Say why, once, and begin anew in a while. What stands goes soon: nobody could take it down any more."""
        self.close()
        self._say(f"{type(error).__name__}: {error}" if isinstance(error, KioskError) else type(error).__name__, error)
        beat = self._beat()
        self._retry_at = beat + RETRY_S
        self._failing_since = beat if self._failing_since is None else self._failing_since
        if self._scene.rows and beat - self._failing_since < GRACE_S:
            return self._scene
        self._forget()
        # a store that is not there yet, or not enrolled, is no trouble: it comes
        return Scene(state=State.WAITING if type(error) is StoreError else State.TROUBLE, turn=self._turns)

    def _say(self, words: str, error: Exception | None = None) -> None:
        if words == self._said:
            return
        self._said = words
        if error is None:
            log.warning("the store can be read again")
        else:
            log.warning("the store: %s", words, exc_info=None if isinstance(error, KioskError) else error)

    def _clock_right(self) -> bool:
        assert self._here is not None
        return self._here.now() >= CLOCK_RIGHT_FROM

    def _now(self) -> datetime:
        """The wall clock, or the last approval when the clock was never set: that much time has passed at least."""
        assert self._here is not None
        if self._clock_right():
            return self._here.now()
        return max((i.published_at for i in self._items), default=self._here.now())

    def _today(self) -> date:
        return local(self._now()).date()

    def _fresh(self) -> tuple[Item, ...]:
        return playlist.fresh(self._items, self._settings, self._now()) if self._clock_right() else ()

    def _compose(self) -> Scene:
        assert self._here is not None
        assert self._station is not None
        assert self._page is not None
        new, now = self._fresh(), self._now()
        if new and new[0].id != self._arrived[0]:
            self._arrived = (new[0].id, self._turns)
        highlight = self._page.highlight
        # each new one has its turn in the strip, the newest first and at once
        strip = new[(self._turns - self._arrived[1]) % len(new)] if new else None
        with self._here.store.read() as u:
            rows = tuple(r for r in (self._row(u, i) for i in self._page.rows) if r)
            chosen, fresh = self._row(u, highlight), self._row(u, strip)
        return Scene(
            state=State.LISTINGS if rows else State.EMPTY,
            turn=self._turns,
            station=self._station.name,
            total=sum(i.ends_at > now for i in self._items),
            heard_at=self._heard_at,
            stale=self._heard_at is not None and now - self._heard_at > self._stale_after,
            clock_right=self._clock_right(),
            rows=rows,
            highlight=chosen,
            fresh=fresh,
            page=self._page.number,
            pages=self._page.of,
            until=self._page.until,
            more_url=f"{self._here.phone_base}/",
            calling=self._calling,
        )

    def _row(self, u: "UnitOfWork", item: Item | None) -> Row | None:
        """Say a listing; one that went a moment ago is not there."""
        assert self._here is not None
        published = u.published(item.id) if item else None
        return row(published, tickets.listing_url(self._here, published.listing.id), self._today()) if published else None
