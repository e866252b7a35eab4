"""The real pinyin engine: what it offers, and that it keeps nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.characters import readings
from kiosk.devices.pinyin import SHARED, RimePinyin, SimulatedPinyin, open_pinyin
from kiosk.domain.ports import Pinyin
from tests.rime import held


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rime")
    subprocess.run([sys.executable, "-m", "kiosk.devices.pinyin", str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def pinyin(folder: Path) -> RimePinyin:
    return open_pinyin(SHARED, folder)


@pytest.mark.parametrize(("letters", "word"), [("wang", "王"), ("xiu", "秀"), ("lan", "兰"), ("baojie", "保洁"), ("zhuangxie", "装卸")])
def test_pinyin_when_spelled_offers_the_word(pinyin: RimePinyin, letters: str, word: str) -> None:
    assert word in pinyin.candidates(letters, 60)


@pytest.mark.parametrize("letters", ["", "1", "王", "wang1", "-", "x" * 200])
def test_pinyin_when_it_is_not_pinyin_offers_no_letters_and_no_error(pinyin: RimePinyin, letters: str) -> None:
    assert all(not w.isascii() for w in pinyin.candidates(letters))


def test_pinyin_when_asked_again_and_again_keeps_order_and_writes_nothing(pinyin: RimePinyin, folder: Path) -> None:
    before, files = pinyin.candidates("xiulan", 20), sorted(p.name for p in folder.rglob("*"))
    for _ in range(50):
        pinyin.candidates("xiulan", 20)
    assert pinyin.candidates("xiulan", 20) == before
    assert sorted(p.name for p in folder.rglob("*")) == files
    assert not list(folder.rglob("*.userdb*"))


@pytest.mark.parametrize("letters", ["xiulan", "vvv", "iq", "zzzz", "x" * 20])
def test_pinyin_when_asked_holds_nothing_that_was_typed(pinyin: RimePinyin, letters: str) -> None:
    pinyin.candidates(letters)
    pinyin.candidates(letters, 1)
    assert held(pinyin) == []


@pytest.mark.parametrize("strokes", ["一丨丿", "丶" * 40, "乛丶乛丶乛丶乛丶"])
def test_strokes_when_asked_holds_nothing_that_was_typed(pinyin: RimePinyin, strokes: str) -> None:
    pinyin.by_strokes(strokes)
    pinyin.by_strokes(strokes, 1)
    assert held(pinyin) == []


def test_pinyin_when_any_character_of_the_table_is_spelled_offers_it(pinyin: RimePinyin) -> None:
    missing = [character for character, reading in readings().items() if character not in pinyin.candidates(reading)]
    assert missing == []


def test_pinyin_when_a_syllable_is_spelled_offers_the_usual_ones_first(pinyin: RimePinyin) -> None:
    offered = pinyin.candidates("yan")
    assert "严" in offered[:12]
    assert offered.index("严") < offered.index("䶮")
    assert len(offered) == len(set(offered))


@pytest.mark.parametrize(
    ("strokes", "character"), [("一一丨一", "王"), ("丿一丨丿丶", "禾"), ("丿一丨丿丶乛丿", "秀"), ("丶丿一一一", "兰"), ("一", "一")]
)
def test_strokes_when_a_character_is_whole_offers_it_first(pinyin: RimePinyin, strokes: str, character: str) -> None:
    assert pinyin.by_strokes(strokes)[0] == character


def test_strokes_when_a_character_is_begun_offers_what_it_may_become(pinyin: RimePinyin) -> None:
    assert {"秀", "和", "季", "私"} <= set(pinyin.by_strokes("丿一丨丿丶"))


@pytest.mark.parametrize("strokes", ["", "x", "王", "一x", "hs"])
def test_strokes_when_they_are_none_offers_nothing(pinyin: RimePinyin, strokes: str) -> None:
    assert pinyin.by_strokes(strokes) == []


def test_simulated_pinyin_when_asked_gives_its_table() -> None:
    simulated: Pinyin = SimulatedPinyin({"wang": ["王", "汪"]})
    assert simulated.candidates("wang", 1) == ["王"]
