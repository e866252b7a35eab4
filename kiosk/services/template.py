"""The one door that fills templates: docx (docxtpl) and xlsx (openpyxl) with {{ fields }}, and turns both into PDF (LibreOffice).

Templates come from outside: they are filled in a sandbox, and what a person wrote goes in as text that never runs.
"""

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from copy import copy
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from kiosk.errors import BadInput, ConfigError
from kiosk.services.table_write import FORBIDDEN, LINE_POINTS, Cell, fill_cell, lines_in

FIELD = re.compile(r"\{\{.*?\}\}")
ONE_FIELD = re.compile(r"\s*\{\{((?:(?!\}\}).)*)\}\}\s*")
TAG = re.compile("<[^>]*>")
EACH = "item."
"""A row of a sheet that names a field of `item` stands once for each item."""
EXAMPLE_ITEM = {
    "code": "1.1",
    "area": "驿站建设",
    "name": "服务区、发布区、洽谈区",
    "source": "第四条",
    "value": "3 个区",
    "aim": "3 个区",
    "points": "9",
    "most": "9",
    "note": "",
    "file": "三个区.jpg",
    "against": 0,
    "proof": "三个区.jpg",
}
EXAMPLE: Mapping[str, Any] = {
    "station": "义堂站",
    "level": "乡镇驿站",
    "address": "义堂镇兴义街 1 号",
    "phone": "0712-4000001",
    "year": 2026,
    "today": "2026年11月27日",
    "until": "2026年11月27日",
    "points": "84.5",
    "grade": "良好",
    "money": "50000",
    "money_capitals": "伍万元整",
    "placeholder": "",
    "spent_network": "1200",
    "spent_running": "8600",
    "ledger_lines": 12,
    "easiest": ["回访 42 个没有结果的推荐"],
    "items": [EXAMPLE_ITEM],
    "areas": [{"number": "一", "name": "驿站建设", "points": "22", "most": "25", "items": [EXAMPLE_ITEM]}],
}
"""Every field that a template may name, as it might be filled: what a template is tried with before it goes to the stations."""
ROSTER_EXAMPLE: Mapping[str, Any] = {
    "station": "义堂站",
    "first": date(2026, 1, 1),
    "last": date(2026, 11, 27),
    "count": 1,
    "masking": "名字和电话隐去了一部分",
    "placeholder": "",
    "items": [
        {
            "number": 1,
            "referred": date(2026, 11, 20),
            "name": "刘＊庆",
            "phone": "199****2001",
            "job": "装卸工",
            "employer": "云梦县汉十物流有限公司",
            "employer_phone": "199****1234",
            "place": "义堂镇 汉十物流园",
            "pay": 260,
            "unit": "元/天",
            "grade": "3 到岗",
            "evidence": "2026-11-20 工作人员推荐\n2026-11-21 用工方说定了\n2026-11-22 本人说人到了",
            "missing": "本人的话",
            "doubts": "",
            "notes": "",
            "by": "张伟",
        }
    ],
}
"""The same of the roster."""
OFFICE, OFFICE_S = "soffice", 90.0


def fill_docx(template: bytes, facts: Mapping[str, Any]) -> bytes:
    """Fill a Word template; raise BadInput('template') for one that cannot be read, or names a field that is not there.

    What facts['placeholder'] says stands in the foot of every page where the template has no place for it.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        page = DocxTemplate(io.BytesIO(template))
        page.render(_plain(facts), SandboxedEnvironment(undefined=StrictUndefined, autoescape=True), autoescape=True)
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OverflowError):
        raise BadInput("template", "bad.template.broken") from None
    except TemplateError as error:
        raise BadInput("template", "bad.template.field", what=_named(error)) from None
    filled, note = _saved(page), facts.get("placeholder", "")
    if _says(filled, note):
        return filled
    made = Document(io.BytesIO(filled))
    for number, section in enumerate(made.sections):
        for foot in (section.footer, section.first_page_footer, section.even_page_footer):
            if number == 0 or not foot.is_linked_to_previous:
                foot.add_paragraph(note)
    return _saved(made)


def fill_xlsx(template: bytes, facts: Mapping[str, Any]) -> bytes:
    """Fill an Excel template the same way; a row that names a field of `item` is repeated for each of facts['items'], empty where there is
    none. A cell that is one field and nothing else takes a number or a date as such.
    """
    from jinja2 import TemplateError
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    filled, plain = _filler(), _plain(facts)
    items = plain["items"]
    try:
        book = load_workbook(io.BytesIO(template))
        for sheet in book:
            _repeat(sheet, len(items))
            number = -1
            for row in sheet.iter_rows():
                number += any(_is_of_item(cell.value) for cell in row)
                for cell in row:
                    if isinstance(cell.value, str) and FIELD.search(cell.value):
                        text, cell.value = cell.value, None
                        if items or not _is_of_item(text):
                            value = filled(text, plain | {"item": items[max(number, 0)] if items else {}})
                            fill_cell(cell, value)
                            _heighten(sheet, cell, value)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, OverflowError):
        raise BadInput("template", "bad.template.broken") from None
    except TemplateError as error:
        raise BadInput("template", "bad.template.field", what=_named(error)) from None
    note = facts.get("placeholder", "")
    if not _says(made := _saved(book), note):
        for sheet in book:
            for foot in (sheet.oddFooter, sheet.firstFooter, sheet.evenFooter):
                foot.center.text = "　".join(filter(None, (foot.center.text, note)))
        return _saved(book)
    return made


def _filler() -> Callable[[str, Mapping[str, Any]], Cell]:
    """Give what fills a cell's text; each text is read once, however many rows it stands in."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    engine = SandboxedEnvironment(undefined=StrictUndefined, finalize=lambda value: "" if value is None else value)

    @cache
    def read(text: str) -> tuple[Callable[..., Any] | None, Any]:
        one = ONE_FIELD.fullmatch(text)
        return engine.compile_expression(one[1], undefined_to_none=False) if one else None, engine.from_string(text)

    def filled(text: str, facts: Mapping[str, Any]) -> Cell:
        alone, whole = read(text)
        value = alone(facts) if alone else None
        return value if isinstance(value, (int, float, date)) else str(whole.render(facts))

    return filled


def _saved(file: Any) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _says(file: bytes, note: str) -> bool:
    """Say whether a sentence stands anywhere in a file of Word or Excel, however its letters are set."""
    with ZipFile(io.BytesIO(file)) as parts:
        texts = (unescape(TAG.sub("", parts.read(name).decode("utf-8", "replace"))) for name in parts.namelist() if name.endswith(".xml"))
        return any(note in text for text in texts)


def _is_of_item(value: object) -> bool:
    return isinstance(value, str) and any(EACH in field for field in FIELD.findall(value))


def _heighten(sheet: Any, cell: Any, value: Cell) -> None:
    """Make a row of a given height higher where a cell's words need more lines than it has room for; joined cells stay as they are."""
    row, column = sheet.row_dimensions[cell.row], sheet.column_dimensions[cell.column_letter]
    if row.height and cell.alignment.wrap_text and cell.coordinate not in sheet.merged_cells:
        row.height = max(row.height, LINE_POINTS * lines_in(value, column.width))


def _repeat(sheet: Any, times: int) -> None:
    """Write the row of an item once for each; what stands below moves down, and joined cells with it."""
    found = next((row for row in sheet.iter_rows() if any(_is_of_item(cell.value) for cell in row)), None)
    if found is None or times < 2:
        return
    at, more = found[0].row, times - 1
    below = [area for area in list(sheet.merged_cells.ranges) if area.min_row > at]
    heights = {number: sheet.row_dimensions[number].height for number in range(at + 1, sheet.max_row + 1)}
    for area in below:
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(at + 1, more)
    for area in below:
        area.shift(row_shift=more)
        sheet.merge_cells(str(area))
    for number, height in heights.items():
        sheet.row_dimensions[number].height = None
        sheet.row_dimensions[number + more].height = height
    for number in range(at + 1, at + times):
        sheet.row_dimensions[number].height = sheet.row_dimensions[at].height
        for cell in found:
            other = sheet.cell(number, cell.column, cell.value)
            other._style = copy(cell._style)


def makes_pdf() -> bool:
    """Say whether LibreOffice is here."""
    return shutil.which(OFFICE) is not None


def to_pdf(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Turn docx and xlsx files into PDF, by their names with that ending: all at once, because LibreOffice is slow to start.

    Raises ConfigError where it is not installed or does not end.
    """
    with tempfile.TemporaryDirectory(prefix="kiosk-pdf-") as folder:
        sources = {name: Path(folder) / f"{number}{Path(name).suffix}" for number, name in enumerate(files)}
        for name, source in sources.items():
            source.write_bytes(files[name])
        command = [OFFICE, f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
        try:
            subprocess.run([*command, "--outdir", folder, *map(str, sources.values())], check=True, capture_output=True, timeout=OFFICE_S)
            return {str(Path(name).with_suffix(".pdf")): source.with_suffix(".pdf").read_bytes() for name, source in sources.items()}
        except (OSError, subprocess.SubprocessError) as error:
            raise ConfigError(f"LibreOffice: {type(error).__name__}") from None


def _plain(value: Any) -> Any:
    """Give the facts without what XML cannot carry."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _named(error: Exception) -> str:
    """Name the field that is not there, or where the template goes wrong."""
    words = re.findall(r"'([^']+)'", str(error))
    return words[-1] if words else type(error).__name__
