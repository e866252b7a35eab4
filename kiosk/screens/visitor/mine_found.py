"""My registration as it stands: its state, what came of each listing I put myself down for, and what fits now."""

from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.match_card import card
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.mine import Mine, MyReferral


class ReferralCard(Card):
    """One listing, when I put myself down for it, and where it stands."""

    title = StringProperty("")
    pay = StringProperty("")
    when = StringProperty("")
    state = StringProperty("")
    text = StringProperty("")


class MineFoundScreen(Page):
    """`mine` is what the office answered."""

    mine = ObjectProperty(None)
    head = StringProperty("")
    facts = StringProperty("")
    referrals_head = StringProperty("")
    matches_head = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.mine.title"), **args)
        self.main_text, self.main_icon = t("apply.finish"), "check"
        self._draw(self.mine)

    def on_enter(self) -> None:
        """Remember that somebody's record was seen."""
        self.visit.touched = True

    def _draw(self, mine: "Mine") -> None:
        worker = mine.worker
        self.head = t(f"mine.state.{worker.state.value}", name=worker.name.masked())
        trades = "、".join(t(f"trade.{trade.value}") for trade in worker.trades)
        unit = t(f"pay_unit.{worker.pay_unit.value}")
        pay = t("pay.open_short") if worker.pay_fen is None else t("mine.pay", yuan=worker.pay_fen // 100, unit=unit)
        self.facts = t("mine.facts", trades=trades, pay=pay)
        self.referrals_head = t("mine.referrals" if mine.referrals else "mine.none")
        self.matches_head = t("mine.matches" if mine.matches else "done.no_matches")
        for one in mine.referrals:
            self.ids.referrals.add_widget(self._card(one))
        for match in mine.matches:
            self.ids.matches.add_widget(card(match, self.visit))

    def _card(self, one: "MyReferral") -> ReferralCard:
        key, listing = f"mine.referral.{one.state.value}", one.listing
        when = words.day(self.terminal.local(one.referral.created_at).date(), self.terminal.today())
        return ReferralCard(
            title=listing.title if listing else t("mine.gone"),
            pay=words.pay(listing) if listing else "",
            when=t("mine.when", day=when),
            state=t(key),
            text=t(f"{key}_next"),
        )

    def ask_withdraw(self) -> None:
        """Ask once more: what goes does not come back."""
        choices: list[Choice] = [(t("mine.keep"), "station", lambda: None), (t("mine.withdraw"), "danger", self._withdraw)]
        self.terminal.open_dialog(
            Dialog(title=t("mine.withdraw_ask"), text=t("mine.withdraw_text"), icon="account-remove", choices=choices)
        )

    def _withdraw(self) -> None:
        from kiosk.services.withdraw import withdraw

        self.ask(lambda: withdraw(self.terminal.office.here, self.mine.worker.id), self._withdrawn)

    def _withdrawn(self, _: None) -> None:
        self.visit.next_person()
        choices: list[Choice] = [(t("problem.ok"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=t("mine.withdrawn"), text=t("mine.withdrawn_text"), icon="check", choices=choices))

    def on_main(self) -> None:
        """End the visit."""
        self.visit.next_person()

    def spoken(self) -> str:
        """Say how it stands and what came of each listing; never the name."""
        cards = [card for card in reversed(self.ids.referrals.children) if isinstance(card, ReferralCard)]
        said = [f"{card.title}，{card.state}。{card.text}" for card in cards]
        return "".join((self.facts, self.referrals_head, "。", *said, self.matches_head))
