"""Starts the visitors' terminal: sets Kivy up, then builds it from the parts that the composition root opens. No Kivy at import."""

import logging
import resource

from kiosk.config import Settings
from kiosk.heap import one_heap


def run_terminal(settings: Settings) -> int:
    """Serve visitors until stopped; give the exit status. Raises ConfigError when fonts or window cannot be had."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # a core file would hold what visitors entered
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    one_heap()
    from kiosk.screens import fonts
    from kiosk.screens.window import prepare

    folder = settings.state_dir / "fonts"
    fonts.extract(folder)
    prepare(settings.terminal, settings.state_dir, folder)
    from kiosk import bootstrap
    from kiosk.screens.office import StationOffice
    from kiosk.screens.terminal import Parts, Terminal

    clock = bootstrap.station_clock(settings)
    parts = Parts(
        office=StationOffice(lambda: bootstrap.open_here(settings)),
        settings=settings,
        now=clock,
        sure=clock.sure,
        open_speaker=lambda: bootstrap.open_speaker(settings),
        open_chime=lambda: bootstrap.open_chime(settings),
        open_handwriting=lambda: bootstrap.open_handwriting(settings),
        open_pinyin=lambda: bootstrap.open_pinyin(settings),
        open_scanner=lambda: bootstrap.open_scanner(settings),
    )
    Terminal(parts).run()
    return 0
