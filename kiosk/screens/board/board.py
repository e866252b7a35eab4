"""The board's life: the player on a thread of its own, the view on Kivy's loop, the clock by the second, health by the file.

The board is alive while both go round: what a player that hangs has left on the screen is nobody's word any more.

Import this only after `prepare()` of kiosk.screens.window has run.
"""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk import qr
from kiosk.alive import Pulse, tell
from kiosk.domain.record import to_plain
from kiosk.heap import give_back
from kiosk.screens.board.memory import replace_json
from kiosk.screens.board.parts import Palette, set_sizes
from kiosk.screens.board.picture import Picture
from kiosk.screens.board.player import Player
from kiosk.screens.board.scene import Scene, State
from kiosk.screens.board.sizes import Sizes
from kiosk.screens.board.view import BoardView
from kiosk.screens.board.voice import Voice
from kiosk.screens.theme import theme

POLL_S = 0.25
HEALTH_EVERY_S = 5.0
PLAYER_PATIENCE_S = 30.0
"""A look takes milliseconds; where the store is locked it waits for some seconds, and pictures are scaled for as long (pictures.LOOK_S)."""


class Board:
    """One board on one window."""

    def __init__(self, player: Player, sizes: Sizes, health: Path, now: Callable[[], datetime], voice: Voice) -> None:
        self._player, self._health, self._now, self._voice = player, health, now, voice
        self._scene = Scene(state=State.WAITING)
        self._stop = threading.Event()
        self._pulse = Pulse()
        theme.fit(int(Window.width), int(Window.height), large=False)
        set_sizes(sizes)
        self._screen = to_plain(sizes.screen)
        Window.clearcolor = Palette.ground
        self._view = BoardView(sizes, self._stands)
        self._picture = Picture(health.parent, lambda: not self._view.fading)

    def run(self) -> None:
        """Show the board until stopped."""
        Window.add_widget(self._view)
        if EventLoop.window is None:
            EventLoop.window = Window
        self._tick(0)
        Clock.schedule_once(lambda _: tell("READY=1"), 0)
        Clock.schedule_interval(self._tick, 1)
        Clock.schedule_interval(lambda _: self._write_health(), HEALTH_EVERY_S)
        if probe := os.environ.get("KIOSK_BOARD_PROBE"):
            from kiosk.screens.probe import serve

            serve(self._seen, Path(probe))
        thread = threading.Thread(target=self._play, name="player", daemon=True)
        self._pulse.begin("player", PLAYER_PATIENCE_S)
        # not before the window has its size: the first page is fitted into it
        Clock.schedule_once(lambda _: thread.start(), 0)
        runTouchApp()
        self._stop.set()

    def _play(self) -> None:
        try:
            while not self._stop.wait(POLL_S):
                self._pulse.felt("player")
                scene = self._player.step()
                if scene is None:
                    continue
                url = scene.sheet.url if scene.state is State.SHEET and scene.sheet else ""
                url = url or (scene.highlight.url if scene.highlight else scene.more_url)
                if url:
                    qr.modules(url)  # 30 ms, which the fade cannot spare
                Clock.schedule_once(lambda _, scene=scene: self._take(scene), 0)
        except Exception as error:  # noqa: BLE001 - the UI thread raises it: a board that no longer looks must end, to be started anew
            Clock.schedule_once(partial(self._raise, error), 0)
        self._player.close()

    @staticmethod
    def _raise(error: Exception, _: float) -> None:
        raise error

    def _take(self, scene: Scene) -> None:
        if scene.rings != self._scene.rings and not scene.dim:
            self._voice.announce(scene.aloud)
        self._scene = scene
        self._view.show(scene)
        self._view.tick(self._now())
        # when it is seen, which is after the coming frame; after a fade the view calls again
        Clock.schedule_once(lambda _: self._write_health(), 0)

    def _tick(self, _: float) -> None:
        if not self._pulse.still():
            tell("WATCHDOG=1")
        self._view.tick(self._now())

    def _write_health(self) -> None:
        if self._pulse.still():
            return
        scene = self._scene
        age = (self._now() - scene.heard_at).total_seconds() if scene.heard_at else None
        facts = {
            "alive_at": to_plain(self._now()),
            "screen": self._screen,
            "state": scene.state.value,
            "kind": scene.kind.value,
            "sheet": scene.sheet.id if scene.sheet else "",
            "turn": scene.turn,
            "page": scene.page,
            "pages": scene.pages,
            "until": to_plain(scene.until),
            "numbers": [row.number for row in scene.rows],
            "ids": [row.id for row in scene.rows],
            "highlight": scene.highlight.number if scene.highlight else None,
            "url": scene.highlight.url if scene.highlight else "",
            "fresh": [scene.fresh.number] if scene.fresh else [],
            "calling": scene.calling,
            "called": list(scene.called),
            "dim": scene.dim,
            "total": scene.total,
            "heard_at": to_plain(scene.heard_at),
            "data_age_s": age,
            "fading": self._view.fading,
            "fade": self._view.fade,
            "mute": self._voice.is_mute(),
        }
        replace_json(self._health, facts)

    def _stands(self) -> None:
        self._picture.take()
        self._write_health()
        give_back()

    def _seen(self) -> dict[str, Any]:
        from kiosk.screens.probe import things

        return {"page": self._scene.state.value, "title": "", "dialog": False, "large": False, "things": things(self._view)}
