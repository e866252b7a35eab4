"""登记好了: the slip as it comes out, and the three listings that fit best, with why. The name goes when the visitor does."""

from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.domain.print_job import PrintJob
from kiosk.screens import listing_words as words
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.widgets.match_card import MatchCard
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.register import Registered


class DoneScreen(Page):
    """`registered` is what the office answered."""

    registered = ObjectProperty(None)
    head = StringProperty("")
    state = StringProperty("")
    matches_head = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("done.title"), can_go_back=False, **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 20, MARGIN, 12)]
        self._watch: PrintWatch | None = None
        self._draw(self.registered)

    def _draw(self, registered: "Registered") -> None:
        from kiosk.services.rules import say

        self.head = t("done.head", name=registered.worker.name)
        self.state = t("print.queued")
        found = registered.matches
        self.matches_head = t("done.matches", count=len(found)) if found else t("done.no_matches")
        for match in found:
            why = " ・ ".join(say(reason) for reason in match.reasons)
            card = MatchCard(title=match.listing.title, pay=words.pay(match.listing), why=why)
            card.bind(on_release=lambda _, listing_id=match.listing.id: self.visit.go("detail", listing_id=listing_id))
            self.ids.matches.add_widget(card)

    def on_enter(self) -> None:
        """Show the slip and follow the printer."""
        from kiosk.services import printing

        self.visit.touched = True
        self.ask(lambda: printing.job(self.terminal.office.here, self.registered.job_id), self._take_slip)
        self._watch = PrintWatch(self, self.registered.job_id, lambda: None, self._say_state)

    def on_leave(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.stop()

    def _take_slip(self, job: PrintJob) -> None:
        self.ids.slip.slip = job.slip

    def _say_state(self, sentence: str) -> None:
        self.state = sentence

    def spoken(self) -> str:
        """Say that it is done; never the name."""
        return f"{t('done.spoken')}{self.state}{self.matches_head}"
