"""A private CUPS with one raw queue to the simulated printer: the real cupsd of Debian's package, its folders in one of our own.

Its last step, the backend that carries a job's bytes to a printer, is ours: the one for TCP is not in that package.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

QUEUE = "slips"
PROGRAMS = Path("/usr/lib/cups")
BACKEND = """#!{python}
import socket, sys
if len(sys.argv) == 1:
    print('direct ours "Unknown" "Ours"')
    sys.exit(0)
with open(sys.argv[6], "rb") if len(sys.argv) > 6 else sys.stdin.buffer as job:
    data = job.read()
with socket.create_connection(("127.0.0.1", {port}), timeout=5) as line:
    line.sendall(data)
"""


@dataclass(frozen=True)
class CupsServer:
    """The running server; whatever its programs say to it goes to `address` through the environment."""

    address: str
    folder: Path

    def admin(self, *command: str) -> None:
        """Run one of its administrator's programs."""
        subprocess.run(command, check=True, capture_output=True, timeout=20)

    def lead_to(self, port: int) -> None:
        """Let the queue end at a port of this machine."""
        backend = self.folder / "bin" / "backend" / "ours"
        backend.write_text(BACKEND.format(python=sys.executable, port=port))
        # closed to others it runs as who started the server, who may run this Python
        backend.chmod(0o700)


@contextmanager
def cups(monkeypatch: pytest.MonkeyPatch, port: int) -> Iterator[CupsServer]:
    """Start it with one queue that ends at `port`; this process's lp and lpstat speak to it."""
    # its helpers run as another user, who may not enter the folders of pytest
    folder = Path(tempfile.mkdtemp(prefix="cups-"))
    folder.chmod(0o755)
    # no port: another test may take a free one before the server has it
    address = f"{folder}/socket"
    for name in ("root", "spool", "cache", "state", "tmp", "bin/backend", "bin/filter"):
        (folder / name).mkdir(parents=True)
    for name in ("daemon", "notifier"):
        (folder / "bin" / name).symlink_to(PROGRAMS / name)
    server = CupsServer(address, folder)
    server.lead_to(port)
    (folder / "cupsd.conf").write_text(
        f"Listen {address}\nLogLevel debug\nBrowsing Off\nDefaultAuthType None\nErrorPolicy stop-printer\n"
        "<Location />\nOrder allow,deny\nAllow all\n</Location>\n"
        "<Policy default>\n<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n"
    )
    (folder / "cups-files.conf").write_text(
        f"ServerRoot {folder}/root\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/state\nTempDir {folder}/tmp\n"
        f"ServerBin {folder}/bin\nErrorLog {folder}/error.log\nAccessLog {folder}/access.log\nPageLog {folder}/page.log\n"
        "Sandboxing Relaxed\n"
    )
    monkeypatch.setenv("CUPS_SERVER", address)
    daemon = [shutil.which("cupsd") or "/usr/sbin/cupsd", "-f", "-c", f"{folder}/cupsd.conf", "-s", f"{folder}/cups-files.conf"]
    process = subprocess.Popen(daemon, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        # its exit status is 0 also while nobody answers
        english = os.environ | {"LC_ALL": "C"}
        while b"is running" not in subprocess.run(["lpstat", "-r"], capture_output=True, check=False, env=english).stdout:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < until
            time.sleep(0.05)
        server.admin("/usr/sbin/lpadmin", "-p", QUEUE, "-E", "-v", "ours:/printer")
        yield server
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)
