"""A station's standing with the county: applied, recognised, under its plate, warned, suspended, revoked. Pure; steps are never rewritten.

Source: articles 4, 5 and 12 of the county's rules for stations: the centre recognises, hangs and takes down the plate, warns with a
deadline, and revokes; the bureau files what was recognised and what was revoked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.codes import AREAS
from kiosk.domain.opening import read_hours
from kiosk.domain.privacy import is_phone
from kiosk.domain.station import TREE_MAX, Station, StationLevel
from kiosk.errors import BadInput, WrongState

TEXT_MAX, NUMBER_MAX, NAME_MAX, ADDRESS_MAX = 200, 40, 20, 60


class Act(StrEnum):
    """What is done about a station."""

    APPLY = "apply"
    REFUSE = "refuse"
    RECOGNISE = "recognise"
    FILE = "file"
    PLATE = "plate"
    WARN = "warn"
    LIFT = "lift"
    SUSPEND = "suspend"
    REVOKE = "revoke"


class Stage(StrEnum):
    """Where a station stands. IN_PLACE: it is at work, and nobody has entered yet how that came about."""

    IN_PLACE = "in_place"
    APPLIED = "applied"
    REFUSED = "refused"
    RECOGNISED = "recognised"
    PLATED = "plated"
    WARNED = "warned"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


NEXT: dict[Stage, dict[Act, Stage]] = {
    Stage.IN_PLACE: {Act.RECOGNISE: Stage.RECOGNISED, Act.PLATE: Stage.PLATED, Act.WARN: Stage.WARNED, Act.REVOKE: Stage.REVOKED},
    Stage.APPLIED: {Act.RECOGNISE: Stage.RECOGNISED, Act.REFUSE: Stage.REFUSED},
    Stage.REFUSED: {Act.APPLY: Stage.APPLIED},
    Stage.RECOGNISED: {Act.FILE: Stage.RECOGNISED, Act.PLATE: Stage.PLATED, Act.REVOKE: Stage.REVOKED},
    Stage.PLATED: {Act.FILE: Stage.PLATED, Act.WARN: Stage.WARNED, Act.SUSPEND: Stage.SUSPENDED, Act.REVOKE: Stage.REVOKED},
    Stage.WARNED: {Act.FILE: Stage.WARNED, Act.LIFT: Stage.PLATED, Act.SUSPEND: Stage.SUSPENDED, Act.REVOKE: Stage.REVOKED},
    Stage.SUSPENDED: {Act.FILE: Stage.SUSPENDED, Act.LIFT: Stage.PLATED, Act.REVOKE: Stage.REVOKED},
    Stage.REVOKED: {Act.FILE: Stage.REVOKED, Act.APPLY: Stage.APPLIED},
}
FILED = frozenset({Act.RECOGNISE, Act.REVOKE})
"""What the bureau files."""
NEEDS_NUMBER = frozenset({Act.RECOGNISE, Act.FILE, Act.PLATE, Act.WARN, Act.SUSPEND, Act.REVOKE})
"""Acts of a document, of the register or of a plate, whose number is asked for."""
NEEDS_REASON = frozenset({Act.REFUSE, Act.WARN, Act.LIFT, Act.SUSPEND, Act.REVOKE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act about a station on a day: by whom, with which number, why, until when, and the SHA-256 of the paper that goes with it."""

    id: str
    station_id: str
    act: Act
    on: date
    at: datetime
    by: str
    number: str = ""
    reason: str = ""
    deadline: date | None = None
    document: str = ""


def stage_of(steps: Iterable[Step]) -> Stage:
    """Give where a station stands after its steps, in their order."""
    stage = Stage.IN_PLACE
    for step in steps:
        stage = Stage.APPLIED if step.act is Act.APPLY else NEXT[stage].get(step.act, stage)
    return stage


def unfiled(steps: Sequence[Step]) -> Step | None:
    """Give the recognition or revocation that waits for the bureau, the newest; None when all is filed."""
    for step in reversed(steps):
        if step.act is Act.FILE:
            return None
        if step.act in FILED:
            return step
    return None


def deadline_of(steps: Sequence[Step]) -> date | None:
    """Give until when a warned station has time; None for one that is not warned."""
    return steps[-1].deadline if steps and stage_of(steps) is Stage.WARNED and steps[-1].act is Act.WARN else None


def possible(steps: Sequence[Step]) -> tuple[Act, ...]:
    """Give what may be done about a station now."""
    return tuple(act for act in NEXT[stage_of(steps)] if act is not Act.FILE or unfiled(steps) is not None)


def check_step(step: Step, steps: Sequence[Step], today: date) -> Step:
    """Give a step that may follow; raise WrongState, or BadInput for what it lacks.

    A warning's deadline is after its own day; nothing is done in the future.
    """
    if step.act not in possible(steps):
        raise WrongState(f"{step.act} after {stage_of(steps)}")
    if step.on > today:
        raise BadInput("on", "bad.standing.future")
    if step.act in NEEDS_NUMBER and not step.number:
        raise BadInput("number", f"bad.standing.number_{step.act}")
    if step.act in NEEDS_REASON and not step.reason:
        raise BadInput("reason", "bad.standing.reason")
    if len(step.number) > NUMBER_MAX or len(step.reason) > TEXT_MAX:
        raise BadInput("reason", "bad.standing.long", most=TEXT_MAX)
    if step.act is Act.WARN and (step.deadline is None or step.deadline <= step.on):
        raise BadInput("deadline", "bad.standing.deadline")
    return step


def check_station(station: Station, others: Iterable[Station]) -> Station:
    """Give a station that can stand in the tree among the others; raise BadInput.

    Names and the two letters of slip numbers are each one station's; a parent is not of a lower level, and does not stand below the station
    itself; the tree has at most TREE_MAX levels; hours are read, or left open.
    """
    others = [one for one in others if one.id != station.id]
    if not 2 <= len(station.name) <= NAME_MAX:
        raise BadInput("name", "bad.station.name", most=NAME_MAX)
    if any(one.name == station.name for one in others):
        raise BadInput("name", "bad.station.name_taken")
    if not (len(station.short) == 2 and station.short.isascii() and station.short.isupper()):
        raise BadInput("short", "bad.station.short")
    if any(one.short == station.short for one in others):
        raise BadInput("short", "bad.station.short_taken")
    if station.area not in AREAS:
        raise BadInput("area", "bad.station.area")
    _check_parent(station, {one.id: one for one in others})
    if not 4 <= len(station.address) <= ADDRESS_MAX:
        raise BadInput("address", "bad.station.address", most=ADDRESS_MAX)
    if not is_phone(station.phone):
        raise BadInput("phone", "bad.station.phone")
    if station.hours and read_hours(station.hours) is None:
        raise BadInput("hours", "bad.station.hours")
    return station


def _check_parent(station: Station, others: dict[str, Station]) -> None:
    levels = list(StationLevel)
    if station.level is StationLevel.COUNTY:
        if station.parent_id is not None:
            raise BadInput("parent_id", "bad.station.parent")
        return
    parent = others.get(station.parent_id or "")
    if parent is None or levels.index(parent.level) > levels.index(station.level):
        raise BadInput("parent_id", "bad.station.parent")
    tree = others | {station.id: station}
    if station.id in _above(station, tree):
        raise BadInput("parent_id", "bad.station.below")
    lines = [(one, *_above(tree[one], tree)) for one in tree]
    if any(station.id in line and len(line) > TREE_MAX for line in lines):
        raise BadInput("parent_id", "bad.station.deep", most=TREE_MAX)


def _above(station: Station, tree: dict[str, Station]) -> list[str]:
    """Give all above a station, the nearest first; no more than there may be, should one stand below itself."""
    above = list[str]()
    one = tree.get(station.parent_id or "")
    while one is not None and len(above) < TREE_MAX:
        above.append(one.id)
        one = tree.get(one.parent_id or "")
    return above
