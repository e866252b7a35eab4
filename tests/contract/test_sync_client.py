"""The one HTTP door against real sockets: every foreign failure comes out as one of ours, and nothing waits for ever."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kiosk.errors import HubFailed, HubRefused, HubUnreachable, SyncError
from kiosk.sync.client import HttpHub, Pull
from kiosk.sync.protocol import DoctorReport, EnrolRequest, PushRequest, StationHealth
from tests.hub_parts import answering
from tests.station import START

NOTHING = PushRequest(epoch="e", batch=1, key="k", changes=())
FROM_THE_START = Pull(epoch="e", batch=0, after="", limit=10)
CALLS: dict[str, Callable[[HttpHub], object]] = {
    "push": lambda hub: hub.push("t", NOTHING),
    "pull": lambda hub: hub.pull("t", FROM_THE_START),
    "digests": lambda hub: hub.digests("t"),
    "bucket": lambda hub: hub.bucket("t", "worker", "00"),
    "doctor": lambda hub: hub.doctor("t", DoctorReport(question="q", version="1", at=START, lines=())),
    "health": lambda hub: hub.health("t", StationHealth(version="1", at=START)),
    "enrol": lambda hub: hub.enrol(EnrolRequest(code="c", nonce="n")),
}
REFUSAL = json.dumps({"code": "revoked", "message": "m"}).encode()


@contextmanager
def saying(*pieces: bytes, linger_s: float = 0) -> Iterator[str]:
    """Answer with raw bytes and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near:
                near.recv(65536)
                for piece in pieces:
                    near.sendall(piece)
                time.sleep(linger_s)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "body", "kind", "error"),
    [
        (500, b'{"code":"internal","message":""}', "application/json", HubFailed),
        (502, b"<html>Bad Gateway</html>", "text/html", HubFailed),
        (200, b"<html>Please log in to the Wi-Fi</html>", "text/html", HubFailed),
        (200, b'{"hello":"world"}', "application/json", HubFailed),
        (200, b"[" * 5000, "application/json", HubFailed),
        (200, b"\xff\xfe", "application/json", HubFailed),
        (200, b"", "application/json", HubFailed),
        (302, b"", "text/html", HubFailed),
        (404, b"<html>not found</html>", "text/html", HubFailed),
        (403, REFUSAL, "application/json", HubRefused),
        (429, REFUSAL, "application/json", HubRefused),
    ],
)
def test_client_when_the_answer_is_wrong_raises_ours(call: str, status: int, body: bytes, kind: str, error: type[SyncError]) -> None:
    with answering(status, body, kind) as base, pytest.raises(SyncError) as caught:
        CALLS[call](HttpHub(base))
    assert type(caught.value) is error


def test_client_when_refused_says_the_code() -> None:
    with answering(403, REFUSAL, "application/json") as base, pytest.raises(HubRefused) as caught:
        HttpHub(base).pull("t", FROM_THE_START)
    assert caught.value.code == "revoked"


@pytest.mark.parametrize("call", CALLS)
def test_client_when_nobody_listens_is_unreachable(call: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(HubUnreachable):
        CALLS[call](HttpHub(base))


@pytest.mark.parametrize("base", ["http://no-such-host.invalid", "http://127.0.0.1:1"])
def test_client_when_the_address_leads_nowhere_is_unreachable(base: str) -> None:
    with pytest.raises(HubUnreachable):
        HttpHub(base, connect_s=2).pull("t", FROM_THE_START)


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 2",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",),
    ],
)
def test_client_when_the_line_is_cut_is_unreachable(pieces: tuple[bytes, ...]) -> None:
    with saying(*pieces) as base, pytest.raises(HubUnreachable):
        HttpHub(base).pull("t", FROM_THE_START)


@pytest.mark.parametrize(
    "head",
    [
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_client_when_it_is_not_whole_http_raises_ours(head: bytes) -> None:
    with saying(head) as base, pytest.raises(SyncError):
        HttpHub(base).pull("t", FROM_THE_START)


def test_client_when_the_hub_falls_silent_gives_up() -> None:
    started = time.monotonic()
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", linger_s=3) as base, pytest.raises(HubUnreachable):
        HttpHub(base, read_s=0.3).push("t", NOTHING)
    assert time.monotonic() - started < 2


def test_client_when_the_answer_never_ends_gives_up() -> None:
    bomb = gzip.compress(b" " * 40 * 1024 * 1024)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with saying(head, bomb) as base, pytest.raises(HubFailed) as caught:
        HttpHub(base).pull("t", FROM_THE_START)
    assert "does not end" in str(caught.value)


def test_client_when_a_proxy_is_in_the_environment_goes_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering(403, REFUSAL, "application/json") as base, pytest.raises(HubRefused):
        HttpHub(base).pull("t", FROM_THE_START)
