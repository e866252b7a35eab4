"""Writing why: one reason for every HOLD of an approval, or one for sending a listing back. Ready sentences first, the pen last."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import NumericProperty, StringProperty

from kiosk.domain.listing import Verdict
from kiosk.domain.ports import Stroke
from kiosk.domain.review import Severity
from kiosk.screens.page import Page
from kiosk.text import t, words

if TYPE_CHECKING:
    from kiosk.domain.review import Finding


class ReasonScreen(Page):
    """`verdict` on `revision` of `listing_id`."""

    staff = True
    listing_id = StringProperty("")
    revision = NumericProperty(1)
    verdict = StringProperty("")
    head = StringProperty("")
    about = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("reason.hold_title"), **args)
        self._findings: list[Finding] = []
        self._reasons: dict[str, str] = {}
        self._sent = False
        panel = self.ids.panel
        panel.read, panel.spell = self._read, self._spell
        panel.fbind("text", self._follow)
        kind = "hold" if self.verdict == Verdict.APPROVE else self.verdict
        self.head = t(f"reason.{kind}_head")
        for key in (k for k in words() if k.startswith(f"reason.{kind}_") and k[-1].isdigit()):
            chip = Factory.Chip(text=t(key))
            chip.bind(on_release=lambda chip: self._take_ready(chip.text))
            self.ids.ready.add_widget(chip)
        self._follow()

    def on_enter(self) -> None:
        """Ask which findings want a reason."""
        if self.verdict == Verdict.APPROVE:
            from kiosk.services.publish import pending

            self.ask(lambda: pending(self.terminal.office.here), self._take)

    def _take(self, waiting: Any) -> None:
        mine = [p for p in waiting if p.listing.id == self.listing_id]
        self._findings = [f for p in mine for f in p.findings if f.severity is Severity.HOLD]
        self._show_next()

    def _show_next(self) -> None:
        from kiosk.services.rules import say

        left = [f for f in self._findings if f.rule not in self._reasons]
        if left:
            self.about = f"{say(left[0].title)}：{say(left[0].say)}"
        self.ids.panel.wipe()
        self._follow()

    def _read(self, strokes: list[Stroke], then: Callable[[list[str]], None]) -> None:
        self.ask(lambda: [c.text for c in self.terminal.handwriting().read(strokes, free=True)], then, lane="hand")

    def _spell(self, letters: str, then: Callable[[list[str]], None]) -> None:
        self.ask(lambda: self.terminal.pinyin().candidates(letters), then, lane="hand")

    def _take_ready(self, text: str) -> None:
        self.ids.panel.text = text

    def _follow(self, *_: Any) -> None:
        text = self.ids.panel.text
        for chip in self.ids.ready.children:
            chip.chosen = chip.text == text
        more = len({f.rule for f in self._findings} - self._reasons.keys()) > 1
        self.main_text, self.main_icon = t("reason.next" if more else "reason.ok"), "check"
        self.main_enabled = bool(text) and not self._sent

    def on_main(self) -> None:
        """Keep the reason; with the last one decide."""
        text = self.ids.panel.text
        if self.verdict != Verdict.APPROVE:
            self._decide(text, {})
            return
        left = [f.rule for f in self._findings if f.rule not in self._reasons]
        if left:
            self._reasons[left[0]] = text
        if len(set(left)) > 1:
            self._show_next()
        else:
            self._decide("", dict(self._reasons))

    def _decide(self, reason: str, hold_reasons: dict[str, str]) -> None:
        if self._sent:
            return
        from kiosk.services.publish import decide

        self._sent = True
        office, session, verdict = self.terminal.office, self.visit.session, Verdict(self.verdict)
        self.ask(
            lambda: decide(office.here, session, self.listing_id, int(self.revision), verdict, reason=reason, hold_reasons=hold_reasons),
            lambda _: self.visit.back(),
            self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)

    def spoken(self) -> str:
        """Say what is asked."""
        return f"{self.head}{self.about}"
