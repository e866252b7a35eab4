"""What a Printer promises when something goes wrong at any byte of a slip: it says what, and never claims what it does not know."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.devices.escpos_printer import NUMBER, PRESENT, EscposPrinter, Patience, encode
from kiosk.devices.printer import open_printer
from kiosk.devices.printer_faults import AFTER
from kiosk.devices.printer_profile import PAPER_80, Dialect, Profile
from kiosk.devices.printer_simulator import BOOT_S, COOL_S, Faults, PrinterTerminal, SimulatedPrinter
from kiosk.devices.printer_status import QUESTION
from kiosk.devices.transport import Line, Transport
from kiosk.domain.ports import Delivery, Paper
from kiosk.errors import PrinterAbsent, PrinterCut, PrinterError, PrinterNotReady
from tests.contract.lines import over_serial, over_tcp
from tests.unit.slip_samples import SLIPS

SLIP = SLIPS["registration"]
BYTES = encode(SLIP, PAPER_80)
SOON = Patience(answer_s=0.25, quiet_s=0.05, write_s=0.5, confirm_s=0.3)
PATIENT = Patience(answer_s=3.0, quiet_s=0.05, write_s=3.0, confirm_s=5.0)
LINES = {"tcp": over_tcp, "serial": over_serial}
CUSTOM, IDS = replace(PAPER_80, status=Dialect.CUSTOM), replace(PAPER_80, ids=True)
PROFILES = {"epson": PAPER_80, "custom": CUSTOM, "ids": IDS}
PRESENTER = replace(CUSTOM, presents=True)


@pytest.fixture
def machine() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture(params=LINES)
def way(request: pytest.FixtureRequest, machine: SimulatedPrinter) -> Iterator[Transport]:
    with LINES[request.param](machine) as opened:
        yield opened


def a_printer(way: Transport, profile: Profile, patience: Patience = SOON) -> EscposPrinter:
    return EscposPrinter(way, profile, patience)


@pytest.mark.parametrize(
    ("fault", "profile", "reason"),
    [
        ("out_of_paper", PAPER_80, "paper"),
        ("cover_open", PAPER_80, "cover"),
        ("jammed", PAPER_80, "jam"),
        ("hot", PAPER_80, "hot"),
        ("broken", PAPER_80, "fault"),
        ("out_of_paper", CUSTOM, "paper"),
        ("cover_open", CUSTOM, "cover"),
        ("jammed", CUSTOM, "jam"),
        ("hot", CUSTOM, "hot"),
        ("broken", CUSTOM, "fault"),
        ("not_taken", CUSTOM, "take"),
        ("garbage", CUSTOM, "fault"),
    ],
)
def test_check_when_something_is_wrong_says_what_until_it_is_mended(
    way: Transport, machine: SimulatedPrinter, fault: str, profile: Profile, reason: str
) -> None:
    with closing(a_printer(way, profile)) as printer:
        setattr(machine.faults, fault, True)
        with pytest.raises(PrinterNotReady) as refused:
            printer.check()
        assert refused.value.reason == reason
        machine.faults = Faults(near_end=True)
        assert printer.check() is Paper.NEAR_END
        assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.raw == [BYTES]


def test_check_when_the_head_is_hot_is_well_again_once_it_has_cooled(way: Transport, machine: SimulatedPrinter) -> None:
    with closing(a_printer(way, PAPER_80)) as printer:
        printer.check()
        machine.faults.hot_after = 100
        assert printer.print(SLIP) is Delivery.UNCERTAIN
        with pytest.raises(PrinterNotReady) as refused:
            printer.check()
        assert refused.value.reason == "hot"
        time.sleep(COOL_S + 0.2)
        assert printer.check() is Paper.OK
    assert machine.raw[0] == BYTES


def test_print_when_the_slip_hangs_in_the_mouth_is_printed_and_the_next_one_waits(way: Transport, machine: SimulatedPrinter) -> None:
    with closing(a_printer(way, CUSTOM)) as printer:
        printer.check()
        machine.faults.not_taken_after = len(BYTES)
        assert printer.print(SLIP) is Delivery.PRINTED
        with pytest.raises(PrinterNotReady) as refused:
            printer.check()
        assert refused.value.reason == "take"
    assert machine.raw == [BYTES]


def test_print_when_the_printer_holds_slips_out_ends_each_so(way: Transport, machine: SimulatedPrinter) -> None:
    with closing(a_printer(way, PRESENTER)) as printer:
        assert [printer.print(SLIP), printer.print(SLIPS["listing"])] == [Delivery.PRINTED] * 2
    assert machine.raw == [encode(SLIP, PRESENTER), encode(SLIPS["listing"], PRESENTER)]
    assert machine.raw[0] == BYTES.removesuffix(b"\x1dVB\x00") + PRESENT
    assert machine.unknown == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("fault", [fault for fault in AFTER if fault not in ("lying_after", "not_taken_after")])
def test_print_when_anything_strikes_in_the_middle_is_uncertain_and_the_next_slip_is_whole(
    way: Transport, machine: SimulatedPrinter, fault: str, profile: str
) -> None:
    with closing(a_printer(way, PROFILES[profile])) as printer:
        printer.check()
        setattr(machine.faults, fault, len(BYTES) // 2)
        with suppress(PrinterCut):
            assert printer.print(SLIP) is Delivery.UNCERTAIN
        machine.faults = Faults()
        time.sleep(BOOT_S if fault == "reboot_after" else 0)
        printer._patience = PATIENT
        assert printer.print(SLIPS["listing"]) is Delivery.PRINTED
    assert machine.raw[-1] == encode(SLIPS["listing"], PAPER_80)
    assert machine.unknown == []


@pytest.mark.parametrize("profile", PROFILES)
def test_print_when_the_printer_lies_is_taken_at_its_word_though_the_paper_ends_half_way(
    way: Transport, machine: SimulatedPrinter, profile: str
) -> None:
    with closing(a_printer(way, PROFILES[profile])) as printer:
        printer.check()
        machine.faults.lying_after = len(BYTES) // 2
        assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.pieces[0].words[0] == "云梦县零工驿站"
    assert "微信扫一扫，手机上接着办" not in machine.pieces[0].words


def test_print_when_the_line_is_slow_waits_for_it(way: Transport, machine: SimulatedPrinter) -> None:
    machine.faults.slow = True
    with closing(a_printer(way, PAPER_80, PATIENT)) as printer:
        printer.check()
        started = time.monotonic()
        assert printer.print(SLIP) is Delivery.PRINTED
        assert time.monotonic() - started > len(BYTES) / 960
    assert machine.raw == [BYTES]


def test_check_when_nobody_takes_the_call_is_absent(way: Transport, machine: SimulatedPrinter) -> None:
    machine.faults.refuse = True
    with closing(a_printer(way, PAPER_80)) as printer, pytest.raises(PrinterAbsent):
        printer.check()


class NumberLine(Line):
    """A printer that is well and answers GS ( H with what `answer` makes of the number, piece by piece."""

    def __init__(self, answer: Callable[[bytes], list[bytes]]) -> None:
        self.answer, self.coming = answer, list[bytes]()

    def write(self, data: bytes, within_s: float) -> int:
        if data == QUESTION[Dialect.EPSON]:
            self.coming.append(b"\x12\x12\x12\x12")
        elif data.startswith(NUMBER):
            self.coming += self.answer(data[len(NUMBER) :])
        return len(data)

    def read(self, within_s: float) -> bytes:
        return self.coming.pop(0) if within_s and self.coming else b""

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("answer", "delivery"),
    [
        (lambda n: [b'7"' + n + b"\0"], Delivery.PRINTED),
        (lambda n: [b'7"' + n[:2], n[2:], b"\0"], Delivery.PRINTED),
        (lambda n: [b'7"****\0', b"\x12\x00", b'7"' + n + b"\0"], Delivery.PRINTED),
        (lambda n: [b'7"****\0'], Delivery.UNCERTAIN),
        (lambda n: [b'7"' + n[::-1] + b"\0"] if n != n[::-1] else [], Delivery.UNCERTAIN),
        (lambda n: [NUMBER + n], Delivery.UNCERTAIN),
        (lambda n: [b'7"' + n], Delivery.UNCERTAIN),
        (lambda n: [b"\0"], Delivery.UNCERTAIN),
        (lambda n: [], Delivery.UNCERTAIN),
    ],
    ids=["clean", "in_pieces", "after_an_owed_one", "owed_one_alone", "reversed", "echo", "not_ended", "like_gs_r", "none"],
)
def test_print_when_answered_by_number_trusts_only_its_own(answer: Callable[[bytes], list[bytes]], delivery: Delivery) -> None:
    line = NumberLine(answer)
    assert EscposPrinter(Transport("scripted", lambda: line), IDS, SOON).print(SLIP) is delivery


class AnyLine(Line):
    """Answers whatever it was told to, whenever it is read."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers

    def write(self, data: bytes, within_s: float) -> int:
        return len(data)

    def read(self, within_s: float) -> bytes:
        return self.answers.pop(0) if self.answers else b""

    def close(self) -> None:
        pass


answers = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b"", b"\x12" * 4, b"\x12", b"\0", b"\x0c", bytes.fromhex("100f00000000"), bytes.fromhex("100f20000000"), b'7"AAAA\0']),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(answers, max_size=30), st.sampled_from(sorted(PROFILES)))
def test_print_when_answers_are_anything_ends_in_a_delivery_or_in_words_of_ours(script: list[bytes], profile: str) -> None:
    ticks = count(step=0.01)
    line = AnyLine(list(script))
    printer = EscposPrinter(Transport("scripted", lambda: line), PROFILES[profile], SOON, clock=lambda: next(ticks))
    with suppress(PrinterAbsent, PrinterNotReady):
        printed = printer.print(SLIP) is Delivery.PRINTED
        # a number of its own cannot be guessed
        assert not (printed and PROFILES[profile].ids)


def test_knows_ids_when_it_does_leaves_no_trace(way: Transport, machine: SimulatedPrinter) -> None:
    with closing(a_printer(way, PAPER_80)) as printer:
        assert printer.knows_ids()
        assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.raw == [BYTES]


def test_knows_ids_when_a_clone_prints_the_question_leaves_nothing_on_the_next_slip(way: Transport, machine: SimulatedPrinter) -> None:
    machine.faults.clone = True
    with closing(a_printer(way, PAPER_80)) as printer:
        assert not printer.knows_ids()
        assert printer.print(SLIP) is Delivery.PRINTED
    with closing(a_printer(way, IDS)) as wrong:
        # set against what was seen: it confirms nothing, and prints all the same
        assert wrong.print(SLIP) is Delivery.UNCERTAIN
    assert machine.raw == [BYTES, BYTES]


@pytest.mark.parametrize("fault", ["garbage", "silent"])
def test_knows_ids_when_answers_are_none_raises_what_a_check_does(way: Transport, machine: SimulatedPrinter, fault: str) -> None:
    setattr(machine.faults, fault, True)
    with closing(a_printer(way, PAPER_80)) as printer, pytest.raises(PrinterError):
        printer.knows_ids()
    assert machine.pieces == []


def test_open_printer_when_the_setting_names_dialect_and_numbers_obeys(machine: SimulatedPrinter) -> None:
    with closing(PrinterTerminal(machine)) as terminal:
        printer = open_printer(f"serial://{terminal.name}?baud=9600&status=custom&ids=yes&end=present", patience=SOON)
        machine.faults.not_taken_after = len(BYTES)
        assert printer.print(SLIP) is Delivery.PRINTED
        assert machine.raw[0].endswith(PRESENT)
        with pytest.raises(PrinterNotReady):
            printer.check()
