"""What a station has (管理办法 3) and in which condition: staff look, visitors say what is broken."""

from datetime import date

from kiosk.domain.facility import Standing, standing
from kiosk.domain.record import new_id
from kiosk.domain.running import Facility, FacilityCheck
from kiosk.errors import BadInput
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

NOTE_MOST = 60
KEEPS = frozenset({Facility.FIRST_AID})
"""What has things in it that expire."""
LOOKED_BACK = 2
"""Enough to find the staff's last look: after a visitor's report no other comes before they have looked."""


def latest(here: Here) -> tuple[Standing, ...]:
    """Give how each facility stands today, in the order of article 3."""
    with here.store.read() as u:
        return standings(u, here.today())


def standings(u: UnitOfWork, today: date) -> tuple[Standing, ...]:
    """Give how each facility stands, inside the caller's transaction."""
    return tuple(standing(one, _checks(u, one), today) for one in Facility)


def check(here: Here, session: Session, facility: Facility, ok: bool, note: str = "", expires_on: date | None = None) -> FacilityCheck:
    """Note that staff looked. An expiry date counts until another is set.

    Raises BadInput for a date of what does not expire or has expired already, and for a note that is too long.
    """
    now, note = here.now(), note.strip()
    if len(note) > NOTE_MOST:
        raise BadInput("note", "bad.facility.note", most=NOTE_MOST)
    if expires_on is not None and facility not in KEEPS:
        raise BadInput("expires_on", "bad.facility.keeps")
    if expires_on is not None and expires_on < here.today():
        raise BadInput("expires_on", "bad.facility.expired")
    with here.store.write() as u:
        # each look carries the date on, so that nobody has to search for it among years of looks
        known = standing(facility, _checks(u, facility), here.today()).expires_on
        one = FacilityCheck(
            id=new_id(now),
            station_id=here.station_id,
            facility=facility,
            ok=ok,
            note=note,
            expires_on=expires_on or known,
            by_id=session.staff_id,
            by_name=session.name,
            checked_at=now,
        )
        u.keep(one)
        u.audit(now, session.staff_id, "check_facility", one.id, facility=facility.value, ok=str(ok))
    return one


def report_broken(here: Here, facility: Facility) -> FacilityCheck:
    """Note a visitor's word that something is broken; until staff have looked, a second one is the same report."""
    now = here.now()
    with here.store.write() as u:
        known = _checks(u, facility)
        if known and not known[0].ok:
            return known[0]
        report = FacilityCheck(id=new_id(now), station_id=here.station_id, facility=facility, ok=False, checked_at=now)
        u.keep(report)
        u.audit(now, "visitor", "report_facility", report.id, facility=facility.value)
    return report


def _checks(u: UnitOfWork, facility: Facility) -> list[FacilityCheck]:
    return list(u.latest(FacilityCheck, "checked_at", LOOKED_BACK, facility=facility))
