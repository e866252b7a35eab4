"""A visitor says that a listing is not true: once a visit, offline, to staff, the listing's own station and the county."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.case import Case, CaseState
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.report import WORDS_MAX, Report, ReportReason
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.services import cases
from kiosk.services.cases import Effect
from kiosk.services.reports import report
from kiosk.services.rules import say
from kiosk.services.today import Need, Urgency, today
from tests.flows.test_refer import an_employer, public_listing
from tests.station import STATION, TestStation, make_station

FEE, WORK = ReportReason.FEE, ReportReason.WORK
ELSEWHERE = replace(STATION, id="00000000-0000-7000-8000-000000000002", name="曾店站", short="ZD", phone=Phone("07124000002"))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def told(station: TestStation, listing: Listing, reason: ReportReason = FEE, words: str = "", visit: str = "") -> str:
    """Say it in a visit of its own, or in the one whose id is given; give that id."""
    visit = visit or new_id(station.clock())
    report(station.here, visit, listing.id, reason, words)
    station.clock.tick(seconds=1)
    return visit


def the_reports(station: TestStation) -> cases.CaseFacts:
    (facts,) = [f for f in cases.live_cases(station.here) if f.reports]
    return facts


def test_report_when_one_visit_says_it_twice_counts_once(station: TestStation) -> None:
    listing = public_listing(station)
    visit = told(station, listing)
    again = report(station.here, visit, listing.id, WORK, "")
    assert (again.already, again.elsewhere) == (True, "")
    with station.store.read() as u:
        (made,) = u.list(Report)
        assert "report" in {change.entity for change in u.outgoing(20)}
    assert (made.reason, made.station_id, made.words) == (FEE, STATION.id, "")


def test_report_when_several_visits_say_it_stands_as_one_on_the_pages_of_staff(station: TestStation) -> None:
    listing = public_listing(station)
    told(station, listing, words="要交 200 元服装费")
    told(station, listing)
    told(station, listing, WORK)
    facts = the_reports(station)
    assert (facts.case.text, len(facts.reports), facts.state) == ("要先交钱 2 次，活不对 1 次\n“要交 200 元服装费”", 3, CaseState.OPEN)
    (item,) = [i for i in today(station.here) if i.need is Need.CASE]
    assert (item.count, item.urgency, item.page) == (1, Urgency.NOW, "cases")
    assert item.detail is not None
    assert say(item.detail) == "有人说“装卸工”不真实"


def test_report_when_nobody_has_looked_holds_nothing(station: TestStation) -> None:
    listing = public_listing(station)
    for _ in range(5):
        told(station, listing)
    with station.store.read() as u:
        assert u.published(listing.id) is not None


def test_report_when_staff_confirm_it_takes_the_listing_down_and_leaves_one_case(station: TestStation) -> None:
    listing = public_listing(station)
    told(station, listing)
    told(station, listing)
    facts = the_reports(station)
    assert cases.step(station.here, station.head, facts.case.id, CaseState.CONFIRMED, "去过现场，属实") is Effect.TAKEN_DOWN
    (live,) = cases.live_cases(station.here)
    assert (live.state, live.reports, live.case.by_name) == (CaseState.CONFIRMED, (), "李芳")
    with station.store.read() as u:
        assert (u.count(Case), u.count(Takedown), u.published(listing.id)) == (1, 1, None)
    with pytest.raises(NotFound):
        cases.step(station.here, station.head, facts.case.id, CaseState.SETTLED, "再点一次")


def test_report_when_the_employer_has_a_file_holds_him_with_the_confirmation(station: TestStation) -> None:
    listing = public_listing(station, employer_id=an_employer(station).id)
    told(station, listing)
    assert cases.step(station.here, station.head, the_reports(station).case.id, CaseState.CONFIRMED, "属实") is Effect.HELD


def test_report_when_staff_dismiss_it_and_somebody_says_it_again_stands_there_again(station: TestStation) -> None:
    listing = public_listing(station)
    told(station, listing)
    cases.step(station.here, station.head, the_reports(station).case.id, CaseState.DISMISSED, "查不到这件事")
    assert cases.live_cases(station.here) == ()
    told(station, listing, WORK)
    assert the_reports(station).case.text == "活不对"


def test_report_when_a_step_is_not_allowed_leaves_it_unread(station: TestStation) -> None:
    told(station, public_listing(station))
    with pytest.raises(BadInput):
        cases.step(station.here, station.head, the_reports(station).case.id, CaseState.CONFIRMED, " ")
    with pytest.raises(WrongState):
        cases.step(station.here, station.head, the_reports(station).case.id, CaseState.OPEN, "不能")
    assert len(the_reports(station).reports) == 1


def test_report_when_the_listing_is_anothers_says_whose_and_leaves_the_hold_to_the_county(station: TestStation) -> None:
    with station.store.write() as u:
        u.put(ELSEWHERE)
    listing = public_listing(station, station_id=ELSEWHERE.id)
    answer = report(station.here, new_id(station.clock()), listing.id, FEE, "")
    assert (answer.already, answer.elsewhere) == (False, "曾店站")
    facts = the_reports(station)
    assert facts.owner == ELSEWHERE
    assert cases.step(station.here, station.head, facts.case.id, CaseState.CONFIRMED, "属实") is Effect.ELSEWHERE


@pytest.mark.parametrize("words", ["打 19900001234 就知道", "电话 1990-000-1234", "长" * (WORDS_MAX + 1)])
def test_report_when_the_words_are_long_or_hold_a_phone_costs_nothing(station: TestStation, words: str) -> None:
    listing = public_listing(station)
    with pytest.raises(BadInput) as refused:
        report(station.here, new_id(station.clock()), listing.id, FEE, words)
    assert refused.value.field == "words"
    with station.store.read() as u:
        assert u.count(Report) == 0


def test_report_when_the_listing_has_gone_says_so(station: TestStation) -> None:
    with pytest.raises(NotFound):
        report(station.here, new_id(station.clock()), new_id(station.clock()), FEE, "")
