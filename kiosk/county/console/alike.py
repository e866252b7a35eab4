"""重复的用工 and 像骗局的: what two stations collected alike, and what swindlers leave at several; each can be called harmless."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.county import decide
from kiosk.county.console import employers
from kiosk.county.console.accounts import Seat
from kiosk.county.console.audit import newest_about
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated
from kiosk.county.console.listings import Row, place_of, place_words, rows_of, said_of, stations_of, taken_down
from kiosk.county.console.needs import NAMED, Need, Urgency, need_of
from kiosk.county.console.roles import Role
from kiosk.county.listing_search import PAIRS, WITHIN, Clue, Pattern, Twins, newest_of, patterns, public_titles, twins
from kiosk.county.phone_records import Records
from kiosk.county.schema import record
from kiosk.domain.employer import EmployerSight
from kiosk.domain.listing import ListingState
from kiosk.domain.record import from_plain
from kiosk.domain.report import Report
from kiosk.errors import BadInput
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import go

router = APIRouter()
PATTERNS = 20
GRAVE = 6
"""From so much on a pattern is looked at before all else."""
REPORTS, REPORTED_WITHIN = 300, timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A pattern as the page shows it."""

    pattern: Pattern
    name: str
    why: tuple[str, ...]
    stations: str
    rows: tuple[Row, ...]


@router.get("/twins")
def show_twins(desk: Desk, seat: Seated, before: str = "", said: str = "") -> HTMLResponse:
    """Show listings that two stations collected, as pairs."""
    return _twins(desk, seat, before=before, said=said_of(said))


@router.post("/twins")
def settle_twins(desk: Desk, form: Form) -> Response:
    """Take one of a pair down, or say that both are real."""
    form.seat.need(Role.CENTRE)
    newer, older, act = form.text("newer"), form.text("older"), form.text("act")
    if act == "fine":
        with desk.engine.begin() as connection:
            desk.audit(connection, form.seat, "twins_fine", _pair(newer, older))
        return go(f"{ROOT}/twins?said=fine")
    if act not in ("newer", "older"):
        raise StrangeFormError
    try:
        with desk.engine.begin() as connection:
            listing_id, reason = newer if act == "newer" else older, form.text("reason", decide.REASON_MAX + 1)
            # no listing was false: it must not count against its station in the assessment
            taken_down(connection, desk, form.seat, listing_id, reason, ListingState.EXPIRED)
    except BadInput as error:
        return _twins(desk, form.seat, wrong=_pair(newer, older), trouble=t(error.key, **error.words))
    return go(f"{ROOT}/twins?said=down")


@router.get("/patterns")
def show_patterns(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show what turned up at several stations within days, the gravest first."""
    with desk.reading.connect() as connection:
        names, below = stations_of(connection, desk, seat)
        found = _open_patterns(connection, desk, seat)
        rows = {
            row.listing.id: row for row in rows_of(connection, desk, list(dict.fromkeys(i for one in found[:PATTERNS] for i in one.ids)))
        }
        files = {row.listing.employer_id for row in rows.values() if row.listing.employer_id}
        seen = {one.employer_id for one in Records(connection, desk.county_id, desk.clock()).about(EmployerSight, "employer_sight", files)}
    shown = [_suspect(one, [rows[i] for i in one.ids if i in rows], names, seen) for one in found[:PATTERNS]]
    values: dict[str, Any] = {"suspects": shown, "more": len(found) - len(shown), "days": WITHIN.days, "names": names, "below": below}
    return desk.show("patterns.html.j2", seat, here="listings", said=said_of(said), may=seat.user.role is Role.CENTRE, **values)


@router.post("/patterns")
def settle_pattern(desk: Desk, form: Form) -> Response:
    """Say that a pattern is harmless as far as it goes now: it comes again when there is more of it."""
    form.seat.need(Role.CENTRE)
    name, count = form.text("pattern"), form.number("count")
    if name.partition(":")[0] not in set(Clue):
        raise StrangeFormError
    with desk.engine.begin() as connection:
        desk.audit(connection, form.seat, "pattern_fine", name, count=count)
    return go(f"{ROOT}/patterns?said=fine")


def needs(connection: sa.Connection, desk: Counter, seat: Seat) -> Iterator[Need]:
    """Give what waits about listings: reports, what looks like a swindle, holds to be looked at again, twins."""
    if seat.user.role is not Role.CENTRE:
        return
    reported = reported_listings(connection, desk)
    if reported:
        where = f"/listings/{reported[0][0]}" if len(reported) == 1 else "/reported"
        yield need_of(Urgency.NOW, where, "reports", [title for _, title in reported])
    suspects = _open_patterns(connection, desk, seat)
    if suspects:
        grave = any(one.gravity >= GRAVE for one in suspects)
        first = newest_of(connection, desk.county_id, [one.ids[0] for one in suspects[:NAMED]])
        yield need_of(
            Urgency.NOW if grave else Urgency.TODAY, "/patterns", "patterns", [one.title for one in first.values()], len(suspects)
        )
    due = employers.due(connection, desk)
    if due:
        yield need_of(Urgency.TODAY, "/employers", "holds", sorted({one.name for one in due}))
    pairs, _ = _open_twins(connection, desk, seat, "")
    if pairs:
        yield need_of(Urgency.LATER, "/twins", "twins", [one.newer.title for one in pairs], more_there=len(pairs) >= PAIRS)


def reported_listings(connection: sa.Connection, desk: Counter) -> list[tuple[str, str]]:
    """Give what stands in public and was lately reported as not true, unless somebody has looked since: id and title, the newest report
    first."""
    ours = (record.c.county_id == desk.county_id, record.c.entity == "report", record.c.data.is_not(None))
    rows = connection.scalars(sa.select(record.c.data).where(*ours).order_by(record.c.id.desc()).limit(REPORTS))
    newest: dict[str, Report] = {}
    for one in (from_plain(Report, data) for data in rows):
        if desk.clock() - one.reported_at < REPORTED_WITHIN:
            newest.setdefault(one.listing_id, one)
    seen = newest_about(connection, desk.county_id, "reports_seen", newest)
    open_ = [i for i, one in newest.items() if i not in seen or seen[i].at < one.reported_at]
    titles = public_titles(connection, desk.county_id, open_, desk.today)
    return [(i, titles[i]) for i in open_ if i in titles]


@router.get("/reported")
def show_reported(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show what visitors reported and still stands in public."""
    with desk.reading.connect() as connection:
        names, below = stations_of(connection, desk, seat)
        rows = rows_of(connection, desk, [listing_id for listing_id, _ in reported_listings(connection, desk)])
    return desk.show("reported.html.j2", seat, here="listings", rows=[one for one in rows if one.listing.station_id in below], names=names)


def _twins(desk: Counter, seat: Seat, *, before: str = "", said: str = "", wrong: str = "", trouble: str = "") -> HTMLResponse:
    with desk.reading.connect() as connection:
        names, _ = stations_of(connection, desk, seat)
        found, after = _open_twins(connection, desk, seat, before)
        rows = {one.listing.id: one for one in rows_of(connection, desk, [i for one in found for i in (one.newer.id, one.older.id)])}
    pairs = [
        (_pair(one.newer.id, one.older.id), rows[one.newer.id], rows[one.older.id], [t(f"same.{name}") for name in one.same])
        for one in found
        if one.newer.id in rows and one.older.id in rows
    ]
    values: dict[str, Any] = {"pairs": pairs, "names": names, "older": after, "first": not before, "wrong": wrong, "trouble": trouble}
    may = seat.user.role is Role.CENTRE
    return desk.show(
        "twins.html.j2", seat, 422 if trouble else 200, here="listings", said=said, may=may, reason_max=decide.REASON_MAX, **values
    )


def _open_twins(connection: sa.Connection, desk: Counter, seat: Seat, before: str) -> tuple[list[Twins], str]:
    """Give a page of twins that nobody called real, and from where to go on."""
    found, after = twins(connection, desk.county_id, desk.today, desk.sees(connection, seat), place_of(before))
    fine = newest_about(connection, desk.county_id, "twins_fine", [_pair(one.newer.id, one.older.id) for one in found])
    return [one for one in found if _pair(one.newer.id, one.older.id) not in fine], place_words(after) if after else ""


def _open_patterns(connection: sa.Connection, desk: Counter, seat: Seat) -> list[Pattern]:
    """Give the patterns that nobody called harmless, or that have grown since."""
    found = patterns(connection, desk.county_id, desk.clock(), desk.sees(connection, seat))
    fine = newest_about(connection, desk.county_id, "pattern_fine", [_name(one) for one in found])

    def settled(one: Pattern) -> bool:
        act = fine.get(_name(one))
        return act is not None and one.count <= int(act.facts["count"])

    return [one for one in found if not settled(one)]


def _suspect(one: Pattern, rows: Sequence[Row], names: dict[str, str], seen: set[str]) -> Suspect:
    """Say why a pattern is suspect; `seen` are the employers of whom any station saw something."""
    what = t(f"rule.{one.findings[0]}.title") if one.clue is Clue.RULE else ""
    why = [t(f"console.pattern.{one.clue}", what=what, stations=len(one.stations), count=one.count)]
    why += [t("console.pattern.phones", count=one.phones)] if one.clue is Clue.TEXT and one.phones > 1 else []
    why += [t(f"console.pattern.{name}") for name in ("held", "refused", "down") if getattr(one, name)]
    why += [t("console.pattern.rule_found", what=t(f"rule.{name}.title")) for name in one.findings if one.clue is not Clue.RULE]
    files = {row.listing.employer_id for row in rows if row.listing.employer_id}
    if files and files.isdisjoint(seen) and not any(row.listing.employer_verified_on for row in rows):
        why.append(t("console.pattern.unseen"))
    stations = "、".join(names.get(i, "") for i in one.stations[:6]) + (
        t("console.need.more", count=len(one.stations)) if len(one.stations) > 6 else ""
    )
    return Suspect(pattern=one, name=_name(one), why=tuple(why), stations=stations, rows=tuple(rows))


def _name(one: Pattern) -> str:
    """Name a pattern so that it is the same tomorrow, and says nothing of anybody."""
    return f"{one.clue}:{one.findings[0] if one.clue is Clue.RULE else one.first}"


def _pair(newer: str, older: str) -> str:
    return f"{newer}+{older}"
