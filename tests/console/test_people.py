"""The console's room about people: nobody without a question, masked, each look written down, a township only its own."""

import pytest

from kiosk.county.console.audit import acts
from kiosk.county.console.roles import Role
from kiosk.domain.privacy import Phone
from kiosk.text import t
from tests.console.conftest import Console
from tests.console.county_records import Records
from tests.hub_parts import COUNTY, OTHER, OURS
from tests.integration.test_hub_push import a_worker

NAME, PHONE = "欧阳小兰", "19900005678"


@pytest.fixture
def records(console: Console) -> Records:
    records = Records(console.hub)
    records.push(a_worker(name=NAME, phone=PHONE, code="12345678"), a_worker(station_id=OTHER.id, name=NAME, phone=PHONE, code="87654321"))
    records.push(a_worker(station_id=OTHER.id, name="王强", phone="19900001111", code="11112222"))
    return records


@pytest.mark.usefixtures("records")
def test_people_when_nothing_or_too_little_was_asked_shows_nobody(console: Console) -> None:
    browser = console.signed_in()
    assert "<table" not in browser.open("/people")
    for asked, key in (
        ({}, "people_all"),
        ({"name": "王"}, "people_name"),
        ({"digits": "56"}, "people_digits"),
        ({"digits": "一二三四"}, "people_digits"),
    ):
        page = browser.send("/people", name=asked.get("name", ""), digits=asked.get("digits", ""))
        assert (browser.status, t(f"bad.console.{key}") in page, "<table" in page) == (422, True, False), asked
    assert t("console.people.nothing") in browser.send("/people", name="没有这人")


@pytest.mark.usefixtures("records")
def test_people_when_found_are_masked_and_each_look_is_written_down(console: Console) -> None:
    browser = console.signed_in(Role.BUREAU)
    browser.open("/people")
    for asked in ({"name": NAME}, {"digits": "5678"}, {"digits": PHONE}):
        page = browser.send("/people", name=asked.get("name", ""), digits=asked.get("digits", ""))
        assert page.count("欧＊") == 2, asked
        assert "小兰" not in page.replace(f'value="{NAME}"', "")
        assert PHONE not in page.replace(f'value="{PHONE}"', "")
    page = browser.send("/people", digits="12345678")
    assert page.count("欧＊") == 1
    worker_id = page.split("/console/people/")[1].split('"')[0]
    page = browser.open(f"/people/{worker_id}")
    for words in ("欧＊", t("console.people.tail", digits="5678"), t("console.people.talk"), "曾店站"):
        assert words in page, words
    assert NAME[1:] not in page
    assert PHONE[:7] not in page
    with console.hub.engine.connect() as connection:
        looked, searched = acts(connection, COUNTY)[:2]
    assert (looked.act, looked.subject, searched.act) == ("person_looked", worker_id, "people_searched")
    assert searched.facts == {"asked": "digits", "found": 1}


@pytest.mark.usefixtures("records")
def test_people_when_a_township_looks_are_those_of_its_own_stations(console: Console) -> None:
    browser = console.signed_in(Role.TOWNSHIP, OURS.id)
    browser.open("/people")
    assert browser.send("/people", name=NAME).count("欧＊") == 1
    assert t("console.people.nothing") in browser.send("/people", name="王强")
    centre = console.signed_in()
    centre.open("/people")
    other = centre.send("/people", name="王强").split("/console/people/")[1].split('"')[0]
    browser.open(f"/people/{other}")
    assert browser.status == 404


@pytest.mark.usefixtures("records")
def test_same_people_when_registered_at_two_stations_are_told_with_their_stations(console: Console, records: Records) -> None:
    # the station's own number tells nobody apart, and a namesake with another number is another person
    records.push(*(a_worker(station_id=s.id, name="张三", phone="07124000001", phone_of="station", code="3") for s in (OURS, OTHER)))
    records.push(*(a_worker(station_id=s.id, name="李四", phone=Phone(f"1990000222{n}"), code="4") for n, s in enumerate((OURS, OTHER))))
    page = console.signed_in(Role.TOWNSHIP, OURS.id).open("/same-people")
    assert page.count("<tr>") == 2
    for words in ("欧＊", "5678", "义堂站", "曾店站"):
        assert words in page, words
