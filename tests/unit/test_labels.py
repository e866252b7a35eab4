"""QR codes on paper, read by a decoder that is not their maker, from the drawn slip at 203 dots an inch: as printed and after a hard life.

What was counted stands in docs/printing.md; `--long` writes it there.
"""

import pytest
import zxingcpp
from PIL import Image

from kiosk.devices.escpos_printer import encode
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_58, PAPER_80, Profile
from kiosk.domain.slip import Code, Slip
from tests.doc_tables import read_tables, write_table
from tests.fault_matrix import EVERY_SLIP
from tests.paper_damage import DAMAGES, Box, module_of

PAPERS = {"80 mm": PAPER_80, "58 mm": PAPER_58}
CODED = {name: slip for name, slip in EVERY_SLIP.items() if any(isinstance(block, Code) for block in slip.blocks)}
HEAD = ("The slip is", *(f"read from {paper}" for paper in PAPERS))
QUIET_MODULES = 4


def drawn(slip: Slip, profile: Profile) -> Image.Image:
    machine = SimulatedPrinter(dots=profile.dots)
    machine.receive(encode(slip, profile))
    return machine.pieces[0].image.convert("L")


def read(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcode(image)
    return found.text if found else None


def code_box(paper: Image.Image) -> Box:
    """Give the code's place on the plain paper, to the dot."""
    found = zxingcpp.read_barcode(paper)
    assert found is not None
    corners = [getattr(found.position, name) for name in ("top_left", "top_right", "bottom_left", "bottom_right")]
    near = (min(c.x for c in corners) - 6, min(c.y for c in corners) - 6, max(c.x for c in corners) + 6, max(c.y for c in corners) + 6)
    left, top, right, bottom = paper.crop(near).point(lambda v: 255 - v).getbbox() or (0, 0, 0, 0)
    return near[0] + left, near[1] + top, near[0] + right, near[1] + bottom


def text_of(slip: Slip) -> str:
    return next(block.text for block in slip.blocks if isinstance(block, Code))


def count_read(slips: dict[str, Slip]) -> dict[str, dict[str, list[str]]]:
    """Give by damage and paper the slips whose code was not read."""
    unread: dict[str, dict[str, list[str]]] = {name: {paper: [] for paper in PAPERS} for name in DAMAGES}
    for paper, profile in PAPERS.items():
        for name, slip in slips.items():
            image = drawn(slip, profile)
            box = code_box(image)
            for damage, hurt in DAMAGES.items():
                if read(hurt(image, box)) != text_of(slip):
                    unread[damage][paper].append(name)
    return unread


def test_code_when_its_slip_had_a_hard_life_is_read_all_the_same() -> None:
    unread = count_read({name: CODED[name] for name in ("registration", "card")})
    assert {damage: by_paper for damage, by_paper in unread.items() if any(by_paper.values())} == {}


@pytest.mark.long
def test_code_of_every_slip_when_it_had_a_hard_life_is_read_all_the_same() -> None:
    unread = count_read(CODED)
    rows = [(damage, *(f"{len(CODED) - len(unread[damage][paper])} of {len(CODED)}" for paper in PAPERS)) for damage in DAMAGES]
    write_table("labels", [[HEAD, *rows]])
    assert {damage: by_paper for damage, by_paper in unread.items() if any(by_paper.values())} == {}


def test_document_when_held_against_what_is_tried_has_the_same_damages_and_all_codes_read() -> None:
    (table,) = read_tables("labels")
    assert table[0] == HEAD
    assert [row[0] for row in table[1:]] == list(DAMAGES)
    assert {cell for row in table[1:] for cell in row[1:]} == {f"{len(CODED)} of {len(CODED)}"}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", CODED)
def test_code_when_printed_stands_in_its_quiet_zone(name: str, paper: str) -> None:
    image = drawn(CODED[name], PAPERS[paper])
    left, top, right, bottom = code_box(image)
    quiet = QUIET_MODULES * module_of(image, (left, top, right, bottom))
    around = image.crop((left - quiet, top - quiet, right + quiet, bottom + quiet))
    around.paste(255, (quiet, quiet, quiet + right - left, quiet + bottom - top))
    assert around.getextrema() == (255, 255)
