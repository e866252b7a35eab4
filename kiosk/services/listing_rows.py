"""Listings from a table that staff keep: each row a draft; what is missing or cannot be read is named by row and column. Keeps nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from kiosk.domain.ad_jobs import trade_of
from kiosk.domain.ad_numbers import fold
from kiosk.domain.ad_read import pay_of
from kiosk.domain.ad_time import find_hours, find_length
from kiosk.domain.ad_words import headcount, phones
from kiosk.domain.codes import Meals, Settlement, Trade
from kiosk.domain.privacy import is_phone
from kiosk.errors import BadInput
from kiosk.services.drafts import (
    DESCRIPTION_MAX,
    Draft,
    Trouble,
    area_of,
    as_day,
    as_text,
    checked,
    is_remark,
    pay_fields,
    unit_named,
    without_contact,
)
from kiosk.services.posting import PostingForm
from kiosk.services.table_columns import Header, sheets_with_header
from kiosk.services.table_read import Cell, Row, Sheet
from kiosk.text import t

_LONG_TERM = re.compile(r"长期|常年|不限|长年")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTable:
    """What was read from a table: drafts in the order of the file, and the columns that no name fits or that must not be read."""

    drafts: tuple[Draft, ...]
    ignored: tuple[str, ...]
    refused: tuple[str, ...]


def read_listings(sheets: Sequence[Sheet], today: date) -> ListingTable:
    """Read a table of listings; raise BadInput('file') when no row names its columns or there is nothing below it."""
    tables = sheets_with_header(sheets, workers=False)
    if not tables:
        raise BadInput("file", "bad.table.header")
    drafts = [_from_row(sheet, header, row, today) for sheet, header, rows in tables for row in rows if not is_remark(row)]
    if not drafts:
        raise BadInput("file", "bad.table.no_rows")
    return ListingTable(
        drafts=tuple(drafts),
        ignored=tuple(dict.fromkeys(name for _, h, _ in tables for name in h.ignored)),
        refused=tuple(dict.fromkeys(name for _, h, _ in tables for name in h.refused)),
    )


class _Reader:
    """Reads one row's cells into a form's values, noting troubles on the way."""

    def __init__(self, sheet: Sheet, header: Header, row: Row, today: date) -> None:
        self.sheet, self.header, self.row, self.today = sheet, header, row, today
        self.values: dict[str, Any] = {}
        self.troubles: list[Trouble] = []

    def cell(self, name: str) -> Cell:
        at = self.header.columns.get(name)
        return self.row.cells[at] if at is not None and at < len(self.row.cells) else None

    def text(self, name: str) -> str:
        return as_text(self.cell(name))

    def bad(self, name: str, key: str, **words: object) -> None:
        column = _names(self.header).get(name) or t(f"rule.field.{name}")
        self.troubles.append(Trouble(self.row.number, column, t(key, **words), name, self.sheet.name))

    def put(self, name: str, read: Callable[[str], Any], key: str) -> None:
        """Read a cell that may be empty; what is there and cannot be read is a trouble."""
        words = self.text(name)
        if not words:
            return
        value = read(words)
        if value is None:
            self.bad(name, key, value=words[:30])
        else:
            self.values[name] = value


def _from_row(sheet: Sheet, header: Header, row: Row, today: date) -> Draft:
    r = _Reader(sheet, header, row, today)
    for name in ("title", "employer_name", "place", "contact_name", "transport", "description"):
        r.values[name] = r.text(name)
    r.values["description"] = without_contact(r.values["description"])[:DESCRIPTION_MAX]
    r.values["requirements"] = "，".join(x for x in (r.text("requirements"), _age(r.text("age")), r.text("education")) if x)
    r.put("headcount", count_of, "import.bad.headcount")
    for name, value, key in (
        ("trade", _trade(r.text("trade")) or trade_of(r.values["title"]), "import.bad.trades"),
        ("area", area_of(r.text("area")) or area_of(r.values["place"]), "import.bad.area"),
    ):
        r.values[name] = value
        if value is None and r.text(name):
            r.bad(name, key, value=r.text(name)[:30])
    _row_pay(r)
    _row_days(r)
    hours = find_hours(fold(r.text("hours")))
    if hours:
        r.values["day_start_min"], r.values["day_end_min"] = hours
    elif r.text("hours"):
        r.bad("day_start_min", "import.bad.hours", value=r.text("hours")[:30])
    r.put("contact_phone", phone_of, "import.bad.phone")
    known = {f.name for f in fields(PostingForm)}
    form = PostingForm(**{k: v for k, v in r.values.items() if k in known and v is not None})
    draft = Draft(row=row.number, form=form, sheet=sheet.name, troubles=tuple(r.troubles), names=_names(header))
    return checked(draft)


def _names(header: Header) -> dict[str, str]:
    """Name the file's column for each field of the form; some fields share one."""
    shared = {"pay_fen": "pay", "pay_unit": "pay", "day_start_min": "hours", "day_end_min": "hours"}
    return {field: header.names[column] for field, column in shared.items() if column in header.names} | dict(header.names)


def _row_pay(r: _Reader) -> None:
    """Read pay, when it is paid and what is given to eat: each may stand in the pay's own cell (260/天 日结 管饭) or in its own."""
    words = fold(r.text("pay"))
    talk, settled, fed, lodged = pay_of(words)
    named = unit_named(fold(r.text("pay_unit"))) or unit_named(fold(r.header.names.get("pay", "")))
    r.values |= pay_fields(talk, named)
    if words and talk is None and not re.search(r"面议|面谈|协商", words):
        r.bad("pay_fen", "import.bad.pay", value=words[:30])
    most = pay_of(fold(r.text("pay_max")))[0]
    if most is not None and talk is not None and most.low is not None and most.low > (talk.low or 0):
        r.values["pay_max_fen"] = most.low
    own = fold(f"{r.text('settlement')} {r.text('meals')} {r.text('lodging')}")
    _, own_settled, own_fed, own_lodged = pay_of(own)
    r.values["settlement"] = own_settled or settled or _settlement(r.text("settlement"))
    if r.text("settlement") and r.values["settlement"] is None:
        r.bad("settlement", "import.bad.settlement", value=r.text("settlement")[:30])
    r.values["meals"] = own_fed or fed or (Meals.ONE if r.text("meals") in ("是", "有", "管", "包") else Meals.NONE)
    r.values["lodging"] = own_lodged or lodged or r.text("lodging") in ("是", "有", "包", "管", "包住")


def _row_days(r: _Reader) -> None:
    for name in ("starts_on", "ends_on"):
        day = as_day(r.cell(name), r.today)
        if day is not None:
            r.values[name] = day
        elif r.text(name) and not (name == "ends_on" and _LONG_TERM.search(r.text(name))):
            r.bad(name, "import.bad.day", value=r.text(name)[:30])
        elif r.text(name):
            r.bad(name, "import.bad.long_term")
    both = re.split(r"(?<=[\d日号])\s*(?:至|到|~|—|--|-(?=\d{1,2}月))\s*", r.text("starts_on"))
    if len(both) == 2 and "ends_on" not in r.values and isinstance(r.cell("starts_on"), str):
        r.values["ends_on"] = as_day(both[1], r.today)
    days = r.text("days")
    length = int(days) if days.isdigit() and 1 <= int(days) <= 366 else find_length(fold(days)) if days else None
    if "ends_on" not in r.values and length and r.values.get("starts_on"):
        r.values["ends_on"] = r.values["starts_on"] + timedelta(days=length - 1)


def _settlement(words: str) -> Settlement | None:
    short = {"日": Settlement.DAILY, "天": Settlement.DAILY, "周": Settlement.WEEKLY, "月": Settlement.MONTHLY, "完工": Settlement.DONE}
    return next((kind for word, kind in short.items() if words.startswith((word, f"按{word}", f"每{word}"))), None)


def _trade(words: str) -> Trade | None:
    if not words:
        return None
    return next((trade for trade in Trade if trade is not Trade.OTHER and t(f"trade.{trade.value}") in words), None) or trade_of(words)


def count_of(words: str) -> int | None:
    """Read how many people are wanted: 3, 3人, 三名; None when it says no number."""
    if re.fullmatch(r"\d{1,3}", words):
        return int(words) or None
    return headcount(fold(f"要{words}" if re.search(r"[人名个位]", words) else f"要{words}人"))[0]


def _age(words: str) -> str:
    return t("import.age", age=words) if re.fullmatch(r"[\d\-~—至到 ]+", words) else words


def phone_of(words: str) -> str | None:
    """Read a phone number as people write it; None when it is no mobile number and no landline with its area code."""
    found = phones(fold(words))[0]
    digits = found[0] if found else "".join(c for c in words if c.isdigit())
    return digits if is_phone(digits) else None
