"""A real terminal on a virtual screen for each test that asks; touches come from outside by XTEST."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.trial.display import Screen, VirtualScreen
from tests.screens.real import sample_state, start_real, station
from tests.screens.xtest import Kiosk, play

__all__ = ["sample_state", "start_real", "station"]


@pytest.fixture(scope="session")
def lying() -> Iterator[Screen]:
    """Give a 1920×1080 screen."""
    screen = VirtualScreen(1920, 1080)
    yield screen
    screen.close()


@pytest.fixture(scope="session")
def upright() -> Iterator[Screen]:
    """Give a 1080×1920 screen."""
    screen = VirtualScreen(1080, 1920)
    yield screen
    screen.close()


Start = Callable[..., Kiosk]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a terminal: start(screen, page, "key=value"…); all end with the test."""
    running: list[Kiosk] = []

    def begin(screen: Screen, *arguments: str) -> Kiosk:
        folder = tmp_path / str(len(running))
        folder.mkdir()
        running.append(play(screen, folder, *arguments))
        return running[-1]

    yield begin
    for kiosk in running:
        kiosk.close()


@pytest.fixture
def rings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the terminal have a loudspeaker; give the file that has a line for each time it rang."""
    heard = tmp_path / "rings"
    player = tmp_path / "bin" / "aplay"
    player.parent.mkdir()
    player.write_text(f'#!/bin/sh\ncat > /dev/null\necho ring >> "{heard}"\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{player.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PLAY_SPEAKER", "espeak")
    return heard
