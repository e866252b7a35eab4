"""对时: staff tell a station that has lost the time what day and hour it is. The county's word outranks theirs as soon as it comes."""

from datetime import datetime, timedelta

from kiosk.domain.clock import FAR_ANEW, Teller
from kiosk.errors import BadInput
from kiosk.services import printing
from kiosk.services.sign_in import Session
from kiosk.services.station import CHINA, Here, local

DIGITS = 12
"""Of year (4), month, day, hour and minute."""
BACK = timedelta(days=1)
"""The machine knows no time that has not been; staff may be a day behind it, since it was not told by them."""


def read_digits(digits: str) -> datetime:
    """Read year, month, day, hour and minute of China's clock from twelve digits; raise BadInput for what no calendar has."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M").replace(tzinfo=CHINA)
    except ValueError:
        raise BadInput("date", "set_clock.no_such") from None


def set_clock(here: Here, session: Session, digits: str) -> datetime:
    """Set the station's clock; give the time. Raises BadInput where it cannot be, or where the county has told it meanwhile."""
    at, known = read_digits(digits), here.now()
    if here.sure():
        raise BadInput("date", "set_clock.known")
    if not known - BACK <= at <= known + FAR_ANEW:
        known = local(known)
        raise BadInput("date", "set_clock.past" if at < known else "set_clock.far", year=known.year, month=known.month, day=known.day)
    moved = here.tell_time(at, Teller.STAFF)
    if not here.sure():
        raise BadInput("date", "set_clock.not_kept")
    printing.wait_on(here.store, moved)
    with here.store.write() as u:
        u.audit(here.now(), session.staff_id, "set_clock", here.station_id)
    return local(here.now())
