"""A civil servant who sits down at the console in real Chromium."""

from kiosk.county.console.roles import Role
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.console.look import sign_in
from tests.desk.chromium import Chromium


def sit_down(console: Console, chromium: Chromium, role: Role) -> Browser:
    """Sign somebody of this role in, who has joined before; give the browser that he joined at."""
    browser = console.browser()
    browser.join(role.value, console.invite(role.value, role))
    sign_in(chromium, browser, role.value)
    assert t(f"console.role.{role}") in chromium.text()
    return browser
