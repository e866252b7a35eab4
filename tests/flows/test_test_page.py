"""`kiosk print --test`, as who installs calls it: without a station, straight to a printer, and beside a living agent."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PIL import Image

from kiosk.__main__ import main
from kiosk.agent.spool import Spool
from kiosk.bootstrap import PHONE_BASE, STATION_ID, agent_runs
from kiosk.config import load
from kiosk.devices.printer import open_printer
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.services.test_page import print_by_spool
from tests.station import KEY, STATION, TestStation, make_station

PRINTED = "打出来了，打印机报了没有错。照小票上最后一段对一对。"


@pytest.fixture
def server() -> Iterator[PrinterServer]:
    with closing(PrinterServer(SimulatedPrinter())) as server:
        yield server


def state(folder: Path, uri: str) -> list[str]:
    """Give the words of a command for a state folder with this printer."""
    folder.mkdir(exist_ok=True)
    (folder / "kiosk.toml").write_text(f'printer = "{uri}"\nspeaker = "silent"\n')
    return ["--state", str(folder), "print", "--test"]


@pytest.mark.parametrize(("paper", "dots"), [((), 576), (("--paper", "58"), 384)])
def test_print_when_drawn_needs_no_printer_no_agent_and_no_station(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: tuple[str, ...], dots: int
) -> None:
    target = tmp_path / "out.png"
    assert main(["--state", str(tmp_path / "none"), "print", "--test", "--to", str(target), *paper]) == 0
    assert capsys.readouterr().out == "画好了：out.png\n"
    with Image.open(target) as image:
        assert dots <= image.width < dots + 100
    assert not (tmp_path / "none").exists()


def test_print_when_settings_say_narrow_paper_is_drawn_narrow(tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    assert main([*state(tmp_path, "tcp://nowhere?paper=58"), "--to", str(target)]) == 0
    with Image.open(target) as image:
        assert image.width < 500


@pytest.mark.parametrize("name", ["none/out.png", "out.xyz", "out"])
def test_print_when_it_cannot_be_drawn_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main([*state(tmp_path, "simulator:"), "--to", str(tmp_path / name)]) == 1
    assert capsys.readouterr().out.startswith(f"画不到 {Path(name).name}：")


def test_print_when_no_agent_runs_goes_straight_to_the_printer(
    tmp_path: Path, server: PrinterServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(state(tmp_path, f"tcp://127.0.0.1:{server.port}?paper=58")) == 0
    assert capsys.readouterr().out == f"{PRINTED}\n"
    [piece] = server.printer.pieces
    assert "12345678901234567890123456789012" in piece.words


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("out_of_paper", "没有打成：没有纸了，请换一卷。"),
        ("cover_open", "没有打成：盖子没有盖好"),
        ("jammed", "没有打成：卡纸了"),
        ("silent", "没有打成：接得上，可是没有回答"),
        ("reset_after", "没有打成：打到一半线断了"),
    ],
)
def test_print_when_the_printer_cannot_says_what_is_wrong(
    tmp_path: Path, server: PrinterServer, capsys: pytest.CaptureFixture[str], fault: str, said: str
) -> None:
    setattr(server.printer.faults, fault, 40 if fault == "reset_after" else True)
    status = main(state(tmp_path, f"tcp://127.0.0.1:{server.port}"))
    out = capsys.readouterr().out
    if fault == "reset_after" and status == 0:
        # the kernel had taken all of it before the printer broke the line
        assert out.startswith("送到打印机了，没有听到它说打完")
        return
    assert (status, out[: len(said)]) == (1, said)


def test_print_when_there_is_no_such_printer_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for uri, said in (("file:///nowhere/lp0", "没有找到"), ("usb://0416:5011", "没有找到"), ("lpt1", "kiosk.toml 里的 printer 写得不对")):
        assert main(state(tmp_path, uri)) == 1
        assert capsys.readouterr().out.startswith(f"没有打成：{said}")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    (tmp_path / "station.key").write_text(KEY)
    with station.store.write() as u:
        u.remember(STATION_ID, STATION.id)
        u.remember(PHONE_BASE, "https://phone.test")
    yield station
    station.store.close()


@contextmanager
def an_agent(folder: Path) -> Iterator[None]:
    """Run the real one in a process of its own until it has written its health."""
    command = [sys.executable, "-m", "kiosk", "--state", str(folder), "agent"]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}) as process:
        try:
            until = time.monotonic() + 30
            while not agent_runs(load(folder)):
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(20)


def test_print_when_the_agent_runs_goes_by_its_spool_and_says_how_it_ended(
    tmp_path: Path, station: TestStation, server: PrinterServer, capsys: pytest.CaptureFixture[str]
) -> None:
    words = state(tmp_path, f"tcp://127.0.0.1:{server.port}")
    with an_agent(tmp_path):
        assert main(words) == 0
        assert capsys.readouterr().out == f"{PRINTED}\n"
        with station.store.read() as u:
            [job] = u.list(PrintJob)
        assert (job.state, job.serial[:3]) == (JobState.PRINTED, f"{STATION.short}-")
        assert f"{STATION.name} · 打印测试" in server.printer.pieces[0].words

        server.printer.faults.out_of_paper = True
        assert main(words) == 1
        assert capsys.readouterr().out == "没有打成：没有纸了，请换一卷。\n"
        server.printer.faults.out_of_paper = False
        time.sleep(3)
        assert len(server.printer.pieces) == 1, "what was taken back does not come out later"

        server.printer.faults.silent_after = 300
        assert main(words) == 0
        assert capsys.readouterr().out.startswith("送到打印机了，没有听到它说打完")


def test_print_by_spool_when_nobody_carries_the_slip_takes_it_back(station: TestStation) -> None:
    outcome = print_by_spool(station.here, sleep=lambda _: None)
    assert not outcome.good
    assert outcome.text.startswith("等了一分钟还没有轮到")
    with station.store.read() as u:
        assert [job.state for job in u.list(PrintJob)] == [JobState.CANCELLED]


def test_print_by_spool_when_the_line_breaks_in_the_middle_says_so(station: TestStation, server: PrinterServer) -> None:
    spool = Spool(station.store, open_printer(f"tcp://127.0.0.1:{server.port}"), station.clock)
    server.printer.faults.reboot_after = 60
    over = threading.Event()

    def carry() -> None:
        while not over.is_set():
            spool.step()
            time.sleep(0.02)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        outcome = print_by_spool(station.here)
    finally:
        over.set()
        thread.join()
    assert "打到一半线断了" in outcome.text or outcome.text.startswith("送到打印机了")
