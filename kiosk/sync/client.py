"""The only HTTP door to the county. Owns sessions, time-outs and the mapping of every foreign failure; knows no store and no rule.

    no line, refused, timed out, cut off      → HubUnreachable
    5xx, HTML, or JSON that is not protocol 1 → HubFailed
    4xx or 507 with a typed error             → HubRefused(code)
    not signed by the county's authority      → HubForged

One session pushes, one pulls, one tells how we are, one answers for doctor, one fetches releases and one sends files, because each has a
thread of its own. None is shared further. A hub that has the county's own authority is believed by that alone, never by the system's.
"""

import gzip
import io
import json
import ssl
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar

import requests
from requests.adapters import HTTPAdapter

from kiosk.domain.enrol_text import mark_of
from kiosk.domain.file_kind import FileKind
from kiosk.domain.record import RecordError
from kiosk.errors import HubFailed, HubForged, HubRefused, HubUnreachable, SyncError
from kiosk.sync.protocol import (
    AUTHORITY,
    BLOBS,
    BODY_MAX_BYTES,
    CHANGES,
    DIGESTS,
    DOCTOR,
    ENROL,
    FILES,
    HEALTH,
    KEYS,
    RELEASES,
    WITNESS,
    AuthorityAnswer,
    BucketAnswer,
    Digests,
    DoctorNoted,
    DoctorReport,
    EnrolAnswer,
    EnrolRequest,
    ErrorBody,
    FileList,
    FileState,
    HealthNoted,
    Keys,
    PullAnswer,
    PushAnswer,
    PushRequest,
    ReleaseAnswer,
    StationHealth,
    WitnessAnswer,
    WitnessRequest,
    decode,
    text_of,
)

CONNECT_S = 5.0
READ_S = 30.0
PART_S = 60.0
"""What was handed to this machine's own network may be long on its way; the hub itself waits no longer for it."""
WAIT_MARGIN_S = 10.0
"""A waiting pull that says nothing for longer than it was asked to wait is a half-dead line."""
ANSWER_MAX_BYTES = 8 * BODY_MAX_BYTES
CHUNK = 64 * 1024
RETRY_AFTER_MAX_S = 600.0
HEARD_S = 3600.0
"""An answer says the time so long: the clock that counts on from it is this machine's."""
NO_ROOM = 507
"""Of the statuses that say that the hub is in trouble the one whose code the client has to know."""
NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python does not name."""

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

    def witness(self, token: str, request: WitnessRequest) -> WitnessAnswer:
        """Give back what the county decided and has lost; raise SyncError."""
        ...

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Use a one-time code; raise SyncError."""
        ...


class KeyHub(Hub, Protocol):
    """The county as an agent sees it: it gives keys, and hears how we are."""

    def keys(self, token: str) -> Keys:
        """Ask which keys to use from now on; raise SyncError."""
        ...

    def health(self, token: str, report: StationHealth) -> HealthNoted:
        """Tell how this terminal is; raise SyncError."""
        ...

    def doctor(self, token: str, report: DoctorReport) -> DoctorNoted:
        """Answer what the county asked this terminal's doctor; raise SyncError."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the hub is, and by what it is known (PEM); an empty `authority` trusts the system's. `base` is empty before enrolment."""

    base: str
    authority: str = ""


class HttpHub:
    """The county over HTTP. Where it is may be a question, asked before each call: a station that is enrolled need not be started again."""

    def __init__(self, where: str | Callable[[], Place], *, connect_s: float = CONNECT_S, read_s: float = READ_S) -> None:
        self._where: Callable[[], Place] = (lambda: Place(where)) if isinstance(where, str) else where
        self._connect_s, self._read_s = connect_s, read_s
        self._lines = [_Line() for _ in range(6)]
        self._pushing, self._pulling, self._telling, self._answering, self._fetching, self._sending = self._lines
        self._said: tuple[datetime, float] | None = None

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

    def witness(self, token: str, request: WitnessRequest) -> WitnessAnswer:
        """Give back what the county decided and has lost; raise SyncError."""
        return self._call(self._pulling, "POST", WITNESS, WitnessAnswer, token=token, body=request)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Use a one-time code; raise SyncError."""
        return self._call(self._pushing, "POST", ENROL, EnrolAnswer, body=request)

    def keys(self, token: str) -> Keys:
        """Ask which keys to use from now on; raise SyncError."""
        return self._call(self._pulling, "POST", KEYS, Keys, token=token)

    def health(self, token: str, report: StationHealth) -> HealthNoted:
        """Tell how this terminal is; raise SyncError."""
        return self._call(self._telling, "POST", HEALTH, HealthNoted, token=token, body=report)

    def release(self, token: str, version: str) -> ReleaseAnswer:
        """Ask for a release's manifest; raise SyncError."""
        return self._call(self._fetching, "GET", f"{RELEASES}/{version}", ReleaseAnswer, token=token)

    def blob(self, token: str, digest: str, start: int, take: Callable[[bytes], None]) -> None:
        """Fetch a content of a release from a byte on, handing each piece to `take` as it comes; raise SyncError."""
        self._fetch(self._fetching, token, f"{BLOBS}/{digest}", start, take)

    def file_state(self, token: str, digest: str) -> FileState:
        """Ask how much the county has of a file of ours; raise SyncError."""
        return self._call(self._sending, "GET", f"{FILES}/{digest}", FileState, token=token)

    def send_part(self, token: str, digest: str, kind: FileKind, size: int, offset: int, data: bytes) -> FileState:
        """Send a part of a file, named by the SHA-256 of the whole, which is `size` bytes; raise SyncError."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        query = {"kind": kind.value, "size": str(size), "offset": str(offset)}
        # as a stream: all at once it would have to be through within one time-out
        body, path = io.BytesIO(data), f"{FILES}/{digest}"
        return self._send(
            self._sending, "PUT", path, lambda told: _read(told, FileState), headers=headers, query=query, data=body, read_s=PART_S
        )

    def files(self, token: str, kind: FileKind) -> FileList:
        """Ask for the whole files of our station that the county has, newest first; raise SyncError."""
        return self._call(self._sending, "GET", FILES, FileList, token=token, query={"kind": kind.value})

    def file(self, token: str, digest: str, start: int, take: Callable[[bytes], None]) -> None:
        """Fetch a file of our station from a byte on, handing each piece to `take` as it comes; raise SyncError."""
        self._fetch(self._sending, token, f"{FILES}/{digest}/content", start, take)

    def _fetch(self, line: "_Line", token: str, path: str, start: int, take: Callable[[bytes], None]) -> None:
        def read(response: requests.Response) -> None:
            if response.status_code != (206 if start else 200):
                _read(response, ErrorBody)  # says why it is refused
                raise HubFailed(f"status {response.status_code} to a range")
            for piece in response.iter_content(CHUNK):
                take(piece)

        # as it lies there: a part of what was deflated would be nobody's
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        self._send(line, "GET", path, read, headers=headers)

    def doctor(self, token: str, report: DoctorReport) -> DoctorNoted:
        """Answer what the county asked this terminal's doctor; raise SyncError."""
        return self._call(self._answering, "POST", DOCTOR, DoctorNoted, token=token, body=report)

    def time(self) -> datetime | None:
        """Say what time it is by the county's last answer; None when it has said nothing for an hour."""
        if self._said is None:
            return None
        at, heard = self._said
        since = time.monotonic() - heard
        return at + timedelta(seconds=since) if since < HEARD_S else None

    def close(self) -> None:
        """Close the sessions; a waiting pull ends with HubUnreachable."""
        for line in self._lines:
            line.close()

    def _call(
        self,
        line: "_Line",
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
            data = text_of(body)
            headers["Content-Type"] = "application/json"
            if len(data) > DEFLATE_FROM:
                data = gzip.compress(data, DEFLATE_LEVEL, mtime=0)
                headers["Content-Encoding"] = "gzip"
        return self._send(
            line, method, path, lambda response: _read(response, answer), headers=headers, query=query, data=data, read_s=read_s
        )

    def _send(
        self,
        line: "_Line",
        method: str,
        path: str,
        read: Callable[[requests.Response], T],
        *,
        headers: dict[str, str],
        query: dict[str, str] | None = None,
        data: bytes | io.BytesIO | None = None,
        read_s: float | None = None,
    ) -> T:
        times = (self._connect_s, read_s or self._read_s)
        place = self._where()
        if not place.base:
            raise HubUnreachable("no address")
        try:
            with line.session(place).request(
                method,
                place.base.rstrip("/") + path,
                params=query,
                data=data,
                headers=headers,
                timeout=times,
                allow_redirects=False,
                stream=True,
            ) as response:
                given = read(response)
                self._note_time(response.headers.get("Date", ""))
                return given
        except (requests.exceptions.ContentDecodingError, requests.exceptions.InvalidHeader) as error:
            raise HubFailed(type(error).__name__) from None
        except requests.exceptions.SSLError as error:
            unknown = "CERTIFICATE_VERIFY_FAILED" in str(error)
            raise (HubForged("certificate") if unknown else HubUnreachable(type(error).__name__)) from None
        except (requests.RequestException, OSError) as error:
            raise HubUnreachable(type(error).__name__) from None

    def _note_time(self, date: str) -> None:
        with suppress(ValueError):
            said = parsedate_to_datetime(date)
            self._said = (said if said.tzinfo else said.replace(tzinfo=UTC), time.monotonic())


class _Line:
    """One session, opened anew when the hub moves or is known by something else."""

    def __init__(self, *, believes_all: bool = False) -> None:
        self._believes_all = believes_all
        self._place: Place | None = None
        self._session: requests.Session | None = None

    def session(self, place: Place) -> requests.Session:
        if self._session is None or place != self._place:
            self.close()
            self._place, self._session = place, _session(place.authority, believes_all=self._believes_all)
        return self._session

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _session(authority: str, *, believes_all: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy or .netrc of whoever started us is not ours
    session.verify = not believes_all
    if authority:
        session.mount("https://", _Trusting(authority))
    return session


class _Trusting(HTTPAdapter):
    """Believes whoever the county's own authority has signed, and nobody else.

    Not by the dates: a station's clock may have lost years, and it learns the time from the hub; and a certificate that nobody renewed must
    not cut a whole county off.
    """

    def __init__(self, authority: str) -> None:
        try:
            self._context = ssl.create_default_context(cadata=authority)
        except (ssl.SSLError, ValueError) as error:
            raise HubForged(f"authority: {type(error).__name__}") from None
        self._context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **options, ssl_context=self._context)

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Leave the connection to our context: requests would add the public authorities."""
        conn.cert_reqs = "CERT_REQUIRED"


def fetch_authority(base: str, mark: str) -> str:
    """Get the county's authority (PEM) from a hub that nobody vouches for yet, and look whether it bears the mark that the county told.

    Raises HubForged when it does not, else SyncError. Nothing is sent, and nothing else is believed over this line.
    """
    line = _Line(believes_all=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mark stands in for the verification that urllib3 misses here
            pem = HttpHub(base)._call(line, "GET", AUTHORITY, AuthorityAnswer).certificate
    finally:
        line.close()
    first, end, _ = pem.partition("-----END CERTIFICATE-----")
    try:
        found = mark_of(ssl.PEM_cert_to_DER_cert(first + end))
    except ValueError:
        found = ""
    if found != mark:
        raise HubForged("the hub shows another authority than the county told")
    return first + end  # what else came with it bears no mark


def _read(response: requests.Response, answer: type[T]) -> T:
    raw = bytearray()
    for chunk in response.iter_content(CHUNK):
        raw += chunk
        if len(raw) > ANSWER_MAX_BYTES:
            raise HubFailed("the answer does not end")
    status, wait_s = response.status_code, _wait_s(response)
    try:
        plain = json.loads(raw)
        if 200 <= status < 300:
            return decode(answer, plain)
        if 400 <= status < 500 or status == NO_ROOM:
            error = decode(ErrorBody, plain)
            raise _later(HubRefused(error.code, error.message), wait_s)
    except (ValueError, RecursionError, RecordError) as error:
        raise HubFailed(f"status {status}, not protocol 1: {type(error).__name__}") from None
    raise _later(HubFailed(f"status {status}"), wait_s)


def _wait_s(response: requests.Response) -> float:
    told = response.headers.get("Retry-After", "")
    return min(float(told), RETRY_AFTER_MAX_S) if told.isascii() and told.isdigit() else 0.0


def _later(error: SyncError, wait_s: float) -> SyncError:
    error.wait_s = wait_s
    return error
