"""Whatever goes wrong at whatever byte of whatever slip: none is lost without a word, none is doubled without a mark.

The long proof plays every byte and writes what it counted into docs/printing.md; the short one plays a sample, and holds the document
against what is played.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.agent.spool import Spool
from kiosk.devices.escpos_printer import EscposPrinter
from kiosk.devices.printer_faults import AFTER, Faults
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_80
from kiosk.domain.print_job import JobState
from kiosk.domain.slip import SlipKind, without_code
from kiosk.services import printing, slips
from tests.doc_tables import read_tables, write_table
from tests.fault_matrix import EVERY_SLIP, FAULTS, MACHINE, kinds, main, size_of, ways_of, whole
from tests.quick_line import QuickTime, quick
from tests.station import make_station

SHARDS = 2
HEAD = (
    "What goes wrong, at any byte",
    "Cases",
    "Told to wait",
    "Asked 小票出来了吗?",
    "Printed again with 补打",
    "Lost unsaid",
    "Doubled unmarked",
)
SLIPS_HEAD = ("Slip", "Printer", "Bytes", "Cases", "Lost unsaid", "Doubled unmarked")
EVERY_BYTE = "all, at every byte"
OUTCOMES = ("cases", "waited", "asked", "reprinted", "lost", "doubled")
LIES = "lying"
"""Nobody can notice a printer that says yes and prints nothing, but who holds no paper."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder in memory, where there is one: the disk's pace proves nothing here."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def check(counts: dict[str, dict[str, int]]) -> None:
    assert [name for name in counts if name.startswith("wrong/")] == []
    for name, count in counts.items():
        assert not count["lost"] or name.endswith(f"/{LIES}"), name


def test_slip_when_anything_goes_wrong_at_a_sample_of_bytes_is_neither_lost_unsaid_nor_doubled_unmarked(folder: Path) -> None:
    counts = main(folder, 2, 0, 1)
    check(counts)
    by_fault = summed(counts, 2)
    # where nothing ever went wrong nothing would be proved
    assert all(by_fault[f]["asked"] or by_fault[f]["waited"] for f in FAULTS if f not in ("hot", LIES, "not_taken"))
    assert sum(count["reprinted"] for count in by_fault.values()) > 100


@pytest.mark.long
def test_slip_when_anything_goes_wrong_at_any_byte_is_neither_lost_unsaid_nor_doubled_unmarked(folder: Path) -> None:
    words = [sys.executable, "-m", "tests.fault_matrix"]
    runs = []
    for n in range(SHARDS):
        (folder / str(n)).mkdir()
        runs.append(subprocess.Popen([*words, str(folder / str(n)), "0", str(n), str(SHARDS)], stdout=subprocess.PIPE, text=True))
    counts: dict[str, Counter[str]] = {}
    for run in runs:
        said, _ = run.communicate()
        assert run.returncode == 0
        for name, count in json.loads(said).items():
            counts.setdefault(name, Counter()).update(count)
    write_table("faults", tables(counts))
    check({name: dict(count) for name, count in counts.items()})


def summed(counts: dict[str, dict[str, int]], part: int) -> dict[str, Counter[str]]:
    """Add up by fault (part 2) or by slip and line (part 0 and 1)."""
    sums: dict[str, Counter[str]] = {}
    for name, count in counts.items():
        if not name.startswith("wrong/"):
            slip, way, fault = name.split("/")
            sums.setdefault(fault if part == 2 else f"{slip}/{way}", Counter()).update(count)
    return sums


def tables(counts: dict[str, Counter[str]], all_of: str = EVERY_BYTE) -> list[list[tuple[str | int, ...]]]:
    plain = {name: dict(count) for name, count in counts.items()}
    by_fault, by_slip = summed(plain, 2), summed(plain, 0)
    faults = [(FAULTS[f], *(_said(f, outcome, by_fault[f][outcome]) for outcome in OUTCOMES)) for f in FAULTS]
    honest = summed({name: count for name, count in plain.items() if not name.endswith(f"/{LIES}")}, 0)
    papers = [
        (slip, way, size_of(slip, way), by_slip[key]["cases"], honest[key]["lost"], by_slip[key]["doubled"])
        for slip in EVERY_SLIP
        for way in ways_of(slip)
        for key in [f"{slip}/{way}"]
    ]
    total = Counter[str]()
    for count in by_fault.values():
        total.update(count)
    total["lost"] = sum(count["lost"] for count in honest.values())
    return [[HEAD, *faults, (all_of, *(total[outcome] for outcome in OUTCOMES))], [SLIPS_HEAD, *papers]]


def _said(fault: str, outcome: str, count: int) -> int | str:
    return f"a lie believed: {count:,}" if fault == LIES and outcome == "lost" and count else count


def test_document_when_held_against_what_is_played_has_the_same_faults_and_slips() -> None:
    faults, papers = read_tables("faults")
    assert (faults[0], papers[0]) == (HEAD, SLIPS_HEAD)
    assert [row[0] for row in faults[1:]] == [*FAULTS.values(), faults[-1][0]]
    assert faults[-1][0].startswith("all, at ")
    assert [row[:2] for row in papers[1:]] == [(slip, way) for slip in EVERY_SLIP for way in ways_of(slip)]
    # bytes and cases are those of the last long run: a word more on a slip needs no hour
    assert faults[-1][-2:] == ("0", "0")
    assert {row[-2:] for row in papers[1:]} == {("0", "0")}


def test_matrix_when_held_against_the_product_leaves_out_no_slip_and_no_fault() -> None:
    assert kinds() == set(SlipKind)
    assert {f"{name}_after" for name in MACHINE} == set(AFTER)


@pytest.mark.parametrize("name", EVERY_SLIP)
def test_slip_when_the_printer_lied_is_still_in_the_journal_and_comes_out_marked(folder: Path, name: str) -> None:
    station = make_station(folder)
    time = QuickTime(station.clock)
    machine = SimulatedPrinter(clock=time)
    with closing(EscposPrinter(quick(machine, time), PAPER_80, clock=time)) as printer:
        spool = Spool(station.store, printer, station.clock)
        machine.faults = Faults(lying=True)
        with station.store.write() as u:
            job = printing.queue_slip(u, EVERY_SLIP[name], "subject", station.clock())
        spool.step()
        kept = printing.job(station.here, job.id)
        assert (kept.state, machine.pieces) == (JobState.PRINTED, [])
        machine.faults = Faults()
        again = slips.reprinted(kept.slip, station.clock())
        with station.store.write() as u:
            printing.queue_slip(u, again, "subject", station.clock())
        spool.step()
    station.store.close()
    (piece,) = machine.pieces
    assert piece.words[0].startswith("补打")
    # of a staff card nobody may print a second one: its holder is given a new card
    expected = without_code(EVERY_SLIP[name]) if name == "card" else EVERY_SLIP[name]
    assert piece.words[1:] == whole(expected, PAPER_80)[int(expected.reprint) :]
