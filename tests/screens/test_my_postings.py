"""An employer comes back with his slip: twice tapped it is posted again; what came back is mended; what is full is taken down."""

from datetime import timedelta

import pytest

from kiosk.domain.listing import Listing, ListingState, Verdict
from kiosk.domain.slip import Code
from kiosk.domain.station import Staff
from kiosk.services import my_postings, printing, publish
from kiosk.services.posting import Posted
from kiosk.services.sign_in import Session
from kiosk.services.tickets import KEY, KEY_ID
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks, sample_state, start_real, station
from tests.screens.xtest import Kiosk
from tests.station import a_posting

__all__ = ["sample_state", "start_real", "station"]

LAST, NEXT = "1234", t("my_posting.next")


def post(station: RealStation, verdict: Verdict, reason: str = "", **changes: object) -> Posted:
    """Post for tomorrow and let the station decide."""
    here = station.here
    first = here.today() + timedelta(days=1)
    posted = publish.post(here, a_posting(starts_on=first, ends_on=first, **changes))
    with here.store.read() as u:
        who = next(one for one in u.list(Staff) if one.active)
    publish.decide(here, Session(who.id, who.name, who.role), posted.listing.id, 1, verdict, reason=reason)
    return posted


def become(station: RealStation, posted: Posted) -> Listing:
    with station.here.store.read() as u:
        return u.need(Listing, posted.listing.id)


def key_number(kiosk: Kiosk, number: str, last: str) -> None:
    key_in(kiosk, number)
    kiosk.tap(NEXT)
    kiosk.wait_text(t("my_posting.last"))
    key_in(kiosk, last)
    kiosk.tap(NEXT)


def test_my_postings_when_one_is_repeated_takes_two_taps(start_real: StartReal, station: RealStation, upright: Screen) -> None:
    before = post(station, Verdict.APPROVE)
    kiosk = start_real(upright)
    kiosk.wait_page("home")
    kiosk.tap(t("home.post.title"))
    kiosk.tap(t("post.before"))
    kiosk.wait_page("my_posting")
    key_number(kiosk, before.number, "9999")
    kiosk.wait_text(t("my_posting.wrong"))
    assert looks(kiosk) == []
    key_number(kiosk, before.number, LAST)
    kiosk.wait_page("my_postings")
    kiosk.tap(t("my_posting.again"))
    kiosk.wait_text(t("my_posting.again_head", day="明天"))
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")
    kiosk.wait_text(f"{before.number[:4]} {before.number[4:]}")
    assert looks(kiosk) == []
    opened = my_postings.open_postings(station.here, before.number, LAST).postings
    assert [one.state for one in opened] == [ListingState.PENDING, ListingState.APPROVED]
    assert opened[0].listing.place == before.listing.place


def test_my_postings_when_the_slip_is_scanned_mends_what_came_back(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    with station.here.store.write() as u:
        u.remember(KEY, "7b" * 32)
        u.remember(KEY_ID, "1")
    before = post(station, Verdict.RETURN, "请把押金去掉", requirements="能吃苦，押金 200 元")
    code = next(block.text for block in printing.job(station.here, before.job_id).slip.blocks if isinstance(block, Code))
    kiosk = start_real(lying, "post")
    kiosk.wait_page("post")
    line = station.state / "run" / "scanner"
    line.write_bytes(b"6901234567892\n")
    kiosk.wait_text(t("my_posting.not_ours"))
    line.write_bytes(f"{code}\n".encode())
    kiosk.wait_text(t("my_posting.last"))
    key_in(kiosk, LAST)
    kiosk.tap(NEXT)
    kiosk.wait_page("my_postings")
    kiosk.wait_text(t("my_posting.state.returned"))
    kiosk.tap(t("my_posting.mend"))
    kiosk.wait_text("请把押金去掉")
    kiosk.wait_text(t("post.change_first"))
    kiosk.reach(t("post.strike", words="押金 200 元"))
    kiosk.tap(t("post.strike", words="押金 200 元"))
    kiosk.wait_text(t("my_posting.change_in"))
    assert looks(kiosk) == []
    kiosk.tap(t("my_posting.change_in"))
    kiosk.wait_page("posted")
    mended = become(station, before)
    assert (mended.revision, mended.requirements, mended.collected_by) == (2, "能吃苦", "employer")


@pytest.mark.parametrize("form", ["lying", "upright"])
def test_my_postings_when_he_has_his_people_asks_once_and_takes_it_down(
    start_real: StartReal, station: RealStation, form: str, request: pytest.FixtureRequest
) -> None:
    before = post(station, Verdict.APPROVE, title="名字很长的一个活名字很长的一个活名字很长")
    kiosk = start_real(request.getfixturevalue(form))
    kiosk.wait_page("home")
    kiosk.tap(t("home.post.title"))
    kiosk.tap(t("post.before"))
    kiosk.wait_page("my_posting")
    kiosk.wait_text(t("my_posting.code"))
    key_number(kiosk, before.number, LAST)
    kiosk.wait_page("my_postings")
    kiosk.reach(t("my_posting.reprint"))
    assert looks(kiosk) == []
    kiosk.tap(t("my_posting.full"))
    kiosk.wait_text(t("my_posting.full_ask"))
    assert looks(kiosk) == []
    kiosk.tap(t("my_posting.full_yes"))
    kiosk.wait_text(t("my_posting.ended"))
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        assert u.published(before.listing.id) is None
    kiosk.tap(t("dock.change"))
    kiosk.wait_page("home")
    assert before.listing.title not in "".join(kiosk.texts())
