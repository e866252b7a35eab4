"""What a policy or a course that the county publishes must say, so that terminal, board, slip and phone can show it. Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from kiosk.domain.codes import AREAS
from kiosk.domain.notice import SOMEBODYS
from kiosk.domain.privacy import Phone, is_phone
from kiosk.domain.station import Policy, Training
from kiosk.errors import BadInput

TITLE_MOST, LEAD_MOST, FACT_MOST, BODY_MOST, PLACE_MOST = 24, 60, 120, 800, 30
"""Characters: a title in one line of a card, what stands under it on the board, what one reads from a chair, and standing."""
DAYS_MOST, SEATS_MOST, FEE_MOST_FEN = 365, 1000, 1_000_000
AHEAD = timedelta(days=366)
HOTLINE = re.compile(r"1\d{4}|9\d{4}|[48]00\d{7}")
"""12333, 12345 and their like, and 400 numbers."""


def check_policy(policy: Policy, phones: Collection[str]) -> Policy:
    """Give a policy as it is kept; raise BadInput for the first field that cannot stand so. `phones` are the stations' own."""
    policy = replace(policy, phone=read_phone(policy.phone))
    allowed = {*phones, policy.phone}
    return replace(
        policy,
        title=_line("title", policy.title, TITLE_MOST, allowed),
        summary=_line("summary", policy.summary, LEAD_MOST, allowed),
        who=_line("who", policy.who, FACT_MOST, allowed),
        how=_line("how", policy.how, FACT_MOST, allowed),
        body=_text("body", policy.body, BODY_MOST, allowed),
    )


def check_training(training: Training, phones: Collection[str], today: date) -> Training:
    """Give a course as it is kept; raise BadInput for the first field that cannot stand so. `today`: the day from which it is shown."""
    training = replace(training, phone=read_phone(training.phone))
    allowed = {*phones, training.phone}
    if training.area not in AREAS:
        raise BadInput("area", "bad.guidance.area")
    if not today <= training.starts_on <= today + AHEAD:
        raise BadInput("starts_on", "bad.guidance.starts")
    for field, value, least, most in (
        ("days", training.days, 1, DAYS_MOST),
        ("seats", training.seats, 1, SEATS_MOST),
        ("fee_fen", training.fee_fen, 0, FEE_MOST_FEN),
    ):
        if not least <= value <= most:
            raise BadInput(field, f"bad.guidance.{field}", least=least, most=most)
    return replace(
        training,
        title=_line("title", training.title, TITLE_MOST, allowed),
        body=_text("body", training.body, BODY_MOST, allowed),
        place=_line("place", training.place, PLACE_MOST, allowed),
        subsidy=_line("subsidy", training.subsidy, LEAD_MOST, allowed, needed=False),
    )


def read_phone(typed: str) -> Phone:
    """Read whom to ask, however it is grouped; raise BadInput('phone')."""
    digits = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", typed))
    if not (is_phone(digits) or HOTLINE.fullmatch(digits)):
        raise BadInput("phone", "bad.guidance.phone")
    return Phone(digits)


def _line(field: str, text: str, most: int, phones: Collection[str], *, needed: bool = True) -> str:
    return _checked(field, " ".join(text.split()), most, phones, needed)


def _text(field: str, text: str, most: int, phones: Collection[str]) -> str:
    return _checked(field, "\n".join(line.rstrip() for line in text.strip().splitlines()), most, phones, needed=True)


def _checked(field: str, text: str, most: int, phones: Collection[str], needed: bool) -> str:
    text = "".join(c for c in text if c.isprintable() or c == "\n")
    if needed and not text:
        raise BadInput(field, "bad.guidance.empty")
    if len(text) > most:
        raise BadInput(field, "bad.guidance.long", most=most, count=len(text))
    if {re.sub(r"\D", "", one) for one in SOMEBODYS.findall(unicodedata.normalize("NFKC", text))} - set(phones):
        raise BadInput(field, "bad.notice.number")
    return text
