"""Plays the board's whole day with real frames: as soon as a page has come in and stands, its clocks jump to the next.

    python -m tests.screens.board_day STATE PAGES

One line of JSON a hundredth of the way on standard output: pages so far, hours of the board's day, the process's own memory in MB: not
what it shares with others, for its part of that grows when they end.
Meanwhile listings come and go in the store (`board_writer`) as they do on a busy day.
"""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from kiosk import bootstrap
from kiosk.config import load

POLL_S = 0.02
CHANGES_EVERY = 7
"""So many pages pass between two changes of the store."""


class Day:
    """Both clocks of a board: the wall's and the one that only goes forward."""

    def __init__(self) -> None:
        self.began = bootstrap.wall_clock()
        self.beat_s = 0.0

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.beat_s)

    def beat(self) -> float:
        return self.beat_s


def main() -> None:
    """Play."""
    state, pages = Path(sys.argv[1]), int(sys.argv[2])
    settings, day = load(state), Day()
    from kiosk.screens import fonts
    from kiosk.screens.window import prepare

    fonts.extract(state / "fonts")
    prepare(settings.board, state, state / "fonts", frames_s=60)
    from kivy.base import stopTouchApp
    from kivy.clock import Clock

    from kiosk.domain.playlist import PlaylistSettings
    from kiosk.screens.board import board as board_module
    from kiosk.screens.board.memory import BoardFile
    from kiosk.screens.board.player import Hall, Player
    from kiosk.screens.board.sizes import sizes_for
    from kiosk.screens.board.voice import Voice

    board_module.POLL_S = POLL_S
    writer = subprocess.Popen([sys.executable, "-m", "tests.screens.board_writer", str(state)], stdin=subprocess.PIPE, text=True)
    sizes = sizes_for(settings.board, settings.board_look)
    player = Player(
        open_here=lambda: replace(bootstrap.open_here(settings, board=True), clock=day.now),
        settings=PlaylistSettings(rows=sizes.rows),
        hall=Hall(),
        file=BoardFile(state / "run" / "day-played.json", state / "day-told.json"),
        beat=day.beat,
    )
    board = board_module.Board(player, sizes, state / "run" / "board.json", day.now, Voice(lambda: None, lambda: None))
    played = {"turn": 0, "pages": 0}

    def look(elapsed_s: float) -> None:
        # a store that was busy for a moment is tried again by this clock
        day.beat_s += elapsed_s
        scene = board._scene
        if board._view.fading or scene.turn == played["turn"] or scene.until is None:
            return
        played["turn"], played["pages"] = scene.turn, played["pages"] + 1
        if played["pages"] % max(1, pages // 100) == 0:
            told = {"pages": played["pages"], "hours": round(day.beat_s / 3600, 2), "kind": scene.kind.value, "own_mb": _own_mb()}
            print(json.dumps(told), flush=True)
        if played["pages"] >= pages:
            stopTouchApp()
            return
        if played["pages"] % CHANGES_EVERY == 0:
            assert writer.stdin is not None
            print(day.now().isoformat(), file=writer.stdin, flush=True)
        day.beat_s += max(0.0, (scene.until - day.now()).total_seconds()) + 0.1

    Clock.schedule_interval(look, POLL_S)
    board.run()
    writer.communicate()
    sys.exit(writer.returncode)


def _own_mb() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    kb = dict(line.split()[:2] for line in lines[1:])
    return (int(kb["Anonymous:"]) + int(kb["Swap:"])) / 1024


if __name__ == "__main__":
    main()
