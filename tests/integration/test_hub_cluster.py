"""The private cluster: made once, quick to start again, survives a kill, listens on no network, and says what is wrong."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from kiosk.county.cluster import PrivateCluster
from kiosk.errors import ConfigError

ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kiosk-state-"))
    folder.chmod(0o711)
    yield folder
    PrivateCluster(folder / "pg").stop()
    shutil.rmtree(folder, ignore_errors=True)


def _ask(cluster: PrivateCluster, question: str) -> object:
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def _tell(cluster: PrivateCluster, statement: str) -> None:
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement.encode())


def test_cluster_when_started_again_is_quick_and_has_what_was_stored(folder: Path) -> None:
    cluster = PrivateCluster(folder / "pg")
    assert cluster.start()
    _tell(cluster, "CREATE TABLE t AS SELECT 7 AS n")
    assert not cluster.start()
    cluster.stop()
    started = time.monotonic()
    assert cluster.start()
    assert time.monotonic() - started < 5
    assert _ask(cluster, "SELECT n FROM t") == 7


def test_cluster_when_running_listens_on_no_network_address(folder: Path) -> None:
    cluster = PrivateCluster(folder / "pg")
    cluster.start()
    assert _ask(cluster, "SHOW listen_addresses") == ""
    assert (folder / "pg").stat().st_mode & 0o077 == 0


def test_cluster_when_it_was_killed_recovers(folder: Path) -> None:
    cluster = PrivateCluster(folder / "pg")
    cluster.start()
    _tell(cluster, "CREATE TABLE t AS SELECT 7 AS n")
    os.kill(int((folder / "pg/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    time.sleep(0.5)
    assert cluster.start()
    assert _ask(cluster, "SELECT n FROM t") == 7


def test_cluster_when_initdb_was_killed_half_way_begins_again(folder: Path) -> None:
    (folder / "pg/data.new").mkdir(parents=True)
    (folder / "pg/data.new/PG_VERSION").write_text("15")
    assert PrivateCluster(folder / "pg").start()


def test_cluster_when_its_path_is_longer_than_a_socket_may_be_says_so(folder: Path) -> None:
    with pytest.raises(ConfigError, match="choose a shorter state folder"):
        PrivateCluster(folder / ("x" * 100)).start()


@pytest.mark.skipif(not ROOT, reason="only root hands the cluster to another user")
def test_cluster_when_the_folder_cannot_be_reached_says_where_it_may_be(folder: Path) -> None:
    folder.chmod(0o700)
    with pytest.raises(ConfigError, match="choose a state folder outside"):
        PrivateCluster(folder / "pg").start()


@pytest.mark.skipif(not ROOT, reason="only root could take it from its owner")
def test_cluster_when_it_is_another_users_is_not_taken_from_him(folder: Path) -> None:
    (folder / "pg").mkdir()
    os.chown(folder / "pg", 65534, 65534)
    with pytest.raises(ConfigError, match="not as root"):
        PrivateCluster(folder / "pg").start()
    assert (folder / "pg").stat().st_uid == 65534


def test_hub_process_when_told_to_stop_ends_cleanly_and_takes_its_cluster_along(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "hub.toml").write_text(f"port = {port}\n")
    command = [sys.executable, "-m", "kiosk", "--state", str(folder), "county"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 60
        while True:
            try:
                assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).json()["status"] == "ok"
                break
            except requests.ConnectionError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, b"Traceback" in said) == (0, False)
    assert not (folder / "pg/data/postmaster.pid").exists()
