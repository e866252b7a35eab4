"""The four papers as whoever opens them sees them: turned into PDF by LibreOffice and drawn by poppler, page by page."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msoffcrypto
import pytest
from openpyxl import load_workbook
from PIL import Image

from kiosk.domain.yearly import PaperSet
from kiosk.services import claims
from kiosk.services.claim_papers import papers
from kiosk.services.template import makes_pdf, to_pdf
from tests.county_year import StationYear
from tests.flows.test_assessment import a_picture
from tests.flows.test_claim_papers import TEMPLATES
from tests.station import STATION, TestStation, make_station

DECEMBER, JANUARY = datetime(2026, 12, 20, 2, tzinfo=UTC), datetime(2027, 1, 5, 2, tzinfo=UTC)
PLACEHOLDER = "评分细则是占位样本，以县里下发的为准"
INK, INKED = 128, 0.0005
"""How dark a dot of ink is, of 255, and how much of a page that is not blank is covered with it at least: a line or two of words."""
MARGIN = 10
"""Dots that stay free at each edge."""
PASSWORD = "laoli-2026-ok"

pytestmark = pytest.mark.skipif(not makes_pdf() or shutil.which("pdftoppm") is None, reason="LibreOffice or poppler is not here")


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStation]:
    """Give a station that had a whole year, on 5 January."""
    station = make_station(tmp_path_factory.mktemp("station"))
    with station.store.write() as u:
        for record in StationYear(STATION, DECEMBER, 7).all(40, 60, 50):
            u.put(record)
    station.clock.now = JANUARY
    shown = ("门口、大厅、里间各拍了一张，里间的灯后来换过，照片是换好以后拍的", ("服务区、发布区、洽谈区.jpg", a_picture()))
    claims.claim(station.here, station.head, "1.1", "3", *shown, year=2026)
    yield station
    station.store.close()


@pytest.fixture(scope="module")
def bundle(station: TestStation) -> dict[str, bytes]:
    """Give last year's papers by their names."""
    return unpacked(papers(station.here, station.head, TEMPLATES, year=2026)[1])


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


def pictures(pdf: bytes, folder: Path) -> list[Image.Image]:
    """Draw each page, with 60 dots an inch."""
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "60", "-png", "paper.pdf", "page"], cwd=folder, check=True, timeout=60)
    return [Image.open(path).convert("L") for path in sorted(folder.glob("page*.png"))]


def text(pdf: bytes) -> str:
    """Give a PDF's words without the ends of its lines."""
    words = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True, timeout=60).stdout.decode()
    return "".join(words.split())


def is_drawn(pages: list[Image.Image], most: int) -> None:
    """Look at pages: some, not too many, none of them blank, and nothing that runs out at an edge."""
    assert 1 <= len(pages) <= most
    for page in pages:
        dark = page.point(lambda dot: 255 if dot < INK else 0)
        assert dark.histogram()[255] > INKED * page.width * page.height
        left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
        assert min(left, top, page.width - right, page.height - bottom) > MARGIN


@pytest.mark.parametrize(("number", "upright", "most"), [(1, True, 2), (2, False, 12), (3, False, 3), (4, True, 5)])
def test_paper_when_opened_shows_its_pages_whose_it_is_and_what_it_comes_to(
    number: int, upright: bool, most: int, station: TestStation, bundle: dict[str, bytes], tmp_path: Path
) -> None:
    (pdf,) = (content for name, content in bundle.items() if name.startswith(f"{number}_") and name.endswith(".pdf"))
    pages = pictures(pdf, tmp_path)
    is_drawn(pages, most)
    assert all((page.height > page.width) is upright for page in pages)
    words = text(pdf)
    assert PLACEHOLDER in words
    assert "义堂站" in words
    with station.store.read() as u:
        (told,) = u.list(PaperSet)
    if number == 2:
        assert "2026-01-01到2026-12-31" in words
    else:
        assert "2026年" in words
        assert f"{told.points}分" in words
        assert told.grade in words
    assert "{{" not in words
    assert "{%" not in words


def test_papers_when_given_are_each_there_as_office_file_and_as_pdf(bundle: dict[str, bytes]) -> None:
    ends = sorted(f"{name[0]}.{name.rsplit('.', 1)[1]}" for name in bundle if name[0] in "1234")
    assert ends == ["1.docx", "1.pdf", "2.pdf", "2.xlsx", "3.pdf", "3.xlsx", "4.docx", "4.pdf"]


@pytest.mark.long
def test_records_behind_the_numbers_when_opened_are_pages_that_can_be_read(bundle: dict[str, bytes], tmp_path: Path) -> None:
    content = bundle["证据/系统记录.xlsx"]
    (pdf,) = to_pdf({"记录.xlsx": content}).values()
    sheets = len(load_workbook(io.BytesIO(content)).sheetnames)
    pages = pictures(pdf, tmp_path)
    assert sheets <= len(pages)
    is_drawn(pages, 60)
    words = text(pdf)
    assert words.count(PLACEHOLDER) == sheets
    assert "义堂站2026年求职登记：" in words


@pytest.mark.long
def test_roster_when_it_is_the_whole_one_is_locked_and_its_pdf_tells_no_name(station: TestStation, tmp_path: Path) -> None:
    found = unpacked(papers(station.here, station.head, TEMPLATES, PASSWORD, 2026)[1])
    (pdf,), (xlsx,) = ([c for name, c in found.items() if name.startswith("2_") and name.endswith(end)] for end in (".pdf", ".xlsx"))
    box, out = msoffcrypto.OfficeFile(io.BytesIO(xlsx)), io.BytesIO()
    box.load_key(password=PASSWORD, verify_password=True)
    box.decrypt(out)
    sheet = load_workbook(io.BytesIO(out.getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    words = text(pdf)
    assert len(rows) > 20
    assert not any(str(row[3]) in words for row in rows if row[3])
    is_drawn(pictures(pdf, tmp_path), 12)
