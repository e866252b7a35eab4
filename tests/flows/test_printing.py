"""What is done about slips, on a real store: printed again with the mark, put aside, waited for no more; each act of staff is audited."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.print_job import JobState, PrintJob, Trouble
from kiosk.domain.slip import Code, SlipKind
from kiosk.services import printing, team
from kiosk.services.apply import apply, print_again
from kiosk.services.register import register
from kiosk.services.registrations import print_registration
from kiosk.services.signups import sign_up
from kiosk.text import t, words
from tests.flows.test_refer import public_listing
from tests.flows.test_running import CLERK
from tests.flows.test_signups import a_training, given_training
from tests.flows.test_use_cases import a_form
from tests.station import TestStation, make_station
from tests.unit.test_slips import said

MARK = "补打"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    """Give a station with a printer that nobody has asked."""
    station = make_station(tmp_path)
    yield station
    station.store.close()


def a_job(station: TestStation, state: JobState = JobState.QUEUED, trouble: str = "") -> PrintJob:
    job = replace(printing.job(station.here, register(station.here, a_form()).job_id), state=state, trouble=trouble)
    with station.store.write() as u:
        u.put(job)
    return job


def acts(station: TestStation) -> int:
    with station.store.read() as u:
        head = u.chain_head()
        return head[0] if head else 0


@pytest.mark.parametrize("trouble", list(Trouble))
def test_words_when_a_slip_is_in_trouble_stand_for_visitor_and_staff(trouble: Trouble) -> None:
    if trouble in (Trouble.CUT, Trouble.UNPRINTABLE):
        # of one slip, not of the printer: a queued one never waits for it
        return
    keys = words()
    assert {
        f"print.{trouble}",
        f"today.printer_{trouble}",
        *(f"printer.{trouble}.{part}" for part in ("head", "step1", "step3")),
    } <= keys.keys()


def test_words_when_a_slip_has_a_kind_and_a_state_name_both() -> None:
    assert all(t(f"printer.kind.{kind.value}") for kind in SlipKind)
    assert all(t(f"printer.state.{state.value}") for state in JobState)


@pytest.mark.parametrize(
    ("state", "trouble", "may"),
    [
        (JobState.QUEUED, "paper", False),
        (JobState.SENDING, "", False),
        (JobState.CONFIRMING, "", False),
        (JobState.PRINTED, "", False),
        (JobState.UNCERTAIN, "cut", True),
        (JobState.FAILED, "slip", True),
        (JobState.CANCELLED, "paper", True),
        (JobState.CANCELLED, "", False),
    ],
)
def test_reprint_when_a_slip_may_not_be_out_marks_it_once(station: TestStation, state: JobState, trouble: str, may: bool) -> None:
    job, before = a_job(station, state, trouble), acts(station)
    again = printing.reprint(station.here, CLERK, job.id)
    assert printing.reprint(station.here, CLERK, job.id) == again
    assert (again.serial, again.slip.reprint, MARK in said(again.slip)) == (job.serial, may, may)
    assert (again.state is JobState.QUEUED, again.expires_at > station.clock()) == (may or state is JobState.QUEUED, True)
    assert acts(station) == before + may


@pytest.mark.parametrize(
    ("state", "trouble", "then"),
    [
        (JobState.UNCERTAIN, "cut", JobState.PRINTED),
        (JobState.FAILED, "slip", JobState.CANCELLED),
        (JobState.CANCELLED, "paper", JobState.CANCELLED),
        (JobState.QUEUED, "paper", JobState.QUEUED),
        (JobState.PRINTED, "", JobState.PRINTED),
    ],
)
def test_put_aside_when_staff_know_asks_no_more(station: TestStation, state: JobState, trouble: str, then: JobState) -> None:
    job, before = a_job(station, state, trouble), acts(station)
    open_before = printing.may_reprint(job)
    after = printing.put_aside(station.here, CLERK, job.id)
    assert (after.state, printing.may_reprint(after)) == (then, False)
    printing.put_aside(station.here, CLERK, job.id)
    assert acts(station) == before + open_before


def test_cancel_waiting_when_slips_wait_lets_all_go(station: TestStation) -> None:
    waiting, out = [a_job(station, trouble="paper"), a_job(station)], a_job(station, JobState.PRINTED)
    assert printing.overview(station.here).waiting == 2
    before = acts(station)
    assert (printing.cancel_waiting(station.here, CLERK), printing.cancel_waiting(station.here, CLERK)) == (2, 0)
    assert acts(station) == before + 1
    assert [printing.job(station.here, job.id).state for job in (*waiting, out)] == [JobState.CANCELLED] * 2 + [JobState.PRINTED]
    found = printing.overview(station.here)
    assert (found.waiting, len(found.jobs), any(map(printing.may_reprint, found.jobs))) == (0, 3, False)


def test_overview_when_a_slip_has_waited_too_long_counts_it_no_more(station: TestStation) -> None:
    a_job(station)
    station.clock.tick(minutes=16)
    assert printing.overview(station.here).waiting == 0


def test_print_test_when_asked_twice_gives_two_serials(station: TestStation) -> None:
    first, second = (printing.job(station.here, printing.print_test(station.here, CLERK)) for _ in range(2))
    assert {first.slip.kind, second.slip.kind} == {SlipKind.TEST}
    assert first.serial != second.serial


def test_answer_when_staff_give_it_is_audited_and_a_visitors_is_not(station: TestStation) -> None:
    job, before = a_job(station, JobState.UNCERTAIN, "cut"), acts(station)
    again = printing.answer(station.here, job.id, False)
    assert (again.state, again.slip.reprint, acts(station)) == (JobState.QUEUED, True, before)
    job = a_job(station, JobState.UNCERTAIN, "cut")
    before = acts(station)
    printing.answer(station.here, job.id, True, CLERK)
    assert acts(station) == before + 1


def test_card_when_it_is_settled_cannot_be_printed_again(station: TestStation) -> None:
    job = printing.job(station.here, team.issue_card(station.here, station.head, station.head.staff_id))
    printing.cancel_waiting(station.here, CLERK)
    after = printing.job(station.here, job.id)
    assert not any(isinstance(block, Code) for block in after.slip.blocks)
    with station.store.write() as u:
        u.put(replace(after, trouble="paper"))
    assert printing.reprint(station.here, CLERK, job.id).state is JobState.CANCELLED


def test_slip_when_given_a_second_time_carries_the_mark_and_its_number(station: TestStation) -> None:
    """Each way in which one thing may come out of the printer twice, but for what a visitor asks for anew (a listing, a policy)."""
    worker, listing = register(station.here, a_form()).worker, public_listing(station)
    training = given_training(station, a_training())
    ways = [
        (apply(station.here, worker.id, listing.id, contact_consent=False).job_id, print_again(station.here, worker.id, listing.id)),
        (sign_up(station.here, worker.id, training.id).job_id, sign_up(station.here, worker.id, training.id).job_id),
    ]
    for first, second in ways:
        one, two = printing.job(station.here, first), printing.job(station.here, second)
        assert (one.slip.reprint, two.slip.reprint, two.serial, MARK in said(two.slip)) == (False, True, one.serial, True)
    again = printing.job(station.here, print_registration(station.here, CLERK, worker.id))
    assert (again.serial, again.slip.reprint) == (worker.number, True)
