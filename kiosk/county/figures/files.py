"""The county's report as files: Word by a template that the county can replace, Excel with a sheet a part."""

from datetime import datetime
from pathlib import Path

from kiosk.county.figures.answer import Figures
from kiosk.county.figures.shown import Part, parts, span_words, written
from kiosk.domain.measures import CHINA
from kiosk.services.table_write import Column, File, Table, file_name, to_xlsx
from kiosk.services.template import fill_docx
from kiosk.text import t

TEMPLATE = "county_report.docx"
NUMBERS = "一二三四五六七八九十"
BLOCKS = 7
"""So many blocks is the longest bar beside a table's rows: drawn in text, a grey print keeps it and Word cannot lose it."""


def title(found: Figures, place: str) -> str:
    """Name the report: 全县零工驿站 2026 年情况."""
    return t("county_report.title", place=place, span=span_words(found.span))


def notes(found: Figures) -> tuple[str, ...]:
    """Say when it was counted, and what is not shown."""
    counted = found.counted_at.astimezone(CHINA) if found.counted_at else None
    when = t("county_report.counted", time=f"{counted:%Y-%m-%d %H:%M}") if counted else t("county_report.nothing_counted")
    return when, t("county_report.few_note")


def docx_file(found: Figures, place: str, templates: Path, now: datetime) -> File:
    """Make the report for Word; raise BadInput('template') for a template that cannot be filled."""
    named, (counted, few) = title(found, place), notes(found)
    told = [
        {"number": number, "title": part.title, "note": part.note, "columns": part.columns, "rows": _barred(part), "bars": bool(part.chart)}
        for number, part in zip(NUMBERS, parts(found), strict=False)
    ]
    today = now.astimezone(CHINA)
    facts = {"title": named, "counted": counted, "note": few, "parts": told, "place": place}
    facts["today"] = t("claim_papers.day", year=today.year, month=today.month, day=today.day)
    return file_name(named).removesuffix(".xlsx") + ".docx", fill_docx((templates / TEMPLATE).read_bytes(), facts)


def xlsx_file(found: Figures, place: str) -> File:
    """Make the tables for Excel, a sheet a part."""
    named = title(found, place)
    tables = [
        Table(
            title=part.title.replace("：", " "),
            notes=(named, *notes(found), *([part.note] if part.note else [])),
            columns=tuple(
                Column(title=name, width=24 if at == 0 else max(16, 72 // len(part.columns))) for at, name in enumerate(part.columns)
            ),
            rows=part.rows,
        )
        for part in parts(found)
    ]
    return file_name(named), to_xlsx(*tables or [Table(title=named, notes=notes(found), columns=(Column(title="", width=60),), rows=())])


def _barred(part: Part) -> list[dict[str, object]]:
    """Give the rows in words, each with a bar of blocks where the page has a chart."""
    most = max(part.lengths, default=0)
    bars = ["█" * round(BLOCKS * length / most) if most else "" for length in part.lengths] or [""] * len(part.rows)
    return [{"cells": [written(cell) for cell in row], "bar": bar} for row, bar in zip(part.rows, bars, strict=True)]
