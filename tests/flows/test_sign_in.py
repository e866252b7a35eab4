"""Signing in against somebody who guesses: PINs and cards, with the clock moved, the process started anew, and killed."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.guessing import LONGEST_LOCK_S
from kiosk.domain.station import Role, Staff
from kiosk.errors import LockedOut, NotAllowed
from kiosk.services import team
from kiosk.services.sign_in import Session, add_staff, card_hash, sign_in, sign_in_by_card, staff_names
from kiosk.services.station import Here
from kiosk.store.schema import audit
from kiosk.store.store import open_store
from tests.station import KEY, PIN, START, STATION, TestStation, make_station

CARD = "YZGK0123456789ABCDEF0123456789ABCDEF"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def clerk(station: TestStation, card: str = CARD) -> Session:
    with station.store.write() as u:
        staff = add_staff(u, station.clock(), STATION.id, "张伟", Role.STAFF, "135790")
        u.put(replace(staff, card_hash=card_hash(card)))
    return Session(staff.id, staff.name, staff.role)


def acts(station: TestStation) -> list[str]:
    with station.store.read() as u:
        return list(u.connection.scalars(audit.select().with_only_columns(audit.c.act).order_by(audit.c.seq)))


def restarted(station: TestStation) -> Here:
    """Give the station as a process that has just started sees it."""
    return replace(station.here, store=open_store(station.path, KEY, clock=station.clock))


def test_pin_when_guessed_for_a_day_gives_few_tries_however_often_the_process_starts(station: TestStation) -> None:
    """Every try is made the moment it is allowed, each in a process that knows nothing of the one before."""
    staff_id, tries = station.head.staff_id, 0
    until = START + timedelta(days=1)
    while station.clock() < until:
        here = restarted(station)
        try:
            sign_in(here, staff_id, f"{tries:06d}")
        except LockedOut as error:
            with pytest.raises(LockedOut):  # at once again, right or wrong: no second look
                sign_in(here, staff_id, PIN)
            station.clock.now = error.until
        except NotAllowed:
            pass
        tries += 1
        here.store.close()
    # 2 free, 7 while the wait doubles to an hour, then one an hour
    assert tries <= 33
    assert 1_000_000 / tries > 30_000, "days to try them all"
    assert station.staff().failures == tries
    station.clock.now = station.staff().locked_until or until
    assert sign_in(station.here, staff_id, PIN) == station.head, "who knows it comes in when the wait is over"


def test_pin_when_the_process_is_killed_while_it_checks_counts_the_try_all_the_same(station: TestStation) -> None:
    """What was answered was counted before: each try is written to a pipe when it is made and when it is answered."""
    staff_id, answered, made = station.head.staff_id, 0, 0
    station.store.close()
    for round_ in range(12):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _guess(station, staff_id, writing)
        os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            said = b""
            while b"!" not in said:  # however slow the machine is, each process answers once
                said += pipe.read(1) or b"! the child ended"
            time.sleep(0.01 * round_)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            said += pipe.readall()
        made, answered = made + said.count(b"?"), answered + said.count(b"!")
    failures = station.staff().failures
    assert 12 <= answered <= failures <= made


def _guess(station: TestStation, staff_id: str, pipe: int) -> None:
    here = restarted(station)
    while True:
        staff = station.staff()
        station.clock.now = max(station.clock.now, staff.locked_until or START)
        os.write(pipe, b"?")
        try:
            sign_in(here, staff_id, "000000")
        except NotAllowed:
            os.write(pipe, b"!")


def test_pin_when_the_clock_is_set_back_gives_no_free_try_and_locks_nobody_out_for_good(station: TestStation) -> None:
    staff_id = station.head.staff_id
    for _ in range(5):
        with pytest.raises(NotAllowed):
            sign_in(station.here, staff_id, "000000")
        station.clock.now = station.staff().locked_until or station.clock()
    with pytest.raises(LockedOut):
        sign_in(station.here, staff_id, "000000")
    failures = station.staff().failures
    station.clock.now = START - timedelta(days=400)
    with pytest.raises(LockedOut) as locked:
        sign_in(station.here, staff_id, PIN)
    assert station.staff().failures == failures
    assert locked.value.until - station.clock() <= timedelta(seconds=LONGEST_LOCK_S)
    station.clock.now = locked.value.until
    assert sign_in(station.here, staff_id, PIN) == station.head


def test_pin_when_the_head_renews_it_while_somebody_signs_in_keeps_the_new_one(station: TestStation) -> None:
    one = clerk(station)
    sign_in(station.here, one.staff_id, "135790")
    team.renew_pin(station.here, station.head, one.staff_id, "739154")
    with pytest.raises(NotAllowed):
        sign_in(station.here, one.staff_id, "135790")
    assert sign_in(station.here, one.staff_id, "739154") == one


def test_card_when_scanned_signs_ordinary_staff_in_and_is_audited(station: TestStation) -> None:
    one = clerk(station)
    holder = sign_in_by_card(station.here, f" {CARD} ")
    assert (holder.staff_id, holder.session) == (one.staff_id, one)
    assert acts(station) == ["sign_in"]


def test_card_when_it_is_the_heads_asks_for_the_pin_too(station: TestStation) -> None:
    with station.store.write() as u:
        u.put(replace(station.staff(), card_hash=card_hash(CARD)))
    holder = sign_in_by_card(station.here, CARD)
    assert (holder.staff_id, holder.session) == (station.head.staff_id, None)
    assert acts(station) == []


def test_card_when_the_pin_is_locked_still_opens_and_leaves_the_lock(station: TestStation) -> None:
    one = clerk(station)
    for _ in range(3):
        with pytest.raises(NotAllowed):
            sign_in(station.here, one.staff_id, "000000")
    assert sign_in_by_card(station.here, CARD).session == one
    with pytest.raises(LockedOut):
        sign_in(station.here, one.staff_id, "135790")


def test_card_when_unknown_is_counted_and_waits_grow_over_restarts(station: TestStation) -> None:
    one = clerk(station)
    tries = 0
    until = START + timedelta(days=1)
    while station.clock() < until:
        here = restarted(station)
        try:
            sign_in_by_card(here, f"{CARD[:-2]}{tries:02d}")
        except LockedOut as error:
            with pytest.raises(LockedOut):
                sign_in_by_card(here, CARD)
            station.clock.now = error.until
        except NotAllowed:
            pass
        tries += 1
        here.store.close()
    assert tries <= 33
    station.clock.tick(hours=1)
    assert sign_in_by_card(station.here, CARD).session == one
    with pytest.raises(NotAllowed) as wrong:
        sign_in_by_card(station.here, "6901234567892")
    assert not isinstance(wrong.value, LockedOut), "a good card begins the count anew"


def test_card_when_unknown_lost_or_of_one_who_left_is_answered_alike(station: TestStation) -> None:
    one, codes = clerk(station), [CARD, "6901234567892", ""]
    team.lose_card(station.here, station.head, one.staff_id)
    answers = []
    for code in codes:
        with pytest.raises(NotAllowed) as refused:
            sign_in_by_card(station.here, code)
        answers.append(str(refused.value) if not isinstance(refused.value, LockedOut) else "locked")
    assert answers == ["unknown card", "unknown card", "locked"]


def test_names_when_somebody_has_left_leave_him_out(station: TestStation) -> None:
    one = clerk(station)
    team.retire(station.here, station.head, one.staff_id)
    assert [name for _, name, _ in staff_names(station.here)] == ["李芳"]
    with pytest.raises(NotAllowed):
        sign_in(station.here, one.staff_id, "135790")
    with station.store.read() as u:
        gone = u.need(Staff, one.staff_id)
    assert (gone.name, gone.active, gone.pin_hash, gone.card_hash) == ("张伟", False, "", "")
