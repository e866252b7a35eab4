"""How soon a slip begins after its tap, and how many bytes it takes.

Terminal and agent are real processes, the printer is the simulated one over TCP. `tap_first_byte_p95_ms`: a finger injected by XTEST
lifts from 打印小票 on a listing's page → the slip's first byte reaches the printer, the status query and its answer included; on standard
error what lies between. `slip_bytes`: the registration slip with its code, no rare character; on standard error every kind.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.devices.escpos_printer import encode
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_58, PAPER_80
from kiosk.devices.printer_simulator import PrinterServer
from kiosk.devices.printer_status import QUESTION
from kiosk.text import t
from kiosk.trial.display import VirtualScreen
from kiosk.trial.eye import Eye
from tests.bench.stage import figure, load, make_state, p, say, spread, start, stop
from tests.fault_matrix import EVERY_SLIP

WIDTH, HEIGHT = 1920, 1080
TAPS, WARM = 40, 5
PATIENCE_S, HOLD_S, REST_S = 60, 0.06, 0.5
SETTINGS = 'printer = "tcp://127.0.0.1:{port}"\n'
SLIP_BEGINS = b"\x1b@\x1c&"
RASTER_KB = 45


class Stopwatch(SimulatedPrinter):
    """A printer that notes when it was asked how it is and when a slip began."""

    asked_at = began_at = 0.0

    def receive(self, data: bytes) -> bytes:
        now = time.monotonic()
        if any(question in data for question in QUESTION.values()) and not self.began_at:
            self.asked_at = now
        if data.startswith(SLIP_BEGINS) and not self.began_at:
            self.began_at = now
        return super().receive(data)


@dataclass(frozen=True)
class Tap:
    """One tap, in milliseconds."""

    asked: float
    began: float


def run() -> Iterator[dict[str, Any]]:
    """Tap and weigh."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        taps = _taps(Path(name))
    say(f"tap → status query {spread([one.asked for one in taps])}")
    say(f"status query → first byte {spread([one.began - one.asked for one in taps])}")
    say(f"tap → first byte {spread([one.began for one in taps])}; {load()}")
    yield figure("tap_first_byte_p95_ms", round(p([one.began for one in taps], 95), 1), "ms", 50)
    for name, slip in EVERY_SLIP.items():
        say(f"{name}: {len(encode(slip, PAPER_80))} bytes on 80 mm, {len(encode(slip, PAPER_58))} on 58 mm")
    yield figure("slip_bytes", len(encode(EVERY_SLIP["registration"], PAPER_80)), "bytes", 1024, "as raster", RASTER_KB * 1024)


def _taps(folder: Path) -> list[Tap]:
    printer = Stopwatch()
    with closing(PrinterServer(printer)) as server, closing(VirtualScreen(WIDTH, HEIGHT)) as screen:
        state = make_state(folder, WIDTH, HEIGHT, settings=SETTINGS.format(port=server.port))
        agent = start(screen, state, "agent")
        terminal = start(screen, state, "terminal", probe=state / "probe")
        try:
            eye = Eye(screen, state / "probe")
            eye.wait_page("home", PATIENCE_S)
            eye.tap(t("home.find.title"))
            eye.wait_page("jobs")
            seen = eye.wait(lambda seen: any(map(_is_row, seen["things"])), "a row")
            screen.tap(eye.middle(next(thing["rect"] for thing in seen["things"] if _is_row(thing))))
            eye.wait_page("detail")
            return [_tap(eye, screen, printer) for _ in range(WARM + TAPS)][WARM:]
        finally:
            stop(terminal)
            stop(agent)


def _tap(eye: Eye, screen: VirtualScreen, printer: Stopwatch) -> Tap:
    at = eye.place(t("detail.print"))
    time.sleep(REST_S)
    printer.began_at = printer.asked_at = 0.0
    screen.press(at)
    time.sleep(HOLD_S)
    lifted = time.monotonic()
    screen.lift()
    eye.wait_text(t("print.printed"))
    eye.tap(t("problem.ok"))
    eye.wait(lambda seen: t("print.printed") not in [thing.get("text") for thing in seen["things"]], "the page without the dialog")
    return Tap((printer.asked_at - lifted) * 1000, (printer.began_at - lifted) * 1000)


def _is_row(thing: dict[str, Any]) -> bool:
    """Know a row of the list by its width."""
    left, _, right, _ = thing["rect"]
    return bool(thing["kind"] == "button" and right - left > WIDTH / 2)
