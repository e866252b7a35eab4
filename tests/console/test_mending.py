"""整改 through a browser: what a station has to put right by a day, told at both ends until the county has found it done."""

from datetime import UTC, date, datetime

import pytest

from kiosk.county.console.audit import acts
from kiosk.county.console.roles import Role
from kiosk.domain.judgement import Judgement
from kiosk.services.today import Need, today
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.console.handed_in import PAGE, YEAR, hand_in, judge, site
from tests.hub_parts import COUNTY, OURS
from tests.integration.test_backup_sync import settle
from tests.safety.parts import Site

__all__ = ["site"]
WORDS, UNTIL = "补拍洽谈区", date(2026, 12, 20)
LATE = datetime(2026, 12, 21, 2, tzinfo=UTC)


def at_station(site: Site) -> list[object]:
    return [one.title.values["day"] for one in today(site.station.here) if one.need is Need.MENDING]


def told(browser: Browser) -> bool:
    """Say whether 今天 at the console tells of a day that has passed."""
    return t("console.need.unmended", count=1) in browser.open("/")


def accept(browser: Browser, seen: str, on: str, note: str = "照片看过了") -> str:
    browser.open(PAGE)
    return browser.send(f"{PAGE}/accept", seen=seen, accepted_on=on, accepted_note=note)


def test_mending_when_its_day_has_passed_is_told_at_both_ends_until_the_county_accepts_it(console: Console, site: Site) -> None:
    centre = console.signed_in()
    judge(centre, words=WORDS, deadline=str(UNTIL))
    settle(site.station.store, console.hub)
    assert at_station(site) == [], "a draft is nobody's"
    centre.send(f"{PAGE}/publish")
    settle(site.station.store, console.hub)
    assert at_station(site) == [20]
    assert not told(centre)
    console.hub.clock.now = site.clock.now = LATE
    centre = console.signed_in()
    assert told(centre)
    assert told(console.signed_in(Role.TOWNSHIP, OURS.id))
    assert t("console.mending.late", day=UNTIL) in centre.open(PAGE)
    assert t("console.mending.overdue", day="12-20") in centre.open(f"/assessment?year={YEAR}")
    page = accept(centre, "1", "2026-12-22")
    assert (centre.status, t("bad.judgement.accepted_on") in page, 'value="照片看过了"' in page) == (422, True, True)
    accept(centre, "2", "2026-12-21")
    assert centre.status == 409
    page = accept(centre, "1", "2026-12-21")
    assert t("console.mending.accepted", day="2026-12-21", name="周敏") in page
    assert "照片看过了" in page
    assert not told(centre)
    settle(site.station.store, console.hub)
    assert at_station(site) == []
    with site.station.store.read() as u:
        (made,) = u.list(Judgement)
    assert (made.accepted_on, made.accepted_by, made.accepted_note, made.words) == (date(2026, 12, 21), "周敏", "照片看过了", WORDS)
    with console.hub.engine.connect() as connection:
        assert acts(connection, COUNTY)[0].act == "mending_accepted"
    accept(centre, "2", "2026-12-21")
    assert centre.status == 409, "it is accepted once"


@pytest.mark.long
def test_mending_when_the_year_is_judged_anew_stays_as_it_stands(console: Console, site: Site) -> None:
    centre = console.signed_in()
    judge(centre, words=WORDS, deadline=str(UNTIL))
    centre.send(f"{PAGE}/publish")
    console.hub.clock.now = site.clock.now = LATE
    centre = console.signed_in()
    hand_in(site, console)
    assert told(centre), "handing in anew answers nothing by itself"
    page = judge(centre, 1, words=WORDS, deadline=str(UNTIL))
    assert t("console.assessment.said_judged") in page, "a day that has passed stays, where nothing about it is changed"
    assert told(centre), "a draft takes nothing back that a station was told"
    accept(centre, "2", "2026-12-21")
    assert centre.status == 409, "first what was judged anew is published"
    centre.open(PAGE)
    centre.send(f"{PAGE}/publish")
    assert t("console.assessment.said_accepted") in accept(centre, "2", "2026-12-21")
    assert t("console.assessment.said_judged") in judge(centre, 3, words=WORDS, deadline=str(UNTIL))
    centre.send(f"{PAGE}/publish")
    assert t("console.mending.accepted", day="2026-12-21", name="周敏") in centre.open(PAGE)
    assert not told(centre)
    judge(centre, 4, words="另一件事", deadline="2026-12-30")
    centre.send(f"{PAGE}/publish")
    assert t("console.mending.until", day="2026-12-30") in centre.open(PAGE)
