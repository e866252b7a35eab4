"""What `kiosk doctor` says of the printer: each thing that can be wrong, who else has it, how it confirms, and which line to write."""

import errno
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.bootstrap import printer_case
from kiosk.config import Settings
from kiosk.devices.find_printers import Found
from kiosk.devices.printer import profile_of
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.domain.ports import Confirms, Paper
from kiosk.domain.print_job import Trouble
from kiosk.errors import ConfigError, PrinterAbsent, PrinterNotReady, StoreError
from kiosk.services.doctor import Patient, examine
from kiosk.services.doctor_printer import PrinterCase
from kiosk.services.doctor_safety import SafetyCase
from kiosk.text import words
from tests.station import START

Asked = tuple[Paper, Confirms]


def printer(
    uri: str = "tcp://127.0.0.1:9100", ask: Callable[[], Asked] = lambda: (Paper.OK, Confirms.ORDER), **changes: Any
) -> PrinterCase:
    """Give a printer that is well, or as the changes say, beside a serial port and a queue."""
    found = [Found("serial", "serial:///dev/ttyS0?baud=9600", ""), Found("cups", "cups://slips", "ipp://far/x")]
    made = PrinterCase(uri=uri, settings=lambda: (80, "gbk"), ask=ask, knows_ids=lambda: False, find=lambda: found)
    return replace(made, **changes)


def failing(error: Exception, code: int | None = None) -> Callable[[], Any]:
    def refuse() -> Any:
        raise error from (None if code is None else OSError(code, "x"))

    return refuse


def said_of(case: PrinterCase, *, printer_only: bool = False) -> list[str]:
    made = Patient(Path("none"), START, "", failing(StoreError("x")), case, SafetyCase(store_path=Path("none"), key_path=Path("none")))
    return [
        ("" if f.good else "✗ ") + f.text.removeprefix("打印机：") for f in examine(made, printer_only=printer_only) if "打印机：" in f.text
    ]


@pytest.mark.parametrize("trouble", [one for one in Trouble if one not in (Trouble.ABSENT, Trouble.CUT, Trouble.UNPRINTABLE)])
def test_doctor_when_the_printer_answers_that_something_is_wrong_says_what_to_do(trouble: Trouble) -> None:
    said = said_of(printer(ask=failing(PrinterNotReady(trouble))))
    assert said == ["设的是网线上的 127.0.0.1:9100，80 毫米宽的纸，字库是 GBK。", f"✗ {words()[f'doctor.printer.{trouble}']}"]


@pytest.mark.parametrize(
    ("error", "code", "in_use", "said"),
    [
        (PrinterAbsent("x"), errno.ECONNREFUSED, True, "没有找到"),
        (PrinterAbsent("x"), errno.ENOENT, False, "没有找到"),
        (PrinterAbsent("x"), errno.EACCES, False, "在，可是不让用"),
        (PrinterAbsent("x"), errno.EBUSY, False, "现在别的程序正用着它"),
        (PrinterAbsent("x"), errno.EAGAIN, False, "现在别的程序正用着它"),
        (PrinterAbsent("x"), None, True, "现在别的程序正用着它"),
        (PrinterAbsent("x"), None, False, "接得上，可是没有回答"),
    ],
)
def test_doctor_when_the_printer_is_not_to_be_had_says_why_and_names_others(
    error: Exception, code: int | None, in_use: bool, said: str
) -> None:
    found = said_of(printer(ask=failing(error, code), in_use=in_use))
    assert found[1].startswith(f"✗ {said}")
    assert 'printer = "serial:///dev/ttyS0?baud=9600"' in found[2]
    assert 'ipp://far/x。要用它，在 kiosk.toml 里写：printer = "cups://slips"' in found[3]


@pytest.mark.parametrize("uri", ["lpt1", "tcp://", "usb://x", "tcp://h?paper=70"])
def test_doctor_when_the_setting_is_wrong_says_so_and_names_what_is_there(uri: str) -> None:
    def described() -> tuple[int, str]:
        profile_of(uri)
        return 80, "gbk"

    found = said_of(printer(uri, failing(ConfigError("x")), settings=described))
    assert "✗ kiosk.toml 里的 printer 写得不对。" in found
    assert 'printer = "cups://slips"' in found[-1]


def test_doctor_when_nothing_else_is_there_says_how_a_network_printer_is_written() -> None:
    found = said_of(printer(ask=failing(PrinterAbsent("x")), find=list))
    assert "tcp://192.168.1.50:9100" in found[-1]


@pytest.mark.parametrize(
    ("uri", "confirms", "said"),
    [
        ("tcp://h", Confirms.ORDER, "小票出来了，它自己会报。"),
        ("usb://0416:5011", Confirms.NOTHING, "小票出来了没有，它不会报"),
        ("usb://0416:5011?ids=yes", Confirms.NUMBER, "小票出来了，它自己会报，每张有每张的号。"),
        ("usb://0416:5011?ids=yes", Confirms.NOTHING, "✗ 设了 ids=yes，可是它不会按号报"),
        ("cups://slips", Confirms.NOTHING, "CUPS 不报小票出来了没有"),
    ],
)
def test_doctor_when_the_printer_is_well_says_how_one_learns_that_a_slip_is_out(uri: str, confirms: Confirms, said: str) -> None:
    found = said_of(printer(uri, lambda: (Paper.NEAR_END, confirms)))
    assert found[1:] == ["能打，纸快用完了，请备一卷。", found[2]]
    assert found[2].startswith(said)


@pytest.mark.parametrize(
    ("uri", "knows", "said"),
    [
        ("tcp://h", True, '写：printer = "tcp://h?ids=yes"'),
        ("tcp://h?paper=58", True, '写：printer = "tcp://h?paper=58&ids=yes"'),
        ("tcp://h?ids=yes", True, "按号报，试过了，是好的。"),
        ("tcp://h", False, "它不会按号报，现在的设置就行。"),
        ("tcp://h?ids=yes", False, "✗ 设了 ids=yes，可是它不会按号报。"),
    ],
)
def test_doctor_when_asked_to_prove_numbers_says_what_to_write(uri: str, knows: bool, said: str) -> None:
    assert said in said_of(printer(uri, knows_ids=lambda: knows), printer_only=True)[-1]
    assert not any("按号报" in line for line in said_of(printer(uri)))


def test_doctor_when_the_printer_is_not_well_does_not_ask_for_numbers() -> None:
    found = said_of(printer(ask=failing(PrinterNotReady("paper")), knows_ids=failing(AssertionError("asked"))), printer_only=True)
    assert len(found) == 2
    gone = said_of(printer(knows_ids=failing(PrinterAbsent("x"))), printer_only=True)
    assert gone[-1].startswith("✗ 按号报没有试成")


@pytest.mark.parametrize(
    ("fault", "said", "status"),
    [
        ("", '写：printer = "tcp://127.0.0.1:{port}?ids=yes"', 0),
        ("clone", "它不会按号报，现在的设置就行。", 0),
        ("jammed", "卡纸了", 1),
        ("silent", "接得上，可是没有回答", 1),
        ("refuse", "没有回答", 1),
    ],
)
def test_doctor_when_it_looks_at_a_real_line_says_what_is_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str, said: str, status: int
) -> None:
    with closing(PrinterServer(SimulatedPrinter())) as server:
        (tmp_path / "kiosk.toml").write_text(f'printer = "tcp://127.0.0.1:{server.port}"\n')
        if fault:
            setattr(server.printer.faults, fault, True)
        assert main(["--state", str(tmp_path), "doctor", "--printer"]) == status
    out = capsys.readouterr().out
    assert said.format(port=server.port) in out
    assert "数据库" not in out


def test_doctor_when_the_agent_has_the_printer_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.bootstrap.BUSY_S", 0.5)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "agent.json").write_text("{}")
    with closing(PrinterServer(SimulatedPrinter())) as server:
        case = printer_case(Settings(state=str(tmp_path), printer=f"tcp://127.0.0.1:{server.port}"))
        assert case.in_use
        held = socket.create_connection(("127.0.0.1", server.port))
        let_go = threading.Timer(1.5, held.close)
        let_go.start()
        assert case.ask() == (Paper.OK, Confirms.ORDER)
        let_go.join()
