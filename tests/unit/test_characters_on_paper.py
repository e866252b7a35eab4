"""Every character that a name here may hold, on paper: as the printer's own text, or drawn; where nobody can draw it, a square to write
it into and a line that says so. None is replaced, none is `?`, none is an empty box without a word.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from fontTools.ttLib import TTCollection
from PIL import Image

from kiosk.characters import readings
from kiosk.devices import glyphs
from kiosk.devices.escpos_printer import encode
from kiosk.devices.paper import PICTURE, Piece
from kiosk.devices.paper_marks import Picture
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import LINE_DOTS, PAPER_58, PAPER_80, Charset, Profile
from kiosk.domain.slip import Line, Slip, SlipKind
from kiosk.text import t

PROFILES = {
    f"{paper}-{charset}": Profile(profile.dots, charset) for paper, profile in (("80", PAPER_80), ("58", PAPER_58)) for charset in Charset
}
NORMATIVE = sorted(readings())
"""The 8,105 of 通用规范汉字表 and those of GB 2312 beside (tools/make_characters.py)."""
EXTENSIONS = {
    "A": (0x3400, 0x4DBF),
    "B": (0x20000, 0x2A6DF),
    "C": (0x2A700, 0x2B739),
    "D": (0x2B740, 0x2B81D),
    "E": (0x2B820, 0x2CEA1),
    "F": (0x2CEB0, 0x2EBE0),
    "G": (0x30000, 0x3134A),
}
EACH = 72
RARE = [chr(first + n * (last - first) // (EACH - 1)) for first, last in EXTENSIONS.values() for n in range(EACH)]
"""504 of Extensions A to G, evenly spread, whether anybody is called so or not."""
FEW = 6
"""Dots in 576: a neighbour's stroke may reach over, and none may look like a real-time command (escpos_printer.raster)."""
SQUARE, BLANK, NO_GLYPH = (glyphs.draw(c).tobytes() for c in (glyphs.UNASSIGNED, " ", "\ufffd"))


@cache
def face() -> frozenset[int]:
    """Give what is in the face, as another reader of it says."""
    return frozenset(TTCollection(glyphs.FONTS / "NotoSansCJK-Regular.ttc").fonts[glyphs.MONO_SC].getBestCmap())


def slip_of(lines: Sequence[str]) -> Slip:
    return Slip(kind=SlipKind.TEST, serial="YT-1", blocks=tuple(Line(text=line) for line in lines))


def lines_of(characters: Sequence[str], profile: Profile) -> list[str]:
    wide = profile.columns // 2
    return ["".join(characters[n : n + wide]) for n in range(0, len(characters), wide)]


def printed(lines: Sequence[str], profile: Profile) -> Piece:
    machine = SimulatedPrinter(dots=profile.dots)
    machine.receive(encode(slip_of(lines), profile))
    assert machine.unknown == []
    return machine.pieces[0]


def apart(one: bytes, other: bytes) -> int:
    """Count the dots in which two drawings differ."""
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


def cells(picture: Image.Image) -> Iterator[bytes]:
    for x in range(0, picture.width, LINE_DOTS):
        yield picture.crop((x, 0, x + LINE_DOTS, LINE_DOTS)).tobytes()


@pytest.mark.parametrize("name", PROFILES)
def test_normative_characters_when_printed_are_all_on_paper_each_as_itself(name: str) -> None:
    profile = PROFILES[name]
    lines = lines_of(NORMATIVE, profile)
    piece = printed(lines, profile)
    pictures = iter([mark for _, _, mark in piece.strips if isinstance(mark, Picture)])
    drawn: dict[str, bytes] = {}
    assert len(piece.words) == len(lines)
    for line, words in zip(lines, piece.words, strict=True):
        if words == PICTURE:
            drawn |= dict(zip(line, cells(next(pictures).draw()), strict=True))
        else:
            assert words == line
            # raises for what is not in the printer's own set
            line.encode(profile.charset)
    assert next(pictures, None) is None
    assert {c for c in NORMATIVE if not profile.has(c)} <= drawn.keys()
    assert [c for c, dots in drawn.items() if dots in (SQUARE, BLANK, NO_GLYPH) or apart(dots, glyphs.draw(c).tobytes()) > FEW] == []
    assert len(set(drawn.values())) == len(drawn), "two characters look the same"


@pytest.mark.parametrize("name", ["80-gbk", "58-gb2312"])
def test_rare_characters_when_printed_are_on_paper_or_flagged(name: str) -> None:
    profile = PROFILES[name]
    flagged = 0
    for character in RARE:
        piece = printed([f"王{character}兰"], profile)
        (picture,) = [mark for _, _, mark in piece.strips if isinstance(mark, Picture)]
        _, middle, _ = cells(picture.draw())
        if ord(character) in face():
            assert piece.words == (PICTURE,)
            assert middle not in (SQUARE, BLANK, NO_GLYPH)
        else:
            flagged += 1
            assert middle == SQUARE
            assert (piece.words[0], "".join(piece.words[1:])) == (PICTURE, t("paper.by_hand"))
    assert 0 < flagged < len(RARE)


def test_has_when_asked_knows_just_what_is_in_the_face() -> None:
    sample = [*NORMATIVE, *(chr(n) for first, last in EXTENSIONS.values() for n in range(first, last + 1, 7))]
    assert [c for c in sample if glyphs.has(c) != (ord(c) in face())] == []


def test_rare_characters_when_drawn_differ_from_one_another() -> None:
    drawn = {c: glyphs.draw(c).tobytes() for c in RARE if ord(c) in face()}
    assert len(set(drawn.values())) == len(drawn)


def test_flag_when_printed_needs_no_drawing_itself() -> None:
    assert all(map(Profile(PAPER_58.dots, Charset.GB2312).has, t("paper.by_hand")))
