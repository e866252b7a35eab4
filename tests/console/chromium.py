"""A civil servant at the console in real Chromium: signed in, and what is wrong with the page that he sees."""

from kiosk.county.console.roles import Role
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.console.look import sign_in
from tests.desk.chromium import Chromium

LAPTOPS = (1024, 1366)
"""Widths of a small and of a usual one."""


def sit_down(console: Console, chromium: Chromium, role: Role) -> Browser:
    """Sign somebody of this role in, who has joined before; give the browser that he joined at."""
    browser = console.browser()
    browser.join(role.value, console.invite(role.value, role))
    sign_in(chromium, browser, role.value)
    assert t(f"console.role.{role}") in chromium.text()
    return browser


def faults(chromium: Chromium) -> list[str]:
    """Give what is wrong with the page that stands there: how much of it a window cuts off, what one stumbles over."""
    found = []
    for width in LAPTOPS:
        chromium.resize(width, 768)
        if wider := chromium.wider_than_window():
            found.append(f"{wider} px cut off at {width}")
    return found + chromium.stumbles()
