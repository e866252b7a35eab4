"""The assessment in words: values with their units, what an area comes to, what is easiest, and each record on which a number stands."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kiosk.domain.assessment import Area, Scored, cheapest
from kiosk.domain.case import Case
from kiosk.domain.listing import Listing
from kiosk.domain.pay import yuan
from kiosk.domain.referral import Referral
from kiosk.domain.running import FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.station import Training
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay
from kiosk.services.assessment import Assessment
from kiosk.services.station import Here, local
from kiosk.store.store import UnitOfWork
from kiosk.text import t

WAN_FEN = 1_000_000
FACTS = 3
SHOWN = 200
"""Records shown of one item, newest first: more nobody reads on a screen; the papers have them all."""


def number(value: Decimal) -> str:
    """Write a number without idle zeros: 84.5, 90."""
    return f"{value.quantize(Decimal('0.1')):f}".rstrip("0").rstrip(".")


def wan(fen: int) -> str:
    """Write money in 万元."""
    return number(Decimal(fen) / WAN_FEN)


def value(one: Scored) -> str:
    """Say an item's value with its unit, or that there is none."""
    if one.value is None:
        return t("assess.item_none" if one.item.measure else "assess.item_unclaimed")
    return _with_unit(one.value, one)


def facts(found: Assessment, area: Area) -> str:
    """Say what an area stands on, in a line: what brings most first."""
    items = sorted((one for one in found.score.items if one.item.area is area), key=lambda one: -one.item.most)
    return " ・ ".join(f"{one.item.short} {value(one)}" for one in items[:FACTS])


def gap(found: Assessment) -> str:
    """Say what is missing to the next grade, and what it would bring."""
    score = found.score
    if score.next_grade is None:
        return t("assess.best")
    words = {"gap": number(score.gap), "grade": score.next_grade.name, "wan": wan(score.more_money)}
    return t("assess.gap_money" if score.more_money else "assess.gap", **words)


def judged(found: Assessment) -> str:
    """Say what the county made of the last year that it judged, and what is to be put right until when; nothing before the first."""
    made = found.judgement
    if made is None:
        return ""
    said = t("assess.judged", year=made.year, points=made.total, grade=made.grade, wan=wan(made.money_fen))
    until = t("assess.judged_until", day=made.deadline) if made.deadline else ""
    words = made.words.rstrip("。") + "。" if made.words else ""
    return said + words + until


def money(found: Assessment) -> str:
    """Say what the grade pays."""
    return t("assess.money", wan=wan(found.score.money)) if found.score.money else t("assess.no_money")


def easiest(found: Assessment) -> Sequence[str]:
    """Say what would bring the most points an hour, best first."""
    return [t("assess.easy", advice=advice(one), gain=number(one.gain)) for one in cheapest(found.score)]


def advice(one: Scored) -> str:
    """Say what to do about an item."""
    return one.item.advice.format(missing=number(one.missing.to_integral_value()))


def how(one: Scored) -> str:
    """Say what all points need."""
    return t("assess.full", aim=aim(one))


def aim(one: Scored) -> str:
    """Say the value that brings all points."""
    return _with_unit(one.item.aim, one)


def _with_unit(figure: Decimal, one: Scored) -> str:
    return f"{number(figure)}{'' if one.item.unit == '%' else ' '}{one.item.unit}"


def records(here: Here, found: Assessment, code: str) -> Sequence[str]:
    """Say each record on which an item stands, newest first, then those that count against it; nobody's whole name."""
    measured = found.measured[code]
    with here.store.read() as u:
        good = [_said(u, measured.entity, i) for i in reversed(measured.ids[-SHOWN:])]
        bad = [t("assess.counts_against", record=_said(u, measured.entity, i)) for i in measured.against[:SHOWN]]
    return [*bad, *good]


def _said(u: UnitOfWork, entity: type, record_id: str) -> str:
    kinds: Sequence[type] = (Worker, Listing) if entity is PlatformEntry else (entity,)
    record = next((found for kind in kinds if (found := u.get(kind, record_id)) is not None), None)
    return t("assess.gone") if record is None else SAY[type(record)](u, record)


def _day(instant: Any) -> str:
    return f"{local(instant):%m-%d %H:%M}"


def _worker(_: UnitOfWork, w: Worker) -> str:
    return t("assess.worker", day=_day(w.registered_at), name=w.name.masked() if w.name else t("roster.withdrawn"), number=w.number)


def _listing(_: UnitOfWork, one: Listing) -> str:
    return t("assess.listing", day=_day(one.collected_at), title=one.title, count=one.headcount, employer=one.employer_name)


def _referral(u: UnitOfWork, one: Referral) -> str:
    worker, listing = u.get(Worker, one.worker_id), u.get(Listing, one.listing_id)
    name = worker.name.masked() if worker and worker.name else t("roster.withdrawn")
    return t("assess.referral", day=_day(one.created_at), name=name, title=listing.title if listing else t("roster.elsewhere"))


def _signup(u: UnitOfWork, one: Signup) -> str:
    worker, training = u.get(Worker, one.worker_id), u.get(Training, one.training_id)
    name = worker.name.masked() if worker and worker.name else t("roster.withdrawn")
    return t("assess.signup", day=_day(one.signed_at), name=name, title=training.title if training else "")


def _spending(_: UnitOfWork, one: Spending) -> str:
    return t("assess.spending", day=f"{one.spent_on:%m-%d}", purpose=one.purpose, yuan=yuan(one.amount_fen))


def _check(_: UnitOfWork, one: FacilityCheck) -> str:
    return t("assess.check", day=_day(one.checked_at), what=t(f"facility.{one.facility}"), name=one.by_name, state=t(f"assess.ok_{one.ok}"))


def _case(_: UnitOfWork, one: Case) -> str:
    return t("assess.case", day=_day(one.opened_at), kind=t(f"case_kind.{one.kind}"))


def _station_day(_: UnitOfWork, one: StationDay) -> str:
    due = one.due_min or 0
    return t("assess.day", day=f"{one.day:%m-%d}", due=_hours(due), terminal=_hours(one.terminal_min), board=_hours(one.board_min))


def _hours(minutes: int) -> str:
    return t("assess.hours", hours=minutes // 60, minutes=minutes % 60)


SAY: Mapping[type, Callable[[UnitOfWork, Any], str]] = {
    Worker: _worker,
    Listing: _listing,
    Referral: _referral,
    Signup: _signup,
    Spending: _spending,
    FacilityCheck: _check,
    Case: _case,
    StationDay: _station_day,
}
