"""Starts the board: sets Kivy up, then builds it from the parts that the composition root opens. No Kivy at import."""

import logging
import os
import resource
import time
from dataclasses import replace
from datetime import timedelta

from kiosk.config import Settings
from kiosk.domain.programme import read_quiet
from kiosk.heap import one_heap
from kiosk.screens.board import display

log = logging.getLogger(__name__)

IDLE_FRAMES_S = 4
"""How often Kivy looks around when nothing is due. Its interrupting clock wakes at once for what is."""


def run_board(settings: Settings) -> int:
    """Show the board until stopped; give the exit status. Raises ConfigError when fonts or window cannot be had."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    one_heap()
    os.environ["KIVY_CLOCK"] = "interrupt"
    outputs = display.wait_for_outputs()
    if outputs is not None:
        place, look = display.fitted(settings.board, settings.board_look, outputs.monitors())
        settings = replace(settings, board=place, board_look=look)
    from kiosk.screens import fonts
    from kiosk.screens.window import prepare

    folder, run = settings.state_dir / "fonts", settings.state_dir / "run"
    fonts.extract(folder)
    prepare(settings.board, settings.state_dir, folder, frames_s=IDLE_FRAMES_S)
    from kiosk import bootstrap
    from kiosk.domain.playlist import PlaylistSettings
    from kiosk.screens.board.board import Board
    from kiosk.screens.board.contents import Network
    from kiosk.screens.board.memory import BoardFile
    from kiosk.screens.board.pictures import Pictures
    from kiosk.screens.board.player import Hall, Player
    from kiosk.screens.board.sizes import sizes_for
    from kiosk.screens.board.view import FADE_S
    from kiosk.screens.board.voice import Voice
    from kiosk.services.board_seen import set_for

    look = settings.board_look
    sizes = sizes_for(settings.board, look)
    right, said = set_for(sizes.screen)
    if not right:
        log.warning(said)
    pictures = Pictures(settings.state_dir / "pictures", run / "pictures", settings.board.width, settings.board.height)
    player = Player(
        open_here=lambda: bootstrap.open_here(settings, board=True),
        # a code can be scanned only once it has come in, and stands so long from then on
        settings=PlaylistSettings(rows=sizes.rows, dwell_s=look.dwell_s + FADE_S + 0.5),
        hall=Hall(
            stale_after=timedelta(seconds=look.stale_after_s),
            network=Network(settings.wifi_name, settings.wifi_password),
            quiet=read_quiet(look.quiet),
            pictures=pictures.look,
        ),
        file=BoardFile(run / "board-played.json", settings.state_dir / "board-told.json"),
        beat=time.monotonic,
    )
    voice = Voice(
        lambda: bootstrap.open_chime(settings) if look.chime else None,
        lambda: bootstrap.open_speaker(settings) if look.spoken else None,
        lambda: bootstrap.board_is_mute(settings),
    )
    if outputs is not None:
        display.follow(outputs, settings.board, display.replace_process, display.end_process)
    Board(player, sizes, run / "board.json", bootstrap.station_clock(settings), voice).run()
    return 0
