"""A draft of a posting as fields to type into, and back. What was typed is kept as it was typed, read or not; keeps nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from kiosk.domain.codes import AREAS, Meals, PayUnit, Settlement, Trade
from kiosk.domain.pay import yuan
from kiosk.services.drafts import DESCRIPTION_MAX, Draft, Trouble, checked
from kiosk.services.listing_rows import count_of, phone_of
from kiosk.services.posting import PostingForm
from kiosk.services.table_read import CELL_MAX
from kiosk.text import t

LINE_MAX = 120
Choices = tuple[tuple[str, str], ...]


def _codes(kind: type[StrEnum], key: str) -> Choices:
    return tuple((one.value, t(f"{key}.{one.value}")) for one in kind)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how it is typed, how it is read, and what is said when it cannot be read."""

    name: str
    kind: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    bad: str = ""
    choices: Choices = ()

    @property
    def label(self) -> str:
        """Name the field."""
        return t({"meals": "post.meals", "pay_max_fen": "desk.pay_max"}.get(self.name, f"rule.field.{self.name}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One draft on the page: what stands in its fields, what is wrong with which, and whether it is ticked."""

    key: str
    row: int
    sheet: str
    text: str
    values: Mapping[str, str]
    troubles: Mapping[str, str]
    ticked: bool


def _fen(words: str) -> int:
    fen = Decimal(words.replace(",", "").removesuffix("元")) * 100
    if fen != fen.to_integral_value() or not 0 <= fen < 10**9:
        raise ValueError(words)
    return int(fen)


def _minutes(words: str) -> int:
    hours, _, minutes = words.partition(":")
    if not (0 <= int(hours) < 24 and 0 <= int(minutes[:2]) < 60):
        raise ValueError(words)
    return int(hours) * 60 + int(minutes[:2])


def _clock(minutes: int) -> str:
    # a browser's field knows no 24:00
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _some(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def strictly(words: str) -> Any:
        found = read(words)
        if found is None:
            raise ValueError(words)
        return found

    return strictly


def _area(words: str) -> str:
    if words not in AREAS:
        raise ValueError(words)
    return words


def _line(words: str) -> str:
    return words[:LINE_MAX]


FIELDS = (
    Field("title", "text", _line),
    Field("trade", "select", Trade, bad="desk.choose", choices=_codes(Trade, "trade")),
    Field("headcount", "text", _some(count_of), bad="import.bad.headcount"),
    Field("employer_name", "text", _line),
    Field("area", "select", _area, bad="desk.choose", choices=tuple(AREAS.items())),
    Field("place", "text", _line),
    Field("starts_on", "date", date.fromisoformat, date.isoformat, bad="import.bad.day"),
    Field("ends_on", "date", date.fromisoformat, date.isoformat, bad="import.bad.day"),
    Field("day_start_min", "time", _minutes, _clock, bad="import.bad.hours"),
    Field("day_end_min", "time", _minutes, _clock, bad="import.bad.hours"),
    Field("pay_fen", "text", _fen, yuan, bad="desk.bad_yuan"),
    Field("pay_max_fen", "text", _fen, yuan, bad="desk.bad_yuan"),
    Field("pay_unit", "select", PayUnit, bad="desk.choose", choices=_codes(PayUnit, "pay_unit")),
    Field("settlement", "select", Settlement, bad="desk.choose", choices=_codes(Settlement, "settlement")),
    Field("meals", "select", Meals, bad="desk.choose", choices=_codes(Meals, "meals")),
    Field("contact_name", "text", _line),
    Field("contact_phone", "text", _some(phone_of), bad="import.bad.phone"),
    Field("transport", "text", _line),
    Field("requirements", "wide", _line),
    Field("description", "long", lambda words: words[:DESCRIPTION_MAX]),
)


def card_of(draft: Draft, key: str, ticked: bool) -> Card:
    """Lay a draft out as fields."""
    given = {f.name: getattr(draft.form, f.name) for f in FIELDS}
    values = {f.name: "" if given[f.name] in (None, "") else f.write(given[f.name]) for f in FIELDS}
    values |= {"lodging": "1" if draft.form.lodging else "", "break_min": str(draft.form.break_min)}
    return Card(key=key, row=draft.row, sheet=draft.sheet, text=draft.text, values=values, troubles=_said(draft.troubles), ticked=ticked)


def draft_of(typed: Mapping[str, str]) -> Draft:
    """Read what was typed; what cannot be read or is missing is the draft's trouble."""
    found: dict[str, Any] = {"lodging": bool(typed.get("lodging")), "break_min": _whole(typed.get("break_min", ""), 24 * 60)}
    row, troubles = _whole(typed.get("row", ""), 10**6), []
    for field in FIELDS:
        words = typed.get(field.name, "").strip()
        if not words:
            continue
        try:
            found[field.name] = field.read(words)
        except (ValueError, InvalidOperation):
            troubles.append(Trouble(row, field.label, t(field.bad, value=words[:30]), field.name))
    text, sheet = typed.get("text", "")[:CELL_MAX], typed.get("sheet", "")[:LINE_MAX]
    return checked(Draft(row=row, form=PostingForm(**found), text=text, sheet=sheet, troubles=tuple(troubles)))


def typed_card(draft: Draft, typed: Mapping[str, str], key: str, ticked: bool, more: tuple[Trouble, ...] = ()) -> Card:
    """Lay out a draft that was typed into: with every character that was typed."""
    values = {f.name: typed.get(f.name, "") for f in FIELDS}
    values |= {name: typed.get(name, "") for name in ("lodging", "break_min")}
    said = _said((*draft.troubles, *more))
    return Card(key=key, row=draft.row, sheet=draft.sheet, text=draft.text, values=values, troubles=said, ticked=ticked)


def _said(troubles: tuple[Trouble, ...]) -> dict[str, str]:
    said: dict[str, str] = {}
    for one in troubles:
        said.setdefault(one.field, one.reason)
    return said


def _whole(words: str, most: int) -> int:
    return min(int(words), most) if words.isascii() and words.isdigit() and len(words) < 10 else 0
