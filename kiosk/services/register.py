"""Registering a worker: one call, one transaction, the slip journalled with it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.matching import Match, match
from kiosk.domain.record import new_id
from kiosk.domain.worker import PhoneOf, Worker, WorkerState, check_age, check_mobile, check_name
from kiosk.errors import BadInput
from kiosk.services import printing, slips, tickets
from kiosk.services.station import Here, slip_serial
from kiosk.store.store import UnitOfWork

NOTICE_VERSION = "2026-11"
PAY_MAX_FEN = {PayUnit.HOUR: 50_000, PayUnit.DAY: 300_000, PayUnit.MONTH: 6_000_000}
MATCHES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationForm:
    """What a visitor entered. `pay_fen` None is 面议; `by_staff` is the id of who filled it in for somebody who cannot.

    Where `phone_of` is the station, `phone` is not looked at.
    """

    name: str
    phone: str
    phone_of: PhoneOf = PhoneOf.OWN
    age_band: AgeBand
    trades: tuple[Trade, ...]
    pay_fen: int | None
    pay_unit: PayUnit = PayUnit.DAY
    area: str | None = None
    consented_at: datetime
    by_staff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the visitor gets: the record, the link on the slip (none where he is `unproven`), the slip on its way, what fits him best."""

    worker: Worker
    ticket_url: str
    job_id: str
    matches: tuple[Match, ...]

    @property
    def unproven(self) -> bool:
        """Say that name and phone were registered already, and nothing has shown that it is he: his slips open nothing."""
        return not self.ticket_url


def register(here: Here, form: RegistrationForm) -> Registered:
    """Register a worker, or bring an earlier registration of the same name and phone up to date.

    Under the station's number everybody is somebody new: it and a name do not make one person, and a slip opens a registration.
    A name and a phone do not open one either, which others know, too: what was registered before gets a slip without its code.
    Raises BadInput naming the field.
    """
    now = here.now()
    at_station = form.phone_of is PhoneOf.STATION
    name, phone, band = check_name(form.name), None if at_station else check_mobile(form.phone), check_age(form.age_band)
    check_wish(form.trades, form.pay_fen, form.pay_unit)
    with here.store.write() as u:
        station = here.station(u)
        earlier = [w for w in u.list(Worker, phone=phone) if w.name == name and w.station_id == station.id] if phone else []
        known = earlier[0] if earlier else None
        worker = Worker(
            id=known.id if known else new_id(now),
            revision=known.revision + 1 if known else 1,
            station_id=station.id,
            state=WorkerState.ACTIVE,
            name=name,
            phone=phone or station.phone,
            phone_of=form.phone_of,
            age_band=band,
            trades=form.trades,
            pay_fen=form.pay_fen,
            pay_unit=form.pay_unit,
            area=form.area or (known.area if known else None),
            code=known.code if known else new_code(u),
            number=slip_serial(u, station, now),
            notice_version=NOTICE_VERSION,
            consented_at=form.consented_at,
            by_staff=bool(form.by_staff),
            registered_at=known.registered_at if known else now,
        )
        u.keep(worker)
        u.audit(now, form.by_staff or "visitor", "register", worker.id)
        url = "" if known and not form.by_staff else tickets.registration_url(here, u, worker, now)
        matches = best_matches(here, u, worker)
        slip = slips.registration_slip(worker, station, url, now)
        job = printing.queue_slip(u, slip, worker.id, now)
    return Registered(worker=worker, ticket_url=url, job_id=job.id, matches=matches)


def check_wish(trades: tuple[Trade, ...], pay_fen: int | None, pay_unit: PayUnit) -> None:
    """Raise BadInput when no trade was chosen, or for a pay that nobody asks for."""
    if not trades:
        raise BadInput("trades", "bad.trades.empty")
    if pay_fen is not None and not 0 < pay_fen <= PAY_MAX_FEN.get(pay_unit, 6_000_000):
        raise BadInput("pay", "bad.pay.range")


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
