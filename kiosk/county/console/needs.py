"""What waits for somebody at the console: how soon, in which words, and the way to it. Owns no page and no statement."""

from dataclasses import dataclass
from enum import StrEnum


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
