"""An employer posts at the terminal: the whole way in every form, what is missing, what is wrong and mended, and the second tap."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import ContactScope, Listing, Review
from kiosk.domain.print_job import PrintJob
from kiosk.domain.slip import SlipKind
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import (
    RealStation,
    StartReal,
    enlarge,
    key_in,
    looks,
    no_way_on,
    sample_state,
    start_real,
    station,
)
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "start_real", "station"]

PHONE = "19900005678"
NEXT = t("post.next")


def tap(kiosk: Kiosk, *texts: str) -> None:
    for text in texts:
        kiosk.wait_page(kiosk.view()["page"])
        kiosk.reach(text)
        kiosk.tap(text)


def on(kiosk: Kiosk, page: str, text: str, wrong: dict[str, Any]) -> None:
    """Wait for a page and look at it."""
    kiosk.wait(lambda seen: seen.get("page") == page and any(text in thing["text"] for thing in seen["things"]), f"{page} {text}")
    if found := looks(kiosk):
        wrong[f"{page} {text}"] = found


def refused(kiosk: Kiosk, digits: str, title: str) -> None:
    """Key a number in anew and press on: the page stays and a sentence says what is wrong."""
    page = kiosk.view()["page"]
    if not no_way_on(kiosk.view()):
        kiosk.tap(t("pad.clear"))
        kiosk.wait(no_way_on, "no way on")
    key_in(kiosk, digits)
    kiosk.tap(NEXT)
    kiosk.wait_text(title)
    assert looks(kiosk) == []
    kiosk.tap(t("problem.ok"))
    assert kiosk.view()["page"] == page


def to_check(kiosk: Kiosk, wrong: dict[str, Any]) -> None:
    """Post as a contractor does who needs three people tomorrow at seven: every page is looked at."""
    kiosk.tap(t("home.post.title"))
    on(kiosk, "post", t("post.before"), wrong)
    tap(kiosk, "搬运装卸")
    on(kiosk, "post_people", t("post.other_number"), wrong)
    kiosk.tap(t("post.people", count=3))
    kiosk.wait_page("post_days")
    tap(kiosk, t("post.length", count=1))
    on(kiosk, "post_days", t("post.until", day=""), wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_hours", "7:00", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_area", t("post.area"), wrong)
    tap(kiosk, "义堂镇")
    kiosk.wait_page("post_pay")
    key_in(kiosk, "260")
    on(kiosk, "post_pay", t("post.amount", yuan="260", unit="元/天"), wrong)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_terms")
    tap(kiosk, "日结", "管一餐")
    on(kiosk, "post_terms", "日结", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_text", "卸瓷砖", wrong)
    kiosk.tap("卸瓷砖")
    on(kiosk, "post_text", "汉十物流园", wrong)
    kiosk.tap("汉十物流园")
    on(kiosk, "post_text", "能吃苦", wrong)
    tap(kiosk, "能吃苦", "有力气")
    kiosk.tap(NEXT)
    on(kiosk, "post_text", t("post.hint.contact_name"), wrong)
    kiosk.write_words("王秀兰")
    kiosk.wait(lambda seen: any(thing["text"] == "王秀兰" and (thing["button"] or {}).get("chosen") for thing in seen["things"]), "王秀兰")
    kiosk.tap(NEXT)
    on(kiosk, "post_text", t("post.hint.employer_name"), wrong)
    kiosk.tap("王秀兰")
    kiosk.wait_page("post_phone")
    key_in(kiosk, PHONE)
    on(kiosk, "post_phone", "199 0000 5678", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_scope", t("post.scope.head"), wrong)
    kiosk.tap(t("post.scope.all_stations.title"))
    on(kiosk, "post_check", t("post.check"), wrong)


def posted(station: RealStation) -> list[Listing]:
    with station.here.store.read() as u:
        return [listing for listing in u.list(Listing) if listing.contact_phone == PHONE]


def hand_in(kiosk: Kiosk) -> None:
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")


@pytest.fixture
def drafted(start_real: StartReal, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Kiosk]:
    """Give a function that starts where all has been entered: drafted(screen, pay_fen=5000)."""

    def begin(screen: Screen, **changes: Any) -> Kiosk:
        monkeypatch.setenv("PLAY_POSTING", json.dumps({"contact_phone": PHONE} | changes))
        kiosk = start_real(screen, "post_check")
        kiosk.wait_page("post_check")
        return kiosk

    return begin


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("form", ["lying", "upright"])
def test_post_when_walked_through_is_whole_on_every_page_and_waits_for_review(
    start_real: StartReal, station: RealStation, form: str, large: bool, request: pytest.FixtureRequest
) -> None:
    screen: Screen = request.getfixturevalue(form)
    kiosk = start_real(screen)
    kiosk.wait_page("home")
    if large:
        enlarge(kiosk)
    wrong: dict[str, Any] = {}
    to_check(kiosk, wrong)
    kiosk.wait_text(t("post.hand_in"))
    at = kiosk.place(t("post.hand_in"))
    for _ in range(3):
        screen.tap(at, hold_s=0.02)
    on(kiosk, "posted", t("post.done"), wrong)
    assert wrong == {}
    (listing,) = posted(station)
    assert (listing.trade, listing.title, listing.headcount, listing.pay_fen, listing.pay_unit) == (
        Trade.LOADING,
        "卸瓷砖",
        3,
        26000,
        PayUnit.DAY,
    )
    assert (listing.settlement, listing.contact_scope, listing.place) == (Settlement.DAILY, ContactScope.ALL_STATIONS, "汉十物流园")
    assert (listing.requirements, listing.employer_name, listing.contact_name) == ("能吃苦，有力气", "王秀兰", "王秀兰")
    assert listing.starts_on == listing.ends_on == station.here.today() + timedelta(days=1)
    with station.here.store.read() as u:
        assert u.list(Review, listing_id=listing.id) == []
        assert u.published(listing.id) is None
        assert [job.slip.kind for job in u.list(PrintJob)] == [SlipKind.POSTING]


def test_post_when_something_is_missing_or_impossible_says_so_there_and_keeps_the_rest(
    drafted: Callable[..., Kiosk], station: RealStation, lying: Screen
) -> None:
    kiosk = drafted(lying, place="东方大兴")
    kiosk.tap(t("rule.field.contact_phone"))
    kiosk.wait_page("post_phone")
    kiosk.tap(t("pad.delete"))
    kiosk.wait_text(t("phone.wanted", missing=1))
    assert looks(kiosk) == []
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("post_check")
    kiosk.wait_text(t("post.blocked"))
    assert looks(kiosk) == []
    kiosk.tap(t("post.mend", field=t("rule.field.contact_phone")))
    kiosk.wait_page("post_phone")
    kiosk.wait_text(t("rule.contact_phone.say"))
    kiosk.tap(t("problem.ok"))
    kiosk.tap(t("pad.clear"))
    kiosk.wait(no_way_on, "no way on")
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("post_check")
    kiosk.tap(t("post.fill", field=t("rule.field.contact_phone")))
    kiosk.wait_page("post_phone")
    key_in(kiosk, PHONE)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    kiosk.tap(t("rule.field.headcount"))
    kiosk.wait_page("post_people")
    kiosk.tap(t("post.other_number"))
    refused(kiosk, "0", t("rule.headcount.title"))
    refused(kiosk, "999", t("rule.headcount.title"))
    kiosk.tap(t("dock.back"))
    tap(kiosk, t("post.people", count=5))
    kiosk.wait_page("post_check")
    kiosk.tap(t("rule.field.pay_fen"))
    kiosk.wait_page("post_pay")
    refused(kiosk, "0", t("rule.pay_zero.title"))
    refused(kiosk, "100000", t("rule.pay_absurd.title"))
    kiosk.wait_text("100000 元/天")
    assert posted(station) == []
    kiosk.tap(t("pad.clear"))
    key_in(kiosk, "280")
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    hand_in(kiosk)
    assert [(one.headcount, one.pay_fen, one.place, one.contact_name) for one in posted(station)] == [(5, 28000, "东方大兴", "周建国")]


@pytest.mark.parametrize("form", ["lying", "upright"])
def test_post_when_the_rules_find_something_mends_it_by_one_tap_or_there_and_keeps_the_rest(
    drafted: Callable[..., Kiosk], station: RealStation, form: str, request: pytest.FixtureRequest
) -> None:
    kiosk = drafted(request.getfixturevalue(form), pay_fen=5000, requirements="能吃苦、限男性，押金 200 元，自带工具")
    kiosk.wait_text(t("post.held"))
    pay = t("post.amount", yuan="180", unit="元/天")
    for words, done in (
        (t("post.make", value=pay), pay),
        (t("post.strike", words="限男性"), t("post.strike", words="限男性")),
        (t("post.strike", words="押金 200 元"), t("post.strike", words="押金 200 元")),
    ):
        kiosk.reach(words)
        kiosk.tap(words)
        kiosk.wait_text(t("post.mended", what=done))
    hand_in(kiosk)
    assert [(one.pay_fen, one.requirements, one.headcount) for one in posted(station)] == [(18000, "能吃苦、自带工具", 3)]


def test_post_when_a_finding_is_to_be_mended_by_hand_leads_to_its_step_and_back(drafted: Callable[..., Kiosk], lying: Screen) -> None:
    kiosk = drafted(lying, requirements="限男性")
    kiosk.wait_text(t("post.held"))
    kiosk.tap(t("post.myself"))
    kiosk.wait_page("post_text")
    kiosk.wait_text(t("post.text.requirements"))
    tap(kiosk, t("pad.clear"), "能吃苦")
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    kiosk.wait_text(t("post.fine"))
    assert "限男性" not in "".join(kiosk.texts())


def test_post_when_the_last_day_passes_meanwhile_says_so_and_posts_nothing(
    drafted: Callable[..., Kiosk], station: RealStation, lying: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = tmp_path / "days"
    ahead.write_text("0")
    monkeypatch.setenv("PLAY_DAYS", str(ahead))
    kiosk = drafted(lying, days_off=0)
    kiosk.wait_text(t("post.fine"))
    ahead.write_text("1")
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("post_days")
    kiosk.wait_text(t("problem.title"))
    assert looks(kiosk) == []
    assert posted(station) == []
    kiosk.tap(t("problem.ok"))
    kiosk.wait(no_way_on, "no way on")
    tap(kiosk, "明天")
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    hand_in(kiosk)
    (listing,) = posted(station)
    assert listing.starts_on == listing.ends_on


def test_post_when_the_next_person_comes_shows_nothing_of_before(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    kiosk.tap(t("home.post.title"))
    tap(kiosk, "搬运装卸")
    kiosk.wait_page("post_people")
    kiosk.tap(t("dock.change"))
    kiosk.wait_page("home")
    kiosk.tap(t("home.post.title"))
    kiosk.wait_page("post")
    assert not [thing for thing in kiosk.view()["things"] if thing["kind"] == "button" and thing["chosen"]]
