"""工钱拿到了吗?, asked of who comes back with his slip, about one of his listings. He may put it off, and put right what he said."""

from functools import partial
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.referral import HIS_OWN, PayAnswer
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Tile
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.mine import MyReferral

ICONS = {
    PayAnswer.ALL: "cash-check",
    PayAnswer.PART: "cash-minus",
    PayAnswer.NOTHING: "cash-remove",
    PayAnswer.NOT_THERE: "account-cancel",
}
ASKS_STAFF = frozenset({PayAnswer.PART, PayAnswer.NOTHING})
"""What opens a case: it is asked about once more, and said who will see it."""


class MinePaidScreen(Page):
    """`referral_id` names what it is about; `said` what was written down about the one before."""

    referral_id = StringProperty("")
    said = StringProperty("")
    name = StringProperty("")
    pay = StringProperty("")
    when = StringProperty("")
    columns = NumericProperty(4)
    head = StringProperty("")
    again = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("mine_pay.title"), head=t("mine_pay.head"), **args)
        self._sent = False

    def on_enter(self) -> None:
        """Ask what he may say."""
        from kiosk.services.mine import my_referral

        self.visit.touched = True
        worker_id, referral_id = self.visit.worker_id, self.referral_id
        self.ask(lambda: my_referral(self.terminal.office.here, worker_id, referral_id), self._draw)

    def remember(self) -> dict[str, Any]:
        """What was said is said once."""
        return {"said": ""}

    def _draw(self, one: "MyReferral") -> None:
        listing = one.listing
        if listing is None or not one.pay_answers:
            self._go_on("")
            return
        day = words.day(self.terminal.local(one.referral.created_at).date(), self.terminal.day_to_say())
        self.name = t("mine_pay.job", title=listing.title, employer=listing.employer_name)
        self.pay, self.when = words.pay(listing), t("mine.when", day=day)
        self.again = one.state in HIS_OWN
        self.head = t(f"mine_pay.again_{one.state.value}" if self.again else "mine_pay.head")
        # all answers must be seen at once: one that is scrolled out of sight is answered less
        self.columns = 2 if theme.upright else len(one.pay_answers)
        self.ids.answers.clear_widgets()
        for answer in one.pay_answers:
            tile = Tile(text=t(f"mine_pay.{answer.value}"), icon=ICONS[answer], size_px=36 if theme.large and not theme.upright else 40)
            tile.bind(on_release=lambda _, answer=answer: self._answer(answer))
            self.ids.answers.add_widget(tile)

    def _answer(self, answer: PayAnswer) -> None:
        if answer not in ASKS_STAFF:
            self._say(answer)
            return
        choices: list[Choice] = [
            (t("mine_pay.sure_no"), "second", lambda: None),
            (t("mine_pay.sure_yes"), "station", partial(self._say, answer)),
        ]
        title = t(f"mine_pay.sure_{answer.value}")
        self.terminal.open_dialog(Dialog(title=title, text=t("mine_pay.sure_text"), icon="account-voice", choices=choices))

    def _say(self, answer: PayAnswer) -> None:
        from kiosk.services.my_pay import say_pay

        self._send(partial(say_pay, answer=answer), t(f"mine_pay.done_{answer.value}"))

    def later(self) -> None:
        """Do not answer; nobody asks again, and the button on the registration stays. What was said stands as it is."""
        if self.again:
            self._go_on("")
            return
        from kiosk.services.my_pay import put_off

        self._send(put_off, "")

    def _send(self, act: Any, said: str) -> None:
        from kiosk.services.mine import next_question

        if self._sent:
            return
        self._sent = True
        here, worker_id, referral_id = self.terminal.office, self.visit.worker_id, self.referral_id

        def send() -> str:
            act(here.here, worker_id, referral_id)
            return next_question(here.here, worker_id)

        self.ask(send, lambda following: self._go_on(said, following), self._failed)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)

    def _go_on(self, said: str, following: str = "") -> None:
        """Ask about the next one, or show the registration; whoever came from there goes back."""
        if len(self.visit.stack) > 1 and self.visit.stack[-2].page == "mine_found":
            self.visit.back_saying(said)
        elif following:
            self.visit.replace("mine_paid", referral_id=following, said=said)
        else:
            self.visit.replace("mine_found", said=said)

    def spoken(self) -> str:
        """Ask, and give the answers that stand there."""
        answers = "，".join(tile.text for tile in reversed(self.ids.answers.children))
        return f"{self.said}{self.name}，{self.head}{answers}。{t('mine_pay.spoken_again' if self.again else 'mine_pay.spoken')}"
