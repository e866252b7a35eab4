"""Whom another station recommended to a listing of ours, by touch: found under the listing, asked about, and the answer written down."""

from dataclasses import replace
from datetime import timedelta

from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep, in_order
from kiosk.domain.station import Station
from kiosk.services.standing import standing
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, looks, sample_state, start_real, station
from tests.screens.test_refer import _first
from tests.screens.test_staff import HEAD, _sign_in, screen
from tests.station import sent

__all__ = ["sample_state", "screen", "start_real", "station"]


def _two(station: RealStation) -> tuple[str, Referral, Station]:
    """Let another station send two people to the first of our listings: one gave his contact."""
    listing, now = standing(station.here).rows[0].newest, station.here.now()
    with station.here.store.write() as u:
        there = replace(station.here.station(u), id=new_id(now), name="曾店站", phone=Phone("07124000002"))
        u.put(there)
        named = sent(u, there.id, listing.id, now, name="王小兰", phone="19900007788")
        sent(u, there.id, listing.id, now + timedelta(seconds=1))
    return listing.id, named, there


def test_sent_when_found_under_the_listing_is_asked_about_and_answered(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    _, made, there = _two(station)
    number = standing(station.here).rows[0].published.number
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.reach(t("today.follow_up_sent", count=2))
    kiosk.tap(t("section.published"))
    kiosk.wait_page("published")
    kiosk.reach(t("published.number", number=number))
    kiosk.tap(t("published.number", number=number))
    kiosk.wait_text(t("published.sent", count=2))
    assert looks(kiosk) == []
    kiosk.tap(t("published.sent", count=2))
    kiosk.wait_page("follow_up")
    kiosk.wait_text(t("follow_up.agreed", name="王小兰"))
    kiosk.wait_text(t("follow_up.sent_by", station="曾店站"))
    kiosk.wait_text(t("follow_up.worker_phone", phone="199 0000 7788"))
    assert looks(kiosk) == []
    _first(kiosk, t("follow_up.yes_agreed"))
    kiosk.wait_text(t("follow_up.done", name="王小兰", party=t("follow_up.party_employer"), answer=t("follow_up.yes_agreed")))
    with station.here.store.read() as u:
        last = in_order(u.list(ReferralStep, referral_id=made.id))[-1]
    assert (last.state, last.party, last.by_name, last.station_id) == (
        ReferralState.ACCEPTED,
        Party.EMPLOYER,
        HEAD,
        station.here.station_id,
    )
    kiosk.reach(t("follow_up.through_station", station=there.name, phone="0712-4000002"))
    assert looks(kiosk) == []
