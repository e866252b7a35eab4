"""The board as others see it: what it tells of itself in STATE/run, and its picture there. Knows no screen; the board may not run."""

import io
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from kiosk.domain.board_seen import BoardScreen, BoardSeen, age_in
from kiosk.domain.record import RecordError, from_plain
from kiosk.errors import BadInput
from kiosk.services.station import local
from kiosk.text import t, words

FACTS, LARGE, SMALL = "board.json", "board.jpg", "board-small.jpg"
KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def look(run: Path) -> BoardSeen | None:
    """Give what the board last told of itself; None where none ever ran."""
    try:
        return from_plain(BoardSeen, json.loads((run / FACTS).read_text("utf-8")))
    except (OSError, ValueError, RecordError):
        return None


def screen(run: Path) -> BoardScreen | None:
    """Give for which screen the board is set; None where none ran since the machine was started."""
    try:
        return from_plain(BoardScreen, json.loads((run / FACTS).read_text("utf-8"))["screen"])
    except (OSError, ValueError, RecordError, KeyError, TypeError):
        return None


def set_for(found: BoardScreen) -> tuple[bool, str]:
    """Say whether a board is set as it should be, and for which screen."""
    said = {"inches": f"{found.inches:.0f}", "asked": f"{found.asked_m:.1f}", "reading": f"{found.reading_m:.1f}"}
    text = t("doctor.screens.board_guessed" if found.guessed else "doctor.screens.board_known", **said)
    return not found.cramped, text + (t("doctor.screens.board_cramped", **said) if found.cramped else "")


def is_mute(run: Path, now: datetime) -> bool:
    """Say whether a board that lives tells that it should be heard and may play nothing."""
    seen = look(run)
    try:
        return seen is not None and seen.alive(now) and json.loads((run / FACTS).read_text("utf-8")).get("mute") is True
    except (OSError, ValueError, AttributeError):
        return False


def picture(run: Path) -> bytes:
    """Give the small picture, JPEG; empty where there is none."""
    return _read(run / SMALL)


def large(run: Path) -> bytes:
    """Give the large picture, JPEG; empty where there is none."""
    return _read(run / LARGE)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def snapshot(run: Path, file: Path, now: datetime) -> str:
    """Write the board's picture to a .jpg or .png and say what stands. Raises BadInput, and leaves nothing half-written."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise BadInput("file", "snapshot.no_picture_name", file=_shown(file))
    seen = look(run)
    if seen is None:
        raise BadInput("board", "snapshot.never")
    if not seen.alive(now):
        raise BadInput("board", "snapshot.stopped", when=f"{local(seen.alive_at):%Y-%m-%d %H:%M:%S}")
    try:
        content = (run / LARGE).read_bytes()
        content = content if kind == "JPEG" else _png(content)
    except (OSError, ValueError):
        raise BadInput("board", "snapshot.no_picture") from None
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise BadInput("file", "snapshot.not_written", file=_shown(file)) from None
    return stands(seen) + t("snapshot.written", file=_shown(file))


def _png(content: bytes) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(content)).save(out, "PNG")
    return out.getvalue()


def stands(seen: BoardSeen) -> str:
    """Say what stands on the board and how old it is."""
    known = words()
    key = f"snapshot.kind.{seen.kind}" if seen.state in ("listings", "sheet") else f"snapshot.state.{seen.state}"
    what = t(key) if key in known else ""
    said = [t("snapshot.now", what=what, page=seen.page, pages=seen.pages)]
    if seen.numbers:
        said.append(t("snapshot.numbers", numbers=t("snapshot.join").join(str(n) for n in seen.numbers)))
    said.append(t("snapshot.own") if seen.data_age_s is None else t("snapshot.age", age=_age(seen.data_age_s)))
    return t("snapshot.comma").join(said) + t("snapshot.stop")


def _age(seconds: float) -> str:
    unit, count = age_in(seconds)
    return t(f"snapshot.{unit}", count=count)


def _shown(file: Path) -> str:
    return os.fsencode(file).decode("utf-8", "replace")
