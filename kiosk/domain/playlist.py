"""The fair board: which listings stand on the next page and which one shows its QR. Pure; draws nothing.

A round shows the own township first, then the neighbours, then the county. Listings fall into classes: ring × urgent or not. In a
round every listing of a class gets one row, an urgent one `urgent_factor`; the county's take turns when they are more than
`county_pages` hold. Inside a class the one shown longest ago comes next, so the class goes round in a fixed order: over any stretch
in which nothing changes no two of its listings differ by more than one showing. A new listing has the next turn, and only one.

The QR follows the rows: a showing on a page of six earns a sixth of a QR turn, and the row with most unspent credit has it. This
keeps every listing within three turns of its share (tested, not proved; the largest seen is two).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, timezone
from math import lcm

from kiosk.domain.listing import Published
from kiosk.domain.matching import Ring

CHINA = timezone(timedelta(hours=8))
LEAST_DWELL_S = 20.0
"""A QR stands at least this long: somebody has to get up, walk over and scan it."""
AHEAD = timedelta(minutes=1)
"""Clocks of two stations differ by less."""
TURN = lcm(*range(1, 17))
"""One QR turn or one round, in units that every page of up to 16 rows divides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the board must know of one public listing. Instants with zone; `ends_at` is the first moment it is gone."""

    id: str
    number: int
    ring: Ring
    starts_at: datetime
    ends_at: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistSettings:
    """What the county or an installer may choose. Seconds; pages a round."""

    rows: int = 6
    dwell_s: float = LEAST_DWELL_S
    urgent_within: timedelta = timedelta(hours=24)
    urgent_factor: int = 2
    county_pages: int = 8
    new_for: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        """Refuse what could not be fair or not be scanned; raises ValueError."""
        if not (1 <= self.rows <= 16 and self.urgent_factor >= 1 and self.county_pages >= 1 and self.dwell_s >= LEAST_DWELL_S):
            raise ValueError(f"a board cannot play {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was shown so far: by listing the running number of its last row and its unspent QR credit, by class the rounds in TURNs.

    Made of plain values, so that record.to_plain can keep it over a restart.
    """

    shown: dict[str, int] = field(default_factory=dict)
    credit: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its rows from top to bottom, and the one whose QR stands beside them.

    `number` of `of` says where in the round it stands; `played` goes into the next plan.
    """

    rows: tuple[Item, ...]
    highlight: Item | None
    number: int
    of: int
    played: Played


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    ring: Ring
    items: list[Item]
    slots: int
    """Rows that the class gets in a round."""


def item(published: Published, ring: Ring) -> Item:
    """Reduce a public listing to what the board must know; days are China's, a listing ends with its last day."""
    listing = published.listing
    start = datetime.combine(listing.starts_on, time(), CHINA) + timedelta(minutes=listing.day_start_min or 0)
    return Item(
        id=listing.id,
        number=published.number,
        ring=ring,
        starts_at=start,
        ends_at=datetime.combine(listing.ends_on, time.max, CHINA),
        published_at=published.published_at,
    )


def is_urgent(item: Item, settings: PlaylistSettings, now: datetime) -> bool:
    """Say whether the work starts within the next hours that count as urgent."""
    return timedelta() <= item.starts_at - now <= settings.urgent_within


def plan(items: Sequence[Item], played: Played, settings: PlaylistSettings, now: datetime, rows: int = 0) -> Page:
    """Plan the page that starts now. What has ended is not on it; without anything to show it is empty.

    `rows`: of a page that has not the usual number of them, as one listing alone has one.
    """
    wanted = rows or settings.rows
    classes = _classes([i for i in items if i.ends_at > now], settings, now)
    shown = {i.id: played.shown.get(i.id, 0) for c in classes for i in c.items}
    tick = max(played.shown.values(), default=0)
    rounds = _rounds(classes, played.rounds)
    queues = {c.name: sorted(c.items, key=lambda i: (shown[i.id], i.number, i.id)) for c in classes}
    number = _page_number(classes, rounds, settings)
    chosen: list[Item] = []
    while len(chosen) < wanted and any(queues.values()):
        # a whole round of one ring before the next: own township, neighbours, county; within it urgent and other rows mix evenly,
        # so that the urgent do not fill two pages in a row
        turn = min((c for c in classes if queues[c.name]), key=lambda c: (rounds[c.name] // TURN, c.ring, rounds[c.name] % TURN, c.name))
        chosen.append(queues[turn.name].pop(0))
        shown[chosen[-1].id] = tick = tick + 1
        rounds[turn.name] = _advance(rounds[turn.name], turn.slots)
    credit = _credit(shown, played.credit)
    highlight = _spend(chosen, credit)
    return Page(
        rows=tuple(sorted(chosen, key=lambda i: (i.ring, i.number, i.id))),
        highlight=highlight,
        number=number,
        of=_pages(classes, settings),
        played=Played(shown=shown, credit=credit, rounds=rounds),
    )


def standing(page: Page, live: Sequence[Item], now: datetime) -> Page:
    """Take off a page what has ended or was taken down since."""
    alive = {i.id for i in live if i.ends_at > now}
    highlight = page.highlight if page.highlight is not None and page.highlight.id in alive else None
    return replace(page, rows=tuple(i for i in page.rows if i.id in alive), highlight=highlight)


def fresh(items: Sequence[Item], settings: PlaylistSettings, now: datetime) -> tuple[Item, ...]:
    """Give what the 新 strip shows: published within the last minutes and not ended, newest first.

    What was published in the future was so by a clock that has been set back since; whoever reviewed elsewhere may be AHEAD.
    """
    new = [i for i in items if i.ends_at > now and -AHEAD <= now - i.published_at <= settings.new_for]
    return tuple(sorted(new, key=lambda i: (-i.published_at.timestamp(), i.number, i.id)))


def _classes(live: Sequence[Item], settings: PlaylistSettings, now: datetime) -> list[_Class]:
    groups: dict[tuple[Ring, bool], list[Item]] = {}
    for i in live:
        groups.setdefault((i.ring, is_urgent(i, settings, now)), []).append(i)
    classes = []
    for (ring, urgent), members in groups.items():
        slots = len(members) * (settings.urgent_factor if urgent else 1)
        if ring is Ring.COUNTY:
            slots = min(slots, settings.county_pages * settings.rows)
        # the name sorts as a round goes: ring by ring, urgent first
        classes.append(_Class(f"{int(ring)}{'a' if urgent else 'b'}", ring, members, slots))
    return classes


def _rounds(classes: Sequence[_Class], before: Mapping[str, int]) -> dict[str, int]:
    """Go on from before, no class more than one round behind: what came back after a pause does not fill the board."""
    top = max((before[c.name] for c in classes if c.name in before), default=0)
    return {c.name: max(before.get(c.name, 0), top - TURN) for c in classes}


def _advance(progress: int, slots: int) -> int:
    """One row further; a round ends exactly after `slots` rows, whatever does not divide."""
    return min(progress - -TURN // slots, (progress // TURN + 1) * TURN)


def _credit(live: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """Carry the credit of what is still live; a newcomer starts in the middle, neither owed nor owing."""
    known = [before[i] for i in live if i in before]
    middle = sum(known) // len(known) if known else 0
    return {i: before.get(i, middle) for i in live}


def _spend(rows: Sequence[Item], credit: dict[str, int]) -> Item | None:
    if not rows:
        return None
    for row in rows:
        credit[row.id] += TURN // len(rows)
    chosen = max(rows, key=lambda i: credit[i.id])
    credit[chosen.id] -= TURN
    return chosen


def _pages(classes: Sequence[_Class], settings: PlaylistSettings) -> int:
    return max(1, -(-sum(c.slots for c in classes) // settings.rows))


def _page_number(classes: Sequence[_Class], rounds: Mapping[str, int], settings: PlaylistSettings) -> int:
    lap = min((r // TURN for r in rounds.values()), default=0)
    done = sum(c.slots if rounds[c.name] // TURN > lap else rounds[c.name] % TURN * c.slots // TURN for c in classes)
    return min(done // settings.rows + 1, _pages(classes, settings))
