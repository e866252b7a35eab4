"""The desk page's doors: TLS, PINs with the terminal's lock-outs, seats that end, forms of other sites, peers from outside."""

import pytest
import requests
from sqlalchemy import text

from kiosk.desk.app import at_home
from kiosk.desk.certificate import make_certificate
from kiosk.domain.station import Role
from kiosk.services.publish import pending, post
from kiosk.services.team import add_member, renew_pin, retire
from kiosk.text import t
from tests.desk.conftest import DeskStation, fingerprint
from tests.station import PIN, a_posting


def test_page_when_nobody_is_signed_in_asks_who_it_is(desk: DeskStation) -> None:
    browser = desk.browser()
    for path in ("/", "/review", "/review/x"):
        assert t("sign_in.who") in browser.open(path)
        assert browser.page.url.endswith("/sign-in")


def test_sign_in_when_the_pin_is_right_opens_today_and_names_who_sits_there(desk: DeskStation) -> None:
    browser = desk.signed_in()
    assert t("header.who", name="李芳", role=t("role.head")) in browser.page.text
    cookie = next(iter(browser.line.cookies))
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_sign_in_when_the_pin_is_wrong_locks_as_at_the_terminal(desk: DeskStation) -> None:
    browser = desk.browser()
    head = desk.station.head.staff_id
    for said in ("sign_in.wrong", "sign_in.wrong", ""):
        text = browser.sign_in(head, "111111")
        assert browser.page.status_code == 403
        assert (t(said) if said else "以后再试") in text
    assert "以后再试" in browser.sign_in(head, PIN)
    desk.station.clock.tick(seconds=31)
    assert t("today.title") in browser.sign_in(head, PIN)
    assert browser.page.status_code == 200


def test_seat_when_left_for_a_quarter_of_an_hour_is_free(desk: DeskStation) -> None:
    browser = desk.signed_in()
    desk.station.clock.tick(minutes=14)
    browser.open("/review")
    assert browser.page.url.endswith("/review")
    desk.station.clock.tick(minutes=16)
    browser.open("/review")
    assert browser.page.url.endswith("/sign-in")


def test_seat_when_handed_over_is_nobodys(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.send("/sign-out")
    browser.open("/review")
    assert browser.page.url.endswith("/sign-in")


def test_form_when_another_site_made_it_changes_nothing(desk: DeskStation) -> None:
    post(desk.station.here, a_posting())
    waiting = pending(desk.station.here)[0].listing
    browser = desk.signed_in()
    for key in ("", "made-up"):
        fields = {"form_key": key, "verdict": "approve", "revision": "1"}
        answer = browser.line.post(f"{desk.base}/review/{waiting.id}", data=fields, verify=str(desk.certificate), timeout=20)
        assert answer.status_code == 403
        assert t("desk.strange") in answer.text
    assert len(pending(desk.station.here)) == 1


def test_page_when_asked_in_clear_or_for_nothing_answers_calmly(desk: DeskStation) -> None:
    browser = desk.signed_in()
    for path in ("/nothing", "/review/none", "/docs", "/openapi.json"):
        assert t("desk.no_page") in browser.open(path)
        assert browser.page.status_code == 404
    assert "script" not in browser.open("/")
    assert browser.page.headers["content-security-policy"].startswith("default-src 'none'")
    try:
        clear = requests.get(desk.base.replace("https", "http"), timeout=5)
    except requests.ConnectionError:
        return
    raise AssertionError(f"answered in clear: {clear.status_code}")


def test_upload_when_too_long_is_refused_before_it_is_in_memory(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.upload("/review/none", "big.bin", b"x" * (9 * 1024 * 1024))
    assert browser.page.status_code == 413
    assert t("desk.too_large") in browser.page.text


def test_peer_when_outside_the_stations_network_is_not_served() -> None:
    assert all(at_home(a) for a in ("127.0.0.1", "192.168.1.20", "10.0.0.7", "172.16.3.4", "::1", "fe80::1", "::ffff:192.168.0.2"))
    assert not any(at_home(a) for a in ("8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "testclient", ""))


def test_certificate_when_made_again_is_the_same_and_its_key_is_private(desk: DeskStation) -> None:
    key = desk.certificate.with_name("key.pem")
    assert key.stat().st_mode & 0o077 == 0
    mark = fingerprint(desk.certificate)
    assert len(mark.split(":")) == 32
    make_certificate(desk.certificate.parent, desk.station.clock())
    assert fingerprint(desk.certificate) == mark


def test_sign_in_when_another_site_sends_it_is_refused_and_counts_for_nothing(desk: DeskStation) -> None:
    browser = desk.browser()
    fields = {"staff_id": desk.station.head.staff_id, "pin": PIN}
    for headers in ({"Origin": "https://elsewhere.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.line.post(f"{desk.base}/sign-in", data=fields, headers=headers, verify=str(desk.certificate), timeout=20)
        assert answer.status_code == 403
        assert t("desk.strange") in answer.text
        assert not browser.line.cookies
    own = {"Origin": desk.base, "Sec-Fetch-Site": "same-origin"}
    assert browser.line.post(f"{desk.base}/sign-in", data=fields, headers=own, verify=str(desk.certificate), timeout=20).url.endswith("/")


def test_seat_when_the_pin_is_renewed_or_its_owner_leaves_is_free(desk: DeskStation) -> None:
    here, head = desk.station.here, desk.station.head
    clerk = add_member(here, head, "张伟", Role.STAFF, "739164")
    first, second = desk.browser(), desk.browser()
    first.sign_in(clerk.id, "739164")
    renew_pin(here, head, clerk.id, "864157")
    second.sign_in(clerk.id, "864157")
    for browser, sits in ((first, False), (second, True)):
        browser.open("/review")
        assert browser.page.url.endswith("/review") == sits
    retire(here, head, clerk.id)
    second.open("/review")
    assert second.page.url.endswith("/sign-in")


def test_sign_out_when_done_is_noted(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.send("/sign-out")
    with desk.station.store.read() as u:
        acts = list(u.connection.execute(text("SELECT act FROM audit ORDER BY seq")).scalars())
    assert acts[-2:] == ["sign_in", "hand_over"]


def test_page_when_something_unforeseen_happens_says_sorry_and_logs_nothing_typed(
    desk: DeskStation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk.signed_in()

    def fail(*_: object) -> None:
        raise RuntimeError("胡桂花 19900001234")

    monkeypatch.setattr("kiosk.desk.importing.drafts_from_chat", fail)
    browser.open("/import")
    assert t("desk.failed") in browser.send("/import/chat", text="招人")
    assert browser.page.status_code == 500
    assert browser.page.headers["cache-control"] == "no-store"
    assert "RuntimeError in fail" in caplog.text
    assert "胡桂花" not in caplog.text


def test_form_when_its_numbers_are_no_numbers_is_strange(desk: DeskStation) -> None:
    listing = post(desk.station.here, a_posting()).listing
    browser = desk.signed_in()
    for number in ("9" * 30, "9" * 5000, "-1", "1.5", "", "１"):
        browser.open("/review")
        browser.send(f"/review/{listing.id}", verdict="approve", revision=number)
        assert browser.page.status_code == 403, number
        browser.open("/papers")
        browser.send("/papers/entered/listing", record=f"{listing.id}/{number}")
        assert browser.page.status_code == 403, number
    assert len(pending(desk.station.here)) == 1
