"""Visitors one after another, for days on end: what the terminal's memory does, and whether anything goes wrong that nobody caught.

Terminal and agent are real processes with a printer beside them. Each visit is whole, with injected touches: a listing is looked at, then
one registers - consent, a name written by finger, a phone of his own, trades, pay - takes the slip and leaves by 换人; every third
changes to 大字 first. `growth_pct`: the terminal's share of memory, weighed after every tenth visit: the last ten weighings against the
first ten that follow the warming up, medians. `uncaught`: complaints in the terminal's log, and visits that did not come to their end.
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

from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.domain.codes import AgeBand
from kiosk.text import t
from kiosk.trial.display import VirtualScreen
from kiosk.trial.eye import Eye, NotSeen
from tests.bench.memory import pss_mb
from tests.bench.stage import figure, load, make_state, say, start, stop

VISITS = int(os.environ.get("BENCH_VISITS", "1000"))
WIDTH, HEIGHT = 1280, 800
WARM = max(10, VISITS // 10)
NAMES = ("王林", "李兰", "王三", "张三")
PATIENCE_S, KEY_S = 60, 0.05
SETTLE_S = 60
"""A terminal that was just started loads its pages while nobody touches."""
EVERY, SAMPLES = 10, 10
RESTS_S = (2.0, 1.5, 1.5)
"""Every tenth visitor leaves a pause behind him, in which the terminal tidies up and is weighed; the least of it is what it keeps."""
SETTINGS = 'printer = "tcp://127.0.0.1:{port}"\n'


def run() -> Iterator[dict[str, Any]]:
    """Make the visits."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        printer = PrinterServer(SimulatedPrinter())
        state = make_state(Path(name), WIDTH, HEIGHT, settings=SETTINGS.format(port=printer.port))
        screen = VirtualScreen(WIDTH, HEIGHT)
        agent = start(screen, state, "agent")
        terminal = start(screen, state, "terminal", probe=state / "probe")
        log = state / "terminal.log"
        sizes: list[float] = []
        missed = 0
        try:
            eye = Eye(screen, state / "probe")
            eye.wait_page("home", PATIENCE_S)
            time.sleep(SETTLE_S)
            began = time.monotonic()
            for number in range(WARM + VISITS):
                try:
                    _look(eye, number)
                    register(eye, NAMES[number % len(NAMES)], f"1990{number:07d}")
                    leave(eye)
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
            printer.close()
        complaints = sum("Error" in line or "Traceback" in line for line in log.read_text("utf-8", "replace").splitlines())
    after = sizes[-(-WARM // EVERY) :]
    first, last = statistics.median(after[:SAMPLES]), statistics.median(after[-SAMPLES:])
    say(f"{first:.1f} MB, {last:.1f} MB after {VISITS} visits")
    yield figure("growth_pct", round((last - first) / first * 100, 2), "%", 2)
    yield figure("uncaught", complaints + missed, "", 0)


def _kept(terminal: subprocess.Popen[bytes]) -> float:
    sizes = []
    for rest_s in RESTS_S:
        time.sleep(rest_s)
        sizes.append(pss_mb(terminal))
    return min(sizes)


def _look(eye: Eye, number: int) -> None:
    if number % 3 == 0:
        eye.tap(t("dock.large"))
        eye.wait(lambda seen: bool(seen["large"]), "大字")
    eye.tap(t("home.find.title"))
    eye.wait_page("jobs")
    eye.wait(lambda seen: any(thing["kind"] == "button" and thing["rect"][2] - thing["rect"][0] > 900 for thing in seen["things"]), "a row")
    row = next(thing for thing in eye.view()["things"] if thing["kind"] == "button" and thing["rect"][2] - thing["rect"][0] > 900)
    eye.screen.tap(eye.middle(row["rect"]))
    eye.wait_page("detail")
    eye.tap(t("dock.home"))
    eye.wait_page("home")


def register(eye: Eye, name: str, phone: str) -> None:
    """Register from home on, until the page that says that it is done."""
    eye.tap(t("home.register.title"))
    eye.wait_page("consent")
    eye.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    eye.wait_page("name")
    eye.write_words(name)
    eye.wait(_way_on, "a name that was read")
    eye.tap(t("register.next"))
    eye.wait_page("phone")
    eye.place("0")
    things = [thing for thing in eye.view()["things"] if thing["kind"] == "text" and thing["button"]]
    pad = {digit: next(eye.middle(thing["button"]["rect"]) for thing in things if thing["text"] == digit) for digit in "0123456789"}
    for digit in phone:
        eye.screen.tap(pad[digit])
        time.sleep(KEY_S)
    eye.tap(t("register.next"))
    eye.wait_page("trades")
    eye.tap(t("trade.loading"))
    eye.tap(t("trades.next", count=1))
    eye.wait_page("pay")
    eye.tap(t("pay.from", yuan=180))
    eye.tap(t("pay.finish"))
    eye.wait_page("done")


def leave(eye: Eye) -> None:
    """Make room for the next person."""
    eye.tap(t("dock.change"))
    eye.wait_page("home")


def _way_on(seen: dict[str, Any]) -> bool:
    return any(thing["text"] == t("register.next") and thing["button"] and thing["button"]["enabled"] for thing in seen["things"])
