"""投诉欠薪: what is not settled yet, who says so, what was done; confirm, settle, dismiss, each with a reason; and writing a new one down.

Views: list → reason (why) for a step; list → kind → job → who → words for a new case.
"""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty

from kiosk.domain.case import CaseKind, CaseState
from kiosk.screens.staff.case_card import CaseCard, case_about, case_card, warning
from kiosk.screens.staff.parts import ReadySentences, ScreenPart
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Chip, Tile
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.worker import Worker
    from kiosk.services.cases import CaseFacts, Effect, Meant, Opened

STEPS = {"confirm": CaseState.CONFIRMED, "settle": CaseState.SETTLED, "dismiss": CaseState.DISMISSED}
ICONS = {
    CaseKind.UNPAID: "cash-remove",
    CaseKind.FALSE_LISTING: "alert-octagon",
    CaseKind.COMPLAINT: "comment-alert",
    CaseKind.PRIVACY: "account-alert",
}
BEFORE = {"reason": "list", "kind": "list", "job": "kind", "who": "job", "words": "who"}


class CasePad(ScreenPart):
    """Keying in the number of a job or of a slip; `about`: what is known already."""

    head = StringProperty("")
    about = StringProperty("")
    skip = StringProperty("")
    limit = NumericProperty(8)


class CasesScreen(StaffPage):
    """`view` is what is shown; `case_id` and `act` the step that wants a reason; `kind`, `listing_id`, `worker_id` a new case,
    which and whose it is in words `about`.
    """

    view = StringProperty("list")
    case_id = StringProperty("")
    act = StringProperty("")
    kind = StringProperty("")
    listing_id = StringProperty("")
    worker_id = StringProperty("")
    about = ListProperty([])
    digits = StringProperty("")
    hint = StringProperty("")
    text = StringProperty("")
    release = BooleanProperty(False)
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("cases.title"), **args)
        self._facts: tuple[CaseFacts, ...] = ()
        self._sentences: ReadySentences | None = None
        self._sent = False

    def begin(self) -> None:
        """Ask what is not settled."""
        from kiosk.services.cases import live_cases

        self.ask(lambda: live_cases(self.here), self._take)

    def remember(self) -> dict[str, Any]:
        """Keep the view and what was chosen; what was said is said once."""
        kept = ("view", "case_id", "act", "kind", "listing_id", "worker_id", "about", "digits", "text", "release")
        return {name: getattr(self, name) for name in kept} | {"said": ""}

    def on_back(self) -> bool:
        """Go back one view."""
        if self._sentences is not None and self._sentences.back():
            return True
        if self.view == "list":
            return False
        self._show(BEFORE[self.view])
        return True

    def _take(self, facts: "tuple[CaseFacts, ...]") -> None:
        self._facts, self._sent = facts, False
        if self.view == "reason" and self._open() is None:
            self.view = "list"
        self._draw()

    def _open(self) -> "CaseFacts | None":
        return next((f for f in self._facts if f.case.id == self.case_id), None)

    def _show(self, view: str) -> None:
        self.view, self.said, self.digits, self.hint, self.text = view, "", "", "", ""
        self._draw()

    def _draw(self) -> None:
        self._sentences, self.main_text = None, ""
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(getattr(self, f"_{self.view}_view")())

    # the list

    def _list_view(self) -> Any:
        if not self._facts:
            view = Factory.CasesNone(screen=self)
        else:
            view = Factory.CasesList(screen=self)
            view.ids.head.text = t("cases.head", count=len(self._facts))
            for facts in self._facts:
                view.ids.list.add_widget(self._card(facts))
        return view

    def _card(self, facts: "CaseFacts") -> CaseCard:
        card, case_id = case_card(facts), facts.case.id
        for act in STEPS:
            card.ids[act].bind(on_release=lambda _, act=act: self._ask_why(case_id, act))
        return card

    # why

    def _ask_why(self, case_id: str, act: str) -> None:
        self.case_id, self.act, self.release = case_id, act, False
        self._show("reason")

    def _reason_view(self) -> Any:
        facts = self._open()
        assert facts is not None
        view = Factory.CaseReason()
        ready = f"cases.why.{STEPS[self.act]}"
        note = "\n".join(part for part in (case_about(facts), warning(facts, self.act)) if part)
        self._sentences = ReadySentences(self, ready, about=t(f"cases.reason_{self.act}"), note=note, text=self.text)
        self._sentences.fbind("text", self._take_text)
        view.add_widget(self._sentences)
        if self.act != "confirm" and facts.held:
            chip = Chip(text=t("cases.release"))
            chip.chosen = self.release
            chip.bind(on_release=self._toggle_release)
            view.add_widget(chip)
        self._await_text()
        return view

    def _toggle_release(self, chip: Chip) -> None:
        self.release = chip.chosen = not self.release

    def _await_text(self) -> None:
        self.main_text, self.main_icon = t("cases.ok"), "check"
        self.main_enabled = bool(self.text) and not self._sent

    def _take_text(self, _: Any, text: str) -> None:
        self.text = text
        self._await_text()

    def _step(self) -> None:
        from kiosk.services.cases import step

        session, case_id, state, note, release = self.session, self.case_id, STEPS[self.act], self.text, self.release

        def done(effect: "Effect") -> None:
            self._done(t(f"cases.done_{state if effect == 'none' else effect}"))

        self._send(lambda: step(self.here, session, case_id, state, note, release=release), done)

    # a new one

    def add(self) -> None:
        """Begin to write a new case down."""
        self.kind = self.listing_id = self.worker_id = ""
        self.about = []
        self._show("kind")

    def _kind_view(self) -> Any:
        view = Factory.CaseKinds()
        for kind in CaseKind:
            tile = Tile(text=t(f"case_kind.{kind}"), icon=ICONS[kind])
            tile.bind(on_release=lambda _, kind=kind: self._take_kind(kind))
            view.ids.tiles.add_widget(tile)
        return view

    def _take_kind(self, kind: CaseKind) -> None:
        self.kind = kind
        self._show("job")

    def _job_view(self) -> Any:
        return self._pad(t("cases.add_about"), "", t("cases.add_skip"), 5)

    def _who_view(self) -> Any:
        return self._pad(t("cases.add_who"), "".join(self.about[:1]), t("cases.add_nobody"), 11)

    def _pad(self, head: str, about: str, skip: str, limit: int) -> Any:
        self.main_text, self.main_icon, self.main_enabled = t("cases.add_ok"), "arrow-right", bool(self.digits)
        return CasePad(screen=self, head=head, about=about, skip=skip, limit=limit)

    def key_in(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits, self.hint, self.main_enabled = digits, "", bool(digits)

    def skip(self) -> None:
        """Go on without a number."""
        if self.view == "job":
            self._take_job("", t("cases.add_skip"))
        else:
            self._take_who("", t("cases.add_nobody"))

    def _look_up(self) -> None:
        from kiosk.services import cases, registrations

        digits = self.digits
        if self.view == "job":
            self.ask(lambda: cases.meant(self.here, int(digits)), lambda found: self._found_job(digits, found))
        else:
            self.ask(lambda: registrations.registrations(self.here, digits), self._found_worker)

    def _found_job(self, number: str, found: "Meant | None") -> None:
        if found is None:
            self.hint = t("cases.add_no_number")
        else:
            said = "cases.add_job_gone" if found.gone else "cases.add_job"
            self._take_job(found.listing_id, t(said, number=int(number), title=found.title))

    def _take_job(self, listing_id: str, said: str) -> None:
        self.listing_id, self.about = listing_id, [said]
        self._show("who")

    def _found_worker(self, found: "tuple[Worker, ...]") -> None:
        if len(found) == 1:
            self._take_who(found[0].id, str(found[0].name))
        else:
            self.hint = t("cases.add_no_worker" if not found else "cases.add_many")

    def _take_who(self, worker_id: str, said: str) -> None:
        self.worker_id, self.about = worker_id, [*self.about[:1], said]
        self._show("words")

    def _words_view(self) -> Any:
        self._sentences = ReadySentences(self, "cases.said", about=t("cases.add_text"), note=" ・ ".join(self.about), text=self.text)
        self._sentences.fbind("text", self._take_text)
        self._await_text()
        return self._sentences

    def _open_new(self) -> None:
        from kiosk.services.cases import open_case

        session, kind, text = self.session, CaseKind(self.kind), self.text
        about = {"listing_id": self.listing_id or None, "worker_id": self.worker_id or None}

        def done(opened: "Opened") -> None:
            self._done(t("cases.done_opened_held" if opened.effect in ("held", "taken_down") else "cases.done_opened"))

        self._send(lambda: open_case(self.here, session, kind, text, **about), done)

    def _send(self, act: Any, done: Any) -> None:
        if self._sent:
            return
        self._sent, self.main_enabled = True, False
        self.ask(act, done, self._failed)

    def _done(self, said: str) -> None:
        self._show("list")
        self.said = said
        self.begin()

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self._await_text()
        self.show_problem(error)

    def on_main(self) -> None:
        """Do what the view is for."""
        {"reason": self._step, "words": self._open_new}.get(self.view, self._look_up)()

    def spoken(self) -> str:
        """Say how many there are."""
        return self.said + t("cases.spoken", count=len(self._facts))
