"""Who gets in and who does not: invitations, two factors, lock-out, foreign forms, seats that end, and what is written down of it."""

import re

import pytest
import requests
import sqlalchemy as sa

from kiosk.county.console import accounts
from kiosk.county.console.audit import acts, broken_at
from kiosk.county.console.roles import SECTIONS, Role
from kiosk.county.schema import console_act, console_seat, console_user
from kiosk.domain.guessing import FREE_TRIES
from kiosk.text import t
from tests.console.conftest import PASSWORD, Console
from tests.hub_parts import COUNTY, SLOW_S


def test_door_when_invited_lets_in_with_password_and_digits_and_writes_it_down(console: Console) -> None:
    browser = console.browser()
    browser.join("zhoumin", console.invite("zhoumin"))
    assert browser.page.url.endswith("/console/sign-in")
    page = browser.sign_in("ZhouMin")
    assert t("header.who", name="周敏", role=t("console.role.centre")) in page
    with console.hub.engine.connect() as connection:
        assert [act.act for act in acts(connection, COUNTY)] == ["sign_in", "user_joined", "user_invited", "user_added"]
        stored = repr(connection.execute(sa.select(console_user)).all()) + repr(connection.execute(sa.select(console_seat)).all())
    assert PASSWORD not in stored
    assert browser.totp.secret not in stored
    assert browser.line.cookies["console"] not in stored
    cookie = next(iter(browser.line.cookies))
    assert cookie.path == "/console"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"


def test_door_when_digits_were_used_or_wrong_stays_shut_and_tells_nobody_what_was_wrong(console: Console) -> None:
    browser = console.signed_in()
    used = browser.digits()
    told = set()
    for name, password, digits in (("zhang", PASSWORD, used), ("", "", ""), ("nobody", "wrong", "000000")):
        browser.open("/sign-in")
        page = browser.send("/sign-in", login=name, password=password, digits=digits)
        told.add((browser.status, re.search(r'role="alert">([^<]+)', page)[1]))  # type: ignore[index]
    with console.hub.engine.connect() as connection:
        login = connection.execute(sa.select(console_user.c.login)).scalar_one()
    for password, digits in ((PASSWORD, used), ("wrong", browser.digits())):
        browser.open("/sign-in")
        page = browser.send("/sign-in", login=login, password=password, digits=digits)
        told.add((browser.status, re.search(r'role="alert">([^<]+)', page)[1]))  # type: ignore[index]
    assert told == {(403, t("console.sign_in.wrong"))}


def test_door_when_guessed_at_locks_for_longer_and_longer_even_with_the_right_words(console: Console) -> None:
    browser = console.browser()
    browser.join("zhoumin", console.invite("zhoumin"))
    for _ in range(FREE_TRIES):
        browser.sign_in("zhoumin", "wrong-wrong-1")
        assert browser.status == 403
    page = browser.sign_in("zhoumin", "wrong-wrong-1") if browser.status == 200 else browser.open("/sign-in")
    page = browser.send("/sign-in", login="zhoumin", password=PASSWORD, digits=browser.digits())
    assert browser.status == 403
    assert "以后再试" in page
    console.hub.clock.tick(hours=2)
    browser.sign_in("zhoumin")
    assert browser.status == 200


def test_seat_when_left_or_shut_out_or_invited_anew_is_gone(console: Console) -> None:
    head, other = console.signed_in(), console.browser()
    other.join("chenguoqiang", console.invite("chenguoqiang", Role.BUREAU))
    other.sign_in("chenguoqiang")
    with console.hub.engine.connect() as connection:
        other_id = connection.execute(sa.select(console_user.c.id).where(console_user.c.login == "chenguoqiang")).scalar_one()
    head.open("/users")
    head.send(f"/users/{other_id}/shut-out")
    assert t("console.user.shut_out") in head.open("/users")
    assert other.open("/").count('action="/console/sign-in"') == 1
    console.hub.clock.tick(minutes=29)
    assert head.open("/users").count("<tr>") == 3
    console.hub.clock.tick(minutes=31)
    assert 'action="/console/sign-in"' in head.open("/users")


def test_form_when_it_comes_from_elsewhere_or_without_its_key_does_nothing(console: Console) -> None:
    head = console.signed_in()
    head.open("/users")
    fields = {"login": "stranger", "name": "甲", "role": "centre"}
    key = re.search(r'name="form_key" value="([^"]+)"', head.page.text)
    assert key is not None
    address = f"{console.hub.base}/console/users"
    for headers, form_key in (({}, "wrong"), ({"Origin": "https://evil.example"}, key[1]), ({"Sec-Fetch-Site": "cross-site"}, key[1])):
        answer = head.line.post(address, data=fields | {"form_key": form_key}, headers=headers, timeout=SLOW_S)
        assert answer.status_code == 403
    with console.hub.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(console_user)) == 1


def test_page_when_nobody_is_signed_in_sends_to_the_door_and_says_nothing(console: Console) -> None:
    for section in SECTIONS:
        answer = requests.get(f"{console.hub.base}/console{section.path}", timeout=SLOW_S, allow_redirects=False)
        assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/console/sign-in", "")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("role", list(Role))
def test_page_when_it_is_not_for_a_role_is_neither_listed_nor_opened(console: Console, role: Role) -> None:
    browser = console.signed_in(role)
    home = browser.open("/")
    for section in SECTIONS:
        assert (f'href="/console{section.path}"' in home) == (role in section.roles), section
        browser.open(section.path)
        assert browser.status == (200 if role in section.roles else 403), section


def test_acts_when_a_row_was_rewritten_say_from_which_one_on(console: Console) -> None:
    head = console.signed_in()
    assert t("console.act.user_joined") in head.open("/acts")
    with console.hub.engine.begin() as connection:
        assert broken_at(connection, COUNTY) is None
        connection.execute(sa.update(console_act).where(console_act.c.number == 2).values(user_id="somebody else"))
        assert broken_at(connection, COUNTY) == 2
    assert t("console.acts.broken", number=2) in head.open("/acts")


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("login", "ab", "login"),
        ("login", "周敏", "login"),
        ("login", "zhoumin", "login_taken"),
        ("name", "", "name"),
        ("role", "king", "role"),
        ("role", "township", "township"),
    ],
)
def test_account_when_it_cannot_be_made_says_why_and_keeps_what_was_typed(console: Console, field: str, value: str, key: str) -> None:
    console.invite("zhoumin")
    head = console.signed_in()
    head.open("/users")
    page = head.send("/users", None, **{"login": "liufang", "name": "刘芳", "role": "bureau", "station_id": ""} | {field: value})
    assert head.status == 422
    assert t(f"bad.console.{key}") in page
    assert field == "name" or 'value="刘芳"' in page


def test_invitation_when_it_is_old_or_wrong_or_the_password_weak_makes_no_account(console: Console) -> None:
    browser, code = console.browser(), console.invite("zhoumin")
    browser.open("/join")
    assert t("console.join.wrong") in browser.send("/join", login="zhoumin", code="AAAABBBBCCCC")
    shown = browser.send("/join", login="zhoumin", code=f" {code[:4].lower()}-{code[4:]} ")
    assert shown == browser.send("/join", login="zhoumin", code=code).replace(code, f"{code[:4].lower()}-{code[4:]}")
    for password in ("short1", "only-letters-here", "aaaaaaaaaaa1", "zhoumin-zhoumin-1"):
        page = browser.send("/join/finish", login="zhoumin", code=code, password=password, again=password, digits="000000")
        assert browser.status == 422
        assert 'class="why"' in page
    console.hub.clock.tick(hours=73)
    browser.open("/join")
    assert t("console.join.wrong") in browser.send("/join", login="zhoumin", code=code)


def test_hub_key_when_it_is_renewed_leaves_the_apps_good(console: Console) -> None:
    head = console.signed_in()
    with console.hub.engine.begin() as connection:
        accounts.reseal(connection, console.hub.vault)
        login = connection.execute(sa.select(console_user.c.login)).scalar_one()
    head.sign_in(login)
    assert head.status == 200
