"""What the benches of the county share: a real hub process on a real PostgreSQL with its normal durability, and what both cost in CPU.

The hub is `kiosk county serve` as it is installed; PostgreSQL is the private cluster that comes with it. Everything lies on the disk of
this machine's temporary folder, because memory would not make a commit wait.
"""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import psycopg
import requests
import sqlalchemy as sa

from kiosk.county import enrolment
from kiosk.county.app import make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.migrate import migrate
from kiosk.county.publish import publish
from kiosk.county.settings import FILE, HubSettings
from kiosk.county.vault import Vault, open_vault
from kiosk.domain.station import Station
from kiosk.trial.child import end, spawn
from tests.hub_parts import CENTRE, COUNTY, OTHER, OURS
from tests.station import STATION

TICKS = os.sysconf("SC_CLK_TCK")
START_S, STOP_S = 60.0, 10.0


@dataclass
class County:
    """A county with its hub running."""

    folder: Path
    port: int
    cluster: PrivateCluster
    database: str
    engine: sa.Engine
    vault: Vault
    hub: "Popen[bytes]"

    @property
    def base(self) -> str:
        """Where the hub answers."""
        return f"http://127.0.0.1:{self.port}"

    def code(self, station: Station) -> str:
        """Make a one-time code for a terminal."""
        with self.engine.begin() as connection:
            return enrolment.make_code(connection, self.vault, COUNTY, station.id, datetime.now(UTC))

    def publish(self, *stations: Station) -> None:
        """Put stations into the tree."""
        with self.engine.begin() as connection:
            publish(connection, COUNTY, stations, datetime.now(UTC))

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Ask the database by hand."""
        with psycopg.connect(self.cluster.url(self.database).replace("+psycopg", ""), autocommit=True) as connection:
            answer = connection.execute(question.encode())
            return answer.fetchall() if answer.description else []

    def cpu_s(self) -> tuple[float, float]:
        """Give the seconds of processor time that the hub and that PostgreSQL have taken so far."""
        postmaster = int((self.folder / "pg" / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        return tree_cpu_s(self.hub.pid), tree_cpu_s(postmaster)


@contextmanager
def running_county(*stations: Station, kept: Path | None = None) -> Iterator[County]:
    """Run a county with its centre, two stations and these, in a folder that goes at the end unless it is to be `kept`."""
    folder = kept or Path(tempfile.mkdtemp(prefix="kiosk-bench-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    cluster = PrivateCluster(folder / "pg")
    try:
        cluster.start()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = HubSettings(state=str(folder), database=cluster.url(), port=port)
        (folder / FILE).write_text(f'database = "{settings.database}"\nport = {port}\n', "utf-8")
        engine = make_engine(settings.database)
        migrate(engine)
        hub = _start(folder)
        county = County(folder, port, cluster, "hub", engine, open_vault(settings.key_path), hub)
        try:
            if not county.ask("SELECT 1 FROM station LIMIT 1"):
                county.publish(CENTRE, OURS, OTHER, *stations)
            _wait(county)
            yield county
        finally:
            engine.dispose()
            end(hub, STOP_S)
    finally:
        cluster.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def make_stations(count: int) -> list[Station]:
    """Make stations under the county's centre."""
    ids = (f"{0:08}-0000-7000-8000-{number:012}" for number in range(1000, 1000 + count))
    return [replace(STATION, id=one, name=f"站{number}", short="YT", parent_id=CENTRE.id) for number, one in enumerate(ids)]


def tree_cpu_s(pid: int) -> float:
    """Give the processor seconds of a process, its living children and those that it has buried."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid or int(words[1]) == pid:
            total += sum(map(int, words[11:15]))
    return total / TICKS


def _start(folder: Path) -> "Popen[bytes]":
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    with (folder / "hub.log").open("ab") as log:
        return spawn([sys.executable, "-m", "kiosk", "--state", str(folder), "county", "serve"], log, environment)


def _wait(county: County) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            if requests.get(f"{county.base}/healthz", timeout=1).ok:
                return
        except requests.RequestException:
            pass
        if time.monotonic() > until:
            raise RuntimeError("the hub did not start")
        time.sleep(0.1)
