"""What of a visitor is left in a terminal's process: every object that can be reached, every texture, every thread's frames; of what he
wrote with a finger the pen's points, the ink and what was drawn of it; what fields, pads and candidate rows and the pinyin engine hold.

Runs inside the terminal (tests.screens.play, PLAY_TRACES=DIR). DIR/words holds what to look for as JSON. A file DIR/NAME asks for
something and goes when it is done: `warm` opens what reads handwriting and pinyin, `remember` keeps how the words, the strokes and the
readings look that stand on the screen now, `scan` looks and writes what it found into DIR/found, `leave` lets nobody have touched for so
long as to end the visit, `litter` writes into DIR/lies how much lay about at most since it was last asked, how many pages
lie about now, and how many shells there are once they are collected.
"""

import gc
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Mesh
from kivy.graphics.texture import Texture
from PIL import Image

from kiosk.devices.pinyin import RimePinyin
from kiosk.screens.page import Page
from kiosk.screens.shell import Shell
from kiosk.screens.theme import theme
from kiosk.screens.widgets import patch
from kiosk.screens.widgets.candidate_row import CandidateRow
from kiosk.screens.widgets.number_pad import NumberPad
from kiosk.screens.widgets.text_panel import TextPanel
from kiosk.screens.widgets.words import Word, Words
from kiosk.screens.widgets.writing_box import PEN, Ink, WritingBox
from tests.rime import held

if TYPE_CHECKING:
    from kiosk.screens.terminal import Terminal

LOOK_S = 0.05
HOLDERS = 8
LONG, STROKE = 3, 4
"""Characters from which on a reading that was offered says who somebody is; points from which on they are those of a stroke."""
FIELDS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (WritingBox, ("strokes",)),
    (TextPanel, ("text", "kept", "letters", "words")),
    (CandidateRow, ("offers",)),
    (NumberPad, ("digits",)),
)


class Keeper:
    """What the test wants found, and what was on the screen: only as bytes, hashes and numbers, so that it does not find itself."""

    def __init__(self, folder: Path, terminal: "Terminal") -> None:
        self._folder, self._terminal = folder, terminal
        self._needles: set[bytes] = set()
        self._pictures: set[str] = set()
        self._points: set[complex] = set()
        self._readings = 0
        self._drawings: set[str] = set()
        self._most = 0

    def look(self, _: float) -> None:
        """Do what is asked."""
        self._most = max(self._most, gc.get_count()[2])
        for name in ("warm", "remember", "scan", "leave", "litter"):
            if (asked := self._folder / name).exists():
                getattr(self, name)()
                asked.unlink()

    def warm(self) -> None:
        """Let the engines be there, and know what they hold before anybody came."""
        self._terminal.handwriting()
        self._terminal.pinyin()
        self._drawings = {picture for picture, _ in self._walk(_tracked())[1]}

    def remember(self) -> None:
        """Keep how what stands there looks."""
        words = json.loads((self._folder / "words").read_text("utf-8"))
        self._keep(words)
        self._pictures.update(_picture(texture) for texture in _shown(Window, words))
        for one in Window.children[0].walk(restrict=True):
            if isinstance(one, WritingBox):
                self._points.update(complex(x, y) for stroke in one.strokes for x, y in stroke)
            elif isinstance(one, CandidateRow):
                readings = [words for words, _, _ in one.offers if len(words) >= LONG and "…" not in words]
                self._readings += len(readings)
                self._keep(readings)

    def _keep(self, words: list[str]) -> None:
        self._needles.update(word.encode() for word in words)

    def leave(self) -> None:
        """Let the countdown be at its end: two looks of it, one that warns and one that ends."""
        watch = self._terminal._idle
        watch._touched_at -= watch._idle_s - 2

    def litter(self) -> None:
        """Say how much lay about, and what is still kept."""
        pages = sum(issubclass(type(one), Page) for one in gc.get_objects())
        gc.collect()
        shells = sum(type(one) is Shell for one in gc.get_objects())
        (self._folder / "lies").write_text(json.dumps({"most": self._most, "pages": pages, "shells": shells}), "utf-8")
        self._most = 0

    def scan(self) -> None:
        """Look, and say what was found and how much was looked for."""
        tracked = _tracked()
        hits, drawings = self._walk(tracked)
        found = [
            *hits,
            *(said for picture, said in drawings if picture not in self._drawings),
            *(f"texture of {one.size}" for one in tracked if issubclass(type(one), Texture) and _picture(one) in self._pictures),
            *_fields(tracked),
            *self._pinyin(),
        ]
        sought = {"pictures": len(self._pictures), "points": len(self._points), "readings": self._readings}
        (self._folder / "found").write_text(json.dumps(sought | {"found": sorted(set(found))}, ensure_ascii=False), "utf-8")

    def _pinyin(self) -> list[str]:
        engine = self._terminal.open_pinyin
        return held(engine) if isinstance(engine, RimePinyin) else []

    def _walk(self, tracked: list[Any]) -> tuple[list[str], list[tuple[str, str]]]:
        """Walk everything that can be reached; name what holds a word or a stroke, hash what is a picture."""
        text = re.compile("|".join(re.escape(one.decode()) for one in self._needles) or "(?!)")
        coded = re.compile(b"|".join(re.escape(code) for one in self._needles for code in (one, one.decode().encode("gb18030"))) or b"(?!)")
        re.purge()
        # the last ones first, so that a name has its holders
        left: list[tuple[Any, Any]] = [(one, None) for one in tracked]
        hits: list[tuple[Any, Any]] = []
        drawn: list[tuple[Any, Any]] = []
        seen = set(map(id, (text.pattern, coded.pattern, self._needles, *self._needles, tracked, left, hits, drawn)))
        while left:
            place = left.pop()
            one = place[0]
            if id(one) in seen:
                continue
            seen.add(id(one))
            # isinstance asks a weak proxy of what it does not know any more
            kind = type(one)
            if issubclass(kind, str | bytes | bytearray):
                if (text if issubclass(kind, str) else coded).search(one):
                    hits.append(place)
                continue
            if issubclass(kind, numpy.ndarray | Image.Image):
                drawn.append(place)
            elif issubclass(kind, list | tuple) and self._is_stroke(one):
                hits.append(place)
            if not issubclass(kind, int | float | type):
                left.extend((inner, place) for inner in gc.get_referents(one) if id(inner) not in seen)
        # said only now: else what is said would be found, too
        said = [f"{type(one).__name__} {one[:40]!r}{_held(holder)}" for one, holder in hits]
        return said, [(_drawing(one), f"{_name(one)}{_held(holder)}") for one, holder in drawn]

    def _is_stroke(self, one: Any) -> bool:
        """Say whether it holds the way of the pen; a single point may be any pair of numbers."""
        pairs = [
            part for part in one if type(part) is tuple and len(part) == 2 and isinstance(part[0], float) and isinstance(part[1], float)
        ]
        return len(pairs) >= STROKE and sum(complex(*pair) in self._points for pair in pairs) >= STROKE


def serve(folder: Path, terminal: "Terminal") -> None:
    """Wait for what the test asks."""
    keeper = Keeper(folder, terminal)
    # Kivy holds a bound method weakly
    Clock.schedule_interval(lambda elapsed: keeper.look(elapsed), LOOK_S)


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


def _drawing(one: Any) -> str:
    return hashlib.sha256(one.tobytes()).hexdigest()


def _tracked() -> list[Any]:
    """Give what the collector tracks once it has collected, and what was frozen, which it leaves alone for ever; then the modules and what
    every thread has in hand.
    """
    frames = []
    for frame in sys._current_frames().values():
        one: Any = frame
        while one is not None:
            if one.f_code.co_filename != __file__:
                # asked for first: a frame keeps what it was last asked for, and would show the visitor of then
                frames.append(dict(one.f_locals))
            one = one.f_back
    gc.collect()
    gc.unfreeze()
    return [*gc.get_objects(), sys.modules, *frames]


def _fields(tracked: list[Any]) -> Iterator[str]:
    """Name what one writes, spells or keys in with that still holds something, wherever it is, and every stroke of ink."""
    pen = patch.dot(int(theme.px(PEN)))
    for one in tracked:
        for kind, names in FIELDS:
            if issubclass(type(one), kind):
                yield from (f"{kind.__name__}.{name} is not empty" for name in names if getattr(one, name))
        if issubclass(type(one), Ink) or (issubclass(type(one), Mesh) and one.texture is pen):
            yield f"{type(one).__name__} of a stroke"


def _held(holder: Any) -> str:
    """Name what holds it, the nearest first."""
    names: list[str] = []
    while holder is not None and len(names) < HOLDERS:
        names.append(_name(holder[0]))
        holder = holder[1]
    return "".join(f" < {name}" for name in names)


def _name(one: Any) -> str:
    text = f"{type(one).__module__}.{type(one).__qualname__}"
    if isinstance(one, dict):
        return f"{text} with {[k for k in list(one)[:4] if isinstance(k, str)]}"
    return text
