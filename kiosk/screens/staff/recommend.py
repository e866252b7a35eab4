"""推荐: from a listing to the people who fit it, or from a person to what fits him; why; call, set aside, recommend.

One page with several views, one after the other: choose → pairs → ask (the worker's own answer about his contact) or unfit (why).
"""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.errors import NotAllowed
from kiosk.screens.printing import PrintWatch
from kiosk.screens.staff.pair_words import listing_words, places, waits, worker_words
from kiosk.screens.staff.parts import FindView, ReadySentences, add_turn
from kiosk.screens.staff.recommend_cards import ChoiceCard, PairCard, ask_view, pair_card
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.dialog import Dialog
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.recommend import OpenListing, Pair, Recommended, WaitingWorker

PAGE = 20


class RecommendScreen(StaffPage):
    """`way` is listing or worker: from where; `chosen` the id of that one, `other` of the one it is paired with; `view` what is shown.

    `direct`: another page sent one here with that one, and 返回 leads back there.
    """

    way = StringProperty("listing")
    chosen = StringProperty("")
    other = StringProperty("")
    view = StringProperty("choose")
    direct = BooleanProperty(False)
    digits = StringProperty("")
    first = NumericProperty(0)
    said = StringProperty("")
    contact = StringProperty("")
    how = StringProperty("")
    reason = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("recommend.title"), **args)
        self._pairs: tuple[Pair, ...] = ()
        self._head: tuple[str, str, str] = ("", "", "")
        self._sentences: ReadySentences | None = None
        self._watch: PrintWatch | None = None
        self._sent = False

    def begin(self) -> None:
        """Ask for what the view shows."""
        self._show(self.view)

    def on_leave(self) -> None:
        """Stop watching the printer."""
        if self._watch is not None:
            self._watch.stop()
        super().on_leave()

    def remember(self) -> dict[str, Any]:
        """Keep the view and what was chosen; what was said is said once."""
        kept = ("way", "chosen", "other", "view", "digits", "first", "contact", "how", "reason")
        return {name: getattr(self, name) for name in kept} | {"said": ""}

    def on_back(self) -> bool:
        """Go back one view."""
        if self._sentences is not None and self._sentences.back():
            return True
        if self.view == "pairs" and self.direct:
            return False
        before = {"ask": "pairs", "unfit": "pairs", "pairs": "choose", "find": "choose"}.get(self.view)
        if before is None and not self.digits:
            return False
        self.digits = "" if self.view != "pairs" else self.digits
        self.said = ""
        self._show(before or "choose")
        return True

    def _show(self, view: str) -> None:
        """Ask for what a view needs, then draw it."""
        from kiosk.services import recommend

        here, self.view = self.terminal.office, view
        if view == "choose" and self.way == "listing":
            self.ask(lambda: recommend.open_listings(here.here), self._draw_listings)
        elif view == "choose":
            self.ask(lambda: recommend.waiting_workers(here.here, self.digits), self._draw_workers)
        elif view == "find":
            self._draw_find()
        elif self.way == "listing":
            self.ask(lambda: (None, recommend.workers_for(here.here, self.chosen), self._listing(recommend)), self._take)
        else:
            self.ask(lambda: (self._worker(recommend), recommend.listings_for(here.here, self.chosen), None), self._take)

    def _listing(self, recommend: Any) -> "OpenListing | None":
        found = (o for o in recommend.open_listings(self.here) if o.published.listing.id == self.chosen)
        return next(found, None)

    def _worker(self, recommend: Any) -> "WaitingWorker | None":
        return next((w for w in recommend.waiting_workers(self.here) if w.worker.id == self.chosen), None)

    def _put(self, widget: Any) -> Any:
        self._sentences = None
        self.main_text = ""
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(widget)
        return widget

    # what to begin from

    def turn(self, way: str) -> None:
        """Begin from a listing, or from a person."""
        self.way, self.first, self.digits, self.said = way, 0, "", ""
        self._show("choose")

    def _choose_view(self, nobody: str) -> Any:
        view = self._put(Factory.ChooseView(screen=self))
        for name in ("listing", "worker"):
            view.ids[name].chosen = self.way == name
        if nobody:
            view.ids.list.add_widget(Factory.Quiet(text=nobody))
        return view.ids.list

    def _draw_listings(self, found: "tuple[OpenListing, ...]") -> None:
        box = self._choose_view("" if found else t("recommend.no_listings"))
        for one in found[int(self.first) : int(self.first) + PAGE]:
            title, side, text = listing_words(one, self.terminal.today())
            self._add_choice(box, one.published.listing.id, title=title, side=side, text=text, note=places(one))
        add_turn(box, int(self.first), PAGE, len(found), self._turn_to)

    def _draw_workers(self, found: "tuple[WaitingWorker, ...]") -> None:
        empty = t("recommend.no_found" if self.digits else "recommend.no_workers")
        box = self._choose_view("" if found else empty)
        for one in found[int(self.first) : int(self.first) + PAGE]:
            title, side, text = worker_words(one.worker)
            self._add_choice(box, one.worker.id, title=title, side=side, text=text, note=waits(one.days))
        add_turn(box, int(self.first), PAGE, len(found), self._turn_to)

    def _add_choice(self, box: Any, record_id: str, **said: str) -> None:
        card = ChoiceCard(side_is_pay=self.way == "listing", **said)
        card.bind(on_release=lambda _: self._choose(record_id))
        box.add_widget(card)

    def _turn_to(self, first: int) -> None:
        self.first = first
        self._show("choose")

    def find(self) -> None:
        """Look a person up by a number."""
        self.digits = ""
        self._show("find")

    def _draw_find(self) -> None:
        self._put(FindView(screen=self, hint=t("recommend.find_head")))
        self.main_text, self.main_icon = t("recommend.find_ok"), "magnify"
        self.main_enabled = False

    def key_in(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits = digits
        self.main_enabled = len(digits) >= 4

    def _choose(self, record_id: str) -> None:
        self.chosen, self.said = record_id, ""
        self._show("pairs")

    # who fits

    def _take(self, answer: "tuple[WaitingWorker | None, tuple[Pair, ...], OpenListing | None]") -> None:
        worker, self._pairs, listing = answer
        if listing is not None:
            title, side, text = listing_words(listing, self.terminal.today())
            self._head = title, side, f"{text} ・ {places(listing)}"
        elif worker is not None:
            title, side, text = worker_words(worker.worker)
            self._head = title, side, f"{text} ・ {waits(worker.days)}"
        pair = next((p for p in self._pairs if self._other_of(p) == self.other), None)
        if self.view == "ask" and pair is not None:
            self._draw_ask(pair)
        elif self.view == "unfit" and pair is not None:
            self._draw_unfit(pair)
        else:
            self.view = "pairs"
            self._draw_pairs()

    def _other_of(self, pair: "Pair") -> str:
        return pair.worker.id if self.way == "listing" else pair.offer.published.listing.id

    def _draw_pairs(self) -> None:
        view = self._put(Factory.PairsView(screen=self))
        head, box = view.ids.head, view.ids.list
        head.title, head.side, head.text = self._head
        head.side_is_pay = self.way == "listing"
        if not self._pairs:
            box.add_widget(Factory.Quiet(text=t(f"recommend.no_pairs_{self.way}")))
        for pair in self._pairs:
            box.add_widget(self._pair_card(pair))

    def _pair_card(self, pair: "Pair") -> PairCard:
        card, other = pair_card(pair, self.way, self.terminal.today()), self._other_of(pair)
        card.ids.call.bind(on_release=lambda _: self._call(pair))
        card.ids.unfit.bind(on_release=lambda _: self._go("unfit", other))
        card.ids.refer.bind(on_release=lambda _: self._go("ask", other))
        return card

    def _go(self, view: str, other: str) -> None:
        self.other, self.said = other, ""
        self.contact = self.how = self.reason = ""
        pair = next(p for p in self._pairs if self._other_of(p) == other)
        self.view = view
        if view == "ask":
            self.how = t("recommend.how_call") if pair.called_at else ""
            self._draw_ask(pair)
        else:
            self._draw_unfit(pair)

    def _call(self, pair: "Pair") -> None:
        from kiosk.services.recommend import note_call

        ids, session, name = (pair.worker.id, pair.offer.published.listing.id), self.session, str(pair.worker.name)
        self.ask(lambda: note_call(self.here, session, *ids), lambda _: self._said(t("recommend.called_done", name=name)))

    def _said(self, words: str) -> None:
        self.said, self._sent = words, False
        self._show("pairs")

    # recommending

    def _draw_ask(self, pair: "Pair") -> None:
        self._put(ask_view(self, pair, self.terminal.today()))
        self.main_text, self.main_icon = t("recommend.ok"), "printer"
        self.follow_ask()

    def follow_ask(self, *_: Any) -> None:
        """Let the main action wait for every answer."""
        pair = next((p for p in self._pairs if self._other_of(p) == self.other), None)
        if self.view == "ask" and pair is not None:
            self.main_enabled = bool(self.contact and self.how and (self.reason or not pair.hold)) and not self._sent

    def on_main(self) -> None:
        """Do what the view is for."""
        if self.view == "find":
            self._show("choose")
        elif self.view == "ask":
            self._refer()
        elif self.view == "unfit":
            self._set_unfit()

    def _refer(self) -> None:
        from kiosk.services.recommend import refer

        pair = next(p for p in self._pairs if self._other_of(p) == self.other)
        if self._sent:
            return
        self._sent, self.main_enabled = True, False
        session, how, reason = self.session, self.how, self.reason
        consent = self.contact not in ("", t("recommend.ask_no"))
        worker_id, listing = pair.worker.id, pair.offer.published.listing
        said = {"name": str(pair.worker.name), "title": listing.title}
        self.ask(
            lambda: refer(self.here, session, worker_id, listing.id, how=how, contact_consent=consent, hold_reason=reason),
            lambda done: self._referred(done, said),
            self._failed,
        )

    def _referred(self, done: "Recommended", said: dict[str, str]) -> None:
        self._said(t("recommend.done_over", **said) if done.over else t("recommend.done", **said))
        self._watch = PrintWatch(self, done.job_id, lambda: None)
        self._watch.open_dialog()

    def _draw_unfit(self, pair: "Pair") -> None:
        about = t("recommend.unfit_head", name=pair.worker.name, title=pair.offer.published.listing.title)
        sentences = ReadySentences(self, "recommend.unfit_why", about=about, text=self.reason)
        self._put(sentences)
        self._sentences = sentences
        self.main_text, self.main_icon = t("recommend.unfit_ok"), "check"
        self.main_enabled = bool(self.reason)
        sentences.fbind("text", self._take_reason)

    def _take_reason(self, _: Any, text: str) -> None:
        self.reason, self.main_enabled = text, bool(text) and not self._sent

    def _set_unfit(self) -> None:
        from kiosk.services.recommend import set_unfit

        pair = next(p for p in self._pairs if self._other_of(p) == self.other)
        session, reason, name = self.session, self.reason, str(pair.worker.name)
        if self._sent:
            return
        self._sent, self.main_enabled = True, False
        ids = pair.worker.id, pair.offer.published.listing.id
        self.ask(
            lambda: set_unfit(self.here, session, *ids, reason),
            lambda _: self._said(t("recommend.unfit_done", name=name)),
            self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self._sent = False
        if isinstance(error, NotAllowed):
            ok = [(t("problem.ok"), "station", lambda: None)]
            self.terminal.open_dialog(Dialog(title=t("problem.title"), text=t("recommend.young"), icon="information", choices=ok))
        else:
            self.show_problem(error)
        self._show("pairs")

    def spoken(self) -> str:
        """Say where one is."""
        if self.view == "pairs":
            return t("recommend.spoken_pairs", head=self._head[0], count=len(self._pairs))
        return self.said + t("recommend.spoken")
