"""Reads the marked samples of running a station: looks at facilities, bookings, sign-ups, lines of the ledger, days. Stores nothing."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from kiosk.domain.running import Booking, FacilityCheck, Signup, Spending
from kiosk.domain.station import Station, Training
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay
from kiosk.services.sample_entry import CHINA, Entry, read_entries

FILE = "running.toml"
Running = FacilityCheck | Booking | Signup | Spending | StationDay


def load_running(
    folder: Path,
    now: datetime,
    make_id: Callable[[str, str], str],
    stations: Mapping[str, Station],
    staff: Mapping[str, Any],
    workers: Mapping[str, Worker],
    trainings: Mapping[str, Training],
) -> Iterator[Running]:
    """Give the records, in the order of the file's kinds; raise ConfigError naming file, entry and field."""

    def common(kind: str, key: str, entry: Entry) -> dict[str, Any]:
        return {"id": make_id(kind, key), "station_id": entry.refer("station", stations).id}

    for key, entry in read_entries(folder / FILE, "check", now):
        known, by = common("check", key, entry), entry.refer("by", staff)
        expires = entry.day("expires_in_days") if entry.has("expires_in_days") else None
        yield entry.build(FacilityCheck, **known, expires_on=expires, by_id=by.id, by_name=by.name, checked_at=entry.ago("ago"))
    for key, entry in read_entries(folder / FILE, "booking", now):
        known, by = common("booking", key, entry), entry.refer("by", staff)
        day, hours = date.fromisoformat(entry.day("in_days")), entry.hours("hours")
        start = datetime.combine(day, time(0), CHINA) + timedelta(minutes=hours["day_start_min"])
        minutes = hours["day_end_min"] - hours["day_start_min"]
        yield entry.build(Booking, **known, revision=1, starts_at=start, minutes=minutes, by_name=by.name, booked_at=entry.ago("ago"))
    for key, entry in read_entries(folder / FILE, "signup", now):
        worker, training = entry.refer("worker", workers), entry.refer("training", trainings)
        who = {"id": make_id("signup", key), "station_id": worker.station_id, "worker_id": worker.id}
        yield entry.build(Signup, **who, revision=1, training_id=training.id, signed_at=entry.ago("ago"))
    for key, entry in read_entries(folder / FILE, "spending", now):
        known, by = common("spending", key, entry), entry.refer("by", staff)
        spent_on, fen = entry.day("spent_days_ago", -1), entry.fen("amount_yuan")
        yield entry.build(Spending, **known, spent_on=spent_on, amount_fen=fen, by_id=by.id, by_name=by.name, entered_at=entry.ago("ago"))
    for key, entry in read_entries(folder / FILE, "day", now):
        yield entry.build(StationDay, **common("day", key, entry), day=entry.day("days_ago", -1))
