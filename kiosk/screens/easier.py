"""怎么看着方便: the dialog in which a person says how he sees and reaches best."""

from collections.abc import Callable

from kiosk.screens.theme import theme
from kiosk.screens.visit import Visit
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t


def easier(visit: Visit, moved: Callable[[], None]) -> Dialog:
    """Make the dialog; each choice is told as what pressing it does, and `moved` is called once it is done."""

    def turn(mode: str) -> Callable[[], None]:
        def act() -> None:
            setattr(visit, mode, not getattr(visit, mode))
            moved()

        return act

    modes = ("large", "contrast", *(["low"] if theme.upright else []))
    choices: list[Choice] = [(t(f"easier.{m}_{'off' if getattr(visit, m) else 'on'}"), "second", turn(m)) for m in modes]
    return Dialog(title=t("easier.title"), icon="tune-variant", choices=[*choices, (t("easier.ok"), "station", lambda: None)])
