"""Which kind of page comes next on the board, and how long it stands. Pure.

A smooth weighted round: every kind that has something to show earns its weight with each page, the one that has earned most comes and
pays for all. So over a stretch in which nothing changes each kind has its share, and its pages stand as far apart as they can. Within a
kind what was shown longest ago comes next, so that no two of its sheets differ by more than one showing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, timezone
from enum import StrEnum

CHINA = timezone(timedelta(hours=8))
SPOKEN_A_SECOND = 5.0
"""Characters that one reads aloud in a second: 300 a minute, as a newsreader does."""
TIMES_READ = 2
LONGEST_S = 90.0
"""No page that is one thing holds the board longer than this; words that would need more are cut before. A list stands as long as its rows
need."""


class PageKind(StrEnum):
    """What a page of the board can be."""

    LIST = "list"
    LARGE = "large"
    CODE = "code"
    POLICY = "policy"
    TRAINING = "training"
    SERVICES = "services"
    SAFETY = "safety"
    NOTICE = "notice"
    PICTURE = "picture"


WORK = frozenset({PageKind.LIST, PageKind.LARGE})
"""Pages of listings: kiosk.domain.playlist says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daypart:
    """From this hour of China's day each kind has so much weight; a kind that is not named is not shown."""

    starts: time
    weights: Mapping[PageKind, int]


DAYPARTS = (
    # who comes before eight wants work for today, and looks only for that
    Daypart(starts=time(5), weights={PageKind.LIST: 8, PageKind.LARGE: 2, PageKind.CODE: 1, PageKind.SAFETY: 1, PageKind.NOTICE: 2}),
    Daypart(
        starts=time(8, 30),
        weights={
            PageKind.LIST: 8,
            PageKind.LARGE: 3,
            PageKind.CODE: 1,
            PageKind.POLICY: 1,
            PageKind.TRAINING: 1,
            PageKind.SERVICES: 1,
            PageKind.SAFETY: 1,
            PageKind.NOTICE: 2,
            PageKind.PICTURE: 1,
        },
    ),
    # at noon and in the evening people sit and have time to read
    Daypart(
        starts=time(17),
        weights={
            PageKind.LIST: 6,
            PageKind.LARGE: 2,
            PageKind.CODE: 1,
            PageKind.POLICY: 2,
            PageKind.TRAINING: 2,
            PageKind.SERVICES: 1,
            PageKind.SAFETY: 1,
            PageKind.NOTICE: 2,
            PageKind.PICTURE: 1,
        },
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aired:
    """What the programme has shown: by kind what it has earned, by sheet the running number of its last showing, and what has broken in.

    Plain values, so that record.to_plain can keep it over a restart. `told` holds id:revision of notices that broke in.
    """

    earned: dict[str, int] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes: the kind, and which sheet of it (empty for pages of listings); `aired` goes into the next choice."""

    kind: PageKind
    sheet: str
    aired: Aired


def weights_at(now: datetime) -> Mapping[PageKind, int]:
    """Give the weights of the present part of the day; before the first part the last one's."""
    local = now.astimezone(CHINA).time()
    return next((part.weights for part in reversed(DAYPARTS) if part.starts <= local), DAYPARTS[-1].weights)


def choose(sheets: Mapping[PageKind, Sequence[str]], aired: Aired, weights: Mapping[PageKind, int]) -> Turn:
    """Choose the next page among the kinds that have something to show; raises ValueError when none has.

    `sheets`: by kind the ids of what it could show, [""] for a kind that chooses by itself.
    """
    able = {kind: weights.get(kind, 0) for kind in PageKind if sheets.get(kind)}
    if not any(able.values()):  # better a page out of its hours than none
        able = dict.fromkeys(able, 1)
    earned = {kind: aired.earned.get(kind, 0) + weight for kind, weight in able.items() if weight}
    kind = max(earned, key=lambda k: (earned[k], able[k]))
    earned[kind] -= sum(able.values())
    shown = {sheet: aired.shown.get(sheet, 0) for ids in sheets.values() for sheet in ids if sheet}
    sheet = min(sheets[kind], key=lambda s: shown.get(s, 0))
    if sheet:
        shown[sheet] = max(shown.values(), default=0) + 1
    return Turn(kind, sheet, replace(aired, earned={k.value: v for k, v in earned.items()}, shown=shown))


def breaks_in(urgent: Sequence[tuple[str, int]], aired: Aired) -> Turn | None:
    """Give the page of the first urgent notice (id and revision) that has not broken in yet, or None."""
    keys = {f"{notice}:{revision}": notice for notice, revision in urgent}
    told = tuple(key for key in aired.told if key in keys)
    for key, notice in keys.items():
        if key not in told:
            return Turn(PageKind.NOTICE, notice, replace(aired, told=(*told, key)))
    return None


def dwell_s(words: Sequence[str], least_s: float) -> float:
    """Give the seconds a page with these words stands: long enough to read them aloud twice, and at least so long."""
    return max(least_s, TIMES_READ * spoken_s(words))


def spoken_s(words: Sequence[str]) -> float:
    """Give how long one reads words aloud: signs and spaces are not spoken."""
    return sum(c.isalnum() for text in words for c in text) / SPOKEN_A_SECOND


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which the board is dim and makes no sound, on China's clock; `starts` may be after `ends`."""

    starts: time
    ends: time

    def holds(self, now: datetime) -> bool:
        """Say whether it is quiet at an instant."""
        local = now.astimezone(CHINA).time()
        return self.starts <= local < self.ends if self.starts < self.ends else local >= self.starts or local < self.ends


def read_quiet(text: str) -> Quiet | None:
    """Read 21:00-05:30; empty is none. Raises ValueError."""
    if not text:
        return None
    starts, ends = (time.fromisoformat(part) for part in text.split("-"))
    if starts == ends:
        raise ValueError("quiet hours end when they start")
    return Quiet(starts, ends)
