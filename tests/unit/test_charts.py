"""Charts and words of the county's report: what is drawn is what is told, nothing runs, nobody can be recognised."""

import re
from fractions import Fraction
from statistics import median, quantiles
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from kiosk.county import charts
from kiosk.county.charts import Bar, Range, Row
from kiosk.county.figures.answer import FEW, Scope, Span, answer, hidden
from kiosk.county.figures.files import docx_file, xlsx_file
from kiosk.county.figures.shown import Part, parts, span_words
from kiosk.county.figures.tally import Counts, Total, Value
from kiosk.text import t
from tests.station import ASSETS, START

NASTY = '<script>alert("&")</script>'


def drawn(svg: str) -> ElementTree.Element:
    """Read a chart as the XML that it is; fails where something in it could run or be fetched."""
    assert not re.search(r"script|style=|href|url\(|http", svg.replace("&lt;script", "").replace("/script&gt;", ""))
    return ElementTree.fromstring(svg)


def inside(tree: ElementTree.Element) -> None:
    """Nothing lies outside the picture."""
    _, _, wide, high = map(float, tree.attrib["viewBox"].split())
    for box in tree.iter("rect"):
        x, y, w, h = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert -0.5 <= x <= x + w <= wide + 0.5
        assert -2 <= y <= y + h <= high + 0.5
    for text in tree.iter("text"):
        x, size = float(text.attrib["x"]), float(text.attrib["font-size"])
        room = sum(size if ord(c) > 255 else size * 0.6 for c in text.text or "")
        left = {"start": x, "middle": x - room / 2, "end": x - room}[text.attrib["text-anchor"]]
        assert -1 <= left <= left + room <= wide + 1
        assert 0 <= float(text.attrib["y"]) <= high


names = st.sampled_from(["保洁", "县经济开发区", "已推荐，还没有两边的话"])


@given(st.lists(st.tuples(names, st.integers(0, 999_999), st.integers(0, 999_999)), min_size=1, max_size=24))
def test_bars_when_drawn_are_as_long_as_their_numbers_and_stay_in_the_picture(rows: list[tuple[str, int, int]]) -> None:
    made = [Row(name, (Bar(one, str(one)), Bar(other, str(other)))) for name, one, other in rows]
    for draw in (charts.bars, charts.columns):
        svg = draw("供需", ("要的人", "想干的人"), made)
        if not any(one or other for _, one, other in rows):
            assert "<svg" not in svg
            assert t("county_report.nothing") in svg
            continue
        tree = drawn(svg)
        assert tree.attrib["aria-label"] == "供需"
        said = [text.text for text in tree.iter("text")]
        assert {str(number) for _, one, other in rows for number in (one, other)} <= set(said)
        if draw is charts.bars:
            inside(tree)
            most = max(max(one, other) for _, one, other in rows)
            longest = max(float(box.attrib["width"]) for box in list(tree.iter("rect"))[2:])
            for box, number in zip(list(tree.iter("rect"))[2:], [n for _, *both in rows for n in both if n], strict=True):
                assert abs(float(box.attrib["width"]) - max(1.5, longest * number / most)) < 0.2


def test_chart_when_words_are_hostile_shows_them_as_words() -> None:
    svg = charts.bars(NASTY, ("a", NASTY), [Row(NASTY, (Bar(1, NASTY), Bar(2, "2")))])
    assert "<script" not in svg
    assert NASTY in [text.text for text in ElementTree.fromstring(svg).iter("text")]


def test_ranges_when_drawn_mark_the_middle_inside_and_stay_in_the_picture() -> None:
    tree = drawn(charts.ranges("工钱", [Range("建筑小工", 180, 240, 320.5, "180—320.5，中间 240"), Range("木工", 5, 5, 5, "5")]))
    inside(tree)
    boxes = [(float(b.attrib["x"]), float(b.attrib["width"])) for b in tree.iter("rect")]
    assert boxes[0][0] < boxes[1][0] < boxes[0][0] + boxes[0][1]
    assert "<svg" not in charts.ranges("工钱", [])


@given(st.lists(st.integers(0, 40), min_size=1, max_size=13))
def test_hidden_when_few_tells_no_small_number_and_no_single_gap(people: list[int]) -> None:
    shown = hidden(people, whole_known=True)
    for count, mark in zip(people, shown, strict=True):
        assert (mark == "few") == (0 < count < FEW)
        assert mark != "left" or count >= FEW
    gaps = sum(mark != "" for mark in shown)
    assert gaps != 1 or not any(count >= FEW for count in people)
    assert hidden(people, whole_known=False) == ["few" if 0 < count < FEW else "" for count in people]


@given(st.dictionaries(st.integers(1, 12), st.lists(st.integers(1, 50_000), min_size=1, max_size=30), min_size=1))
def test_spread_when_folded_over_months_is_that_of_all_values(by_month: dict[int, list[int]]) -> None:
    counts = Counts()
    for month, values in by_month.items():
        for value in values:
            counts.measure(Value.PAY, "loading", month, value)
    found = answer(Scope(), Span(2026), START, counts.totals, counts.spread, {}).all.pay
    values = sorted(value for some in by_month.values() for value in some)
    assert found is not None
    assert (found.count, found.middle) == (len(values), Fraction(median(values)))
    if len(values) > 1:
        assert [float(found.low), float(found.middle), float(found.high)] == quantiles(values, n=4, method="inclusive")


def some_counts() -> Counts:
    counts = Counts()
    counts.count(Total.REGISTERED, "", 3, 2)
    counts.count(Total.REGISTERED, "", 4, 40)
    counts.count(Total.WANTED, "loading", 3, 4)
    counts.count(Total.PUBLISHED, "loading", 3, 2)
    counts.count(Total.HEADCOUNT, "loading", 3, 1234)
    counts.count(Total.REFERRED, "loading", 4, 9)
    counts.count(Total.PAID, "loading", 4, 8)
    counts.count(Total.DECLINED, "loading", 4, 1)
    counts.measure(Value.PAY, "loading", 3, 18390)
    return counts


def rows_of(made: list[Part], key: str) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: row[1:] for part in made if part.key == key for row in part.rows}


def test_parts_when_a_township_has_few_say_so_and_the_county_says_the_number() -> None:
    counts = some_counts()
    few, left = t("county_report.few"), t("county_report.left")
    township = parts(answer(Scope("420923101"), Span(2026), START, counts.totals, counts.spread, {}))
    assert rows_of(township, "monthly")["3 月"][0] == few
    assert rows_of(township, "monthly")["4 月"][0] == left
    assert rows_of(township, "supply_trade")["搬运装卸"] == (1234, few, 2, 0)
    assert [row[0] for row in rows_of(township, "outcome").values()] == [left, 0, 0, 0, 0, 0, few, 0]
    assert "supply_area" not in {part.key for part in township}
    county = parts(answer(Scope(), Span(2026), START, counts.totals, counts.spread, {"420923101": counts.totals}))
    assert rows_of(county, "monthly")["3 月"][0] == 2
    assert rows_of(county, "supply_area")["义堂镇"] == (1234, 42, 2, 9)
    assert rows_of(county, "pay")["搬运装卸"] == (1, 183.9, 183.9, 183.9)
    # the year is not over
    assert list(rows_of(county, "monthly"))[-1] == "11 月"


def test_report_when_saved_holds_the_same_numbers_in_word_and_excel() -> None:
    from io import BytesIO

    from docx import Document
    from openpyxl import load_workbook

    counts = some_counts()
    found = answer(Scope(), Span(2026, 3, 4), START, counts.totals, counts.spread, {"420923101": counts.totals})
    name, word = docx_file(found, "全县", ASSETS / "papers", START)
    assert name == "全县零工驿站-2026-年-3-月到-4-月情况.docx"
    tables = Document(BytesIO(word)).tables
    said = parts(found)
    assert [[cell.text for cell in table.rows[0].cells][: len(part.columns)] for table, part in zip(tables, said, strict=True)] == [
        list(part.columns) for part in said
    ]
    assert [cell.text for cell in tables[1].rows[1].cells] == ["搬运装卸", "1,234", "4", "2", "0", "███████"]
    name, excel = xlsx_file(found, "全县")
    sheets = load_workbook(BytesIO(excel)).worksheets
    assert len(sheets) == len(said)
    assert ["搬运装卸", 1234, 4, 2, 0] in [[cell.value for cell in row] for row in sheets[1].iter_rows()]
    assert span_words(Span(2026, 3, 3)) == "2026 年 3 月"


def test_report_when_there_is_nothing_is_still_a_file() -> None:
    nothing = answer(Scope(), Span(2026), None, {}, {}, {})
    assert nothing.empty
    assert docx_file(nothing, "全县", ASSETS / "papers", START)[1]
    assert xlsx_file(nothing, "全县")[1]
