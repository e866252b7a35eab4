"""The one panel for every text, touched: a stroke is taken back, a character is added and dropped."""

import time
from typing import Any

from kiosk.domain.privacy import NAME_MAX
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.conftest import Start
from tests.screens.real import StartReal, looks, no_way_on
from tests.screens.xtest import Kiosk


def _strokes(seen: dict[str, Any]) -> int:
    return sum(one["strokes"] for one in seen["things"] if one["kind"] == "writing")


def _chosen(seen: dict[str, Any]) -> list[str]:
    return [one["text"] for one in seen["things"] if one["kind"] == "text" and (one["button"] or {}).get("chosen")]


def _written(kiosk: Kiosk, text: str) -> None:
    kiosk.wait(lambda seen: _chosen(seen) == [text], text)


def test_panel_when_strokes_are_taken_back_reads_what_is_left_and_in_the_end_nothing(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "name")
    kiosk.write_words("二")
    _written(kiosk, "二")
    assert _strokes(kiosk.view()) == 2
    kiosk.tap(t("text.undo"))
    _written(kiosk, "一")
    assert _strokes(kiosk.view()) == 1
    kiosk.tap(t("text.undo"))
    kiosk.wait(lambda seen: not _strokes(seen) and not _chosen(seen) and no_way_on(seen), "nothing written, nothing chosen")


def test_panel_when_a_character_is_added_and_another_dropped_holds_the_rest(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "name")
    kiosk.write_words("王秀")
    _written(kiosk, "王秀")
    kiosk.tap(t("text.fix"))
    kiosk.tap(t("text.write_on"))
    kiosk.wait(lambda seen: _strokes(seen) == 0, "an empty box")
    kiosk.write_words("兰")
    _written(kiosk, "王秀兰")
    kiosk.tap(t("text.fix"))
    kiosk.tap("秀")
    kiosk.tap(t("text.drop", character="秀"))
    _written(kiosk, "王兰")
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    kiosk.tap(t("dock.back"))
    _written(kiosk, "王兰")


def test_panel_when_a_name_of_25_characters_is_spelled_holds_it_whole(start_real: StartReal, lying: Screen) -> None:
    part = "阿布独立"
    name = f"{part}·{part * 5}"
    kiosk = start_real(lying, "name")
    kiosk.tap(t("text.how_button"))
    kiosk.tap(t("text.pinyin"))
    keys = {letter: kiosk.place(letter) for letter in "abduli"}
    for n in range(6):
        for letter in "abuduli":
            lying.tap(keys[letter], hold_s=0.03)
            time.sleep(0.05)
        kiosk.tap(part)
        if n == 0:
            kiosk.tap(t("text.how_button"))
            kiosk.tap(t("text.dot"))
    kiosk.wait_text(name)
    assert len(name) == NAME_MAX
    assert looks(kiosk) == []
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    kiosk.tap(t("dock.back"))
    kiosk.wait_text(name)
