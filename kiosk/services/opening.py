"""When this station is at work, and what can be promised from that."""

from datetime import UTC, date, datetime, timedelta

from kiosk.domain.opening import after, read_hours, spans_on
from kiosk.domain.station import Station
from kiosk.services.station import CHINA, local

REVIEW_WITHIN = timedelta(hours=2)
"""What the slip promises an employer (own): half a morning of opening time."""


def review_due(station: Station, now: datetime) -> datetime:
    """Give the instant, UTC, by which an employer who posts now is answered."""
    return after(local(now), REVIEW_WITHIN, read_hours(station.hours)).astimezone(UTC)


def open_spans(station: Station, day: date) -> tuple[tuple[datetime, datetime], ...] | None:
    """Give from when to when a station is open on a day; None where its words do not say plainly when it is."""
    week = read_hours(station.hours)
    return None if week is None else tuple((a.replace(tzinfo=CHINA), b.replace(tzinfo=CHINA)) for a, b in spans_on(day, week))


def is_shut(station: Station, now: datetime) -> bool:
    """Say whether a station is surely closed at an instant."""
    spans = open_spans(station, local(now).date())
    return spans is not None and not any(opens <= now < shuts for opens, shuts in spans)
