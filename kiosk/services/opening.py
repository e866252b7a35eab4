"""When this station is at work, and what can be promised from that."""

from datetime import UTC, date, datetime, timedelta

from kiosk.domain.opening import after, read_hours, spans_on
from kiosk.domain.review import RuleBook
from kiosk.domain.station import Station
from kiosk.services.station import CHINA, local

REVIEW_WITHIN = timedelta(hours=2)
"""What the slip promises an employer (own): half a morning of opening time."""


def opens_at(station: Station, now: datetime, rules: RuleBook) -> datetime | None:
    """Give the instant, UTC, from which somebody is there: now where it is open; None where the hours do not say plainly."""
    week = read_hours(station.hours)
    return None if week is None else after(local(now), timedelta(), week, rules.holidays).astimezone(UTC)


def review_due(station: Station, now: datetime, rules: RuleBook) -> datetime:
    """Give the instant, UTC, by which an employer who posts now is answered: in opening hours, and on no holiday that the rules name."""
    return after(local(now), REVIEW_WITHIN, read_hours(station.hours), rules.holidays).astimezone(UTC)


def open_spans(station: Station, day: date, rules: RuleBook) -> tuple[tuple[datetime, datetime], ...] | None:
    """Give from when to when a station is open on a day; None where its words do not say plainly when it is."""
    week = read_hours(station.hours)
    if day in rules.holidays:
        return ()
    return None if week is None else tuple((a.replace(tzinfo=CHINA), b.replace(tzinfo=CHINA)) for a, b in spans_on(day, week))


def is_shut(station: Station, now: datetime, rules: RuleBook) -> bool:
    """Say whether a station is surely closed at an instant."""
    spans = open_spans(station, local(now).date(), rules)
    return spans is not None and not any(opens <= now < shuts for opens, shuts in spans)
