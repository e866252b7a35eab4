"""The one door that reads tables which staff keep: xlsx through openpyxl, and CSV in the encodings that Excel and WPS write.

Gives cells as values with the row numbers that one sees in the program; formulas count by their last value. Knows no columns and no
listings. A file is taken as hostile: sizes are checked before anything is unpacked, and whatever fails inside is a BadInput.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from kiosk.errors import BadInput

Cell = str | int | float | date | datetime | time | None
FILE_MAX = 10 * 1024 * 1024
"""Bytes; a station's lists are below one megabyte."""
UNPACKED_MAX = 100 * 1024 * 1024
PARTS_MAX = 2000
ROWS_MAX = 5000
COLUMNS_MAX = 100
CELL_MAX = 4000
"""Characters of one cell; more is cut."""
BLANK_MAX = 20_000
"""Empty rows after which a sheet counts as ended: Excel keeps formats down to row 1,048,576."""
SAMPLE_LINES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty. `number` is the one in the program's margin, from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet; a CSV file is one without a name."""

    name: str
    rows: tuple[Row, ...]


def read_table(data: bytes) -> tuple[Sheet, ...]:
    """Read an xlsx or CSV file, told apart by its content; raise BadInput('file') saying plainly what is wrong with it."""
    if len(data) > FILE_MAX:
        raise BadInput("file", "bad.table.large", most=FILE_MAX // 1024 // 1024)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadInput("file", "bad.table.empty")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput("file", "bad.table.old")
    sheets = tuple(_xlsx(data)) if data.startswith(b"PK") else (Sheet("", tuple(_rows(_csv(data)))),)
    if not any(sheet.rows for sheet in sheets):
        raise BadInput("file", "bad.table.empty")
    return sheets


def _xlsx(data: bytes) -> Iterator[Sheet]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
        if len(parts) > PARTS_MAX or sum(p.file_size for p in parts) > UNPACKED_MAX:
            raise BadInput("file", "bad.table.large", most=FILE_MAX // 1024 // 1024)
        with warnings.catch_warnings():
            # openpyxl warns of drop-down lists and styles that it leaves out
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()
                    yield Sheet(str(sheet.title)[:60], tuple(_rows(sheet.iter_rows(values_only=True))))
            book.close()
    except BadInput:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken file makes it stumble over
        raise BadInput("file", "bad.table.broken") from error


def _rows(rows: Iterable[Sequence[object]]) -> Iterator[Row]:
    kept = blank = 0
    for number, values in enumerate(rows, 1):
        cells = [_cell(v) for v in values[:COLUMNS_MAX]]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            blank += 1
            if blank > BLANK_MAX:
                return
            continue
        blank, kept = 0, kept + 1
        if kept > ROWS_MAX:
            raise BadInput("file", "bad.table.rows", most=ROWS_MAX)
        yield Row(number, tuple(cells))


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float, datetime, date, time)):
        return value
    if value is None:
        return None
    text = str(value)[:CELL_MAX].strip("\x00\ufeff \t\r\n\u3000")
    return text or None


def _csv(data: bytes) -> Iterator[list[str]]:
    text = decoded(data)
    if text is None:
        raise BadInput("file", "bad.table.encoding")
    if "\x00" in text:
        raise BadInput("file", "bad.table.broken")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    except csv.Error as error:
        raise BadInput("file", "bad.table.broken") from error


def decoded(data: bytes) -> str | None:
    """Decode what programs here write: UTF-8 with or without a mark, UTF-16 with one, GB18030. None when it is none of them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names: tuple[str, ...] = ("utf-16",)
    else:
        names = ("utf-8-sig", "gb18030")
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """Choose the separator that stands most often in the first lines: Excel writes a comma, other settings ; or a tab."""
    lines = text.splitlines()[:SAMPLE_LINES]
    return max((",", ";", "\t", "，"), key=lambda d: sum(line.count(d) for line in lines))
