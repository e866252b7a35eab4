"""The station's own pictures for the board: what lies in STATE/pictures, scaled to the screen and kept in STATE/run. No Kivy.

A file that is no picture, or one that would not fit into memory, is left out and logged once: the board never shows half of anything.
"""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic

log = logging.getLogger(__name__)

NAMES = ("*.jpg", "*.jpeg", "*.png", "*.JPG", "*.JPEG", "*.PNG")
MOST, MOST_BYTES, MOST_PIXELS = 30, 40_000_000, 60_000_000
QUALITY = 88
LOOK_S = 8.0
"""A look that has scaled for so long leaves the rest for the next one: the board waits for it."""


class Pictures:
    """The pictures in a folder, each at most as large as the screen."""

    def __init__(self, folder: Path, cache: Path, width: int, height: int, beat: Callable[[], float] = monotonic) -> None:
        self._folder, self._cache, self._size, self._beat = folder, cache, (width, height), beat
        self._seen: dict[Path, tuple[float, int]] = {}
        self._ready: dict[Path, Path | None] = {}

    def look(self) -> tuple[Path, ...]:
        """Give the pictures that can be shown, by name; what is new since the last look is scaled first, in tenths of a second each.

        All of a full folder may take more than one look.
        """
        try:
            found = sorted({path for name in NAMES for path in self._folder.glob(name)})[:MOST]
            stamps = {path: (path.stat().st_mtime, path.stat().st_size) for path in found}
        except OSError:
            return tuple(ready for ready in self._ready.values() if ready is not None and ready.exists())
        until = self._beat() + LOOK_S
        for path, stamp in list(stamps.items()):
            ready = self._ready.get(path)
            if self._seen.get(path) == stamp and (ready is None or ready.exists()):
                continue
            if self._beat() < until:
                self._ready[path] = self._scale(path, stamp)
            else:
                del stamps[path]
                self._ready.pop(path, None)
        self._seen = stamps
        self._ready = {path: self._ready[path] for path in stamps}
        return tuple(ready for ready in self._ready.values() if ready is not None)

    def _scale(self, path: Path, stamp: tuple[float, int]) -> Path | None:
        from PIL import Image, ImageOps

        name = hashlib.sha256(f"{path.name} {stamp} {self._size}".encode()).hexdigest()[:16]
        target = self._cache / f"{name}.jpg"
        if target.exists():
            return target
        try:
            with Image.open(path) as opened:
                if stamp[1] > MOST_BYTES or opened.width * opened.height > MOST_PIXELS:
                    raise ValueError(f"{opened.width}×{opened.height} pixels, {stamp[1]} bytes")
                opened.draft("RGB", self._size)
                image = ImageOps.exif_transpose(opened).convert("RGB")
            image.thumbnail(self._size)
            self._cache.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            image.save(part, "JPEG", quality=QUALITY)
            part.replace(target)
        except Exception as error:  # noqa: BLE001 - whatever a file from a stick can do to a decoder
            log.warning("a picture of the board cannot be shown: %s", type(error).__name__)
            return None
        return target
