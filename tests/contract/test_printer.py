"""What a Printer promises, on every kind of line: it prints whole, says what is wrong, and never claims what it does not know."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.devices import transport
from kiosk.devices.escpos_printer import DONE, EscposPrinter, Patience, encode
from kiosk.devices.printer import open_printer
from kiosk.devices.printer_profile import PAPER_80, Dialect
from kiosk.devices.printer_simulator import BOOT_S, Faults, SimulatedPrinter
from kiosk.devices.printer_status import QUESTION
from kiosk.devices.transport import Line, Transport
from kiosk.domain.ports import Delivery, Paper, Printer
from kiosk.domain.slip import Code, Slip
from kiosk.errors import BadInput, ConfigError, PrinterAbsent, PrinterCut, PrinterNotReady
from tests.contract.lines import cut_after, over_file, over_serial, over_tcp, over_usb
from tests.unit.slip_samples import SLIPS, TEST_SLIP

SLIP = SLIPS["registration"]
BYTES = encode(SLIP, PAPER_80)
HEAD = BYTES.index(b"1P0") - 1
"""In the middle of the length of the QR code's text."""
SOON = Patience(answer_s=0.2, quiet_s=0.05, write_s=0.5, confirm_s=0.3)
PATIENT = Patience(answer_s=3.0, quiet_s=0.05, write_s=3.0, confirm_s=5.0)
LINES = {"tcp": over_tcp, "serial": over_serial, "file": over_file, "usb": over_usb}


@pytest.fixture
def machine() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture(params=LINES)
def way(request: pytest.FixtureRequest, machine: SimulatedPrinter) -> Iterator[Transport]:
    with LINES[request.param](machine) as opened:
        yield opened


@pytest.fixture
def printer(way: Transport) -> Iterator[Printer]:
    with closing(EscposPrinter(way, PAPER_80, PATIENT)) as opened:
        yield opened


@pytest.fixture
def hasty(way: Transport) -> Iterator[Printer]:
    """For what never comes."""
    with closing(EscposPrinter(way, PAPER_80, SOON)) as opened:
        yield opened


def whole(slip: Slip) -> tuple[str, ...]:
    alone = SimulatedPrinter()
    alone.receive(encode(slip, PAPER_80))
    return alone.pieces[0].words


def test_check_when_all_is_well_says_so_again_and_again(printer: Printer, machine: SimulatedPrinter) -> None:
    assert [printer.check() for _ in range(3)] == [Paper.OK] * 3
    machine.faults.near_end = True
    assert printer.check() is Paper.NEAR_END
    assert machine.pieces == []


def test_print_when_all_is_well_is_confirmed_whole(printer: Printer, machine: SimulatedPrinter) -> None:
    sent: list[int] = []
    printer.check()
    assert printer.print(SLIP, lambda: sent.append(len(machine.pieces))) is Delivery.PRINTED
    assert len(sent) == 1
    assert machine.raw == [BYTES]
    assert machine.unknown == []


def test_print_when_not_checked_before_checks_by_itself(printer: Printer, machine: SimulatedPrinter) -> None:
    machine.faults.cover_open = True
    with pytest.raises(PrinterNotReady):
        printer.print(SLIP)
    assert machine.raw == []


def test_print_when_there_are_many_slips_keeps_them_apart_and_in_order(printer: Printer, machine: SimulatedPrinter) -> None:
    for slip in (*SLIPS.values(), TEST_SLIP):
        printer.check()
        assert printer.print(slip) is Delivery.PRINTED
    assert [piece.words for piece in machine.pieces] == [whole(slip) for slip in (*SLIPS.values(), TEST_SLIP)]


def test_print_when_the_slip_cannot_be_made_sends_nothing(printer: Printer, machine: SimulatedPrinter) -> None:
    impossible = replace(SLIP, blocks=(*SLIP.blocks, Code(text="a" * 3000)))
    with pytest.raises(BadInput):
        printer.print(impossible)
    assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.raw == [BYTES]


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (Faults(out_of_paper=True), "paper"),
        (Faults(cover_open=True), "cover"),
        (Faults(broken=True), "fault"),
        (Faults(cover_open=True, out_of_paper=True), "cover"),
        (Faults(garbage=True), "fault"),
    ],
)
def test_check_when_something_is_wrong_says_what_until_it_is_mended(
    printer: Printer, hasty: Printer, machine: SimulatedPrinter, faults: Faults, reason: str
) -> None:
    machine.faults = faults
    for _ in range(2):
        with pytest.raises(PrinterNotReady) as refused:
            hasty.check()
        assert (refused.value.reason, refused.value.sent) == (reason, 0)
    machine.faults = Faults()
    assert printer.check() is Paper.OK
    assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.raw == [BYTES]


@pytest.mark.parametrize("offset", [1, 40, 300, len(BYTES) - 5])
def test_print_when_paper_runs_out_is_uncertain_then_says_why_and_goes_on(
    printer: Printer, hasty: Printer, machine: SimulatedPrinter, offset: int
) -> None:
    hasty.check()
    machine.faults.out_of_paper_after = offset
    assert hasty.print(SLIP) is Delivery.UNCERTAIN
    with pytest.raises(PrinterNotReady) as refused:
        printer.check()
    assert refused.value.reason == "paper"
    assert machine.pieces == []
    machine.faults.out_of_paper = False
    assert printer.print(SLIP) is Delivery.PRINTED
    # as with real printers, what was in the buffer comes out too
    assert [piece.words for piece in machine.pieces] == [whole(SLIP)] * 2


@pytest.mark.parametrize("offset", [1, 40, 300, len(BYTES) - 5])
def test_print_when_the_printer_stalls_is_uncertain(hasty: Printer, machine: SimulatedPrinter, offset: int) -> None:
    hasty.check()
    machine.faults.stall_after = offset
    # a line without a buffer on the way notices while it sends
    with suppress(PrinterCut):
        assert hasty.print(SLIP) is Delivery.UNCERTAIN
    machine.faults.stalled = False


@pytest.mark.parametrize("offset", [1, 40, 300, len(BYTES) - 5])
def test_print_when_the_printer_loses_power_is_never_called_printed(
    printer: Printer, hasty: Printer, machine: SimulatedPrinter, offset: int
) -> None:
    hasty.check()
    machine.faults.reboot_after = offset
    with suppress(PrinterCut, PrinterAbsent):  # it may be gone after the query already, before a byte of the slip
        assert hasty.print(SLIP) is Delivery.UNCERTAIN
    assert whole(SLIP) not in [piece.words for piece in machine.pieces]
    time.sleep(BOOT_S)
    assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.pieces[-1].words == whole(SLIP)


@pytest.mark.parametrize("offset", [1, 5, 130, HEAD, len(BYTES) - 1])
@pytest.mark.parametrize("name", ["registration", "test"])
def test_print_when_the_line_breaks_says_so_and_the_next_slip_is_clean(
    way: Transport, machine: SimulatedPrinter, offset: int, name: str
) -> None:
    first = SLIPS.get(name, TEST_SLIP)
    cut, mend = cut_after(way, offset)
    with closing(EscposPrinter(cut, PAPER_80, replace(PATIENT, answer_s=0.5))) as printer:
        with pytest.raises(PrinterCut) as broken:
            printer.print(first)
        assert broken.value.sent == offset
        mend()
        assert printer.print(SLIPS["listing"]) is Delivery.PRINTED
    assert machine.pieces[-1].words == whole(SLIPS["listing"])
    assert machine.raw[-1] == encode(SLIPS["listing"], PAPER_80)


def test_print_when_noise_answers_at_the_end_is_uncertain(hasty: Printer, machine: SimulatedPrinter) -> None:
    def disturb() -> None:
        machine.faults.garbage = True

    assert hasty.print(SLIP, disturb) is Delivery.UNCERTAIN


class ScriptedLine(Line):
    """Answers each question with what the script says, piece by piece; what is not there yet is not read by looking once."""

    def __init__(self, *script: list[bytes]) -> None:
        self.script, self.coming = list(script), list[bytes]()

    def write(self, data: bytes, within_s: float) -> int:
        if data in (QUESTION[Dialect.EPSON], DONE):
            self.coming += self.script.pop(0)
        return len(data)

    def read(self, within_s: float) -> bytes:
        return self.coming.pop(0) if within_s and self.coming else b""

    def close(self) -> None:
        pass


WELL, WORKED = [b"\x12\x12\x12\x12"], [b"\x00"]


@pytest.mark.parametrize(
    ("script", "delivery"),
    [
        ((WELL, WORKED, WORKED, WELL), Delivery.PRINTED),
        ((WELL, WORKED, [b"\x12", b"\x00"], WELL), Delivery.PRINTED),
        ((WELL, [b"\x00", b"\x00"], [], WELL), Delivery.UNCERTAIN),
        ((WELL, WORKED, [b"\x0c"], WELL), Delivery.UNCERTAIN),
        ((WELL, WORKED, [b"\x00\x00"], WELL), Delivery.UNCERTAIN),
        ((WELL, WORKED, [b"\xff"], WELL), Delivery.UNCERTAIN),
        ((WELL, WORKED, WORKED, [b"\x1a\x16\x12\x12"]), Delivery.UNCERTAIN),
        ((WELL, WORKED, WORKED, []), Delivery.UNCERTAIN),
    ],
    ids=["clean", "late_status", "answer_owed_by_an_earlier_slip", "paper_end", "two_answers", "noise", "jam_at_the_cut", "gone"],
)
def test_print_when_answers_come_in_any_way_claims_only_what_they_say(script: tuple[list[bytes], ...], delivery: Delivery) -> None:
    line = ScriptedLine(*script)
    assert EscposPrinter(Transport("scripted", lambda: line), PAPER_80, SOON).print(SLIP) is delivery


def test_check_when_nobody_answers_is_absent(machine: SimulatedPrinter) -> None:
    machine.faults.silent = True
    for line in (over_tcp, over_serial):
        with line(machine) as way, pytest.raises(PrinterAbsent) as absent:
            EscposPrinter(way, PAPER_80, SOON).check()
        assert absent.value.sent == 0


def test_check_when_another_program_is_at_the_serial_port_is_absent_and_leaves_its_slip_whole(machine: SimulatedPrinter) -> None:
    with (
        over_serial(machine) as way,
        closing(EscposPrinter(way, PAPER_80, PATIENT)) as agent,
        closing(EscposPrinter(way, PAPER_80)) as doctor,
    ):
        agent.check()
        with pytest.raises(PrinterAbsent):
            doctor.check()
        assert agent.print(SLIP) is Delivery.PRINTED
        assert doctor.check() is Paper.OK
    assert [piece.words for piece in machine.pieces] == [whole(SLIP)]


def test_print_when_a_device_file_cannot_be_read_back_confirms_nothing(machine: SimulatedPrinter, tmp_path: Path) -> None:
    machine.faults.silent = True
    with over_file(machine) as way:
        printer = EscposPrinter(way, PAPER_80, SOON)
        assert [printer.print(SLIP), printer.print(SLIP)] == [Delivery.UNCERTAIN] * 2
        wait_for(lambda: len(machine.pieces) == 2)
    assert [raw.lstrip(b"\0") for raw in machine.raw] == [BYTES, BYTES]

    plain = tmp_path / "lp0"
    plain.touch()
    assert EscposPrinter(transport.device_file(str(plain)), PAPER_80, SOON).print(SLIP) is Delivery.UNCERTAIN
    assert BYTES in plain.read_bytes()


def wait_for(what: object) -> None:
    until = time.monotonic() + 3
    while not what():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


def test_check_when_there_is_no_such_printer_is_absent_at_once(machine: SimulatedPrinter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = time.monotonic()
    for uri in (f"tcp://127.0.0.1:{port}", "file:///nowhere/lp0", "serial:///nowhere/ttyS0?baud=19200"):
        with pytest.raises(PrinterAbsent):
            open_printer(uri).check()
    with over_tcp(machine) as way:
        machine.faults.refuse = True
        with pytest.raises(PrinterAbsent):
            EscposPrinter(way, PAPER_80, SOON).check()
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "tcp://",
        "tcp://host:port",
        "tcp://host?paper=70",
        "tcp://host?charset=big5",
        "tcp://host?baud=9600",
        "tcp://host?status=star",
        "tcp://host?ids=maybe",
        "tcp://host?end=tear",
        "file:lp0",
        "file://dev/usb/lp0",
        "serial:///dev/ttyS0?baud=fast",
        "ftp://host",
    ],
)
def test_open_printer_when_the_setting_is_wrong_names_it(uri: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        open_printer(uri)
    assert repr(uri) in str(wrong.value)


def test_open_printer_when_simulated_draws_each_slip_and_obeys_its_folder(tmp_path: Path) -> None:
    printer = open_printer("simulator:", tmp_path / "slips", PATIENT)
    assert printer.print(SLIP) is Delivery.PRINTED
    (tmp_path / "slips" / "faults.toml").write_text("out_of_paper = true\n")
    with pytest.raises(PrinterNotReady) as refused:
        printer.check()
    assert refused.value.reason == "paper"
    (tmp_path / "slips" / "faults.toml").write_text("")
    assert printer.print(SLIPS["listing"]) is Delivery.PRINTED
    assert sorted(p.name for p in (tmp_path / "slips").iterdir() if p.suffix != ".toml") == [
        "slip-0001.bin",
        "slip-0001.png",
        "slip-0002.bin",
        "slip-0002.png",
    ]
    assert (tmp_path / "slips" / "slip-0001.bin").read_bytes() == BYTES


@pytest.mark.parametrize(("option", "uri"), [(("--port", "0"), "tcp://"), (("--pty",), "serial://")])
def test_simulator_when_run_by_itself_prints_and_draws(tmp_path: Path, option: tuple[str, ...], uri: str) -> None:
    command = [sys.executable, "-m", "kiosk.devices.printer_simulator", *option, "--out", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            name = process.stderr.readline().split("printer at ")[1].split(",")[0]
            assert open_printer(uri + name, patience=PATIENT).print(SLIP) is Delivery.PRINTED
            assert (tmp_path / "slip-0001.bin").read_bytes() == BYTES
        finally:
            process.terminate()
