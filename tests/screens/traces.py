"""What of a visitor is left in a terminal's process: every object that can be reached, every texture, every thread's frames.

Runs inside the terminal (tests.screens.play, PLAY_TRACES=DIR). DIR/words holds what to look for as JSON; a file DIR/remember makes it
remember the pictures of the words that stand on the screen now, DIR/scan makes it look and write what it found into DIR/found.
"""

import gc
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.texture import Texture

from kiosk.screens.widgets.words import Word, Words

LOOK_S = 0.1


def serve(folder: Path) -> None:
    """Wait for what the test asks."""
    pictures: set[str] = set()

    def look(_: float) -> None:
        if (folder / "remember").exists():
            words = json.loads((folder / "words").read_text("utf-8"))
            pictures.update(_picture(texture) for texture in _shown(Window, words))
            (folder / "remember").unlink()
        if (folder / "scan").exists():
            words = json.loads((folder / "words").read_text("utf-8"))
            found = sorted({*_objects(words), *_textures(pictures)})
            (folder / "found").write_text(json.dumps({"pictures": len(pictures), "found": found}, ensure_ascii=False), "utf-8")
            (folder / "scan").unlink()

    Clock.schedule_interval(look, LOOK_S)


def _shown(widget: Any, words: list[str]) -> Iterator[Texture]:
    for child in widget.children:
        if isinstance(child, Word | Words) and any(word in child.text for word in words):
            yield from {id(i.texture): i.texture for i in _instructions(child.canvas) if getattr(i, "texture", None) is not None}.values()
        yield from _shown(child, words)


def _instructions(group: Any) -> Iterator[Any]:
    for one in getattr(group, "children", ()):
        yield one
        yield from _instructions(one)


def _picture(texture: Texture) -> str:
    return hashlib.sha256(bytes(texture.pixels)).hexdigest()


def _tracked() -> list[Any]:
    """Give what the collector tracks once it has collected, and what was frozen, which it leaves alone for ever."""
    gc.collect()
    gc.unfreeze()
    return gc.get_objects()


def _textures(pictures: set[str]) -> Iterator[str]:
    for one in _tracked():
        if isinstance(one, Texture) and _picture(one) in pictures:
            yield f"texture of {one.size}"


def _objects(words: list[str]) -> Iterator[str]:
    """Walk everything from what the collector tracks, and from what runs; name what holds a word."""
    mine = {id(words), *map(id, words)}
    needles = [*(word.encode() for word in words), *(word.encode("gb18030") for word in words)]
    mine.update(map(id, needles))
    frames = []
    for frame in sys._current_frames().values():
        one: Any = frame
        while one is not None:
            if one.f_code.co_filename != __file__:
                frames.append(dict(one.f_locals))
            one = one.f_back
    left: list[tuple[Any, tuple[str, ...]]] = [(one, ()) for one in [*frames, *_tracked()]]
    mine.update((id(left), id(frames), id(needles)))
    seen: set[int] = set()
    hits: list[tuple[Any, tuple[str, ...]]] = []
    while left:
        one, holders = left.pop()
        if id(one) in seen or id(one) in mine:
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes | bytearray):
            text = one.encode("utf-8", "replace") if isinstance(one, str) else bytes(one)
            if any(needle in text for needle in needles):
                hits.append((one, holders))
        elif not isinstance(one, int | float | type):
            left.extend((inner, (_name(one), *holders[:7])) for inner in gc.get_referents(one) if id(inner) not in seen)
    # said only now: else what is said would be found, too
    yield from (f"{type(one).__name__} {one[:40]!r} held by {' < '.join(holders)}" for one, holders in hits)


def _name(one: Any) -> str:
    text = f"{type(one).__module__}.{type(one).__qualname__}"
    if isinstance(one, dict):
        return f"{text} with {[k for k in list(one)[:4] if isinstance(k, str)]}"
    return text
