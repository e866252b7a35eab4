"""在发布的: what this station has in public, newest first; one of them is filled, taken down with a reason, or edited.

Views: list → one → why; list → number.
"""

from typing import TYPE_CHECKING, Any, Literal

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.listing import ListingState
from kiosk.errors import NotAllowed, NotFound, WrongState
from kiosk.screens.staff.parts import ReadySentences, ScreenPart
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.standing import Standing, StandingPage


class PublishedRow(Press):
    """One listing of the list."""

    number = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    edited = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")


class PublishedOne(ScreenPart):
    """One listing as it stands in public, and what can be done with it."""

    number = StringProperty("")
    title = StringProperty("")
    employer = StringProperty("")
    contact = StringProperty("")
    edited = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")
    terms = StringProperty("")
    days = StringProperty("")
    hours = StringProperty("")
    place = StringProperty("")
    referred = StringProperty("")


class PublishedScreen(StaffPage):
    """`offset` is the list's first row, `at` how far it was scrolled; `reading`: `listing_id` is open, `why`: its reason is asked.

    `looking`: a number is keyed in; `said` what was done just now.
    """

    offset = NumericProperty(0)
    at = NumericProperty(1)
    listing_id = StringProperty("")
    reading = BooleanProperty(False)
    why = BooleanProperty(False)
    looking = BooleanProperty(False)
    digits = StringProperty("")
    hint = StringProperty("")
    text = StringProperty("")
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.published"), **args)
        self._one: Standing | None = None
        self._sentences: ReadySentences | None = None
        self._sent = False
        self._total = 0

    def begin(self) -> None:
        """Ask for what is shown."""
        from kiosk.services.standing import standing, stands

        listing_id, offset = self.listing_id, int(self.offset)
        if self.reading:
            self.ask(lambda: stands(self.here, listing_id), self._open, self._failed)
        elif self.looking:
            self._draw_number()
        else:
            self.ask(lambda: standing(self.here, offset), self._draw_list)

    def remember(self) -> dict[str, Any]:
        """Keep what is shown; what was said is said once."""
        kept = ("offset", "at", "listing_id", "reading", "why", "looking", "digits", "text")
        return {name: getattr(self, name) for name in kept} | {"said": ""}

    def on_back(self) -> bool:
        """Go back one view."""
        if self._sentences is not None and self._sentences.back():
            return True
        if self.why and self._one is not None:
            self.why = False
            self._draw_one(self._one)
        elif self.reading or self.looking:
            self._to_list("")
        else:
            return False
        return True

    def _to_list(self, said: str) -> None:
        self.reading = self.why = self.looking = False
        self.said, self.listing_id, self.digits, self.text = said, "", "", ""
        self.begin()

    def _put(self, body: Any) -> None:
        self.main_text, self._sentences = "", None
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(body)

    # the list

    def _draw_list(self, found: "StandingPage") -> None:
        self._total, self.offset = found.total, found.offset
        if not found.rows:
            self._put(NothingHere(head=t("published.nothing"), text=t("published.nothing_more")))
            return
        body, last = Factory.PublishedList(screen=self), found.offset + len(found.rows)
        whole = len(found.rows) == found.total
        body.head = t("published.head" if whole else "published.part", count=found.total, first=found.offset + 1, last=last)
        for one in found.rows:
            body.ids.rows.add_widget(self._row(one))
        if not whole:
            turn = Factory.PublishedTurn(screen=self)
            turn.first, turn.last = found.offset == 0, last == found.total
            body.ids.rows.add_widget(turn)
        self._put(body)
        at = self.at
        Clock.schedule_once(lambda _: setattr(body.ids.rows.view, "scroll_y", at))

    def _row(self, one: "Standing") -> PublishedRow:
        listing = one.published.listing
        row = PublishedRow(
            number=t("published.number", number=one.published.number),
            title=t("review.card", title=listing.title, count=listing.headcount),
            text=("\n" if theme.upright else " ・ ").join((listing.employer_name, f"{self._until(one)} ・ {self._referred(one)}")),
            edited=t("published.edited") if one.edited else "",
            amount=words.amount(listing),
            unit=words.short_unit(listing),
        )
        row.bind(on_release=lambda _: self._choose(listing.id))
        return row

    def _until(self, one: "Standing") -> str:
        return t("published.until", day=words.day(one.published.listing.ends_on, self.terminal.today()))

    @staticmethod
    def _referred(one: "Standing") -> str:
        return t("published.referred", count=one.referred) if one.referred else t("published.referred_none")

    def turn(self, by: int) -> None:
        """Show the page of the list that is `by` pages further."""
        from kiosk.services.standing import PAGE

        self.offset, self.at, self.said = max(0, self.offset + by * PAGE), 1, ""
        self.begin()

    def _choose(self, listing_id: str) -> None:
        self.at = self.ids.body.children[0].ids.rows.view.scroll_y
        self.listing_id, self.reading, self.said = listing_id, True, ""
        self.begin()

    # by its number

    def look(self) -> None:
        """Open the pad for the number on the board."""
        self.looking, self.said, self.digits, self.hint, self.at = True, "", "", "", 1
        self._draw_number()

    def _draw_number(self) -> None:
        self._put(Factory.PublishedNumber(screen=self))
        self.main_text, self.main_icon, self.main_enabled = t("published.number_go"), "magnify", bool(self.digits)

    def key_in(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits, self.hint, self.main_enabled = digits, "", bool(digits)

    def _look_up(self) -> None:
        from kiosk.services.browse import numbered
        from kiosk.services.standing import stands

        number = int(self.digits)

        def find() -> "Standing | bool":
            found = numbered(self.here, number)
            return found.gone if found.listing_id is None else stands(self.here, found.listing_id)

        def found(one: "Standing | bool") -> None:
            if isinstance(one, bool):
                self.hint = t("published.number_gone" if one else "published.number_none", number=number)
            else:
                self.looking, self.reading, self.listing_id = False, True, one.published.listing.id
                self._open(one)

        def failed(error: Exception) -> None:
            if isinstance(error, NotAllowed):
                self.hint = t("published.number_other", number=number)
            else:
                self.show_problem(error)

        self.ask(find, found, failed)

    # one of them

    def _open(self, one: "Standing") -> None:
        self._one, self._sent = one, False
        if self.why:
            self._draw_why(one)
        else:
            self._draw_one(one)

    def _draw_one(self, one: "Standing") -> None:
        listing, newest, today = one.published.listing, one.newest, self.terminal.today()
        body = PublishedOne(
            screen=self,
            number=t("published.number", number=one.published.number),
            title=t("review.card", title=listing.title, count=listing.headcount),
            employer=listing.employer_name,
            contact=t("review.contact", name=newest.contact_name, phone=newest.contact_phone.grouped()),
            edited=t("published.edited") if one.edited else "",
            amount=words.amount(listing),
            unit=words.unit(listing),
            terms=words.terms(listing),
            days=" ・ ".join((words.days(listing, today), self._until(one))),
            hours=words.hours(listing),
            place=t("published.place", area=words.area(listing), place=listing.place),
            referred=self._referred(one),
        )
        if one.sent:
            acts, button = body.ids.acts, Factory.SentButton(text=t("published.sent", count=one.sent))
            button.bind(on_release=lambda _: self.visit.go("follow_up", listing_id=listing.id))
            acts.add_widget(button, index=len(acts.children) - 1)
        self._put(body)

    def find(self) -> None:
        """Look for people who fit."""
        self.visit.go("recommend", way="listing", view="pairs", chosen=self.listing_id, direct=True)

    def edit(self) -> None:
        """Open the posting's pages with the newest revision; handed in, it waits for a reviewer while this one stays."""
        from kiosk.screens.visitor.posting import draft_of

        if self._one is not None:
            self.visit.fill_in_for("post_check", draft_of(self._one.newest))

    def fill(self) -> None:
        """Ask once whether it is filled: what was taken down does not come back."""
        if self._one is None:
            return
        named = {"number": self._one.published.number, "title": self._one.published.listing.title}
        choices: list[Choice] = [
            (t("published.filled_yes"), "danger", lambda: self._take_down(t("published.filled"), ListingState.FILLED)),
            (t("published.filled_no"), "station", lambda: None),
        ]
        text = t("published.filled_text")
        self.terminal.open_dialog(Dialog(title=t("published.filled_ask", **named), text=text, icon="account-check", choices=choices))

    def ask_why(self) -> None:
        """Ask for the reason."""
        if self._one is not None:
            self.why, self.text = True, ""
            self._draw_why(self._one)

    def _draw_why(self, one: "Standing") -> None:
        about = t("published.why", number=one.published.number, title=one.published.listing.title)
        sentences = ReadySentences(self, "published.why_ready", about=about, note=t("published.why_note"), text=self.text)
        sentences.fbind("text", self._take_text)
        self._put(sentences)
        self._sentences = sentences
        self.main_text, self.main_icon, self.main_enabled = t("published.why_ok"), "check", bool(self.text)

    def _take_text(self, _: Any, text: str) -> None:
        self.text, self.main_enabled = text, bool(text) and not self._sent

    def on_main(self) -> None:
        """Look the number up, or take the listing down."""
        if self.looking:
            self._look_up()
        else:
            self._take_down(self.text, ListingState.WITHDRAWN)

    def _take_down(self, reason: str, state: Literal[ListingState.FILLED, ListingState.WITHDRAWN]) -> None:
        from kiosk.services.publish import take_down

        if self._one is None or self._sent:
            return
        self._sent, self.main_enabled = True, False
        one, session = self._one.published, self.session
        said = t(f"published.said_{state.value}", number=one.number, title=one.listing.title)
        self.ask(lambda: take_down(self.here, session, one.listing.id, reason, state), lambda _: self._to_list(said), self._failed)

    def _failed(self, error: Exception) -> None:
        """Say calmly what hindered; when a colleague was quicker, show what stands now."""
        self._sent, self.main_enabled = False, bool(self.text)
        if not isinstance(error, (NotFound, WrongState)):
            self.show_problem(error)
            return
        ok: list[Choice] = [(t("problem.ok"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=t("problem.title"), text=t("published.gone"), icon="account-multiple", choices=ok))
        self._to_list("")

    def spoken(self) -> str:
        """Say what was done, and how many there are; never a name or number of a person."""
        return self.said + t("published.spoken", count=self._total)
