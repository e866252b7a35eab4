"""Drafts of postings to confirm, made of what staff keep; here those of chat text. Keeps nothing; guesses nothing that the law asks for.

A draft is a form and its troubles: what is missing or cannot be read, each with row, column and reason. One without trouble may go in at
once (importing.import_listings); the others are for a person to complete: `filled(draft, field=value)`.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kiosk.domain.ad_jobs import trade_of
from kiosk.domain.ad_numbers import HIDDEN, fold
from kiosk.domain.ad_pay import PayTalk
from kiosk.domain.ad_text import Ad, parse_ads
from kiosk.domain.ad_time import find_day, find_hours, find_length
from kiosk.domain.ad_words import phones
from kiosk.domain.codes import AREAS, Meals, PayUnit
from kiosk.errors import BadInput
from kiosk.services.posting import REQUIRED, PostingForm
from kiosk.services.table_read import Cell, Row
from kiosk.text import t

CHAT_MAX = 20_000
"""Characters of one paste: some hundred ads."""
DESCRIPTION_MAX = 500


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something of a row cannot go in: the row in the file (of a chat, which ad), the column and the reason in words."""

    row: int
    column: str
    reason: str
    field: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A posting to confirm. `text` are the ad's own words, for the page to show beside the form; `troubles` say what is still wrong."""

    row: int
    form: PostingForm
    text: str = ""
    sheet: str = ""
    troubles: tuple[Trouble, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Say whether it may go in as it is."""
        return not self.troubles


def drafts_from_chat(text: str, today: date) -> tuple[Draft, ...]:
    """Make drafts of the ads in pasted text; raise BadInput('text') when there is none or the paste is too long."""
    if len(text) > CHAT_MAX:
        raise BadInput("text", "bad.chat.long", most=CHAT_MAX)
    ads = parse_ads(text)
    if not ads:
        raise BadInput("text", "bad.chat.none")
    return tuple(_from_ad(i, ad, today) for i, ad in enumerate(ads, 1))


def filled(draft: Draft, **values: Any) -> Draft:
    """Enter values into a draft's form, as the page does; their troubles go, what is missing is found anew."""
    form = replace(draft.form, **values)
    left = tuple(x for x in draft.troubles if x.field not in values and getattr(form, x.field, None) in (None, ""))
    return checked(replace(draft, form=form, troubles=left))


def is_remark(row: Row) -> bool:
    """Say whether a row is a sum or a note below the table rather than a record: one cell, or it begins with 合计, 备注."""
    used = [c for c in row.cells if c is not None]
    first = str(used[0]) if used else ""
    return len(used) == 1 or re.match(r"(?:合计|总计|小计|备注|注[:：]|说明|填表|制表|审核人|统计)", first) is not None


def as_text(cell: Cell) -> str:
    """Write a cell as one line of text: 19900001234.0 as a phone is written, dates as 2026-11-24."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return " ".join(str(cell).split())


def as_day(cell: Cell, today: date) -> date | None:
    """Read a day from a cell: a date, a serial number of Excel's, or words."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    if re.fullmatch(r"[45]\d{4}", text):
        return date(1899, 12, 30) + timedelta(days=int(text))
    compact = re.fullmatch(r"(20\d\d)(\d\d)(\d\d)", text)
    return find_day(f"{compact[1]}-{compact[2]}-{compact[3]}" if compact else text, today)


def area_of(text: str) -> str | None:
    """Find the county's area that a text names, 镇 and 乡 may be left out; None when it names none."""
    for code, name in AREAS.items():
        if name in text or name.removeprefix("县") in text or re.sub(r"[镇乡]$", "", name) in text:
            return code
    return None


def _from_ad(number: int, ad: Ad, today: date) -> Draft:
    starts = find_day(ad.text, today)
    days = find_length(ad.text)
    hours = find_hours(phones(ad.text)[1])
    place = ad.place or ""
    area = area_of(place) or area_of(ad.text)
    form = PostingForm(
        title=ad.title or "",
        trade=trade_of(ad.title or ""),
        headcount=ad.headcount,
        description=without_contact(ad.text)[:DESCRIPTION_MAX],
        area=area,
        place=place,
        starts_on=starts,
        ends_on=starts + timedelta(days=days - 1) if starts and days else None,
        day_start_min=hours[0] if hours else None,
        day_end_min=hours[1] if hours else None,
        settlement=ad.settlement,
        meals=ad.meals or Meals.NONE,
        lodging=ad.lodging,
        contact_phone=ad.phone or "",
        **pay_fields(ad.pay),
    )
    return checked(Draft(row=number, form=form, text=ad.text))


def without_contact(text: str) -> str:
    """Take phones and account names out of what everybody will read."""
    words = phones(fold(text))[1].replace(HIDDEN, "")
    words = re.sub(r"[(]\s*[)]|(?:联系)?(?:电话|手机|微信同号|微信|联系方式)\s*[:：]?\s*(?=$|\n|[,;。)])", "", words)
    return re.sub(r"[ ,;]*\n[\s,;]*", "\n", words).strip(" ,;\n")


def pay_fields(talk: PayTalk | None, unit: PayUnit | None = None) -> dict[str, Any]:
    if talk is None:
        return {"pay_unit": unit}
    # 最高300 promises nothing: what it starts from is still to be asked
    high = talk.high if talk.low is not None and talk.high != talk.low else None
    return {"pay_fen": talk.low, "pay_max_fen": high, "pay_unit": talk.unit or unit}


def checked(draft: Draft) -> Draft:
    """Add a trouble for every field that the law asks for and that nothing was said about."""
    known = {x.field for x in draft.troubles}
    # whoever mends the one mends the other with it
    known |= {beside for one, beside in (("pay_fen", "pay_unit"), ("day_start_min", "day_end_min")) if one in known}
    missing = [f for f in REQUIRED if getattr(draft.form, f) in (None, "") and f not in known]
    more = [Trouble(draft.row, _name(draft, f), t("rule.missing.say", field=t(f"rule.field.{f}")), f, draft.sheet) for f in missing]
    order = {f: i for i, f in enumerate(REQUIRED)}
    return replace(draft, troubles=tuple(sorted((*draft.troubles, *more), key=lambda x: order.get(x.field, -1))))


def _name(draft: Draft, field_name: str) -> str:
    return draft.names.get(field_name) or t(f"rule.field.{field_name}")


def unit_named(words: str) -> PayUnit | None:
    """Read a pay unit by its name alone: 月薪, 元/天, 计件."""
    for unit, name in (
        (PayUnit.HOUR, "小时|时薪|钟点"),
        (PayUnit.MONTH, "月"),
        (PayUnit.DAY, "天|日薪|日工资|/日|按日|日"),
        (PayUnit.WEEK, "周"),
        (PayUnit.PIECE, "件"),
        (PayUnit.TRIP, "趟|次"),
        (PayUnit.WHOLE, "包干|一口价|总价"),
    ):
        if re.search(name, words):
            return unit
    return None
