"""Lets the hall hear what it should look at: a chime, then the words. On a thread of its own; what comes meanwhile is said next, once."""

import logging
import threading
from collections.abc import Callable

from kiosk.domain.ports import Chime, Speaker

log = logging.getLogger(__name__)


class Voice:
    """One voice; `open_chime` and `open_speaker` give None where settings switch them off, `is_mute` says that nothing can be heard."""

    def __init__(
        self,
        open_chime: Callable[[], Chime | None],
        open_speaker: Callable[[], Speaker | None],
        is_mute: Callable[[], bool] = lambda: False,
    ) -> None:
        self._open_chime, self._open_speaker, self.is_mute = open_chime, open_speaker, is_mute
        self._wanted = threading.Event()
        self._words = ""
        self._thread: threading.Thread | None = None

    def announce(self, words: str) -> None:
        """Ring and say words, and come back at once."""
        self._words = words
        self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._speak, name="voice", daemon=True)
            self._thread.start()

    def _speak(self) -> None:
        chime, speaker = self._open_chime(), self._open_speaker()
        while self._wanted.wait():
            self._wanted.clear()
            try:
                if chime is not None:
                    chime.ring()
                if speaker is not None and self._words:
                    speaker.say(self._words)
            except Exception:  # a hall without sound still has its board
                log.exception("the board's voice")
