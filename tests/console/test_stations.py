"""驿站 and 设备 through a browser: a station's whole way, who may do what, codes, courses, and terminals that need a visit."""

import re
from dataclasses import replace

import sqlalchemy as sa

from kiosk.county.console.roles import Role
from kiosk.county.schema import device, record, station
from kiosk.domain.print_job import PrinterState
from kiosk.domain.station import StationLevel
from kiosk.sync.protocol import DoctorLine, DoctorReport, StationHealth
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.hub_parts import CENTRE, OTHER, OURS

PDF = b"%PDF-1.7 a decision"
NEW = {
    "name": "伍洛站",
    "short": "wl",
    "level": "township",
    "area": "420923104",
    "parent_id": CENTRE.id,
    "address": "伍洛镇街道 8 号",
    "phone": "0712-4000009",
    "hours": "每天 8:00-18:00",
}


def step(browser: Browser, station_id: str, act: str, seen: int, paper: bytes | None = None, **fields: str) -> str:
    """Open the station's page and take a step there."""
    browser.open(f"/stations/{station_id}")
    files = {"document": ("decision.pdf", paper)} if paper else None
    return browser.send(f"/stations/{station_id}/steps", files, act=act, seen=str(seen), **{"on": "2026-11-23", "number": "12"} | fields)


def applied(console: Console, browser: Browser) -> str:
    """Apply for a new station; give its id."""
    browser.open("/stations/new")
    browser.send("/stations", None, **NEW)
    assert browser.status == 200, browser.page.text
    return browser.page.url.rpartition("/")[2].partition("?")[0]


def test_station_when_it_goes_its_whole_way_is_known_when_recognised_and_shut_out_when_revoked(console: Console) -> None:
    centre, bureau = console.signed_in(), console.signed_in(Role.BUREAU)
    station_id = applied(console, centre)
    with console.hub.engine.connect() as connection:
        assert connection.scalar(sa.select(station.c.id).where(station.c.id == station_id)) is None
    assert t("console.need.applied", count=1) in centre.open("/")
    assert t("console.stage.recognised") in step(centre, station_id, "recognise", 1, PDF)
    with console.hub.engine.connect() as connection:
        assert connection.scalar(sa.select(record.c.data["short"].astext).where(record.c.id == station_id)) == "WL"
    assert t("console.need.file_recognise", count=1) in bureau.open("/")
    assert t("console.stations.unfiled") in bureau.open("/stations")
    step(centre, station_id, "file", 2)
    assert centre.status == 403
    assert t("console.stations.unfiled") not in step(bureau, station_id, "file", 2)
    step(bureau, station_id, "plate", 3)
    assert bureau.status == 403
    step(centre, station_id, "plate", 3)
    warned = step(centre, station_id, "warn", 4, reason="没有药箱", deadline="2026-12-23", publish="1")
    assert t("console.stations.deadline", day="2026-12-23") in warned
    with console.hub.engine.connect() as connection:
        notice = connection.scalar(sa.select(record.c.data["title"].astext).where(record.c.entity == "notice"))
    assert notice == t("console.stations.told_warn", station="伍洛站")
    console.hub.clock.tick(days=31)
    centre = console.signed_in()
    assert t("console.stations.overdue", day="2026-12-23") in centre.open("/stations")
    assert t("console.need.overdue", count=1) in centre.open("/")
    code = centre.open(f"/stations/{station_id}") and centre.send(f"/stations/{station_id}/code")
    assert t("console.stations.code_shown") in code
    console.hub.terminal(OURS)
    step(centre, OURS.id, "revoke", 0, reason="冒领补助")
    assert t("console.stage.revoked") in centre.page.text
    with console.hub.engine.connect() as connection:
        assert connection.scalar(sa.select(device.c.revoked_at).where(device.c.station_id == OURS.id)) is not None


def test_station_when_two_act_at_once_the_second_is_told_and_nothing_is_half_done(console: Console) -> None:
    centre = console.signed_in()
    step(centre, OURS.id, "plate", 0)
    step(centre, OURS.id, "warn", 0, reason="门没开", deadline="2026-12-23")
    assert centre.status == 409
    assert t("console.stations.deadline", day="2026-12-23") not in centre.open(f"/stations/{OURS.id}")
    page = step(centre, OURS.id, "warn", 1, b"MZ an executable", reason="门没开", deadline="2026-12-23")
    assert centre.status == 422
    assert t("bad.standing.document") in page
    assert "门没开" in page
    page = step(centre, OURS.id, "warn", 1, reason="门没开", deadline="2026-11-23")
    assert t("bad.standing.deadline") in page


def test_station_when_its_words_are_changed_reaches_everybody_and_the_overtaken_keeps_what_he_typed(console: Console) -> None:
    centre = console.signed_in()
    page = centre.open(f"/stations/{OTHER.id}/edit")
    assert 'value="曾店站"' in page
    fields = {"name": "曾店站", "short": "ZD", "level": OTHER.level.value, "area": OTHER.area, "parent_id": CENTRE.id}
    fields |= {"address": "曾店镇新街 3 号", "phone": "07124000002", "hours": ""}
    centre.send(f"/stations/{OTHER.id}/edit", None, revision="1", **fields)
    assert "曾店镇新街 3 号" in centre.page.text
    page = centre.open(f"/stations/{OTHER.id}/edit") and centre.send(
        f"/stations/{OTHER.id}/edit", None, revision="1", **fields | {"address": "曾店镇老街 1 号"}
    )
    assert centre.status == 422
    assert t("bad.station.changed") in page
    assert "曾店镇老街 1 号" in page
    page = centre.send(f"/stations/{OTHER.id}/edit", None, revision="2", **fields | {"short": "YT"})
    assert t("bad.station.short_taken") in page


def test_township_when_it_looks_sees_its_own_stations_alone_and_may_apply_below_them(console: Console) -> None:
    browser = console.signed_in(Role.TOWNSHIP)
    page = browser.open("/stations")
    assert OURS.name in page
    assert OTHER.name not in page
    browser.open(f"/stations/{OTHER.id}")
    assert browser.status == 404
    browser.open("/stations/new")
    page = browser.send("/stations", None, **NEW)
    assert t("bad.station.parent") in page
    assert 'value="伍洛站"' in page
    browser.send("/stations", None, **NEW | {"level": "doorstep", "parent_id": OURS.id})
    assert t("console.stage.applied") in browser.page.text
    step(browser, OURS.id, "revoke", 0, reason="不该由乡镇来办")
    assert browser.status == 403


def test_course_when_held_is_listed_with_who_came(console: Console) -> None:
    centre = console.signed_in()
    centre.open("/courses")
    came = {f"people.{OURS.id}": "2", f"people.{OTHER.id}": ""}
    page = centre.send("/courses", None, title="怎样审核", held_on="2026-11-20", hours="6", **came)
    assert t("console.course.count", station=OURS.name, count=2) in page
    page = centre.send("/courses", None, title="怎样回访", held_on="2026-12-20", hours="6", **came)
    assert centre.status == 422
    assert t("bad.course.future") in page
    assert 'value="怎样回访"' in page


def test_fleet_when_a_terminal_is_silent_or_troubled_puts_it_first_and_says_why(console: Console) -> None:
    centre, hub = console.signed_in(), console.hub
    ours, other = hub.terminal(OURS), hub.terminal(OTHER)
    good = StationHealth(version="1.0", at=hub.clock(), printer=PrinterState(since=hub.clock()), free_mb=20_000)
    bad = replace(good, printer=PrinterState(trouble="paper", since=hub.clock()), free_mb=12, clock_offset_s=-4000.0, parked=3)
    for terminal, health in ((ours, good), (other, bad)):
        terminal.door.health(terminal.enrolled.device_token, health)
    page = centre.open("/fleet")
    assert page.index(t("console.fleet.visit")) < page.index(OTHER.name) < page.index(t("console.fleet.fine")) < page.index(OURS.name)
    for why in (
        t("console.fleet_trouble.disk", count=12),
        t("console.fleet_trouble.clock", count=4000),
        t("console.fleet_trouble.parked", count=3),
    ):
        assert why in page
    for path in ("/fleet", f"/fleet/{other.enrolled.device_id}"):
        said = re.sub(r"<[^>]*>|\s", "", centre.open(path))
        assert t("today.printer_paper") in said
        assert not re.search("打印机[：]?打印机", said), "the printer is named once"
    assert t("console.need.fleet", count=1) in centre.open("/")
    hub.clock.tick(minutes=13)
    assert t("console.fleet.fine") not in centre.open("/fleet")
    device_id = ours.enrolled.device_id
    assert t("console.fleet.no_copy") in centre.open(f"/fleet/{device_id}")
    assert "等回音" in centre.send(f"/fleet/{device_id}/doctor")
    question = ours.door.health(ours.enrolled.device_token, good).doctor
    lines = (DoctorLine(number=3, good=False, text="纸用完了"),)
    ours.door.doctor(ours.enrolled.device_token, DoctorReport(question=question, version="1.0", at=hub.clock(), lines=lines))
    assert "纸用完了" in centre.open(f"/fleet/{device_id}")
    centre.send(f"/fleet/{device_id}/renew")
    centre.send(f"/fleet/{device_id}/revoke")
    assert OURS.name not in centre.open("/fleet")
    township = console.signed_in(Role.TOWNSHIP)
    township.open(f"/fleet/{other.enrolled.device_id}")
    assert township.status == 404


def test_stations_when_they_stand_five_deep_are_shown_as_a_tree_and_branches_may_be_applied_for(console: Console) -> None:
    centre, parent = console.signed_in(), CENTRE
    page = centre.open("/stations/new")
    assert f'<option value="branch">{t("console.level.branch")}</option>' in page
    levels = [("城北分站", StationLevel.BRANCH), ("倒店站", StationLevel.TOWNSHIP)]
    levels += [("好石村站", StationLevel.DOORSTEP), ("好石村三组服务点", StationLevel.DOORSTEP)]
    for number, (name, level) in enumerate(levels):
        centre.open("/stations/new")
        centre.send(
            "/stations", None, **NEW | {"name": name, "short": f"B{chr(65 + number)}", "level": level.value, "parent_id": parent.id}
        )
        assert centre.status == 200, name
        station_id = centre.page.url.rpartition("/")[2].partition("?")[0]
        step(centre, station_id, "recognise", 1)
        parent = replace(CENTRE, id=station_id)
    page = centre.open("/stations")
    shown = re.findall(r'<td class="deep(\d)"><a href="[^"]+">([^<]+)</a></td><td>([^<]+)<', page)
    here = shown.index(("1", "城北分站", t("console.level.branch")))
    assert [(depth, name) for depth, name, _ in shown[here:]][:4] == [(str(n), name) for n, (name, _) in enumerate(levels, 1)]
    # a township over its own part of it
    below = console.signed_in(Role.TOWNSHIP, parent.id).open("/stations")
    assert ("好石村三组服务点" in below, "好石村站" in below) == (True, False)
