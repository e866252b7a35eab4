"""Templates of the papers of a claim: tried before they go out, used by a real station, taken back to what the program came with."""

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from kiosk.county.console.roles import Role
from kiosk.services import claim_papers
from kiosk.services.assessment import assess
from kiosk.services.template import EXAMPLE
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.text import t
from tests.console.conftest import Console
from tests.integration.test_backup_sync import settle
from tests.station import ASSETS, TestStation, make_station

DAY = "2026-11-23"
PAGE = "/publish/papers"


def word(text: str) -> bytes:
    """Write a Word file of one line."""
    page, out = Document(), io.BytesIO()
    page.add_paragraph(text)
    page.save(out)
    return out.getvalue()


def sheet(text: str) -> bytes:
    """Write an Excel file of one cell."""
    book, out = Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(out)
    return out.getvalue()


def application(station: TestStation) -> str:
    """Make the papers; give the words of the application."""
    _, bundle = claim_papers.papers(station.here, station.head, ASSETS / "papers")
    with zipfile.ZipFile(io.BytesIO(bundle)) as found:
        name = next(n for n in found.namelist() if n.startswith("1_") and n.endswith(".docx"))
        page = Document(io.BytesIO(found.read(name)))
    return "\n".join(p.text for p in page.paragraphs)


@pytest.fixture
def station(tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch) -> TestStation:
    """Give an enrolled station that makes no PDF: it takes long, and is not what is tried here."""
    monkeypatch.setattr(claim_papers, "makes_pdf", lambda: False)
    made = make_station(tmp_path)
    exchange.enrol(made.store, HttpHub(console.hub.base), console.hub.code(), made.clock())
    return made


def test_template_when_the_county_sets_its_own_is_filled_until_it_is_taken_back(console: Console, station: TestStation) -> None:
    centre = console.signed_in()
    centre.open(PAGE)
    upload = {"file": ("申请表.docx", word("云梦县的申请表：{{ station }} {{ points }} 分"))}
    page = centre.send(f"{PAGE}/paper_application", upload, base="0", effective_on=DAY)
    assert t("console.publish.since", number=1, day=DAY) in page
    settle(station.store, console.hub)
    assert application(station).startswith("云梦县的申请表：义堂站")
    centre.open(f"{PAGE}/paper_application?number=1&filled=1")
    assert "84.5 分" in "\n".join(p.text for p in Document(io.BytesIO(centre.page.content)).paragraphs)
    centre.open(PAGE)
    centre.send("/publish/edition", None, kind="paper", id="paper_application", act="retire", number="0", base="1")
    assert centre.status == 200
    settle(station.store, console.hub)
    assert "云梦县的申请表" not in application(station)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("paper_application", word("{{ stattion }}"), "stattion"),
        ("paper_application", word("{{ station.__class__ }}"), ""),
        ("paper_application", b"MZ" + b"\0" * 100, t("bad.publish.paper_kind", kind="Word（.docx）")),
        ("paper_score", word("{{ station }}"), t("bad.publish.paper_kind", kind="Excel（.xlsx）")),
        ("paper_application", b"", t("bad.publish.paper_none")),
        ("paper_roster", sheet("{{ item.nmae }}"), "nmae"),
        ("paper_application", b"PK\x03\x04" + b"0" * 400_000, t("bad.publish.paper_large", most=300)),
    ],
)
def test_template_when_it_cannot_be_filled_goes_nowhere_and_says_why(console: Console, name: str, content: bytes, says: str) -> None:
    centre = console.signed_in()
    centre.open(PAGE)
    page = centre.send(f"{PAGE}/{name}", {"file": ("x.docx", content)}, base="0", effective_on=DAY)
    assert centre.status == 422
    assert says in page
    assert t("console.publish.paper_shipped") in page


def test_template_when_the_bureau_looks_may_be_taken_and_not_set(console: Console) -> None:
    bureau = console.signed_in(Role.BUREAU)
    bureau.open(f"{PAGE}/paper_score")
    assert bureau.page.content.startswith(b"PK")
    bureau.open(f"{PAGE}/paper_king")
    assert bureau.status == 404
    bureau.open(PAGE)
    bureau.send(f"{PAGE}/paper_score", {"file": ("x.xlsx", b"x")}, base="0", effective_on=DAY)
    assert bureau.status == 403


def test_example_when_compared_has_every_field_that_a_station_fills(station: TestStation) -> None:
    facts = claim_papers._facts(station.here, assess(station.here, station.head))
    assert EXAMPLE.keys() == facts.keys()
    assert EXAMPLE["items"][0].keys() == facts["items"][0].keys()
    assert EXAMPLE["areas"][0].keys() == facts["areas"][0].keys()
