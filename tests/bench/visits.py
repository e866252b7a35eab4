"""Visitors one after another, for days on end: what the terminal's memory does, and whether anything goes wrong that nobody caught.

Terminal and agent are real processes with a printer beside them. Each visit is one whole journey of `journeys.py`, with injected touches,
all in turn: look and apply, register, see one's registration, post, read, use the station, call staff. Every third changes to 大字 first,
and each makes room for the next. `growth_pct`: what the terminal wrote into memory (not its share of libraries, which depends on who else
has them open), weighed after every tenth visit: the last ten weighings against the first ten that follow the warming up, medians.
`uncaught`: complaints in the terminal's log, and visits that did not come to their end.
BENCH_VISITS=N makes N visits instead of 1,000 (and a tenth more to warm up). 1280×800, as the other benches.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.bootstrap import ASSETS, open_store, wall_clock
from kiosk.config import Settings
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.services.sample import load_sample
from kiosk.trial.display import VirtualScreen
from kiosk.trial.eye import Eye, NotSeen
from tests.bench.journeys import Visitors, leave
from tests.bench.memory import memory_mb
from tests.bench.stage import figure, load, make_state, say, start, stop

VISITS = int(os.environ.get("BENCH_VISITS", "1000"))
WIDTH, HEIGHT = 1280, 800
WARM = max(10, VISITS // 10)
PATIENCE_S = 60
SETTLE_S = 60
"""A terminal that was just started loads its pages while nobody touches."""
EVERY, SAMPLES = 10, 10
"""Of fewer weighings than twice SAMPLES the first half is compared with the last."""
RESTS_S = (2.0, 1.5, 1.5)
"""Every tenth visitor leaves a pause behind him, in which the terminal tidies up and is weighed; the least of it is what it keeps."""
SETTINGS = 'printer = "tcp://127.0.0.1:{port}"\n'


def run() -> Iterator[dict[str, Any]]:
    """Make the visits."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        sample = load_sample(ASSETS / "sample", wall_clock())
        printer = PrinterServer(SimulatedPrinter())
        state = make_state(Path(name), WIDTH, HEIGHT, settings=SETTINGS.format(port=printer.port))
        store = open_store(Settings(state=str(state)))
        with store.write() as u:
            for record in (*sample.policies, *sample.trainings):
                u.receive(record)
        screen = VirtualScreen(WIDTH, HEIGHT)
        agent = start(screen, state, "agent")
        terminal = start(screen, state, "terminal", probe=state / "probe")
        log = state / "terminal.log"
        sizes: list[float] = []
        missed = 0
        try:
            eye = Eye(screen, state / "probe")
            visitors = Visitors(eye, store)
            eye.wait_page("home", PATIENCE_S)
            time.sleep(SETTLE_S)
            began = time.monotonic()
            for number in range(WARM + VISITS):
                try:
                    visitors.visit(number)
                except NotSeen as error:
                    missed += 1
                    say(str(error))
                    if terminal.poll() is not None:
                        break
                    leave(eye)
                if number % EVERY == 0:
                    sizes.append(_kept(terminal))
                    say(f"{number}: {sizes[-1]:.1f} MB, {(time.monotonic() - began) / (number + 1):.1f} s a visit, {load()}")
        finally:
            stop(terminal)
            stop(agent)
            screen.close()
            store.close()
            printer.close()
        complaints = sum("Error" in line or "Traceback" in line for line in log.read_text("utf-8", "replace").splitlines())
    after = sizes[-(-WARM // EVERY) :]
    few = max(1, min(SAMPLES, len(after) // 2))
    first, last = statistics.median(after[:few]), statistics.median(after[-few:])
    say(f"{first:.1f} MB, {last:.1f} MB after {VISITS} visits")
    yield figure("growth_pct", round((last - first) / first * 100, 2), "%", 2)
    yield figure("uncaught", complaints + missed, "", 0)


def _kept(terminal: subprocess.Popen[bytes]) -> float:
    sizes = []
    for rest_s in RESTS_S:
        time.sleep(rest_s)
        sizes.append(memory_mb(terminal, "Anonymous"))
    return min(sizes)
