"""What the board keeps outside the store. In STATE/run: what was played, what stands and what a notice interrupted, so that a restart is
fair and comes back to the same page; its health for who asks. On the disk: which urgent notices have broken in, for after a start of the
machine they are no news.
"""

import json
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from kiosk.domain.playlist import Played
from kiosk.domain.programme import Aired, PageKind
from kiosk.domain.record import RecordError, from_plain, to_plain

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """A page: its kind, the ids of its sheet, of its rows and of its highlight, and which page of how many of the list it is."""

    kind: PageKind = PageKind.LIST
    sheet: str = ""
    rows: tuple[str, ...] = ()
    highlight: str = ""
    number: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was played, and the page that `stands` until `until` (by the wall clock).

    `broke_in`: that page is an urgent notice's that nothing interrupts. `interrupted` has its turn after the notices.
    """

    played: Played = field(default_factory=Played)
    aired: Aired = field(default_factory=Aired)
    stands: KeptPage | None = None
    interrupted: KeptPage | None = None
    turn: int = 0
    until: datetime | None = None
    broke_in: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The notices that have broken in, as id:revision."""

    told: tuple[str, ...] = ()


Kind = TypeVar("Kind", Kept, Told)


class BoardFile:
    """Two files: `path` is written with each page (STATE/run is meant to be in memory), `lasting` when a notice breaks in.

    One that cannot be read is as none.
    """

    def __init__(self, path: Path, lasting: Path) -> None:
        self._path, self._lasting = path, lasting
        self._told: tuple[str, ...] = ()

    def read(self) -> Kept:
        """Give what was kept."""
        kept, self._told = _read(self._path, Kept), _read(self._lasting, Told).told
        return replace(kept, aired=replace(kept.aired, told=tuple(dict.fromkeys((*self._told, *kept.aired.told)))))

    def keep(self, kept: Kept) -> None:
        """Write it down."""
        replace_json(self._path, to_plain(kept))
        if kept.aired.told != self._told:
            self._told = kept.aired.told
            replace_json(self._lasting, to_plain(Told(self._told)))


def _read(path: Path, cls: type[Kind]) -> Kind:
    try:
        return from_plain(cls, json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return cls()
    except (OSError, ValueError, RecordError) as error:
        log.warning("%s: %s", path.name, type(error).__name__)
        return cls()


def replace_json(path: Path, content: Any) -> None:
    """Write a value as a whole file in place of the old one (`replace_file`)."""
    replace_file(path, json.dumps(content, ensure_ascii=False).encode())


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file in place of the old one, so that no reader sees half of it; a disk that refuses is only logged."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        log.warning("%s: %s", path.name, type(error).__name__)
