"""Every slip against every fault at every byte: what is claimed, what lies on the paper, what the visitor is asked and gets.

    python -m tests.fault_matrix FOLDER SAMPLE SHARD OF     plays its share of the cases (SAMPLE 0: all), prints one JSON object

Spool, store, words and EscposPrinter are the real ones, the printer is the one that ships; only the line and the time are quick. In each
case one slip is queued, the printer fails at one byte, people put it right half a minute later, and the visitor says honestly what he
holds in his hand. `silent loss`: the slip is called printed, and no whole one came out. `unmarked double`: a slip begins twice on paper
without 补打 over it.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kiosk.agent.spool import Spool
from kiosk.devices.escpos_printer import EscposPrinter, encode
from kiosk.devices.printer_faults import AFTER, SWITCHED, Faults
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_58, PAPER_80, Dialect, Profile
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.slip import Slip, SlipKind
from kiosk.services import printing, slips
from tests.contract.lines import cut_after
from tests.quick_line import QuickTime, quick
from tests.station import START, STATION, TestStation, make_station
from tests.unit.slip_samples import SLIPS, TEST_SLIP

CARD = slips.card_slip("李芳", STATION, "YT-1123-0053", "K" + "7" * 32, START)
EVERY_SLIP = {name: slip for name, slip in SLIPS.items() if name != "listing_foreign"} | {"card": CARD, "test": TEST_SLIP}
IDS, CUSTOM = replace(PAPER_80, ids=True), replace(PAPER_80, status=Dialect.CUSTOM, presents=True)


@dataclass(frozen=True)
class Way:
    """One printer on one kind of line. `breaks`: a power cut shows as a broken line."""

    profile: Profile
    breaks: bool = True


WAYS = {
    "80 mm, TCP": Way(PAPER_80),
    "58 mm, TCP": Way(PAPER_58),
    "80 mm, serial": Way(PAPER_80, breaks=False),
    "80 mm, TCP, by number": Way(IDS),
    "80 mm, TCP, held out at the mouth": Way(CUSTOM),
}
LINE = {"cut": "the line is cut", "pulled": "the cable is pulled, and nobody notices"}
MACHINE = {
    "out_of_paper": "paper ends",
    "cover_open": "cover is opened",
    "jammed": "paper jams",
    "hot": "head overheats",
    "broken": "printer breaks down",
    "not_taken": "slip is not taken out of its mouth",
    "refuse": "printer hangs up and takes no calls",
    "stall": "printer stops taking and answering",
    "silent": "printer prints, but no longer answers",
    "garbage": "printer answers anything",
    "lying": "printer says yes and prints nothing",
    "reset": "printer hangs up and forgets its buffer",
    "reboot": "printer loses its power for a moment",
}
SLOW = {
    "slow_out_of_paper": "9600 baud, and paper ends",
    "slow_cut": "9600 baud, and the line is cut",
    "clone_cut": "a clone, and the line is cut",
}
"""Tried with the registration slip."""
FAULTS = MACHINE | LINE | SLOW
NO_STANDING = ("reset", "reboot")
"""Happen at an instant: there is no such state before the first byte."""
UNSEEN = {("reset", "80 mm, serial")}
"""Bytes lost on a line that does not break are seen by nobody: no command of ESC/POS counts bytes (docs/printing.md)."""
MEND_S, ROUNDS, NEVER = 30, 8, 10**9


@dataclass(frozen=True)
class Case:
    """One slip, one fault at one byte. Offset 0: before the first one. `late`: the visitor is asked only when all is well again."""

    slip: str
    way: str
    fault: str
    offset: int
    late: bool


def ways_of(slip: str) -> list[str]:
    """Give the lines and papers on which a slip is tried: the registration slip on all."""
    return list(WAYS) if slip == "registration" else [next(iter(WAYS))]


def size_of(slip: str, way: str) -> int:
    """Give a slip's bytes."""
    return len(encode(EVERY_SLIP[slip], WAYS[way].profile))


def cases(sample: int = 0) -> Iterator[Case]:
    """Give all cases, or of each slip, line and fault so many, spread over the slip."""
    for slip in EVERY_SLIP:
        for way in ways_of(slip):
            size = size_of(slip, way)
            for number, fault in enumerate(FAULTS):
                if (fault, way) in UNSEEN or (fault in SLOW and slip != "registration"):
                    continue
                first = int(fault in NO_STANDING)
                spread = {first + (number * 101 + n * size // sample) % (size + 1 - first) for n in range(sample)}
                for offset in sorted(spread) if sample else range(first, size + 1):
                    yield Case(slip, way, fault, offset, late=(offset + number) % 2 == 1)


class Matrix:
    """One station on which cases are played one after the other."""

    def __init__(self, station: TestStation) -> None:
        self.station = station

    def play(self, case: Case) -> Counter[str]:
        """Play one case to its end and give what happened, each 0 or 1."""
        slip, way = EVERY_SLIP[case.slip], WAYS[case.way]
        self.station.clock.now = START
        time = QuickTime(self.station.clock)
        machine = SimulatedPrinter(dots=way.profile.dots, clock=time)
        line = quick(machine, time, breaks=way.breaks, dead_after=case.offset if case.fault == "pulled" else None)
        line, mend_line = cut_after(line, case.offset if case.fault.endswith("cut") else NEVER)
        with closing(EscposPrinter(line, way.profile, clock=time)) as printer:
            spool = Spool(self.station.store, printer, self.station.clock)
            printer.check()
            printer.close()
            with self.station.store.write() as u:
                job = printing.queue_slip(u, slip, "subject", self.station.clock())
            machine.faults = faults_of(case)
            seen = Seen(self, machine, slip, whole(slip, way.profile), job)
            spool.step()
            seen.look(answers=not case.late)
            time.wait(MEND_S / 2)
            spool.step()
            seen.look(answers=not case.late)
            machine.faults = Faults()
            mend_line()
            for _ in range(ROUNDS):
                time.wait(MEND_S / 2)
                over = seen.over
                spool.step()
                seen.look(answers=True)
                if over:
                    # one more step, in which nothing may come out that should not
                    break
        told = seen.told()
        with self.station.store.write() as u:
            u.drop(PrintJob, job.id)
        return told


class Seen:
    """What the visitor sees of one slip, and says."""

    def __init__(self, matrix: Matrix, machine: SimulatedPrinter, slip: Slip, words: tuple[str, ...], job: PrintJob) -> None:
        self._here, self._machine, self._slip, self._words, self._id = matrix.station.here, machine, slip, words, job.id
        self._asked = self._waited = self._no = False
        self.over = False

    def look(self, *, answers: bool) -> None:
        """See where the slip stands, and answer what is asked."""
        job = printing.job(self._here, self._id)
        self.over = job.state is JobState.PRINTED
        self._waited |= job.state is JobState.QUEUED and bool(job.trouble)
        if job.state is JobState.UNCERTAIN:
            self._asked = True
            if answers:
                self._no |= not self.holds_one()
                printing.answer(self._here, self._id, self.holds_one())

    def holds_one(self) -> bool:
        """Say whether a whole slip came out by itself, marked or not, with nothing of another one on its paper."""
        body = self._words[self._slip.reprint :]
        return any(words == self._words or (words[0].startswith("补打") and words[1:] == body) for words in self._papers())

    def _papers(self) -> list[tuple[str, ...]]:
        return [piece.words for piece in self._machine.pieces]

    def told(self) -> Counter[str]:
        """Count what happened."""
        holds_one = self.holds_one()
        return Counter(
            cases=1,
            waited=self._waited,
            asked=self._asked,
            reprinted=self._no,
            lost=self.over and not holds_one,
            stuck=not self.over,
            doubled=unmarked(self._machine, self._words[self._slip.reprint]) > (not self._slip.reprint),
        )


def unmarked(machine: SimulatedPrinter, title: str) -> int:
    """Count how often a slip begins on the paper without 补打 over it."""
    count = 0
    for piece in machine.pieces:
        above = ("", *piece.words)
        count += sum(word == title and not before.startswith("补打") for before, word in zip(above, piece.words, strict=False))
    return count


def faults_of(case: Case) -> Faults:
    """Make what goes wrong in the printer."""
    faults = Faults(slow=case.fault.startswith("slow"), clone=case.fault.startswith("clone"))
    name = case.fault.removeprefix("slow_")
    if f"{name}_after" in AFTER:
        if case.offset:
            setattr(faults, f"{name}_after", case.offset)
        else:
            setattr(faults, SWITCHED.get(name, name), True)
    return faults


@cache
def whole(slip: Slip, profile: Profile) -> tuple[str, ...]:
    """Give the words of a slip that came out well."""
    alone = SimulatedPrinter(dots=profile.dots)
    alone.receive(encode(slip, profile))
    (piece,) = alone.pieces
    return piece.words


def kinds() -> set[SlipKind]:
    """Give the kinds of slip that are tried."""
    return {slip.kind for slip in EVERY_SLIP.values()}


def main(folder: Path, sample: int, shard: int, of: int) -> dict[str, dict[str, int]]:
    """Play a share of the cases; give counts by "slip/way/fault", and under "wrong/…" each case that went wrong."""
    counts: dict[str, Counter[str]] = {}
    station = make_station(folder)
    matrix = Matrix(station)
    for number, case in enumerate(cases(sample)):
        if number % of != shard:
            continue
        told = matrix.play(case)
        counts.setdefault(f"{case.slip}/{case.way}/{case.fault}", Counter()).update(told)
        if told["stuck"] or told["doubled"] or (told["lost"] and case.fault != "lying"):
            counts[f"wrong/{case}"] = told
    station.store.close()
    return {name: dict(count) for name, count in counts.items()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))))
