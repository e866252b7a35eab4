"""The board as a picture, for who is not in the hall: STATE/run/board.jpg, and a small one for the county. Nobody is on the board.

Read where a frame is drawn and not shown yet: only then does OpenGL promise what stands in the buffer. What costs more than reading is
done on a thread.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import opengl as gl

from kiosk.screens.board.jpeg import encode
from kiosk.screens.board.memory import replace_file
from kiosk.services.board_seen import LARGE, SMALL

log = logging.getLogger(__name__)

LEAST_S = 5.0


class Picture:
    """Keeps the board's picture in a folder up to date. `still` says whether it may be photographed: not in the middle of a fade."""

    def __init__(self, folder: Path, still: Callable[[], bool]) -> None:
        self._folder, self._still = folder, still
        self._due = 0.0
        self._again: Any = None
        self._busy = threading.Event()
        Window.bind(on_flip=self._drawn)

    def take(self) -> None:
        """Take a picture with the coming frame; without being told, one is taken some seconds after anything changed."""
        self._due = 0.0
        Window.canvas.ask_update()

    def _drawn(self, *_: Any) -> None:
        """Read the frame, when one is due. Gives nothing: true would keep Kivy from showing it."""
        if not self._still():
            return
        wait = self._due - monotonic()
        if wait > 0 or self._busy.is_set():
            if self._again is None:
                self._again = Clock.schedule_once(self._look_again, max(wait, LEAST_S if self._busy.is_set() else 0))
            return
        self._due = monotonic() + LEAST_S
        size = (int(Window.system_size[0]), int(Window.system_size[1]))
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)  # Kivy reserves no room for rows that are filled up to four bytes
        pixels = gl.glReadPixels(0, 0, *size, gl.GL_RGB, gl.GL_UNSIGNED_BYTE)
        self._busy.set()
        threading.Thread(target=self._keep, args=(pixels, size), name="picture", daemon=True).start()

    def _look_again(self, _: float) -> None:
        self._again = None
        Window.canvas.ask_update()

    def _keep(self, pixels: bytes, size: tuple[int, int]) -> None:
        try:
            large, small = encode(pixels, size)
            replace_file(self._folder / LARGE, large)
            replace_file(self._folder / SMALL, small)
        except Exception as error:  # noqa: BLE001 - a board without a picture is still a board
            log.warning("the picture: %s", type(error).__name__)
        finally:
            self._busy.clear()
