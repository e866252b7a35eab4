"""How far one gets on the way to the county, step by step: a way out, the name, the line, the certificate. Sends nothing of ours."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.sync.client import NO_CHECK_TIME, Place

WAIT_S = 5.0
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far one gets. `trip_ms` is the quickest of a few round trips, None where nobody answers; `good_until` when the certificate of
    whoever answers ends, None where there is none; `wrong` says that it is not the county's."""

    has_route: bool
    host: str
    resolves: bool = False
    trip_ms: float | None = None
    good_until: datetime | None = None
    wrong: bool = False


def look(place: Place, root: Path = Path("/"), resolve: Callable[..., object] = socket.getaddrinfo) -> Way:
    """Go the way to the county's hub as far as it leads; takes a few seconds at most."""
    parts = urlsplit(place.base)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    routed = has_route(root)
    if not host or not _resolves(host, port, resolve):
        return Way(has_route=routed, host=host)
    trip_ms = _trip_ms(host, port)
    if trip_ms is None or parts.scheme != "https":
        return Way(has_route=routed, host=host, resolves=True, trip_ms=trip_ms)
    until, wrong = _certificate(host, port, place.authority)
    return Way(has_route=routed, host=host, resolves=True, trip_ms=trip_ms, good_until=until, wrong=wrong)


def has_route(root: Path = Path("/")) -> bool:
    """Say whether there is a way out of this machine."""
    try:
        lines = [line.split() for line in (root / "proc/net/route").read_text().splitlines()[1:]]
        if any(words[1] == "00000000" and int(words[3], 16) & 1 for words in lines if len(words) > 3):
            return True
    except (OSError, ValueError):
        pass
    try:
        lines = [line.split() for line in (root / "proc/net/ipv6_route").read_text().splitlines()]
        return any(words[0] == "0" * 32 and words[1] == "00" and words[9] != "lo" for words in lines if len(words) > 9)
    except OSError:
        return False


def _resolves(host: str, port: int, resolve: Callable[..., object]) -> bool:
    """Ask for the name, on a thread: the library's own patience is longer than ours."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        found = list[object]()

        def ask() -> None:
            try:
                found.append(resolve(host, port))
            except (OSError, UnicodeError):
                return

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(WAIT_S)
        return bool(found)
    return True


def _trip_ms(host: str, port: int) -> float | None:
    trips = []
    for _ in range(TRIES):
        began = time.monotonic()
        try:
            socket.create_connection((host, port), WAIT_S).close()
        except OSError:
            break
        trips.append((time.monotonic() - began) * 1000)
    return min(trips, default=None)


def _certificate(host: str, port: int, authority: str) -> tuple[datetime | None, bool]:
    try:
        context = ssl.create_default_context(cadata=authority) if authority else ssl.create_default_context()
        context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
        with socket.create_connection((host, port), WAIT_S) as line, context.wrap_socket(line, server_hostname=host) as secure:
            told = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError:
        return None, True
    except (OSError, ValueError):
        return None, False
    ends = told.get("notAfter")
    return (datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None), False
