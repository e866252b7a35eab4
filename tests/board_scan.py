"""Which codes of the board a phone reads, from how far, how much to the side, in what light: the table in docs/board.md.

    python -m tests.board_scan            draws the boards, photographs them, writes the table

The boards are the gallery's, real windows of five formats; the camera is tests/phone_camera.py; the decoder (zxing-cpp) knows nothing of
the library that made the codes. Each cell of the table is several photographs: sharp and as a hand shakes, with different noise.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from math import hypot
from pathlib import Path

import zxingcpp
from PIL import Image

from kiosk.config import BoardSettings
from kiosk.domain.board_look import MM_AN_INCH
from tests.gallery.board_scenes import URL, WIFI
from tests.gallery.boards import FORMATS, walk_boards
from tests.phone_camera import Look, photograph

CODES = {"list": URL, "large": URL, "policy": URL, "services, with code": WIFI, "code": URL}
"""Pages with codes, and what each says."""
FAR = "code"
"""The page whose code is read from the chairs; all others are walked up to."""
DISTANCES, TILTS, BLURS, LIGHTS = (0.5, 1.0, 1.25, 1.5), (0, 15, 30, 45), (0.6, 1.2), (1.0, 0.5, 0.25)
"""Distances as parts of the one that the board is set for."""
MUST = {"distances": (0.5, 1.0), "tilts": (0, 15, 30)}
BEGIN, END = "<!-- scan matrix: python -m tests.board_scan -->", "<!-- end -->"
DOCUMENT = Path(__file__).parent.parent / "docs" / "board.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One page on one screen from one place: how many of the photographs were read. `share` is the distance in the board's own."""

    screen: str
    page: str
    share: float
    tilt: float
    light: float
    read: int
    of: int


def scan(screen: str, page: str, picture: Image.Image, distances: tuple[float, ...], tilts: tuple[float, ...]) -> Iterator[Read]:
    """Photograph a page from everywhere."""
    settings = BoardSettings(screen_inches=FORMATS[screen][2])
    px_per_mm = hypot(picture.width, picture.height) / (settings.screen_inches * MM_AN_INCH)
    meant = settings.reading_m if page == FAR else settings.scanning_m
    # one aims at the code
    found = zxingcpp.read_barcode(picture)
    assert found is not None, f"{screen}: {page} has no code"
    corner = found.position
    aimed = _around(picture, (corner.top_left.x + corner.bottom_right.x) // 2, (corner.top_left.y + corner.bottom_right.y) // 2)
    for share in distances:
        for tilt in tilts:
            for light in LIGHTS:
                looks = [Look(distance_m=meant * share, tilt=tilt, blur=blur, light=light) for blur in BLURS]
                texts = [zxingcpp.read_barcode(photograph(aimed, px_per_mm, look, seed)) for seed, look in enumerate(looks)]
                read = sum(text is not None and text.text == CODES[page] for text in texts)
                yield Read(screen=screen, page=page, share=share, tilt=tilt, light=light, read=read, of=len(looks))


def draw(screens: list[str], pages: list[str], work: Path) -> Iterator[tuple[str, str, Image.Image]]:
    """Let boards show these pages; give each with its picture."""
    for page in pages:
        for found in walk_boards(screens, work, work / "out", page):
            if found.state == f"board {page}":
                with Image.open(work / "out" / found.picture) as picture:
                    yield found.look, page, picture.convert("RGB")


def _around(picture: Image.Image, x: int, y: int) -> Image.Image:
    """Cut the largest part out of which the place is the middle."""
    width, height = min(x, picture.width - x), min(y, picture.height - y)
    return picture.crop((x - width, y - height, x + width, y + height))


def table(reads: list[Read]) -> str:
    """Write the reads as a table: a line a screen and page, a column a place, in each cell the dimmest light that was read in full."""
    places = [(share, tilt) for share in DISTANCES for tilt in TILTS]
    lines = ["| screen | page | " + " | ".join(f"{share:g} × {tilt}°" for share, tilt in places) + " |", "|---" * (len(places) + 2) + "|"]
    for screen, page in dict.fromkeys((r.screen, r.page) for r in reads):
        cells = []
        for share, tilt in places:
            here = [r for r in reads if (r.screen, r.page, r.share, r.tilt) == (screen, page, share, tilt)]
            # from the brightest down to the first that was not read
            whole = list(takewhile(lambda r: r.read == r.of, sorted(here, key=lambda r: -r.light)))
            cells.append(f"{whole[-1].light:.0%}" if whole else "–")
        lines.append(f"| {screen} | {page} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as name:
        drawn = draw(list(FORMATS), list(CODES), Path(name))
        reads = [read for screen, page, picture in drawn for read in scan(screen, page, picture, DISTANCES, TILTS)]
    text = DOCUMENT.read_text("utf-8")
    before, rest = text.split(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(reads)}\n{rest[rest.index(END) :]}", "utf-8")


if __name__ == "__main__":
    main()
