"""Reading what is public on a real encrypted store: the counts beside the lists, at midnight and with a clock that was lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.codes import Trade
from kiosk.services import browse
from kiosk.services.browse import JobQuery
from kiosk.store.search import Filters, Order
from tests.station import START, TestStation, a_listing, a_review, make_station

LAST_DAY = date(2026, 11, 26)
MIDNIGHT = datetime(2026, 11, 26, 16, tzinfo=UTC)
"""The first moment in China after LAST_DAY."""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    trades = (Trade.LOADING, Trade.LOADING, Trade.FARMING, Trade.OTHER)
    with station.store.write() as u:
        for n, trade in enumerate(trades):
            listing = a_listing(trade=trade, title=f"工{n}", ends_on=LAST_DAY + timedelta(days=n % 2))
            u.keep(listing)
            u.keep(a_review(listing, START - timedelta(minutes=n)))
    yield station
    station.store.close()


@pytest.mark.parametrize(
    ("text", "trade", "total"), [("", None, 4), ("", Trade.LOADING, 2), ("工", None, 4), ("工1", Trade.LOADING, 1), ("无", None, 0)]
)
def test_jobs_when_counted_by_trade_give_the_total_of_what_fits(station: TestStation, text: str, trade: Trade | None, total: int) -> None:
    page = browse.jobs(station.here, JobQuery(text=text, filters=Filters(trade=trade), limit=1))
    assert page.total == total
    assert len(browse.jobs(station.here, JobQuery(text=text, filters=Filters(trade=trade))).rows) == total


@pytest.mark.parametrize(("now", "total"), [(MIDNIGHT - timedelta(microseconds=1), 4), (MIDNIGHT, 2), (MIDNIGHT + timedelta(days=1), 0)])
def test_lists_when_midnight_passes_leave_out_what_ended_all_alike(station: TestStation, now: datetime, total: int) -> None:
    asked_before = JobQuery(filters=browse.alive(station.here))
    station.clock.now = now
    home, page = browse.home(station.here), browse.jobs(station.here, asked_before)
    assert (home.total, len(browse.home(station.here, 10).newest)) == (total, total)
    assert (page.total, len(page.rows), sum(page.by_trade.values())) == (total, total, total)


def test_lists_when_midnight_falls_between_two_looks_at_the_clock_agree(station: TestStation) -> None:
    """The store reads the clock once a transaction; home must not count by a second look at it."""
    ticks = iter([MIDNIGHT - timedelta(microseconds=1), *[MIDNIGHT] * 9])
    station.clock.__class__ = type("Ticking", (station.clock.__class__,), {"__call__": lambda _: next(ticks)})
    home = browse.home(station.here, 10)
    assert (home.total, len(home.newest)) == (4, 4)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("now", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, tzinfo=UTC)])
def test_lists_when_the_clock_was_lost_still_answer(station: TestStation, now: datetime, order: Order) -> None:
    station.clock.now = now
    total = 4 if now < START else 0
    home = browse.home(station.here)
    page = browse.jobs(station.here, JobQuery(order=order, filters=Filters(near=browse.nearest_areas(station.here))))
    assert (home.total, page.total, len(page.rows)) == (total, total, total)
    assert [p.listing.title for p in home.newest] == ["工0", "工1", "工2"][:total]
