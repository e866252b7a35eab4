"""What county or station have to say to the hall, and whom staff ask to the desk: by the number of his slip, never by name."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from kiosk.errors import BadInput

CHINA = timezone(timedelta(hours=8))
TITLE_MOST, BODY_MOST = 30, 120
"""Characters: more are not read from a chair."""
LONGEST = timedelta(days=366)
"""What is to hang longer belongs to the policies, or is forgotten there."""
CALLED_FOR = timedelta(minutes=3)
"""So long a number stands on the board; who has not come by then is called again or is out."""
NUMBER_DIGITS = 4
CALLED_AT_ONCE = 3
"""More numbers than these are not read at a glance; the first called waits no longer."""
SERIAL = re.compile(rf"(?:[A-Z]{{2}}-?[0-9]{{4}}-?(?=[0-9]{{{NUMBER_DIGITS}}}$))?([0-9]{{1,{NUMBER_DIGITS}}})")
SOMEBODYS = re.compile(r"(?<!\d)1[3-9](?:[\s-]?\d){9}(?!\d)|\d{15,}")
"""A mobile number, however it is grouped; or an identity card's or a bank card's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice on the board. `station_id` is whose it is, None the county's own, which every board shows. An urgent one breaks in.

    Taken back by a revision that is `withdrawn`. Who wrote it stands in the audit.
    """

    id: str
    revision: int
    station_id: str | None
    title: str
    body: str = ""
    urgent: bool = False
    starts_at: datetime
    ends_at: datetime
    withdrawn: bool = False
    sample: bool = False

    def stands(self, now: datetime) -> bool:
        """Say whether it is to be shown."""
        return not self.withdrawn and self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipCall:
    """Staff ask for whoever holds the slip with this number (its last four digits) to come; stays at the station."""

    id: str
    number: str
    called_at: datetime
    ended_at: datetime | None = None

    def calling(self, now: datetime) -> bool:
        """Say whether it still stands on the board; a clock that was set back does not prolong it."""
        return self.ended_at is None and timedelta() <= now - self.called_at < CALLED_FOR


def on_board(calls: Iterable[SlipCall], now: datetime) -> tuple[SlipCall, ...]:
    """Give the calls that stand on the board, last called first."""
    calling = sorted((call for call in calls if call.calling(now)), key=lambda c: (c.called_at, c.id), reverse=True)
    return tuple(calling[:CALLED_AT_ONCE])


def read_number(keyed: str) -> str:
    """Read a slip's number as it is keyed in (42, 0042) or its whole serial (YT-1123-0042): four digits; raise BadInput('number')."""
    found = SERIAL.fullmatch("".join(unicodedata.normalize("NFKC", keyed).split()).upper())
    if found is None or not int(found[1]):
        raise BadInput("number", "bad.call.number")
    return found[1].zfill(NUMBER_DIGITS)


def written(title: str, body: str, phones: Collection[str]) -> tuple[str, str]:
    """Give a notice's words as they are kept, without idle blanks. `phones` are those of the stations, which may stand in it.

    Raises BadInput without a title, for words that are too long, and for a number that is somebody's: a mobile phone, an identity card or a
    bank card. Landlines may stand in it: a notice that asks to be called back is of use.
    """
    title, body = " ".join(_plain(title).split()), "\n".join(filter(None, (" ".join(line.split()) for line in _plain(body).splitlines())))
    if not title:
        raise BadInput("title", "bad.notice.title")
    for name, text, most in (("title", title, TITLE_MOST), ("body", body, BODY_MOST)):
        if len(text) > most:
            raise BadInput(name, f"bad.notice.{name}_long", most=most)
        found = {re.sub(r"\D", "", one) for one in SOMEBODYS.findall(unicodedata.normalize("NFKC", text))}
        if found - set(phones):
            raise BadInput(name, "bad.notice.number")
    return title, body


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise BadInput('ends_at') for a notice that would never stand, or for longer than LONGEST from now."""
    if ends_at <= max(starts_at, now):
        raise BadInput("ends_at", "bad.notice.ends")
    if ends_at - now > LONGEST:
        raise BadInput("ends_at", "bad.notice.long")


def end_of(day: date) -> datetime:
    """Give the instant at which a day of China's is over; raise BadInput('ends_at') for one that no calendar follows."""
    try:
        return datetime.combine(day + timedelta(days=1), time(), CHINA)
    except OverflowError:
        raise BadInput("ends_at", "bad.notice.long") from None


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c.isspace())
