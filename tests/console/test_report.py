"""年报 and 录省平台: who sees which figures, what is drawn and saved, and the county's table for the provincial platform."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from kiosk.county.console.audit import Act, acts
from kiosk.county.console.roles import Role
from kiosk.county.figures.count import count_next
from kiosk.domain.codes import Trade
from kiosk.domain.listing import Takedown
from kiosk.domain.privacy import PersonName
from kiosk.domain.record import new_id
from kiosk.domain.running import PlatformEntry
from kiosk.domain.worker import WorkerState
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.county_year import StationYear, keep
from tests.hub_parts import COUNTY, OTHER, OURS
from tests.integration.test_hub_push import a_worker
from tests.station import START, a_listing, a_review


def put(console: Console, *records: Any) -> None:
    with console.hub.engine.begin() as connection:
        keep(connection, COUNTY, records, START)
        while count_next(connection, COUNTY, console.hub.clock()):
            pass


def noted(console: Console) -> list[Act]:
    with console.hub.engine.connect() as connection:
        return list(acts(connection, COUNTY))


def a_public(**changes: Any) -> list[Any]:
    listing = a_listing(**{"station_id": OURS.id, **changes})
    return [listing, a_review(listing, START)]


def test_report_when_opened_draws_each_part_and_a_table_of_the_same_numbers(console: Console) -> None:
    put(console, *StationYear(OURS, START, 1).all(30, 20, 20), *a_public(title="装卸工"))
    head = console.signed_in()
    page = head.open("/report")
    assert t("county_report.title", place=t("county_report.county"), span=t("county_report.year", year=2026)) in page
    for part in ("overview", "supply_trade", "supply_area", "pay", "outcome", "monthly", "fill"):
        assert f'id="{part}"' in page
    assert page.count("<svg") == 6
    assert page.count("<table") == 6
    assert "<script" not in page
    assert " style=" not in page
    page = head.open(f"/report?year=2026&first=2&last=3&place=station:{OURS.id}")
    assert t("county_report.title", place=OURS.name, span=t("county_report.months", year=2026, first=2, last=3)) in page
    assert t("county_report.few") in page


def test_report_when_nothing_was_counted_says_so_and_draws_no_axes(console: Console) -> None:
    head = console.signed_in()
    assert t("county_report.nothing_counted") in head.open("/report")
    put(console)
    assert t("county_report.nothing") in head.open("/report")
    assert "<svg" not in head.open("/report?year=2019")


def test_report_when_months_or_places_make_no_sense_says_so_or_shows_nothing_of_others(console: Console) -> None:
    put(console, *a_public())
    head = console.signed_in()
    assert t("bad.county_report.months") in head.open("/report?first=9&last=2")
    assert head.status == 422
    assert t("county_report.overview.title") in head.open("/report?first=9&last=2")
    for asked, status in (("place=station:nobody", 403), ("place='", 403), ("year=x", 422), ("first=99", 422), ("year=99999", 422)):
        head.open(f"/report?{asked}")
        assert head.status == status, asked


def test_report_when_a_township_looks_shows_its_own_and_nobody_elses(console: Console) -> None:
    put(console, *a_public())
    township = console.signed_in(Role.TOWNSHIP, OURS.id)
    page = township.open("/report")
    assert "义堂镇零工驿站" in page
    assert f'value="station:{OURS.id}"' in page
    assert OTHER.id not in page
    for place in (f"station:{OTHER.id}", "area:420923102"):
        township.open(f"/report?place={place}")
        assert township.status == 403
        township.open("/report")
        township.send("/report/word", year="2026", first="1", last="12", place=place)
        assert township.status == 403
    township.open("/report?place=")
    assert township.status == 200
    township.open("/exports")
    assert township.status == 403


def test_report_when_saved_is_a_file_of_what_was_shown_and_is_noted(console: Console) -> None:
    put(console, *a_public())
    head = console.signed_in()
    for form_of, ending in (("word", "docx"), ("excel", "xlsx")):
        head.open("/report")
        head.send(f"/report/{form_of}", year="2026", first="11", last="11", place=f"area:{OURS.area}")
        assert head.page.content.startswith(b"PK")
        assert head.page.headers["content-disposition"].endswith(ending)
        act = noted(console)[0]
        assert (act.act, act.subject, act.facts) == ("report_taken", f"area:{OURS.area}", {"months": "2026-11 2026-11", "form": ending})
    head.open("/report")
    head.send("/report/word", year="2026", first="12", last="2", place="")
    assert head.status == 422


def taken(browser: Browser, sheet: str, **fields: str) -> list[list[Any]]:
    """Take a table; give its header and rows."""
    browser.open("/exports")
    browser.send(f"/exports/{sheet}", None, **fields)
    assert browser.status == 200
    if fields:
        return list(csv.reader(io.StringIO(browser.page.content.decode("utf-8-sig"))))
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(browser.page.content)).active.iter_rows()]
    return rows[2:]


def test_export_when_taken_has_what_waits_at_every_station_and_nothing_else(console: Console) -> None:
    shown, entered, taken_down, changed = (a_public(title=title)[0] for title in ("发布的", "录过的", "撤下的", "改过的"))
    again = replace(changed, revision=2, title="改了以后")
    mark = PlatformEntry(
        id=new_id(START),
        station_id=OURS.id,
        entity="listing",
        record_id=entered.id,
        record_revision=1,
        by_id="r",
        by_name="李芳",
        entered_at=START,
    )
    down = Takedown(id=new_id(START), station_id=OURS.id, listing_id=taken_down.id, by_name="李芳", reason="满了", taken_down_at=START)
    elsewhere = a_public(station_id=OTHER.id, title="=HYPERLINK(1)", employer_name="=1+1")
    waits = a_listing(station_id=OURS.id, title="没审的")
    over = a_public(title="过期的", ends_on=START.date() - timedelta(days=1))
    approvals = [a_review(one, START) for one in (shown, entered, taken_down, changed, again)]
    marks = [mark, replace(mark, id=new_id(START), record_id=changed.id)]
    put(console, shown, entered, taken_down, changed, again, *approvals, *marks, down, *elsewhere, waits, *over)
    head = console.signed_in()
    for fields in ({}, {"csv": "1"}):
        header, *rows = taken(head, "listing", **fields)
        assert header == [t("export.station"), *(t(f"export.{name}") for name in ("employer", "requirements", "hours", "pay", "contact"))]
        assert sorted((row[0], row[2].split("，")[0]) for row in rows) == [
            (OURS.name, "发布的"),
            (OURS.name, "改了以后"),
            (OTHER.name, "=HYPERLINK(1)" if not fields else "'=HYPERLINK(1)"),
        ]
        assert {row[1] for row in rows if row[0] == OTHER.name} == {"=1+1" if not fields else "'=1+1"}
    cells = [cell for row in load_workbook(io.BytesIO(_xlsx(head))).active.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    act = noted(console)[0]
    assert (act.act, act.subject) == ("platform_exported", COUNTY)
    assert act.facts == {"sheet": "listing", "form": "xlsx", "rows": 3}
    page = head.open("/exports")
    assert page.count(t("county_export.listing.title")) >= 4


def _xlsx(browser: Browser) -> bytes:
    browser.open("/exports")
    browser.send("/exports/listing")
    return browser.page.content


def test_export_when_workers_are_taken_leaves_out_who_rests_or_has_withdrawn(console: Console) -> None:
    active, resting, gone = a_worker(), a_worker(state=WorkerState.PAUSED), a_worker(state=WorkerState.WITHDRAWN, name=PersonName(""))
    put(console, active, resting, gone, a_worker(station_id=OTHER.id, name=PersonName("李强"), trades=(Trade.MASON, Trade.OTHER)))
    head = console.signed_in()
    rows = taken(head, "worker")[1:]
    assert {(row[0], row[1], row[4]) for row in rows} == {(OURS.name, "王秀兰", "13800005678"), (OTHER.name, "李强", "13800005678")}
    # no name and no number where it is noted
    assert not any("王秀兰" in repr(act) or "13800005678" in repr(act) for act in noted(console))


@pytest.mark.parametrize("role", [Role.BUREAU, Role.TOWNSHIP])
def test_export_when_it_is_not_the_centre_is_refused_and_nothing_is_noted(console: Console, role: Role) -> None:
    put(console, a_worker())
    other = console.signed_in(role)
    before = len(noted(console))
    other.open("/report")
    page = other.send("/exports/worker")
    assert other.status == 403
    assert "王秀兰" not in page
    assert len(noted(console)) == before
    other.open("/exports")
    assert other.status == 403
    head = console.signed_in()
    head.open("/exports")
    head.send("/exports/nothing")
    assert head.status == 422
