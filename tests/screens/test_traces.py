"""Nobody after him can learn who he was: after 换人, home and idling nothing of a visitor is left in the process, in logs, behind 返回."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.domain.codes import AgeBand
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, sample_state, spell, start_real, station
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "start_real", "station"]

NAME, PHONE = "王秀兰", "19900009876"
WORDS = [NAME, "王秀里", PHONE, "199 0000 9876", "0000 9876", "00009876"]
IDLE_S, GONE_S = 9, 1.5


@dataclass
class Traces:
    """The test's end of tests.screens.traces."""

    folder: Path

    def remember(self) -> None:
        """Let it remember how the words look that stand on the screen."""
        self._ask("remember")

    def left(self) -> list[str]:
        """Ask what is left; it must have seen the words before."""
        self._ask("scan")
        answer = json.loads((self.folder / "found").read_text("utf-8"))
        assert answer["pictures"] > 0
        found: list[str] = answer["found"]
        return found

    def gone(self) -> list[str]:
        """Ask a moment later, once: what a page had still to lay out holds it for some frames, and looking lets go of what was frozen."""
        time.sleep(GONE_S)
        return self.left()

    def _ask(self, what: str) -> None:
        (self.folder / what).touch()
        until = time.monotonic() + 60
        while (self.folder / what).exists():
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Traces:
    """Let the terminal look at itself."""
    folder = tmp_path / "traces"
    folder.mkdir()
    (folder / "words").write_text(json.dumps(WORDS), "utf-8")
    monkeypatch.setenv("PLAY_TRACES", str(folder))
    return Traces(folder)


def _register(kiosk: Kiosk, traces: Traces) -> None:
    """Write a name by hand, spell it too, key in a phone, register, and stand before 登记好了."""
    kiosk.wait_page("home")
    kiosk.tap(t("home.register.title"))
    kiosk.wait_page("consent")
    kiosk.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    kiosk.wait_page("name")
    kiosk.write_words(NAME)
    kiosk.wait_text(NAME)
    traces.remember()
    kiosk.tap(t("text.fix"))
    kiosk.tap(NAME[2])
    spell(kiosk, "li", "里")
    kiosk.wait_text("王秀里")
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    key_in(kiosk, PHONE)
    kiosk.wait_text("199 0000 9876")
    traces.remember()
    kiosk.tap(t("register.next"))
    kiosk.wait_page("trades")
    kiosk.tap("搬运装卸")
    kiosk.tap(t("trades.next", count=1))
    kiosk.wait_page("pay")
    kiosk.tap(t("pay.from", yuan=180))
    kiosk.tap(t("pay.finish"))
    kiosk.wait_page("done")
    kiosk.wait_text(t("done.head", name="王秀里"))
    traces.remember()


def _logs(station: RealStation, tmp_path: Path) -> list[str]:
    files = [*station.state.rglob("*.log"), *tmp_path.glob("terminal-*/log")]
    assert files
    return [f"{file.name}: {word}" for file in files for word in WORDS if word in file.read_text("utf-8", "replace")]


def _nobody_is_there(kiosk: Kiosk) -> None:
    kiosk.wait_page("home")
    assert not next(thing for thing in kiosk.view()["things"] if thing["text"] == "返回")["button"]["enabled"]


def test_process_when_a_visitor_is_done_holds_nothing_of_him(
    start_real: StartReal, station: RealStation, traces: Traces, lying: Screen, tmp_path: Path
) -> None:
    kiosk = start_real(lying)
    _register(kiosk, traces)
    assert traces.left()
    kiosk.tap("换人")
    _nobody_is_there(kiosk)
    assert traces.gone() == []
    assert _logs(station, tmp_path) == []


def test_process_when_a_visitor_walks_away_half_way_holds_nothing_of_him(
    start_real: StartReal, station: RealStation, traces: Traces, upright: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", str(IDLE_S))
    monkeypatch.setenv("PLAY_WARNING_S", "3")
    kiosk = start_real(upright)
    _register(kiosk, traces)
    kiosk.wait_page("home", timeout_s=3 * IDLE_S)
    _nobody_is_there(kiosk)
    assert traces.gone() == []
    assert _logs(station, tmp_path) == []
