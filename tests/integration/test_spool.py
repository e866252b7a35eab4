"""The spool on a real store and a printer in software: never silently lost, never an unmarked double, whatever happens on the way."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.agent.spool import LOOK_S, MENDING_S, Spool
from kiosk.devices.escpos_printer import EscposPrinter, Patience, encode
from kiosk.devices.printer_profile import PAPER_80
from kiosk.devices.printer_simulator import BOOT_S, Faults, PrinterServer, SimulatedPrinter
from kiosk.devices.transport import tcp
from kiosk.domain.ports import Delivery, Paper
from kiosk.domain.print_job import JobState, PrinterState, PrintJob
from kiosk.domain.slip import Code, Slip
from kiosk.errors import NotFound, PrinterAbsent, PrinterCut, PrinterNotReady, StoreBusy
from kiosk.services import printing
from tests.contract.lines import cut_after
from tests.station import TestStation, make_station
from tests.unit.slip_samples import SLIPS

SLIP = SLIPS["registration"]
BYTES = encode(SLIP, PAPER_80)
PATIENCE = Patience(answer_s=0.5, quiet_s=0.05, write_s=1.0, confirm_s=0.6)


class Rig:
    """A station, its printer, and the spool between them."""

    def __init__(self, station: TestStation, server: PrinterServer, printer: EscposPrinter) -> None:
        self.station, self.server, self.printer = station, server, printer
        self.machine = server.printer
        self.spool = Spool(station.store, printer, station.clock)

    def queue(self, name: str = "registration") -> PrintJob:
        with self.station.store.write() as u:
            return printing.queue_slip(u, SLIPS[name], "subject", self.station.clock())

    def job(self, job: PrintJob) -> PrintJob:
        return printing.job(self.station.here, job.id)

    def seen(self, job: PrintJob) -> tuple[JobState, str]:
        now = self.job(job)
        return now.state, now.trouble

    def papers(self) -> list[tuple[str, ...]]:
        return [piece.words for piece in self.machine.pieces]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


@pytest.fixture
def rig(station: TestStation) -> Iterator[Rig]:
    with closing(PrinterServer(SimulatedPrinter())) as server:
        with closing(EscposPrinter(tcp("127.0.0.1", server.port), PAPER_80, PATIENCE)) as printer:
            yield Rig(station, server, printer)


def whole(slip: Slip) -> tuple[str, ...]:
    alone = SimulatedPrinter()
    alone.receive(encode(slip, PAPER_80))
    return alone.pieces[0].words


class ScriptedPrinter:
    """Does what the script says, and runs `during` while a slip is on its way."""

    def __init__(self, *script: Delivery | Exception, during: Callable[[], None] = lambda: None) -> None:
        self.script, self.during, self.printed = list(script), during, 0

    def check(self) -> Paper:
        return Paper.OK

    def print(self, slip: Slip, sent: Callable[[], None] = lambda: None) -> Delivery:
        self.printed += 1
        self.during()
        outcome = self.script.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        sent()
        self.during()
        return outcome

    def close(self) -> None:
        pass


def test_step_when_slips_wait_prints_them_in_order_and_once(rig: Rig) -> None:
    jobs = []
    for name in ("registration", "listing", "posting"):
        jobs.append(rig.queue(name))
        rig.station.clock.tick(seconds=1)
    for _ in range(3):
        rig.spool.step()
    assert [rig.job(j).state for j in jobs] == [JobState.PRINTED] * 3
    assert rig.papers() == [whole(SLIPS[n]) for n in ("registration", "listing", "posting")]
    assert [rig.job(j).attempts for j in jobs] == [1, 1, 1]


def test_step_when_nothing_waits_asks_the_printer_now_and_then_and_keeps_what_changed(rig: Rig) -> None:
    def looked(seconds: float) -> tuple[str, bool]:
        rig.station.clock.tick(seconds=seconds)
        rig.spool.step()
        with rig.station.store.read() as u:
            state = printing.printer_state(u)
        assert state is not None
        return state.trouble, state.near_end

    assert looked(0) == ("", False)
    counters = rig.station.store.counters()
    rig.machine.faults.near_end = True
    assert looked(LOOK_S - 1) == ("", False), "not asked yet"
    assert rig.station.store.counters() == counters, "nothing is written where nothing changed"
    assert looked(1) == ("", True)
    assert rig.station.store.counters() != counters, "who looks is told"
    rig.machine.faults.cover_open = True
    assert looked(LOOK_S) == ("cover", True), "an open cover says nothing of the paper"
    rig.machine.faults = Faults()
    assert looked(MENDING_S) == ("", False), "who mends it sees so soon"


def test_step_when_a_slip_was_not_confirmed_asks_at_once_what_is_wrong(rig: Rig) -> None:
    job = rig.queue()
    rig.machine.faults.out_of_paper_after = 40
    rig.spool.step()
    assert rig.seen(job)[0] is JobState.UNCERTAIN
    rig.spool.step()
    with rig.station.store.read() as u:
        assert printing.printer_state(u) == PrinterState(trouble="paper", since=rig.station.clock())


def test_step_when_printing_journals_each_state_before_the_act(station: TestStation) -> None:
    with station.store.write() as u:
        job = printing.queue_slip(u, SLIP, "subject", station.clock())
    states = []
    printer = ScriptedPrinter(Delivery.PRINTED, during=lambda: states.append(printing.job(station.here, job.id).state))
    Spool(station.store, printer, station.clock).step()
    assert [*states, printing.job(station.here, job.id).state] == [JobState.SENDING, JobState.CONFIRMING, JobState.PRINTED]


@pytest.mark.parametrize(
    ("faults", "trouble"),
    [
        (Faults(out_of_paper=True), "paper"),
        (Faults(cover_open=True), "cover"),
        (Faults(broken=True), "fault"),
        (Faults(refuse=True), "absent"),
        (Faults(silent=True), "absent"),
    ],
)
def test_step_when_the_printer_is_not_ready_tells_every_waiting_visitor_and_prints_once_it_is(
    rig: Rig, faults: Faults, trouble: str
) -> None:
    first, second = rig.queue(), rig.queue("listing")
    rig.machine.faults = faults
    rig.spool.step()
    assert [rig.seen(j) for j in (first, second)] == [(JobState.QUEUED, trouble)] * 2
    rig.machine.faults = Faults()
    rig.station.clock.tick(seconds=1)
    rig.spool.step()
    assert [rig.seen(j) for j in (first, second)] == [(JobState.PRINTED, "")] * 2
    assert sorted(rig.papers()) == sorted([whole(SLIP), whole(SLIPS["listing"])])


def test_queue_slip_when_the_printer_is_known_to_be_empty_says_so_at_once(rig: Rig) -> None:
    rig.machine.faults = Faults(out_of_paper=True)
    rig.queue()
    rig.spool.step()
    assert rig.seen(rig.queue()) == (JobState.QUEUED, "paper")


def test_step_when_a_new_visitor_comes_asks_the_printer_anew_for_him(rig: Rig) -> None:
    rig.machine.faults = Faults(out_of_paper=True)
    first = rig.queue()
    for _ in range(5):
        rig.spool.step()
        rig.station.clock.tick(seconds=8)
    rig.spool.step()
    rig.machine.faults = Faults()
    second = rig.queue()
    rig.spool.step()
    assert [rig.seen(j) for j in (first, second)] == [(JobState.PRINTED, "")] * 2


def test_step_when_paper_is_back_tells_who_still_waits_before_it_prints(station: TestStation) -> None:
    with station.store.write() as u:
        first, second = (printing.queue_slip(u, SLIP, "subject", station.clock()) for _ in range(2))
    told = []
    printer = ScriptedPrinter(
        PrinterNotReady("paper"),
        Delivery.PRINTED,
        Delivery.PRINTED,
        during=lambda: told.append(printing.job(station.here, second.id).trouble),
    )
    spool = Spool(station.store, printer, station.clock)
    spool.step()
    assert printing.job(station.here, second.id).trouble == "paper"
    station.clock.tick(seconds=1)
    spool.step()
    assert told[1] == ""
    assert printing.job(station.here, first.id).state is JobState.PRINTED


def test_step_when_the_printer_stays_away_asks_ever_less_often(station: TestStation) -> None:
    class Away(ScriptedPrinter):
        asked = 0

        def check(self) -> Paper:
            self.asked += 1
            raise PrinterAbsent("away")

    with station.store.write() as u:
        printing.queue_slip(u, SLIP, "subject", station.clock())
    away, asked = Away(), []
    spool = Spool(station.store, away, station.clock)
    for _ in range(30):
        spool.step()
        asked.append(away.asked)
        station.clock.tick(seconds=1)
    assert [second for second in range(30) if second == 0 or asked[second] > asked[second - 1]] == [0, 1, 3, 7, 15, 23]
    before = away.asked
    station.clock.tick(days=-400)
    spool.step()
    assert away.asked == before + 1


def test_step_when_a_slip_waited_too_long_cancels_it_and_says_why(rig: Rig) -> None:
    job = rig.queue()
    rig.machine.faults.out_of_paper = True
    rig.spool.step()
    rig.station.clock.tick(minutes=16)
    rig.machine.faults.out_of_paper = False
    rig.spool.step()
    assert rig.seen(job) == (JobState.CANCELLED, "paper")
    assert rig.papers() == []


def test_step_when_a_slip_waited_too_long_and_no_printer_was_ever_asked_leaves_it_to_staff(rig: Rig) -> None:
    job = rig.queue()
    rig.station.clock.tick(minutes=16)
    rig.spool.step()
    assert rig.seen(job) == (JobState.CANCELLED, "absent")
    assert printing.may_reprint(printing.job(rig.station.here, job.id))


@pytest.mark.parametrize("state", [JobState.SENDING, JobState.CONFIRMING])
def test_step_when_a_process_died_on_the_way_asks_the_visitor_instead_of_printing_again(rig: Rig, state: JobState) -> None:
    job = rig.queue()
    with rig.station.store.write() as u:
        u.put(with_state(job, state))
    rig.spool.step()
    rig.spool.step()
    assert rig.seen(job) == (JobState.UNCERTAIN, "cut")
    assert rig.papers() == []


def with_state(job: PrintJob, state: JobState) -> PrintJob:
    return replace(job, state=state)


def test_step_when_the_store_is_busy_in_the_middle_leaves_the_slip_uncertain(station: TestStation) -> None:
    with station.store.write() as u:
        job = printing.queue_slip(u, SLIP, "subject", station.clock())
    printer = ScriptedPrinter(StoreBusy("locked"), Delivery.PRINTED)
    spool = Spool(station.store, printer, station.clock)
    with pytest.raises(StoreBusy):
        spool.step()
    spool.step()
    assert (printing.job(station.here, job.id).state, printer.printed) == (JobState.UNCERTAIN, 1)


def test_step_when_a_slip_cannot_be_made_fails_it_and_goes_on(rig: Rig) -> None:
    with rig.station.store.write() as u:
        bad = printing.queue_slip(u, replace(SLIP, blocks=(Code(text="a" * 3000),)), "subject", rig.station.clock())
    good = rig.queue("listing")
    rig.spool.step()
    assert rig.seen(bad) == (JobState.FAILED, "slip")
    assert rig.seen(good) == (JobState.PRINTED, "")


def test_step_when_a_withdrawal_comes_first_prints_nothing_and_brings_nothing_back(station: TestStation) -> None:
    with station.store.write() as u:
        job = printing.queue_slip(u, SLIP, "subject", station.clock())

    def withdraw() -> None:
        with station.store.write() as u:
            u.drop(PrintJob, job.id)

    Spool(station.store, ScriptedPrinter(Delivery.PRINTED, during=withdraw), station.clock).step()
    with pytest.raises(NotFound):
        printing.job(station.here, job.id)


@pytest.mark.parametrize("came_out", [True, False])
def test_answer_when_the_slip_is_uncertain_settles_it_or_prints_it_again_marked(rig: Rig, came_out: bool) -> None:
    job = rig.queue()
    with rig.station.store.write() as u:
        u.put(with_state(job, JobState.UNCERTAIN))
    for _ in range(2):  # a second tap changes nothing
        printing.answer(rig.station.here, job.id, came_out)
    rig.spool.step()
    assert rig.job(job).state is JobState.PRINTED
    if came_out:
        assert rig.papers() == []
    else:
        (paper,) = rig.papers()
        assert paper[0].startswith("补打")
        assert paper[1:] == whole(SLIP)
        assert rig.job(job).serial == job.serial
    printing.answer(rig.station.here, job.id, False)
    rig.spool.step()
    assert rig.job(job).state is JobState.PRINTED
    assert len(rig.papers()) == (0 if came_out else 1)


def test_answer_when_there_is_no_such_slip_says_so(station: TestStation) -> None:
    with pytest.raises(NotFound):
        printing.answer(station.here, "nothing", False)


OFFSETS = [*range(0, len(BYTES), 61), len(BYTES) - 1]


def let_the_visitor_answer(rig: Rig, job: PrintJob) -> None:
    """Play it to the end: whoever holds no whole slip says No."""
    for _ in range(8):
        if rig.job(job).state is JobState.PRINTED:
            return
        rig.station.clock.tick(seconds=10)
        rig.spool.step()
        if rig.job(job).state is JobState.UNCERTAIN:
            printing.answer(rig.station.here, job.id, whole(SLIP) in rig.papers())
    raise AssertionError(rig.seen(job))


def check_never_lost_never_doubled(rig: Rig) -> None:
    complete = [p for p in rig.papers() if p[-len(whole(SLIP)) :] == whole(SLIP)]
    unmarked = [p for p in complete if p == whole(SLIP)]
    assert complete, "lost"
    assert len(unmarked) <= 1, "doubled without a mark"


@pytest.mark.parametrize("offset", OFFSETS)
def test_spool_when_the_line_is_cut_at_any_byte_neither_loses_nor_doubles(rig: Rig, offset: int) -> None:
    way, mend = cut_after(tcp("127.0.0.1", rig.server.port), offset)
    with closing(EscposPrinter(way, PAPER_80, PATIENCE)) as printer:
        rig.spool = Spool(rig.station.store, printer, rig.station.clock)
        job = rig.queue()
        rig.spool.step()
        assert rig.seen(job) == ((JobState.QUEUED, "absent") if offset == 0 else (JobState.UNCERTAIN, "cut"))
        mend()
        let_the_visitor_answer(rig, job)
    check_never_lost_never_doubled(rig)
    # where only the end of the cut was lost, the next question brings it out, and the visitor says Yes
    assert rig.papers()[-1][0].startswith("补打") is (0 < offset < len(BYTES) - 1)


@pytest.mark.parametrize("fault", ["reset_after", "out_of_paper_after", "stall_after"])
@pytest.mark.parametrize("offset", OFFSETS[1::3])
def test_spool_when_the_printer_fails_at_any_byte_neither_loses_nor_doubles(rig: Rig, fault: str, offset: int) -> None:
    rig.printer.check()
    setattr(rig.machine.faults, fault, offset)
    job = rig.queue()
    rig.spool.step()
    assert rig.seen(job)[0] is JobState.UNCERTAIN
    rig.machine.faults = Faults()
    if fault == "reset_after":
        time.sleep(BOOT_S)
    let_the_visitor_answer(rig, job)
    check_never_lost_never_doubled(rig)


@pytest.mark.long
def test_spool_when_the_line_is_cut_at_every_single_byte_neither_loses_nor_doubles(rig: Rig) -> None:
    for offset in range(len(BYTES)):
        way, mend = cut_after(tcp("127.0.0.1", rig.server.port), offset)
        with closing(EscposPrinter(way, PAPER_80, PATIENCE)) as printer:
            rig.spool = Spool(rig.station.store, printer, rig.station.clock)
            job = rig.queue()
            rig.spool.step()
            mend()
            let_the_visitor_answer(rig, job)
        check_never_lost_never_doubled(rig)
        rig.machine.pieces.clear()
        rig.machine.raw.clear()


def test_spool_when_the_printer_is_cut_in_the_middle_goes_on_with_the_next_slip(station: TestStation) -> None:
    with station.store.write() as u:
        first = printing.queue_slip(u, SLIP, "subject", station.clock())
    station.clock.tick(seconds=1)
    with station.store.write() as u:
        second = printing.queue_slip(u, SLIP, "subject", station.clock())
    Spool(station.store, ScriptedPrinter(PrinterCut("cut", 9), Delivery.PRINTED), station.clock).step()
    assert [printing.job(station.here, j.id).state for j in (first, second)] == [JobState.UNCERTAIN, JobState.PRINTED]


def test_queue_slip_when_made_expires_while_its_visitor_is_still_there(rig: Rig) -> None:
    job = rig.queue()
    assert job.expires_at - job.created_at == timedelta(minutes=15)
