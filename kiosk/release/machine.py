"""A real station as the change of its program sees it: systemd, pip, what the processes leave in /run. Runs as root."""

import json
import os
import platform
import shutil
import stat
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.domain.release import LOCK, UpdateStage
from kiosk.release.place import Place, point
from kiosk.release.stage import MachineError, read_foreign

TARGET, TRY = "kiosk.target", "kiosk-try.service"
NEEDED, BOARD, HELP = (
    ("kiosk-display.service", "kiosk-terminal.service", "kiosk-agent.service"),
    "kiosk-board.service",
    "kiosk-help.service",
)
ALL = (*NEEDED, BOARD, HELP, "kiosk-prepare.service")
STILL = ("inactive", "failed")
QUIET_S = 900.0
"""Longer than a visit that nobody goes on with, and than the lock keeps what staff have begun (twelve minutes)."""
FRESH_S = 20.0
NO_ROOM = 3
"""How `kiosk prepare --try` ends when a copy has no room."""
SHORT_S, START_S, LONG_S = 120.0, 1200.0, 1800.0
HEALTH_MAX_BYTES = 64 * 1024
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}


class StationMachine:
    """This machine. `systemctl` is the program that is asked and told."""

    kind = platform.machine()

    def __init__(self, place: Place, run: Path = Path("/run/kiosk"), systemctl: str = "systemctl") -> None:
        self._place, self._run, self._systemctl = place, run, systemctl
        self._restarts: dict[str, int] = {}

    def free_bytes(self, folder: Path) -> int:
        """Say how much room there is."""
        return shutil.disk_usage(folder).free

    def environment(self, old: Path, new: Path, wheels: Sequence[Path], dropped: Sequence[str]) -> None:
        """Make the new release's environment; raise MachineError.

        Hard links: pip takes a name away before it writes a file of that name, so that the old environment stays as it is.
        """
        try:
            shutil.copytree(old / ".venv", new / ".venv", symlinks=True, copy_function=os.link)
        except (OSError, shutil.Error) as error:
            raise MachineError(f"environment: {type(error).__name__}") from None
        python = [str(new / ".venv/bin/python"), "-m"]
        quiet = ["-q", "--disable-pip-version-check", "--no-input"]
        if wheels:
            names = [str(wheel) for wheel in wheels]
            # `-I` is not for pip itself: nothing of ours lies where it runs
            _told([*python, "pip", "install", *quiet, "--no-index", "--no-deps", "--force-reinstall", *names], LONG_S, new / ".venv")
        if dropped:
            _told([*python, "pip", "uninstall", "-y", *quiet, *dropped], LONG_S, new / ".venv")
        _told([*python, "compileall", "-q", "-j", "0", "kiosk"], LONG_S, new)
        if not (new / LOCK).exists():
            raise MachineError("no lock")

    def try_store(self, release: Path) -> UpdateStage | None:
        """Have a release upgrade a copy of the store, as the station's own user, without a network."""
        point(self._place.top / "next", f"releases/{release.name}")
        try:
            _told([self._systemctl, "start", TRY], START_S)
        except MachineError:
            status = self._shown([TRY], "ExecMainStatus").get(TRY, {}).get("ExecMainStatus")
            return UpdateStage.FULL if status == str(NO_ROOM) else UpdateStage.FAILED
        return None

    def quiet(self) -> bool:
        """Say whether nobody has touched the terminal for a quarter of an hour."""
        try:
            since = time.time() - (self._run / "touched").lstat().st_mtime
        except FileNotFoundError:
            return True
        return since >= QUIET_S

    def bad(self, version: str) -> frozenset[str]:
        """Name what is not well with the program of this version."""
        shown = self._shown([*NEEDED, BOARD, HELP], "ActiveState", "NRestarts", "UnitFileState")
        has_board = shown.get(BOARD, {}).get("UnitFileState") == "enabled"
        wrong = set()
        for unit in (*NEEDED, *([BOARD] if has_board else [])):
            told = shown.get(unit, {})
            restarts = int(told.get("NRestarts") or 0)
            if told.get("ActiveState") != "active" or restarts > self._restarts.get(unit, restarts):
                wrong.add(unit)
            self._restarts[unit] = restarts
        if shown.get(HELP, {}).get("ActiveState") in ("active", "activating"):
            wrong.add(HELP)
        agent = self._said("agent.json")
        if agent is None or agent.get("version") != version:
            wrong.add("agent's word")
        if has_board and self._said("board.json") is None:
            wrong.add("board's word")
        return frozenset(wrong)

    def stop(self) -> None:
        """Stop all of the station; raise MachineError where something still runs.

        Each unit by its name: of a target alone systemctl waits for nothing, and a start that comes while a slip is being finished takes
        back the stop that still waits for it. So an old agent went on writing, and `prepare` was not run anew (found on a booted system).
        """
        _told([self._systemctl, "stop", TARGET, *ALL], SHORT_S)
        if still := [unit for unit, told in self._shown(ALL, "ActiveState").items() if told.get("ActiveState") not in STILL]:
            raise MachineError(f"still there: {', '.join(still)}")
        self._restarts.clear()

    def apply(self, release: Path) -> None:
        """Put units and the like of a release in their places."""
        _told(["bash", str(release / "deploy/apply.sh"), str(self._place.top)], LONG_S)

    def start(self, *, wait: bool) -> None:
        """Start all of the station. At boot nobody can wait: what is started waits for us."""
        subprocess.run([self._systemctl, "reset-failed", *ALL], env=ENVIRONMENT, capture_output=True, check=False, timeout=SHORT_S)
        _told([self._systemctl, "start", *([] if wait else ["--no-block"]), TARGET], START_S)

    def time(self) -> float:
        """Count seconds."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def _shown(self, units: Sequence[str], *names: str) -> dict[str, dict[str, str]]:
        words = [self._systemctl, "show", *units, *(f"--property={name}" for name in ("Id", *names))]
        try:
            said = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=SHORT_S).stdout
        except (OSError, subprocess.TimeoutExpired):
            return {}
        blocks = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in said.split("\n\n")]
        return {block["Id"]: block for block in blocks if "Id" in block}

    def _said(self, name: str) -> dict[str, Any] | None:
        """Read what a process said of itself a moment ago, None where it is silent."""
        try:
            folder = os.open(self._run, os.O_RDONLY | os.O_DIRECTORY)
            try:
                found = os.stat(name, dir_fd=folder, follow_symlinks=False)
                fresh = stat.S_ISREG(found.st_mode) and abs(time.time() - found.st_mtime) < FRESH_S
                plain = json.loads(read_foreign(folder, name, HEALTH_MAX_BYTES)) if fresh else None
            finally:
                os.close(folder)
        except (OSError, ValueError, RecursionError):
            return None
        return plain if isinstance(plain, dict) else None


def _told(words: Sequence[str], within_s: float, folder: Path | None = None) -> None:
    try:
        done = subprocess.run(
            words, env=ENVIRONMENT, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=within_s
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"{words[0]} {words[1]}: {type(error).__name__}") from None
    if done.returncode:
        raise MachineError(f"{' '.join(words[:4])}: {done.returncode}: {done.stderr[-400:]}")
