"""Whom another station recommended to our listings: asked about beside our own, answered, counted, and shown to nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.case import CaseKind, CaseState
from kiosk.domain.introduction import KEPT, Introduction, is_needed, nobody, telling
from kiosk.domain.listing import Listing
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.referral import Party, Question, Referral, ReferralState
from kiosk.domain.worker import PhoneOf
from kiosk.errors import BadInput, NotAllowed
from kiosk.services import asked_words, browse, cases, follow_up, recommend, roster, standing
from kiosk.services.today import Need, Urgency, today
from tests.flows.test_refer import a_worker, public_listing, recommended
from tests.station import START, STATION, TestStation, make_station, sent

S = ReferralState
THERE = replace(STATION, id="00000000-0000-7000-8000-000000000002", name="曾店站", phone=Phone("07124000002"))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    with station.store.write() as u:
        u.put(THERE)
    yield station
    station.store.close()


def came(station: TestStation, listing: Listing, *states: ReferralState, name: str = "王小兰") -> Referral:
    with station.store.write() as u:
        made = sent(u, THERE.id, listing.id, station.clock(), *states, name=name, phone="19900007788" if name else "")
    station.clock.tick(seconds=10)
    return made


def test_sent_when_due_stands_among_the_questions_and_among_today(station: TestStation) -> None:
    listing = public_listing(station)
    came(station, listing)
    (one,) = follow_up.due(station.here)
    assert (one.question, one.sent_by, one.shows_contact) == (Question.AGREED, THERE, True)
    assert asked_words.title(one) == "王小兰：东家要他吗？"
    assert asked_words.sent(one) == "曾店站推荐来的"
    (item,) = [i for i in today(station.here) if i.need is Need.FOLLOW_UP]
    assert (item.urgency, item.detail and item.detail.values) == (Urgency.NOW, {"count": 1}), "the work begins tomorrow"


def test_sent_when_he_gave_no_contact_leads_to_his_station(station: TestStation) -> None:
    listing = public_listing(station)
    came(station, listing, name="")
    (one,) = follow_up.due(station.here)
    assert asked_words.title(one) == "曾店站的一位工友：东家要他吗？"
    assert asked_words.through(one) == "联系他找曾店站 0712-4000002"
    with station.store.write() as u:
        shared = replace(telling_of(one.referral), phone=STATION.phone, phone_of=PhoneOf.STATION)
        u.put(shared)
    (one,) = follow_up.due(station.here)
    assert asked_words.through(one) == "联系他找曾店站 0712-4000002", "his station's number is on every slip of it"


def telling_of(made: Referral) -> Introduction:
    return replace(nobody(made, START), revision=1, name=PersonName("王小兰"))


def test_sent_when_answered_moves_on_is_asked_again_and_ends(station: TestStation) -> None:
    listing = public_listing(station)
    made = came(station, listing)
    follow_up.step(station.here, station.head, made.id, S.ACCEPTED, Party.EMPLOYER, "电话")
    assert follow_up.due(station.here) == ()
    assert [a.referral.id for a in follow_up.answered(station.here)] == [made.id]
    (one,) = follow_up.sent_here(station.here, listing.id)
    assert asked_words.note(one, station.here.today()) == "东家说：要了 ・ 11月24日再问"
    station.clock.tick(days=1)
    assert [a.question for a in follow_up.due(station.here)] == [Question.CAME]
    follow_up.step(station.here, station.head, made.id, S.ARRIVED, Party.EMPLOYER, "电话")
    station.clock.tick(days=20)
    assert follow_up.due(station.here) == (), "his own station asks him about his pay"
    assert [a.question for a in follow_up.sent_here(station.here)] == [Question.PAID]
    station.clock.tick(days=60)
    assert follow_up.sent_here(station.here) == ()


def test_sent_when_not_paid_is_ours_to_settle_and_opens_a_case_that_does_not_name_him(station: TestStation) -> None:
    listing = public_listing(station)
    made = came(station, listing, S.ACCEPTED, S.ARRIVED, S.UNPAID)
    station.clock.tick(days=1)
    assert [a.question for a in follow_up.due(station.here)] == [Question.PAID]
    stepped = follow_up.step(station.here, station.head, made.id, S.UNPAID, Party.EMPLOYER, "电话")
    assert stepped.case is not None
    (facts,) = cases.live_cases(station.here)
    assert (facts.sent_by, facts.worker and str(facts.worker.name)) == (THERE, "王小兰")
    with pytest.raises(BadInput) as caught:
        cases.step(station.here, station.head, stepped.case.id, CaseState.CONFIRMED, "王小兰说的")
    assert caught.value.key == "bad.case.names"
    assert facts.case.kind is CaseKind.UNPAID


def test_sent_when_counted_takes_a_place_here_and_stands_on_the_roster_of_his_own_station_alone(station: TestStation) -> None:
    listing = public_listing(station, headcount=1)
    came(station, listing)
    (offer,) = recommend.open_listings(station.here)
    assert offer.taken == 1
    with station.store.read() as u:
        assert browse.referred(u, listing.id) == 1
    assert standing.stands(station.here, listing.id).sent == 1
    worker = a_worker(station)
    assert recommended(station, worker, listing).over_headcount
    assert standing.stands(station.here, listing.id).sent == 1
    period = roster.this_year(station.here)
    assert [r.about.referral.worker_id for r in roster.roster(station.here, period).rows] == [worker.id]


def test_step_when_neither_worker_nor_listing_is_ours_is_not_allowed(station: TestStation) -> None:
    listing = public_listing(station, station_id=THERE.id)
    with station.store.write() as u:
        made = sent(u, "00000000-0000-7000-8000-000000000003", listing.id, START)
    with pytest.raises(NotAllowed):
        follow_up.step(station.here, station.head, made.id, S.ACCEPTED, Party.EMPLOYER, "x")
    with pytest.raises(NotAllowed):
        follow_up.unreached(station.here, station.head, made.id)
    assert follow_up.due(station.here) == follow_up.sent_here(station.here) == ()


def test_introduction_when_reckoned_is_needed_until_the_end_of_its_state() -> None:
    day = START.date()
    assert not any(is_needed(state, day, day, day) for state in (S.INTERESTED, S.PAID, S.DECLINED))
    for state, kept in KEPT.items():
        assert is_needed(state, day, day + timedelta(days=5), day + timedelta(days=5) + kept)
        assert not is_needed(state, day, day + timedelta(days=5), day + timedelta(days=6) + kept)


def test_introduction_when_told_the_same_again_keeps_its_revision() -> None:
    made = Referral(id="r", station_id="s", worker_id="w", listing_id="l", contact_consent=True, created_at=START)
    one = telling_of(made)
    assert telling(telling(one, None), None) == telling(one, None)
    assert telling(one, None).revision == 2
