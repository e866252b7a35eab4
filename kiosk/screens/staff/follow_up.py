"""回访: what to ask today, one question a card, answered by big buttons. A wrong answer is put right by another one, further down."""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.referral import NO, YES, Party, Question, ReferralState, is_news
from kiosk.screens.staff.parts import add_turn
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.labels import NothingHere
from kiosk.screens.widgets.panel import Card
from kiosk.services.worker_words import phone_words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.follow_up import Asked, Stepped

PAGE = 30
ASKED_OF = {Question.AGREED: Party.EMPLOYER, Question.CAME: Party.WORKER, Question.PAID: Party.WORKER}
"""Whom one asks first."""


class AskCard(Card):
    """One question: about whom, whom to call, what was said so far, whose word it is, and the answers."""

    title = StringProperty("")
    job = StringProperty("")
    worker_phone = StringProperty("")
    employer_phone = StringProperty("")
    note = StringProperty("")
    yes = StringProperty("")
    no = StringProperty("")
    party = StringProperty("")
    can_yes = BooleanProperty(True)
    can_no = BooleanProperty(True)
    can_call = BooleanProperty(True)


class FollowUpScreen(StaffPage):
    """`how` is how the answers are heard; `said` what was written down just now."""

    how = StringProperty("")
    first = NumericProperty(0)
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("follow_up.title"), **args)
        self.how = self.how or t("follow_up.how_call")
        self.ids.how.offer([t("follow_up.how_call"), t("follow_up.how_here")])
        self._sent = False
        self._due: tuple[Asked, ...] = ()
        self._done: tuple[Asked, ...] = ()

    def begin(self) -> None:
        """Ask what is due, and what was answered today."""
        from kiosk.services import follow_up

        self.ask(lambda: (follow_up.due(self.here), follow_up.answered(self.here)), self._draw)

    def remember(self) -> dict[str, Any]:
        """Keep how one hears; what was said is said once."""
        return {"how": self.how, "first": self.first, "said": ""}

    def _draw(self, answer: "tuple[tuple[Asked, ...], tuple[Asked, ...]]") -> None:
        self._due, done = answer
        self._done, self._sent = done, False
        self.ids.body.clear_widgets()
        if not self._due and not done:
            self.ids.body.add_widget(NothingHere(head=t("follow_up.nothing"), text=t("follow_up.nothing_more")))
            return
        view = Factory.FollowUpList()
        self.ids.body.add_widget(view)
        view.add_widget(Factory.Head(text=t("follow_up.head", count=len(self._due)) if self._due else t("follow_up.nothing")))
        first = int(self.first) if self.first < len(self._due) else 0
        for one in self._due[first : first + PAGE]:
            view.add_widget(self._card(one, open_still=True))
        add_turn(view, first, PAGE, len(self._due), self._turn)
        if done:
            view.add_widget(Factory.Head(text=t("follow_up.answered")))
        for one in done[:PAGE]:
            view.add_widget(self._card(one, open_still=False))

    def _turn(self, first: int) -> None:
        self.first = first
        self._draw((self._due, self._done))

    def _card(self, one: "Asked", *, open_still: bool) -> AskCard:
        employer = t("follow_up.employer_station", station=one.owner) if one.owner else ""
        if one.shows_contact:
            employer = t("follow_up.employer_phone", phone=one.listing.contact_phone.grouped())
        card = AskCard(
            title=t(f"follow_up.{one.question}", name=one.worker.name),
            job=t("follow_up.job", title=one.listing.title, employer=one.listing.employer_name),
            worker_phone=t("follow_up.worker_phone", phone=phone_words(one.worker)),
            employer_phone=employer,
            note=self._note(one, open_still=open_still),
            yes=t(f"follow_up.yes_{one.question}"),
            no=t(f"follow_up.no_{one.question}"),
            can_call=open_still,
        )
        parties = {t(f"follow_up.party_{party}"): party for party in (Party.WORKER, Party.EMPLOYER)}
        card.fbind("party", lambda _, party: self._follow(card, one, parties[party]))
        card.party = t(f"follow_up.party_{ASKED_OF[one.question]}")
        card.ids.party.offer(list(parties))
        for button, state in ((card.ids.yes, YES[one.question]), (card.ids.no, NO[one.question])):
            button.bind(on_release=lambda _, state=state: self._answer(one, state, parties[card.party]))
        card.ids.unreached.bind(on_release=lambda _: self._unreached(one))
        return card

    def _note(self, one: "Asked", *, open_still: bool) -> str:
        if open_still and one.unreached_at is not None:
            return t("follow_up.unreached_at", time=f"{self.terminal.local(one.unreached_at):%H:%M}")
        if open_still:
            return t("follow_up.since", month=one.since.month, day=one.since.day)
        return " ・ ".join(
            t("follow_up.said", party=t(f"follow_up.party_{step.party}"), answer=self._word(one.question, step.state)) for step in one.said
        )

    @staticmethod
    def _word(question: Question, state: ReferralState) -> str:
        return t(f"follow_up.{'yes' if state is YES[question] else 'no'}_{question}")

    @staticmethod
    def _follow(card: AskCard, one: "Asked", party: Party) -> None:
        """Let only that be pressed which would be news."""
        card.can_yes, card.can_no = (is_news(one.state, one.said, way[one.question], party) for way in (YES, NO))

    def _answer(self, one: "Asked", state: ReferralState, party: Party) -> None:
        from kiosk.services.follow_up import step

        if self._sent:
            return
        self._sent = True
        session, how, name = self.session, self.how, str(one.worker.name)
        words = t("follow_up.done", name=name, party=t(f"follow_up.party_{party}"), answer=self._word(one.question, state))

        def done(stepped: "Stepped") -> None:
            self._said(t("follow_up.done_case", name=name) if stepped.case else words)

        self.ask(lambda: step(self.here, session, one.referral.id, state, party, how), done, self._failed)

    def _unreached(self, one: "Asked") -> None:
        from kiosk.services.follow_up import unreached

        session, name = self.session, str(one.worker.name)
        words = t("follow_up.done_unreached", name=name)
        self.ask(lambda: unreached(self.here, session, one.referral.id), lambda _: self._said(words), self._failed)

    def _said(self, words: str) -> None:
        self.said = words
        self.begin()

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)
        self.begin()

    def spoken(self) -> str:
        """Say how many questions there are."""
        return self.said + t("follow_up.spoken", count=len(self._due))
