"""Employers' files by touch: found by digits or a name, verified, their code checked, held and released."""

from kiosk.domain.employer import Employer, EmployerHold, EmployerSight, Seen
from kiosk.services.employers import employers
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, looks, sample_state, start_real, station
from tests.screens.test_staff import HEAD, _sign_in, screen
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "screen", "start_real", "station"]

FIRM, CODE = "云梦县汉十物流有限公司", "91420923000000019C"


def files(start_real: StartReal, screen: Screen) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap(t("section.employers"))
    kiosk.wait_page("employers")
    return kiosk


def open_firm(kiosk: Kiosk) -> None:
    kiosk.tap(t("employers.by_phone"))
    for digit in "1001":
        kiosk.tap(digit)
    kiosk.tap(t("employers.look"))
    kiosk.wait_text(t("employers.found", query="1001", count=1))
    kiosk.tap(FIRM)
    kiosk.wait_page("employer_file")
    kiosk.wait_text(t("employers.see_place"))


def firm(station: RealStation) -> Employer:
    with station.here.store.read() as u:
        return next(e for e in u.list(Employer) if e.name == FIRM)


def on_the_board(station: RealStation) -> int:
    with station.here.store.read() as u:
        return sum(p.listing.employer_name == FIRM for p in u.newest())


def test_employers_when_opened_show_what_is_due_first(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    rows = employers(station.here)
    due = sum(row.due for row in rows)
    assert due
    kiosk = files(start_real, screen)
    kiosk.wait_text(t("employers.head", count=len(rows)))
    kiosk.tap(t("employers.due", count=due))
    kiosk.wait_text(next(row for row in rows if row.due).employer.name)
    assert looks(kiosk) == []
    assert FIRM not in "".join(kiosk.texts())


def test_employers_when_nobody_fits_say_so_and_come_back(start_real: StartReal, screen: Screen) -> None:
    kiosk = files(start_real, screen)
    kiosk.tap(t("employers.by_phone"))
    for digit in "77777":
        kiosk.tap(digit)
    whole = kiosk.wait_text("77777")
    assert whole
    assert looks(kiosk) == []
    kiosk.tap(t("employers.look"))
    kiosk.wait_text(t("employers.not_found"))
    kiosk.tap("返回")
    kiosk.wait_text(t("employers.by_word"))
    kiosk.tap(t("employers.by_word"))
    kiosk.wait_text(t("employers.name_hint"))
    assert looks(kiosk) == []


def test_file_when_papers_are_seen_and_the_code_fits_keeps_both(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = files(start_real, screen)
    open_firm(kiosk)
    kiosk.wait_text(t("employers.see_licence"))
    kiosk.tap(t("employers.see_licence"))
    kiosk.wait_text(t("employers.said_seen", what=t("seen.licence")))
    employer = firm(station)
    assert (employer.verified_on, employer.verified_by) == (station.here.today(), HEAD)
    with station.here.store.read() as u:
        assert [s.what for s in u.list(EmployerSight, employer_id=employer.id)] == [Seen.LICENCE]
    kiosk.tap(t("employers.change_code"))
    for character in CODE[:-1]:
        kiosk.tap(character)
    kiosk.wait_text(t("employers.code_left", count=1))
    kiosk.wait_text(CODE[:-1])
    kiosk.tap("1")
    kiosk.tap(t("employers.code_save"))
    kiosk.wait_text(t("bad.uscc.check"))
    assert looks(kiosk) == []
    kiosk.tap(t("problem.ok"))
    kiosk.tap(t("pad.delete"))
    kiosk.tap(CODE[-1])
    kiosk.tap(t("employers.code_save"))
    kiosk.wait_text(t("employers.said_code"))
    assert firm(station).uscc == CODE
    assert looks(kiosk) == []


def test_file_when_held_takes_the_listings_down_until_released(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    before = on_the_board(station)
    assert before
    kiosk = files(start_real, screen)
    open_firm(kiosk)
    kiosk.tap(t("employers.stop"))
    kiosk.wait_page("reason")
    assert looks(kiosk) == []
    kiosk.tap(t("reason.stop_1"))
    kiosk.tap(t("reason.ok"))
    kiosk.wait_text(t("employers.said_stop"))
    kiosk.wait_text(t("reason.stop_1"))
    assert on_the_board(station) == 0
    assert looks(kiosk) == []
    enlarge(kiosk)
    kiosk.wait_text(t("employers.release"))
    assert looks(kiosk) == []
    kiosk.tap(t("employers.release"))
    kiosk.wait_page("reason")
    kiosk.tap(t("reason.release_1"))
    kiosk.tap(t("reason.ok"))
    kiosk.wait_text(t("employers.said_release"))
    assert on_the_board(station) == before
    with station.here.store.read() as u:
        assert [h.held for h in u.list(EmployerHold, employer_id=firm(station).id)] == [True, False]
