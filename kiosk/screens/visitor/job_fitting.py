"""适合我的: the listings that fit who registered in this visit, each with its reasons; one touch leads back to all of them."""

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.screens.page import Page
from kiosk.screens.widgets.match_card import card
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.matching import Match


class JobFittingScreen(Page):
    """Knows the visitor only as this visit does."""

    head = StringProperty("")
    how = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("fitting.title"), **args)
        self._found: tuple[Match, ...] = ()

    def on_enter(self) -> None:
        """Ask what fits."""
        worker_id = self.visit.worker_id

        def look() -> "tuple[Match, ...]":
            from kiosk.services.fitting import fitting

            return fitting(self.terminal.office.here, worker_id) if worker_id else ()

        self.ask(look, self._take)

    def _take(self, found: "tuple[Match, ...]") -> None:
        from kiosk.services.rules import say

        self._found = found
        self.ids.list.clear_widgets()
        self.head = t("fitting.head", count=len(found)) if found else t("fitting.none")
        self.how = t("fitting.how" if found else "fitting.none_more")
        today = self.terminal.day_to_say()
        for match in found:
            one = match.listing
            made = card(match, self.visit)
            settled = t(f"settlement.{one.settlement.value}")
            made.facts = " ・ ".join(p for p in (words.area(one), one.place, words.when(one, today), words.meals(one), settled) if p)
            made.why = " ・ ".join(say(reason) for reason in match.reasons)
            self.ids.list.add_widget(made)

    def all_jobs(self) -> None:
        """Go to the list that is not personalised."""
        self.visit.back_to("jobs")

    def spoken(self) -> str:
        """Say how many there are and read the first ones with their reasons."""
        from kiosk.services.rules import say

        rows = (
            t("fitting.spoken_row", title=m.listing.title, pay=words.pay(m.listing), why="，".join(say(r) for r in m.reasons))
            for m in self._found[:3]
        )
        return self.head + "。" + "".join(rows) if self._found else f"{self.head}。{self.how}"
