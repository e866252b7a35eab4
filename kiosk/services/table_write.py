"""The one door that writes tables: xlsx (openpyxl), the same behind a password (msoffcrypto), CSV. Knows no record and no rule.

What people wrote goes into cells as text and never runs: Excel takes a cell that begins with = + - @ for a formula.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from typing import IO, Any
from unicodedata import east_asian_width

from kiosk.errors import BadInput
from kiosk.text import t

Cell = str | int | float | date | None
File = tuple[str, bytes]
"""A file's name and what is in it."""

PASSWORD_MIN = 8
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""A text that begins so is taken for a formula when a CSV is opened (OWASP, CSV injection); the wide ones by Chinese and Japanese Excel."""
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot carry."""
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
SHEET_ROWS = 1_000_000
"""Excel ends at 1,048,576."""
GREEN, LINE, QUIET = "0E5A45", "CFC6B2", "55625C"
FACE, LINE_POINTS = "Calibri", 16
"""The face of cells that name none, and how high one line of it is."""


class Form(StrEnum):
    """Which kind of file."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `width` in characters of a common face, two for each Chinese one."""

    title: str
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is written. `title`, `notes` above and `foot` below stand on the printed sheet only: a CSV is for machines."""

    title: str
    notes: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    foot: tuple[str, ...] = ()


def write(table: Table, form: Form) -> bytes:
    """Write a table as a file of this kind."""
    return to_csv(table) if form is Form.CSV else to_xlsx(table)


def file_name(*parts: str, form: Form = Form.XLSX) -> str:
    """Make a file's name of its parts, without what Windows refuses."""
    return "_".join(filter(None, (NOT_IN_NAMES.sub("-", part) for part in parts))) + f".{form.value}"


def to_csv(table: Table) -> bytes:
    """Write header and rows as UTF-8 with the mark by which Excel knows it; what would run as a formula gets an apostrophe."""
    return b"".join(csv_lines(table.columns, table.rows))


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Write the same line by line, for tables that are never whole anywhere."""
    yield BOM_UTF8 + _csv_line([c.title for c in columns])
    yield from map(_csv_line, rows)


def to_xlsx(table: Table, *more: Table) -> bytes:
    """Write a sheet that reads and prints as it is: real dates and numbers, header frozen and repeated, A4 lying, as wide as one page.

    `more` tables stand on sheets of their own behind it.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = t("table.creator")
    _sheet(book.active, table)
    for one in more:
        _sheet(book.create_sheet(), one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stream_xlsx(table: Table, rows: Iterable[Sequence[Cell]], out: IO[bytes], sheet_rows: int = SHEET_ROWS) -> int:
    """Write a table of any length into a file, its `rows` as they come and no more of them in memory than one; give how many there were.

    What Excel has no room for on one sheet goes on to the next.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    book.properties.creator = t("table.creator")
    sheet, many = None, 0
    for row in rows:
        if sheet is None or many % sheet_rows == 0:
            sheet = _long_sheet(book, table)
        cells = [WriteOnlyCell(sheet) for _ in row]
        for cell, value in zip(cells, row, strict=True):
            fill_cell(cell, value)
        sheet.append(cells)
        many += 1
    if sheet is None:
        _long_sheet(book, table)
    book.save(out)
    return many


def _long_sheet(book: Any, table: Table) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(f"{_sheet_title(table)[:28]}{len(book.worksheets) + 1 if book.worksheets else ''}")
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = f"A{len(table.notes) + 3}"
    lines: list[tuple[list[str], Font | None]] = [([table.title], Font(size=16, bold=True)), *(([note], None) for note in table.notes)]
    for words, font in (*lines, ([c.title for c in table.columns], Font(bold=True))):
        cells = [WriteOnlyCell(sheet) for _ in words]
        for cell, text in zip(cells, words, strict=True):
            fill_cell(cell, text)
            if font:
                cell.font = font
        sheet.append(cells)
    return sheet


def _sheet_title(table: Table) -> str:
    return re.sub(r"[\[\]:*?/\\]", "-", table.title)[:31]


def _sheet(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.page import PageMargins

    sheet.title = _sheet_title(table)
    last = get_column_letter(len(table.columns))
    edge = Side(style="thin", color=LINE)
    box, quiet = Border(left=edge, right=edge, top=edge, bottom=edge), Font(name=FACE, size=10, color=QUIET)
    across, middle = Alignment(wrap_text=True, vertical="center"), Alignment(horizontal="center", vertical="center")

    def whole_line(at: int, text: str, font: Font, high: float) -> None:
        sheet.merge_cells(f"A{at}:{last}{at}")
        fill_cell(sheet.cell(at, 1), text)
        sheet.cell(at, 1).font, sheet.cell(at, 1).alignment = font, across
        sheet.row_dimensions[at].height = high

    whole_line(1, table.title, Font(name=FACE, size=16, bold=True), 28)
    for number, note in enumerate(table.notes, start=2):
        whole_line(number, note, quiet, 16)
    head, looks = len(table.notes) + 2, dict[tuple[bool, ...], Any]()
    for number, column in enumerate(table.columns, start=1):
        cell = sheet.cell(head, number)
        fill_cell(cell, column.title)
        cell.font, cell.fill = Font(name=FACE, bold=True, color="FFFFFF"), PatternFill("solid", fgColor=GREEN)
        cell.alignment, cell.border = Alignment(horizontal="center", vertical="center", wrap_text=True), box
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for at, row in enumerate(table.rows, start=head + 1):
        for number, value in enumerate(row, start=1):
            cell = sheet.cell(at, number)
            fill_cell(cell, value)
            look = isinstance(value, (date, int)), isinstance(value, date), bool(cell.quotePrefix)
            if look in looks:  # finding the number of a look takes most of the time of a long table
                cell._style = copy(looks[look])
            else:
                cell.alignment, cell.border = middle if look[0] else across, box
                looks[look] = copy(cell._style)
        lines = max(lines_in(value, column.width) for value, column in zip(row, table.columns, strict=True))
        if lines > 1:  # LibreOffice draws what has no height in one line, one over the other
            sheet.row_dimensions[at].height = LINE_POINTS * lines
    for number, line in enumerate(table.foot, start=head + len(table.rows) + 2):
        whole_line(number, line, quiet, 16)
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    sheet.oddFooter.center.text = t("table.page")


def lines_in(value: Cell, width: float) -> int:
    """Reckon how many lines a value takes in a column of so many characters, two for each Chinese one."""
    if not isinstance(value, str) or (2 * len(value) < width and "\n" not in value):
        return 1
    taken = [sum(2 if east_asian_width(one) in "WFA" else 1 for one in str.__str__(line)) for line in value.split("\n")]
    return sum(max(1, ceil(one / max(width - 1, 1))) for one in taken)


def locked(xlsx: bytes, password: str) -> bytes:
    """Put an xlsx behind a password, in Office's own encryption (agile, AES-256); raise BadInput('password') for a short one."""
    from msoffcrypto.format.ooxml import OOXMLFile

    check_password(password)
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx)).encrypt(password, out)
    return out.getvalue()


def check_password(password: str) -> None:
    """Refuse a file's password of fewer than 8 characters."""
    if len(password.strip()) < PASSWORD_MIN:
        raise BadInput("password", "bad.file_password.short", least=PASSWORD_MIN)


def _csv_line(row: Sequence[Cell]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode()


def _harmless(text: str) -> str:
    plain = str.__str__(text)
    return f"'{plain}" if _runs(plain) else plain


def _runs(text: str) -> bool:
    return text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)


def fill_cell(cell: Any, value: Cell) -> None:
    """Put a value into an empty cell with its own type; a text stays one, also when somebody edits it."""
    if isinstance(value, str):
        if not (text := FORBIDDEN.sub("", str.__str__(value))):
            return
        cell.value = text
        # openpyxl takes a leading = for a formula and #N/A for an error
        cell.data_type, cell.quotePrefix = "s", _runs(text)
        return
    # a date becomes yyyy-mm-dd unless the cell says how dates are written
    cell.value = value
