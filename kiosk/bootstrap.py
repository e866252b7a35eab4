"""The composition root: the only place that picks real parts or simulators. Heavy imports stand inside the functions, because the terminal
shows its first screen before the database library is loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk.config import Settings
from kiosk.errors import BadInput, ConfigError, HubForged, PrinterAbsent, StoreError, StoreFull

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.agent.loop import Agent
    from kiosk.agent.update import Updater
    from kiosk.clock import StationClock
    from kiosk.desk.serve import DeskServer
    from kiosk.domain.ports import Chime, Handwriting, Pinyin, Scanner, Speaker
    from kiosk.services.doctor_printer import PrinterCase
    from kiosk.services.station import Here
    from kiosk.services.station_days import Look
    from kiosk.services.test_page import Outcome
    from kiosk.store.store import Store
    from kiosk.sync.client import HttpHub

ASSETS = Path(__file__).parent.parent / "assets"
STATION_ID = "station.id"
PHONE_BASE = "station.phone_base"
AGENT_QUIET_S = 15.0
"""An agent whose health file is older than three of its rounds is gone."""
BUSY_TRIES, BUSY_S = 4, 2.0
"""A slip takes a few seconds."""
Answer = TypeVar("Answer")


def wall_clock() -> datetime:
    """Read the machine's own clock, UTC."""
    return datetime.now(UTC)


def station_clock(settings: Settings) -> StationClock:
    """Make the clock that all processes of the station share: the machine's, or what the county or staff told where that is lost."""
    from kiosk.clock import StationClock

    return StationClock(settings.state_dir)


def open_store(settings: Settings, *, board: bool = False) -> Store:
    """Open the station's store with its key; finish first what a restore left half done; raise StoreError where there is none yet."""
    from kiosk.store.key import read_key
    from kiosk.store.store import open_store as opened
    from kiosk.store.swap import settle

    settle(settings.store_path, settings.key_path)
    if not settings.store_path.exists():
        raise StoreError(f"{settings.store_path.name}: not there")
    clock = station_clock(settings)
    return opened(settings.store_path, read_key(settings.key_path), board=board, clock=clock, sure=clock.sure)


def open_here(settings: Settings, *, board: bool = False) -> Here:
    """Open the station at work: store, rules, areas; raise StoreError when it was never enrolled."""
    return _at_work(settings, open_store(settings, board=board), board=board)


def _at_work(settings: Settings, store: Store, *, board: bool = False) -> Here:
    """Put the station together; the board decides nothing by the county's sheets, and may not read them."""
    from kiosk.domain.rule_sheet import RuleSheet
    from kiosk.services import ruling
    from kiosk.services.rules import load_areas
    from kiosk.services.station import Here, local

    clock = station_clock(settings)
    with store.read() as u:
        station_id = u.recall(STATION_ID)
        phone_base = u.recall(PHONE_BASE)
        if station_id is None:
            raise StoreError("this station is not enrolled")
        held = ruling.load(() if board else u.list(RuleSheet), ASSETS, local(clock()).date())
    return Here(
        store=store,
        clock=clock,
        tell_time=clock.tell,
        station_id=station_id,
        phone_base=phone_base or settings.phone_base,
        rules=held.rules,
        areas=load_areas(ASSETS / "areas.toml"),
        rubric=held.rubric,
        assets=None if board else ASSETS,
    )


def prepare(settings: Settings) -> None:
    """Make, mend or upgrade the store; with `settings.sample` fill an empty one with the marked samples.

    Runs before any other process has the store open. Raises WrongKey where a store is there and its key is not.
    """
    from kiosk import safety
    from kiosk.store.key import has_key, read_key
    from kiosk.store.migrate import make_key, migrate

    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o755)
    fresh = not has_key(settings.key_path) and not settings.store_path.exists()
    key = make_key(settings.key_path) if fresh else read_key(settings.key_path)
    safety.mend(settings, key, station_clock(settings))
    safety.step_back(settings, key, station_clock(settings))
    migrate(settings.store_path, key, settings.key_path)
    safety.keep_mark(settings, key)
    if settings.sample:
        from kiosk.services.fill import fill_station

        fill_station(open_store(settings), ASSETS / "sample", station_clock(settings)())


def try_prepare(settings: Settings) -> int:
    """Upgrade a copy of the store and throw it away; give 0, or 3 where it had no room. Raises StoreError where that goes wrong."""
    from kiosk.release.machine import NO_ROOM
    from kiosk.store.key import read_key
    from kiosk.store.migrate import try_on_copy

    if not settings.store_path.exists():
        return 0
    try:
        try_on_copy(settings.store_path, read_key(settings.key_path))
    except StoreFull:
        return NO_ROOM
    return 0


def update(top: Path, state: Path, *, settle: bool) -> int:
    """Do root's part of an update, or go back from one that was broken off."""
    import logging

    from kiosk.release.machine import StationMachine
    from kiosk.release.place import Place
    from kiosk.release.switch import settle as go_back
    from kiosk.release.switch import update as go_on

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    place = Place(top, state)
    if settle:
        go_back(place, StationMachine(place))
    else:
        print(go_on(place, StationMachine(place)))
    return 0


def release(words: list[str]) -> int:
    """Make a key, or a signed release; print the public key, or the release's name."""
    from kiosk.release.tools import run

    print(run(words))
    return 0


def open_handwriting(settings: Settings) -> Handwriting:
    """Load the recogniser: slow, so never on the UI thread."""
    del settings
    from kiosk.devices.handwriting import open_handwriting as opened

    return opened()


def open_pinyin(settings: Settings) -> Pinyin:
    """Start the pinyin engine on the data that set-up deployed."""
    from kiosk.devices.pinyin import open_pinyin as opened

    return opened(Path("/usr/share/rime-data"), settings.state_dir / "rime")


def open_speaker(settings: Settings) -> Speaker:
    """Choose the voice: espeak with the recordings of assets/voice, or silence."""
    from kiosk.devices.speaker import EspeakSpeaker, SilentSpeaker, recorded
    from kiosk.text import words

    if settings.speaker == "espeak":
        return EspeakSpeaker(recorded(ASSETS / "voice", words()))
    if settings.speaker == "silent":
        return SilentSpeaker()
    raise ConfigError(f"speaker: {settings.speaker!r} is neither espeak nor silent")


def open_chime(settings: Settings) -> Chime:
    """Choose what rings for staff: ALSA's player, or nothing where the voice is silent, too."""
    from kiosk.devices.chime import AplayChime, SilentChime

    return SilentChime() if settings.speaker == "silent" else AplayChime()


def board_is_mute(settings: Settings) -> bool:
    """Say whether the board is to be heard, and may play nothing."""
    from kiosk.devices.machine import is_mute

    wanted = settings.speaker != "silent" and (settings.board_look.chime or settings.board_look.spoken)
    return wanted and is_mute()


def open_scanner(settings: Settings) -> Scanner | None:
    """Choose the code scanner, or None where settings name none."""
    from kiosk.devices.scanner import open_scanner as opened

    return opened(settings.scanner, settings.state_dir / "run" / "scanner")


def open_hub(settings: Settings, store: Store) -> HttpHub:
    """Make the door to the county; where it is, settings say or the enrolment, which may be still to come."""
    from kiosk.sync.client import HttpHub
    from kiosk.sync.keys import place

    return HttpHub(lambda: place(store, settings.hub))


def open_desk(settings: Settings) -> DeskServer | None:
    """Make the staff's page, or None where settings do not switch it on; raise StoreError when the station was never enrolled."""
    if not settings.desk:
        return None
    from kiosk.desk.serve import DeskServer

    return DeskServer(open_here(settings), *settings.desk_at(), settings.state_dir / "desk")


def open_agent(settings: Settings) -> Agent:
    """Make the agent with the real printer, the real hub and, where switched on, the desk page."""
    from kiosk import safety
    from kiosk.agent.files import FileSender
    from kiosk.agent.loop import Agent
    from kiosk.agent.spool import Spool
    from kiosk.devices.printer import open_printer
    from kiosk.domain.clock import Teller
    from kiosk.services import phone_acts, retention, station_days
    from kiosk.services.printing import wait_on

    store, clock = open_store(settings), station_clock(settings)
    printer = open_printer(settings.printer, settings.state_dir / "slips")

    def take_phone_acts() -> None:
        if phone_acts.waiting(store):
            phone_acts.take(_at_work(settings, store))

    def back_up() -> None:
        safety.make_copy(settings, store, clock())

    hub = open_hub(settings, store)

    def tidy() -> int:
        with store.read() as u:
            if u.recall(STATION_ID) is None:
                return 0
        return retention.forget(_at_work(settings, store), hub.time(), settings.store_path)

    def note_day(looks: Sequence[Look]) -> None:
        with store.read() as u:
            enrolled = u.recall(STATION_ID) is not None
        if enrolled and looks:
            station_days.note(_at_work(settings, store), looks)

    def keep_time() -> None:
        said = hub.time()
        moved = clock.tell(said, Teller.HUB) if said else 0.0
        if moved:
            wait_on(store, moved)
        clock.carry_on()

    spool, updater = Spool(store, printer, clock), _updater(settings, store, hub, clock)
    sender = FileSender(store, hub, clock, settings.copies_dir)
    more = (take_phone_acts, back_up, tidy, keep_time, note_day, updater, sender)
    return Agent(settings, store, spool, hub, clock, lambda: open_desk(settings), *more)


def _updater(settings: Settings, store: Store, hub: HttpHub, clock: StationClock) -> Updater | None:
    """Make what follows the county's releases, or None where this program was not put here as a release."""
    import platform

    from kiosk.agent.update import Updater
    from kiosk.domain.station import Station
    from kiosk.release.place import Place
    from kiosk.services.opening import is_shut

    root = ASSETS.parent.resolve()
    place = Place(root.parent.parent, settings.state_dir)
    if root.parent.name != place.releases.name or not place.current.is_symlink():
        return None

    def shut() -> bool:
        here = _at_work(settings, store)
        with store.read() as u:
            station = u.get(Station, here.station_id)
        return station is not None and is_shut(station, clock(), here.rules)

    return Updater(place, root, store, hub, clock, shut, platform.machine())


def agent_runs(settings: Settings) -> bool:
    """Say whether the agent lives: it writes its health every few seconds."""
    try:
        return time.time() - (settings.state_dir / "run" / "agent.json").stat().st_mtime < AGENT_QUIET_S
    except OSError:
        return False


def printer_case(settings: Settings) -> PrinterCase:
    """Put together what the doctor asks of the printer; while the agent may be with it, ask a few times."""
    from kiosk.devices.cups_printer import CupsPrinter
    from kiosk.devices.escpos_printer import EscposPrinter
    from kiosk.devices.find_printers import find_printers
    from kiosk.devices.printer import mm_of, open_printer, profile_of
    from kiosk.services.doctor_printer import PrinterCase

    in_use = agent_runs(settings)

    def with_printer(act: Callable[[EscposPrinter | CupsPrinter], Answer]) -> Answer:
        for _ in range(BUSY_TRIES - 1 if in_use else 0):
            try:
                return once(act)
            except PrinterAbsent:
                time.sleep(BUSY_S)
        return once(act)

    def once(act: Callable[[EscposPrinter | CupsPrinter], Answer]) -> Answer:
        with closing(open_printer(settings.printer, settings.state_dir / "slips")) as printer:
            return act(printer)

    def described() -> tuple[int, str]:
        profile = profile_of(settings.printer)
        return mm_of(profile), profile.charset.value

    scanner = settings.scanner.split("?")[0]
    return PrinterCase(
        uri=settings.printer,
        settings=described,
        ask=lambda: with_printer(lambda printer: (printer.check(), printer.confirms())),
        knows_ids=lambda: with_printer(lambda printer: printer.knows_ids()),
        find=lambda: [found for found in find_printers() if found.uri.split("?")[0] != scanner],
        in_use=in_use,
    )


def print_test(settings: Settings, to: Path | None, paper_mm: int | None) -> int:
    """Draw the test page into a file, or print it; say how it ended, and give 0 or 1.

    Needs neither a store nor an enrolled station. `paper_mm` is for a drawing, None for what settings say.
    """
    from kiosk.services.test_page import wrongly_set

    try:
        outcome = _print_test(settings, to, paper_mm)
    except ConfigError:
        outcome = wrongly_set()
    print(outcome.text)
    return 0 if outcome.good else 1


def _print_test(settings: Settings, to: Path | None, paper_mm: int | None) -> Outcome:
    """By the spool while the agent runs, else straight."""
    from kiosk.devices.printer import open_printer, profile_of, with_paper
    from kiosk.services import test_page

    profile = with_paper(profile_of(settings.printer), paper_mm)
    try:
        here: Here | None = open_here(settings)
    except StoreError:
        here = None
    if here is not None and to is None and agent_runs(settings):
        return test_page.print_by_spool(here)
    slip = test_page.page(here, settings.phone_base, station_clock(settings)())
    if to is None:
        with closing(open_printer(settings.printer, settings.state_dir / "slips")) as printer:
            return test_page.print_straight(printer, settings.printer, slip)
    from kiosk.devices.slip_preview import preview

    try:
        preview(slip, profile).save(to)
    except (OSError, ValueError):  # no such folder, or an ending that names no kind of picture
        return test_page.not_drawn(to.name)
    return test_page.drawn(to.name)


def enrol(settings: Settings, words: list[str]) -> None:
    """Enrol this terminal with what the county told, in one word or several; raise BadInput, ConfigError, SyncError."""
    from kiosk.domain.enrol_text import read
    from kiosk.sync.client import HttpHub
    from kiosk.sync.keys import enrol as use_text

    text = " ".join(words)
    told = read(text)
    if not told.address and not settings.hub:
        raise ConfigError("hub: neither set nor told; the county's whole line has a code, an address and a mark")
    if told.address and settings.hub not in ("", told.base):
        raise ConfigError(f"hub: settings name {settings.hub}, the county told {told.base}; take one of them out")
    try:
        use_text(open_store(settings), text, lambda place: HttpHub(lambda: place), station_clock(settings)(), settings.hub)
    except HubForged:
        raise BadInput("mark", "enrolling.forged") from None


def review(files: list[str]) -> int:
    """Check texts by the rules in force today and print what is found; give 1 when one could not be read."""
    from kiosk.services.review_file import review_files
    from kiosk.services.rules import load_rules
    from kiosk.services.station import local

    today = local(wall_clock()).date()
    return review_files(files, load_rules(ASSETS / "rules", today), today)


def run_county(settings: Settings, words: list[str]) -> int:
    """Run the county's hub or one of its tools, with the samples where settings ask for them."""
    from kiosk.county.serve import main
    from kiosk.domain.rule_sheet import RUBRIC
    from kiosk.services.fill import STATION
    from kiosk.services.rubric import text_in_force
    from kiosk.services.rules import load_areas, texts_of
    from kiosk.services.sample import load_sample
    from kiosk.services.station import local

    now = wall_clock()
    sheets = {**texts_of(ASSETS / "rules"), RUBRIC: text_in_force(ASSETS / "rubric", local(now).date())}
    sample = (lambda: load_sample(ASSETS / "sample", now)) if settings.sample else None
    return main(settings.state_dir, words, sample, STATION, sheets, load_areas(ASSETS / "areas.toml"))
