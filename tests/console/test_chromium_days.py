"""The day of each role at the console, walked by clicks in real Chromium: what it does, and what it is not offered."""

import csv
import re
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from kiosk.county.console.roles import Role
from kiosk.county.figures.count import count_next
from kiosk.county.schema import judgement, record
from kiosk.domain.listing import Listing
from kiosk.services.rubric import load_rubric
from kiosk.text import t
from tests.console.chromium import sit_down
from tests.console.conftest import PASSWORD, Console
from tests.console.county_records import Records
from tests.console.county_whole import fill_rooms
from tests.console.look import sign_in
from tests.county_rooms import POLICY, StationRooms
from tests.desk.chromium import Chromium
from tests.hub_parts import COUNTY, OTHER, OURS
from tests.integration.test_hub_push import a_worker
from tests.station import ASSETS

POINTS_TOO_MANY = "99"


def three_listings(console: Console) -> tuple[Records, Listing]:
    """Let two stations collect, and somebody say of one listing that it is not true; give that one."""
    records = Records(console.hub)
    listing = records.listing(title="传菜员", employer_name="云梦大酒店")
    records.listing(OTHER, title="去武汉送货", description="开货车送货到武汉，一天来回", place="开发区")
    records.report(listing)
    return records, listing


def test_centre_when_a_listing_is_found_false_takes_it_down_holds_its_employer_writes_a_policy_and_exports(
    console: Console, chromium: Chromium, tmp_path: Path
) -> None:
    records, _ = three_listings(console)
    records.push(a_worker(name="欧阳小兰"))
    sit_down(console, chromium, Role.CENTRE)
    chromium.click(t("console.need.reports", count=1))
    assert "要先交钱" in chromium.text()
    chromium.type("reason", "打电话查实了，是假的")
    chromium.press_button(t("console.listings.take_down"))
    assert t("console.listings.said_down") in chromium.text()
    chromium.click(t("console.section.listings"))
    chromium.choose("where", "down")
    chromium.press_button(t("console.stations.find"))
    assert "传菜员" in chromium.text()
    assert "去武汉送货" not in chromium.text()
    chromium.click("传菜员")
    assert "打电话查实了，是假的" in chromium.text()
    assert t("console.listings.take_down") not in chromium.offered()

    chromium.click(t("console.listings.to_employer"))
    chromium.type("reason", "三个人没拿到工钱")
    chromium.press_button(t("console.employers.stop"))
    assert t("console.listings.said_held") in chromium.text()
    chromium.click(t("console.way.employers"))
    assert "三个人没拿到工钱" in chromium.text()

    chromium.click(t("console.section.publish"))
    chromium.click(t("console.publish.new.policy"))
    for name in ("title", "summary", "who", "how", "body", "phone"):
        chromium.type(name, str(POLICY[name]))
    chromium.press_button(t("console.publish.look"))
    assert t("console.publish.looks") in chromium.text()
    assert chromium.faults() == []
    chromium.press_button(t("console.publish.publish"))
    assert t("console.publish.said_out") in chromium.text()
    assert str(POLICY["title"]) in chromium.offered()
    with console.hub.engine.connect() as connection:
        assert connection.scalar(sa.select(record.c.data["how"].astext).where(record.c.entity == "policy")) == POLICY["how"]

    chromium.click(t("console.section.exports"))
    saved = tmp_path / "saved"
    saved.mkdir()
    rows = list(csv.reader(chromium.save(t("county_export.csv"), saved).read_text("utf-8-sig").splitlines()))
    assert [row[:2] for row in rows[1:]] == [[OURS.name, "欧阳小兰"]]
    chromium.click(t("console.section.exports"))
    assert t("county_export.none") not in chromium.text()


@pytest.mark.long
def test_door_when_somebody_comes_for_the_first_time_joins_and_signs_in(console: Console, chromium: Chromium) -> None:
    code = console.invite("zhoumin")
    chromium.open(f"{console.hub.base}/console/sign-in")
    assert chromium.faults() == []
    for name, words in (("login", "zhoumin"), ("password", "no-such-password"), ("digits", "123456")):
        chromium.type(name, words)
    chromium.press_button(t("desk.enter"))
    assert chromium.faults() == []
    chromium.click(t("console.sign_in.invited"))
    chromium.type("login", "zhoumin")
    chromium.type("code", "ZZZZ-ZZZZ")
    chromium.press_button(t("console.join.next"))
    assert chromium.faults() == []
    chromium.type("code", code)
    chromium.press_button(t("console.join.next"))
    assert chromium.faults() == []
    secret = re.search(r"[A-Z2-7]{32}", chromium.text())
    assert secret is not None
    browser = console.browser()
    browser.totp = pyotp.TOTP(secret[0])
    for name, words in (("digits", browser.digits()), ("password", PASSWORD), ("again", PASSWORD)):
        chromium.type(name, words)
    chromium.press_button(t("console.join.finish"))
    sign_in(chromium, browser, "zhoumin")
    assert t("today.nothing") in chromium.text()


@pytest.mark.long
def test_centre_when_papers_came_in_judges_item_by_item_publishes_and_looks_at_a_terminal(console: Console, chromium: Chromium) -> None:
    fill_rooms(console.hub)
    sit_down(console, chromium, Role.CENTRE)
    chromium.click(t("console.need.judge", count=2, year=2026))
    chromium.click(OURS.name)
    assert chromium.faults() == []
    rubric = load_rubric(ASSETS / "rubric", console.hub.clock().date())
    first, second = rubric.items[:2]
    chromium.type(f"points.{first.code}", POINTS_TOO_MANY)
    chromium.type(f"remark.{first.code}", "多给了")
    chromium.press_button(t("console.assessment.keep"))
    assert t("bad.judgement.points", most=first.most) in chromium.text()
    assert chromium.faults() == []
    chromium.type(f"points.{first.code}", "1.5")
    chromium.type(f"points.{second.code}", "0")
    chromium.type(f"remark.{second.code}", "牌子没有挂")
    chromium.type("words", "补拍洽谈区")
    chromium.press_button(t("console.assessment.keep"))
    assert t("console.assessment.said_judged") in chromium.text()
    chromium.press_button(t("console.assessment.publish"))
    assert t("console.assessment.said_published") in chromium.text()
    with console.hub.engine.connect() as connection:
        (made,) = connection.scalars(sa.select(judgement.c.data).where(judgement.c.year == 2026, judgement.c.published)).all()
    assert [(one["points"], one["remark"]) for one in made["items"][:2]] == [("1.5", "多给了"), ("0", "牌子没有挂")]

    chromium.click(t("console.section.fleet"))
    chromium.click(OURS.name)
    assert chromium.pictures() == [(480, 270)]
    chromium.press_button(t("console.fleet.ask"))
    assert t("console.fleet.said_asked") in chromium.text()
    assert chromium.faults() == []

    chromium.click(t("console.section.people"))
    chromium.type("digits", "0001")
    chromium.press_button(t("console.stations.find"))
    assert "＊" in chromium.text()
    assert chromium.faults() == []


@pytest.mark.long
def test_bureau_when_it_looks_sees_the_county_saves_the_report_and_is_offered_nothing_of_the_centre(
    console: Console, chromium: Chromium, tmp_path: Path
) -> None:
    three_listings(console)
    rubric, now = load_rubric(ASSETS / "rubric", console.hub.clock().date()), console.hub.clock()
    with console.hub.engine.begin() as connection:
        StationRooms(OURS, now, 1, []).hand_in(connection, console.hub.settings, now.year, rubric)
        while count_next(connection, COUNTY, now):
            pass
    sit_down(console, chromium, Role.BUREAU)
    rooms = chromium.offered()
    assert t("console.section.acts") in rooms
    assert not {t("console.section.exports"), t("console.section.users")} & set(rooms)
    chromium.click(t("console.section.listings"))
    chromium.click("去武汉送货")
    assert not {t("console.listings.take_down"), "reason"} & set(chromium.offered())
    chromium.click(t("console.listings.to_employer"))
    assert not {t("console.employers.stop"), "reason"} & set(chromium.offered())
    chromium.click(t("console.section.publish"))
    assert t("console.publish.new.policy") not in chromium.offered()
    chromium.click(t("console.section.assessment"))
    chromium.click(OURS.name)
    assert not [one for one in chromium.offered() if one.startswith(("points.", "remark."))]
    chromium.click(t("console.section.report"))
    saved = tmp_path / "saved"
    saved.mkdir()
    assert chromium.save(t("county_report.take.word"), saved).read_bytes().startswith(b"PK")
    chromium.click(t("console.section.acts"))
    assert chromium.faults() == []


def test_township_when_it_looks_sees_its_own_and_is_offered_nothing_that_it_may_not_do(console: Console, chromium: Chromium) -> None:
    records, listing = three_listings(console)
    records.push(a_worker(name="欧阳小兰", phone="19900005678"), a_worker(station_id=OTHER.id, name="欧阳小兰", phone="19900005678"))
    sit_down(console, chromium, Role.TOWNSHIP)
    rooms = chromium.offered()
    assert not {t(f"console.section.{room}") for room in ("exports", "users", "acts")} & set(rooms)
    chromium.click(t("console.section.stations"))
    assert OURS.name in chromium.offered()
    assert OTHER.name not in chromium.text()
    chromium.click(OURS.name)
    assert not {t("console.step.plate"), t("console.step.revoke"), t("console.stations.code")} & set(chromium.offered())
    chromium.click(t("console.section.fleet"))
    chromium.click(OURS.name)
    assert not {t("console.fleet.ask"), t("console.fleet.renew"), t("console.fleet.revoke")} & set(chromium.offered())
    chromium.click(t("console.section.listings"))
    assert "去武汉送货" not in chromium.text()
    chromium.click(listing.title)
    assert "要先交钱" in chromium.text()
    assert not {t("console.listings.take_down"), t("console.listings.reports_fine"), "reason"} & set(chromium.offered())
    chromium.click(t("console.section.people"))
    chromium.type("name", "欧阳小兰")
    chromium.press_button(t("console.stations.find"))
    assert chromium.text().count("欧＊") == 1
    assert chromium.faults() == []
    chromium.click(t("console.section.publish"))
    assert t("console.publish.new.policy") not in chromium.offered()
    chromium.click(t("console.section.assessment"))
    assert OTHER.name not in chromium.text()
    assert chromium.faults() == []
