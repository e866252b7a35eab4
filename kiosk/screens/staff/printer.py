"""打印机: what is wrong with it, where, and what to do; what became of the last slips; a test page. No name and no phone stands here."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.print_job import JobState
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.screens.widgets.panel import Card
from kiosk.screens.widgets.paper_path import PaperPath
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.print_job import PrintJob
    from kiosk.services.printing import Printing

LOOK_EVERY_S = 1.0
READ_EVERY_S = 60.0
"""What only time changes (a slip that has waited too long) moves no counter of the store."""
STEPS = 3
STEPS_MOST = 0.64
"""Of an upright page."""


class PrinterStep(Card):
    """One of the things to do, in order."""

    number = StringProperty("")
    text = StringProperty("")


class SlipRow(Card):
    """One slip: what it is, where it stands, and what staff may do about it."""

    serial = StringProperty("")
    text = StringProperty("")
    state = StringProperty("")
    well = BooleanProperty(True)
    first = StringProperty("")
    second = StringProperty("")
    job: Any = None
    act: Callable[["PrintJob", bool], None]

    def press(self, again: bool) -> None:
        """Do what the button says."""
        self.act(self.job, again)


class PrinterScreen(StaffPage):
    """`test_id` is the test page that was asked for here; `said` what was done just now."""

    head = StringProperty("")
    text = StringProperty("")
    trouble = StringProperty("")
    test_id = StringProperty("")
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.printer"), **args)
        self.main_text, self.main_icon = t("printer.test"), "printer-check"
        self.ids.halves.orientation = "vertical" if theme.upright else "horizontal"
        self._event: Any = None
        self._counters: dict[str, int] | None = None
        self._read_at = 0.0
        self._waiting = 0
        self._shown: list[tuple[str, str, str]] | None = None
        self._steps: tuple[str, ...] | None = None
        self._rows: list[SlipRow] = []
        self.ids.picture.add_widget(PaperPath())
        if theme.upright:
            self.ids.how.ids.column.fbind("height", self._share)
            self.ids.halves.fbind("height", self._share)

    def _share(self, *_: Any) -> None:
        """Upright, give the picture and the steps what they need, but leave the slips their place."""
        self.ids.how.height = min(self.ids.how.ids.column.height, self.ids.halves.height * STEPS_MOST)

    def begin(self) -> None:
        """Read how it is: now, and whenever that changes."""
        self._event = Clock.schedule_interval(lambda _: self.look(), LOOK_EVERY_S)
        self.look()

    def on_leave(self) -> None:
        """Look no more."""
        if self._event is not None:
            self._event.cancel()
        super().on_leave()

    def look(self) -> None:
        """Read how it is if anything has changed."""
        self.ask(self._news, self._take, self.terminal.log_error)

    def _news(self) -> "Printing | None":
        from kiosk.services.printing import overview

        counters = self.here.store.counters()
        if counters == self._counters and time.monotonic() - self._read_at < READ_EVERY_S:
            return None
        found = overview(self.here)
        self._counters, self._read_at = counters, time.monotonic()
        return found

    def _take(self, found: "Printing | None") -> None:
        if found is None:
            return
        state, self._waiting = found.state, found.waiting
        self.trouble = state.trouble or ("near" if state.near_end else "") if state else ""
        since = self._since(state.since) if state else ""
        if state and state.trouble:
            waits = t("printer.waiting", count=found.waiting) if found.waiting else t("printer.nothing_waits")
            self.head, self.text = t(f"printer.{state.trouble}.head"), f"{since}。{waits}。"
        else:
            waits = t("printer.waiting_well", count=found.waiting) if found.waiting else ""
            near = bool(self.trouble)
            self.head = t("printer.near.head" if near else "printer.well" if state else "printer.unknown")
            more = "" if near else t("printer.well_more" if state else "printer.unknown_more")
            self.text = "。".join(part.rstrip("。") for part in (since, more, waits) if part) + "。"
        self.ids.picture.children[0].trouble = self.trouble
        self._draw_steps()
        self._draw_jobs(found.jobs)
        test = next((job for job in found.jobs if job.id == self.test_id), None)
        if test is not None:
            self.said = t(f"printer.test_{_group(test.state)}")

    def _since(self, when: Any) -> str:
        at = self.terminal.local(when)
        if at.date() == self.terminal.today():
            return t("printer.since", time=words.time_of(at))
        return t("printer.since_day", month=at.month, day=at.day, time=words.time_of(at))

    def _draw_steps(self) -> None:
        steps = tuple(t(f"printer.{self.trouble}.step{n + 1}") for n in range(STEPS)) if self.trouble else ()
        if steps != self._steps:
            self._steps = steps
            self.ids.steps.clear_widgets()
            for number, text in enumerate(steps, 1):
                self.ids.steps.add_widget(PrinterStep(number=str(number), text=text))

    def _draw_jobs(self, jobs: "tuple[PrintJob, ...]") -> None:
        """Lay the rows out anew only where others stand there, or other buttons: a finger may be on one of them."""
        acts = [(job.id, *_acts(job)) for job in jobs]
        box = self.ids.slips
        cancel = self.ids.cancel
        cancel.height, cancel.opacity, cancel.disabled = (theme.px(104), 1, False) if self._waiting else (0, 0, True)
        cancel.text = t("printer.cancel") if self._waiting else ""
        if acts != self._shown:
            self._shown = acts
            box.clear_widgets()
            self._rows = [
                SlipRow(serial=job.serial, first=first, second=second) for job, (_, first, second) in zip(jobs, acts, strict=True)
            ]
            for row in self._rows:
                row.act = self._act
                box.add_widget(row)
            if not jobs:
                box.add_widget(NothingHere(head=t("printer.slips_none"), text=t("printer.slips_none_more")))
        for row, job in zip(self._rows, jobs, strict=True):
            at = self.terminal.local(job.changed_at)
            when = words.time_of(at)
            if at.date() != self.terminal.today():
                when = t("printer.on_day", month=at.month, day=at.day, time=when)
            kind = t(f"printer.kind.{job.slip.kind.value}")
            row.job, row.text = job, t("printer.row_again" if job.slip.reprint else "printer.row", kind=kind, time=when)
            left = job.state is JobState.CANCELLED and not job.trouble
            row.state = t("printer.state.left" if left else f"printer.state.{job.state.value}")
            row.well = left or job.state not in (JobState.UNCERTAIN, JobState.FAILED, JobState.CANCELLED)

    def _act(self, job: "PrintJob", again: bool) -> None:
        from kiosk.services import printing

        done = printing.reprint if again else printing.put_aside
        key = "again" if again else "have" if job.state is JobState.UNCERTAIN else "leave"
        self._do(lambda: done(self.here, self.session, job.id), t(f"printer.{key}_said", serial=job.serial))

    def _do(self, act: Callable[[], Any], said: str) -> None:
        def then(_: Any) -> None:
            self.test_id, self.said = "", said
            self.look()

        self.ask(act, then)

    def ask_cancel(self) -> None:
        """Ask whether what waits is to be dropped."""
        choices: list[Choice] = [
            (t("printer.cancel_yes"), "danger", self._cancel),
            (t("printer.cancel_no"), "station", lambda: None),
        ]
        text = t("printer.cancel_text", count=self._waiting)
        self.terminal.open_dialog(Dialog(title=t("printer.cancel_ask"), text=text, icon="printer-alert", choices=choices))

    def _cancel(self) -> None:
        from kiosk.services.printing import cancel_waiting

        def then(count: int) -> None:
            self.test_id, self.said = "", t("printer.cancelled", count=count) if count else t("printer.nothing_waits")
            self.look()

        self.ask(lambda: cancel_waiting(self.here, self.session), then)

    def on_main(self) -> None:
        """Print a test page, one at a time."""
        from kiosk.services.printing import print_test

        self.main_enabled = False

        def then(job_id: str) -> None:
            self.main_enabled, self.test_id, self.said = True, job_id, t("printer.test_queued")
            self.look()

        def failed(error: Exception) -> None:
            self.main_enabled = True
            self.show_problem(error)

        self.ask(lambda: print_test(self.here, self.session), then, failed)

    def remember(self) -> dict[str, Any]:
        """Keep the test page that was asked for."""
        return {"test_id": self.test_id, "said": self.said}

    def spoken(self) -> str:
        """Say how it is and what to do."""
        return t("printer.spoken", head=self.head, text=self.text) + "".join(self._steps or ())


def _group(state: JobState) -> str:
    if state is JobState.CONFIRMING:
        return JobState.SENDING.value
    return JobState.FAILED.value if state is JobState.CANCELLED else state.value


def _acts(job: "PrintJob") -> tuple[str, str]:
    from kiosk.services.printing import may_reprint

    if not may_reprint(job):
        return "", ""
    return t("printer.again"), t("printer.have" if job.state is JobState.UNCERTAIN else "printer.leave")
