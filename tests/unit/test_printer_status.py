"""What status bytes mean, bit by bit: Epson's table of DLE EOT 1 to 4, Custom's of DLE EOT 20."""

import pytest

from kiosk.devices.printer_profile import Dialect
from kiosk.devices.printer_status import LATE, QUESTION, SIZE, read, status_in
from kiosk.domain.ports import Paper
from kiosk.errors import PrinterNotReady

EPSON, CUSTOM = Dialect.EPSON, Dialect.CUSTOM


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("1a 36 12 7e", "cover"),
        ("1a 32 12 7e", "paper"),
        ("1a 12 12 72", "paper"),
        ("1a 52 1a 12", "jam"),
        ("1a 52 16 12", "jam"),
        ("1a 52 52 12", "hot"),
        ("1a 56 52 12", "cover"),
        ("1a 52 32 12", "fault"),
        ("1a 52 12 12", "fault"),
        ("1a 12 12 12", "fault"),
        ("12 12 12", "fault"),
        ("12 12 12 13", "fault"),
        ("12 12 12 92", "fault"),
        ("", "fault"),
    ],
)
def test_read_when_an_epson_cannot_print_says_why(answer: str, trouble: str) -> None:
    with pytest.raises(PrinterNotReady) as refused:
        read(EPSON, bytes.fromhex(answer))
    assert refused.value.reason == trouble


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("10 0f 00 01 00 00", "cover"),
        ("10 0f 01 02 00 00", "cover"),
        ("10 0f 00 00 00 02", "cover"),
        ("10 0f 05 00 00 00", "paper"),
        ("10 0f 20 00 40 00", "jam"),
        ("10 0f 00 00 00 01", "jam"),
        ("10 0f 00 00 01 00", "hot"),
        ("10 0f 00 00 08 00", "fault"),
        ("10 0f 00 00 80 00", "fault"),
        ("10 0f 00 00 00 04", "fault"),
        ("10 0f 00 00 00 08", "fault"),
        ("10 0f 00 00 00 80", "fault"),
        ("10 0f 20 00 00 00", "take"),
        ("12 12 12 12 12 12", "fault"),
        ("10 0f 00 00 00", "fault"),
    ],
)
def test_read_when_a_custom_cannot_print_says_why(answer: str, trouble: str) -> None:
    with pytest.raises(PrinterNotReady) as refused:
        read(CUSTOM, bytes.fromhex(answer))
    assert refused.value.reason == trouble


@pytest.mark.parametrize(
    ("dialect", "answer", "paper"),
    [
        (EPSON, "12 12 12 12", Paper.OK),
        (EPSON, "16 12 12 12", Paper.OK),
        (EPSON, "12 12 12 1e", Paper.NEAR_END),
        (CUSTOM, "10 0f 00 00 00 00", Paper.OK),
        # keys, motor and spooling, and what the line got wrong at some time, keep nobody from printing
        (CUSTOM, "10 0f 00 6c 22 00", Paper.OK),
        (CUSTOM, "10 0f 04 00 00 00", Paper.NEAR_END),
        (CUSTOM, "10 0f 40 00 00 00", Paper.NEAR_END),
    ],
)
def test_read_when_it_can_print_says_how_much_paper_there_is(dialect: Dialect, answer: str, paper: Paper) -> None:
    assert read(dialect, bytes.fromhex(answer)) is paper


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("owed", [b"", b"\x00", b"\x03\x0c"])
def test_status_when_an_answer_is_still_owed_is_found_behind_it(dialect: Dialect, owed: bytes) -> None:
    status = bytes.fromhex({EPSON: "12 32 12 7e", CUSTOM: "10 0f 05 00 00 00"}[dialect])
    for end in range(len(status) + 1):
        assert status_in(dialect, owed + status[:end]) == status[:end]
    assert len(status) == SIZE[dialect]
    assert LATE[dialect].sub(b"", b"\x00" + status) == b"\x00"


def test_question_when_sent_is_the_one_of_the_manual() -> None:
    assert QUESTION[EPSON] == bytes.fromhex("10 04 01 10 04 02 10 04 03 10 04 04")
    assert QUESTION[CUSTOM] == bytes.fromhex("10 04 14")
