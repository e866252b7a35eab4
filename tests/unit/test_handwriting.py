"""The real recogniser on machine-written words, distorted as people write."""

import random

import pytest

from kiosk.devices.handwriting import CHOICES, OcrHandwriting, SimulatedHandwriting, open_handwriting
from kiosk.domain.ports import Handwriting
from tests.strokes import DISTORTIONS, paths, strokes_for


@pytest.fixture(scope="module")
def reader() -> OcrHandwriting:
    return open_handwriting()


@pytest.mark.parametrize("way", DISTORTIONS)
def test_handwriting_when_distorted_still_reads_the_character(reader: OcrHandwriting, way: str) -> None:
    rng = random.Random(5)
    characters = rng.sample(sorted(paths()), 30)
    wrong = [c for c in characters if c not in [r.text for r in reader.read(DISTORTIONS[way](strokes_for(c), rng))]]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("name", ["王秀兰", "李建国", "刘桂英", "陈志强"])
def test_handwriting_when_a_whole_name_stands_in_one_box_puts_it_first(reader: OcrHandwriting, name: str) -> None:
    readings = reader.read(strokes_for(name, (0, 0, 1240, 400)))
    assert readings[0].text == name
    assert 1 <= len(readings) <= CHOICES
    assert [r.score for r in readings] == sorted((r.score for r in readings), reverse=True)


@pytest.mark.parametrize("word", ["二", "八", "三", "川", "一一", "工一"])
def test_handwriting_when_a_word_is_low_and_the_hand_shakes_still_reads_it(reader: OcrHandwriting, word: str) -> None:
    rng = random.Random(2)
    shaken = [DISTORTIONS["jitter"](strokes_for(word), rng) for _ in range(5)]
    assert all(word in [r.text for r in reader.read(strokes)] for strokes in shaken)


@pytest.mark.parametrize("word", ["黄", "缝", "黄静", "蒋红川", "川"])
def test_handwriting_when_a_mark_or_an_old_form_looks_alike_reads_the_normative_characters(reader: OcrHandwriting, word: str) -> None:
    readings = reader.read(strokes_for(word))
    assert readings[0].text == word
    assert not {"黃", "縫", "靜", "蔣", "紅"} & set("".join(r.text for r in readings))


def test_handwriting_when_free_reads_digits_and_else_only_characters(reader: OcrHandwriting) -> None:
    one = [[(50.0, 10.0), (50.0, 200.0)], [(150.0, 10.0), (230.0, 12.0), (180.0, 200.0)]]
    assert "17" in [r.text for r in reader.read(one, free=True)]
    assert all(c < "0" or c > "9" for r in reader.read(one) for c in r.text)


@pytest.mark.parametrize(
    "strokes",
    [
        [],
        [[]],
        [[(5.0, 5.0)]],
        [[(10.0, 10.0), (12.0, 11.0)]],
        [[(random.Random(n).random() * 900, random.Random(n + 1).random() * 300) for n in range(200)]],
        [[(float(n % 900), float(n % 301)) for n in range(30_000)]],
    ],
    ids=["nothing", "no points", "a tap", "a dot", "a scribble", "a long scribble"],
)
def test_handwriting_when_there_is_no_word_gives_nothing(reader: OcrHandwriting, strokes: list[list[tuple[float, float]]]) -> None:
    assert reader.read(strokes) == []


def test_handwriting_when_one_stroke_is_a_word_reads_it(reader: OcrHandwriting) -> None:
    assert reader.read([[(0.0, 150.0), (300.0, 145.0)]])[0].text == "一"


def test_simulated_handwriting_when_asked_reads_what_it_was_told() -> None:
    simulated: Handwriting = SimulatedHandwriting("王秀兰", "王秀蓝")
    assert [r.text for r in simulated.read([[(0, 0), (9, 9)]])] == ["王秀兰", "王秀蓝"]
    assert simulated.read([]) == []
