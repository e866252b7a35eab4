"""A slip's blocks as lines of a fixed number of columns: wrapping, the two columns of a field, rules. Knows no bytes and no fonts.

A column is one half-width character; everything beyond ASCII takes two. Printers wrap too, but anywhere: they would put a full stop at the
start of a line and cut a phone number in two.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kiosk.domain.slip import Align, Block, Code, Field, Line, Rule, Slip, Style

NOT_FIRST = frozenset("，。、；：？！）》」』】〉”’…·・％)]},.;:?!%元")
CLOSING = "".join(NOT_FIRST - {"元", "%", "％"})
NOT_LAST = frozenset("（《「『【〈“‘([{¥￥")
BOLD = frozenset({Style.TITLE, Style.HEAD, Style.BIG})
DOUBLE = frozenset({Style.TITLE, Style.BIG})
GAP = 2
ITEM = re.compile(r"(?<![^、，。；：\s])[^、，。；：\s]{2,5}(?=、)|(?<=、)[^、，。；：\s]{2,5}(?=[，。；：\s]|$)")
LOST = "\ufffd"
DIGITS = "1234567890"
BLANKS = str.maketrans(dict.fromkeys("\t\u2028\u2029", " "))
"""What pasted texts separate lines with, beside the newline: it has no glyph, and laying it out fails."""


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line; `scale` is how many times as wide and as high as plain text."""

    text: str
    scale: tuple[int, int] = (1, 1)
    bold: bool = False
    centred: bool = False


def lay_out(slip: Slip, columns: int) -> Iterator[Row | Code]:
    """Give a slip's lines and codes from top to bottom; a blank line stays a blank line. Values of fields that follow each other align."""
    for _, run in groupby(slip.blocks, lambda block: isinstance(block, Field)):
        blocks = list(run)
        labels = max(width(clean(block.label)) if isinstance(block, Field) else 0 for block in blocks)
        for block in blocks:
            yield from _block(block, columns, min(labels + GAP, columns // 2))


def _block(block: Block, columns: int, indent: int) -> Iterator[Row | Code]:
    match block:
        case Line(text=text, style=style, align=align):
            scale = (2, 2) if style in DOUBLE else (1, 1)
            for line in wrap(text, columns // scale[0]):
                yield Row(line, scale, style in BOLD, align is Align.CENTRE)
        case Field(label=label, value=value, tall=tall):
            lead, scale = clean(label), (1, 2 if tall else 1)
            if width(lead) > indent - GAP:
                yield from (Row(line, scale, tall) for line in wrap(label, columns))
                lead = ""
            for line in wrap(value, columns - indent):
                yield Row((lead + " " * (indent - width(lead)) + line).rstrip(), scale, tall)
                lead = ""
        case Rule(dashed=dashed, ruler=ruler):
            yield Row(((DIGITS if ruler else "-" if dashed else "_") * columns)[:columns])
        case Code():
            yield block


def clean(text: str) -> str:
    """Drop what draws nothing, control characters above all: a listing's text must not be able to command the printer."""
    kept = (c for c in text.translate(BLANKS) if unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(LOST if "\ud800" <= c <= "\udfff" else c for c in kept)


def width(text: str) -> int:
    """Count the columns that a line takes."""
    return sum(1 if c <= "~" else 2 for c in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` into lines: not before closing or after opening punctuation, not inside a number or a Latin word that fits a line.

    A character that would stand alone on the last line gets the one before it for company.
    """
    lines = []
    for paragraph in text.split("\n"):
        rows: list[list[str]] = [[]]
        for piece in _pieces(clean(paragraph)):
            for part in [piece] if width(piece) <= columns else piece:
                if rows[-1] and width("".join(rows[-1]) + part.rstrip()) > columns:
                    rows.append([])
                if rows[-1] or (part := part.lstrip()):
                    rows[-1].append(part)
        if len(rows) > 1 and len(rows[-2]) > 1 and len("".join(rows[-1]).rstrip(CLOSING)) == 1:
            company = rows[-2][-1]
            if width("".join([company, *rows[-1]])) <= columns:
                rows[-1].insert(0, rows[-2].pop())
        lines += ["".join(row).rstrip() for row in rows]
    return lines


def _pieces(text: str) -> list[str]:
    """Split where a line may begin; an item of a list (电工、水管工) stays whole."""
    inside = {i for item in ITEM.finditer(text) for i in range(item.start() + 1, item.end())}
    pieces: list[str] = []
    for i, c in enumerate(text):
        if pieces and (i in inside or not _may_break(pieces[-1][-1], c)):
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    return before == " " or before > "~" or after > "~"
