"""Run the terminal by itself: python -m tests.screens.play WIDTH HEIGHT [LEFT [PAGE [key=value…]]] (DISPLAY must be set).

With PLAY_STATE=DIR it works on the station in DIR, else on a sample office without a store. PLAY_OFFICE
names another class of tests.screens.sample. PLAY_IDLE_S shortens the idle time, PLAY_WARNING_S its countdown.
PLAY_ATTRACT_S switches the slides at rest on, PLAY_WIFI and PLAY_WIFI_PASSWORD are the visitors' network, PLAY_SPEAKER
what sounds. PLAY_POSTING gives an employer's draft as JSON, what differs from an honest one.
PLAY_NIGHT_S is how long nobody must have touched before the screens go dark at night.
PLAY_DESK switches the desk page on. PLAY_DAYS names a file with the days by which the clock is ahead, read
anew each time: midnight passes while a visitor stands there. PLAY_LOST: the machine says that it is 1970. PLAY_TRACES: see
tests.screens.traces.
"""

import json
import os
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.config import Settings, WindowPlace
from kiosk.screens import fonts
from kiosk.screens.window import prepare

FONTS = Path(tempfile.gettempdir()) / "kiosk-test-fonts"


def main() -> None:
    """Serve until stopped."""
    width, height, left = (int(a) for a in [*sys.argv[1:4], "0"][:3])
    state = Path(os.environ.get("PLAY_STATE") or tempfile.mkdtemp(prefix="kiosk-play-"))
    place = WindowPlace(left=left, top=0, width=width, height=height)
    fonts.extract(FONTS)
    prepare(place, state, FONTS)
    from kiosk.screens import night, pages
    from kiosk.screens.terminal import Terminal
    from kiosk.screens.visit import Place

    idle = int(os.environ.get("PLAY_IDLE_S", "75"))
    warning = os.environ.get("PLAY_WARNING_S", str(min(15, idle - 1)))
    settings = Settings(
        state=str(state),
        terminal=place,
        idle_s=idle,
        idle_warning_s=int(warning),
        speaker=os.environ.get("PLAY_SPEAKER", "silent"),
        desk=os.environ.get("PLAY_DESK", ""),
        scanner="simulator:",
        attract_after_s=int(os.environ.get("PLAY_ATTRACT_S", "0")),
        wifi_name=os.environ.get("PLAY_WIFI", ""),
        wifi_password=os.environ.get("PLAY_WIFI_PASSWORD", ""),
    )
    night.AFTER_S = int(os.environ.get("PLAY_NIGHT_S", night.AFTER_S))
    terminal = Terminal(_parts(settings))
    if sys.argv[4:]:
        if sys.argv[4].startswith("kit"):
            from tests.screens import kit_page

            pages.known(
                kit=kit_page.KitScreen,
                kitlist=kit_page.KitListScreen,
                kitrows=kit_page.KitRowsScreen,
                kitbroken=kit_page.BrokenScreen,
                kitclinging=kit_page.KitClingingScreen,
                kitfailing=kit_page.KitFailingScreen,
            )
        if "PLAY_POSTING" in os.environ:
            # kept nowhere else: tests.screens.traces looks here, too
            terminal.visit.posting = _draft(json.loads(os.environ.pop("PLAY_POSTING")), terminal.today())
        terminal.visit.stack.append(Place(sys.argv[4], dict(a.split("=", 1) for a in sys.argv[5:])))
    if traces := os.environ.get("PLAY_TRACES"):
        from tests.screens.traces import serve

        serve(Path(traces), terminal)
    terminal.run()


def _parts(settings: Settings) -> Any:
    from kiosk import bootstrap
    from kiosk.screens.office import StationOffice
    from kiosk.screens.terminal import Parts
    from tests.screens import sample

    real = bool(os.environ.get("PLAY_STATE"))
    lost = _lost(settings) if os.environ.get("PLAY_LOST") else None
    return Parts(
        office=StationOffice(lambda: lost[0] if lost else replace(bootstrap.open_here(settings), clock=_clock))
        if real
        else getattr(sample, os.environ.get("PLAY_OFFICE", "SampleOffice"))(),
        settings=settings,
        now=lost[1] if lost else _clock if real else lambda: sample.NOW + _ahead(),
        sure=lost[1].sure if lost else lambda: True,
        open_speaker=lambda: bootstrap.open_speaker(settings),
        open_chime=lambda: bootstrap.open_chime(settings),
        open_handwriting=lambda: bootstrap.open_handwriting(settings),
        open_pinyin=lambda: bootstrap.open_pinyin(settings),
        open_scanner=lambda: bootstrap.open_scanner(settings),
    )


def _lost(settings: Settings) -> Any:
    """Give a station, and its clock, on a machine that has lost the time."""
    from kiosk import bootstrap
    from kiosk.clock import StationClock, machine
    from kiosk.domain.record import EPOCH
    from kiosk.store.key import read_key
    from kiosk.store.store import open_store

    clock = StationClock(settings.state_dir, lambda: replace(machine(), wall=EPOCH))
    store = open_store(settings.store_path, read_key(settings.key_path), clock=clock, sure=clock.sure)
    return replace(bootstrap.open_here(settings), store=store, clock=clock, tell_time=clock.tell), clock


def _draft(changes: dict[str, Any], today: date) -> dict[str, Any]:
    """Give a posting for tomorrow, filled in as far as the summary; `days_off` moves it."""
    from tests.station import a_posting

    first = today + timedelta(days=changes.pop("days_off", 1))
    return asdict(a_posting(starts_on=first, ends_on=first, **changes))


def _clock() -> datetime:
    from kiosk import bootstrap

    return bootstrap.wall_clock() + _ahead()


def _ahead() -> timedelta:
    days = os.environ.get("PLAY_DAYS")
    return timedelta(days=int(Path(days).read_text()) if days else 0)


if __name__ == "__main__":
    main()
