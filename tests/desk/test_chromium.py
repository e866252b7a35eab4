"""The desk page in real Chromium: a clerk's morning, typed and clicked, with nothing cut off."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.desk.sections import SECTIONS
from kiosk.domain.employer import Seen
from kiosk.domain.listing import Verdict
from kiosk.services import employers, notices, recommend
from kiosk.services.claims import claim
from kiosk.services.publish import decide, pending, post
from kiosk.services.register import register
from kiosk.text import t
from tests.console.crawl import crawl
from tests.desk.chromium import Chromium
from tests.desk.conftest import DeskStation
from tests.flows.test_assessment import a_picture
from tests.flows.test_use_cases import a_form
from tests.station import PIN, a_posting


@pytest.fixture
def chromium(desk: DeskStation, tmp_path: Path) -> Iterator[Chromium]:
    """Give a browser that trusts the station's certificate."""
    browser = Chromium(tmp_path / "profile", desk.certificate)
    yield browser
    browser.close()


def sign_in(desk: DeskStation, chromium: Chromium) -> None:
    """Sign the head of station in, as he does it."""
    chromium.open(desk.base)
    chromium.type("pin", PIN)
    chromium.click(t("desk.enter"))
    assert t("header.who", name="李芳", role=t("role.head")) in chromium.text()


def test_review_when_clicked_through_in_chromium_publishes_with_a_reason(desk: DeskStation, chromium: Chromium) -> None:
    post(desk.station.here, a_posting(description="每人150元工装费入职时交清，不收押金。"))
    sign_in(desk, chromium)
    chromium.click(t("section.review"))
    assert chromium.wider_than_window() == 0
    for finding in pending(desk.station.here)[0].findings:
        chromium.type(f"hold.{finding.rule}", t("reason.hold_1"))
    chromium.click(t("review.approve_reasons"))
    assert t("review.approved") in chromium.text()
    with desk.station.store.read() as u:
        assert len(list(u.newest())) == 1
    chromium.click(t("desk.hand_over"))
    assert t("sign_in.who") in chromium.text()


def test_import_when_ads_are_pasted_in_chromium_is_completed_and_waits_for_review(desk: DeskStation, chromium: Chromium) -> None:
    sign_in(desk, chromium)
    chromium.click(t("section.import"))
    assert chromium.wider_than_window() == 0
    chromium.type("text", "招装卸工3人 260/天 日结 管饭 义堂镇政府旁 11月24号早7点到下午5点半 干3天 电话 199 0000 1234")
    chromium.click(t("desk.import_chat_go"))
    assert chromium.faults() == []
    for name, words in (("employer_name", "汉十物流"), ("contact_name", "周建国"), ("requirements", "能吃苦")):
        chromium.type(f"d.1.{name}", words)
    chromium.click(t("desk.import_number", number=1))
    chromium.click(t("desk.import_take"))
    assert t("desk.import_listings", count=1) in chromium.text()
    assert [p.listing.contact_name for p in pending(desk.station.here)] == ["周建国"]


@pytest.mark.parametrize("depth", [0, pytest.param(2, marks=pytest.mark.long)])
def test_rooms_and_all_that_they_lead_to_when_full_cut_nothing_off_and_nobody_stumbles(
    desk: DeskStation, chromium: Chromium, depth: int
) -> None:
    fill_rooms(desk)
    paths = crawl(desk.signed_in().open, [section.path for section in SECTIONS], each=9, depth=depth, root="")
    assert depth == 0 or {"/review/", "/employers/", "/assessment/file/"} <= {path[: path.rfind("/") + 1] for path in paths}
    chromium.open(desk.base)
    found = {"/sign-in": chromium.faults((820, 1366))}
    sign_in(desk, chromium)
    for path in paths:
        if "/file/" not in path:
            chromium.open(desk.base + path)
            found[path] = chromium.faults((820, 1366))
            assert t("desk.hand_over") in chromium.text(), path
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def fill_rooms(desk: DeskStation) -> None:
    """Put something into every room: listings that wait, one that is held, somebody to ask after, a notice, an item that was entered."""
    here, head = desk.station.here, desk.station.head
    post(here, a_posting(description="每人150元工装费入职时交清，不收押金。"))
    public = post(here, a_posting(employer_name="云梦大酒店", contact_phone="19900007777")).listing
    decide(here, head, public.id, 1, Verdict.APPROVE)
    worker = register(here, replace(a_form(), consented_at=here.now())).worker
    recommend.refer(here, head, worker.id, public.id, how="当面说好的", contact_consent=True)
    held = post(here, a_posting(employer_name="熊长贵", contact_phone="19900008888")).listing
    employers.see(here, head, str(held.employer_id), Seen.LICENCE, "正本，在店里")
    employers.hold(here, head, str(held.employer_id), "三个人没拿到工钱")
    notices.put_up(here, head, "明天停电", "上午八点到十点。", False, here.today())
    claim(here, head, "1.1", "3", file=("三个区.jpg", a_picture()))
    desk.station.clock.tick(seconds=1)


def test_assessment_when_an_item_is_entered_in_chromium_stands_with_its_number(desk: DeskStation, chromium: Chromium) -> None:
    sign_in(desk, chromium)
    chromium.click(t("section.assessment"))
    assert chromium.wider_than_window() == 0
    chromium.type("value", "三个")
    chromium.click(t("assess.note", name="服务区、发布区、洽谈区"))
    assert t("bad.evidence.value") in chromium.text()
    assert chromium.faults() == []
    chromium.type("value", "3")
    chromium.click(t("assess.note", name="服务区、发布区、洽谈区"))
    assert t("assess.noted") in chromium.text()
    assert t("assess.item_unproved") in chromium.text()
