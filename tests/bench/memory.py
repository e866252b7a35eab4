"""What a station's three processes hold in memory, and Chromium with the same two pages.

Terminal, board and agent run as at a station: 10,000 public listings, the recogniser loaded by a name written in its box, a list of several
hundred rows loaded by turning its pages, a board that has changed its page, an agent that is enrolled, has printed a slip on a printer
that is elsewhere, and whose hub does not answer. Counted is the proportional share (PSS) of each process and of its children.
Chromium shows the same rows of the list and the board's page as still HTML in two windows of one browser, set in the system's faces, which
cost it least: it maps them from their file, while ours brought along as web fonts cost 40 to 80 MB more.
"""

import base64
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

from Xlib import display

from kiosk import bootstrap
from kiosk.config import Settings
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.domain.codes import AREAS, AgeBand
from kiosk.domain.listing import Published
from kiosk.domain.print_job import JobState
from kiosk.qr import modules
from kiosk.services.browse import JobQuery, alive, jobs
from kiosk.services.hand_out import print_listing
from kiosk.services.printing import job
from kiosk.services.station import Here
from kiosk.sync import exchange
from kiosk.text import t
from kiosk.trial.display import VirtualScreen
from kiosk.trial.eye import Eye
from tests.bench.stage import figure, load, make_state, say, start, start_chromium, stop

LISTINGS = 10_000
TURNS, ROWS_A_TURN = 120, 5
PAGE = 20
NAME = "王秀兰"
SETTLE_S = 5
PATIENCE_S = 60
BOARD_ROWS = 6
SETTINGS = 'hub = "http://127.0.0.1:9"\nprinter = "tcp://127.0.0.1:{port}"\n'


def run() -> Iterator[dict[str, Any]]:
    """Give the sum of the three, and of Chromium's processes right after."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        printer = PrinterServer(SimulatedPrinter())
        state = make_state(folder, 1920, 1080, LISTINGS, settings=SETTINGS.format(port=printer.port))
        here = bootstrap.open_here(Settings(state=str(state)))
        _enrolled(here)
        screen = VirtualScreen(3840, 1080)
        try:
            ours, rows = _station(screen, state, here)
            theirs = _chromium(screen, folder, here, rows) if shutil.which("chromium") else None
        finally:
            screen.close()
            here.store.close()
            printer.close()
    yield figure("pss_total_mb", ours, "MB", 500, "Chromium, the same two pages", theirs)
    if theirs is not None:
        yield figure("chromium_two_windows_mb", theirs, "MB", None)


def _enrolled(here: Here) -> None:
    with here.store.write() as u:
        for key in (exchange.DEVICE_ID, exchange.TOKEN, exchange.EPOCH):
            u.remember(key, "bench")


def _station(screen: VirtualScreen, state: Path, here: Here) -> tuple[float, int]:
    """Bring the three to where they hold most; give their sum and the rows that the list had loaded."""
    probe = state / "probe"
    running = {name: start(screen, state, name, probe=probe if name == "terminal" else None) for name in ("terminal", "board", "agent")}
    try:
        eye = Eye(screen, probe)
        _write_name(eye)
        _print(here)
        _load_list(eye)
        _wait_board(state)
        time.sleep(SETTLE_S)
        shares = {name: memory_mb(process) for name, process in running.items()}
        seen = eye.view()
        if seen["page"] != "jobs" or any(process.poll() is not None for process in running.values()):
            raise RuntimeError(f"{seen['page']}: {[p.poll() for p in running.values()]}")
    finally:
        for process in running.values():
            stop(process)
    rows = _rows_loaded(seen, here)
    say(f"{shares} MB with {rows} rows, {load()}")
    return round(sum(shares.values()), 1), rows


def _write_name(eye: Eye) -> None:
    """Have a name read, then leave: the recogniser stays loaded."""
    eye.wait_page("home", PATIENCE_S)
    eye.tap(t("home.register.title"))
    eye.wait_page("consent")
    eye.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    eye.wait_page("name")
    eye.write_words(NAME)
    eye.wait(
        lambda seen: any(thing["text"] == "王秀兰" and (thing.get("button") or {}).get("chosen") for thing in seen["things"]), "王秀兰"
    )
    eye.tap(t("dock.change"))
    eye.wait_page("home")


def _load_list(eye: Eye) -> None:
    eye.tap(t("home.find.title"))
    eye.wait_page("jobs")
    eye.wait_text(t("wish.near"))
    down = eye.wait(lambda seen: any(_is_down(thing) for thing in seen["things"]), "the button that turns the list")
    spot = eye.middle(next(thing["rect"] for thing in down["things"] if _is_down(thing)))
    for _ in range(TURNS):
        eye.screen.tap(spot)
        time.sleep(0.25)
    eye.wait(lambda _: True, "an answer")


def _rows_loaded(seen: dict[str, Any], here: Here) -> int:
    """Find the last listing that is seen among all; the list loads whole pages."""
    words = [thing["text"] for thing in seen["things"] if thing["kind"] == "text"]
    titles, all_words = set(words), "\n".join(words)
    listed = jobs(here, JobQuery(limit=LISTINGS)).rows
    near = list(enumerate(listed))[: TURNS * ROWS_A_TURN]
    last = max(n for n, one in near if one.listing.title in titles and f"・ {one.listing.place}" in all_words)
    return (last // PAGE + 1) * PAGE


def _is_down(thing: dict[str, Any]) -> bool:
    return bool(thing["kind"] == "icon" and thing["text"] == "chevron-down" and thing["button"])


def _print(here: Here) -> None:
    first = jobs(here, JobQuery(limit=1)).rows[0].listing
    printed, until = print_listing(here, first.id), time.monotonic() + PATIENCE_S
    while job(here, printed).state is not JobState.PRINTED:
        if time.monotonic() > until:
            raise RuntimeError(f"the slip is {job(here, printed).state}")
        time.sleep(0.1)


def _wait_board(state: Path) -> None:
    """Wait until the board stands on its second page."""
    until = time.monotonic() + PATIENCE_S
    while True:
        facts = json.loads((state / "run" / "board.json").read_text("utf-8"))
        if facts["state"] == "listings" and facts["turn"] >= 2 and not facts["fading"]:
            return
        if time.monotonic() > until:
            raise RuntimeError(f"the board: {facts}")
        time.sleep(0.2)


def memory_mb(process: "Popen[bytes]", what: str = "Pss") -> float:
    """Sum what a process and all its descendants hold: their proportional shares, or another line of smaps_rollup."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(words[1])
    family = {process.pid}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    total = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
    return round(total / 1024, 1)


def _chromium(screen: VirtualScreen, folder: Path, here: Here, rows: int) -> float:
    listed = jobs(here, JobQuery(filters=alive(here), limit=rows)).rows
    pages = {"list": _list_page(listed), "board": _board_page(listed[:BOARD_ROWS], here)}
    for name, body in pages.items():
        (folder / f"{name}.html").write_text(HTML.format(style=STYLE, body=body), "utf-8")
    window = ("--window-size=1920,1080", "--new-window", "--disable-features=Translate")
    browser = start_chromium(screen, folder, "--window-position=0,0", *window, f"--app=file://{folder / 'list.html'}")
    try:
        time.sleep(SETTLE_S)
        # hands its page to the browser that runs, and ends
        second = start_chromium(screen, folder, "--window-position=1920,0", *window, f"--app=file://{folder / 'board.html'}")
        second.wait(PATIENCE_S)
        time.sleep(SETTLE_S)
        _spread(screen)
        time.sleep(SETTLE_S)
        share = memory_mb(browser)
        picture = screen.picture()
        if any(len(picture.crop((left, 0, left + 1920, 1080)).getcolors(1 << 24) or []) < 20 for left in (0, 1920)):
            raise RuntimeError("Chromium does not show both pages")
        say(f"Chromium {share} MB with {len(listed)} rows, {load()}")
        return share
    finally:
        stop(browser)


def _spread(screen: VirtualScreen) -> None:
    """Put the upper of the two windows beside the other: the second one's place on the command line is not heeded."""
    line = display.Display(screen.name)
    windows = [w for w in line.screen().root.query_tree().children if w.get_attributes().map_state and w.get_geometry().width > 1000]
    windows[-1].configure(x=1920, y=0)
    line.sync()
    line.close()


HTML = '<!doctype html><html lang="zh"><meta charset="utf-8"><style>{style}</style><body>{body}</body></html>'
STYLE = """
body { margin: 48px; font: 32px/1.4 "Noto Sans CJK SC"; background: #f6f2e9 }
.row { background: #fff; border-radius: 20px; padding: 24px; margin: 16px 0; display: flex; justify-content: space-between;
  box-shadow: 0 4px 16px #0002 }
b { font-size: 48px } .pay { font-size: 72px; color: #c75a12 } img { width: 420px }
"""


def _row(one: Published) -> str:
    listing = one.listing
    where = f"{AREAS[listing.area]} ・ {listing.place} ・ {listing.starts_on}"
    left = f"<div><b>{one.number} {listing.title}</b> {listing.headcount} 人<br>{where}<br>{listing.employer_name}</div>"
    return f'<div class="row">{left}<div class="pay">{listing.pay_fen // 100}</div></div>'


def _list_page(listed: tuple[Published, ...]) -> str:
    return f"<h1>{t('jobs.title')}</h1>" + "".join(map(_row, listed))


def _board_page(listed: tuple[Published, ...], here: Here) -> str:
    dark = [(x, y) for y, row in enumerate(modules(here.phone_base)) for x, is_dark in enumerate(row) if is_dark]
    side = max(x for x, _ in dark) + 1
    squares = "".join(f'<rect x="{x}" y="{y}" width="1" height="1"/>' for x, y in dark)
    code = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">{squares}</svg>'
    picture = f'<img src="data:image/svg+xml;base64,{base64.b64encode(code.encode()).decode()}">'
    return f"<h1>{t('header.county')}</h1>{picture}" + "".join(map(_row, listed))
