"""Reads a whole word written with a finger in one box, by the recognition model inside the `rapidocr` package (PP-OCRv6 small).

Only the model file of that package is used, on onnxruntime; the package is never imported. One line of 1 to 25 characters, any stroke
order, joined strokes. 50 MB for the runtime and 50 MB for the model: open one, off the UI thread. Knows no screen and keeps no stroke.
"""

import math
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk.characters import normative
from kiosk.domain.ports import Candidate, Stroke
from kiosk.errors import ConfigError

MODEL = "PP-OCRv6_rec_small.onnx"
HEIGHT = 48
LOOKS = ((32, 2.4), (38, 2.8), (43, 2.4))
"""Pixels of the 48 that the word is high and the pen is wide. The same word is read at all of these and the scores are averaged: on 1,000
distorted characters one look was right 99.3 % of the time, three 100 %."""
FINE = 3
"""The strokes are drawn so many times larger and scaled down, which is what smooths them."""
WIDEST = 1600
FLAT = 0.45
"""A word flatter than this share of its width per stroke is one horizontal stroke (一), not a low line of text."""
ALONE = 2.6
"""A word wider than high by less than this share of its height per stroke is one character, as wide as the line is high (八, 二)."""
LEAST_LENGTH = 12.0
"""Pixels of pen travel below which there is only a dot."""
MOST_POINTS = 20_000
BEAM, BREADTH = 8, 8
SURELY_BLANK = 0.99
LEAST_NAME = 0.05
"""When a step of the model's table is a name's character or nothing with a lower chance than this, it is a mark or a scribble."""
CHOICES = 5
CLEAR = 0.2
"""When the best reading has a lower score, it is a guess at a scribble, and nothing is given."""


def is_name_character(c: str) -> bool:
    """Say whether `c` can stand in a name: a Chinese character, `·` or `〇`."""
    return c in "·〇" or "㐀" <= c <= "鿿" or "\U00020000" <= c <= "\U0003ffff"


class OcrHandwriting:
    """The real recogniser. Calls from several threads wait for one another."""

    def __init__(self, model: Path) -> None:
        import numpy
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        words = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        classes = self._session.get_outputs()[0].shape[-1]
        self._characters = ["", *words, " "][:classes]
        self._names_only = numpy.array([not c or is_name_character(c) for c in self._characters])
        self._normative = str.maketrans(normative())
        self._input = self._session.get_inputs()[0].name
        self._lock = threading.Lock()

    def read(self, strokes: Sequence[Stroke], *, free: bool = False) -> list[Candidate]:
        """Give up to five readings, best first; nothing for an empty box, a dot or a scribble.

        Chinese characters, `·` and `〇` only, unless `free` lets digits, letters and marks in (search, descriptions). A character outside
        通用规范汉字表 is given in its form there, if it has one: identity cards are written so (居民身份证法, article 4), and most of what
        the model got wrong was 黃 for 黄.
        """
        lines = [[(float(x), float(y)) for x, y in s] for s in strokes if s]
        if not _is_written(lines):
            return []
        scores: dict[str, float] = {}
        for ink_height, pen in LOOKS:
            with self._lock:
                (found,) = self._session.run(None, {self._input: draw(lines, ink_height, pen)})
            table = found[0] if free else self._without_marks(found[0])
            for candidate in decode(table, self._characters):
                text = candidate.text.translate(self._normative)
                scores[text] = scores.get(text, 0.0) + candidate.score / len(LOOKS)
        best = sorted(scores.items(), key=lambda item: -item[1])[:CHOICES]
        return [Candidate(text, min(score, 1.0)) for text, score in best] if best and best[0][1] >= CLEAR else []

    def _without_marks(self, table: Any) -> Any:
        """Give the chances of what cannot stand in a name to what can, in each step; a step that is little else keeps little."""
        import numpy

        names = table * self._names_only
        return names / numpy.maximum(names.sum(axis=1, keepdims=True), LEAST_NAME)


class SimulatedHandwriting:
    """Reads what it was told to, whatever is written."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def read(self, strokes: Sequence[Stroke], *, free: bool = False) -> list[Candidate]:  # noqa: ARG002 - the port has it
        """Give the texts, the first with the best score, for any stroke at all."""
        return [Candidate(text, 1 / n) for n, text in enumerate(self.texts, start=1)] if strokes else []


def open_handwriting() -> OcrHandwriting:
    """Load the model (0.3 s); raise ConfigError when the package that carries it is not installed."""
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("rapidocr is not installed: it carries the handwriting model")
    model = Path(spec.submodule_search_locations[0]) / "models" / MODEL
    if not model.exists():
        raise ConfigError(f"{MODEL} is not in the installed rapidocr")
    return OcrHandwriting(model)


def _is_written(lines: Sequence[Stroke]) -> bool:
    travel = sum(math.dist(a, b) for line in lines for a, b in pairwise(line))
    return travel >= LEAST_LENGTH and sum(len(line) for line in lines) <= MOST_POINTS


def draw(lines: Sequence[Stroke], ink_height: int, pen_width: float) -> Any:
    """Render strokes as the model wants a line of text: float32 (1, 3, 48, width), dark on light."""
    import numpy
    from PIL import Image, ImageDraw

    points = [p for line in lines for p in line]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    width, height = max(x for x, _ in points) - left, max(y for _, y in points) - top
    size = max(width, height) if height < width * FLAT / len(lines) or width < height * (1 + ALONE / len(lines)) else height
    scale = ink_height / max(size, 1.0)
    margin = (HEIGHT - ink_height) / 2
    wide = min(WIDEST, round(width * scale + 2 * margin))
    squeeze = (wide - 2 * margin) / max(width * scale, 1.0) if wide == WIDEST else 1.0
    down = (HEIGHT - height * scale) / 2
    picture = Image.new("L", (max(wide, HEIGHT) * FINE, HEIGHT * FINE), 255)
    pen = ImageDraw.Draw(picture)
    radius = pen_width * FINE / 2
    aside = max(0.0, (HEIGHT - wide) / 2)
    for line in lines:
        path = [(((x - left) * scale * squeeze + margin + aside) * FINE, ((y - top) * scale + down) * FINE) for x, y in line]
        if len(path) > 1:
            pen.line(path, fill=0, width=round(pen_width * FINE), joint="curve")
        for x, y in (path[0], path[-1]):
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    picture = picture.resize((picture.width // FINE, HEIGHT), Image.Resampling.BOX)
    grey = numpy.asarray(picture, dtype=numpy.float32) / 127.5 - 1.0
    return numpy.broadcast_to(grey, (1, 3, *grey.shape)).copy()


def decode(table: Any, characters: Sequence[str]) -> list[Candidate]:
    """Find the likeliest texts in a CTC table (steps × classes, class 0 blank) by prefix beam search."""
    import numpy

    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for step in table:
        if step[0] > SURELY_BLANK:
            beams = {text: (blank + ink, 0.0) for text, (blank, ink) in beams.items()}
            continue
        likely = numpy.argpartition(step, -BREADTH)[-BREADTH:]
        grown: dict[tuple[int, ...], list[float]] = {}
        for text, (ends_blank, ends_ink) in beams.items():
            total = ends_blank + ends_ink
            same = grown.setdefault(text, [0.0, 0.0])
            same[0] += total * float(step[0])
            if text:
                same[1] += ends_ink * float(step[text[-1]])
            for index in likely:
                if index == 0:
                    continue
                c = int(index)
                added = grown.setdefault((*text, c), [0.0, 0.0])
                added[1] += (ends_blank if text and text[-1] == c else total) * float(step[c])
        best = sorted(grown.items(), key=lambda item: -sum(item[1]))[:BEAM]
        beams = {text: (scores[0], scores[1]) for text, scores in best}
    found = [
        Candidate("".join(characters[c] for c in text).strip(), sum(scores) ** (1 / len(text))) for text, scores in beams.items() if text
    ]
    return sorted((c for c in found if c.text), key=lambda c: -c.score)
