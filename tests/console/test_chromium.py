"""The console in real Chromium: the day of each role, typed and clicked, with nothing cut off and nothing to stumble over."""

import pytest

from kiosk.county.console.roles import SECTIONS, Role
from kiosk.county.figures.count import count_next
from kiosk.text import t
from tests.console.chromium import sit_down
from tests.console.conftest import Console
from tests.county_year import StationYear, keep
from tests.desk.chromium import Chromium
from tests.hub_parts import COUNTY, OURS
from tests.station import START


@pytest.mark.parametrize("role", list(Role))
def test_room_when_opened_is_whole_and_nobody_stumbles(console: Console, chromium: Chromium, role: Role) -> None:
    chromium.open(f"{console.hub.base}/console/join")
    assert chromium.stumbles() == []
    sit_down(console, chromium, role)
    for section in (one for one in SECTIONS if role in one.roles):
        chromium.click(t(f"console.section.{section.key}"))
        assert chromium.wider_than_window() == 0, section.key
        assert chromium.stumbles() == [], section.key


def test_station_when_a_township_applies_is_recognised_by_the_centre_and_filed_by_the_bureau(console: Console, chromium: Chromium) -> None:
    sit_down(console, chromium, Role.TOWNSHIP)
    chromium.click(t("console.section.stations"))
    chromium.click(t("console.stations.new"))
    assert chromium.stumbles() == []
    fields = {"name": "义堂村站", "short": "YV", "address": "义堂镇义堂村 3 组", "phone": "07124000008"}
    for name, words in fields.items():
        chromium.type(name, words)
    chromium.choose("area", OURS.area)
    chromium.choose("parent_id", OURS.id)
    chromium.click(t("console.stations.apply"))
    assert t("console.stage.applied") in chromium.text()
    chromium.click(t("console.sign_out"))

    sit_down(console, chromium, Role.CENTRE)
    chromium.click(t("console.need.applied", count=1))
    chromium.click("义堂村站")
    chromium.click(t("console.step.recognise"))
    assert chromium.stumbles() == []
    chromium.type("number", "云人社〔2026〕12号")
    chromium.press_button(t("console.step.recognise"))
    assert t("console.stage.recognised") in chromium.text()
    chromium.click(t("console.sign_out"))

    sit_down(console, chromium, Role.BUREAU)
    chromium.click(t("console.need.file_recognise", count=1))
    chromium.click("义堂村站")
    chromium.type("number", "备2026-7")
    chromium.press_button(t("console.step.file"))
    assert t("console.stations.unfiled") not in chromium.text()
    assert t("console.stations.number", number="备2026-7") in chromium.text()


def test_report_when_a_month_and_a_township_are_chosen_is_whole_and_nobody_stumbles(console: Console, chromium: Chromium) -> None:
    with console.hub.engine.begin() as connection:
        keep(connection, COUNTY, StationYear(OURS, START, 1).all(40, 30, 30), START)
        while count_next(connection, COUNTY, console.hub.clock()):
            pass
    sit_down(console, chromium, Role.CENTRE)
    chromium.click(t("console.section.report"))
    assert chromium.stumbles() == []
    for field, value in (("first", "3"), ("last", "5"), ("place", f"area:{OURS.area}")):
        chromium.choose(field, value)
    chromium.press_button(t("county_report.ask.show"))
    assert t("county_report.months", year=2026, first=3, last=5) in chromium.text()
    assert t("county_report.few") in chromium.text()
    assert chromium.wider_than_window() == 0
    assert chromium.stumbles() == []
