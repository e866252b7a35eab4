"""What systemd is told, and when it is not."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.agent import loop
from kiosk.alive import Pulse, tell
from kiosk.config import Settings
from tests.station import Clock, make_store


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Give the socket on which systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield line


def test_tell_when_nobody_listens_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    tell("READY=1")


def test_pulse_when_one_life_takes_too_long_names_it_until_it_goes_round_again() -> None:
    now = 0.0
    pulse = Pulse(lambda: now)
    pulse.begin("spool", 10)
    pulse.begin("push", 30)
    pulse.felt("desk")  # never begun: the page is switched off
    assert pulse.still() == []
    now = 11.0
    assert pulse.still() == ["spool"]
    pulse.felt("spool")
    assert pulse.still() == []
    now = 31.0
    assert pulse.still() == ["spool", "push"]


class HangingSpool:
    """A spool whose printer never answers."""

    def __init__(self) -> None:
        self.entered, self.release = threading.Event(), threading.Event()

    def step(self) -> None:
        """Hang."""
        self.entered.set()
        self.release.wait()


def test_agent_when_its_spool_hangs_is_not_said_to_be_alive(
    tmp_path: Path, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "HEALTH_EVERY_S", 0.05)
    monkeypatch.setitem(loop.PATIENCE_S, "spool", 0.3)
    monkeypatch.setattr(loop, "STOP_S", 0.1)
    spool = HangingSpool()
    agent = loop.Agent(Settings(state=str(tmp_path)), make_store(tmp_path, Clock()), spool, None, Clock())
    thread = threading.Thread(target=agent.run)
    thread.start()
    try:
        assert manager.recv(99) == b"READY=1"
        assert manager.recv(99) == b"WATCHDOG=1"
        assert spool.entered.wait(5)
        manager.settimeout(0.5)
        with pytest.raises(TimeoutError):
            while True:
                assert manager.recv(99) == b"WATCHDOG=1"
        spool.release.set()
        manager.settimeout(5)
        assert manager.recv(99) == b"WATCHDOG=1"
    finally:
        spool.release.set()
        agent.stop()
        thread.join()
