"""用工信息: listings of the whole county, searched and looked at with all that was decided about them; taking one down everywhere."""

from collections import Counter as Counted
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.county import decide
from kiosk.county.card import make_card
from kiosk.county.console import audit
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated
from kiosk.county.console.roles import Role
from kiosk.county.listing_rows import refresh
from kiosk.county.listing_search import PAGE, Place, Wanted, Where, search
from kiosk.county.phone_records import Records, Story
from kiosk.county.schema import record
from kiosk.county.standing import stations
from kiosk.domain import referral
from kiosk.domain.codes import AREAS, Trade
from kiosk.domain.employer import Employer, EmployerSight
from kiosk.domain.listing import Listing, ListingState, Review, last_verdict, state_of
from kiosk.domain.privacy import is_phone
from kiosk.domain.record import from_plain, to_plain
from kiosk.domain.report import Report
from kiosk.domain.review import Finding, check
from kiosk.domain.station import Station
from kiosk.domain.ticket import read_public
from kiosk.domain.words import Say, Word
from kiosk.errors import BadInput, NotFound
from kiosk.text import t
from kiosk.web.pages import go

router = APIRouter()
DAYS = (1, 7, 30, 90, 365)
SAID = ("down", "seen", "held", "released", "fine")
BORN_WITH = ("id", "revision", "station_id", "collected_at", "collected_by", "collected_how", "employer_verified_on", "employer_id")
"""Fields of a revision that nobody edits."""
MORE_FIELDS = ("pay_max_fen", "meals", "lodging", "long_term", "contact_scope")
"""What the rules have no word for."""
WORDS_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A listing as lists show it."""

    listing: Listing
    state: str
    pay: str
    unit: str
    reports: int


@router.get("/listings")
def show(
    desk: Desk,
    seat: Seated,
    q: str = "",
    trade: str = "",
    station: str = "",
    where: str = "",
    days: str = "",
    before: str = "",
    said: str = "",
) -> Response:
    """Search the county's listings, newest first, fifty a page."""
    typed = {"q": q.strip()[:WORDS_MAX], "trade": trade, "station": station, "where": where, "days": days}
    with desk.reading.connect() as connection:
        one = _named(connection, desk, seat, typed["q"])
        if one is not None:
            return go(f"{ROOT}/listings/{one}")
        names, below = stations_of(connection, desk, seat)
        wanted = _wanted(typed, below, desk.clock(), limited=desk.sees(connection, seat) is not None)
        rows = search(connection, desk.county_id, wanted, desk.today, place_of(before))
        found = rows_of(connection, desk, [listing_id for _, listing_id in rows[:PAGE]])
    older = place_words(rows[PAGE - 1]) if len(rows) > PAGE else ""
    values: dict[str, Any] = {"rows": found, "names": names, "typed": typed, "older": older, "first": not before}
    return desk.show(
        "listings.html.j2",
        seat,
        here="listings",
        said=said_of(said),
        trades=list(Trade),
        wheres=list(Where),
        days=DAYS,
        places=[(key, names[key]) for key in below],
        asked=any(typed.values()),
        **values,
    )


@router.get("/listings/{listing_id}")
def show_one(desk: Desk, seat: Seated, listing_id: str, said: str = "") -> HTMLResponse:
    """Show one listing with everything that was decided about it."""
    return _one(desk, seat, listing_id, said=said_of(said))


@router.post("/listings/{listing_id}/take-down")
def take_down(desk: Desk, form: Form, listing_id: str) -> Response:
    """Take a listing off every board at once, for good; a reason is needed, and what was typed stays when it is missing."""
    form.seat.need(Role.CENTRE)
    reason = form.text("reason", decide.REASON_MAX + 1)
    try:
        with desk.engine.begin() as connection:
            taken_down(connection, desk, form.seat, listing_id, reason)
    except BadInput as error:
        return _one(desk, form.seat, listing_id, troubles={error.field: t(error.key, **error.words)}, reason=reason)
    return go(f"{ROOT}/listings/{listing_id}?said=down")


@router.post("/listings/{listing_id}/seen")
def seen(desk: Desk, form: Form, listing_id: str) -> Response:
    """Note that somebody looked at what visitors reported and leaves the listing where it is."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        if not Records(connection, desk.county_id, desk.clock()).story(listing_id).revisions:
            raise NotFound(f"listing {listing_id}")
        desk.audit(connection, form.seat, "reports_seen", listing_id)
    return go(f"{ROOT}/listings/{listing_id}?said=seen")


def taken_down(
    connection: sa.Connection, desk: Counter, seat: Seat, listing_id: str, reason: str, state: ListingState = ListingState.WITHDRAWN
) -> None:
    """Take a listing down in the caller's transaction; raise BadInput, NotFound, WrongState."""
    now = desk.clock()
    decide.take_down(connection, desk.county_id, listing_id, by_name(seat), reason, now, state)
    desk.audit(connection, seat, "listing_down", listing_id)
    refresh(connection, desk.county_id, [listing_id], now, desk.rulings.rules(connection, now))


def by_name(seat: Seat) -> str:
    """Say who decides, as stations read it."""
    return t("console.listings.by", role=t(f"console.role.{seat.user.role}"), name=seat.user.name)


def stations_of(connection: sa.Connection, desk: Counter, seat: Seat) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Give every station's name, and of those that somebody may look at who stands below it, itself included; in the tree's order."""
    every = stations(connection, desk.county_id)
    children: dict[str | None, list[Station]] = {}
    for one in sorted(every, key=lambda s: (s.area, s.name)):
        children.setdefault(one.parent_id, []).append(one)
    names = {one.id: one.name for one in every}
    below: dict[str, frozenset[str]] = {}

    def walk(one: Station, above: tuple[str, ...]) -> None:
        below[one.id] = frozenset({one.id})
        for station_id in above:
            below[station_id] |= {one.id}
        for child in children.get(one.id, ()):
            if child.id not in below:
                walk(child, (*above, one.id))

    for one in every:
        if one.parent_id not in names:
            walk(one, ())
    may = desk.sees(connection, seat)
    return names, below if may is None else {key: some for key, some in below.items() if key in may}


def rows_of(connection: sa.Connection, desk: Counter, listing_ids: Sequence[str]) -> list[Row]:
    """Give listings as lists show them, in this order."""
    stories = Records(connection, desk.county_id, desk.clock()).stories(listing_ids) if listing_ids else {}
    about = (record.c.county_id == desk.county_id, record.c.entity == "report", record.c.about.in_(listing_ids))
    told = Counted(connection.scalars(sa.select(record.c.about).where(*about))) if listing_ids else Counted()
    return [row_of(desk, stories[one], told[one]) for one in listing_ids if stories[one].revisions]


def row_of(desk: Counter, story: Story, reports: int) -> Row:
    """Say one listing: the revision that counts, and how it stands."""
    one = story.shown(desk.today) or story.revisions[-1]
    card = make_card(one.public(), None, desk.today)
    return Row(listing=one, state=standing(desk, story), pay=card.amount, unit=card.unit, reports=reports)


def standing(desk: Counter, story: Story) -> str:
    """Give how a listing stands: what is shown counts, however a later edit stands; "held" is nowhere."""
    today = desk.today
    shown = story.shown(today)
    if shown is not None:
        return "held" if story.held else ListingState.APPROVED.value
    return state_of(story.revisions[-1], story.reviews, story.takedowns, today).value


def said_of(said: str) -> str:
    """Say what was done just now."""
    return t(f"console.listings.said_{said}") if said in SAID else ""


def place_words(place: Place) -> str:
    """Write where a page ended."""
    return f"{place[0].isoformat()}~{place[1]}"


def place_of(words: str) -> Place | None:
    """Read where a page ended; None for the first page, and for what is none."""
    at, _, listing_id = words.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, listing_id) if instant.tzinfo is not None else None


def _named(connection: sa.Connection, desk: Counter, seat: Seat, words: str) -> str | None:
    """Give the listing that a number or a scanned link names, if somebody may see it."""
    public = read_public(words.rstrip("/").rpartition("/")[2])
    named = public[1] if public else words.lower()
    if len(named) != 36:
        return None
    ours = (record.c.county_id == desk.county_id, record.c.entity == "listing", record.c.id == named)
    owner = connection.scalar(sa.select(record.c.owner).where(*ours).limit(1))
    may = desk.sees(connection, seat)
    return named if owner is not None and (may is None or owner in may) else None


def _wanted(typed: Mapping[str, str], below: Mapping[str, Collection[str]], now: datetime, *, limited: bool) -> Wanted:
    digits = "".join(c for c in typed["q"] if c.isdigit())
    phone = digits if is_phone(digits) and len(digits) >= len(typed["q"]) - 3 else ""
    chosen = below.get(typed["station"])
    if chosen is None and limited:
        chosen = {one for some in below.values() for one in some}
    return Wanted(
        words="" if phone else typed["q"],
        phone=phone,
        trade=typed["trade"] if typed["trade"] in set(Trade) else "",
        where=Where(typed["where"]) if typed["where"] in set(Where) else None,
        since=now - timedelta(days=int(typed["days"])) if typed["days"] in map(str, DAYS) else None,
        stations=chosen,
    )


def _one(
    desk: Counter, seat: Seat, listing_id: str, *, said: str = "", troubles: Mapping[str, str] | None = None, reason: str = ""
) -> HTMLResponse:
    with desk.reading.connect() as connection:
        records = Records(connection, desk.county_id, desk.clock())
        story = records.story(listing_id)
        names, below = stations_of(connection, desk, seat)
        if not story.revisions or story.revisions[-1].station_id not in below:
            raise NotFound(f"listing {listing_id}")
        counts = story.shown(records.today) or story.revisions[-1]
        reports = sorted(records.about(Report, "report", [listing_id]), key=lambda one: one.reported_at, reverse=True)
        steps = records.steps_of([one.id for one in records.about(referral.Referral, "referral", [listing_id])])
        employer = records.rows("employer", record.c.id == counts.employer_id)[-1:] if counts.employer_id else []
        sights = records.about(EmployerSight, "employer_sight", [counts.employer_id]) if counts.employer_id else []
        done = audit.acts(connection, desk.county_id, subject=listing_id)
        rules = desk.rulings.rules(connection, records.now)
    today = desk.today
    card = make_card(counts.public(), rules.wages if rules else None, today)
    found = check(counts, rules, (), today) if rules else ()
    return desk.show(
        "listing.html.j2",
        seat,
        422 if troubles else 200,
        here="listings",
        said=said,
        listing=counts,
        card=card,
        state=standing(desk, story),
        edited=_waits(story),
        station=names.get(counts.station_id, ""),
        area=AREAS.get(counts.area, ""),
        revisions=_revisions(story.revisions),
        reviews=[_review(one) for one in sorted(story.reviews, key=lambda r: r.reviewed_at, reverse=True)],
        takedowns=[(one, one.station_id not in names) for one in story.takedowns],
        findings=[_finding(one) for one in found],
        employer=from_plain(Employer, employer[0].data) if employer and employer[0].data else None,
        sights=sorted(sights, key=lambda one: one.seen_at, reverse=True),
        reports=[(one, names.get(one.station_id, "")) for one in reports],
        unseen=any(one.reported_at > _seen_at(done) for one in reports),
        referrals=Counted(referral.state_of(one) for one in steps.values()),
        acts=done,
        may=seat.user.role is Role.CENTRE,
        troubles=troubles or {},
        typed={"reason": reason},
        reason_max=decide.REASON_MAX,
    )


def _seen_at(done: Sequence[audit.Act]) -> datetime:
    return max((act.at for act in done if act.act == "reports_seen"), default=datetime.min.replace(tzinfo=UTC))


def _waits(story: Story) -> bool:
    """Say whether an edit waits for its reviewer while an earlier revision was approved."""
    newest = story.revisions[-1]
    decided = last_verdict([r for r in story.reviews if r.listing_revision == newest.revision])
    return decided is None and newest.revision > 1 and not story.takedowns


def _revisions(revisions: Sequence[Listing]) -> list[tuple[Listing, str]]:
    """Give revisions, the newest first, and what each changed."""
    changed = [(revisions[0], "")]
    for before, after in pairwise(revisions):
        was, now = to_plain(before), to_plain(after)
        fields = [name for name in now if name not in BORN_WITH and was.get(name) != now[name]]
        changed.append((after, "、".join(_field(name) for name in fields)))
    return changed[::-1]


def _field(name: str) -> str:
    return t(f"console.listing_field.{name}" if name in MORE_FIELDS else f"rule.field.{name}")


def _review(one: Review) -> tuple[Review, str, list[tuple[str, str]]]:
    return one, t(f"console.verdict.{one.verdict}"), [(t(f"rule.{rule}.title"), words) for rule, words in one.hold_reasons.items()]


def _finding(one: Finding) -> tuple[str, str, str]:
    return one.severity.value, said_words(one.title), said_words(one.say)


def said_words(sentence: Say) -> str:
    """Put a sentence of the rules into words."""
    return t(sentence.key, **{name: t(value) if isinstance(value, Word) else value for name, value in sentence.values.items()})
