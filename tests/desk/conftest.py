"""The desk page of a real station, served over TLS on a real port, and a browser's view of it."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kiosk.desk.serve import DeskServer
from tests.station import PIN, TestStation, make_station


@dataclass
class Browser:
    """A desk PC: keeps its cookie, trusts the station's certificate, follows where it is sent."""

    base: str
    certificate: Path
    line: requests.Session = field(default_factory=requests.Session)
    page: requests.Response = field(init=False)

    def open(self, path: str) -> str:
        """Load a page; give what it says."""
        self.page = self.line.get(self.base + path, verify=str(self.certificate), timeout=20)
        return self.page.text

    def send(self, path: str, **fields: str) -> str:
        """Send a form of the page that stands there, with its hidden key."""
        return self._send(path, fields, None)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> str:
        """Send a form with a file in its field `file`."""
        return self._send(path, fields, {"file": (name, content)})

    def _send(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None) -> str:
        key = re.search(r'name="form_key" value="([^"]+)"', self.page.text)
        data = {"form_key": unescape(key[1]) if key else "", **fields}
        self.page = self.line.post(self.base + path, data=data, files=files, verify=str(self.certificate), timeout=20)
        return self.page.text

    def sign_in(self, staff_id: str, pin: str = PIN) -> str:
        """Sign in as somebody."""
        self.open("/sign-in")
        return self.send("/sign-in", staff_id=staff_id, pin=pin)


@dataclass
class DeskStation:
    """A station whose desk page is served."""

    station: TestStation
    base: str
    certificate: Path
    browsers: list[Browser] = field(default_factory=list)

    def browser(self) -> Browser:
        """Give a browser that has not been here before."""
        self.browsers.append(Browser(self.base, self.certificate))
        return self.browsers[-1]

    def signed_in(self) -> Browser:
        """Give a browser at which the head of station sits."""
        browser = self.browser()
        browser.sign_in(self.station.head.staff_id)
        assert browser.page.status_code == 200
        return browser


def fingerprint(certificate: Path) -> str:
    """Give the certificate's SHA-256 as browsers show it: pairs of capital hex digits with colons."""
    digest = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskStation]:
    """Serve a station's desk page."""
    station = make_station(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = DeskServer(station.here, "127.0.0.1", port, tmp_path / "desk")
    stop = threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    served = DeskStation(station, f"https://127.0.0.1:{port}", tmp_path / "desk" / "cert.pem")
    yield served
    for browser in served.browsers:
        browser.line.close()
    stop.set()
    thread.join(20)
