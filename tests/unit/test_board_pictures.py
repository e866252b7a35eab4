"""The station's own pictures: scaled once, whatever lies in the folder."""

import os
from pathlib import Path

import pytest
from PIL import Image

from kiosk.screens.board.pictures import MOST_PIXELS, Pictures


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    (tmp_path / "in").mkdir()
    return Pictures(tmp_path / "in", tmp_path / "run", 640, 360)


def _put(folder: Path, name: str, size: tuple[int, int] = (1600, 1200), *, mode: str = "RGB") -> Path:
    path = folder / "in" / name
    Image.new(mode, size, 0).save(path)
    return path


def test_pictures_when_there_are_some_are_scaled_to_the_screen_in_their_order(pictures: Pictures, tmp_path: Path) -> None:
    _put(tmp_path, "b.png", mode="RGBA")
    _put(tmp_path, "a.JPG", (300, 200))
    _put(tmp_path, "c.jpeg", (200, 3000), mode="L")
    sizes = [_size(path) for path in pictures.look()]
    assert sizes == [(300, 200), (480, 360), (24, 360)]


def test_pictures_when_one_is_taken_on_its_side_stands_upright(pictures: Pictures, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200)).save(tmp_path / "in" / "side.jpg", exif=exif)
    (ready,) = pictures.look()
    assert _size(ready) == (180, 360)


def test_pictures_when_nothing_changed_scales_nothing_again(pictures: Pictures, tmp_path: Path) -> None:
    source = _put(tmp_path, "a.jpg")
    (ready,) = pictures.look()
    stamp = ready.stat().st_mtime_ns
    assert pictures.look() == (ready,)
    assert ready.stat().st_mtime_ns == stamp
    Image.new("RGB", (100, 100)).save(source)
    os.utime(source, (1, 1))
    (other,) = pictures.look()
    assert other != ready
    source.unlink()
    assert pictures.look() == ()


def test_pictures_when_there_are_more_than_a_look_can_scale_take_the_rest_with_the_next(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        _put(tmp_path, name, (40, 30))
    ticks = iter(range(0, 1000, 5))
    pictures = Pictures(tmp_path / "in", tmp_path / "run", 640, 360, lambda: float(next(ticks)))
    assert [len(pictures.look()) for _ in range(4)] == [1, 2, 3, 3]


def test_pictures_when_what_was_scaled_is_swept_away_scales_it_anew(pictures: Pictures, tmp_path: Path) -> None:
    _put(tmp_path, "a.jpg")
    (ready,) = pictures.look()
    ready.unlink()
    assert pictures.look() == (ready,)
    assert ready.exists()


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0" + b"\0" * 100, b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_pictures_when_a_file_is_none_leaves_it_out(pictures: Pictures, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in" / "bad.jpg").write_bytes(content)
    good = _put(tmp_path, "good.png")
    assert len(pictures.look()) == 1
    good.unlink()
    assert pictures.look() == ()


def test_pictures_when_one_would_not_fit_into_memory_leaves_it_out(pictures: Pictures, tmp_path: Path) -> None:
    side = int(MOST_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(tmp_path / "in" / "huge.png")
    assert pictures.look() == ()


def test_pictures_when_there_is_no_folder_are_none(tmp_path: Path) -> None:
    assert Pictures(tmp_path / "none", tmp_path / "run", 640, 360).look() == ()
    (tmp_path / "file").write_text("")
    assert Pictures(tmp_path / "file", tmp_path / "run", 640, 360).look() == ()
