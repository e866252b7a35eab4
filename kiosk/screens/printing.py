"""Watching one slip on its way to paper, and saying it in words: printing, printed, what is wrong, or 小票出来了吗? when nobody can know.

A slip that does not come out is shown instead, to be photographed; one that hangs in the mouth is shown where it hangs.
"""

from collections.abc import Callable

from kivy.clock import Clock

from kiosk.domain.print_job import ENDED, JobState, PrintJob, Trouble
from kiosk.errors import NotFound
from kiosk.screens.page import Page
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t

LOOK_S = 0.4
PATIENCE_S = 45
"""After this a visitor is told not to wait, whatever the spool still tries: he is never stuck."""
PASSING = (Trouble.TAKE, Trouble.HOT)
"""What is over in a moment: the slip comes out all the same."""


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
    """Say whether a job does not get on by itself in a moment."""
    waits = job.state is JobState.QUEUED and bool(job.trouble) and job.trouble not in PASSING
    return waits or job.state in (JobState.FAILED, JobState.CANCELLED)


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
        self._mouth: Dialog | None = None
        self._question: Dialog | None = None
        self._close: Callable[[], None] | None = None
        self._asking = False
        self._settled = False
        self._begin()

    def _begin(self) -> None:
        self._waited, self._shown_where = 0.0, False
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

        self._close = close
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
            if not self._page.staff:
                self._dialog.put_first((t("print.call"), "second", self._call_from_dialog))
        if self._dialog is not None:
            self._dialog.text = sentence

    def _show_mouth(self, hangs: bool) -> None:
        """Show where the slip hangs that must be taken, until it is; once told, he may close it."""
        if hangs and not self._shown_where:
            from kiosk.screens.widgets.paper_path import PaperPath

            self._shown_where = True
            self._mouth = Dialog(title=t("print.take_title"), text=t("print.take"), choices=[(t("problem.ok"), "station", lambda: None)])
            self._mouth.show_picture(PaperPath(trouble=Trouble.TAKE))
            self._page.terminal.open_dialog(self._mouth)
        elif not hangs and self._mouth is not None:
            self._mouth.on_close()
            self._mouth = None

    def _look(self, elapsed: float) -> None:
        from kiosk.services import printing

        self._waited += elapsed
        if self._asking:
            return
        self._asking = True
        self._page.ask(lambda: printing.job(self._page.terminal.office.here, self._job_id), self._take, self._failed)

    def _failed(self, error: Exception) -> None:
        self._asking = False
        # withdrawn, or printed anew under another number; else the next look may do better, but nobody is to wait for ever
        gone = isinstance(error, NotFound)
        if self._settled or not (gone or self._waited > PATIENCE_S):
            return
        if not gone:
            self._page.terminal.log_error(error)
        sentence = t("print.gone" if gone else "print.lost")
        self._on_words(sentence)
        if self._dialog is not None:
            self._dialog.text = sentence
        self._show_mouth(False)
        self._take_question_away()
        self._settle()

    def _take(self, job: PrintJob) -> None:
        self._asking = False
        if self._settled:
            return
        if self._question is not None:
            self._overtaken(job)
            return
        held = held_up(job)
        # nothing prints and nothing is said to be wrong, or what should pass does not: nobody is to wait for words that never change
        late = self._waited > PATIENCE_S and not held and job.state not in (*ENDED, JobState.UNCERTAIN)
        self._say(t("print.late", serial=job.serial) if late else words(job), job, late or held)
        self._show_mouth(not late and job.state is JobState.QUEUED and job.trouble == Trouble.TAKE)
        if job.state is JobState.UNCERTAIN:
            self._ask_visitor()
        elif job.state in ENDED or late:
            self._settle()

    def _overtaken(self, job: PrintJob) -> None:
        """Take the question away where staff have answered it."""
        if job.state is not JobState.UNCERTAIN:
            self._take_question_away()
            self._take(job)

    def _take_question_away(self) -> None:
        if self._question is not None:
            self._question.on_close()
            self._question = None

    def _settle(self) -> None:
        self._settled = True
        self.stop()
        self._finished()

    def _ask_visitor(self) -> None:
        choices: list[Choice] = [
            (t("print.no"), "second", lambda: self._answer(False)),
            (t("print.yes"), "station", lambda: self._answer(True)),
            *([] if self._page.staff else [(t("print.call"), "plain", self._call)]),
        ]
        self._question = Dialog(title=t("print.ask"), text=t("print.ask_text"), icon="printer-alert", choices=choices)
        self._page.terminal.open_dialog(self._question)

    def _call(self) -> None:
        """Let somebody come and look; the slip stays with those who nobody knows of, where staff find it."""
        self._question = None
        self._settle()
        self._page.terminal.call()

    def _call_from_dialog(self) -> None:
        """Let somebody come: the dialog lay over the dock's button."""
        assert self._close is not None
        self._close()
        self._page.terminal.call()

    def _answer(self, came_out: bool) -> None:
        from kiosk.services import printing

        self._question = None
        self.stop()

        def answered(job: PrintJob) -> None:
            self._say(t("print.printed" if came_out else "print.again"), job, held_up(job))
            if came_out:
                self._settle()
            else:
                self._begin()

        def failed(error: Exception) -> None:
            self._settle()
            self._page.show_problem(error)

        by, office = self._page.visit.session, self._page.terminal.office
        self._page.ask(lambda: printing.answer(office.here, self._job_id, came_out, by), answered, failed)
