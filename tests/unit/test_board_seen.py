"""The board as others see it: its pictures, its last word, and the sentence of a snapshot. A clock in the test's hand, no screen."""

import io
import json
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.__main__ import main
from kiosk.config import VERSION
from kiosk.domain.board_seen import BoardSeen, age_in
from kiosk.domain.record import to_plain
from kiosk.errors import BadInput
from kiosk.screens.board.jpeg import SMALL_BYTES, encode
from kiosk.services import board_seen
from kiosk.text import t
from tests.station import START

SEEN = BoardSeen(alive_at=START, state="listings", kind="list", page=2, pages=7, numbers=(17, 23), turn=40, data_age_s=130.0)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((1280, 720), (640, 360), (320, 180)),
        ((1366, 768), (683, 384), (320, 180)),
        ((1920, 1080), (960, 540), (320, 180)),
        ((1080, 1920), (540, 960), (320, 569)),
        ((3840, 2160), (960, 540), (320, 180)),
        ((2560, 1440), (854, 480), (320, 180)),
        ((640, 480), (320, 240), (320, 240)),
    ],
)
def test_pictures_when_made_of_a_frame_have_the_sizes_that_were_promised(
    size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    both = encode(bytes(3) * size[0] * size[1], size)
    assert [opened(one).size for one in both] == [large, small]
    assert {opened(one).format for one in both} == {"JPEG"}


def test_pictures_when_made_stand_upright_in_their_colours() -> None:
    # OpenGL gives the lowest row first
    low, high = bytes((200, 0, 0)) * 640 * 240, bytes((0, 0, 200)) * 640 * 240
    for one in encode(low + high, (640, 480)):
        image = opened(one).convert("RGB")
        top, bottom = (image.getpixel((image.width // 2, y)) for y in (10, image.height - 10))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[2] > 150 > 50 > top[0]
        assert bottom[0] > 150 > 50 > bottom[2]


def test_small_picture_when_nothing_in_it_is_alike_is_still_small() -> None:
    noise = Image.effect_noise((1080, 1920), 120).convert("RGB").tobytes()
    _, small = encode(noise, (1080, 1920))
    assert len(small) <= SMALL_BYTES


def stand(run: Path, seen: BoardSeen = SEEN, picture: bool = True) -> None:
    run.mkdir(exist_ok=True)
    (run / "board.json").write_text(json.dumps(to_plain(seen) | {"fading": False}))
    if picture:
        (run / "board.jpg").write_bytes(encode(bytes(3) * 640 * 480, (640, 480))[0])


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("板.png", "PNG")])
def test_snapshot_when_the_board_lives_is_written_and_says_what_stands(tmp_path: Path, name: str, kind: str) -> None:
    stand(tmp_path)
    file = tmp_path / "pictures" / name
    file.parent.mkdir()
    said = board_seen.snapshot(tmp_path, file, START + timedelta(seconds=5))
    assert said == f"大屏亮着：一页用工，第 2 页，共 7 页，上面是 17、23 号，数据是 2 分钟前更新的。照片存好了：{file}"
    assert opened(file.read_bytes()).format == kind
    assert [one.name for one in file.parent.iterdir()] == [name]


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (BoardSeen(alive_at=START, state="sheet", kind="safety"), t("snapshot.kind.safety")),
        (BoardSeen(alive_at=START, state="empty"), t("snapshot.state.empty")),
        (BoardSeen(alive_at=START, state="trouble"), t("snapshot.state.trouble")),
        (BoardSeen(alive_at=START, state="listings", kind="from_the_future"), "大屏亮着"),
    ],
)
def test_snapshot_when_the_board_shows_something_else_says_that(tmp_path: Path, seen: BoardSeen, words: str) -> None:
    stand(tmp_path, seen)
    said = board_seen.snapshot(tmp_path, tmp_path / "x.png", START)
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "after_s", "picture", "key"),
    [
        ("a.gif", 0, True, "snapshot.no_picture_name"),
        ("a", 0, True, "snapshot.no_picture_name"),
        ("a.jpg", 16, True, "snapshot.stopped"),
        ("a.jpg", -16, True, "snapshot.stopped"),
        ("a.jpg", 0, False, "snapshot.no_picture"),
        ("none/a.jpg", 0, True, "snapshot.not_written"),
        ("board.jpg/a.jpg", 0, True, "snapshot.not_written"),
    ],
)
def test_snapshot_when_it_cannot_be_had_says_why_and_leaves_nothing(
    tmp_path: Path, name: str, after_s: int, picture: bool, key: str
) -> None:
    stand(tmp_path, picture=picture)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadInput) as caught:
        board_seen.snapshot(tmp_path, tmp_path / name, START + timedelta(seconds=after_s))
    assert caught.value.key == key
    assert t(caught.value.key, **caught.value.words)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"alive_at": 3}', "\ufffd"])
def test_board_when_its_last_word_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "board.json").write_text(text)
    assert board_seen.look(tmp_path) is None


def test_command_when_no_board_ever_ran_says_so_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "board", "--snapshot", str(tmp_path / "a.jpg")]) == 1
    heard = capsys.readouterr()
    assert (heard.out, heard.err.strip()) == ("", t("snapshot.never"))


@given(st.floats(-1e9, 1e9))
def test_age_when_said_is_never_more_than_it_is_and_in_its_largest_unit(seconds: float) -> None:
    unit, count = age_in(seconds)
    length = {"days": 86_400, "hours": 3600, "minutes": 60}[unit]
    assert 0 <= count * length <= max(0.0, seconds)
    assert seconds < (count + 1) * length


def test_version_when_told_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION
