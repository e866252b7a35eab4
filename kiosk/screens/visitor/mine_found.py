"""My registration as it stands: its state, what came of each listing I put myself down for, and what fits now."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens import listing_words as words
from kiosk.screens.page import Page
from kiosk.screens.widgets.match_card import MatchCard
from kiosk.screens.widgets.panel import Card
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.mine import Mine


class ReferralCard(Card):
    """One listing and where it stands."""

    title = StringProperty("")
    state = StringProperty("")
    text = StringProperty("")


class MineFoundScreen(Page):
    """`mine` is what the office answered."""

    mine = ObjectProperty(None)
    head = StringProperty("")
    facts = StringProperty("")
    nothing = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.mine.title"), **args)
        self.main_text, self.main_icon = t("apply.finish"), "check"
        self._draw(self.mine)

    def on_enter(self) -> None:
        """Remember that somebody's record was seen."""
        self.visit.touched = True

    def _draw(self, mine: "Mine") -> None:
        from kiosk.services.rules import say

        worker = mine.worker
        self.head = t(f"mine.state.{worker.state.value}", name=worker.name.masked())
        trades = "、".join(t(f"trade.{trade.value}") for trade in worker.trades)
        unit = t(f"pay_unit.{worker.pay_unit.value}")
        pay = t("pay.open_short") if worker.pay_fen is None else t("mine.pay", yuan=worker.pay_fen // 100, unit=unit)
        self.facts = t("mine.facts", trades=trades, pay=pay)
        self.nothing = not mine.referrals
        for one in mine.referrals:
            key = f"mine.referral.{one.state.value}"
            self.ids.referrals.add_widget(ReferralCard(title=one.title or t("mine.gone"), state=t(key), text=t(f"{key}_next")))
        for match in mine.matches:
            why = " ・ ".join(say(reason) for reason in match.reasons)
            card = MatchCard(title=match.listing.title, pay=words.pay(match.listing), why=why)
            card.bind(on_release=lambda _, listing_id=match.listing.id: self.visit.go("detail", listing_id=listing_id))
            self.ids.matches.add_widget(card)

    def on_main(self) -> None:
        """End the visit."""
        self.visit.next_person()

    def spoken(self) -> str:
        """Say how it stands; never the name."""
        return self.facts
