"""What two listings have in common, so that a reviewer sees at a glance whether they are one. Decides nothing."""

from collections.abc import Collection

from kiosk.domain.listing import Listing
from kiosk.domain.review_text import fold

ALIKE = 0.6
"""Share of neighbouring characters that two texts have in common before they count as the same (own; as the rule same_text)."""
COPY_OF = 4
"""So much must be the same, phone or text among it, before two stations' listings count as one (own)."""


def same_in(one: Listing, other: Listing) -> tuple[str, ...]:
    """Name what is the same: phone, employer, title, place, days (they overlap), pay, text; in this order."""
    same = {
        "phone": bool(one.contact_phone) and one.contact_phone == other.contact_phone,
        "employer": _plain(one.employer_name) == _plain(other.employer_name),
        "title": _plain(one.title) == _plain(other.title),
        "place": (one.area, _plain(one.place)) == (other.area, _plain(other.place)),
        "days": one.starts_on <= other.ends_on and other.starts_on <= one.ends_on,
        "pay": (one.pay_fen, one.pay_unit) == (other.pay_fen, other.pay_unit),
        "text": _alike(one.description, other.description),
    }
    return tuple(name for name, is_same in same.items() if is_same)


def is_copy(same: Collection[str]) -> bool:
    """Say whether two listings with so much in common are probably one: the same firm with other work is none."""
    return len(same) >= COPY_OF and bool({"phone", "text"} & set(same))


def _plain(text: str) -> str:
    return "".join(c for c in fold(text).text if c.isalnum())


def _alike(one: str, other: str) -> bool:
    a, b = _pairs(one), _pairs(other)
    return bool(a) and len(a & b) >= ALIKE * len(a | b)


def _pairs(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[n : n + 2] for n in range(len(plain) - 1)}
