"""The parts of the screens that need no screen: line breaking, the visit, the worker lanes, faces, icons and words in use."""

import queue
import re
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.alive import tell
from kiosk.domain.codes import Trade
from kiosk.errors import BadInput, ConfigError, PrinterAbsent, StoreBusy, WrongKey
from kiosk.screens import fonts, problems
from kiosk.screens.lanes import Lanes
from kiosk.screens.theme import TRADE_ICONS, Theme
from kiosk.screens.visit import Visit
from kiosk.screens.widgets.wrap import wrap
from kiosk.text import t, words
from tests.screens import looks

SCREENS = Path(__file__).parents[2] / "kiosk" / "screens"


def ten(text: str) -> float:
    """Measure as a face of 10 px does: Latin half as wide."""
    return sum(10 if c >= "\u2e80" or c in "·…" else 5 for c in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("不交押金", 100, ["不交押金"]),
        ("今天 128 个活，工钱看得清", 60, ["今天", "128 个活，", "工钱看得清"]),
        ("不交押金，不押身份证。", 40, ["不交押", "金，不押", "身份证。"]),
        ("约 7 公里", 30, ["约", "7 公里"]),
        ("推荐哪个活，先问您，您同意了才给用工方。", 180, ["推荐哪个活，先问您，您同意了才给", "用工方。"]),
        ("叫（张伟）来", 25, ["叫", "（张", "伟）", "来"]),
        ("每天 12 元/小时", 50, ["每天 12 元", "/小时"]),
        ("服务部 ・ 199 0000 1006", 90, ["服务部 ・", "199 0000 1006"]),
        ("到 11-26 23:55 了", 60, ["到", "11-26 23:55", "了"]),
        ("一\n二", 100, ["一", "二"]),
        ("abcdefgh", 20, ["abcd", "efgh"]),
        ("", 100, [""]),
    ],
)
def test_wrap_when_text_is_long_breaks_as_chinese_does(text: str, width: float, lines: list[str]) -> None:
    assert wrap(text, width, ten) == lines


def test_wrap_when_broken_loses_no_character_and_keeps_to_the_width() -> None:
    text = "搬 25 公斤以内的箱子，上下货车。要求能吃苦，穿平底鞋（自备）；11月25日起，约 10 天。" * 3
    for width in range(40, 300, 7):
        lines = wrap(text, width, ten)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert max(ten(line) for line in lines) <= width
        assert not [line for line in lines if line[0] in "，。；）"]


def test_wrap_when_lines_are_limited_ends_in_an_ellipsis_within_the_width() -> None:
    lines = wrap("云梦县汉十物流有限公司装卸队", 60, ten, 1)
    assert lines == ["云梦县汉十…"]


def test_visit_when_the_next_person_comes_keeps_nothing() -> None:
    moves: list[str] = []
    visit = Visit(lambda: moves.append(visit.place.page))
    visit.go("consent")
    visit.registration.name = "王秀兰"
    visit.posting["title"] = "装卸工"
    visit.large = True
    assert visit.has_entered
    visit.next_person()
    assert visit.at_rest
    assert "王秀兰" not in repr(vars(visit))
    assert moves == ["consent", "home"]


@pytest.mark.parametrize("way", ["home", "back"])
def test_visit_when_one_is_home_again_knows_nobody(way: str) -> None:
    visit = Visit(lambda: None)
    visit.large = True
    visit.go("consent")
    visit.registration.name, visit.registration.listing_id = "王秀兰", "1"
    visit.change.phone, visit.posting["title"], visit.worker_id, visit.reports = "19900009876", "装卸工", "w", {"1": "2"}
    getattr(visit, way)()
    assert not visit.has_entered
    assert visit.large
    assert "王秀兰" not in repr(vars(visit))
    visit.large = False
    assert visit.at_rest


def test_visit_when_only_a_job_is_wanted_knows_nothing_of_him() -> None:
    visit = Visit(lambda: None)
    visit.registration.listing_id = "1"
    assert not visit.has_entered
    visit.registration.consented_at = datetime(2026, 11, 23, tzinfo=UTC)
    assert visit.is_filling_in


def test_visit_when_one_goes_on_is_still_the_same() -> None:
    visit = Visit(lambda: None)
    visit.go("apply")
    visit.worker_id = "w"
    visit.go_on("jobs")
    assert ([place.page for place in visit.stack], visit.worker_id) == (["home", "jobs"], "w")


def test_visit_when_staff_fill_it_in_ends_with_them_and_keeps_nothing_of_the_other() -> None:
    visit = Visit(lambda: None)
    visit.session, visit.registration.name = "李芳", "刘婷"
    visit.fill_in_for("consent")
    assert (visit.place.page, visit.on_behalf, visit.registration.name) == ("consent", True, "")
    visit.registration.name, visit.worker_id, visit.touched = "王秀兰", "w", True
    visit.end()
    assert (visit.place.page, visit.on_behalf, visit.session, visit.has_entered) == ("today", False, "李芳", False)
    assert "王秀兰" not in repr(vars(visit))
    visit.end()
    assert visit.at_rest


def test_visit_when_going_back_finds_the_places_in_order() -> None:
    visit = Visit(lambda: None)
    visit.go("jobs", trade="loading")
    visit.go("detail", listing_id="1")
    visit.go("consent")
    visit.replace("name")
    visit.back()
    assert (visit.place.page, visit.place.args) == ("detail", {"listing_id": "1"})
    visit.back_to("jobs")
    assert visit.place.args == {"trade": "loading"}
    visit.back_to("search")
    assert visit.place.page == "search"
    for _ in range(9):
        visit.back()
    assert visit.place.page == "home"


def test_registration_when_shown_in_a_log_hides_phone_and_strokes() -> None:
    visit = Visit(lambda: None)
    visit.registration.phone = "13812345678"
    assert "138" not in repr(visit.registration)


def test_lanes_when_one_is_slow_do_not_wait_for_each_other() -> None:
    delivered: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    lanes, gate = Lanes(delivered.put), threading.Event()
    seen: list[object] = []
    lanes.ask(lambda: gate.wait(5), lambda _: seen.append("slow"), lambda _: None, "hand")
    lanes.ask(lambda: 2, lambda n: seen.append(n), lambda _: None)
    delivered.get(timeout=5)()
    assert seen == [2]
    gate.set()
    delivered.get(timeout=5)()
    assert seen == [2, "slow"]
    lanes.close()


def test_lanes_when_a_call_fails_deliver_the_error_and_go_on() -> None:
    delivered: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    lanes = Lanes(delivered.put)
    errors: list[Exception] = []
    seen: list[int] = []

    def fail() -> None:
        raise StoreBusy("locked")

    lanes.ask(fail, lambda _: None, errors.append)
    lanes.ask(lambda: 1, seen.append, errors.append)
    delivered.get(timeout=5)()
    delivered.get(timeout=5)()
    assert [type(error) for error in errors] == [StoreBusy]
    assert seen == [1]
    lanes.close()


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (StoreBusy("x"), "problem.busy"),
        (PrinterAbsent("tcp://10.0.0.9"), "problem.printer"),
        (ValueError("王秀兰"), "problem.any"),
        (BadInput("name", "bad.name.short"), "bad.name.short"),
    ],
)
def test_sentence_when_something_fails_is_calm_and_tells_nothing_technical(error: Exception, key: str) -> None:
    assert problems.sentence(error) == t(key)
    assert problems.fault_key(WrongKey("station.key")) == "fault.key"
    assert "工作人员" not in problems.sentence(error, staff=True)


def test_fonts_when_the_collection_is_missing_say_which_package(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="fonts-noto-cjk"):
        fonts.extract(tmp_path, tmp_path)
    assert not list(tmp_path.glob("*.otf"))


def test_fonts_when_extracted_have_chinese_forms_and_every_rare_name_character(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    fonts.extract(tmp_path)
    for name in (fonts.REGULAR, fonts.BOLD):
        with TTFont(tmp_path / name, lazy=True) as face:
            assert "SC" in face["name"].getDebugName(4)
            with TTFont(
                fonts.SOURCE / f"NotoSansCJK-{name.split('-')[1].removesuffix('.otf')}.ttc", fontNumber=fonts.SC_FACE, lazy=True
            ) as whole:
                assert set(face.getBestCmap()) == set(whole.getBestCmap()) >= {ord(c) for c in "𬬻㛃〇·龘"}


def test_icons_when_named_in_a_page_exist(tmp_path: Path) -> None:
    fonts.extract(tmp_path)
    known = fonts.known_icons(tmp_path)
    used = set(TRADE_ICONS.values())
    for path in [*SCREENS.rglob("*.kv"), *SCREENS.rglob("*.py")]:
        used |= set(re.findall(r"\bicon[:=] ?['\"]([a-z0-9-]+)['\"]", path.read_text("utf-8")))
    assert len(used) > 30
    assert used - known == set()


def test_words_when_named_in_a_page_exist() -> None:
    missing: set[str] = set()
    for path in [*SCREENS.rglob("*.kv"), *(p for p in SCREENS.rglob("*.py") if p.name != "__init__.py")]:
        for key in re.findall(r"\bt\(['\"]([a-z0-9_.]+)['\"]", path.read_text("utf-8")):
            missing |= {f"{path.name}: {key}"} if key not in words() else set()
    assert missing == set()


def test_theme_when_letters_are_large_multiplies_type_and_not_the_grid() -> None:
    theme = Theme()
    theme.fit(1280, 720, True)
    assert (theme.px(48), theme.fs(32), theme.upright) == (32, 32, False)
    theme.fit(1080, 1920, False)
    assert (theme.px(48), theme.fs(32), theme.upright) == (48, 32, True)
    assert set(Trade) == set(TRADE_ICONS)


def test_visit_when_a_session_or_large_letters_are_left_is_not_at_rest() -> None:
    visit = Visit(lambda: None)
    assert visit.at_rest
    visit.registration.consented_at = datetime(2026, 11, 23, tzinfo=UTC)
    assert not visit.at_rest


def test_tell_when_a_manager_listens_reaches_it_and_is_silent_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell("WATCHDOG=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"
    tell("WATCHDOG=1")


def test_looks_when_words_that_instruct_are_faint_says_so() -> None:
    def faint(color: list[float], opacity: float, text: str = "点一下想干的活") -> list[str]:
        button = {"enabled": False, "rect": [0, 900, 400, 1000]}
        orange = [0.76, 0.25, 0.05, opacity]
        things = [
            {"kind": "button", "text": "", "size": [400, 100], "fill": orange, **button},
            {
                "kind": "text",
                "text": text,
                "shown": text,
                "rect": [20, 920, 380, 980],
                "whole": [20, 920, 380, 980],
                "size": 32,
                "drawn": [20, 920, 380, 980],
            }
            | {"color": color, "opacity": opacity, "button": button, "drawn": [20, 920, 380, 980]},
        ]
        return looks.problems({"dialog": False, "things": things}, 1920, 1080)

    white, ink = [1.0, 1.0, 1.0, 1.0], [0.11, 0.15, 0.13, 1.0]
    assert faint(white, 1) == []
    assert "stands out" in "".join(faint(white, 0.32))
    assert "stands out" in "".join(faint(ink, 0.32))
    assert faint(white, 0.32, "返回") == []
