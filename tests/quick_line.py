"""A line to the simulated printer without sockets, in time that passes only when somebody waits: a minute costs nothing."""

from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.transport import Line, Transport
from tests.contract.lines import is_slip
from tests.station import Clock

CHUNK = 4096
STEP_S = 0.1


class QuickTime:
    """What printer, line and station take for the time."""

    def __init__(self, clock: Clock) -> None:
        self._now, self._clock = 0.0, clock

    def __call__(self) -> float:
        """Give the seconds that have passed."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
        self._clock.tick(seconds=seconds)


class QuickLine(Line):
    """One connection. `breaks`: the other end notices when the printer's power goes, as over TCP; a serial line stays silent."""

    def __init__(self, machine: SimulatedPrinter, time: QuickTime, breaks: bool) -> None:
        self._machine, self._time, self._breaks = machine, time, breaks
        self._heard, self._broken = b"", False
        self._look()

    def write(self, data: bytes, within_s: float) -> int:
        until = self._time() + within_s
        self._look()
        while self._machine.full:
            if self._time() >= until:
                raise TimeoutError("the line takes nothing")
            self._time.wait(STEP_S)
            self._hear(b"")
        part = data[: CHUNK if not self._machine.faults.slow else CHUNK // 16]
        self._hear(part)
        return len(part)

    def read(self, within_s: float) -> bytes:
        until = self._time() + within_s
        while True:
            self._look()
            self._hear(b"")
            if self._heard:
                heard, self._heard = self._heard, b""
                return heard
            left = until - self._time()
            if left <= 0:
                return b""
            self._time.wait(min(left, STEP_S))

    def close(self) -> None:
        pass

    def _look(self) -> None:
        if self._broken or (self._breaks and self._machine.faults.refuse):
            raise ConnectionResetError("the other side hung up")

    def _hear(self, data: bytes) -> None:
        if self._machine.faults.refuse:
            return
        try:
            self._heard += self._machine.receive(data)
        except ConnectionResetError:
            self._broken = self._breaks


class DeadLine(QuickLine):
    """Takes everything, and carries nothing more after so many bytes of slip: a cable that was pulled out."""

    def __init__(self, machine: SimulatedPrinter, time: QuickTime, breaks: bool, left: list[int]) -> None:
        super().__init__(machine, time, breaks)
        self._left, self._dead = left, False

    def write(self, data: bytes, within_s: float) -> int:
        if self._dead:
            return len(data)
        if not is_slip(data):
            return super().write(data, within_s)
        carried = super().write(data[: self._left[0]], within_s) if self._left[0] else 0
        self._left[0] -= carried
        if self._left[0]:
            return carried
        self._dead, self._left[0] = True, -1
        return len(data)

    def read(self, within_s: float) -> bytes:
        if not self._dead:
            return super().read(within_s)
        self._time.wait(within_s)
        return b""


def quick(machine: SimulatedPrinter, time: QuickTime, *, breaks: bool = True, dead_after: int | None = None) -> Transport:
    """Reach the printer; `dead_after` so many bytes of slip the cable is pulled out, until the next call."""
    left = [dead_after or 0]

    def connect() -> Line:
        if dead_after is None or left[0] < 0:
            return QuickLine(machine, time, breaks)
        return DeadLine(machine, time, breaks, left)

    return Transport("quick", connect)
