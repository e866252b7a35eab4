"""The trial as a person starts it: every process real, each in a folder of its own, stopped and killed in every way."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from kiosk.bootstrap import PHONE_BASE, open_store
from kiosk.config import load
from kiosk.text import t
from kiosk.trial.display import Screen

READY_S, GONE_S = 60, 20


class Run:
    """`kiosk run` in a folder of its own, without a display."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.children: list[str] = []
        environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
        self.out = state / f"out-{time.monotonic_ns()}"
        with self.out.open("wb") as out:
            words = [sys.executable, "-m", "kiosk", "--state", str(state), "run"]
            self.process = subprocess.Popen(words, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    def said(self) -> str:
        return self.out.read_text("utf-8")

    def wait_ready(self) -> None:
        self.wait_said("Ctrl-C")
        me = self.process.pid
        self.children = Path(f"/proc/{me}/task/{me}/children").read_text().split()

    def wait_said(self, words: str) -> None:
        _until(lambda: words in self.said() or self.process.poll() is not None, f"{words} in {self.said()}", READY_S)
        assert words in self.said()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def pids(self, word: str = "") -> list[int]:
        """Find the processes that work in this folder, by their command lines."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = path.read_bytes().decode(errors="replace").split("\0")
                if any(str(self.state) in w for w in words) and (not word or word in words):
                    found.append(int(path.parent.name))
        return found

    def port(self) -> int:
        found = re.search(r"port = (\d+)", (self.state / "hub.toml").read_text())
        assert found is not None
        return int(found[1])

    def screen_name(self) -> str:
        found = re.search(r"虚拟屏幕 (:\d+)", self.said())
        assert found is not None
        return found[1]

    def nothing_left(self) -> None:
        """Fail unless every process and the display are gone."""
        _until(lambda: not self.pids(), "processes left behind", GONE_S)
        _until(lambda: not any(Path(f"/proc/{child}").exists() for child in self.children), "the display is left behind", GONE_S)


def _until(so: Callable[[], bool], what: str, timeout_s: float) -> None:
    end = time.monotonic() + timeout_s
    while not so():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except OSError:
            return False


@pytest.fixture
def folder() -> Iterator[Callable[[], Path]]:
    """Give folders that user postgres can pass through, which pytest's own are not for root."""
    made: list[Path] = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="kiosk-run-")))
        made[-1].chmod(0o711)
        return made[-1]

    yield make
    for path in made:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start(folder: Callable[[], Path]) -> Iterator[Callable[..., Run]]:
    """Give a function that starts a trial; all end with the test."""
    runs: list[Run] = []

    def begin(state: Path | None = None) -> Run:
        runs.append(Run(state or folder()))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.stop()


def test_run_when_processes_are_killed_starts_them_again_and_stops_clean(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_ready()
    assert "246810" in run.said()
    _until(lambda: json.loads((run.state / "run" / "agent.json").read_text())["enrolled"], "enrolled", 10)
    assert _healthy(run.port())
    with closing(Screen(run.screen_name())) as screen:
        assert (screen.width, screen.height) == (3840, 1080)
    old = {name: run.pids(name) for name in ("terminal", "county")}
    for (pid,) in old.values():
        os.kill(pid, signal.SIGKILL)
    run.wait_said(f"terminal 停了（{-signal.SIGKILL}）")
    _until(lambda: all(run.pids(name) not in ([], old[name]) for name in old) and _healthy(run.port()), "started again", 30)
    second = start(run.state)
    assert second.process.wait(30) == 1
    assert str(run.state) in second.said()
    assert _healthy(run.port())
    assert run.stop(signal.SIGINT) == 0
    run.nothing_left()


def test_run_when_two_start_together_each_has_its_own_port(start: Callable[..., Run]) -> None:
    one, two = start(), start()
    for run in (one, two):
        run.wait_ready()
        assert _healthy(run.port())
    assert one.port() != two.port()
    for run in (one, two):
        assert run.stop() == 0
        run.nothing_left()


def test_run_when_its_port_is_taken_moves_and_tells_the_station(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_ready()
    port = run.port()
    run.stop()
    with socket.create_server(("127.0.0.1", port)):
        again = start(run.state)
        again.wait_ready()
        assert again.port() != port
        assert f"127.0.0.1:{again.port()}" in (run.state / "kiosk.toml").read_text()
        assert str(port) not in (run.state / "kiosk.toml").read_text()
        with open_store(load(run.state)).read() as u:
            assert u.recall(PHONE_BASE) == f"http://127.0.0.1:{again.port()}"
        again.stop()
    again.nothing_left()


def test_run_when_killed_itself_leaves_nobody(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_ready()
    run.process.kill()
    run.process.wait()
    run.nothing_left()


def test_run_when_the_key_is_wrong_says_so_and_leaves_nobody(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_ready()
    run.stop()
    (run.state / "station.key").write_text("0" * 64)
    again = start(run.state)
    assert again.process.wait(60) == 1
    assert t("run.failed", reason="") in again.said()
    assert "station.key" in again.said()
    assert "Traceback" not in again.said()
    again.nothing_left()
