"""The only HTTP door to the county. Owns sessions, time-outs and the mapping of every foreign failure; knows no store and no rule.

    no line, refused, timed out, cut off      → HubUnreachable
    5xx, HTML, or JSON that is not protocol 1 → HubFailed
    4xx with a typed error                    → HubRefused(code)

One session pushes and one pulls, because the pull waits in a thread of its own. Neither is shared further.
"""

import gzip
import json
from dataclasses import dataclass
from typing import Protocol, TypeVar

import requests

from kiosk.domain.record import RecordError
from kiosk.errors import HubFailed, HubRefused, HubUnreachable
from kiosk.sync.protocol import (
    BODY_MAX_BYTES,
    CHANGES,
    DIGESTS,
    ENROL,
    BucketAnswer,
    Digests,
    EnrolAnswer,
    EnrolRequest,
    ErrorBody,
    PullAnswer,
    PushAnswer,
    PushRequest,
    decode,
    encode,
)

CONNECT_S = 5.0
READ_S = 30.0
WAIT_MARGIN_S = 10.0
"""A waiting pull that says nothing for longer than it was asked to wait is a half-dead line."""
ANSWER_MAX_BYTES = 8 * BODY_MAX_BYTES
CHUNK = 64 * 1024

DEFLATE_FROM, DEFLATE_LEVEL = 500, 6

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What is asked of the feed. `epoch` and `batch` number the last push that was answered; `own` asks for one's own changes, too,
    `urgent` only for what must leave the boards first."""

    epoch: str
    batch: int
    after: str
    wait_s: float = 0
    limit: int
    own: bool = False
    urgent: bool = False


class Hub(Protocol):
    """The county as a terminal sees it."""

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        """Send a batch; raise SyncError."""
        ...

    def pull(self, token: str, what: Pull) -> PullAnswer:
        """Ask for what follows a cursor, waiting for it; raise SyncError."""
        ...

    def digests(self, token: str) -> Digests:
        """Ask for the digests of all that this station may see; raise SyncError."""
        ...

    def bucket(self, token: str, entity: str, name: str) -> BucketAnswer:
        """Ask for all that this station may see of one bucket; raise SyncError."""
        ...

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Use a one-time code; raise SyncError."""
        ...


class HttpHub:
    """The county over HTTP. `ca_file` is the county's own CA; empty trusts the system's."""

    def __init__(self, base: str, ca_file: str = "", *, connect_s: float = CONNECT_S, read_s: float = READ_S) -> None:
        self._base, self._connect_s, self._read_s = base.rstrip("/"), connect_s, read_s
        self._pushing, self._pulling = (_session(ca_file) for _ in range(2))

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        """Send a batch; raise SyncError."""
        return self._call(self._pushing, "POST", CHANGES, PushAnswer, token=token, body=request)

    def pull(self, token: str, what: Pull) -> PullAnswer:
        """Ask for what follows a cursor, waiting for it; raise SyncError."""
        query = {"epoch": what.epoch, "batch": str(what.batch), "after": what.after, "wait": f"{what.wait_s:g}", "limit": str(what.limit)}
        query |= {name: "true" for name in ("own", "urgent") if getattr(what, name)}
        read_s = max(self._read_s, what.wait_s + WAIT_MARGIN_S) if what.wait_s else self._read_s
        return self._call(self._pulling, "GET", CHANGES, PullAnswer, token=token, query=query, read_s=read_s)

    def digests(self, token: str) -> Digests:
        """Ask for the digests of all that this station may see; raise SyncError."""
        return self._call(self._pulling, "GET", DIGESTS, Digests, token=token)

    def bucket(self, token: str, entity: str, name: str) -> BucketAnswer:
        """Ask for all that this station may see of one bucket; raise SyncError."""
        return self._call(self._pulling, "GET", f"{DIGESTS}/{entity}/{name}", BucketAnswer, token=token)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Use a one-time code; raise SyncError."""
        return self._call(self._pushing, "POST", ENROL, EnrolAnswer, body=request)

    def close(self) -> None:
        """Close both sessions; a waiting pull ends with HubUnreachable."""
        self._pushing.close()
        self._pulling.close()

    def _call(
        self,
        session: requests.Session,
        method: str,
        path: str,
        answer: type[T],
        *,
        token: str = "",
        query: dict[str, str] | None = None,
        body: object = None,
        read_s: float | None = None,
    ) -> T:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None
        if body is not None:
            data = json.dumps(encode(body), ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
            headers["Content-Type"] = "application/json"
            if len(data) > DEFLATE_FROM:
                data = gzip.compress(data, DEFLATE_LEVEL, mtime=0)
                headers["Content-Encoding"] = "gzip"
        times = (self._connect_s, read_s or self._read_s)
        try:
            with session.request(
                method, self._base + path, params=query, data=data, headers=headers, timeout=times, allow_redirects=False, stream=True
            ) as response:
                return _read(response, answer)
        except (requests.exceptions.ContentDecodingError, requests.exceptions.InvalidHeader) as error:
            raise HubFailed(type(error).__name__) from None
        except (requests.RequestException, OSError) as error:
            raise HubUnreachable(type(error).__name__) from None


def _session(ca_file: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy or .netrc of whoever started us is not ours
    session.verify = ca_file or True
    return session


def _read(response: requests.Response, answer: type[T]) -> T:
    raw = bytearray()
    for chunk in response.iter_content(CHUNK):
        raw += chunk
        if len(raw) > ANSWER_MAX_BYTES:
            raise HubFailed("the answer does not end")
    status = response.status_code
    try:
        plain = json.loads(raw)
        if 200 <= status < 300:
            return decode(answer, plain)
        if 400 <= status < 500:
            error = decode(ErrorBody, plain)
            raise HubRefused(error.code, error.message)
    except (ValueError, RecursionError, RecordError) as error:
        raise HubFailed(f"status {status}, not protocol 1: {type(error).__name__}") from None
    raise HubFailed(f"status {status}")
