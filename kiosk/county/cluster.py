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
max_connections = 60
shared_buffers = 64MB
logging_collector = off
log_min_messages = warning
"""


class PrivateCluster:
    """One cluster under `folder`, which must exist or be creatable and, for root, be reachable by user `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._data = self.folder / "data"
        self._socket = self.folder / "socket"

    def start(self) -> bool:
        """Make the cluster where there is none and start it; say whether it was down. Raise ConfigError or StoreError with what to do."""
        programs = _programs()
        if len(os.fsencode(self._socket)) > SOCKET_PATH_MAX:
            raise ConfigError(f"{self.folder}: too long a path for a unix socket, choose a shorter state folder")
        owner = pwd.getpwnam(SERVER_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        for folder in (self.folder, self._socket):
            folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder, owner.pw_uid, owner.pw_gid)
            folder.chmod(0o700)
        self._check_reachable()
        if not self._data.exists():
            self._make(programs)
        was_down = not self._answers(programs)
        until = time.monotonic() + START_S
        while not self._answers(programs) and self._start_server(programs) != 0:
            # fails for a moment after a kill: its pid is still there, or it is still recovering
            if time.monotonic() > until:
                raise StoreError(f"PostgreSQL did not start; {self.folder / LOG} says why")
            time.sleep(0.2)
        self._make_database(programs)
        return was_down

    def stop(self) -> None:
        """Stop the cluster if it runs; connections are cut, nothing committed is lost."""
        if self._data.exists():
            self._run([_programs() / "pg_ctl", "-D", self._data, "-m", "fast", "-w", "-t", str(START_S), "stop"])

    def url(self, database: str = DATABASE) -> str:
        """Give SQLAlchemy's address of a database in the cluster."""
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self._socket}"

    def _answers(self, programs: Path) -> bool:
        return self._run([programs / "pg_isready", "-q", "-h", self._socket]).returncode == 0

    def _start_server(self, programs: Path) -> int:
        options: list[Path | str] = ["-l", self.folder / LOG, "-o", f"-k {self._socket}", "-w", "-t", str(START_S)]
        return self._run([programs / "pg_ctl", "-D", self._data, *options, "start"]).returncode

    def _make(self, programs: Path) -> None:
        """Make the data folder beside its place and rename it, so that a kill half way leaves nothing that looks whole."""
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        made = self._run([programs / "initdb", "-D", new, "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-instructions"])
        if made.returncode != 0:
            raise StoreError(f"initdb failed: {made.stderr.strip()}")
        with (new / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        new.rename(self._data)

    def _make_database(self, programs: Path) -> None:
        made = self._run([programs / "createdb", "-h", self._socket, "-U", ROLE, DATABASE])
        if made.returncode != 0 and "already exists" not in made.stderr:
            raise StoreError(f"createdb failed: {made.stderr.strip()}")

    def _check_reachable(self) -> None:
        if self._run([Path("/usr/bin/test"), "-w", self.folder]).returncode != 0:
            raise ConfigError(f"user {SERVER_USER} cannot reach {self.folder}: choose a state folder outside /root, such as /var/lib/kiosk")

    def _run(self, command: list[Path | str]) -> subprocess.CompletedProcess[str]:
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
                timeout=3 * START_S,
            )
            output.seek(0)
            return subprocess.CompletedProcess(words, done.returncode, "", output.read())


def _programs() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not folders:
        raise ConfigError("PostgreSQL is not installed: apt-get install postgresql")
    return folders[-1].parent
