"""Files at the desk PC: the roster, the platform's lists, the marks. What is in the files is proved beside their services."""

import io
from urllib.parse import unquote

import msoffcrypto
import openpyxl
import pytest

from kiosk.domain.listing import Verdict
from kiosk.domain.station import Role
from kiosk.services.publish import decide, post
from kiosk.services.sign_in import add_staff
from kiosk.text import t
from tests.desk.conftest import Browser, DeskStation
from tests.station import STATION, a_posting

PERIOD = {"first": "2026-01-01", "last": "2026-11-23"}


def _published(desk: DeskStation) -> str:
    here = desk.station.here
    listing = post(here, a_posting()).listing
    decide(here, desk.station.head, listing.id, 1, Verdict.APPROVE)
    return listing.id


def _clerk(desk: DeskStation) -> Browser:
    with desk.station.store.write() as u:
        clerk = add_staff(u, desk.station.clock(), STATION.id, "张伟", Role.STAFF, "739164")
    browser = desk.browser()
    browser.sign_in(clerk.id, "739164")
    return browser


def _acts(desk: DeskStation) -> list[str]:
    from sqlalchemy import text

    with desk.station.store.read() as u:
        return list(u.connection.execute(text("SELECT act FROM audit ORDER BY seq")).scalars())


def test_papers_when_the_roster_is_taken_gives_a_sheet_and_notes_it(desk: DeskStation) -> None:
    browser = desk.signed_in()
    assert t("papers.roster") in browser.open("/papers")
    browser.send("/papers/roster", **PERIOD)
    assert t("roster.masked_file") in unquote(browser.page.headers["content-disposition"])
    book = openpyxl.load_workbook(io.BytesIO(browser.page.content))
    assert book.active["A1"].value
    assert _acts(desk)[-1] == "export"


def test_papers_when_the_head_takes_the_whole_roster_locks_it(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.open("/papers")
    said = browser.send("/papers/roster", whole="1", password="short", **PERIOD)
    assert browser.page.status_code == 422
    assert "至少要 8 个字" in said
    browser.send("/papers/roster", whole="1", password="云梦县2026年", **PERIOD)
    assert msoffcrypto.OfficeFile(io.BytesIO(browser.page.content)).is_encrypted()


def test_papers_when_a_clerk_asks_for_the_whole_roster_refuses(desk: DeskStation) -> None:
    browser = _clerk(desk)
    assert t("desk.take_whole") not in browser.open("/papers")
    browser.send("/papers/roster", whole="1", password="云梦县2026年", **PERIOD)
    assert browser.page.status_code == 403


@pytest.mark.parametrize("wrong", [{"first": "", "last": ""}, {"first": "2026-12-01", "last": "2026-01-01"}, {"first": "x", "last": "y"}])
def test_papers_when_the_days_are_wrong_says_so(desk: DeskStation, wrong: dict[str, str]) -> None:
    browser = desk.signed_in()
    browser.open("/papers")
    browser.send("/papers/roster", **wrong)
    assert browser.page.status_code == 422
    assert 'role="alert"' in browser.page.text


def test_papers_when_something_was_entered_it_waits_no_more(desk: DeskStation) -> None:
    listing = _published(desk)
    browser = desk.signed_in()
    assert f"{listing}/1" in browser.open("/papers")
    browser.send("/papers/platform/listing")
    assert openpyxl.load_workbook(io.BytesIO(browser.page.content)).active.max_row > 1
    browser.open("/papers")
    browser.send("/papers/platform/listing", csv="1")
    assert browser.page.content.startswith(b"\xef\xbb\xbf")
    browser.open("/papers")
    assert t("papers.noted") in browser.send("/papers/entered/listing", record=f"{listing}/1")
    assert f"{listing}/1" not in browser.page.text


def test_papers_when_the_mark_is_made_up_changes_nothing(desk: DeskStation) -> None:
    browser = desk.signed_in()
    for what, record in (("listing", "none/1"), ("listing", "none"), ("policy", "none/1")):
        browser.open("/papers")
        browser.send(f"/papers/entered/{what}", record=record)
        assert browser.page.status_code in (403, 404, 422)


def test_papers_when_all_were_entered_marks_them_with_one_button_and_none_without_a_tick(desk: DeskStation) -> None:
    listing = _published(desk)
    browser = desk.signed_in()
    browser.open("/papers")
    assert t("desk.mark_none") in browser.send("/papers/entered/listing", all=f"{listing}/1")
    assert browser.page.status_code == 422
    assert t("desk.mark_all", count=1) in browser.page.text
    said = browser.send("/papers/entered/listing", all=f"{listing}/1", every="1")
    assert t("papers.noted") in said
    assert said.count(t("papers.all_entered")) == 2
