"""这个活不真实: one touch says what is wrong, a few words may follow; nobody asks who says so. Then what happens with it, honestly."""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.record import new_id
from kiosk.domain.report import ReportReason
from kiosk.errors import NotFound
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Outlined
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.services.browse import JobFacts
    from kiosk.services.reports import Told

ICONS = {
    ReportReason.FEE: "cash-remove",
    ReportReason.PAY: "currency-cny",
    ReportReason.WORK: "briefcase-off",
    ReportReason.UNREACHED: "phone-off",
    ReportReason.FULL: "account-cancel",
    ReportReason.OTHER: "comment-question",
}


class ReasonTile(Outlined):
    """One thing that may be wrong, and what is meant by it."""

    note = StringProperty("")


class ReportWhy(BoxLayout):
    """The reasons, and the way to a few words."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ReportDone(BoxLayout):
    """What happens now."""

    head = StringProperty("")
    text = StringProperty("")


class JobReportScreen(Page):
    """`listing_id` names the listing; `view` is why, words or done, where `head` and `text` say what happens now."""

    listing_id = StringProperty("")
    view = StringProperty("why")
    reason = StringProperty("")
    words = StringProperty("")
    head = StringProperty("")
    text = StringProperty("")
    name = StringProperty("")
    about = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("report.title"), **args)
        self._sent = False
        if self.view == "done":
            self._finish(self.head, self.text)
        else:
            self._show(self.view)

    def on_enter(self) -> None:
        """Ask which listing it is."""
        from kiosk.services import browse

        self.ask(lambda: browse.job(self.terminal.office.here, self.listing_id), self._take, self._gone)

    def _take(self, facts: "JobFacts") -> None:
        one = facts.published.listing
        self.name = one.title
        self.about = " ・ ".join(p for p in (words.pay(one), words.area(one), one.employer_name) if p)

    def _gone(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self._finish(t("report.gone"), "")
        else:
            self.show_problem(error)

    def _show(self, view: str) -> None:
        self.view, self.entered = view, bool(self.words)
        self.ids.body.clear_widgets()
        if view == "words":
            panel = Factory.TextPanel(hint=t("report.more_hint"), page=self)
            panel.start(self.words)
            panel.fbind("text", self._write)
            self.ids.body.add_widget(panel)
        else:
            body = ReportWhy(page=self)
            body.ids.tiles.cols = (1 if theme.large else 2) if theme.upright else (2 if theme.large else 3)
            for reason in ReportReason:
                said = {"text": t(f"report_reason.{reason}"), "note": t(f"report_note.{reason}")}
                tile = ReasonTile(icon=ICONS[reason], **said)
                tile.chosen = reason == self.reason
                tile.bind(on_release=lambda _, reason=reason: self._choose(reason))
                body.ids.tiles.add_widget(tile)
            self.ids.body.add_widget(body)
        self._follow()

    def _write(self, _: Any, text: str) -> None:
        self.words, self.entered = text, bool(text)

    def _follow(self) -> None:
        self.main_icon = "send"
        self.main_text = t("report.send" if self.reason else "report.choose")
        self.main_enabled = bool(self.reason) and not self._sent

    def _choose(self, reason: ReportReason) -> None:
        self.reason = reason
        for tile, one in zip(reversed(self.ids.body.children[0].ids.tiles.children), ReportReason, strict=True):
            tile.chosen = one is reason
        self._follow()

    def add_words(self) -> None:
        """Write a few words."""
        self._show("words")

    def on_back(self) -> bool:
        """Come back from the words to the reasons."""
        if self.view != "words":
            return False
        self._show("why")
        return True

    def on_main(self) -> None:
        """Tell the station, once; in the end go back to where one came from."""
        if self.view == "done":
            self.visit.back()
            return
        if self._sent:
            return
        self._sent, self.main_enabled = True, False
        # the visit's own number for this listing: whatever happens on the way, it counts once
        report_id = self.visit.reports.setdefault(self.listing_id, new_id(self.terminal.now()))
        reason, said = ReportReason(self.reason), self.words

        def send() -> "tuple[Told, str, datetime | None]":
            from kiosk.services.opening import opens_at
            from kiosk.services.reports import report

            here = self.terminal.office.here
            told = report(here, report_id, self.listing_id, reason, said)
            with here.store.read() as u:
                station = here.station(u)
            return told, station.name, opens_at(station, here.now(), here.rules) if here.sure() else None

        self.ask(send, self._done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self._follow()
        if isinstance(error, NotFound):
            self._finish(t("report.gone"), "")
        else:
            self.show_problem(error)

    def _done(self, answer: "tuple[Told, str, datetime | None]") -> None:
        told, station, opens = answer
        self.visit.reported.add(self.listing_id)
        now = self.terminal.now()
        if opens is None:
            then = t("report.next", station=station)
        elif opens <= now:
            then = t("report.next_open", station=station)
        else:
            at = self.terminal.local(opens)
            then = t("report.next_day", station=station, day=words.day(at.date(), self.terminal.day_to_say()), time=words.time_of(at))
        elsewhere = t("report.elsewhere", station=told.elsewhere) if told.elsewhere else ""
        self._finish(
            t("report.already" if told.already else "report.done"), "\n".join(p for p in (elsewhere, then, t("report.careful")) if p)
        )

    def _finish(self, head: str, text: str) -> None:
        self.view, self.head, self.text, self.words, self.entered = "done", head, text, "", False
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(ReportDone(head=head, text=text))
        self.main_text, self.main_icon, self.main_enabled = t("report.back"), "check", True

    def remember(self) -> dict[str, Any]:
        """Keep what was chosen and written, and what was said to it."""
        return {name: getattr(self, name) for name in ("view", "reason", "words", "head", "text")}

    def spoken(self) -> str:
        """Ask, or say what happens now."""
        return f"{self.head}。{self.text}" if self.view == "done" else t("report.spoken")
