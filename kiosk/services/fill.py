"""Fills a new station with the marked samples, through the same records that real visits make, so that they reach the county by sync."""

from datetime import datetime
from pathlib import Path

from kiosk.services.sample import Sample, load_sample
from kiosk.services.sign_in import add_staff
from kiosk.store.store import Store, UnitOfWork

STATION = "义堂站"
FILLED = "sample.filled"


def fill_station(store: Store, folder: Path, now: datetime) -> None:
    """Enter the sample station's own records once; its neighbours' and the county's come through the hub."""
    with store.write() as u:
        if u.recall(FILLED) is not None:
            return
        sample = load_sample(folder, now)
        station = next(s for s in sample.stations if s.name == STATION)
        u.put(station)
        u.remember("station.id", station.id)
        for person in (p for p in sample.staff if p.station_id == station.id):
            add_staff(u, now, station.id, person.name, person.role, person.pin, person.id)
        _keep_own(u, sample, station.id)
        u.remember(FILLED, now.isoformat())


def _keep_own(u: UnitOfWork, sample: Sample, station_id: str) -> None:
    """Listings go in before their reviews, reviews in the order in which they were given: newest on top, as in life."""
    kinds = (
        sample.employers,
        sample.listings,
        sample.workers,
        sample.referrals,
        sample.steps,
        sample.cases,
        sample.case_steps,
        sample.running,
        sample.notices,
    )
    for record in (r for kind in kinds for r in kind if r.station_id == station_id):
        u.keep(record)
    for review in sorted((r for r in sample.reviews if r.station_id == station_id), key=lambda r: r.reviewed_at):
        u.keep(review)
    for takedown in (t for t in sample.takedowns if t.station_id == station_id):
        u.keep(takedown)
