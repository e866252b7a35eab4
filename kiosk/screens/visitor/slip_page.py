"""A page that shows the slip it announces, as it comes out."""

from kivy.properties import StringProperty

from kiosk.domain.print_job import PrintJob
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch, words
from kiosk.text import t


class SlipPage(Page):
    """`job_id` names the slip; `state` says where it stands. The page's rule has a SlipView with the id `slip`."""

    takes_slips = False
    job_id = StringProperty("")
    state = StringProperty("")
    _watch: PrintWatch | None = None

    def on_enter(self) -> None:
        """Show the slip and follow the printer."""
        from kiosk.services import printing

        self.visit.touched = True
        self.state = t("print.queued")
        self.ask(lambda: printing.job(self.terminal.office.here, self.job_id), self._take_slip)
        self._watch = PrintWatch(self, self.job_id, lambda: None, self._say_state, in_sight=True)

    def on_leave(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.stop()

    def _take_slip(self, job: PrintJob) -> None:
        self.ids.slip.slip = job.slip
        self.state = words(job)

    def _say_state(self, sentence: str) -> None:
        self.state = sentence
