"""Policies and courses as forms: what is typed, read into a record and checked, and a record as what stands in the form. Knows no page."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kiosk.county.editions import Kind
from kiosk.domain import guidance
from kiosk.domain.pay import yuan
from kiosk.domain.privacy import Phone
from kiosk.domain.record import from_plain, to_plain
from kiosk.domain.station import Policy, Training
from kiosk.errors import BadInput

LONG = frozenset({"body"})
FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.POLICY: ("title", "summary", "who", "how", "body", "phone", "sample"),
    Kind.TRAINING: ("title", "body", "area", "place", "starts_on", "days", "seats", "fee", "subsidy", "phone", "sample"),
}
MOST = {
    "title": guidance.TITLE_MOST,
    "summary": guidance.LEAD_MOST,
    "who": guidance.FACT_MOST,
    "how": guidance.FACT_MOST,
    "body": guidance.BODY_MOST,
    "place": guidance.PLACE_MOST,
    "subsidy": guidance.LEAD_MOST,
}
TYPED_MOST = 2000
"""What somebody pastes stays in the form whole, so that he can shorten it there."""
DIGITS_MOST = 9


def read(kind: Kind, record_id: str, typed: Mapping[str, str], effective_on: date, phones: Collection[str]) -> Policy | Training:
    """Read a form into a checked record; raise BadInput for the first field that is wrong."""
    if kind is Kind.POLICY:
        texts = {name: typed[name] for name in ("title", "summary", "who", "how", "body")}
        policy = Policy(
            id=record_id, revision=1, **texts, phone=Phone(typed["phone"]), published_on=effective_on, sample=bool(typed["sample"])
        )
        return guidance.check_policy(policy, phones)
    texts = {name: typed[name] for name in ("title", "body", "area", "place", "subsidy")}
    training = Training(
        id=record_id,
        revision=1,
        **texts,
        starts_on=read_day("starts_on", typed["starts_on"]),
        days=_number("days", typed["days"]),
        seats=_number("seats", typed["seats"]),
        fee_fen=_fen(typed["fee"]),
        phone=Phone(typed["phone"]),
        sample=bool(typed["sample"]),
    )
    return guidance.check_training(training, phones, effective_on)


def content_of(record: Policy | Training) -> dict[str, Any]:
    """Give what an edition keeps of a record."""
    plain: dict[str, Any] = to_plain(record)
    return {name: value for name, value in plain.items() if name not in ("id", "revision")}


def record_of(kind: Kind, record_id: str, content: Mapping[str, Any]) -> Policy | Training:
    """Give the record that an edition makes."""
    cls: type[Policy] | type[Training] = Policy if kind is Kind.POLICY else Training
    return from_plain(cls, {**content, "id": record_id, "revision": 1})


def typed_of(record: Policy | Training) -> dict[str, str]:
    """Give what stands in the form for a record."""
    typed = {name: str(value) for name, value in content_of(record).items()}
    typed |= {"sample": "1" if record.sample else "", "phone": record.phone.grouped()}
    if isinstance(record, Training):
        typed["fee"] = yuan(record.fee_fen)
    return typed


def read_day(field: str, text: str) -> date:
    """Read a day; raise BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field, "bad.publish.day") from None


def _number(field: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST):
        raise BadInput(field, "bad.publish.number")
    return int(text)


def _fen(text: str) -> int:
    try:
        fen = Decimal(text or "0") * 100
        if not (fen.is_finite() and 0 <= fen <= guidance.FEE_MOST_FEN and fen == int(fen)):
            raise InvalidOperation
    except InvalidOperation:
        raise BadInput("fee", "bad.publish.fee", most=guidance.FEE_MOST_FEN // 100) from None
    return int(fen)
