"""My registration as it stands: what I want, what came of each listing I put myself down for, what fits now, and what I can change."""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.domain.codes import AREAS
from kiosk.domain.referral import ReferralState
from kiosk.domain.worker import PhoneOf, WorkerState
from kiosk.errors import NotFound
from kiosk.screens import withdrawing
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.visitor.policies import course_line
from kiosk.screens.widgets.buttons import BigButton
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.match_card import card, way_on
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.services.worker_words import no_matches
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.worker import Worker
    from kiosk.services.mine import Mine, MyReferral
    from kiosk.services.signups import Seat

AWAITS_A_CALL = frozenset({ReferralState.INTERESTED, ReferralState.REFERRED})


class ReferralCard(Card):
    """One listing, when I put myself down for it, and where it stands."""

    title = StringProperty("")
    pay = StringProperty("")
    when = StringProperty("")
    state = StringProperty("")
    text = StringProperty("")


def wish(worker: "Worker") -> dict[str, str]:
    """Say what stands in a registration, by what can be changed; of the phone its end only."""
    unit = t(f"pay_unit.{worker.pay_unit.value}")
    if worker.phone_of is PhoneOf.STATION:
        phone = t("phone_of.no_phone")
    else:
        phone = t("mine_change.masked", last=worker.phone.last_four())
        phone = t("phone_of.relatives", phone=phone) if worker.phone_of is PhoneOf.RELATIVE else phone
    return {
        "trades": "、".join(t(f"trade.{trade.value}") for trade in worker.trades),
        "pay": t("pay.open_short") if worker.pay_fen is None else t("mine.pay", yuan=worker.pay_fen // 100, unit=unit),
        "where": AREAS.get(worker.area or "") or t("mine_home.nearby"),
        "phone": phone,
    }


class MineFoundScreen(Page):
    """`mine` is what the office answered, or None to ask it anew; `said` what was changed just now, `jobs` the slips that come of it."""

    mine = ObjectProperty(None, allownone=True)
    said = StringProperty("")
    jobs = ListProperty([])
    head = StringProperty("")
    facts = StringProperty("")
    resting = BooleanProperty(False)
    rest_text = StringProperty("")
    referrals_head = StringProperty("")
    matches_head = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.mine.title"), **args)
        self.main_text, self.main_icon = t("apply.finish"), "check"
        self._watches: list[PrintWatch] = []
        self._busy = False
        if self.mine is not None:
            self._draw(self.mine)

    def on_enter(self) -> None:
        """Remember that somebody's record was seen; ask for it where it may have changed."""
        self.visit.touched = True
        self._watches = [PrintWatch(self, job_id, lambda: None) for job_id in self.jobs]
        if self.mine is None:
            self._look()

    def on_leave(self) -> None:
        """Stop looking at slips."""
        for watch in self._watches:
            watch.stop()

    def remember(self) -> dict[str, Any]:
        """Ask anew when one comes back; what was said is said once."""
        return {"mine": None, "said": "", "jobs": []}

    def _look(self) -> None:
        from kiosk.services.mine import my_registration

        worker_id = self.visit.worker_id
        self.ask(lambda: my_registration(self.terminal.office.here, worker_id), self._draw, self._failed)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, NotFound):
            self.visit.next_person()
        else:
            self.show_problem(error)

    def _draw(self, mine: "Mine") -> None:
        worker = mine.worker
        self._busy = False
        self.resting = worker.state is WorkerState.PAUSED
        self.rest_text = t("mine_home.back" if self.resting else "mine_home.rest")
        self.head = t(f"mine.state.{worker.state.value}", name=worker.name.masked())
        wanted = wish(worker)
        lines = (
            t("mine_home.trades", trades=wanted["trades"]),
            t("mine_home.pay", pay=wanted["pay"]),
            t("mine_home.where", area=wanted["where"]),
            t("mine_home.phone", phone=wanted["phone"]),
        )
        self.facts = "\n".join(lines)
        self.referrals_head = t("mine.referrals" if mine.referrals else "mine.none")
        if self.resting:
            self.matches_head = t("mine_home.resting")
        else:
            self.matches_head = t("mine.matches") if mine.matches else no_matches(worker)
        for box in (self.ids.referrals, self.ids.courses, self.ids.matches):
            box.clear_widgets()
        for one in mine.referrals:
            self.ids.referrals.add_widget(self._card(one, worker.phone_of is PhoneOf.STATION))
        if mine.courses:
            self.ids.courses.add_widget(Factory.Head(text=t("mine_home.courses")))
        for seat in mine.courses:
            self.ids.courses.add_widget(self._course(seat))
        for match in mine.matches:
            self.ids.matches.add_widget(card(match, self.visit))
        self.ids.matches.add_widget(way_on(mine.matches, self.visit))

    def _card(self, one: "MyReferral", without: bool) -> ReferralCard:
        """Say how one stands and what comes next; who is `without` a phone is not told to wait for a call."""
        key, listing = f"mine.referral.{one.state.value}", one.listing
        when = words.day(self.terminal.local(one.referral.created_at).date(), self.terminal.day_to_say())
        made = ReferralCard(
            title=listing.title if listing else t("mine.gone"),
            pay=words.pay(listing) if listing else "",
            when=t("mine.when", day=when),
            state=t(key),
            text=t(f"{key}_next_station" if without and one.state in AWAITS_A_CALL else f"{key}_next"),
        )
        if one.pay_answers:
            came = {ReferralState.UNPAID: "pay_came", ReferralState.PAID: "pay_wrong", ReferralState.NO_SHOW: "pay_wrong"}
            button = BigButton(text=t(f"mine_home.{came.get(one.state, 'pay_unknown')}"), icon="cash", kind="second")
            button.bind(on_release=lambda _: self.visit.go("mine_paid", referral_id=one.referral.id))
            made.add_widget(button)
        if one.told:
            back = Factory.TakeBack(text=t("mine_home.take_back", station=one.told))
            back.bind(on_release=lambda _: self._take_back(one))
            made.add_widget(back)
        return made

    def _take_back(self, one: "MyReferral") -> None:
        """Let the other station have his contact no longer."""
        from kiosk.services.author import HIMSELF
        from kiosk.services.introduce import take_contact_back

        if self._busy:
            return
        self._busy = True
        author = self.visit.session if self.visit.on_behalf else HIMSELF
        worker_id = self.visit.worker_id

        def done(_: None) -> None:
            self.said = t("mine_home.taken_back", station=one.told)
            self._look()

        self.ask(lambda: take_contact_back(self.terminal.office.here, author, worker_id, one.referral.id), done, self._failed)

    def _course(self, seat: "Seat") -> ReferralCard:
        state = t("mine_home.course_waits", count=seat.behind) if seat.behind else t("mine_home.course_seat")
        made = ReferralCard(title=seat.training.title, state=state, text=course_line(seat.training))
        button = BigButton(text=t("mine_home.course_open"), icon="school", kind="second")
        button.bind(on_release=lambda _: self.visit.go("signup", training_id=seat.training.id))
        made.add_widget(button)
        return made

    def rest(self) -> None:
        """Want no work for a while, or work again."""
        from kiosk.services import registrations
        from kiosk.services.author import HIMSELF

        if self._busy:
            return
        self._busy = True
        do, words = (registrations.resume, "mine_home.resumed") if self.resting else (registrations.pause, "mine_home.rested")
        author = self.visit.session if self.visit.on_behalf else HIMSELF
        worker_id = self.visit.worker_id

        def done(_: "Worker") -> None:
            self.said = t(words)
            self._look()

        self.ask(lambda: do(self.terminal.office.here, author, worker_id), done, self._failed)

    def ask_withdraw(self) -> None:
        """Ask once more: what goes does not come back. What other stations hold goes with it, if he likes and the county can find it."""
        from kiosk.services.withdraw import reaches_all

        worker_id = self.visit.worker_id
        self.ask(lambda: reaches_all(self.terminal.office.here, worker_id), self._ask_withdraw, self._failed)

    def _ask_withdraw(self, reaches_all: bool) -> None:
        offered = withdrawing.choices(t("mine.keep"), t("mine.withdraw"), reaches_all, self._withdraw)
        text = t("mine.withdraw_text") + (t("mine.withdraw_where") if reaches_all else "")
        self.terminal.open_dialog(Dialog(title=t("mine.withdraw_ask"), text=text, icon="account-remove", choices=offered))

    def _withdraw(self, everywhere: bool) -> None:
        from kiosk.services.withdraw import withdraw

        worker_id = self.visit.worker_id
        said = "mine.withdrawn_everywhere_text" if everywhere else "mine.withdrawn_text"
        self.ask(lambda: withdraw(self.terminal.office.here, worker_id, everywhere=everywhere), lambda _: self._withdrawn(t(said)))

    def _withdrawn(self, text: str) -> None:
        self.visit.next_person()
        choices: list[Choice] = [(t("problem.ok"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=t("mine.withdrawn"), text=text, icon="check", choices=choices))

    def on_main(self) -> None:
        """End the visit."""
        self.visit.next_person()

    def spoken(self) -> str:
        """Say how it stands and what came of each listing; never name or phone."""
        drawn = [*reversed(self.ids.referrals.children), *reversed(self.ids.courses.children)]
        said = [f"{card.title}，{card.state}。{card.text}。" for card in drawn if isinstance(card, ReferralCard)]
        facts = "，".join(self.facts.split("\n")[:3])
        return "".join((self.said, facts, "。", self.referrals_head, "。", *said, self.matches_head))
