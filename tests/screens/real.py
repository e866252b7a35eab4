"""A terminal on a real station: its own encrypted store with the marked samples, its own pinyin dictionary; touched from outside.

`station` is the store as the test sees it, before, while and after the terminal runs on it; `start_real` starts the terminal.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from kiosk import bootstrap
from kiosk.config import Settings
from kiosk.services.browse import JobPage, JobQuery, alive, jobs
from kiosk.services.sample import load_sample
from kiosk.services.station import Here
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.looks import problems
from tests.screens.xtest import Kiosk, play

PINS = {person.name: person.pin for person in load_sample(bootstrap.ASSETS / "sample", bootstrap.wall_clock()).staff}


@dataclass(frozen=True)
class RealStation:
    """The station under the terminal. `here` opens its store in this process, as a second one beside the terminal."""

    state: Path

    @cached_property
    def here(self) -> Here:
        """Open the station at work."""
        return bootstrap.open_here(Settings(state=str(self.state)))

    def jobs(self, **query: Any) -> JobPage:
        """Ask the store what the list should show."""
        return jobs(self.here, replace(JobQuery(limit=500, filters=alive(self.here)), **query))


@pytest.fixture(scope="session")
def sample_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare one state folder with the samples; tests work on copies of it."""
    state = tmp_path_factory.mktemp("sample") / "state"
    bootstrap.prepare(Settings(state=str(state), sample=True))
    # rime does not start twice in one process
    subprocess.run([sys.executable, "-m", "kiosk.devices.pinyin", str(state / "rime")], check=True)
    return state


@pytest.fixture
def station(sample_state: Path, tmp_path: Path) -> RealStation:
    """Give a copy of the sample station that only this test touches."""
    return RealStation(shutil.copytree(sample_state, tmp_path / "state"))


StartReal = Callable[..., Kiosk]


@pytest.fixture
def start_real(station: RealStation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartReal]:
    """Give a function that starts a terminal on `station`: start_real(screen, page, "key=value"…); all end with the test."""
    running: list[Kiosk] = []
    monkeypatch.setenv("PLAY_STATE", str(station.state))

    def begin(screen: Screen, *arguments: str) -> Kiosk:
        folder = tmp_path / f"terminal-{len(running)}"
        folder.mkdir()
        running.append(play(screen, folder, *arguments))
        return running[-1]

    yield begin
    for kiosk in running:
        kiosk.close()


def looks(kiosk: Kiosk) -> list[str]:
    """Say what is wrong with what the terminal shows; nothing, when all is well."""
    found = problems(kiosk.view(), kiosk.screen.width, kiosk.screen.height)
    if found:
        # caught while the page was laid out, or while the minute turned: what is wrong with a page stays wrong
        time.sleep(0.6)
        found = problems(kiosk.view(), kiosk.screen.width, kiosk.screen.height)
    return found


def enlarge(kiosk: Kiosk) -> None:
    """Change to 大字."""
    kiosk.tap("大字")
    kiosk.wait(lambda seen: bool(seen.get("large")), "大字")


def whole_in_both_sizes(kiosk: Kiosk, text: str) -> None:
    """Look at the page as it stands and in 大字, where `text` is shown again: nothing may be wrong with either."""
    for large in (False, True):
        if large:
            enlarge(kiosk)
        kiosk.wait_text(text)
        time.sleep(0.4)
        found = looks(kiosk)
        assert found == [], f"{'large' if large else 'normal'}: {found}"


def key_in(kiosk: Kiosk, digits: str) -> None:
    """Press the digits of a number pad."""
    for digit in digits:
        kiosk.tap(digit)


def spell(kiosk: Kiosk, letters: str, word: str = "") -> None:
    """Change the panel to pinyin where it is not yet, press the letters and choose a word of what is offered."""
    if "q" not in kiosk.texts():
        kiosk.tap(t("text.how_button"))
        kiosk.tap(t("text.pinyin"))
    for letter in letters:
        kiosk.tap(letter)
        time.sleep(0.08)
    if word:
        kiosk.tap(word)


def no_way_on(seen: dict[str, Any]) -> bool:
    """Say whether the main button, 下一步, is pale."""
    return any(thing["text"] == t("register.next") and not thing["button"]["enabled"] for thing in seen["things"])
