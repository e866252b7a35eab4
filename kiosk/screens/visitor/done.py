"""登记好了: the slip as it comes out, the two listings that fit best, with why, and the way to all of them.

The name goes when the visitor does.
"""

from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.domain.words import in_fours
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.slip_page import SlipPage
from kiosk.screens.widgets.match_card import card, way_on
from kiosk.services.worker_words import no_matches
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.register import Registered

SHOWN = 2
COMES = ("queued", "sending", "printed")


class DoneScreen(SlipPage):
    """`registered` is what the office answered."""

    registered = ObjectProperty(None)
    head = StringProperty("")
    matches_head = StringProperty("")
    number = StringProperty("")
    below = NumericProperty(0)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("done.title"), **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 20, MARGIN, 12)]
        self._draw(self.registered)

    def _draw(self, registered: "Registered") -> None:
        self.job_id = registered.job_id
        self.head = t("done.head", name=registered.worker.name)
        found = registered.matches[:SHOWN]
        self.matches_head = t("done.matches") if found else no_matches(registered.worker)
        for match in found:
            self.ids.matches.add_widget(card(match, self.visit))
        self.ids.matches.add_widget(way_on(found, self.visit))

    def _say_state(self, sentence: str) -> None:
        """Where no paper comes, give what stands on it: the number with which he comes back, and the slip before the jobs."""
        super()._say_state(sentence)
        held = sentence not in {t(f"print.{name}") for name in COMES}
        code = "" if self.registered.unproven else in_fours(self.registered.worker.code)
        self.number = t("done.number", code=code) if held and code else ""
        parts, found = self.ids.parts, self.ids.found
        if held and parts.orientation == "vertical" and found not in parts.children:
            self.ids.left.remove_widget(found)
            parts.add_widget(found)
            self.lay_below()

    def lay_below(self) -> None:
        """Make room for the jobs under the slip, where they stand there."""
        self.below = self.ids.found.height + theme.px(36) if self.ids.found in self.ids.parts.children else 0

    def spoken(self) -> str:
        """Say that it is done; never the name."""
        return f"{t('done.spoken')}{self.state}{self.matches_head}"
