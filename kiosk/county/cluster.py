"""A private PostgreSQL cluster in a folder, from Debian's package: unix socket only, never as root. Knows nothing of what is stored in it.

PostgreSQL refuses to run as root, so a root process hands it to user `postgres`; everybody else runs it as himself.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from kiosk.errors import ConfigError, StoreError

DATABASE = "hub"
ROLE = "hub"
SERVER_USER = "postgres"
START_S = 30
LOG = "server.log"
SOCKET_PATH_MAX = 90
"""A unix socket's path ends at 107 bytes, and PostgreSQL adds its own file name."""

CONF = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 64MB
logging_collector = off
log_min_messages = warning
archive_mode = on
archive_command = '/bin/true'
"""
"""Nothing is archived until a backup says where to (`kiosk.county.backup`); switching the mode itself would need a restart then."""


class PrivateCluster:
    """One cluster under `folder`, which must exist or be creatable and, for root, be reachable by user `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.socket = self.folder / "socket"

    def start(self) -> bool:
        """Make the cluster where there is none and start it; say whether it was down. Raise ConfigError or StoreError with what to do."""
        self.make_folders()
        if not self.data.exists():
            self._make()
        was_down = not self._answers()
        until = time.monotonic() + START_S
        while not self._answers() and self.start_server() != 0:
            # fails for a moment after a kill: its pid is still there, or it is still recovering
            if time.monotonic() > until:
                raise StoreError(f"PostgreSQL did not start; {self.folder / LOG} says why")
            time.sleep(0.2)
        self._make_database()
        return was_down

    def runs(self) -> bool:
        """Say whether its server's process lives, whatever it may be doing."""
        try:
            os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), 0)
        except PermissionError:
            return True
        except (OSError, ValueError, IndexError):
            return False
        return True

    def make_folders(self) -> None:
        """Make what the cluster stands in, owned by who runs it; raise ConfigError."""
        if len(os.fsencode(self.socket)) > SOCKET_PATH_MAX:
            raise ConfigError(f"{self.folder}: too long a path for a unix socket, choose a shorter state folder")
        if os.geteuid() == 0 and self.folder.exists():
            held = self.folder.stat().st_uid
            if held not in (0, pwd.getpwnam(SERVER_USER).pw_uid):
                raise ConfigError(f"{self.folder} belongs to user {held}: run this as that user, not as root")
        self.own(self.folder)
        self.own(self.socket)
        if self.run([Path("/usr/bin/test"), "-w", self.folder]).returncode != 0:
            raise ConfigError(f"user {SERVER_USER} cannot reach {self.folder}: choose a state folder outside /root, such as /var/lib/kiosk")

    def own(self, folder: Path) -> None:
        """Make a folder that only who runs the cluster can read."""
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(SERVER_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o700)

    def stop(self) -> None:
        """Stop the cluster if it runs; connections are cut, nothing committed is lost."""
        if self.data.exists():
            self.run([program("pg_ctl"), "-D", self.data, "-m", "fast", "-w", "-t", str(START_S), "stop"])

    def url(self, database: str = DATABASE) -> str:
        """Give SQLAlchemy's address of a database in the cluster."""
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.socket}"

    def _answers(self) -> bool:
        return self.run([program("pg_isready"), "-q", "-h", self.socket]).returncode == 0

    def start_server(self) -> int:
        options: list[Path | str] = ["-l", self.folder / LOG, "-o", f"-k {self.socket}", "-w", "-t", str(START_S)]
        return self.run([program("pg_ctl"), "-D", self.data, *options, "start"]).returncode

    def _make(self) -> None:
        """Make the data folder beside its place and rename it, so that a kill half way leaves nothing that looks whole."""
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        # "C" orders as C.UTF-8 does, and PostgreSQL compares bytes then: keys are texts
        words = ["-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C", "-A", "trust", "--no-instructions"]
        made = self.run([program("initdb"), "-D", new, "-U", ROLE, *words])
        if made.returncode != 0:
            raise StoreError(f"initdb failed: {made.stderr.strip()}")
        with (new / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        new.rename(self.data)

    def _make_database(self) -> None:
        made = self.run([program("createdb"), "-h", self.socket, "-U", ROLE, DATABASE])
        if made.returncode != 0 and "already exists" not in made.stderr:
            raise StoreError(f"createdb failed: {made.stderr.strip()}")

    def run(self, command: list[Path | str], *, timeout_s: float = 3 * START_S) -> subprocess.CompletedProcess[str]:
        """Run a program as the cluster's owner, away from a terminal's Ctrl-C. Output goes to a file: the server would hold a pipe open."""
        drop = ["setpriv", f"--reuid={SERVER_USER}", f"--regid={SERVER_USER}", "--init-groups"] if os.geteuid() == 0 else []
        words = [*drop, *map(str, command)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                start_new_session=True,
                timeout=timeout_s,
            )
            output.seek(0)
            return subprocess.CompletedProcess(words, done.returncode, "", output.read())


def program(name: str) -> Path:
    """Find one of PostgreSQL's programs, of the newest version that is installed; raise ConfigError."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not folders:
        raise ConfigError("PostgreSQL is not installed: apt-get install postgresql")
    return folders[-1].with_name(name)
