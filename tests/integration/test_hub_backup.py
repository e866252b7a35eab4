"""A backup of a real private cluster, and the hub that serves again from it: put back to an instant after its disk is gone, and as far as
the log goes. The stations notice."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kiosk.county.backup import backup, restore
from kiosk.county.cluster import PrivateCluster
from kiosk.errors import ConfigError, HubRefused
from tests.hub_parts import Terminal, TestHub, make_hub
from tests.integration.test_hub_push import a_worker

SOON_S = 60.0


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kiosk-backup-"))
    folder.chmod(0o711)
    yield folder
    PrivateCluster(folder / "pg").stop()
    shutil.rmtree(folder, ignore_errors=True)


def _tell(cluster: PrivateCluster, statement: str) -> object:
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def _told(terminal: Terminal) -> str:
    worker = a_worker()
    terminal.push(worker)
    return worker.id


def _holds(cluster: PrivateCluster, record_id: str) -> bool:
    return _tell(cluster, f"SELECT count(*) FROM record WHERE id = '{record_id}'") == 1


def _archived(cluster: PrivateCluster) -> None:
    """Have the log's present piece put into the backup, as a minute does."""
    name = _tell(cluster, "SELECT pg_walfile_name(pg_switch_wal())")
    until = time.monotonic() + SOON_S
    while not _tell(cluster, f"SELECT last_archived_wal >= '{name}' FROM pg_stat_archiver"):
        assert time.monotonic() < until
        time.sleep(0.1)


def _start(hub: TestHub, cluster: PrivateCluster) -> str:
    cluster.start()
    hub.engine.dispose()
    hub.start()
    assert hub.get("/healthz").status_code == 200
    return str(_tell(cluster, "SELECT feed_epoch FROM county"))


@pytest.mark.long
def test_hub_when_put_back_serves_again_and_stations_notice(place: Path, tmp_path: Path) -> None:
    cluster, folder = PrivateCluster(place / "pg"), place / "it's a 100% backup"
    cluster.start()
    hub = make_hub(cluster.url(), tmp_path)
    terminal = hub.terminal()
    first = _told(terminal)
    with pytest.raises(ConfigError, match="stop the hub"):
        restore(cluster, folder, None)
    backup(cluster, folder)
    second = _told(terminal)
    terminal.look()
    instant, epoch = datetime.now(UTC), terminal.cursor.split(".")[0]
    time.sleep(0.1)
    lost = _told(terminal)
    _archived(cluster)
    hub.stop()

    # the disk is gone
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    time.sleep(0.5)
    shutil.rmtree(cluster.data)
    with pytest.raises(ConfigError, match="no backup"):
        restore(cluster, folder, instant - timedelta(days=1))
    restore(cluster, folder, instant)
    renewed = _start(hub, cluster)
    assert [_holds(cluster, record_id) for record_id in (first, second, lost)] == [True, True, False]
    assert renewed != epoch
    with pytest.raises(HubRefused) as caught:
        terminal.look()
    assert caught.value.code in ("cursor_gone", "epoch_used")
    assert hub.terminal().enrolled.ticket_key_id > terminal.enrolled.ticket_key_id + 1000  # none is given out twice

    # stopped, the disk still there: what was never put into the backup is taken from it, and an instant to come is as far as there is
    last = _told(hub.terminal())
    hub.stop()
    cluster.stop()
    restore(cluster, folder, datetime.now(UTC) + timedelta(hours=1))
    assert _start(hub, cluster) != renewed
    assert [_holds(cluster, record_id) for record_id in (first, second, lost, last)] == [True, True, False, True]
    assert len(list(cluster.folder.glob("data.before-*"))) == 1
    epoch = str(_tell(cluster, "SELECT feed_epoch FROM county"))
    hub.stop()
    cluster.stop()
    assert _start(hub, cluster) == epoch  # an ordinary start renews nothing
    hub.close()
