"""登记好了: the slip as it comes out, and the three listings that fit best, with why. The name goes when the visitor does."""

from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.slip_page import SlipPage
from kiosk.screens.widgets.match_card import card
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.register import Registered


class DoneScreen(SlipPage):
    """`registered` is what the office answered."""

    registered = ObjectProperty(None)
    head = StringProperty("")
    matches_head = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("done.title"), can_go_back=False, **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 20, MARGIN, 12)]
        self._draw(self.registered)

    def _draw(self, registered: "Registered") -> None:
        self.job_id = registered.job_id
        self.head = t("done.head", name=registered.worker.name)
        found = registered.matches
        self.matches_head = t("done.matches", count=len(found)) if found else t("done.no_matches")
        for match in found:
            self.ids.matches.add_widget(card(match, self.visit))

    def spoken(self) -> str:
        """Say that it is done; never the name."""
        return f"{t('done.spoken')}{self.state}{self.matches_head}"
