"""An employer posts at the terminal: the whole way in every form, what is missing, what is wrong, and the second tap."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import ContactScope, Listing, Review
from kiosk.domain.print_job import PrintJob
from kiosk.domain.slip import SlipKind
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, key_in, looks, no_way_on, sample_state, start_real, station
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


def write(kiosk: Kiosk, words: str) -> None:
    kiosk.write_words(words)
    kiosk.wait(lambda seen: any(thing["text"] == words and (thing["button"] or {}).get("chosen") for thing in seen["things"]), words)
    kiosk.tap(NEXT)


def refused(kiosk: Kiosk, digits: str, title: str) -> None:
    """Key a number in anew and press on: the page stays and a sentence says what is wrong."""
    page = kiosk.view()["page"]
    kiosk.tap(t("pad.clear"))
    kiosk.wait(no_way_on, "no way on")
    key_in(kiosk, digits)
    kiosk.tap(NEXT)
    kiosk.wait_text(title)
    assert looks(kiosk) == []
    kiosk.tap(t("problem.ok"))
    assert kiosk.view()["page"] == page


def to_check(kiosk: Kiosk, wrong: dict[str, Any], pay: str = "260", start: str = "明天", days: int = 3) -> None:
    kiosk.tap(t("home.post.title"))
    on(kiosk, "post", t("post.trade"), wrong)
    tap(kiosk, "搬运装卸")
    kiosk.wait_page("post_people")
    kiosk.tap("3")
    on(kiosk, "post_people", t("post.people", count=3), wrong)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_days")
    tap(kiosk, start, t("post.length", count=days))
    on(kiosk, "post_days", t("post.until", day=""), wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_hours", "7:00", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_area", t("post.area"), wrong)
    tap(kiosk, "义堂镇")
    kiosk.wait_page("post_pay")
    key_in(kiosk, pay)
    on(kiosk, "post_pay", t("post.amount", yuan=pay, unit="元/天"), wrong)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_terms")
    tap(kiosk, "日结", "管一餐")
    on(kiosk, "post_terms", "日结", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_text", "搬运装卸", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_text", t("post.hint.place"), wrong)
    write(kiosk, "东方大兴")
    kiosk.wait_text(t("post.ready.requirements.1"))
    tap(kiosk, t("post.ready.requirements.1"))
    on(kiosk, "post_text", t("post.ready.requirements.1"), wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_text", t("post.hint.employer_name"), wrong)
    write(kiosk, "华兴")
    on(kiosk, "post_text", t("post.hint.contact_name"), wrong)
    write(kiosk, "王秀兰")
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
        "搬运装卸",
        3,
        26000,
        PayUnit.DAY,
    )
    assert (listing.settlement, listing.contact_scope, listing.place) == (Settlement.DAILY, ContactScope.ALL_STATIONS, "东方大兴")
    assert (listing.ends_on - listing.starts_on).days == 2
    with station.here.store.read() as u:
        assert u.list(Review, listing_id=listing.id) == []
        assert u.published(listing.id) is None
        assert [job.slip.kind for job in u.list(PrintJob)] == [SlipKind.POSTING]


def test_post_when_something_is_missing_goes_there_and_keeps_the_rest(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    to_check(kiosk, {})
    kiosk.tap(t("rule.field.contact_phone"))
    kiosk.wait_page("post_phone")
    kiosk.tap(t("pad.clear"))
    kiosk.wait(no_way_on, "no way on")
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("post_check")
    kiosk.tap(t("post.fill", field=t("rule.field.contact_phone")))
    kiosk.wait_page("post_phone")
    key_in(kiosk, PHONE)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    shown = kiosk.texts()
    assert {"3 个人", "260 元/天", "王秀兰", "199 0000 5678"} <= set(shown)
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")
    assert len(posted(station)) == 1


def test_post_when_a_number_is_impossible_says_why_there_and_keeps_the_rest(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    to_check(kiosk, {})
    kiosk.tap(t("rule.field.headcount"))
    kiosk.wait_page("post_people")
    refused(kiosk, "0", t("rule.headcount.title"))
    refused(kiosk, "999", t("rule.headcount.title"))
    kiosk.tap(t("pad.clear"))
    kiosk.tap("5")
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    kiosk.tap(t("rule.field.pay_fen"))
    kiosk.wait_page("post_pay")
    refused(kiosk, "0", t("rule.pay_zero.title"))
    refused(kiosk, "99999", t("rule.pay_absurd.title"))
    kiosk.wait_text("99999 元/天")
    assert posted(station) == []
    kiosk.tap(t("pad.clear"))
    key_in(kiosk, "280")
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")
    assert [(one.headcount, one.pay_fen, one.place) for one in posted(station)] == [(5, 28000, "东方大兴")]


def test_post_when_something_impossible_was_left_behind_leads_there_and_posts_nothing(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    to_check(kiosk, {})
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
    assert posted(station) == []
    kiosk.tap(PHONE[-1])
    kiosk.tap(NEXT)
    kiosk.wait_text(t("post.hand_in"))


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("form", ["lying", "upright"])
def test_post_when_the_pay_is_below_the_least_explains_it_and_leads_there(
    start_real: StartReal, form: str, large: bool, request: pytest.FixtureRequest
) -> None:
    kiosk = start_real(request.getfixturevalue(form))
    kiosk.wait_page("home")
    if large:
        enlarge(kiosk)
    to_check(kiosk, {}, pay="50")
    kiosk.wait_text(t("post.held"))
    assert looks(kiosk) == []
    kiosk.tap(t("rule.wage_low.title"))
    kiosk.wait_page("post_pay")
    kiosk.wait_text("50 元/天")


def test_post_when_the_last_day_passes_meanwhile_says_so_and_posts_nothing(
    start_real: StartReal, station: RealStation, lying: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = tmp_path / "days"
    ahead.write_text("0")
    monkeypatch.setenv("PLAY_DAYS", str(ahead))
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    to_check(kiosk, {}, start="今天", days=1)
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
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")
    (listing,) = posted(station)
    assert listing.starts_on == listing.ends_on
    assert (listing.headcount, listing.place) == (3, "东方大兴")


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
