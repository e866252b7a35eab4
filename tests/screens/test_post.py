"""An employer posts at the terminal: the whole way in every form, what is missing, what is wrong, and the second tap."""

from typing import Any

import pytest

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import ContactScope, Listing, Review
from kiosk.domain.print_job import PrintJob
from kiosk.domain.slip import SlipKind
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, looks, sample_state, start_real, station
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


def to_check(kiosk: Kiosk, wrong: dict[str, Any], pay: str = "260") -> None:
    kiosk.tap(t("home.post.title"))
    on(kiosk, "post", t("post.trade"), wrong)
    tap(kiosk, "搬运装卸")
    kiosk.wait_text("搬运装卸")
    on(kiosk, "post_text", t("post.hint.title"), wrong)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_people")
    kiosk.tap("3")
    on(kiosk, "post_people", t("post.people", count=3), wrong)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_days")
    tap(kiosk, "明天", t("post.length", count=3))
    on(kiosk, "post_days", t("post.length", count=3), wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_hours", "7:00", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_area", t("post.area"), wrong)
    tap(kiosk, "义堂镇")
    on(kiosk, "post_text", t("post.hint.place"), wrong)
    write(kiosk, "东方大兴")
    kiosk.wait_page("post_pay")
    for digit in pay:
        kiosk.tap(digit)
    on(kiosk, "post_pay", t("post.amount", yuan=pay, unit="元/天"), wrong)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_terms")
    tap(kiosk, "日结", "管一餐")
    on(kiosk, "post_terms", "日结", wrong)
    kiosk.tap(NEXT)
    kiosk.wait_text(t("post.ready.requirements.1"))
    tap(kiosk, t("post.ready.requirements.1"))
    on(kiosk, "post_text", t("post.ready.requirements.1"), wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_text", t("post.hint.employer_name"), wrong)
    write(kiosk, "华兴")
    on(kiosk, "post_text", t("post.hint.contact_name"), wrong)
    write(kiosk, "王秀兰")
    kiosk.wait_page("post_phone")
    for digit in PHONE:
        kiosk.tap(digit)
    on(kiosk, "post_phone", "199 0000 5678", wrong)
    kiosk.tap(NEXT)
    on(kiosk, "post_scope", t("post.scope.head"), wrong)
    kiosk.tap(t("post.scope.all_stations.title"))
    on(kiosk, "post_check", t("post.check"), wrong)


def no_way_on(seen: dict[str, Any]) -> bool:
    """Say whether the main button is pale."""
    return any(thing["text"] == NEXT and not thing["button"]["enabled"] for thing in seen["things"])


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
    for digit in PHONE:
        kiosk.tap(digit)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    shown = kiosk.texts()
    assert {"3 个人", "260 元/天", "王秀兰", "199 0000 5678"} <= set(shown)
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")
    assert len(posted(station)) == 1


def test_post_when_the_pay_is_absurd_says_why_goes_there_and_posts_nothing(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    to_check(kiosk, {}, pay="99999")
    kiosk.wait_text(t("rule.pay_absurd.title"))
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("post_pay")
    kiosk.wait_text("99999 元/天")
    assert looks(kiosk) == []
    assert posted(station) == []
    kiosk.tap(t("problem.ok"))
    kiosk.tap(t("pad.clear"))
    kiosk.wait(no_way_on, "no way on")
    kiosk.tap("0")
    kiosk.wait(no_way_on, "no way on")
    for digit in "260":
        kiosk.tap(digit)
    kiosk.tap(NEXT)
    kiosk.wait_page("post_check")
    kiosk.tap(t("post.hand_in"))
    kiosk.wait_page("posted")
    assert [listing.pay_fen for listing in posted(station)] == [26000]


def test_post_when_the_next_person_comes_shows_nothing_of_before(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    kiosk.tap(t("home.post.title"))
    tap(kiosk, "搬运装卸")
    kiosk.wait_page("post_text")
    kiosk.tap(t("dock.change"))
    kiosk.wait_page("home")
    kiosk.tap(t("home.post.title"))
    kiosk.wait_page("post")
    assert not [thing for thing in kiosk.view()["things"] if thing["kind"] == "button" and thing["chosen"]]
