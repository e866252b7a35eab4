"""What the board keeps outside the store, in STATE/run: what was played and what stands, so that a restart is fair and comes back to the
same page; and its health for who asks.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.domain.playlist import Played
from kiosk.domain.programme import Aired, PageKind
from kiosk.domain.record import RecordError, from_plain, to_plain

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was played, and the page that stands until `until` (by the wall clock): ids of its rows, of its highlight and of its sheet."""

    played: Played = field(default_factory=Played)
    aired: Aired = field(default_factory=Aired)
    kind: PageKind = PageKind.LIST
    sheet: str = ""
    rows: tuple[str, ...] = ()
    highlight: str = ""
    number: int = 1
    of: int = 1
    turn: int = 0
    until: datetime | None = None


class BoardFile:
    """The file of what was played, written with each page: STATE/run is meant to be in memory. One that cannot be read is as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Kept:
        """Give what was kept."""
        try:
            return from_plain(Kept, json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return Kept()
        except (OSError, ValueError, RecordError) as error:
            log.warning("%s: %s", self._path.name, type(error).__name__)
            return Kept()

    def keep(self, kept: Kept) -> None:
        """Write it down."""
        replace_json(self._path, to_plain(kept))


def replace_json(path: Path, content: Any) -> None:
    """Write a value as a whole file in place of the old one (`replace`)."""
    replace(path, json.dumps(content, ensure_ascii=False).encode())


def replace(path: Path, content: bytes) -> None:
    """Write a whole file in place of the old one, so that no reader sees half of it; a disk that refuses is only logged."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        log.warning("%s: %s", path.name, type(error).__name__)
