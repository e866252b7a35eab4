"""What the board keeps outside the store, in STATE/run: what was played, so that a restart is fair, and its health for who asks."""

import json
import logging
from pathlib import Path
from typing import Any

from kiosk.domain.playlist import Played
from kiosk.domain.record import RecordError, from_plain, to_plain

log = logging.getLogger(__name__)
KEEP_EVERY_S = 60.0


class PlayedFile:
    """What was played so far, written at most once a minute. A file that cannot be read is as none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._due = 0.0

    def read(self) -> Played:
        """Give what was kept."""
        try:
            return from_plain(Played, json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return Played()
        except (OSError, ValueError, RecordError) as error:
            log.warning("%s: %s", self._path.name, type(error).__name__)
            return Played()

    def keep(self, played: Played, beat: float) -> None:
        """Write it down when the last time was a minute ago."""
        if beat >= self._due:
            self._due = beat + KEEP_EVERY_S
            replace_json(self._path, to_plain(played))


def replace_json(path: Path, content: Any) -> None:
    """Write a whole file in place of the old one, so that no reader sees half of it; a disk that refuses is only logged."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        part.replace(path)
    except OSError as error:
        log.warning("%s: %s", path.name, type(error).__name__)
