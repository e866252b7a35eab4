"""Reading staff's tables: real xlsx and CSV files, the limits, and that no bytes raise anything but BadInput."""

import io
import re
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import BadInput
from kiosk.services import table_read
from kiosk.services.table_columns import find_header
from kiosk.services.table_read import Sheet, read_table
from kiosk.text import t


def a_book(*rows: Sequence[Any], change: Any = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(sheet: Sheet) -> list[tuple[Any, ...]]:
    return [row.cells for row in sheet.rows]


def test_xlsx_when_read_keeps_numbers_dates_text_and_the_rows_of_the_margin() -> None:
    (sheet,) = read_table(a_book(["岗位", "人数", "日期"], [], ["小工", 3, date(2026, 11, 24)], [" ", None, ""], ["瓦工", 2.5, None]))
    assert [row.number for row in sheet.rows] == [1, 3, 5]
    assert cells(sheet)[1] == ("小工", 3, datetime.combine(date(2026, 11, 24), time()))
    assert cells(sheet)[2][:2] == ("瓦工", 2.5)


def test_xlsx_when_a_cell_is_a_formula_gives_its_last_value_never_the_formula() -> None:
    data = a_book(["岗位", "人数"], ["小工", "=1+2"])
    assert "=1+2" not in str(read_table(data))
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        for part in old.namelist():
            new.writestr(part, re.sub(rb"(<f>1\+2</f>)(<v ?/>|<v></v>)", rb"\1<v>3</v>", old.read(part)))
    assert cells(read_table(kept.getvalue())[0])[1] == ("小工", 3)


def test_xlsx_when_a_sheet_is_hidden_leaves_it_out() -> None:
    def hide(book: Any) -> None:
        book.create_sheet("旧的").append(["岗位", "人数"])
        book["旧的"].sheet_state = "hidden"

    assert [s.name for s in read_table(a_book(["岗位", "人数"], change=hide))] == ["Sheet"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_when_written_by_any_program_gives_the_same(encoding: str, delimiter: str) -> None:
    lines = [
        ["岗位", "人数", "地点"],
        ["小工", "3", "义堂镇𬬻厂" if encoding != "gb18030" else "义堂镇"],
        ["", "", ""],
        ["瓦工", "2", '城关"东门"'],
    ]
    text = "\r\n".join(delimiter.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in line) for line in lines)
    (sheet,) = read_table(text.encode(encoding))
    assert [row.number for row in sheet.rows] == [1, 2, 4]
    assert cells(sheet)[2] == ("瓦工", "2", '城关"东门"')


def test_csv_when_a_cell_holds_a_line_break_counts_rows_as_the_program_does() -> None:
    (sheet,) = read_table('岗位,要求\n小工,"能吃苦\n有力气"\n瓦工,无\n'.encode())
    assert [row.number for row in sheet.rows] == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "bad.table.empty"),
        (b" \r\n\r\n", "bad.table.empty"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "bad.table.old"),
        (b"PK\x03\x04 and no more", "bad.table.broken"),
        (b"\xff\xfe\x00", "bad.table.encoding"),
        (b"\x81\x20\xff\xff\xfe", "bad.table.encoding"),
        (b"a,b\x00c", "bad.table.broken"),
    ],
)
def test_table_when_it_is_none_says_what_is_wrong(data: bytes, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_table(data)
    assert caught.value.key == key
    assert t(key, **caught.value.words)


def test_table_when_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput, match=r"bad\.table\.large"):
        read_table(b"a" * (table_read.FILE_MAX + 1))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (table_read.UNPACKED_MAX + 1))
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(BadInput, match=r"bad\.table\.large"):
        read_table(bomb.getvalue())


def test_table_when_it_has_too_many_rows_is_refused() -> None:
    with pytest.raises(BadInput, match=r"bad\.table\.rows"):
        read_table("岗位,人数\n".encode() + "小工,3\n".encode() * table_read.ROWS_MAX)


def test_table_when_its_xml_expands_without_end_is_broken() -> None:
    data, out = a_book(["岗位", "人数"]), io.BytesIO()
    lol = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 50 + b'"><!ENTITY c "' + b"&b;" * 50 + b'">]>'
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part.endswith("sheet1.xml"):
                text = lol + text.split(b"?>", 1)[-1].replace(b"<t>", b"<t>&c;")
            new.writestr(part, text)
    with pytest.raises(BadInput):
        read_table(out.getvalue())


def test_header_when_it_stands_below_titles_and_is_two_rows_high_is_found() -> None:
    (sheet,) = read_table(
        a_book(
            ["云梦县用工需求登记表"],
            ["填表单位：义堂站", None, "2026年11月"],
            ["序号", "＊岗位名称（必填）", "人数", "工资待遇", None, "联系方式", "身份证号"],
            [None, None, None, "工资", "结算方式", "联系电话", None],
            [1, "小工", 3, 220, "日结", "19900001234", "x"],
        )
    )
    header = find_header(sheet, workers=False)
    assert header is not None
    assert dict(header.columns) == {"title": 1, "headcount": 2, "pay": 3, "settlement": 4, "contact_phone": 5}
    assert sheet.rows[header.first].number == 5
    assert header.refused == ("身份证号",)


def test_header_when_no_row_names_columns_is_none() -> None:
    (sheet,) = read_table(a_book(["小工", 3, date(2026, 11, 24)], ["瓦工", 2, None]))
    assert find_header(sheet, workers=False) is None


GOOD = a_book(["岗位", "人数"], ["小工", 3])


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda b: b"PK\x03\x04" + b), st.text(max_size=200).map(str.encode)))
def test_table_when_it_is_any_bytes_is_read_or_refused(data: bytes) -> None:
    with suppress(BadInput):
        assert all(row.cells for sheet in read_table(data) for row in sheet.rows)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_table_when_a_real_one_is_damaged_is_read_or_refused(at: int, junk: bytes) -> None:
    with suppress(BadInput):
        assert read_table(GOOD[:at] + junk + GOOD[at + len(junk) :])
