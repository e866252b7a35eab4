"""A sentence still to be said: a key of kiosk/text and what goes into it. The domain finds reasons; the outer rooms say them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Word(str):
    """A value that is itself a key of kiosk/text: a trade, a field, a meal."""

    __slots__ = ()


def in_fours(digits: str) -> str:
    """Write a number of eight digits in fours, as it stands on slips; also while it is being keyed in."""
    return " ".join(part for part in (digits[:4], digits[4:]) if part)


@dataclass(frozen=True, slots=True)
class Say:
    """Which sentence, with which values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
