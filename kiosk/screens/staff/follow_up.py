"""回访: what to ask today, one question a card, answered by big buttons. A wrong answer is put right by another one, further down.

Whom other stations recommended to our listings stands among them, and below where nothing is to be asked today.
"""

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

    Found = tuple[tuple[Asked, ...], tuple[Asked, ...], tuple[Asked, ...]]

PAGE = 30
ASKED_OF = {Question.AGREED: Party.EMPLOYER, Question.CAME: Party.WORKER, Question.PAID: Party.WORKER}
"""Whom one asks first."""


class AskCard(Card):
    """One question: about whom, whom to call, what was said so far, whose word it is, and the answers."""

    title = StringProperty("")
    sent = StringProperty("")
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
    """`how` is how the answers are heard; `said` what was written down just now; `listing_id`: of that listing alone, whom others sent."""

    listing_id = StringProperty("")
    how = StringProperty("")
    first = NumericProperty(0)
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("follow_up.title"), **args)
        self.how = self.how or t("follow_up.how_call")
        self.ids.how.offer([t("follow_up.how_call"), t("follow_up.how_here")])
        self._sent = False
        self._due: tuple[Asked, ...] = ()
        self._others: tuple[Asked, ...] = ()
        self._done: tuple[Asked, ...] = ()

    def begin(self) -> None:
        """Ask what is due, who else was sent here, and what was answered today; of one listing, whom other stations sent to it."""
        from kiosk.services import follow_up

        here, listing_id = self.here, self.listing_id

        def look() -> "Found":
            if listing_id:
                return follow_up.sent_here(here, listing_id), (), ()
            due, done = follow_up.due(here), follow_up.answered(here)
            shown = {one.referral.id for one in (*due, *done)}
            return due, tuple(one for one in follow_up.sent_here(here) if one.referral.id not in shown), done

        self.ask(look, self._draw)

    def remember(self) -> dict[str, Any]:
        """Keep how one hears; what was said is said once."""
        return {"how": self.how, "first": self.first, "listing_id": self.listing_id, "said": ""}

    def _draw(self, answer: "Found") -> None:
        self._due, self._others, self._done = answer
        self._sent = False
        self.ids.body.clear_widgets()
        if not any(answer):
            nothing = ("sent_nothing", "sent_nothing_more") if self.listing_id else ("nothing", "nothing_more")
            head, text = (t(f"follow_up.{key}") for key in nothing)
            self.ids.body.add_widget(NothingHere(head=head, text=text))
            return
        view = Factory.FollowUpList()
        self.ids.body.add_widget(view)
        view.add_widget(Factory.Head(text=self._head()))
        first = int(self.first) if self.first < len(self._due) else 0
        for one in self._due[first : first + PAGE]:
            view.add_widget(self._card(one))
        add_turn(view, first, PAGE, len(self._due), self._turn)
        for head, found in (("follow_up.sent_here", self._others), ("follow_up.answered", self._done)):
            if found:
                view.add_widget(Factory.Head(text=t(head)))
            for one in found[:PAGE]:
                view.add_widget(self._card(one))
            if found is self._others and len(found) > PAGE:
                view.add_widget(Factory.Quiet(text=t("follow_up.sent_more", count=len(found) - PAGE)))

    def _head(self) -> str:
        if self.listing_id:
            return t("follow_up.sent_to", title=self._due[0].listing.title, count=len(self._due))
        return t("follow_up.head", count=len(self._due)) if self._due else t("follow_up.nothing")

    def _turn(self, first: int) -> None:
        self.first = first
        self._draw((self._due, self._others, self._done))

    def _card(self, one: "Asked") -> AskCard:
        from kiosk.services import asked_words

        employer = t("follow_up.employer_station", station=one.owner) if one.owner else ""
        if one.shows_contact:
            employer = t("follow_up.employer_phone", phone=one.listing.contact_phone.grouped())
        card = AskCard(
            title=asked_words.title(one),
            sent=asked_words.sent(one),
            job="" if self.listing_id else asked_words.job(one),
            worker_phone=asked_words.through(one) or t("follow_up.worker_phone", phone=phone_words(one.worker)),
            employer_phone=employer,
            note=asked_words.note(one, self.terminal.today()),
            yes=t(f"follow_up.yes_{one.question}"),
            no=t(f"follow_up.no_{one.question}"),
            can_call=one.due,
        )
        parties = {t(f"follow_up.party_{party}"): party for party in (Party.WORKER, Party.EMPLOYER)}
        card.fbind("party", lambda _, party: self._follow(card, one, parties[party]))
        card.party = t(f"follow_up.party_{Party.EMPLOYER if one.sent_by else ASKED_OF[one.question]}")
        card.ids.party.offer(list(parties))
        for button, state in ((card.ids.yes, YES[one.question]), (card.ids.no, NO[one.question])):
            button.bind(on_release=lambda _, state=state: self._answer(one, state, parties[card.party]))
        card.ids.unreached.bind(on_release=lambda _: self._unreached(one))
        return card

    @staticmethod
    def _follow(card: AskCard, one: "Asked", party: Party) -> None:
        """Let only that be pressed which would be news."""
        card.can_yes, card.can_no = (is_news(one.state, one.said, way[one.question], party) for way in (YES, NO))

    def _answer(self, one: "Asked", state: ReferralState, party: Party) -> None:
        from kiosk.services import asked_words
        from kiosk.services.follow_up import step

        if self._sent:
            return
        self._sent = True
        session, how, name = self.session, self.how, asked_words.name(one)
        words = t("follow_up.done", name=name, party=t(f"follow_up.party_{party}"), answer=asked_words.answer(one.question, state))

        def done(stepped: "Stepped") -> None:
            self._said(t("follow_up.done_case", name=name) if stepped.case else words)

        self.ask(lambda: step(self.here, session, one.referral.id, state, party, how), done, self._failed)

    def _unreached(self, one: "Asked") -> None:
        from kiosk.services import asked_words
        from kiosk.services.follow_up import unreached

        session, name = self.session, asked_words.name(one)
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
