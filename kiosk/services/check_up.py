"""自检 on demand: the terminal or the county asks, the agent looks, and what it found last stands in the store for whoever asked.

The terminal may neither touch the printer nor the network: the agent may. Looks at nothing itself (kiosk.services.doctor does).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.services.doctor import Finding
from kiosk.services.station import Here
from kiosk.store.store import Store, UnitOfWork

TOPIC = "doctor"
ASKED, SAID = "check_up.asked", "check_up.said"
COUNTY_ASKED, COUNTY_TOLD = "check_up.county_asked", "check_up.county_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUp:
    """What was found, when, in answer to which question of the terminal."""

    of: str
    at: datetime
    findings: tuple[Finding, ...]


def ask(here: Here) -> str:
    """Ask the agent to look; give the question's id."""
    question = new_id(here.now())
    with here.store.write() as u:
        u.remember(ASKED, question, topic=TOPIC)
    return question


def ask_for_county(store: Store, question: str) -> None:
    """Note that the county wants to know; the same question again changes nothing."""
    with store.read() as u:
        known = u.recall(COUNTY_ASKED)
    if known != question:
        with store.write() as u:
            u.remember(COUNTY_ASKED, question, topic=TOPIC)


def open_questions(u: UnitOfWork) -> tuple[str, str]:
    """Give the terminal's and the county's question that nobody has answered yet, each empty where there is none."""
    last = said(u)
    asked, wanted = u.recall(ASKED) or "", u.recall(COUNTY_ASKED) or ""
    return ("" if last and last.of == asked else asked), ("" if wanted == u.recall(COUNTY_TOLD) else wanted)


def keep(store: Store, of: str, at: datetime, findings: Sequence[Finding]) -> None:
    """Keep what was found in place of what was found before."""
    with store.write() as u:
        u.remember(SAID, json.dumps(to_plain(CheckUp(of=of, at=at, findings=tuple(findings)))), topic=TOPIC)


def told_county(store: Store, question: str) -> None:
    """Note that the county has its answer."""
    with store.write() as u:
        u.remember(COUNTY_TOLD, question)


def said(u: UnitOfWork) -> CheckUp | None:
    """Give what was found last, or None."""
    try:
        return from_plain(CheckUp, json.loads(u.recall(SAID) or "null"))
    except RecordError:
        return None
