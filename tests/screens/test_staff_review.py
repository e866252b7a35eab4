"""Reviewing: three taps, undo, editing, one's own collection, copies and the employer's history, a held employer."""

from dataclasses import replace

import pytest

from kiosk.domain.listing import Collected, Listing, ListingState, Review, Verdict
from kiosk.domain.station import Staff
from kiosk.services import employers
from kiosk.services.posting import PostingForm
from kiosk.services.publish import Pending, decide, pending, post
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, looks, sample_state, start_real, station
from tests.screens.test_staff import CLERK, HEAD, _enabled, _first, _only, _open, _public, _review, _session, _sign_in, _state, screen

__all__ = ["sample_state", "screen", "start_real", "station"]


def _clean(station: RealStation, **changes: object) -> Listing:
    """Post a listing like the first clean one of the queue, as another."""
    one = _first(station, None).listing
    form = PostingForm(**{name: getattr(one, name) for name in PostingForm.__dataclass_fields__})
    return post(station.here, replace(form, **changes)).listing  # type: ignore[arg-type]


def _of(station: RealStation, listing: Listing) -> Pending:
    return next(p for p in pending(station.here) if p.listing.id == listing.id)


def _reviews(station: RealStation, listing: Listing) -> list[Review]:
    with station.here.store.read() as u:
        return list(u.list(Review, listing_id=listing.id))


def test_review_when_the_first_one_is_clean_takes_three_taps(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _first(station, None)
    _only(station, one)
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    taps = ["审核", "通过，上大屏"]
    if screen.height > screen.width:
        # where there is room for one at a time, the card is tapped first
        taps.insert(1, f"{one.listing.title} {one.listing.headcount} 人")
    for text in taps:
        kiosk.tap(text)
    kiosk.wait_text("通过了，已经上大屏")
    assert len(taps) <= 3
    assert _public(station, one)


def test_review_when_undone_within_the_minute_is_off_the_board_and_waits_again(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.tap("通过，上大屏")
    kiosk.wait_text("撤回（")
    assert _public(station, one)
    kiosk.wait_text("撤回（")
    kiosk.tap("撤回（")
    kiosk.wait_text("撤回了，重新等审核")
    assert not _public(station, one)
    assert _state(station, one) is ListingState.PENDING
    assert looks(kiosk) == []
    assert not any("撤回（" in text for text in kiosk.texts())


def test_review_when_returned_by_mistake_is_undone_from_the_queue(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = pending(station.here)[0]
    kiosk = _review(start_real, lying)
    _open(kiosk, one)
    kiosk.tap("退回，请他改")
    kiosk.tap("请带证照来驿站核实")
    kiosk.tap("写好了")
    kiosk.wait_page("review")
    kiosk.tap("撤回（")
    kiosk.wait_text("撤回了，重新等审核")
    assert _state(station, one) is ListingState.PENDING


@pytest.mark.long
def test_review_when_the_minute_is_over_offers_no_way_back(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, lying)
    _open(kiosk, one)
    kiosk.tap("通过，上大屏")
    kiosk.wait_text("撤回（")
    kiosk.wait(lambda seen: not any("撤回（" in thing["text"] for thing in seen["things"]), "no way back", timeout_s=75)
    assert _public(station, one)
    assert looks(kiosk) == []


def test_review_when_there_are_a_history_and_a_copy_shows_both(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    phone = "19900009901"
    first = _clean(station, contact_phone=phone)
    decide(station.here, _session(station, CLERK), first.id, 1, Verdict.APPROVE)
    second = _clean(station, contact_phone=phone, headcount=first.headcount + 1)
    _only(station, _of(station, second))
    kiosk = _review(start_real, screen)
    _open(kiosk, _of(station, second))
    kiosk.reach("用工方")
    kiosk.wait_text("以前登过 1 条：通过 1，退回 0，没通过 0。")
    kiosk.reach("可能重复")
    assert {"电话", "单位", "活", "地方"} <= set(kiosk.wait_text("一样的：")["text"].removeprefix("一样的：").split("、"))
    assert looks(kiosk) == []


def test_review_when_edited_waits_anew_while_the_approved_one_stays(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.reach("改一改")
    kiosk.tap("改一改")
    kiosk.wait_page("post_check")
    kiosk.wait_text(f"代填：{HEAD}")
    kiosk.wait_text("看一遍")
    kiosk.reach("要几个人")
    kiosk.tap("要几个人")
    kiosk.wait_page("post_people")
    kiosk.tap("10 个人")
    kiosk.wait_page("post_check")
    kiosk.tap("写好了，交审核")
    kiosk.wait_page("review")
    kiosk.wait_text("改好了，重新等审核")
    kiosk.wait_text(HEAD)
    with station.here.store.read() as u:
        edited = u.need(Listing, one.listing.id)
    assert (edited.revision, edited.headcount, edited.collected_how) == (one.listing.revision + 1, 10, Collected.STAFF)
    assert edited.collected_by == _session(station, HEAD).staff_id
    assert _state(station, one) is ListingState.PENDING


def test_review_when_editing_is_left_changes_nothing_and_one_is_still_signed_in(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, lying)
    _open(kiosk, one)
    kiosk.tap("改一改")
    kiosk.wait_page("post_check")
    kiosk.tap("返回")
    kiosk.wait_page("review")
    kiosk.wait_text(f"{HEAD}（站长）")
    assert not any("代填" in text for text in kiosk.texts())
    kiosk.tap("改一改")
    kiosk.wait_page("post_check")
    kiosk.tap("首页")
    kiosk.wait_page("today")
    with station.here.store.read() as u:
        assert u.need(Listing, one.listing.id).revision == one.listing.revision


def _own(station: RealStation) -> Pending:
    one = _first(station, None).listing
    form = PostingForm(**{name: getattr(one, name) for name in PostingForm.__dataclass_fields__})
    return _of(station, post(station.here, replace(form, title="我收的活"), Collected.PHONE_CALL, _session(station, HEAD).staff_id).listing)


def test_review_when_it_is_ones_own_says_so_and_is_refused_beside_a_colleague(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    own = _own(station)
    _only(station, own)
    kiosk = _review(start_real, screen)
    _open(kiosk, own)
    kiosk.wait_text("您自己收集的")
    assert looks(kiosk) == []
    kiosk.wait_text("请同事审核")
    assert not _enabled(kiosk.view(), "请同事审核")
    assert not _public(station, own)


def test_review_when_one_is_alone_approves_his_own_and_the_county_will_see_it(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    own = _own(station)
    _only(station, own)
    with station.here.store.write() as u:
        for person in u.list(Staff):
            if person.name == CLERK:
                u.put(replace(person, active=False))
    kiosk = _review(start_real, screen)
    _open(kiosk, own)
    assert "县里看得到" in kiosk.wait_text("县里看得到")["text"]
    assert looks(kiosk) == []
    kiosk.tap("通过，上大屏")
    kiosk.wait_text("通过了，已经上大屏")
    assert _public(station, own)
    assert [r.own_collection for r in _reviews(station, own.listing)] == [True]


def test_review_when_the_employer_is_held_says_why_it_cannot_be_approved(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    listing = _clean(station, contact_phone="19900009902")
    assert listing.employer_id is not None
    _only(station, _of(station, listing))
    employers.hold(station.here, _session(station, CLERK), listing.employer_id, "欠薪，还没结清")
    kiosk = _review(start_real, screen)
    _open(kiosk, _of(station, listing))
    kiosk.reach("用工方")
    kiosk.wait_text("这家停着，不能通过。")
    kiosk.tap("通过，上大屏")
    kiosk.wait_text("停着，不能通过。要先在“用工方”里恢复。")
    assert looks(kiosk) == []
    kiosk.tap("知道了")
    assert _state(station, _of(station, listing)) is ListingState.PENDING
