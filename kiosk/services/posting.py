"""The form of a posting, however it comes in, and the listing that it becomes. Keeps nothing: that is `publish`."""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import Collected, ContactScope, Listing
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.errors import BadInput
from kiosk.services.station import Here
from kiosk.text import t

EMPLOYER = "employer"
"""Who collected what an employer keyed in himself."""
REQUIRED = (
    "trade",
    "title",
    "headcount",
    "area",
    "place",
    "starts_on",
    "ends_on",
    "day_start_min",
    "day_end_min",
    "pay_fen",
    "pay_unit",
    "settlement",
    "requirements",
    "employer_name",
    "contact_name",
    "contact_phone",
)
"""What 条例 24 and article 6 ask for, in the order of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingForm:
    """What an employer entered. Anything may still be missing; `post` says what. Money in fen, times in minutes after midnight."""

    title: str = ""
    trade: Trade | None = None
    headcount: int | None = None
    employer_name: str = ""
    requirements: str = ""
    description: str = ""
    area: str | None = None
    place: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    day_start_min: int | None = None
    day_end_min: int | None = None
    break_min: int = 0
    pay_fen: int | None = None
    pay_max_fen: int | None = None
    pay_unit: PayUnit | None = None
    settlement: Settlement | None = None
    meals: Meals = Meals.NONE
    lodging: bool = False
    transport: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_scope: ContactScope = ContactScope.OWN_STATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What the employer gets; `serial`, `number` and `job_id` are empty where no slip is printed, because he is not there.

    `number` opens his postings at the terminal (services/receipts). `review_due_at` is None while nobody knows the time.
    """

    listing: Listing
    serial: str = ""
    number: str = ""
    review_due_at: datetime | None
    job_id: str = ""


def to_listing(here: Here, form: PostingForm, how: Collected = Collected.TERMINAL, by: str = "") -> Listing:
    """Make a listing of a complete form; raise BadInput naming the first field that is missing."""
    for field in REQUIRED:
        if getattr(form, field) in (None, ""):
            raise BadInput(field, "rule.missing.say", field=t(f"rule.field.{field}"))
    return as_far_as_filled(here, form, how, by)


def as_far_as_filled(here: Here, form: PostingForm, how: Collected = Collected.TERMINAL, by: str = "") -> Listing:
    """Make a listing of what is filled in; the form's code fields must be."""
    now = here.now()
    known = {f: getattr(form, f) for f in form.__dataclass_fields__}
    return Listing(
        **known
        | {
            "id": new_id(now),
            "revision": 1,
            "station_id": here.station_id,
            "contact_name": PersonName(form.contact_name),
            "contact_phone": Phone(form.contact_phone),
            "collected_by": by or EMPLOYER,
            "collected_how": how,
            "collected_at": now,
        }
    )
