"""The simulated printer against sequences worked out by hand from Epson's ESC/POS Command Reference; each names its section."""

import pytest

from kiosk.devices.escpos_printer import encode
from kiosk.devices.paper import PITCH, Piece
from kiosk.devices.paper_marks import PICTURE, Text
from kiosk.devices.printer_faults import Faults
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_80
from tests.unit.slip_samples import SLIPS

CUT = b"\x1dVB\x00"


def printed(data: bytes) -> Piece:
    printer = SimulatedPrinter()
    printer.receive(data + CUT)
    assert printer.unknown == []
    (piece,) = printer.pieces
    return piece


@pytest.mark.parametrize(
    ("section", "data", "words"),
    [
        ("LF", b"a\nb\n", ("a", "b")),
        ("CR: ignored", b"a\rb\n", ("ab",)),
        ("HT: every eight characters", b"a\tb\n", ("a b",)),
        ("FS &, FS .: Kanji mode", b"\x1c&\xc0\xee\x1c.\x82\x1c&\xcb\xc4\n", ("李é四",)),
        ("GB 18030 in four bytes", b"\x84\x31\xa4\x37\xc0\xee\n", ("\ufffd李",)),
        ("ESC @: the line is forgotten", b"half\x1b@whole\n", ("whole",)),
        ("ESC !: font B, bold, double, underlined", b"\x1b!\xb9x\n", ("x",)),
        ("ESC SP, ESC V, ESC R, ESC %, ESC ?: one byte", b"\x1b \x05\x1bV\x00\x1bR\x0f\x1b%\x00\x1b?Ax\n", ("x",)),
        ("ESC D: tab stops to NUL", b"\x1bD\x08\x10\x18\x00x\n", ("x",)),
        ("ESC c 3, c 4, c 5", b"\x1bc3\x0c\x1bc4\x0c\x1bc5\x01x\n", ("x",)),
        ("ESC p m t1 t2", b"\x1bp\x00\x19\xfax\n", ("x",)),
        ("ESC & y c1 c2 (x d)", b"\x1b&\x03AB\x01abc\x02abcdefx\n", ("x",)),
        ("ESC W in page mode: eight bytes", b"\x1bW\x00\x00\x00\x00\x40\x02\x40\x02x\n", ("x",)),
        ("ESC $, ESC \\: positions", b"a\x1b$\x60\x00b\x1b\\\x20\x00c\n", ("a b c",)),
        ("GS L, GS W, GS P", b"\x1dL\x18\x00\x1dW\x00\x01\x1dP\x00\x00x\n", ("x",)),
        ("GS B, GS b, GS |", b"\x1dB\x01\x1db\x01\x1d|\x04x\n", ("x",)),
        ("GS a: automatic status back, off", b"\x1da\x00x\n", ("x",)),
        ("GS * x y d", b"\x1d*\x01\x02" + bytes(range(48, 64)) + b"x\n", ("x",)),
        ("GS ( E, GS ( K: long settings", b"\x1d(E\x03\x00\x01IN\x1d(K\x02\x001Ax\n", ("x",)),
        ("GS ( k 49 without text prints nothing", b"\x1d(k\x03\x001Q0x\n", ("x",)),
        ("GS v 0 of no size prints nothing", b"\x1dv0\x00\x00\x00\x18\x00x\n", ("x",)),
        ("GS v 0, then text", b"\x1dv0\x00\x01\x00\x02\x00AAx\n", (PICTURE, "x")),
        ("GS v 0 behind text ends its line", b"x\x1dv0\x00\x01\x00\x01\x00A", ("x", PICTURE)),
        ("GS 8 L, function 112 and 50", b"\x1d8L\x0b\x00\x00\x000p0\x01\x011\x08\x00\x01\x00A\x1d(L\x02\x0002", (PICTURE,)),
        ("DLE ENQ, DLE DC4", b"\x10\x05\x02\x10\x14\x01\x00\x05\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08x\n", ("x",)),
        ("FS !, FS -, FS S, FS W, FS C", b"\x1c!\x0c\x1c-\x01\x1cS\x00\x00\x1cW\x00\x1cC\x00\xc0\xee\n", ("李",)),
        ("FS 2: a character of one's own", b"\x1c2\xfe\xa1" + b"A" * 72 + b"x\n", ("x",)),
        ("FS P of Custom's VKP80III, then ESC @", b"x\n\x1cP\x0a\x01E\x00", ("x",)),
        ("FS p: a stored picture", b"\x1cp\x01\x00x\n", ("x",)),
    ],
)
def test_command_when_sent_by_hand_prints_what_the_reference_says(section: str, data: bytes, words: tuple[str, ...]) -> None:
    if "four bytes" in section:
        data, words = "㛃李\n".encode("gb18030"), ("㛃李",)
    assert printed(data).words == words


def test_command_when_no_printer_knows_it_is_noted() -> None:
    printer = SimulatedPrinter()
    printer.receive(b"\x1b\x01\x1c\x01\x1d\x01\x10\x01\x1d(k\x03\x00700\x80\x1d(z\x01\x00A" + b"\xff" + b"\x01")
    assert printer.unknown == [b"\x1b\x01", b"\x1c\x01", b"\x1d\x01", b"\x10\x01", b"\x1d(k700", b"\x1d(zA", b"\x01"]


def test_line_when_it_is_spaced_and_placed_stands_there() -> None:
    # ESC 3 n, ESC J n, ESC d n; GS L and GS W make an area, ESC a places within it
    piece = printed(b"a\n\x1b3\x64b\n\x1b2c\n\x1bJ\x0ad\n\x1bd\x02e\n\x1dL\x64\x00\x1dW\xc8\x00\x1ba\x02f\n")
    at = {text.words: (x, y) for (x, y, text) in piece.strips if isinstance(text, Text)}
    assert [at[c][1] for c in "abcde"] == [0, PITCH, PITCH + 100, 2 * PITCH + 110, 5 * PITCH + 110]
    assert at["f"] == (100 + 200 - 12, 6 * PITCH + 110)


def test_line_when_it_is_full_goes_on_below_at_the_reference_s_forty_eight_columns() -> None:
    assert printed(b"0" * 50 + b"\n").words == ("0" * 48, "00")
    assert printed("王".encode("gb18030") * 25 + b"\n").words == ("王" * 24, "王")


def test_question_when_asked_is_answered_as_the_reference_says() -> None:
    printer = SimulatedPrinter()
    assert printer.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04") == b"\x12" * 4
    assert printer.receive(b"\x1dr\x01\x1dr1\x1dr\x02") == b"\0\0\0"
    assert printer.receive(b"\x1d(H\x06\x0000Ab 9") == b"7\x22Ab 9\0"
    assert printer.receive(b"\x1dI\x02\x1dIC") == b"\x02_SIM-80\0"
    assert printer.receive(b"\x1bv\x1bu\x00") == b"\0\0"
    printer.faults = Faults(near_end=True)
    assert printer.receive(b"\x10\x04\x04\x10\x04\x14\x1dr\x01") == bytes.fromhex("1e 100f04000000 03")
    printer.faults = Faults(out_of_paper=True, cover_open=True, jammed=True, hot=True, broken=True, not_taken=True)
    assert printer.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04\x10\x04\x14\x1dr\x01") == bytes.fromhex(
        "1a 76 7a 7e 100f25034108"
    )
    assert printer.unknown == []


def test_question_when_it_stands_inside_a_picture_is_answered_too_as_real_time_commands_are() -> None:
    printer = SimulatedPrinter()
    assert printer.receive(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01" + CUT) == b"\x12"
    assert printer.pieces[0].words == (PICTURE,)


def test_clone_when_it_does_not_know_a_command_prints_it_as_text() -> None:
    printer = SimulatedPrinter()
    printer.faults.clone = True
    assert printer.receive(b"\x10\x04\x14\x1d(H\x06\x0000Ab 9\n" + CUT) == b""
    assert printer.pieces[0].words == ("(H00Ab 9",)
    slip = encode(SLIPS["registration"], PAPER_80)
    printer.receive(slip)
    assert printer.raw[-1] == slip
