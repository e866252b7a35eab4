"""Filling in for somebody: an employer on the telephone within a minute, one who called before in two taps, a worker who cannot."""

import time
from datetime import timedelta

import pytest

from kiosk.domain.employer import Employer
from kiosk.domain.listing import Collected, ContactScope, Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.worker import Worker
from kiosk.screens.staff.quick_listing import FIELDS
from kiosk.services.publish import pending
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, looks, sample_state, start_real, station
from tests.screens.test_staff import HEAD, _session, _sign_in, screen
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "screen", "start_real", "station"]

STRANGER = "19900008801"
MINUTE_S = 60


def behalf(start_real: StartReal, screen: Screen, way: str) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap(t("section.behalf"))
    kiosk.wait_page("behalf")
    kiosk.tap(t(f"behalf.{way}"))
    return kiosk


def newest(station: RealStation, phone: str) -> Listing:
    with station.here.store.read() as u:
        return max(u.list(Listing, contact_phone=phone), key=lambda one: one.collected_at)


class Hand:
    """Counts the taps and the time of one entry."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk, self.taps, self.began = kiosk, 0, time.monotonic()

    def tap(self, *texts: str) -> None:
        for text in texts:
            self.kiosk.tap(text)
            self.taps += 1

    def opens(self, field: str) -> None:
        """Wait until the question stands open by itself."""
        name = t(f"quick.{field}")
        self.kiosk.wait(
            lambda seen: any(x["text"] == name and x["button"] and x["button"].get("chosen") for x in seen["things"]), f"{field} open"
        )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def test_behalf_when_opened_is_whole(start_real: StartReal, screen: Screen) -> None:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap(t("section.behalf"))
    kiosk.wait_page("behalf")
    kiosk.wait_text(t("behalf.phone"))


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_telephone_when_every_question_is_opened_is_whole(start_real: StartReal, screen: Screen, large: bool) -> None:
    kiosk = behalf(start_real, screen, "phone")
    kiosk.wait_page("quick_listing")
    if large:
        enlarge(kiosk)
    wrong = {}
    for field in FIELDS:
        name = t(f"quick.{field}")
        while not any(x["text"] == name and x["rect"][3] - x["rect"][1] > 20 for x in kiosk.view()["things"]):
            left, top = (300, 620) if screen.width > screen.height else (400, 560)
            screen.drag((left, top), (left, top - 220))
            time.sleep(0.2)
        kiosk.tap(name)
        time.sleep(0.5)
        if found := looks(kiosk):
            wrong[field] = found
    assert wrong == {}


def test_telephone_when_a_stranger_calls_is_in_within_a_minute(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = behalf(start_real, screen, "phone")
    kiosk.wait_page("quick_listing")
    hand = Hand(kiosk)
    hand.tap(*STRANGER)
    hand.opens("name")
    kiosk.write_words("华兴")
    kiosk.wait(lambda seen: any(x["text"] == "华兴" and (x["button"] or {}).get("chosen") for x in seen["things"]), "华兴")
    hand.tap(t("quick.next"))
    hand.tap("搬运装卸")
    hand.opens("people")
    hand.tap("3")
    hand.opens("pay")
    hand.tap(*"260", t("quick.next"))
    hand.tap(t("quick.ready_place.4"))
    hand.opens("requirements")
    hand.tap(t("post.ready.requirements.1"), t("quick.hand_in"))
    kiosk.wait_text(t("quick.done", title="搬运装卸", count=3))
    print(f"a stranger: {hand.taps} taps, {hand.seconds:.0f} s")
    assert hand.seconds < MINUTE_S
    assert hand.taps <= 22
    assert looks(kiosk) == []
    listing = newest(station, STRANGER)
    assert (listing.collected_how, listing.collected_by) == (Collected.PHONE_CALL, _session(station, HEAD).staff_id)
    assert (listing.title, listing.headcount, listing.pay_fen, listing.place, listing.requirements) == (
        "搬运装卸",
        3,
        26000,
        "工地上",
        "能吃苦",
    )
    assert (listing.employer_name, listing.contact_scope, listing.area) == ("华兴", ContactScope.OWN_STATION, "420923101")
    assert listing.starts_on == listing.ends_on == station.here.today() + timedelta(days=1)
    assert listing.id in [p.listing.id for p in pending(station.here)]
    with station.here.store.read() as u:
        assert u.count(PrintJob) == 0, "who calls takes no slip"
        assert u.need(Employer, str(listing.employer_id)).phone == STRANGER


def test_telephone_when_one_calls_again_takes_two_taps_after_his_number(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    phone = "19900001001"
    last = newest(station, phone)
    kiosk = behalf(start_real, screen, "phone")
    kiosk.wait_page("quick_listing")
    for digit in phone[-4:]:
        kiosk.tap(digit)
    kiosk.wait_text(t("quick.last", title=last.title, count=last.headcount, pay="")[:4])
    hand = Hand(kiosk)
    hand.tap(last.employer_name)
    hand.tap(t("quick.hand_in"))
    kiosk.wait_text(t("quick.done", title=last.title, count=last.headcount))
    assert hand.taps == 2
    again = newest(station, phone)
    assert again.id != last.id
    assert (again.title, again.pay_fen, again.place, again.contact_name) == (last.title, last.pay_fen, last.place, last.contact_name)
    assert again.starts_on == station.here.today() + timedelta(days=1)
    assert again.ends_on - again.starts_on == last.ends_on - last.starts_on
    assert again.employer_id == last.employer_id


def test_telephone_when_something_is_wrong_says_so_there_and_keeps_the_rest(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    phone = "19900001001"
    last = newest(station, phone)
    kiosk = behalf(start_real, lying, "phone")
    kiosk.wait_page("quick_listing")
    for digit in phone:
        kiosk.tap(digit)
    kiosk.tap(last.employer_name)
    kiosk.tap(t("quick.pay"))
    kiosk.tap(t("pad.clear"))
    kiosk.tap("0")
    kiosk.tap(t("quick.hand_in"))
    kiosk.wait_text(t("rule.pay_zero.say"))
    assert looks(kiosk) == []
    kiosk.tap(t("problem.ok"))
    kiosk.tap(t("pad.clear"))
    for digit in "270":
        kiosk.tap(digit)
    enlarge(kiosk)
    kiosk.wait_text("270 元/天")
    kiosk.tap(t("quick.hand_in"))
    kiosk.wait_text(t("quick.done", title=last.title, count=last.headcount))
    assert newest(station, phone).pay_fen == 27000


def test_registration_when_staff_fill_it_in_wants_it_read_out_and_says_so(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    kiosk = behalf(start_real, screen, "worker")
    kiosk.wait_page("consent")
    kiosk.wait_text(t("header.behalf", name=HEAD))
    kiosk.wait_text(t("behalf.agreed"))
    adult = t("age_band.18_59")
    assert adult not in kiosk.texts(), "not before it was read out"
    kiosk.tap(t("behalf.agreed"))
    kiosk.wait_text(adult)
    assert looks(kiosk) == []
    kiosk.tap(adult)
    kiosk.wait_page("name")
    kiosk.wait_text(t("header.behalf", name=HEAD))
    kiosk.wait_text(t("text.how_button"))
    assert t("text.help") not in kiosk.texts(), "it would sign the helper out"
    kiosk.write_words("王秀兰")
    kiosk.wait(lambda seen: any(x["text"] == "王秀兰" and (x["button"] or {}).get("chosen") for x in seen["things"]), "王秀兰")
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    for digit in STRANGER:
        kiosk.tap(digit)
    kiosk.tap(t("register.next"))
    kiosk.wait_page("trades")
    kiosk.tap("搬运装卸")
    kiosk.tap(t("trades.next", count=1))
    kiosk.wait_page("pay")
    kiosk.tap(t("pay.open_short" if screen.height > screen.width else "pay.open"))
    kiosk.tap(t("pay.finish"))
    kiosk.wait_page("done")
    with station.here.store.read() as u:
        (worker,) = u.list(Worker, phone=STRANGER)
    assert (worker.name, worker.by_staff) == ("王秀兰", True)
    kiosk.tap(t("dock.change"))
    kiosk.wait_page("today")
    kiosk.wait_text(f"{HEAD}（站长）")
    assert not any("王秀兰" in text for text in kiosk.texts())


def test_registration_when_staff_sign_out_midway_leaves_nothing(start_real: StartReal, lying: Screen) -> None:
    kiosk = behalf(start_real, lying, "worker")
    kiosk.wait_page("consent")
    kiosk.tap(t("dock.leave_staff"))
    kiosk.wait_page("home")
    kiosk.tap("我要登记")
    kiosk.wait_page("consent")
    assert not any("代填" in text or HEAD in text for text in kiosk.texts())
    assert t("behalf.agreed") not in kiosk.texts()


def test_posting_when_staff_fill_it_in_opens_the_same_pages(start_real: StartReal, lying: Screen) -> None:
    kiosk = behalf(start_real, lying, "employer")
    kiosk.wait_page("post")
    kiosk.wait_text(t("header.behalf", name=HEAD))
    kiosk.tap("搬运装卸")
    kiosk.wait_page("post_people")
    kiosk.tap("首页")
    kiosk.wait_page("today")
