"""The simulated printer against python-escpos's own bytes, against time and faults, and against whatever bytes come."""

from contextlib import suppress
from itertools import product

import pytest
import zxingcpp
from escpos.printer import Dummy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from kiosk.devices.escpos_printer import encode
from kiosk.devices.paper import SIDE, TOP, Piece
from kiosk.devices.paper_marks import PICTURE, Bars, Text
from kiosk.devices.printer_faults import AFTER, Faults
from kiosk.devices.printer_machine import BOOT_S, BYTES_A_SECOND, SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_80
from tests.unit.slip_samples import SLIPS

CUT = b"\x1dVB\x00"
SLIP = encode(SLIPS["registration"], PAPER_80)


def printed(data: bytes, *, cut: bool = True) -> Piece:
    printer = SimulatedPrinter()
    printer.receive(data + CUT * cut)
    assert printer.unknown == []
    (piece,) = printer.pieces
    return piece


def texts(piece: Piece) -> list[Text]:
    return [mark for _, _, mark in piece.strips if isinstance(mark, Text)]


@pytest.mark.parametrize("underline", [0, 1, 2])
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("font", ["a", "b"])
@pytest.mark.parametrize("size", [{}, {"double_width": True}, {"double_height": True}, {"custom_size": True, "width": 4, "height": 3}])
def test_set_when_anything_is_asked_looks_so_and_garbles_nothing(
    underline: int, bold: bool, align: str, font: str, size: dict[str, object]
) -> None:
    out = Dummy()
    for invert, flip, smooth, density in product((False, True), (False, True), (False, True), (0, 8)):
        out.set(
            align=align,
            font=font,
            bold=bold,
            underline=underline,
            invert=invert,
            flip=flip,
            smooth=smooth,
            density=density,
            normal_textsize=not size,
            **size,
        )
        out.text("Ab 1\n")
    piece = printed(out.output)
    assert piece.words == ("Ab 1",) * 16
    looks = [text.look for text in texts(piece)]
    assert {(one.bold, one.underline, one.small) for one in looks} == {(bold, underline, font == "b")}
    assert {(one.reverse, one.turned) for one in looks} == set(product((False, True), (False, True)))
    assert piece.image.convert("L").getextrema() == (0, 255)


def test_text_when_mixed_with_all_that_only_moves_paper_stands_alone() -> None:
    out = Dummy()
    out.hw("INIT")
    out.hw("SELECT")
    out.hw("RESET")
    out.panel_buttons(False)
    out.target("ROLL")
    out.buzzer(2, 4)
    out.cashdraw(2)
    out.cashdraw(5)
    out.line_spacing(60)
    out.textln("one")
    out.line_spacing(40, divisor=60)
    out.textln("two")
    out.line_spacing(90, divisor=360)
    out.textln("three")
    out.line_spacing()
    out.control("HT", count=4, tab_size=8)
    for move in ("LF", "CR", "VT"):
        out.control(move)
    out.block_text("four five", columns=4)
    out.ln(3)
    out.print_and_feed(2)
    out.cut()
    assert printed(out.output, cut=False).words == ("one", "two", "three", "four", "five")


@pytest.mark.parametrize("text", ["Grüße", "café", "Привет"])
def test_text_when_it_is_no_chinese_comes_in_a_code_page(text: str) -> None:
    out = Dummy()
    out._raw(b"\x1c.")
    out.textln(text)
    (line,) = printed(out.output).words
    assert len(line) == len(text)
    assert "\ufffd" not in line


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("size", [4, 8])
def test_qr_when_native_is_read_from_the_paper(level: int, size: int) -> None:
    out = Dummy()
    out.qr("https://k.yunmeng.example/k/1", ec=level, size=size, native=True)
    piece = printed(out.output)
    found = zxingcpp.read_barcode(piece.image.convert("L"))
    assert (found.text, found.ec_level) == ("https://k.yunmeng.example/k/1", "LMQH"[level])
    assert piece.words == (found.text,)


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
@pytest.mark.parametrize("across", [True, False])
@pytest.mark.parametrize("high", [True, False])
@pytest.mark.parametrize("side", [(100, 72), (8, 200), (576, 24)])
def test_image_when_printed_in_any_way_is_the_picture(impl: str, across: bool, high: bool, side: tuple[int, int]) -> None:
    picture = Image.new("L", side, 255)
    ImageDraw.Draw(picture).polygon([(0, 0), (side[0], side[1] // 2), (0, side[1])], fill=0)
    out = Dummy()
    out.image(picture.convert("1"), impl=impl, high_density_horizontal=across, high_density_vertical=high, fragment_height=96)
    piece = printed(out.output)
    assert set("".join(piece.words)) == {PICTURE}
    if across and high:
        drawn = piece.image.convert("L").crop((SIDE, TOP, SIDE + side[0], TOP + side[1]))
        assert drawn.tobytes() == picture.tobytes()


def test_qr_when_drawn_by_python_escpos_is_read_from_the_paper() -> None:
    for impl in ("bitImageRaster", "graphics", "bitImageColumn"):
        out = Dummy()
        out.qr("绿色 green", ec=1, size=6, image_arguments={"impl": impl})
        assert zxingcpp.read_barcode(printed(out.output).image.convert("L")).text == "绿色 green"


@pytest.mark.parametrize(
    ("kind", "asked", "read"),
    [
        ("EAN13", "4006381333931", "4006381333931"),
        ("EAN8", "90311017", "90311017"),
        ("UPC-A", "036000291452", "0036000291452"),
        ("CODE39", "YT-1123", "YT-1123"),
        ("ITF", "04210000526412", "04210000526412"),
        ("CODE128", "{BYT-1123-0042", "YT-1123-0042"),
    ],
)
@pytest.mark.parametrize("where", ["ABOVE", "BELOW", "BOTH", "OFF"])
def test_barcode_when_printed_is_read_from_the_paper(kind: str, asked: str, read: str, where: str) -> None:
    out = Dummy()
    for function in ["A", "B"] if kind != "CODE128" else ["B"]:
        out.barcode(asked, kind, pos=where, function_type=function, height=80, width=2, check=False)
    piece = printed(out.output)
    found = zxingcpp.read_barcodes(piece.image.convert("L"))
    assert read in {one.text for one in found}
    assert sum(isinstance(mark, Bars) for _, _, mark in piece.strips) == (1 if kind == "CODE128" else 2)


@pytest.mark.parametrize("kind", ["UPC-E", "NW7", "CODE93", "GS1-128", "GS1 DATABAR LIMITED"])
def test_barcode_when_no_such_one_can_be_drawn_garbles_nothing(kind: str) -> None:
    out = Dummy()
    samples = {"UPC-E": "01234565", "NW7": "A1234B", "GS1 DATABAR LIMITED": "0123456789012"}
    out.barcode(samples.get(kind, "{B12345"), kind, function_type="B", check=False)
    out.textln("after")
    assert printed(out.output).words[-1] == "after"


@pytest.mark.parametrize(("mode", "feed"), [("FULL", True), ("PART", True), ("FULL", False)])
def test_cut_when_asked_in_any_way_cuts(mode: str, feed: bool) -> None:
    out = Dummy()
    for words in ("one", "two"):
        out.textln(words)
        out.cut(mode=mode, feed=feed)
    printer = SimulatedPrinter()
    printer.receive(out.output)
    assert [piece.words for piece in printer.pieces] == [("one",), ("two",)]
    assert b"".join(printer.raw) == out.output


def test_slow_when_it_takes_a_slip_takes_as_long_as_the_line(now: list[float]) -> None:
    printer = SimulatedPrinter(clock=lambda: now[0])
    printer.faults.slow = True
    printer.receive(SLIP + b"\x10\x04\x01")
    answer = b""
    while not answer:
        now[0] += 0.01
        answer = printer.receive(b"")
    assert now[0] == pytest.approx((len(SLIP) + 3) / BYTES_A_SECOND, abs=0.02)
    assert printer.raw == [SLIP]


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("fault", AFTER)
def test_fault_when_it_strikes_does_so_at_the_very_byte(fault: str, step: int, now: list[float]) -> None:
    whole = printed(SLIP, cut=False).words
    first = 1 + AFTER.index(fault) % step
    for offset in (*range(first, len(SLIP), step), len(SLIP)):
        printer = SimulatedPrinter(clock=lambda: now[0])
        setattr(printer.faults, fault, offset)
        cut = False
        try:
            printer.receive(b"\0\x10\x04\x01\x1dr\x01\x1d(H\x06\x0000AAAA" + SLIP)
        except ConnectionResetError:
            cut = True
        assert cut is (fault in ("reset_after", "reboot_after"))
        stops = cut or printer.faults.stopped or printer.faults.stalled
        if offset == len(SLIP) or not (stops or printer.faults.lying):
            assert [piece.words for piece in printer.pieces] == [whole]
        elif stops:
            assert (printer.pieces, len(printer._slip)) == ([], offset)
        else:
            assert all(piece.words == whole[: len(piece.words)] for piece in printer.pieces)


def test_reboot_when_power_comes_back_is_deaf_and_then_begins_anew(now: list[float]) -> None:
    printer = SimulatedPrinter(clock=lambda: now[0])
    printer.faults.reboot_after = 30
    with pytest.raises(ConnectionResetError):
        printer.receive(SLIP)
    assert printer.receive(b"\x10\x04\x01") == b""
    now[0] = BOOT_S
    assert printer.receive(b"\x10\x04\x01") == b"\x12"
    printer.receive(SLIP)
    assert printer.pieces[-1].words[-3:] == printed(SLIP, cut=False).words[-3:]


commands = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(", b"\x1d(k", b"\x1d(L", b"\x1d8L", b"\x1b*", b"\x1dv0", b"\x1dk", b"\n", CUT]
    ),
    st.builds(lambda a, b: b"\x1d!" + bytes([a]) + b"\x1ba" + bytes([b]), st.integers(0, 255), st.integers(0, 255)),
    st.builds(lambda a: b"\x1b!" + bytes([a]), st.integers(0, 255)),
    st.text("王Aa0", max_size=4).map(lambda text: text.encode("gb18030")),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(commands, max_size=40), st.booleans())
@example([b"\x1dW\x00\x00", b"\x1dL\xff\xff", b"A\n"], False)
@example([b"\x1dk\x04A\x00", b"\x1dw\x00\x1dk\x04A\x00"], False)
@example([b"\x1d(L\x0b\x000p0\x00\x001\x08\x00\x01\x00A\x1d(L\x02\x0002"], False)
def test_bytes_when_they_are_anything_crash_nothing_and_after_a_power_cut_it_prints_as_ever(parts: list[bytes], clone: bool) -> None:
    now = [0.0]
    printer = SimulatedPrinter(clock=lambda: now[0])
    printer.faults.clone = clone
    printer.receive(b"".join(parts))
    if not printer._parser.between:
        printer.faults.reboot_after = 0
        with suppress(ConnectionResetError):
            printer.receive(b"AAA")
        now[0] = BOOT_S
    printer.faults = Faults()
    # on a fresh line ESC @ is enough
    printer.receive(b"\0\0\0\x1b@" + CUT)
    assert all(piece.image.height >= TOP for piece in printer.pieces)
    printer.receive(SLIP)
    assert printer.pieces[-1].words == printed(SLIP, cut=False).words
