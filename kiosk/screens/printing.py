"""Watching one slip on its way to paper, and saying it in words: printing, printed, no paper, or 小票出来了吗? when nobody can know.

A slip that does not come out is shown instead, to be photographed.
"""

from collections.abc import Callable

from kivy.clock import Clock

from kiosk.domain.print_job import JobState, PrintJob
from kiosk.screens.page import Page
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t

LOOK_S = 0.4
PATIENCE_S = 45
"""After this a visitor is told that the slip failed, whatever the spool still tries: he is never stuck."""


def words(job: PrintJob) -> str:
    """Say where a job stands."""
    if job.state is JobState.QUEUED and job.trouble:
        return t(f"print.{job.trouble}", serial=job.serial)
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        return t("print.failed", serial=job.serial)
    if job.state is JobState.PRINTED:
        return t("print.printed")
    if job.state is JobState.UNCERTAIN:
        return t("print.ask")
    return t("print.queued" if job.state is JobState.QUEUED else "print.sending")


def held_up(job: PrintJob) -> bool:
    """Say whether a job does not get on."""
    return job.state in (JobState.FAILED, JobState.CANCELLED) or (job.state is JobState.QUEUED and bool(job.trouble))


class PrintWatch:
    """Looks at one job until it is settled. `on_words(sentence)` follows it; `finished()` is called once when nothing more will come.

    `in_sight`: the page shows the slip itself.
    """

    def __init__(
        self,
        page: Page,
        job_id: str,
        finished: Callable[[], None],
        on_words: Callable[[str], None] | None = None,
        *,
        in_sight: bool = False,
    ) -> None:
        self._page, self._job_id, self._finished, self._in_sight = page, job_id, finished, in_sight
        self._on_words = on_words or (lambda _: None)
        self._dialog: Dialog | None = None
        self._asking = False
        self._settled = False
        self._begin()

    def _begin(self) -> None:
        self._waited = 0.0
        self._event = Clock.schedule_interval(self._look, LOOK_S)

    def stop(self) -> None:
        """Look no more."""
        self._event.cancel()

    def open_dialog(self) -> None:
        """Show the words in a dialog over the page; closing it ends the watch."""
        self._open(t("print.queued"), self._settle)

    def _open(self, text: str, closed: Callable[[], None]) -> None:
        def close() -> None:
            self._dialog = None
            closed()

        self._dialog = Dialog(title=t("print.listing"), text=text, icon="printer", choices=[(t("problem.ok"), "station", close)])
        self._page.terminal.open_dialog(self._dialog)

    def _say(self, sentence: str, job: PrintJob, stuck: bool) -> None:
        self._on_words(sentence)
        if stuck and not self._in_sight:
            self._in_sight = True
            if self._dialog is None:
                self._open(sentence, lambda: None)
            assert self._dialog is not None
            self._dialog.show_slip(job.slip)
        if self._dialog is not None:
            self._dialog.text = sentence

    def _look(self, elapsed: float) -> None:
        from kiosk.services import printing

        if self._asking:
            return
        self._asking = True
        self._waited += elapsed
        self._page.ask(lambda: printing.job(self._page.terminal.office.here, self._job_id), self._take, self._failed)

    def _failed(self, _: Exception) -> None:
        self._asking = False

    def _take(self, job: PrintJob) -> None:
        self._asking = False
        if self._settled:
            return
        # nothing prints: nobody is to wait for words that never change
        late = self._waited > PATIENCE_S and job.state in (JobState.QUEUED, JobState.SENDING, JobState.CONFIRMING)
        self._say(t("print.failed", serial=job.serial) if late else words(job), job, late or held_up(job))
        if job.state is JobState.UNCERTAIN:
            self.stop()
            self._ask_visitor()
        elif job.state in (JobState.PRINTED, JobState.FAILED, JobState.CANCELLED) or late:
            self._settle()

    def _settle(self) -> None:
        self._settled = True
        self.stop()
        self._finished()

    def _ask_visitor(self) -> None:
        choices: list[Choice] = [
            (t("print.no"), "second", lambda: self._answer(False)),
            (t("print.yes"), "station", lambda: self._answer(True)),
        ]
        self._page.terminal.open_dialog(Dialog(title=t("print.ask"), text=t("print.ask_text"), icon="printer-alert", choices=choices))

    def _answer(self, came_out: bool) -> None:
        from kiosk.services import printing

        def answered(job: PrintJob) -> None:
            if self._dialog is not None:
                self.open_dialog()
            self._say(t("print.printed" if came_out else "print.again"), job, held_up(job))
            if came_out:
                self._settle()
            else:
                self._begin()

        self._page.ask(lambda: printing.answer(self._page.terminal.office.here, self._job_id, came_out), answered)
