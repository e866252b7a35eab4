"""A visitor holds a code before the scanner: his slip leads to 我的登记, a listing's link to the listing, all else to a sentence."""

from typing import TYPE_CHECKING

from kiosk.errors import BadInput
from kiosk.screens.page import Page
from kiosk.screens.problems import sentence
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.scan import Scanned

BY_CODE = frozenset({f"bad.scan.{name}" for name in ("unsigned", "malformed", "forged", "expired", "unknown_key", "recommendation")})
"""After which the eight digits may still lead on."""


def follow_scan(page: Page, text: str) -> None:
    """Lead on from `page`; what staff fill in for somebody is left alone."""
    if page.visit.on_behalf:
        return
    from kiosk.services.scan import read_scan

    page.ask(lambda: read_scan(page.terminal.office.here, text), lambda found: lead(page, found, text), lambda error: _say(page, error))


def lead(page: Page, found: "Scanned", text: str) -> None:
    """Go where a code leads that read as `text`."""
    if found.code:
        page.visit.come_with("mine", code=found.code)
    elif found.receipt:
        page.visit.come_with("my_posting", scanned=text)
    elif found.record is not None:
        page.visit.go("policy", record=found.record)
    else:
        page.visit.go("detail", listing_id=found.listing_id)


def _say(page: Page, error: Exception) -> None:
    if not isinstance(error, BadInput):
        page.show_problem(error)
        return
    choices: list[Choice] = [(t("scan.ok"), "station", lambda: None)]
    if error.key in BY_CODE:
        choices.insert(0, (t("scan.by_code"), "second", lambda: page.visit.go("mine")))
    page.terminal.open_dialog(Dialog(title=t("scan.head"), text=sentence(error), icon="qrcode-remove", choices=choices, gives_way=True))
