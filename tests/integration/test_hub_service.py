"""The hub as a service: limits, what it writes down, its figures, several workers, people who are slow on purpose."""

import asyncio
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import uvicorn
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from kiosk.county import feed, limits
from kiosk.county.cluster import PrivateCluster
from kiosk.county.logs import JsonLines, Observed
from kiosk.county.workers import HubProtocol
from kiosk.errors import HubFailed, HubRefused
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import EnrolRequest
from tests.hub_parts import COUNTY, Terminal, TestHub, answering, fresh_database, make_hub, plain_error, running_cluster
from tests.integration.test_hub_push import a_worker

SOON_S = 60.0


# ---- limits


def _asked(hub: TestHub, who: str, count: int) -> None:
    """Let somebody have asked so often in this minute."""
    with hub.engine.begin() as connection:
        limits.count(connection, COUNTY, who, 10**6, hub.clock())
        connection.exec_driver_sql("UPDATE rate SET count = %s WHERE who = %s", (count, who))


def test_terminal_when_it_asks_too_often_is_told_when_to_come_back(hub: TestHub) -> None:
    hasty, other = hub.terminal(), hub.terminal()
    _asked(hub, hasty.enrolled.device_id, limits.TERMINAL)
    with pytest.raises(HubRefused) as caught:
        hasty.look()
    assert (caught.value.code, caught.value.wait_s) == ("too_many", 60 - hub.clock().second)
    other.look()
    hub.clock.tick(minutes=1)
    hasty.look()


def test_stranger_when_he_asks_too_often_is_turned_away_and_terminals_are_not(hub: TestHub) -> None:
    ours = hub.terminal()
    header = {"Authorization": "Bearer x"}
    assert plain_error(hub.get("/api/v1/changes", headers=header)) == (401, "unauthorized")
    _asked(hub, "at:127.0.0.1", limits.STRANGER)
    assert plain_error(hub.get("/api/v1/changes", headers=header)) == (429, "too_many")
    assert plain_error(hub.get("/api/v1/authority")) == (429, "too_many")
    ours.look()
    assert hub.get("/k/x").status_code == 404


def test_page_when_an_address_asks_for_too_many_says_so_in_words(hub: TestHub) -> None:
    _asked(hub, "phone at:127.0.0.1", limits.PHONE)
    page = hub.get("/k/x")
    assert (page.status_code, page.headers["retry-after"]) == (429, str(60 - hub.clock().second))
    assert "text/" in page.headers["content-type"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("", "x", False),
    ],
)
def test_address_when_it_is_of_one_home_counts_together(one: str, other: str, same: bool) -> None:
    assert (limits.address(one) == limits.address(other)) is same


def test_rate_when_a_minute_is_over_begins_anew(hub: TestHub) -> None:
    with hub.engine.begin() as connection:
        for _ in range(3):
            limits.count(connection, COUNTY, "a", 3, hub.clock())
        with pytest.raises(limits.TooOftenError):
            limits.count(connection, COUNTY, "a", 3, hub.clock())
        hub.clock.tick(minutes=1)
        limits.count(connection, COUNTY, "a", 3, hub.clock())


@pytest.mark.parametrize("told", ["7", "700000", "soon", "-1", "٣"])
def test_client_when_told_to_come_back_later_knows_when(told: str) -> None:
    with answering(503, b"{}", f"application/json\r\nRetry-After: {told}") as base, pytest.raises(HubFailed) as caught:
        HttpHub(base).keys("t")
    assert caught.value.wait_s == {"7": 7.0, "700000": 600.0}.get(told, 0.0)


# ---- what is written down


@contextmanager
def written() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("kiosk.county.requests")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield out
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def test_log_when_requests_are_answered_has_a_line_each_and_no_value(hub: TestHub) -> None:
    ours, worker = hub.terminal(), a_worker()
    with written() as out:
        ours.push(worker)
        hub.get("/k/Lsecrettoken", headers={"User-Agent": "secretagent"})
        hub.get("/nothing/secretpath?secret=query")
        time.sleep(0.2)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(x["method"], x["route"], x["status"]) for x in lines] == [
        ("POST", "/api/v1/changes", 200),
        ("GET", "/k/{token:anything}", 404),
        ("GET", "-", 404),
    ]
    assert lines[0]["device"] == ours.enrolled.device_id
    assert "device" not in lines[1]
    assert all(x["ms"] >= 0 for x in lines)
    for secret in ("secret", str(worker.name), ours.enrolled.device_token.split(".")[2], "王秀兰", "13800005678", "127.0.0.1"):
        assert secret not in out.getvalue()


def test_log_when_something_breaks_names_the_place_and_not_the_words() -> None:
    try:
        raise ValueError("13800005678 王秀兰")
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "it broke", (), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert (line["text"], line["error"], line["level"]) == ("it broke", "ValueError", "error")
    assert line["where"][0].startswith("test_hub_service.py:")
    assert "王秀兰" not in json.dumps(line, ensure_ascii=False)


# ---- figures


def test_metrics_when_asked_from_this_machine_give_figures(hub: TestHub) -> None:
    ours = hub.terminal()
    ours.push(a_worker())
    text = hub.get("/metrics").text
    assert 'hub_requests_total{method="POST",route="/api/v1/changes",status="200"}' in text
    assert "hub_devices_heard 1.0" in text
    assert "hub_feed_position 4.0" in text
    assert ours.enrolled.device_id not in text


def test_metrics_when_asked_through_the_proxy_are_not_there(hub: TestHub) -> None:
    assert plain_error(hub.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})) == (404, "not_found")
    assert plain_error(hub.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})) == (404, "not_found")


# ---- a database that was put back


def test_feed_when_the_database_is_another_one_than_before_begins_anew(hub: TestHub) -> None:
    ours = hub.terminal()
    ours.look()
    with hub.engine.begin() as connection:
        feed.open_county(connection, COUNTY, hub.clock())
    ours.look()
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE county SET incarnation = '7.00000001'")
        feed.open_county(connection, COUNTY, hub.clock())
    with pytest.raises(HubRefused) as caught:
        ours.look()
    assert caught.value.code in ("cursor_gone", "epoch_used")


# ---- several workers


@dataclass
class Service:
    """`kiosk county` as a process."""

    process: "subprocess.Popen[bytes]"
    base: str

    def workers(self) -> set[int]:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}

    def up(self) -> bool:
        assert self.process.poll() is None
        try:
            return requests.get(f"{self.base}/healthz", timeout=20).ok
        except requests.ConnectionError:
            return False


def _until(done: "object", what: str = "") -> None:
    until = time.monotonic() + SOON_S
    while not done():  # type: ignore[operator]
        assert time.monotonic() < until, what
        time.sleep(0.1)


@contextmanager
def _serving(database: str, folder: Path) -> Iterator[Service]:
    """Serve with two workers, and see them end cleanly; what they write down stands in `log`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "hub.toml").write_text(f'port = {port}\nworkers = 2\ndatabase = "{database}"\n')
    words = [sys.executable, "-m", "kiosk", "--state", str(folder), "county"]
    with (folder / "log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        service = Service(process, f"http://127.0.0.1:{port}")
        try:
            _until(service.up)
            yield service
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.mark.long
def test_workers_when_one_is_killed_the_others_answer_and_it_is_started_again(cluster: PrivateCluster, tmp_path: Path) -> None:
    database = fresh_database(cluster)
    hub = make_hub(database, tmp_path)
    hub.clock.now = datetime.now(UTC)
    with closing(hub), _serving(database, tmp_path) as service:
        door = HttpHub(service.base)
        ours = Terminal(door, hub.terminal().station, door.enrol(EnrolRequest(code=hub.code(), nonce="0a" * 16)))
        # a pull that waits is woken by a push through whichever worker
        while ours.look().changes:
            pass
        waiter = threading.Thread(target=ours.look, args=(20,))
        other = hub.terminal()
        waiter.start()
        time.sleep(0.5)
        asked = time.monotonic()
        other.push(a_worker())
        waiter.join(10)
        assert time.monotonic() - asked < 5
        for _ in range(20):
            requests.get(f"{service.base}/healthz", timeout=20, headers={"Connection": "close"})
        counted = [line for line in requests.get(f"{service.base}/metrics", timeout=20).text.splitlines() if 'route="/healthz"' in line]
        assert any(float(line.split()[-1]) >= 20 for line in counted if line.startswith("hub_requests_total"))

        before = service.workers()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        _until(lambda: len(service.workers() - {victim}) == 2)
        _until(service.up)
        text = requests.get(f"{service.base}/metrics", timeout=20).text
        assert "hub_waiting_polls 0.0" in text
    assert b"Traceback" not in (tmp_path / "log").read_bytes()
    assert not any(Path(f"/proc/{pid}").exists() for pid in before)


@pytest.mark.long
def test_workers_when_the_database_is_away_say_so_in_a_line_and_come_back_with_it(tmp_path: Path) -> None:
    with running_cluster() as cluster:
        database = fresh_database(cluster)
        make_hub(database, tmp_path).close()
        with _serving(database, tmp_path) as service:
            cluster.stop()
            victim = min(service.workers())
            os.kill(victim, signal.SIGKILL)
            _until(lambda: b"a worker cannot start" in (tmp_path / "log").read_bytes())
            cluster.start()
            _until(service.up)
            _until(lambda: len(service.workers() - {victim}) == 2)
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


# ---- slow on purpose


async def _never_whole(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass


def test_request_when_its_body_never_ends_is_given_up() -> None:
    async def drip() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def drop(_: Message) -> None: ...

    async def ask() -> None:
        await Observed(_never_whole, body_s=0.2)({"type": "http", "method": "POST", "path": "/"}, drip, drop)

    started = time.monotonic()
    with pytest.raises(HTTPException) as caught:
        asyncio.run(ask())
    assert caught.value.status_code == 408
    assert time.monotonic() - started < 2


class Hasty(HubProtocol):
    """Waits for a request's head as long as a test likes to."""

    head_s = 0.5


async def _answers(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await asyncio.sleep(0.8 if scope["path"] == "/slow" else 0)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def hasty() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_answers, http=Hasty, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    _until(lambda: server.started)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n..GET / HT"])
def test_connection_when_a_head_never_ends_is_hung_up(hasty: int, said: bytes) -> None:
    first, _, second = said.partition(b"..")
    with socket.create_connection(("127.0.0.1", hasty), timeout=5) as line:
        line.sendall(first)
        if second:
            answer = b""
            while not answer.endswith(b"ok"):
                answer += line.recv(1000)
            line.sendall(second)
        started = time.monotonic()
        while line.recv(1000):
            pass
        assert time.monotonic() - started < 3


def test_connection_when_an_answer_takes_longer_than_a_head_may_is_kept(hasty: int) -> None:
    with requests.Session() as session:
        for _ in range(2):
            assert session.get(f"http://127.0.0.1:{hasty}/slow", timeout=5).text == "ok"
