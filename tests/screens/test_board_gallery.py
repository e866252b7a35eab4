"""Every kind of page of the board, in every format: nothing cut, crossing, faint or too small to read; every code says what it should.

The table is tests/gallery/board_scenes.py; `python -m tests.gallery DIR --boards` leaves the pictures.
"""

from pathlib import Path

import pytest

from kiosk.domain.programme import PageKind
from kiosk.screens.board.scene import State
from tests.gallery.board_scenes import pictures, scenes
from tests.gallery.boards import FORMATS, SHORT, walk_boards
from tests.gallery.run import Finding


def _wrong(found: list[Finding]) -> list[str]:
    return [f"{one.look}: {one.state}: {text}" for one in found for text in one.wrong]


def test_gallery_when_a_kind_of_page_is_known_shows_it(tmp_path: Path) -> None:
    shown = [one.scene for one in scenes(6, *pictures(tmp_path))]
    assert {scene.kind for scene in shown} == set(PageKind)
    assert {scene.state for scene in shown} == set(State)


@pytest.mark.parametrize("name", SHORT)
def test_board_when_anything_is_shown_is_whole(name: str, tmp_path: Path) -> None:
    assert _wrong(walk_boards([name], tmp_path)) == []


@pytest.mark.long
@pytest.mark.parametrize("name", list(FORMATS))
def test_board_when_played_again_and_again_is_whole_and_does_not_grow(name: str, tmp_path: Path) -> None:
    assert _wrong(walk_boards([name], tmp_path, replay=True)) == []
