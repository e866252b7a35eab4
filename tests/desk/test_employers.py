"""用工方 on the desk page: found, looked at, stopped with a reason and released."""

import pytest

from kiosk.domain.employer import Employer, EmployerHold, EmployerKind, Seen
from kiosk.domain.listing import Verdict
from kiosk.domain.station import COUNTY
from kiosk.services import employers
from kiosk.services.publish import decide, pending, post
from kiosk.text import t
from tests.desk.conftest import Browser, DeskStation
from tests.station import a_posting

CODE = "91420923000000019C"
NAME = "云梦县汉十物流有限公司"


def _employer(desk: DeskStation, **changes: str) -> Employer:
    listing = post(desk.station.here, a_posting(**changes)).listing
    with desk.station.store.read() as u:
        return u.need(Employer, str(listing.employer_id))


def _open(desk: DeskStation, employer: Employer) -> Browser:
    browser = desk.signed_in()
    page = browser.open(f"/employers/{employer.id}")
    assert employer.name in page
    assert employer.phone.grouped() in page
    return browser


def test_list_when_searched_finds_by_name_and_phone_and_shows_what_is_due(desk: DeskStation) -> None:
    first = _employer(desk)
    other = _employer(desk, employer_name="熊长贵", contact_phone="19900007777")
    browser = desk.signed_in()
    page = browser.open("/employers")
    assert first.id in page
    assert other.id in page
    assert t("employers.row_unseen") in page
    for query, found, gone in (("汉十", first, other), ("7777", other, first)):
        page = browser.send("/employers", query=query)
        assert found.id in page
        assert gone.id not in page
        assert query not in browser.page.url
    assert t("employers.not_found") in browser.send("/employers", query="<没有这家>")
    assert first.id not in browser.open("/employers?only=held")


def test_file_when_papers_were_seen_notes_who_saw_them_and_what_he_wrote(desk: DeskStation) -> None:
    employer = _employer(desk)
    browser = _open(desk, employer)
    page = browser.send(f"/employers/{employer.id}", act="licence", note="正本，在店里")
    assert t("employers.said_seen", what=t("seen.licence")) in page
    assert "正本，在店里" in page
    file = employers.employer_file(desk.station.here, employer.id)
    assert [(s.what, s.by_name) for s in file.sights] == [(Seen.LICENCE, "李芳")]
    assert file.row.employer.verified_on == desk.station.here.today()


def test_file_when_stopped_wants_a_reason_then_holds_and_releases(desk: DeskStation) -> None:
    employer = _employer(desk)
    browser = _open(desk, employer)
    page = browser.send(f"/employers/{employer.id}", act="stop", reason=" ")
    assert browser.page.status_code == 422
    assert t("bad.review.reason") in page
    page = browser.send(f"/employers/{employer.id}", act="stop", reason="欠薪，还没结清")
    assert t("employers.said_stop") in page
    assert "欠薪，还没结清" in page
    assert employers.employer_file(desk.station.here, employer.id).row.held
    assert employer.id in browser.open("/employers?only=held")
    browser.open(f"/employers/{employer.id}")
    assert t("desk.changed") in browser.send(f"/employers/{employer.id}", act="stop", reason="再停一次")
    browser.open(f"/employers/{employer.id}")
    assert t("employers.said_release") in browser.send(f"/employers/{employer.id}", act="release", reason="结清了")
    assert not employers.employer_file(desk.station.here, employer.id).row.held


def test_file_when_a_code_is_wrong_keeps_it_beside_the_sentence(desk: DeskStation) -> None:
    employer = _employer(desk)
    browser = _open(desk, employer)
    page = browser.send(f"/employers/{employer.id}", act="code", uscc="914209230000000191")
    assert browser.page.status_code == 422
    assert 'value="914209230000000191"' in page
    assert 'role="alert"' in page
    assert CODE in browser.send(f"/employers/{employer.id}", act="code", uscc=CODE)


def test_file_when_it_is_a_private_person_asks_for_an_id_card(desk: DeskStation) -> None:
    employer = _employer(desk, employer_name="熊长贵", contact_phone="19900007777")
    browser = _open(desk, employer)
    assert t("employers.see_id_card") in browser.page.text
    assert t("employers.said_kind") in browser.send(f"/employers/{employer.id}", act="unit")
    with desk.station.store.read() as u:
        assert u.need(Employer, employer.id).kind is EmployerKind.UNIT


@pytest.mark.parametrize("act", ["", "x", "fire"])
def test_file_when_the_act_is_made_up_answers_calmly(desk: DeskStation, act: str) -> None:
    employer = _employer(desk)
    browser = _open(desk, employer)
    browser.send(f"/employers/{employer.id}", act=act)
    assert browser.page.status_code == 403
    assert browser.open("/employers/none")
    assert browser.page.status_code == 404


def test_file_when_stopped_says_that_no_listing_of_his_stands_on_a_board(desk: DeskStation) -> None:
    employer, here, head = _employer(desk), desk.station.here, desk.station.head
    decide(here, head, pending(here)[0].listing.id, 1, Verdict.APPROVE)
    browser = _open(desk, employer)
    assert t("listing_state.approved") in browser.page.text
    browser.send(f"/employers/{employer.id}", act="stop", reason="欠薪")
    assert t("listing_state.held") in browser.page.text
    assert t("listing_state.approved") not in browser.page.text


def test_file_when_the_county_holds_the_employer_says_so_and_offers_no_release(desk: DeskStation) -> None:
    employer = _employer(desk)
    hold = EmployerHold(
        id=employer.id[:-1] + "f",
        station_id=COUNTY,
        employer_id=employer.id,
        held=True,
        reason="三个站都有人没拿到工钱",
        by_id="x",
        by_name="县中心 周敏",
        decided_at=desk.station.clock(),
    )
    with desk.station.store.write() as u:
        u.put(hold)
    browser = _open(desk, employer)
    page = browser.open(f"/employers/{employer.id}")
    assert t("employers.countys") in page
    assert "三个站都有人没拿到工钱" in page
    assert 'name="act" value="release"' not in page
    browser.send(f"/employers/{employer.id}", act="release", reason="没事了")
    assert browser.page.status_code == 403
