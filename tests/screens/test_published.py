"""What the station has in public, by touch: filled, taken down with a reason, edited, found by its number; a colleague was quicker."""

import time
from dataclasses import replace
from typing import Any

from kiosk.domain.listing import Listing, ListingState, Takedown
from kiosk.domain.record import new_id
from kiosk.services import publish
from kiosk.services.standing import PAGE, Standing, standing
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks, sample_state, start_real, station
from tests.screens.test_staff import CLERK, HEAD, _session, _sign_in, screen
from tests.screens.xtest import Kiosk
from tests.station import a_review

__all__ = ["sample_state", "screen", "start_real", "station"]

OTHER = "00000000-0000-7000-8000-0000000000ff"


def _room(start_real: StartReal, screen: Screen) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap(t("section.published"))
    kiosk.wait_page("published")
    kiosk.wait_text(t("published.by_number"))
    return kiosk


def _number(one: Standing) -> str:
    return t("published.number", number=one.published.number)


def _open(kiosk: Kiosk, one: Standing) -> None:
    kiosk.reach(_number(one))
    kiosk.tap(_number(one))
    kiosk.wait_text(t("published.take_down"))


def _stands(station: RealStation, one: Standing) -> bool:
    with station.here.store.read() as u:
        return any(p.listing.id == one.newest.id for p in u.newest())


def _takedowns(station: RealStation, one: Standing) -> list[Takedown]:
    with station.here.store.read() as u:
        return list(u.list(Takedown, listing_id=one.newest.id))


def test_published_when_filled_is_off_the_board_at_once(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    found = standing(station.here)
    one = found.rows[0]
    kiosk = _room(start_real, screen)
    kiosk.wait_text(_number(one))
    _open(kiosk, one)
    kiosk.wait_text(t("published.take_down"))
    kiosk.tap(t("published.filled"))
    kiosk.wait_text(t("published.filled_text"))
    assert looks(kiosk) == []
    kiosk.tap(t("published.filled_no"))
    assert _stands(station, one)
    kiosk.tap(t("published.filled"))
    kiosk.tap(t("published.filled_yes"))
    kiosk.wait_text(t("published.said_filled", number=one.published.number, title=one.newest.title))
    assert looks(kiosk) == []
    assert not _stands(station, one)
    assert [(d.state, d.by_name) for d in _takedowns(station, one)] == [(ListingState.FILLED, HEAD)]
    assert standing(station.here).total == found.total - 1
    kiosk.wait(lambda seen: not any(thing["text"] == _number(one) for thing in seen["things"]), "a list without it")


def test_published_when_found_by_its_number_is_taken_down_with_a_reason(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    one = standing(station.here).rows[-1]
    _copies(station, one.newest, 2, station_id=OTHER)
    with station.here.store.write() as u:
        left, other = u.newest(2, station_id=OTHER)
        u.drop(Listing, left.listing.id)
    kiosk = _room(start_real, screen)
    kiosk.tap(t("published.by_number"))
    kiosk.wait_text(t("published.number_head"))
    for number, said in (
        ("9999", "published.number_none"),
        (str(other.number), "published.number_other"),
        (str(left.number), "published.number_gone"),
    ):
        key_in(kiosk, number)
        kiosk.tap(t("published.number_go"))
        kiosk.wait_text(t(said, number=number))
        assert looks(kiosk) == []
        kiosk.tap(t("pad.clear"))
    key_in(kiosk, str(one.published.number))
    kiosk.tap(t("published.number_go"))
    kiosk.tap(t("published.find"))
    kiosk.wait_page("recommend")
    kiosk.wait_text(one.newest.title)
    kiosk.tap("返回")
    kiosk.wait_page("published")
    kiosk.tap(t("published.take_down"))
    kiosk.wait_text(t("published.why_ready.3"))
    kiosk.tap(t("published.why_ready.3"))
    kiosk.tap(t("published.why_ok"))
    kiosk.wait_text(t("published.said_withdrawn", number=one.published.number, title=one.newest.title))
    assert not _stands(station, one)
    made = [(d.state, d.reason) for d in _takedowns(station, one)]
    assert made == [(ListingState.WITHDRAWN, t("published.why_ready.3"))]


def test_published_when_edited_waits_anew_while_it_stays(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = standing(station.here).rows[0]
    kiosk = _room(start_real, screen)
    _open(kiosk, one)
    kiosk.tap(t("review.edit"))
    kiosk.wait_page("post_check")
    kiosk.reach("要几个人")
    kiosk.tap("要几个人")
    kiosk.wait_page("post_people")
    kiosk.tap("10 个人")
    kiosk.wait_page("post_check")
    kiosk.tap("写好了，交审核")
    kiosk.wait_page("published")
    kiosk.wait_text(t("post.edited"))
    kiosk.wait_text(t("published.edited"))
    assert looks(kiosk) == []
    assert _stands(station, one)
    with station.here.store.read() as u:
        edited = u.need(Listing, one.newest.id)
    assert (edited.revision, edited.headcount) == (one.newest.revision + 1, 10)


def test_published_when_a_colleague_was_quicker_says_so_calmly(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = standing(station.here).rows[0]
    kiosk = _room(start_real, lying)
    _open(kiosk, one)
    publish.take_down(station.here, _session(station, CLERK), one.newest.id, "内容不真实")
    kiosk.tap(t("published.filled"))
    kiosk.tap(t("published.filled_yes"))
    kiosk.wait_text(t("published.gone"))
    assert looks(kiosk) == []
    kiosk.tap("知道了")
    kiosk.wait_text(t("published.by_number"))
    assert [d.reason for d in _takedowns(station, one)] == ["内容不真实"]


def test_published_when_there_are_hundreds_shows_a_page_at_a_time(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    rows = standing(station.here).rows
    _copies(station, rows[0].newest, 3 * PAGE)
    total = standing(station.here).total
    kiosk = _room(start_real, screen)
    kiosk.wait_text(t("published.part", count=total, first=1, last=PAGE))
    kiosk.reach(t("published.later"))
    time.sleep(0.3)
    assert looks(kiosk) == []
    kiosk.tap(t("published.later"))
    kiosk.wait_text(t("published.part", count=total, first=PAGE + 1, last=2 * PAGE))
    oldest = standing(station.here, PAGE).rows[0]
    _open(kiosk, oldest)
    kiosk.tap("返回")
    kiosk.wait_text(t("published.part", count=total, first=PAGE + 1, last=2 * PAGE))


def _copies(station: RealStation, like: Listing, count: int, **changes: Any) -> None:
    """Put as many like this one on the board."""
    now = station.here.now()
    with station.here.store.write() as u:
        for _ in range(count):
            copy = replace(like, id=new_id(now), revision=1, employer_id=None, **changes)
            u.put(copy)
            u.put(a_review(copy, now))
