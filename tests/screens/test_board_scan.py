"""A phone reads the board's codes from where people stand and sit, a little to the side, with a shaking hand, in bad light."""

from pathlib import Path

import pytest

from tests.board_scan import CODES, FAR, MUST, draw, scan
from tests.gallery.boards import FORMATS


def _unread(screens: list[str], pages: list[str], work: Path) -> list[str]:
    reads = [r for drawn in draw(screens, pages, work) for r in scan(*drawn, MUST["distances"], MUST["tilts"])]
    assert len(reads) == len(screens) * len(pages) * len(MUST["distances"]) * len(MUST["tilts"]) * 3
    return [str(r) for r in reads if r.read < r.of]


def test_code_when_seen_from_its_distance_is_read(tmp_path: Path) -> None:
    assert _unread(["board-1080"], ["list", FAR], tmp_path) == []


@pytest.mark.long
def test_code_when_seen_on_any_screen_is_read(tmp_path: Path) -> None:
    assert _unread(list(FORMATS), list(CODES), tmp_path) == []
