"""What waits for somebody at the console: how soon, in which words, and the way to it. Owns no page and no statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.text import t

NAMED = 3
"""So many are named on a card."""


class Urgency(StrEnum):
    """How soon."""

    NOW = "now"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One card of 今天. `path` leads to where it is done, `go` is what is done there."""

    urgency: Urgency
    path: str
    title: str
    detail: str = ""
    go: str


def need_of(
    urgency: Urgency, path: str, what: str, names: Sequence[str], count: int = 0, *, more_there: bool = False, **words: object
) -> Need:
    """Make the card console.need.WHAT with the first few of `names`; `count` where there are others, `more_there` where that is not all."""
    count = count or len(names)
    more = t("console.need.more", count=count) if count > NAMED else ""
    title = t(f"console.need.{what}", count=f"{count}+" if more_there else count, **words)
    return Need(urgency=urgency, path=path, title=title, detail="、".join(names[:NAMED]) + more, go=t(f"console.need.{what}_go"))
