"""今天 on the desk page: what waits, in words, with the way to it."""

from dataclasses import replace

from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.running import Facility
from kiosk.services import facilities
from kiosk.services.call import call_staff
from kiosk.services.publish import post
from kiosk.text import t
from tests.desk.conftest import DeskStation
from tests.station import a_posting


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
