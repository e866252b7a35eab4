"""今天 on the desk page: what waits, in words, with the way to it."""

from dataclasses import replace
from datetime import timedelta

from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.running import Facility
from kiosk.domain.station import Role
from kiosk.services import facilities
from kiosk.services.call import call_staff
from kiosk.services.publish import post
from kiosk.services.sign_in import add_staff
from kiosk.text import t
from tests.desk.conftest import DeskStation
from tests.flows.test_today import a_judgement
from tests.station import STATION, a_posting


def test_today_when_nothing_waits_says_so(desk: DeskStation) -> None:
    for facility in Facility:
        facilities.check(desk.station.here, desk.station.head, facility, True)
    page = desk.signed_in().page.text
    assert t("today.nothing") in page
    assert t("today.nothing_more") in page


def test_today_when_a_listing_waits_leads_to_review(desk: DeskStation) -> None:
    post(desk.station.here, a_posting())
    page = desk.signed_in().page.text
    assert t("today.review", count=1) in page
    assert 'href="/review"><b>' in page
    assert t("desk.go_to", room=t("section.review")) in page


def test_today_when_something_is_done_at_the_terminal_alone_says_so(desk: DeskStation) -> None:
    browser = desk.signed_in()
    call_staff(desk.station.here, "找活")
    page = browser.open("/")
    assert t("today.call") in page
    assert t("desk.at_terminal") in page


def test_today_when_a_printer_has_no_paper_says_what_to_do(desk: DeskStation) -> None:
    post(desk.station.here, a_posting())
    with desk.station.store.write() as u:
        u.put(replace(u.list(PrintJob, state=JobState.QUEUED)[0], trouble="paper"))
    page = desk.signed_in().page.text
    assert t("today.printer_paper") in page
    assert t("today.printer_help") in page


def test_today_when_the_county_wants_something_put_right_leads_the_head_there_and_lets_staff_read_it(desk: DeskStation) -> None:
    made = a_judgement(desk.station.here.today() + timedelta(days=5))
    with desk.station.store.write() as u:
        u.put(made)
    page = desk.signed_in().page.text
    assert made.words in page
    assert 'href="/assessment"><b>' in page
    with desk.station.store.write() as u:
        clerk = add_staff(u, desk.station.clock(), STATION.id, "张伟", Role.STAFF, "739164")
    browser = desk.browser()
    browser.sign_in(clerk.id, "739164")
    page = browser.page.text
    assert made.words in page
    assert 'href="/assessment"' not in page
    card = page.split(made.words)[1].split("</div>")[0]
    assert t("desk.at_terminal") not in card
