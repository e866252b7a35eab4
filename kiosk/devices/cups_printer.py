"""Slips through a raw queue of CUPS: for a printer that only CUPS reaches, on another machine or with a driver of its maker's.

CUPS takes the bytes and says nothing of the paper: no slip is ever confirmed, and only how the queue is can be asked. What it could not
hand on it keeps, for days: a slip that is not gone when its visitor gives up is taken back, and so is what an earlier one left.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from kiosk.devices.escpos_printer import encode
from kiosk.devices.printer_profile import Profile
from kiosk.domain.ports import Confirms, Delivery, Paper
from kiosk.domain.print_job import Trouble
from kiosk.domain.slip import Slip
from kiosk.errors import PrinterAbsent, PrinterCut, PrinterNotReady

ANSWER_S = 5.0
HANDED_ON_S = 15.0
"""A slip is read at once and printed in seconds; CUPS itself then gives up, too, should we be gone."""
LOOK_S = 0.2


class CupsPrinter:
    """One raw queue, ours alone: what waits in it before a slip is cancelled."""

    def __init__(self, queue: str, profile: Profile, handed_on_s: float = HANDED_ON_S) -> None:
        self._queue, self._profile, self._handed_on_s = queue, profile, handed_on_s

    def check(self) -> Paper:
        """Ask CUPS whether the queue is there and works; raise PrinterAbsent, or PrinterNotReady(fault) when it was stopped."""
        said = _run("lpstat", "-p", self._queue, "-a", self._queue)
        if said.returncode:
            raise PrinterAbsent(f"{self._queue}: {said.stderr.decode(errors='replace').strip()}")
        lines = said.stdout.decode(errors="replace").splitlines()
        stopped = any(line.startswith(f"printer {self._queue} disabled") for line in lines)
        if stopped or not any(line.startswith(f"{self._queue} accepting requests") for line in lines):
            raise PrinterNotReady(Trouble.FAULT)
        return Paper.OK

    def print(self, slip: Slip, sent: Callable[[], None] = lambda: None) -> Delivery:
        """Hand one slip to CUPS, call `sent`, and wait until it has handed it on. What then came out nobody knows: always uncertain.

        Raises what `check` raises, and BadInput, only before CUPS has it; PrinterCut when it may have it.
        """
        data = encode(slip, self._profile)
        self.check()
        if left := self._waiting():
            _run("cancel", *left)
        seconds = f"job-cancel-after={max(1, round(self._handed_on_s))}"
        try:
            said = _run("lp", "-d", self._queue, "-o", "raw", "-o", seconds, "-t", slip.serial, data=data)
        except PrinterAbsent as error:
            raise PrinterCut(str(error)) from None
        if said.returncode:
            # the queue was well a moment ago: this may be a CUPS that took the slip and broke off before it said so
            raise PrinterCut(f"{self._queue}: {said.stderr.decode(errors='replace').strip()}")
        sent()
        # whatever CUPS does from now on, nobody may be told that nothing had gone
        with suppress(PrinterAbsent):
            self._see_off()
        return Delivery.UNCERTAIN

    def confirms(self) -> Confirms:
        """Say that a slip is never confirmed."""
        return Confirms.NOTHING

    def knows_ids(self) -> bool:
        """Say that it cannot be asked."""
        return False

    def close(self) -> None:
        """Nothing is held between slips."""

    def _see_off(self) -> None:
        """Wait until CUPS has handed the slip on; take it back when it cannot."""
        until = time.monotonic() + self._handed_on_s
        while (left := self._waiting()) and self._works() and time.monotonic() < until:
            time.sleep(LOOK_S)
        if left:
            _run("cancel", *left)

    def _works(self) -> bool:
        try:
            self.check()
        except (PrinterAbsent, PrinterNotReady):
            return False
        return True

    def _waiting(self) -> list[str]:
        """Give the names of jobs that have not been handed on."""
        said = _run("lpstat", "-W", "not-completed", "-o", self._queue)
        return [line.split()[0] for line in said.stdout.decode(errors="replace").splitlines() if line.startswith(f"{self._queue}-")]


def queues() -> Iterator[tuple[str, str]]:
    """Give the queues that CUPS has, and where each leads; none where there is no CUPS."""
    try:
        said = _run("lpstat", "-v")
    except PrinterAbsent:
        return
    for line in said.stdout.decode(errors="replace").splitlines():
        if found := re.fullmatch(r"device for ([^\s:]+): (.+)", line):
            yield found[1], found[2]


def _run(*command: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run one of CUPS's programs; raise PrinterAbsent where it is missing or does not come back."""
    try:
        # their words depend on the language
        environment = {**os.environ, "LC_ALL": "C"}
        return subprocess.run(command, input=data, capture_output=True, timeout=ANSWER_S, env=environment, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrinterAbsent(f"{command[0]}: {type(error).__name__}") from None
