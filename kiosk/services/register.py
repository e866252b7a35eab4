"""Registering a worker: one call, one transaction, the slip journalled with it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.matching import Match, match
from kiosk.domain.record import new_id
from kiosk.domain.worker import Worker, WorkerState, check_age, check_mobile, check_name
from kiosk.errors import BadInput
from kiosk.services import printing, slips, tickets
from kiosk.services.station import Here, slip_serial
from kiosk.store.store import UnitOfWork

NOTICE_VERSION = "2026-11"
PAY_MAX_FEN = {PayUnit.HOUR: 50_000, PayUnit.DAY: 300_000, PayUnit.MONTH: 6_000_000}
MATCHES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationForm:
    """What a visitor entered. `pay_fen` None is 面议; `by_staff` is the id of who filled it in for somebody who cannot."""

    name: str
    phone: str
    age_band: AgeBand
    trades: tuple[Trade, ...]
    pay_fen: int | None
    pay_unit: PayUnit = PayUnit.DAY
    area: str | None = None
    consented_at: datetime
    by_staff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the visitor gets: the record, the link on the slip, the slip on its way, and what fits him best."""

    worker: Worker
    ticket_url: str
    job_id: str
    matches: tuple[Match, ...]


def register(here: Here, form: RegistrationForm) -> Registered:
    """Register a worker, or bring an earlier registration of the same name and phone up to date.

    Raises BadInput naming the field. Says nothing about whether the phone was known (a stranger must not learn it).
    """
    now = here.now()
    name, phone, band = check_name(form.name), check_mobile(form.phone), check_age(form.age_band)
    if not form.trades:
        raise BadInput("trades", "bad.trades.empty")
    if form.pay_fen is not None and not 0 < form.pay_fen <= PAY_MAX_FEN.get(form.pay_unit, 6_000_000):
        raise BadInput("pay", "bad.pay.range")
    with here.store.write() as u:
        station = here.station(u)
        earlier = [w for w in u.list(Worker, phone=phone) if w.name == name and w.station_id == station.id]
        known = earlier[0] if earlier else None
        worker = Worker(
            id=known.id if known else new_id(now),
            revision=known.revision + 1 if known else 1,
            station_id=station.id,
            state=WorkerState.ACTIVE,
            name=name,
            phone=phone,
            age_band=band,
            trades=form.trades,
            pay_fen=form.pay_fen,
            pay_unit=form.pay_unit,
            area=form.area,
            code=known.code if known else new_code(u),
            number=slip_serial(u, station, now),
            notice_version=NOTICE_VERSION,
            consented_at=form.consented_at,
            by_staff=bool(form.by_staff),
            registered_at=known.registered_at if known else now,
        )
        u.keep(worker)
        u.audit(now, form.by_staff or "visitor", "register", worker.id)
        url = tickets.registration_url(here, u, worker, now)
        matches = best_matches(here, u, worker)
        slip = slips.registration_slip(worker, station, url, now)
        job = printing.queue_slip(u, slip, worker.id, now)
    return Registered(worker=worker, ticket_url=url, job_id=job.id, matches=matches)


def best_matches(here: Here, u: UnitOfWork, worker: Worker) -> tuple[Match, ...]:
    """Give the public listings that fit a worker best, with reasons."""
    listings = [p.listing for p in u.newest()]
    return tuple(match(worker, listings, here.areas, here.station(u).area, here.today(), MATCHES, here.rules.hazard))


def new_code(u: UnitOfWork) -> str:
    """Draw an 8-digit number that no worker of this station has."""
    while True:
        code = f"{secrets.randbelow(90_000_000) + 10_000_000}"
        if not u.list(Worker, code=code):
            return code
