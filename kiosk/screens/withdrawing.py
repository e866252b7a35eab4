"""How far a withdrawal shall go, asked alike of a visitor and of the staff who does it for him."""

from collections.abc import Callable

from kiosk.screens.widgets.dialog import Choice
from kiosk.text import t


def choices(keep: str, withdraw: str, reaches_all: bool, act: Callable[[bool], None]) -> list[Choice]:
    """Give what a dialog offers: to `keep`, and to `withdraw`, here or everywhere where the county can find the others (`reaches_all`).

    `act` is told whether it shall be everywhere.
    """
    if not reaches_all:
        return [(withdraw, "danger", lambda: act(False)), (keep, "station", lambda: None)]
    return [
        (t("mine.withdraw_everywhere"), "danger", lambda: act(True)),
        (t("mine.withdraw_here"), "danger", lambda: act(False)),
        (keep, "station", lambda: None),
    ]
