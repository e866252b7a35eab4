"""The one door that writes tables: what people wrote stays text, real types, a sheet that prints, a password that opens and no other."""

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

import msoffcrypto
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.exceptions import InvalidKeyError

from kiosk.errors import BadInput
from kiosk.services.table_write import (
    FORBIDDEN,
    FORMULA,
    Cell,
    Column,
    Form,
    Table,
    csv_lines,
    file_name,
    locked,
    stream_xlsx,
    to_csv,
    to_xlsx,
    write,
)

FIRST = 5
"""The first row of contents: under the title, two notes and the header."""
START_DAY = date(2026, 11, 23)
EVIL = ["=1+1", "+8613812345678", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", '＝HYPERLINK("x")', "#N/A", "=cmd|'/C calc'!A0"]


def _table(rows: list[list[Cell]], **more: Any) -> Table:
    columns = tuple(Column(title=f"第{n}列", width=12) for n in range(max(map(len, rows), default=2)))
    return Table(**{"title": "花名册", "notes": ("义堂站", "占位样式"), "columns": columns, "rows": rows, "foot": ("说明",)} | more)


def _sheet(xlsx: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(xlsx)).active


def _opened(file: bytes, password: str) -> bytes:
    box = msoffcrypto.OfficeFile(io.BytesIO(file))
    assert box.is_encrypted()
    box.load_key(password=password, verify_password=True)
    out = io.BytesIO()
    box.decrypt(out, verify_integrity=True)
    return out.getvalue()


@pytest.mark.parametrize("evil", EVIL)
def test_xlsx_when_a_text_looks_like_a_formula_keeps_it_as_text(evil: str) -> None:
    table = _table([[evil, 1]], title=evil, notes=(evil, evil), foot=(evil,))
    xlsx = to_xlsx(table)
    sheet = _sheet(xlsx)
    cell = sheet.cell(FIRST, 1)
    assert (cell.data_type, cell.value.strip()) == ("s", evil.strip())
    assert cell.quotePrefix or evil == "#N/A"
    with zipfile.ZipFile(io.BytesIO(xlsx)) as parts:
        assert b"<f>" not in b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/"))


@pytest.mark.parametrize("evil", [e for e in EVIL if e != "#N/A"])
def test_csv_when_a_text_looks_like_a_formula_puts_an_apostrophe_before_it(evil: str) -> None:
    [_, [cell, number]] = list(csv.reader(io.StringIO(to_csv(_table([[evil, -1]])).decode("utf-8-sig"), newline="")))
    assert cell == f"'{evil}"
    assert number == "-1", "a number is no text"


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=4))
def test_table_when_any_text_is_written_comes_back_and_never_runs(rows: list[tuple[str, str]]) -> None:
    sheet = _sheet(to_xlsx(_table([list(row) for row in rows])))

    def kept(text: str) -> str:
        return FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")

    for at, row in enumerate(rows, start=FIRST):
        cells = [sheet.cell(at, number) for number in (1, 2)]
        assert [kept(cell.value or "") for cell in cells] == [kept(text) for text in row]
        assert all(cell.data_type in ("s", "n") for cell in cells), "an empty cell counts as a number"
    without = [[FORBIDDEN.sub("", text) for text in row] for row in rows]
    for line in list(csv.reader(io.StringIO(to_csv(_table([list(r) for r in without])).decode("utf-8-sig"), newline="")))[1:]:
        assert not any(cell.startswith(FORMULA) for cell in line)


def test_xlsx_when_written_has_real_types_and_prints_on_a4_lying() -> None:
    sheet = _sheet(to_xlsx(_table([["刘国庆", 260, 22.5, date(2026, 11, 23), None, ""]])))
    row = [sheet.cell(FIRST, n) for n in range(1, 7)]
    assert [c.value for c in row] == ["刘国庆", 260, 22.5, datetime(2026, 11, 23), None, None]  # noqa: DTZ001 - a sheet knows no zone
    assert [c.data_type for c in row[:4]] == ["s", "n", "n", "d"]
    assert [sheet.cell(at, 1).value for at in range(1, 8)] == ["花名册", "义堂站", "占位样式", "第0列", "刘国庆", None, "说明"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == (f"A{FIRST}", f"${FIRST - 1}:${FIRST - 1}")
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (1, 0, True)
    assert sheet.column_dimensions["A"].width == 12


def test_csv_when_written_begins_with_the_mark_of_utf8_and_has_no_title() -> None:
    data = write(_table([['〇𬬻·买买提，\n“引号”"', 1]]), Form.CSV)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["第0列", "第1列"], ['〇𬬻·买买提，\n“引号”"', "1"]]


def test_locked_when_opened_with_the_password_is_the_table() -> None:
    xlsx = to_xlsx(_table([["刘国庆", "19900002001"]]))
    file = locked(xlsx, "义堂站 2026")
    assert b"\xe5\x88\x98" not in file
    assert not zipfile.is_zipfile(io.BytesIO(file))
    assert _sheet(_opened(file, "义堂站 2026")).cell(FIRST, 1).value == "刘国庆"
    with pytest.raises(InvalidKeyError):
        _opened(file, "义堂站 2027")


def test_locked_when_the_table_is_long_opens_whole() -> None:
    rows: list[list[Cell]] = [[f"工人{n}", f"{n * 7919 % 10**11:011}", "说明" * 20] for n in range(4000)]
    file = locked(to_xlsx(_table(rows)), "12345678")
    assert _sheet(_opened(file, "12345678")).cell(FIRST + 3999, 1).value == "工人3999"


@pytest.mark.parametrize("password", ["", "1234567", "        ", "1234567    "])
def test_locked_when_the_password_is_short_says_so(password: str) -> None:
    with pytest.raises(BadInput) as caught:
        locked(to_xlsx(_table([["a"]])), password)
    assert (caught.value.field, caught.value.key) == ("password", "bad.file_password.short")


def test_file_name_when_a_part_has_what_windows_refuses_leaves_it_out() -> None:
    assert file_name("花名册", "", 'a/b:c*"<>|d', form=Form.CSV) == "花名册_a-b-c-d.csv"


def test_xlsx_when_streamed_holds_the_same_as_text_and_goes_on_to_the_next_sheet() -> None:
    rows: list[list[Cell]] = [[evil, 7, START_DAY, None] for evil in EVIL]
    table, out = _table([], columns=tuple(Column(title=name, width=9) for name in "甲乙丙丁")), io.BytesIO()
    assert stream_xlsx(table, iter(rows), out, sheet_rows=4) == len(rows)
    book = openpyxl.load_workbook(out)
    assert [sheet.title for sheet in book] == ["花名册", "花名册2", "花名册3"]
    found = [row for sheet in book for row in sheet.iter_rows(min_row=5)]
    assert [[row[0].value, row[1].value, row[2].value.date()] for row in found] == [[text, 7, START_DAY] for text in EVIL]
    assert {row[0].data_type for row in found} == {"s"}
    assert all(row[0].quotePrefix == (row[0].value != "#N/A") for row in found)
    assert [cell.value for cell in book.worksheets[1][4]] == list("甲乙丙丁")
    out = io.BytesIO()
    assert stream_xlsx(table, iter(()), out) == 0
    assert _sheet(out.getvalue()).max_row == 4


def test_csv_when_written_line_by_line_is_the_same_file() -> None:
    table = _table([[evil, "x"] for evil in EVIL])
    assert b"".join(csv_lines(table.columns, iter(table.rows))) == to_csv(table)


def test_xlsx_when_several_tables_are_given_has_a_sheet_for_each() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(_table([["a"]]), _table([["b"]], title="第二张"))))
    assert [(sheet.title, sheet.cell(FIRST, 1).value) for sheet in book] == [("花名册", "a"), ("第二张", "b")]
