"""The four papers on a real store: filled, true to the records, and seen when altered; templates that are wrong. No PDF is made here."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from kiosk.domain.bundle import MANIFEST, checked
from kiosk.domain.file_kind import FileKind
from kiosk.domain.pay import capitals
from kiosk.domain.station import Role
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput, NotAllowed
from kiosk.services import claim_papers, claims, evidence_file
from kiosk.services.claim_papers import papers
from kiosk.services.sign_in import Session
from kiosk.services.template import fill_docx, fill_xlsx
from tests.flows.test_assessment import a_person, a_picture
from tests.station import ASSETS, TestStation, make_station

TEMPLATES = ASSETS / "papers"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


@pytest.fixture(autouse=True)
def no_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no PDF: test_paper_pictures looks at those."""
    monkeypatch.setattr(claim_papers, "makes_pdf", lambda: False)


def made(station: TestStation, password: str = "") -> tuple[bytes, zipfile.ZipFile]:
    _, content = papers(station.here, station.head, TEMPLATES, password)
    return content, zipfile.ZipFile(io.BytesIO(content))


def words_of(content: bytes) -> str:
    page = Document(io.BytesIO(content))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in page.paragraphs), *cells])


def a_docx(*paragraphs: str) -> bytes:
    page, out = Document(), io.BytesIO()
    for text in paragraphs:
        page.add_paragraph(text)
    page.save(out)
    return out.getvalue()


def a_sheet(*rows: list[str]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def is_handed_in(station: TestStation, content: bytes) -> None:
    """Look at what the county gets: a record of every item, and the file."""
    with station.store.read() as u:
        (told,) = u.list(PaperSet)
        assert u.attached(told.file_digest) == content
        assert [kind for _, kind, _ in u.unsent()].count("papers") == 1, "only the last is kept for the county"
    assert (told.file_size, told.file_name) == (len(content), "义堂站_2026_四份材料.zip")
    assert told.file_digest == hashlib.sha256(content).hexdigest()
    rubric = station.here.rubric
    assert (told.rubric, told.rubric_from, told.official) == (rubric.name, rubric.effective_from, False)
    assert [one.code for one in told.items] == [item.code for item in rubric.items]
    assert sum(Decimal(one.points) for one in told.items) == Decimal(told.points) == Decimal("19.1")
    shown, counted = told.items[0], next(one for one in told.items if one.code == "3.1")
    assert (shown.value, shown.points, shown.most, shown.measure, shown.file_name) == ("3", "9", "9", "", "三个区.jpg")
    assert shown.file_digest == evidence_file.digest(evidence_file.fit(a_picture())[1])
    assert (counted.value, counted.points, counted.measure, counted.file_digest) == ("3", "0.1", "registrations", "")


def test_papers_when_made_say_what_the_records_say_and_carry_the_evidence(station: TestStation) -> None:
    for n in range(3):
        a_person(station, f"1380000000{n}")
    claims.claim(station.here, station.head, "1.1", "3", "门口、大厅、里间", ("三个区.jpg", a_picture()))
    with station.store.write() as u:
        u.attach("0" * 64, b"last month's", FileKind.PAPERS)
    content, bundle = made(station)
    is_handed_in(station, content)
    names = bundle.namelist()
    numbers = sorted(name[0] for name in names if "/" not in name and name != MANIFEST)
    assert numbers == ["1", "2", "3", "4"]
    application, report = words_of(bundle.read("1_补助资金申请表.docx")), words_of(bundle.read("4_工作实施方案落实情况报告.docx"))
    assert "义堂站" in application
    assert "19.1 分" in application
    assert "0 元（大写：零元整）" in application
    assert "求职登记：3 人，得 0.1 分（满分 6 分，依据第六条）" in report
    assert "服务区、发布区、洽谈区：3 个区，得 9 分（满分 9 分，依据第四条）。门口、大厅、里间。附证据：三个区.jpg。" in report
    assert all("评分细则是占位样本" in text for text in (application, report))
    sheet = load_workbook(io.BytesIO(bundle.read("3_工作考核评分表.xlsx"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[4][:9] == ["1.1", "驿站建设", "服务区、发布区、洽谈区", "第四条", "3 个区", "3 个区", "9", "9", "三个区.jpg"]
    assert rows[13][:7] == ["3.1", "管理运营", "求职登记", "第六条", "3 人", "300 人", "0.1"]
    assert rows[27][0] == "合计"
    assert rows[27][6] == "19.1"
    assert "A29:I29" in {str(area) for area in sheet.merged_cells.ranges}
    assert "证据/1.1_三个区.jpg" in names
    assert not any("{{" in str(value) or "{%" in str(value) for row in rows for value in row)


def test_papers_when_something_was_altered_afterwards_the_county_sees_what(station: TestStation) -> None:
    content, bundle = made(station)
    with station.store.read() as u:
        (told,) = u.list(PaperSet)
        assert [o.entity for o in u.outgoing(9)] == ["paper_set"]
    assert checked(io.BytesIO(content), told.digest) == []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        for name in bundle.namelist():
            other.writestr(name, bundle.read(name) + (b" " if name.startswith("3_") and name.endswith("xlsx") else b""))
        other.writestr("more.txt", "x")
    assert checked(out, told.digest) == ["3_工作考核评分表.xlsx", "more.txt"]
    assert checked(io.BytesIO(content), "0" * 64) == [MANIFEST]


def test_papers_when_a_password_is_given_hold_the_whole_roster_locked(station: TestStation) -> None:
    _, bundle = made(station, "laoli-2026-ok")
    roster = next(bundle.read(name) for name in bundle.namelist() if name.startswith("2_"))
    assert roster.startswith(bytes.fromhex("d0cf11e0"))
    with pytest.raises(BadInput):
        papers(station.here, station.head, TEMPLATES, "short")
    with pytest.raises(NotAllowed):
        papers(station.here, Session("s", "王芳", Role.STAFF), TEMPLATES)


FACTS: dict[str, Any] = {"station": "义<堂>站", "items": [{"name": "=1+1", "points": "5"}, {"name": "乙\x0b", "points": "6"}]}


def test_template_when_a_field_is_unknown_names_it() -> None:
    for fill, template in ((fill_docx, a_docx("{{ station }} {{ amont }}")), (fill_xlsx, a_sheet(["{{ item.pionts }}"]))):
        with pytest.raises(BadInput) as raised:
            fill(template, FACTS)
        assert raised.value.key == "bad.template.field"
        assert raised.value.words["what"] in ("amont", "pionts")


@pytest.mark.parametrize("template", [b"", b"hello", a_picture()])
def test_template_when_it_is_none_says_so(template: bytes) -> None:
    for fill in (fill_docx, fill_xlsx):
        with pytest.raises(BadInput) as raised:
            fill(template, FACTS)
        assert raised.value.key == "bad.template.broken"


@pytest.mark.parametrize(
    "attack", ["{{ ''.__class__.__mro__ }}", "{{ station.__init__.__globals__ }}", "{% for x in range(9999999999) %}{% endfor %}"]
)
def test_template_when_it_reaches_for_the_machine_is_refused(attack: str) -> None:
    with pytest.raises(BadInput):
        fill_docx(a_docx(attack), FACTS)


def test_sheet_when_filled_repeats_the_row_and_runs_nothing() -> None:
    book = load_workbook(io.BytesIO(fill_xlsx(a_sheet(["{{ station }}"], ["{{ item.name }}", "{{ item.points }}"], ["完"]), FACTS)))
    assert [[cell.value for cell in row] for row in book.active.iter_rows()] == [
        ["义<堂>站", None],
        ["=1+1", "5"],
        ["乙", "6"],
        ["完", None],
    ]
    assert book.active["A2"].data_type == "s"
    assert words_of(fill_docx(a_docx("{{ station }}"), FACTS)) == "义<堂>站"


def test_template_when_it_has_no_place_for_the_placeholders_sentence_has_it_in_the_foot_of_every_page() -> None:
    facts = FACTS | {"placeholder": "评分细则是占位样本"}
    two = Document()
    two.add_paragraph("{{ station }}")
    two.sections[0].footer.add_paragraph("云梦县")
    own = two.add_section().footer
    own.is_linked_to_previous = False
    two.add_section()
    out = io.BytesIO()
    two.save(out)
    feet = [[p.text for p in one.footer.paragraphs if p.text] for one in Document(io.BytesIO(fill_docx(out.getvalue(), facts))).sections]
    assert feet == [["云梦县", facts["placeholder"]], [facts["placeholder"]], [facts["placeholder"]]]
    sheet = load_workbook(io.BytesIO(fill_xlsx(a_sheet(["{{ station }}"]), facts))).active
    assert sheet.oddFooter.center.text == facts["placeholder"]
    official = [load_workbook(io.BytesIO(fill_xlsx(a_sheet(["{{ station }}"]), FACTS))).active.oddFooter.center.text]
    official += [p.text for p in Document(io.BytesIO(fill_docx(a_docx("{{ station }}"), FACTS))).sections[0].footer.paragraphs]
    assert not any(official)
    placed = fill_docx(a_docx("{{ placeholder }}"), facts), fill_xlsx(a_sheet(["注：{{ placeholder }}"]), facts)
    assert not Document(io.BytesIO(placed[0])).sections[0].footer.paragraphs[0].text
    assert load_workbook(io.BytesIO(placed[1])).active.oddFooter.center.text is None


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (0, "零"),
        (1, "壹"),
        (10, "壹拾"),
        (4000, "肆仟"),
        (10001, "壹万零壹"),
        (15000, "壹万伍仟"),
        (60000, "陆万"),
        (100500, "壹拾万零伍佰"),
    ],
)
def test_money_when_written_in_capitals_is_what_a_bank_reads(yuan: int, words: str) -> None:
    assert capitals(yuan * 100) == f"{words}元整"
