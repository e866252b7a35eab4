"""A case: something went wrong and somebody must look after it: unpaid, a false listing, a complaint, what is personal got out.

open → confirmed → settled, or dismissed. State is a fold over append-only steps. Knows no screen and no store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.errors import WrongState


class CaseKind(StrEnum):
    """What it is about."""

    UNPAID = "unpaid"
    FALSE_LISTING = "false_listing"
    COMPLAINT = "complaint"
    PRIVACY = "privacy"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    DISMISSED = "dismissed"


NEXT: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.CONFIRMED, CaseState.SETTLED, CaseState.DISMISSED}),
    CaseState.CONFIRMED: frozenset({CaseState.SETTLED, CaseState.DISMISSED}),
    CaseState.SETTLED: frozenset(),
    CaseState.DISMISSED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case, owned by the station that opened it. `worker_id` is who said so, if registered; `by_name` who wrote it down, or empty.

    It gets a second revision only when its worker withdraws: then `text` goes.
    """

    id: str
    revision: int = 1
    station_id: str
    kind: CaseKind
    employer_id: str | None = None
    listing_id: str | None = None
    referral_id: str | None = None
    worker_id: str | None = None
    text: str
    by_name: str = ""
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """What was done about a case: append-only."""

    id: str
    station_id: str
    case_id: str
    state: CaseState
    note: str
    by_id: str
    by_name: str
    stepped_at: datetime


def state_of(steps: Sequence[CaseStep]) -> CaseState:
    """Fold steps into the present state; a step that the table does not allow is ignored."""
    state = CaseState.OPEN
    for step in sorted(steps, key=lambda s: (s.stepped_at, s.id)):
        if step.state in NEXT[state]:
            state = step.state
    return state


def check_step(steps: Sequence[CaseStep], to: CaseState) -> None:
    """Raise WrongState when the table does not allow `to` from here."""
    now = state_of(steps)
    if to not in NEXT[now]:
        raise WrongState(f"{now} → {to}")


HOLDING = frozenset({CaseKind.UNPAID, CaseKind.FALSE_LISTING})
"""What holds an employer's listings, once staff have confirmed it or two different registered workers say so."""


def witnesses(cases: Sequence[tuple[Case, CaseState]]) -> frozenset[str]:
    """Give the ids of the registered workers who say what would hold a listing, in cases that nobody has closed."""
    live = (CaseState.OPEN, CaseState.CONFIRMED)
    return frozenset(c.worker_id for c, state in cases if c.worker_id and c.kind in HOLDING and state in live)
