"""Withdrawing: everything personal goes from the station's store at once, and the county hears of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import to_plain
from kiosk.domain.referral import Referral
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed, NotFound
from kiosk.services.apply import apply
from kiosk.services.mine import find_mine
from kiosk.services.register import register
from kiosk.services.withdraw import withdraw
from tests.flows.test_use_cases import a_form, publish_one
from tests.station import TestStation, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def test_withdraw_when_registered_leaves_nobody_behind_and_tells_the_county(station: TestStation) -> None:
    listing, worker = publish_one(station), register(station.here, a_form()).worker
    apply(station.here, worker.id, listing.id, contact_consent=True)
    withdraw(station.here, worker.id)
    withdraw(station.here, worker.id)
    with station.store.read() as u:
        left = u.need(Worker, worker.id)
        outgoing = [to_plain(change.record) for change in u.outgoing(100) if change.record_id == worker.id]
        assert (u.count(PrintJob), u.count(Referral)) == (0, 1)
        everything = " ".join(
            str(row)
            for (table,) in u.connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'"
            ).all()
            for row in u.connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
        )
    assert (left.state, left.revision, str(left.name), str(left.phone)) == (WorkerState.WITHDRAWN, 2, "", "")
    assert {change["state"] for change in outgoing} == {"withdrawn"}
    assert worker.name not in everything
    assert worker.phone not in everything
    with pytest.raises(NotFound):
        find_mine(station.here, worker.code, worker.phone.last_four())
    with pytest.raises(NotAllowed):
        apply(station.here, worker.id, listing.id, contact_consent=True)


def test_register_when_withdrawn_before_is_somebody_new(station: TestStation) -> None:
    first = register(station.here, a_form()).worker
    withdraw(station.here, first.id)
    again = register(station.here, a_form()).worker
    assert again.id != first.id
    assert again.state is WorkerState.ACTIVE
