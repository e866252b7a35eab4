"""The station's people on a real store: the first start, who comes and leaves, PINs and cards, and what the chain says of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.agent.spool import Spool
from kiosk.domain.ports import Delivery, Paper
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.slip import Code, Slip, SlipKind
from kiosk.domain.station import Role, Staff
from kiosk.errors import BadInput, LockedOut, NotAllowed, WrongState
from kiosk.services import printing, team
from kiosk.services.sign_in import Session, hand_over, sign_in, sign_in_by_card
from tests.flows.test_sign_in import acts
from tests.station import PIN, TestStation, make_station

NEW = "739154"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


@pytest.fixture
def colleague(station: TestStation) -> Session:
    staff = team.add_member(station.here, station.head, "张伟", Role.STAFF, NEW)
    return Session(staff.id, staff.name, staff.role)


def slip_of(station: TestStation, job_id: str) -> Slip:
    return printing.job(station.here, job_id).slip


def code_of(slip: Slip) -> str:
    (code,) = [block.text for block in slip.blocks if isinstance(block, Code)]
    return code


def test_first_start_when_nobody_is_there_enters_the_head_and_is_audited(station: TestStation) -> None:
    with station.store.write() as u:
        u.drop(Staff, station.head.staff_id)
    head = team.set_up_head(station.here, "王芳", NEW)
    assert (head.name, head.role) == ("王芳", Role.HEAD)
    assert acts(station) == ["set_up_head"]
    assert sign_in(station.here, head.staff_id, NEW) == head


@pytest.mark.parametrize("name_and_pin", [("王芳", "123456"), ("王芳", "000000"), ("王芳", "12345"), ("王", NEW), ("", NEW), ("Wang", NEW)])
def test_first_start_when_name_or_pin_cannot_be_used_writes_nothing(station: TestStation, name_and_pin: tuple[str, str]) -> None:
    with station.store.write() as u:
        u.drop(Staff, station.head.staff_id)
    with pytest.raises(BadInput):
        team.set_up_head(station.here, *name_and_pin)
    assert (team.members(station.here), acts(station)) == ([], [])


def test_first_start_when_there_is_anybody_even_one_who_left_is_refused(station: TestStation, colleague: Session) -> None:
    with pytest.raises(WrongState):
        team.set_up_head(station.here, "坏人", NEW)
    assert {m.name for m in team.members(station.here)} == {"李芳", "张伟"}


def test_team_when_ordinary_staff_try_refuses_every_change(station: TestStation, colleague: Session) -> None:
    here, head = station.here, station.head.staff_id
    tries = (
        lambda: team.add_member(here, colleague, "王芳", Role.HEAD, NEW),
        lambda: team.renew_pin(here, colleague, head, NEW),
        lambda: team.issue_card(here, colleague, colleague.staff_id),
        lambda: team.lose_card(here, colleague, head),
        lambda: team.unlock(here, colleague, head),
        lambda: team.retire(here, colleague, head),
    )
    before = acts(station)
    for one in tries:
        with pytest.raises(NotAllowed):
            one()
    assert acts(station) == before


def test_team_when_a_head_has_left_meanwhile_his_open_session_changes_nothing(station: TestStation) -> None:
    second = team.add_member(station.here, station.head, "王芳", Role.HEAD, NEW)
    team.retire(station.here, station.head, station.head.staff_id)
    with pytest.raises(NotAllowed):
        team.retire(station.here, station.head, second.id)


def test_retire_when_it_is_the_last_head_is_refused(station: TestStation, colleague: Session) -> None:
    with pytest.raises(BadInput) as caught:
        team.retire(station.here, station.head, station.head.staff_id)
    assert caught.value.key == "bad.team.last_head"
    assert sign_in(station.here, station.head.staff_id, PIN) == station.head


def test_add_when_the_name_is_taken_is_refused_until_he_has_left(station: TestStation, colleague: Session) -> None:
    with pytest.raises(BadInput) as caught:
        team.check_new_name(station.here, "张伟")
    assert caught.value.key == "bad.team.name_taken"
    team.retire(station.here, station.head, colleague.staff_id)
    team.add_member(station.here, station.head, "张伟", Role.STAFF, "482916")
    assert [(m.name, m.active) for m in team.members(station.here)] == [("李芳", True), ("张伟", True), ("张伟", False)]


def test_own_pin_when_the_old_one_is_wrong_is_counted_and_keeps_it(station: TestStation) -> None:
    for _ in range(2):
        with pytest.raises(NotAllowed):
            team.change_own_pin(station.here, station.head, "000000", NEW)
    with pytest.raises(LockedOut):
        team.change_own_pin(station.here, station.head, "000000", NEW)
    station.clock.tick(minutes=1)
    with pytest.raises(BadInput):
        team.change_own_pin(station.here, station.head, PIN, "111111")
    team.change_own_pin(station.here, station.head, PIN, NEW)
    assert sign_in(station.here, station.head.staff_id, NEW) == station.head
    assert acts(station) == ["change_pin", "sign_in"]


def test_unlock_when_locked_out_lets_him_try_at_once(station: TestStation, colleague: Session) -> None:
    for _ in range(3):
        with pytest.raises(NotAllowed):
            sign_in(station.here, colleague.staff_id, "000000")
    assert team.members(station.here)[1].locked_until is not None
    team.unlock(station.here, station.head, colleague.staff_id)
    assert team.members(station.here)[1].locked_until is None
    assert sign_in(station.here, colleague.staff_id, NEW) == colleague


def test_card_when_issued_prints_a_code_that_opens_and_of_which_only_the_hash_is_kept(station: TestStation, colleague: Session) -> None:
    job_id = team.issue_card(station.here, station.head, colleague.staff_id)
    slip = slip_of(station, job_id)
    code = code_of(slip)
    assert slip.kind is SlipKind.CARD
    assert len(code) >= 32
    assert sign_in_by_card(station.here, code).session == colleague
    Spool(station.store, Perfect(), station.clock).step()
    assert printing.job(station.here, job_id).state is JobState.PRINTED
    with station.store.read() as u:
        kept = str(u.connection.exec_driver_sql("SELECT group_concat(card_hash) FROM staff").scalar()) + str(u.list(PrintJob))
    assert code not in kept
    assert acts(station) == ["add_staff", "issue_card", "sign_in"]


def test_card_when_a_new_one_is_issued_or_it_is_lost_the_old_one_opens_nothing(station: TestStation, colleague: Session) -> None:
    first = code_of(slip_of(station, team.issue_card(station.here, station.head, colleague.staff_id)))
    second = code_of(slip_of(station, team.issue_card(station.here, station.head, colleague.staff_id)))
    with pytest.raises(NotAllowed):
        sign_in_by_card(station.here, first)
    assert sign_in_by_card(station.here, second).session == colleague
    team.lose_card(station.here, station.head, colleague.staff_id)
    with pytest.raises(NotAllowed):
        sign_in_by_card(station.here, second)
    with station.store.read() as u:
        assert u.list(PrintJob, subject_id=colleague.staff_id) == [], "a card that waited for paper is not printed after that"


@pytest.mark.parametrize("came_out", [True, False])
def test_card_when_it_is_not_known_whether_it_came_out_keeps_its_code_until_that_is_said(
    station: TestStation, colleague: Session, came_out: bool
) -> None:
    job_id = team.issue_card(station.here, station.head, colleague.staff_id)
    Spool(station.store, Perfect(Delivery.UNCERTAIN), station.clock).step()
    code_of(slip_of(station, job_id))
    printing.answer(station.here, job_id, came_out)
    assert any(isinstance(b, Code) for b in slip_of(station, job_id).blocks) is not came_out


def test_hand_over_when_done_is_audited(station: TestStation) -> None:
    hand_over(station.here, station.head)
    assert acts(station) == ["hand_over"]


class Perfect:
    """A printer that always can."""

    def __init__(self, delivery: Delivery = Delivery.PRINTED) -> None:
        self._delivery = delivery

    def check(self) -> Paper:
        return Paper.OK

    def print(self, slip: Slip, sent: object = None) -> Delivery:
        return self._delivery

    def close(self) -> None:
        pass
