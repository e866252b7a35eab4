"""Workers from a table that staff keep: only what a registration asks for, only of people whose consent has a date. Keeps nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.domain.ad_jobs import trade_of
from kiosk.domain.ad_numbers import fold
from kiosk.domain.ad_read import pay_of
from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.worker import check_age, check_mobile, check_name
from kiosk.errors import BadInput
from kiosk.services.drafts import Trouble, area_of, as_day, as_text, is_remark, unit_named
from kiosk.services.register import PAY_MAX_FEN
from kiosk.services.table_columns import Header, sheets_with_header
from kiosk.services.table_read import Cell, Row, Sheet
from kiosk.text import t

ANY_WORK = re.compile(r"都行|不限|均可|随便|都可|什么都")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerForm:
    """A registration as a table gives it. `pay_fen` None is 面议."""

    name: PersonName
    phone: Phone
    age_band: AgeBand
    trades: tuple[Trade, ...]
    pay_fen: int | None
    pay_unit: PayUnit
    area: str | None
    consented_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDraft:
    """One row: a form, or why there is none."""

    row: int
    form: WorkerForm | None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTable:
    """What was read from a table, and the columns that no name fits or that must not be read (identity numbers)."""

    drafts: tuple[WorkerDraft, ...]
    ignored: tuple[str, ...]
    refused: tuple[str, ...]


def read_workers(sheets: Sequence[Sheet], today: date) -> WorkerTable:
    """Read a table of workers; raise BadInput('file') when no row names its columns or there is nothing below it."""
    tables = sheets_with_header(sheets, workers=True)
    if not tables:
        raise BadInput("file", "bad.table.header")
    drafts = tuple(_Row(sheet, header, row, today).draft() for sheet, header, rows in tables for row in rows if not is_remark(row))
    if not drafts:
        raise BadInput("file", "bad.table.no_rows")
    return WorkerTable(
        drafts=drafts,
        ignored=tuple(dict.fromkeys(name for _, h, _ in tables for name in h.ignored)),
        refused=tuple(dict.fromkeys(name for _, h, _ in tables for name in h.refused)),
    )


class _Row:
    """Reads one row; every field that fails adds a trouble, so that staff mend a row once."""

    def __init__(self, sheet: Sheet, header: Header, row: Row, today: date) -> None:
        self.sheet, self.header, self.row, self.today = sheet, header, row, today
        self.troubles: list[Trouble] = []

    def draft(self) -> WorkerDraft:
        name, phone, age, trades, consented = self._name(), self._phone(), self._age(), self._trades(), self._consented()
        pay, unit = self._pay()
        if self.troubles or name is None or phone is None or age is None or trades is None or consented is None:
            return WorkerDraft(row=self.row.number, form=None, troubles=tuple(self.troubles))
        area = area_of(self._text("area"))
        form = WorkerForm(
            name=name, phone=phone, age_band=age, trades=trades, pay_fen=pay, pay_unit=unit, area=area, consented_on=consented
        )
        return WorkerDraft(row=self.row.number, form=form)

    def _cell(self, field: str) -> Cell:
        at = self.header.columns.get(field)
        return self.row.cells[at] if at is not None and at < len(self.row.cells) else None

    def _text(self, field: str) -> str:
        return as_text(self._cell(field))

    def _bad(self, field: str, reason: str) -> None:
        column = self.header.names.get(field) or t(f"import.worker.{field}")
        self.troubles.append(Trouble(self.row.number, column, reason, field, self.sheet.name))

    def _name(self) -> PersonName | None:
        try:
            return check_name(self._text("name"))
        except BadInput as error:
            self._bad("name", t(error.key, **error.words))
            return None

    def _phone(self) -> Phone | None:
        try:
            return check_mobile(re.split(r"[/,，;；、]", self._text("phone"))[0])
        except BadInput as error:
            self._bad("phone", t(error.key, **error.words))
            return None

    def _age(self) -> AgeBand | None:
        band = self._band()
        if band is None:
            self._bad("age", t("import.bad.age"))
            return None
        try:
            return check_age(band)
        except BadInput as error:
            self._bad("age", t(error.key, **error.words))
            return None

    def _band(self) -> AgeBand | None:
        words = fold(self._text("age"))
        m = re.fullmatch(r"\s*(\d{1,3})\s*(?:周?岁)?(?:以上)?\s*", words)
        if m is None and words:
            return next((band for band in AgeBand if fold(t(f"age_band.{band.value}")) == words.replace(" ", "").replace("-", "到")), None)
        years = int(m[1]) if m else self._years_since_birth()
        if years is None or not 0 < years < 110:
            return None
        bands = ((16, AgeBand.UNDER_16), (18, AgeBand.MINOR), (60, AgeBand.ADULT))
        return next((band for below, band in bands if years < below), AgeBand.SENIOR)

    def _years_since_birth(self) -> int | None:
        words = self._text("born")
        born = as_day(self._cell("born"), self.today)
        m = re.match(r"((?:19|20)\d\d)\D*(\d{1,2})?", words)
        if born is None and m is None:
            return None
        # the year alone: as young as he can be, so that nobody under age gets through
        year, month, day = (born.year, born.month, born.day) if born else (int(m[1]), int(m[2] or 12), 31) if m else (0, 12, 31)
        return self.today.year - year - ((self.today.month, self.today.day) < (month, day))

    def _trades(self) -> tuple[Trade, ...] | None:
        words = self._text("trades")
        if not words:
            self._bad("trades", t("bad.trades.empty"))
            return None
        found = [_trade(part) for part in re.split(r"[、,，;；/\s和及]+", words) if part]
        trades = tuple(dict.fromkeys(x for x in found if x is not None))
        if not trades:
            self._bad("trades", t("import.bad.trades", value=words[:30]))
        return trades or None

    def _pay(self) -> tuple[int | None, PayUnit]:
        words = fold(self._text("pay"))
        talk = pay_of(words)[0]
        low = (talk.low or talk.high) if talk else None
        if talk is None or low is None:
            if words and not re.search(r"面议|面谈|不限|都行|随便", words):
                self._bad("pay", t("import.bad.pay", value=words[:30]))
            return None, PayUnit.DAY
        unit = talk.unit or unit_named(fold(self.header.names.get("pay", ""))) or (PayUnit.MONTH if low >= 150_000 else PayUnit.DAY)
        if unit not in PAY_MAX_FEN or not 0 < low <= PAY_MAX_FEN[unit]:
            self._bad("pay", t("import.bad.pay", value=words[:30]))
        return low, unit

    def _consented(self) -> date | None:
        day = as_day(self._cell("consented"), self.today)
        if day is None:
            self._bad("consented", t("import.bad.consent"))
            return None
        if day > self.today:
            self._bad("consented", t("import.bad.consent_later"))
        return day


def _trade(words: str) -> Trade | None:
    if ANY_WORK.search(words):
        return Trade.OTHER
    return next((trade for trade in Trade if words in t(f"trade.{trade.value}") and len(words) > 1), None) or trade_of(words)
