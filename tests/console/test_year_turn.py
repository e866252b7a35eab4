"""考核 over the turn of a year: what is over is judged in January by its own rubric; and a year counted again as it stood at a moment."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.county import editions
from kiosk.county.decide import take_down
from kiosk.county.editions import Kind
from kiosk.county.rulings import Rulings
from kiosk.county.year import year_of
from kiosk.domain.judgement import year_judged
from kiosk.domain.measures import MEASURES, Year
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.text import t
from tests.console.conftest import Console
from tests.console.county_records import Records
from tests.console.handed_in import PAGE, YEAR, hand_in, judge, marked, papers_of, site
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub
from tests.integration.test_backup_sync import settle
from tests.integration.test_hub_push import a_worker
from tests.safety.parts import Site, add
from tests.station import ASSETS, START

__all__ = ["site"]
JANUARY = datetime(YEAR + 1, 1, 1, 0, tzinfo=UTC)
"""Eight in the morning of New Year's Day, in China."""


def years(page: str) -> list[tuple[str, bool]]:
    """Give the years that a page offers, and which stands there."""
    return [(year, here != "") for year, here in re.findall(r'/assessment\?year=(\d+)"( class="here")?', page)]


def new_rubric(console: Console, since: date, given_for: int) -> None:
    """Publish the county's own rubric, whose grades are called otherwise."""
    text = (ASSETS / "rubric" / "placeholder.toml").read_text("utf-8").replace("official = false", "official = true")
    text = re.sub(r"^effective_from = .*$", f"effective_from = {given_for}-01-01", text, flags=re.MULTILINE)
    for grade in ("优秀", "良好", "合格"):
        text = text.replace(f'"{grade}"', f'"好{grade}"')
    text = text.replace('"不合格"', '"不好"')
    with console.hub.engine.begin() as connection:
        now = console.hub.clock()
        base = editions.newest_number(connection, COUNTY, Kind.SHEET, "rubric")
        editions.save(connection, COUNTY, Kind.SHEET, "rubric", base, {"text": text}, since, "", now)


def test_assessment_when_the_year_is_over_goes_on_with_it(console: Console, site: Site) -> None:
    centre = console.signed_in()
    new_rubric(console, date(YEAR + 1, 1, 1), YEAR + 1)
    console.hub.clock.now = JANUARY
    centre = console.signed_in()
    page = centre.open("/")
    assert t("console.need.judge", count=1, year=YEAR) in page
    assert f'href="/console/assessment?year={YEAR}"' in page
    page = centre.open("/assessment")
    assert years(page) == [(str(YEAR + 1), False), (str(YEAR), True)]
    assert t("console.assessment.placeholder") in page, "the rubric of the new year is not that of the old"
    judge(centre)
    page = centre.send(f"{PAGE}/publish")
    assert t("console.assessment.result", total="19", grade="不合格", wan="0").split("，")[1] in page
    assert "不好" not in page
    assert f'<option value="{YEAR}" selected>' in centre.open("/report")
    new_rubric(console, date(YEAR + 1, 1, 2), YEAR)
    console.hub.clock.tick(days=1)
    with console.hub.engine.connect() as connection:
        rulings = Rulings(COUNTY, {"rubric": (ASSETS / "rubric" / "placeholder.toml").read_text("utf-8")})
        rubric = rulings.rubric_of(connection, YEAR, console.hub.clock())
    assert (rubric and rubric.official) is True, "考核细则 come late: what the county gives in January for the old year holds for it"
    console.hub.clock.now = JANUARY + timedelta(days=90, hours=1)
    centre = console.signed_in()
    page = centre.open("/assessment")
    assert years(page) == [(str(YEAR + 1), True), (str(YEAR), False)]
    assert t("console.assessment.placeholder") not in page
    assert f'<option value="{YEAR + 1}" selected>' in centre.open("/report")


@pytest.mark.long
def test_assessment_when_a_year_had_papers_long_ago_still_offers_it(console: Console, site: Site) -> None:
    with site.station.store.write() as u:
        last = papers_of(site)
        u.keep(replace(last, id=last.id[:-1] + "e", year=2024, made_at=site.clock()))
    site.clock.tick(minutes=1)
    hand_in(site, console)
    page = console.signed_in().open("/assessment?year=2024")
    assert years(page) == [("2026", False), ("2024", True)]
    assert t("console.assessment.waits") in page


def test_recount_when_papers_are_made_in_january_ends_with_the_year(console: Console, site: Site) -> None:
    site.clock.now = console.hub.clock.now = JANUARY
    add(site.station.here, "13900001235", "刘桂香")
    with site.station.store.write() as u:
        last = papers_of(site)
        u.keep(replace(last, id=last.id[:-1] + "e", made_at=site.clock()))
    settle(site.station.store, console.hub)
    page = console.signed_in().open(f"{PAGE}?count=1")
    assert t("console.assessment.counted_until", when=f"{YEAR}-12-31 23:59") in page
    assert marked(page) == []


def test_year_when_it_is_judged_is_the_last_one_until_the_end_of_march() -> None:
    days = (date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 1))
    assert [year_judged(day) for day in days] == [2026, 2026, 2026, 2027]


def counted(hub: TestHub, until: datetime) -> Year:
    with hub.engine.connect() as connection:
        return year_of(connection, COUNTY, OURS.id, YEAR, until)


def test_recount_when_the_county_took_a_listing_down_knows_it_as_the_station_does(console: Console) -> None:
    records = Records(console.hub)
    listing = records.listing()
    console.hub.clock.tick(minutes=5)
    with console.hub.engine.begin() as connection:
        take_down(connection, COUNTY, listing.id, "周敏", "查无此事", console.hub.clock())
    before, after = (counted(console.hub, console.hub.clock() - timedelta(minutes=n)) for n in (1, 0))
    assert [MEASURES["false_listings"](year).value for year in (before, after)] == [0, 1]


def test_recount_when_a_listing_was_edited_later_counts_the_revision_of_that_time(console: Console) -> None:
    records = Records(console.hub)
    listing = records.listing(collected_at=START - timedelta(minutes=30))
    made_at = console.hub.clock()
    console.hub.clock.tick(hours=2)
    records.edit(listing)
    assert MEASURES["review_minutes"](counted(console.hub, made_at)).value == 30


def test_recount_when_others_hide_a_contact_doubts_no_more_than_the_station_can_see(console: Console) -> None:
    records = Records(console.hub)
    worker = a_worker(name="欧阳小兰", phone="19900005678", code="12345678")
    listing = records.listing(OTHER, contact_name=worker.name, contact_phone=Phone("19900005678"))
    console.hub.clock.tick(seconds=1)
    now = console.hub.clock()
    made = Referral(id=new_id(now), station_id=OURS.id, worker_id=worker.id, listing_id=listing.id, contact_consent=False, created_at=now)
    step = ReferralStep(
        id=new_id(now),
        station_id=OURS.id,
        referral_id=made.id,
        state=ReferralState.REFERRED,
        party=Party.STAFF,
        how="",
        by_id="s",
        by_name="李芳",
        stepped_at=now,
    )
    records.push(worker, made, step)
    (row,) = counted(console.hub, now).roster
    assert (row.about.listing is not None, row.doubts) == (True, ())
    assert counted(console.hub, now - timedelta(seconds=1)).roster == []
