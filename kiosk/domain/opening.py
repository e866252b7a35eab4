"""Opening hours as a station words them, read into times, and working time counted inside them. Knows no station and no clock.

The words are free text. What they do not say plainly (节假日休息, 下午2:30) is not guessed at: then there are no hours.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from itertools import pairwise

Week = tuple[tuple[tuple[int, int], ...], ...]
"""For each weekday, Monday first, the spans in which it is open: minutes after midnight, one after the other."""

DAYS = "一二三四五六日"
MIDNIGHT = 24 * 60
SOCIABLE, MORNING = (time(8), time(18)), time(10)
"""Where opening hours are not known: between these an answer may be promised, else for that time (own)."""
_TOKEN = re.compile(
    rf"(?P<every>每天|天天)|(?P<work>工作日)|(?:周|星期)(?P<first>[{DAYS}])(?:[-到至](?:周|星期)?(?P<last>[{DAYS}]))?"
    r"|(?P<span>(\d\d?):([0-5]\d)[-到至](\d\d?):([0-5]\d))"
)
_SAYS_NOTHING = re.compile(r"中午不(?:关门|休息)|[,;、。]")


def read_hours(words: str) -> Week | None:
    """Read opening hours; None where the words do not say them plainly. Hours without a day are every day's."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", words)).translate(str.maketrans("~—–", "---"))
    text = re.sub(r"(周|星期)天", r"\1日", text)
    week: list[list[int]] = [[] for _ in DAYS]
    days, spanned = set(range(7)), True
    for token in _TOKEN.finditer(text):
        if token["span"]:
            spanned = True
            h1, m1, h2, m2 = (int(n) for n in token.groups()[-4:])
            for day in days:
                week[day] += [h1 * 60 + m1, h2 * 60 + m2]
        else:
            named = _named(token)
            days, spanned = named if spanned else days | named, False
            if not named or any(week[day] for day in named):
                return None
    plain = spanned and any(week) and not _SAYS_NOTHING.sub("", _TOKEN.sub("", text))
    if not plain or any(max(day, default=0) > MIDNIGHT or any(a >= b for a, b in pairwise(day)) for day in week):
        return None
    return tuple(tuple(zip(day[::2], day[1::2], strict=True)) for day in week)


def _named(token: re.Match[str]) -> set[int]:
    if token["every"] or token["work"]:
        return set(range(7 if token["every"] else 5))
    first = DAYS.index(token["first"])
    return set(range(first, DAYS.index(token["last"] or token["first"]) + 1))


def spans_on(day: date, week: Week) -> tuple[tuple[datetime, datetime], ...]:
    """Give from when to when it is open on a day, as wall clock times without a zone."""
    midnight = datetime.combine(day, time())
    return tuple((midnight + timedelta(minutes=opens), midnight + timedelta(minutes=shuts)) for opens, shuts in week[day.weekday()])


def after(now: datetime, wait: timedelta, week: Week | None, closed: Collection[date] = ()) -> datetime:
    """Give the instant by which `wait` of opening time has passed; `now` and the answer are wall clock times of the station.

    Without hours the whole day counts, and an answer that would come at night is one for the morning. On `closed` days nobody answers.
    """
    if week is None:
        at = now + wait
        if SOCIABLE[0] <= at.time() <= SOCIABLE[1] and at.date() not in closed:
            return at
        at = datetime.combine(at.date() + timedelta(days=at.time() > MORNING), MORNING, at.tzinfo)
        while at.date() in closed:
            at += timedelta(days=1)
        return at
    day = datetime.combine(now.date(), time(), now.tzinfo)
    while True:
        for opens, shuts in () if day.date() in closed else week[day.weekday()]:
            begins, ends = max(now, day + timedelta(minutes=opens)), day + timedelta(minutes=shuts)
            if ends - begins >= wait:
                return begins + wait
            wait -= max(ends - begins, timedelta())
        day += timedelta(days=1)
