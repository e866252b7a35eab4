"""Backups of the private cluster, and putting it back to an instant: a copy of the whole now and then, and PostgreSQL's log all the time.

    FOLDER/base-20261127T083000Z/base.tar.gz   a copy, consistent from that instant on
    FOLDER/wal/*.gz                            the log since the oldest copy

FOLDER belongs on another disk. The hub's key and certificates are not in it: a copy of them beside the data would open what they seal.
"""

import re
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from kiosk.county.cluster import LOG, ROLE, PrivateCluster, program
from kiosk.errors import ConfigError, StoreError

KEPT = 7
"""So many copies are kept, and the log since the oldest."""
ARCHIVE_TIMEOUT_S = 60
"""At most so much is lost with the disk. A log that is switched early is mostly zeros and compresses to nothing."""
STAMP = "%Y%m%dT%H%M%SZ"
COPY_S = 6 * 3600
LOOK_S = 0.2
TOO_FAR = "recovery ended before configured recovery target was reached"


def backup(cluster: PrivateCluster, folder: Path) -> Path:
    """Copy the running cluster into the folder, keep its log there from now on; give the copy's place. Raises ConfigError, StoreError."""
    folder = folder.absolute()
    new, wal = folder / "base.new", folder / "wal"
    if not folder.exists():
        cluster.own(folder)
    if cluster.run(["mkdir", "-p", "-m", "0700", wal]).returncode != 0:
        raise ConfigError(f"{folder}: who runs the database cannot write there")
    _keep_log(cluster, wal)
    cluster.run(["rm", "-rf", new])
    copy: list[Path | str] = [
        program("pg_basebackup"),
        "-h",
        cluster.socket,
        "-U",
        ROLE,
        "-D",
        new,
        "-Ft",
        "-z",
        "-X",
        "fetch",
        "-c",
        "fast",
    ]
    made = cluster.run(copy, timeout_s=COPY_S)
    if made.returncode != 0:
        raise StoreError(f"pg_basebackup failed: {made.stderr.strip()[-400:]}")
    place = folder / f"base-{datetime.now(UTC):{STAMP}}"
    new.rename(place)
    _forget_old(cluster, folder)
    return place


def restore(cluster: PrivateCluster, folder: Path, to: datetime | None) -> None:
    """Put the stopped cluster back as it was at an instant, or as far as the backup goes; raise ConfigError, StoreError.

    What was there before is kept beside it. What the old cluster had not given to the backup yet is taken from it, where it is still there.
    """
    folder = folder.absolute()
    if cluster.runs():
        raise ConfigError("stop the hub first: its database is running")
    copies = [copy for copy in _copies(folder) if to is None or _instant(copy) <= to]
    if not copies:
        raise ConfigError(f"{folder}: no backup from before that instant")
    cluster.make_folders()
    new, before = cluster.folder / "data.new", cluster.folder / f"data.before-{datetime.now(UTC):{STAMP}}"
    cluster.run(["rm", "-rf", new])
    cluster.own(new)
    opened = cluster.run(["tar", "-xzf", copies[-1] / "base.tar.gz", "-C", new], timeout_s=COPY_S)
    if opened.returncode != 0:
        raise StoreError(f"{copies[-1]}: {opened.stderr.strip()[-400:]}")
    if cluster.data.exists():
        cluster.data.rename(before)
    _recover_from(new, folder / "wal", before / "pg_wal", to)
    cluster.run(["touch", new / "recovery.signal"])
    new.rename(cluster.data)
    _recover(cluster)


def _recover(cluster: PrivateCluster) -> None:
    """Have PostgreSQL read its log up to the instant, and be an ordinary cluster again."""
    log = cluster.folder / LOG
    told = log.stat().st_size if log.exists() else 0
    cluster.start_server()
    until = time.monotonic() + COPY_S
    while time.monotonic() < until:
        if not cluster.runs():
            said = log.read_bytes()[told:].decode(errors="replace")
            if TOO_FAR not in said:
                raise StoreError(f"PostgreSQL could not recover; {log} says why")
            # the log ends before that instant, so all of it is from before
            _set(cluster.data, {"recovery_target_time": ""})
            told = log.stat().st_size
            cluster.start_server()
        elif _recovered(cluster):
            break
        time.sleep(LOOK_S)
    with _connect(cluster) as connection:
        for name in ("restore_command", "recovery_target_time"):
            connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
    cluster.stop()


def _recovered(cluster: PrivateCluster) -> bool:
    try:
        with _connect(cluster) as connection:
            row = connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


def _recover_from(data: Path, wal: Path, old: Path, to: datetime | None) -> None:
    kept, left = _quoted(wal / "%f.gz"), _quoted(old / "%f")
    command = f'if test -f {kept}; then gzip -dc {kept} > "%p"; else cp {left} "%p"; fi'
    _set(data, {"restore_command": command, "recovery_target_action": "promote"} | ({"recovery_target_time": _said(to)} if to else {}))


def _set(data: Path, settings: dict[str, str]) -> None:
    """Write settings where ALTER SYSTEM writes them; the last one of a name counts."""
    with (data / "postgresql.auto.conf").open("a") as file:
        for name, value in settings.items():
            file.write(f"{name} = '{value.replace(chr(39), 2 * chr(39))}'\n")


def _keep_log(cluster: PrivateCluster, wal: Path) -> None:
    """Have every finished piece of the log put into the folder, whole or not at all; the same piece again does no harm."""
    part, whole = _quoted(wal / "%f.part"), _quoted(wal / "%f.gz")
    new = f'gzip -1 < "%p" > {part} && sync {part} && mv {part} {whole}'
    command = f'if test -f {whole}; then gzip -dc {whole} | cmp -s - "%p"; else {new}; fi'
    with _connect(cluster) as connection:
        for name, value in (("archive_command", command), ("archive_timeout", str(ARCHIVE_TIMEOUT_S))):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")


def _forget_old(cluster: PrivateCluster, folder: Path) -> None:
    copies = _copies(folder)
    for old in copies[:-KEPT]:
        cluster.run(["rm", "-rf", old])
    label = cluster.run(["tar", "-xzOf", copies[-KEPT:][0] / "base.tar.gz", "backup_label"]).stderr
    first = re.search(r"\(file ([0-9A-F]{24})\)", label)
    if first:
        cluster.run([program("pg_archivecleanup"), "-x", ".gz", folder / "wal", first[1]])


def _copies(folder: Path) -> list[Path]:
    """Give the copies, oldest first."""
    return sorted(copy for copy in folder.glob("base-*Z") if (copy / "base.tar.gz").exists())


def _instant(copy: Path) -> datetime:
    return datetime.strptime(copy.name.removeprefix("base-"), STAMP).replace(tzinfo=UTC)


def _said(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(sep=" ")


def _quoted(path: Path) -> str:
    """Write a path for PostgreSQL's shell commands, in which % means something; %f stands at the end."""
    text = str(path)
    name = path.name
    return shlex.quote(text.removesuffix(name).replace("%", "%%")) + name


def _connect(cluster: PrivateCluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(cluster.url("postgres").replace("+psycopg", ""), autocommit=True)
