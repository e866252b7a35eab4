"""A real hub for tests: a private PostgreSQL cluster a session, a database a test, uvicorn on a real port, and a line that can be cut."""

import json
import secrets
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import requests
import sqlalchemy as sa
import uvicorn

from kiosk.county import enrolment
from kiosk.county.app import make_app, make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.publish import publish
from kiosk.county.schema import metadata
from kiosk.county.settings import HubSettings
from kiosk.county.vault import Vault, open_vault
from kiosk.domain.entities import NAME_OF
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.station import Station, StationLevel
from kiosk.services.rules import load_areas, texts_of
from kiosk.sync.client import HttpHub, Pull
from kiosk.sync.protocol import Change, EnrolAnswer, EnrolRequest, PullAnswer, PushAnswer, PushRequest, change_of
from tests.station import ASSETS, START, STATION, Clock

COUNTY = "420923"
CENTRE = replace(
    STATION, id=f"{0:08}-0000-7000-8000-00000000000c", name="县中心", short="YM", level=StationLevel.COUNTY, phone=Phone("07124000000")
)
OURS = replace(STATION, parent_id=CENTRE.id, hours="8:00 到 18:00")
OTHER = replace(OURS, id=f"{0:08}-0000-7000-8000-000000000002", name="曾店站", short="ZD", area="420923102", phone=Phone("07124000002"))
SLOW_S = 20.0


@contextmanager
def running_cluster(where: str | None = None) -> Iterator[PrivateCluster]:
    """Run a cluster in a folder that user postgres can reach, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-pg-", dir=where))
    folder.chmod(0o711)
    cluster = PrivateCluster(folder / "pg")
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(cluster: PrivateCluster) -> str:
    """Make an empty database and give its address."""
    name = f"t{time.time_ns()}"
    with psycopg.connect(cluster.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return cluster.url(name)


@dataclass
class TestHub:
    """A hub with three stations, its clock in the test's hand."""

    __test__ = False

    settings: HubSettings
    clock: Clock
    port: int = 0
    engine: sa.Engine = field(init=False)
    vault: Vault = field(init=False)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.engine = make_engine(self.settings.database)
        self.vault = open_vault(self.settings.key_path)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def publish(self, *records: Any) -> None:
        with self.engine.begin() as connection:
            publish(connection, COUNTY, records, self.clock())

    def code(self, station: Station = OURS) -> str:
        with self.engine.begin() as connection:
            return enrolment.make_code(connection, self.vault, COUNTY, station.id, self.clock())

    def terminal(self, station: Station = OURS) -> "Terminal":
        """Enrol a bare terminal: no store, only the wire."""
        door = HttpHub(self.base)
        return Terminal(door, station, door.enrol(EnrolRequest(code=self.code(station), nonce="0a" * 16)))

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.base + path, timeout=SLOW_S, **options)

    def start(self) -> None:
        areas, sheets = load_areas(ASSETS / "areas.toml"), texts_of(ASSETS / "rules") | texts_of(ASSETS / "rubric")
        sheets["rubric"] = sheets.pop("placeholder")
        app = make_app(self.settings, sheets=sheets, areas=areas, clock=self.clock)
        # asyncio switches Nagle off only where the protocol is named: without it every answer takes 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + SLOW_S
        while not self._server.started:
            assert time.monotonic() < until, "the hub did not start"
            time.sleep(0.01)
        self._bell = app.state.bell

    def reset(self) -> None:
        """Empty the database, put the clock back and start again if it was stopped."""
        self.clock.now = START
        with self.engine.begin() as connection:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        self.publish(CENTRE, OURS, OTHER)
        if self._server is None:
            self.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._bell.close()
            self._server.should_exit = True
            self._thread.join(SLOW_S)
            self._server = None

    def close(self) -> None:
        self.stop()
        self.engine.dispose()


@dataclass
class Terminal:
    """A terminal that speaks the protocol by hand."""

    door: HttpHub
    station: Station
    enrolled: EnrolAnswer
    epoch: str = "e1"
    batch: int = 0
    cursor: str = ""

    def change(self, record: Any, **changed: Any) -> Change:
        named = {"entity": NAME_OF[type(record)], "record_id": record.id, "revision": getattr(record, "revision", 1)}
        return replace(change_of(record, **named), **changed)

    def send(self, changes: Sequence[Change], key: str = "") -> PushAnswer:
        answer = self.door.push(
            self.enrolled.device_token,
            PushRequest(epoch=self.epoch, batch=self.batch + 1, key=key or secrets.token_hex(8), changes=tuple(changes)),
        )
        self.batch += 1
        return answer

    def push(self, *records: Any) -> PushAnswer:
        return self.send([self.change(r) for r in records])

    def look(self, wait_s: float = 0, limit: int = 100) -> PullAnswer:
        """Pull one page and move the cursor."""
        what = Pull(epoch=self.epoch, batch=self.batch, after=self.cursor, wait_s=wait_s, limit=limit)
        page = self.door.pull(self.enrolled.device_token, what)
        self.cursor = page.cursor
        return page

    def seen(self, entity: str) -> list[dict[str, Any]]:
        """Pull everything that is left and give the data of one kind."""
        found, more = [], True
        while more:
            page = self.look()
            found += [c.data for c in page.changes if c.entity == entity]
            more = page.more
        return found


def make_hub(database: str, folder: Path, **settings: Any) -> TestHub:
    """Start a hub with the county centre and two stations."""
    hub = TestHub(HubSettings(state=str(folder), database=database, phone_base="https://phone.test", **settings), Clock())
    hub.start()
    hub.reset()
    return hub


class Line:
    """A TCP line to the hub that loses the next `lose` answers: the hub has done what was asked, and is cut off before it can say so."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lose = 0
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            for one, other, answers in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._carry, args=(one, other, answers), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if answers and self.lose > 0:
                    self.lose -= 1
                    self.lost += 1
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def answering(status: int, body: bytes, kind: str = "text/html") -> Iterator[str]:
    """Stand in the hub's place and give every request the same answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()

        def serve() -> None:
            while True:
                try:
                    near, _ = listener.accept()
                except OSError:
                    return
                with near:
                    near.recv(65536)
                    near.sendall(head + body)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def plain_error(response: requests.Response) -> tuple[int, str]:
    """Give a typed error's status and code; fails when it is anything else."""
    assert response.headers["content-type"] == "application/json"
    body = json.loads(response.text)
    assert set(body) == {"code", "message"}
    return response.status_code, str(body["code"])


def some_id(clock: Clock) -> str:
    """Give an id that nobody has."""
    return new_id(clock())
