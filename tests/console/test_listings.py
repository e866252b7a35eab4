"""The console's rooms about listings: search, one listing's page, takedown, employers on hold, twins, what looks like a swindle."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from kiosk.county.console.audit import acts
from kiosk.county.console.roles import Role
from kiosk.county.listing_rows import query_of
from kiosk.county.listing_search import PAGE
from kiosk.county.schema import listing_row, record
from kiosk.domain.codes import Trade
from kiosk.domain.listing import Verdict
from kiosk.domain.privacy import Phone
from kiosk.domain.ticket import public_token
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.console.county_records import Records
from tests.hub_parts import CENTRE, COUNTY, OTHER, OURS
from tests.station import a_review


@pytest.fixture
def records(console: Console) -> Records:
    return Records(console.hub)


def titles(page: str) -> list[str]:
    return re.findall(r'/console/listings/[0-9a-f-]{36}"[^>]*>(?:<b>)?([^<]+)<', page)


def ask(browser: Browser, **asked: str) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return titles(browser.open(f"/listings?{query}"))


def test_search_when_asked_finds_by_words_number_trade_station_state_and_days(console: Console, records: Records) -> None:
    old = records.listing(title="厨师长", trade=Trade.KITCHEN, employer_name="云梦大酒店", ends_on=console.hub.clock().date())
    console.hub.clock.tick(days=10)
    records.listing(OTHER, title="装卸工", contact_phone=Phone("19900009999"), ends_on=console.hub.clock().date())
    waiting = records.listing(OTHER, None, title="保洁员", trade=Trade.CLEANING)
    records.listing(OURS, Verdict.RETURN, title="分拣")
    browser = console.signed_in(Role.BUREAU)
    assert ask(browser) == ["分拣", "保洁员", "装卸工", "厨师长"]
    assert ask(browser, q="酒店") == ask(browser, q="云梦大酒店 厨师") == ask(browser, q="厨") == ["厨师长"]
    assert ask(browser, q="酒店装卸") == ask(browser, q="'") == []
    assert ask(browser, q="199 0000 9999") == ["装卸工"]
    assert ask(browser, trade="cleaning") == ["保洁员"]
    assert ask(browser, station=OTHER.id) == ["保洁员", "装卸工"]
    assert len(ask(browser, station=CENTRE.id)) == 4
    assert ask(browser, where="public") == ["装卸工"]
    assert ask(browser, where="over") == ["厨师长"]
    assert (ask(browser, where="pending"), ask(browser, where="refused"), ask(browser, where="down")) == (["保洁员"], ["分拣"], [])
    assert ask(browser, days="7") == ["分拣", "保洁员", "装卸工"]
    assert t("console.listings.nothing") in browser.open("/listings?q=没有的活")
    for link in (old.id, f"https://phone.test/k/{public_token(old.id)}"):
        browser.open(f"/listings?q={link}")
        assert browser.page.url.endswith(f"/listings/{old.id}")
    assert t("console.listings.edited") not in browser.open(f"/listings/{waiting.id}")


def test_search_when_there_are_more_goes_on_page_by_page_without_losing_one(console: Console, records: Records) -> None:
    now = console.hub.clock()
    ids = [f"00000000-0000-7000-9000-{n:012}" for n in range(PAGE + 7)]
    one = records.listing()
    records.push(*(replace(one, id=i, title=f"活{n}") for n, i in enumerate(ids)))  # all within the same instant
    assert now
    browser = console.signed_in()
    page = browser.open("/listings")
    first = titles(page)
    link = re.search(r'href="/console(/listings[^"]*before=[^"]*)"', page)
    assert link is not None
    rest = titles(browser.open(link[1]))
    assert (len(first), len(rest), len({*first, *rest})) == (PAGE, 8, PAGE + 8)


def test_listing_when_opened_shows_the_whole_chain_of_responsibility(console: Console, records: Records) -> None:
    listing = records.listing(description="搬箱子，先交服装费五十元")
    review = replace(a_review(listing, console.hub.clock()), hold_reasons={"fee": "电话问过，是押着的工作服"}, id=listing.id[:-1] + "f")
    records.push(review)
    records.report(listing)
    records.edit(listing, pay_fen=30000, place="新城")
    page = console.signed_in(Role.TOWNSHIP, OURS.id).open(f"/listings/{listing.id}")
    for words in (
        "李芳",
        "电话问过，是押着的工作服",
        t("rule.fee.title"),
        "199 0000 1234",
        "周建国",
        t("report_reason.fee"),
        "要先交钱",
        t("console.listings.changed", what="干活的地方、工钱多少"),
        t("console.listings.edited"),
        t("console.listings.unverified"),
        t("listing_state.approved"),
    ):
        assert words in page, words
    assert "take-down" not in page


def test_township_when_it_looks_elsewhere_finds_nothing(console: Console, records: Records) -> None:
    theirs = records.listing(OTHER, title="别处的活")
    records.listing(OURS, title="我们的活")
    browser = console.signed_in(Role.TOWNSHIP, OURS.id)
    assert ask(browser) == ["我们的活"] == ask(browser, station=OTHER.id)
    for path in (f"/listings/{theirs.id}", f"/employers/{theirs.employer_id}"):
        browser.open(path)
        assert browser.status == 404
    browser.open(f"/listings?q={theirs.id}")
    assert browser.status == 200
    browser.open("/listings")
    for path in (
        f"/listings/{theirs.id}/take-down",
        f"/employers/{theirs.employer_id}/hold",
        f"/listings/{theirs.id}/seen",
        "/twins",
        "/patterns",
    ):
        browser.send(path, reason="不行", act="newer", newer=theirs.id, older=theirs.id)
        assert browser.status == 403, path


def test_station_when_it_is_revoked_takes_its_listings_off_every_board_and_no_others(console: Console, records: Records) -> None:
    ours, waits, theirs = records.listing(), records.listing(verdict=None), records.listing(OTHER)
    records.terminals[OTHER.id].seen("takedown")
    browser = console.signed_in()
    browser.open(f"/stations/{OURS.id}")
    browser.send(f"/stations/{OURS.id}/steps", act="revoke", seen="0", on="2026-11-23", number="9", reason="冒领补助")
    assert t("console.stage.revoked") in browser.page.text
    (told,) = records.terminals[OTHER.id].seen("takedown")
    assert (told["listing_id"], told["reason"]) == (ours.id, t("console.stations.listings_down"))
    assert theirs.id not in str(told)
    assert waits.id not in str(told)


def test_takedown_when_sent_reaches_the_feed_at_once_and_is_written_down(console: Console, records: Records) -> None:
    listing = records.listing()
    browser = console.signed_in()
    browser.open(f"/listings/{listing.id}")
    page = browser.send(f"/listings/{listing.id}/take-down", reason="原因" * 70)
    assert (browser.status, "原因原因" in page) == (422, True)
    records.terminals[OTHER.id].seen("takedown")
    page = browser.send(f"/listings/{listing.id}/take-down", reason="查实是假的")
    assert t("console.listings.said_down") in page
    assert "查实是假的" in page
    (told,) = records.terminals[OTHER.id].seen("takedown")
    assert (told["station_id"], told["by_name"], told["reason"]) == ("county", "县中心 周敏", "查实是假的")
    with console.hub.engine.connect() as connection:
        assert acts(connection, COUNTY)[0].act == "listing_down"
        assert connection.scalar(sa.select(listing_row.c.state)) == "withdrawn"
        assert connection.scalar(sa.select(record.c.owner).where(record.c.entity == "takedown")) == "county"
    assert ask(browser, where="down") == ["装卸工"]
    browser.send(f"/listings/{listing.id}/take-down", reason="再来一次")
    assert browser.status == 409


def test_employer_when_held_is_held_in_the_files_of_all_stations_until_the_day_to_look_again(console: Console, records: Records) -> None:
    one, _ = records.listing(OURS), records.listing(OTHER)
    browser = console.signed_in()
    assert t("console.employers.none") in browser.open("/employers")
    assert browser.open("/employers?q=汉十物流").count("<tr>") == 3
    assert browser.open("/employers?q=19900001234").count("<tr>") == 3
    browser.open(f"/employers/{one.employer_id}")
    page = browser.send(f"/employers/{one.employer_id}/hold", reason="三个人没拿到工钱", until="2026-11-01")
    assert (browser.status, t("bad.console.until") in page, "三个人没拿到工钱" in page) == (422, True, True)
    page = browser.send(f"/employers/{one.employer_id}/hold", reason="三个人没拿到工钱", until="2026-11-24")
    assert t("console.listings.said_held") in page
    assert page.count(t("listing_state.held")) == 2
    assert len([x for x in records.terminals[OTHER.id].seen("employer_hold") if x["held"]]) == 2
    assert ask(browser, where="held") == ["装卸工", "装卸工"]
    console.hub.clock.tick(days=1)
    assert t("console.need.holds", count=1) in console.signed_in().open("/")
    browser = console.signed_in()
    browser.open(f"/employers/{one.employer_id}")
    assert t("console.listings.said_released") in browser.send(f"/employers/{one.employer_id}/release", reason="都结清了")
    assert t("console.employers.none") in browser.open("/employers")
    assert ask(browser, where="public") == ["装卸工", "装卸工"]


def test_twins_when_two_stations_collected_one_listing_stand_side_by_side_until_settled(console: Console, records: Records) -> None:
    records.listing(OURS)
    records.listing(OTHER)
    records.listing(OTHER, title="司机", description="开货车送货到武汉，一天来回", pay_fen=40000, place="开发区")
    browser = console.signed_in()
    assert t("console.need.twins", count=1) in browser.open("/")
    page = browser.open("/twins")
    newer, older = re.search(r'name="newer" value="([^"]+)"', page), re.search(r'name="older" value="([^"]+)"', page)
    assert newer is not None
    assert older is not None
    assert page.count('name="newer"') == 1
    browser.send("/twins", newer=newer[1], older=older[1], act="newer", reason=" ")
    assert browser.status == 422
    browser.send("/twins", newer=newer[1], older=older[1], act="fine")
    assert t("console.twins.none") in browser.open("/twins")
    third = records.listing(OURS, title="装卸工")
    assert browser.open("/twins").count('name="newer"') == 1
    browser.send("/twins", newer=third.id, older=newer[1], act="newer", reason="重复")
    assert t("console.twins.none") in browser.open("/twins")
    # nobody wrote anything false: it is over, and costs its station no point
    assert [one["state"] for one in records.terminals[OTHER.id].seen("takedown")] == ["expired"]


def test_patterns_when_a_swindle_goes_from_station_to_station_says_why_and_the_gravest_first(console: Console, records: Records) -> None:
    records.listing(OURS)
    records.listing(OTHER)  # an honest employer at two stations is no pattern
    browser = console.signed_in()
    assert t("console.pattern.none", days=14) in browser.open("/patterns")
    records.swindle(OURS, "19900007701", Verdict.REJECT)
    records.swindle(OTHER, "19900007702")
    page = browser.open("/patterns")
    for words in (
        t("console.pattern.text", stations=2, count=2),
        t("console.pattern.phones", count=2),
        t("console.pattern.refused"),
        t("console.pattern.rule_found", what=t("rule.fraud.title")),
        t("console.pattern.unseen"),
    ):
        assert words in page, words
    assert t("console.need.patterns", count=1) in browser.open("/")
    browser.open("/patterns")
    name = re.search(r'name="pattern" value="([^"]+)"', browser.page.text)
    assert name is not None
    assert t("console.pattern.none", days=14) in browser.send("/patterns", pattern=name[1], count="2")
    records.swindle(OTHER, "19900007703")
    assert t("console.pattern.text", stations=2, count=3) in browser.open("/patterns")


def test_reports_when_somebody_looked_wait_no_more_until_another_comes(console: Console, records: Records) -> None:
    listing = records.listing()
    records.report(listing)
    browser = console.signed_in()
    assert t("console.need.reports", count=1) in browser.open("/")
    assert ask(browser) == titles(browser.open("/reported")) == ["装卸工"]
    browser.open(f"/listings/{listing.id}")
    assert t("console.listings.said_seen") in browser.send(f"/listings/{listing.id}/seen")
    assert t("console.need.reports", count=1) not in browser.open("/")
    assert t("console.listings.none_reported") in browser.open("/reported")
    records.report(listing, words="电话不通")
    assert t("console.need.reports", count=1) in browser.open("/")


@pytest.mark.parametrize(
    ("words", "query"), [("装卸工", "'装卸' & '卸工'"), ("工", "'工':*"), (" 餐饮 A4 ", "'餐饮' & 'a4'"), ("'; --", "")]
)
def test_query_when_words_are_typed_holds_their_pairs_and_nothing_that_breaks_out(words: str, query: str) -> None:
    assert query_of(words) == query
