"""A hub whose disk is full: it says so and stays up, nothing that it acknowledged is lost, and it goes on by itself when there is room."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from kiosk.county.cluster import PrivateCluster
from kiosk.errors import SyncError
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import EnrolRequest
from tests.hub_parts import Terminal, plain_error
from tests.integration.test_hub_push import a_worker
from tests.station import STATION

DISK_MB, BALLAST_MB = 320, 120
"""The ballast is what is thrown out to make room again."""
FREE_BYTES = 500_000
SOON_S = 120.0

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")]


@pytest.fixture
def disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kiosk-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}M,mode=0711", "tmpfs", folder], check=False)
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield folder
    PrivateCluster(folder / "pg").stop()
    subprocess.run(["umount", "-l", folder], check=True)
    shutil.rmtree(folder, ignore_errors=True)


def _until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not done():
        assert time.monotonic() < until
        time.sleep(0.2)


def test_hub_when_its_disk_is_full_stops_politely_and_goes_on_by_itself(disk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    (disk / "hub.toml").write_text(f"port = {port}\n")
    (disk / "kiosk.toml").write_text("sample = true\n")
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * BALLAST_MB * 1_000_000)
    words = [sys.executable, "-m", "kiosk", "--state", str(disk), "county"]
    with tempfile.TemporaryFile() as said, subprocess.Popen(words, stdout=said, stderr=said) as process:

        def health() -> tuple[int, str]:
            try:
                response = requests.get(f"{base}/healthz", timeout=20)
            except requests.ConnectionError:
                return 0, ""
            return (200, "") if response.ok else plain_error(response)

        def up() -> bool:
            assert process.poll() is None, "the hub gave up"
            return health()[0] in (200, 503)

        _until(up)
        door = HttpHub(base)
        terminal = Terminal(door, STATION, door.enrol(EnrolRequest(code=(disk / "enrol.code").read_text(), nonce="0a" * 16)))
        acknowledged: list[str] = []

        def push(count: int) -> bool:
            workers = [a_worker(station_id=terminal.enrolled.station["id"]) for _ in range(count)]
            try:
                answer = terminal.push(*workers)
            except SyncError:
                return False
            assert answer.refused == ()
            acknowledged.extend(worker.id for worker in workers)
            return True

        try:
            full = disk / "full"
            with full.open("wb") as file:
                while shutil.disk_usage(disk).free > FREE_BYTES:
                    file.write(b"\0" * min(1_000_000, FREE_BYTES))
                    file.flush()
            _until(lambda: not push(200))
            assert health() == (503, "unavailable")
            # a log that cannot be written ends PostgreSQL itself
            os.kill(int((disk / "pg" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            time.sleep(8)
            assert process.poll() is None
            assert health() == (503, "unavailable")
            full.unlink()
            ballast.unlink()
            _until(lambda: push(1))
            with psycopg.connect(PrivateCluster(disk / "pg").url().replace("+psycopg", "")) as connection:
                held = {row[0] for row in connection.execute("SELECT id FROM record")}
            assert set(acknowledged) <= held
            assert len(acknowledged) > 1
        finally:
            process.terminate()
            process.wait(60)
        said.seek(0)
        assert b"Traceback" not in said.read()
