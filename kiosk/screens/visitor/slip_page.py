"""The end of something that a slip comes of: the slip as it comes out, and the way to end the visit."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import StringProperty

from kiosk.domain.print_job import PrintJob
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch, words
from kiosk.text import t

READ_S = 2.0


class SlipPage(Page):
    """`job_id` names the slip; `state` says where it stands. The page's rule has a SlipView with the id `slip`."""

    takes_slips = False
    ended = True
    job_id = StringProperty("")
    state = StringProperty("")
    _watch: PrintWatch | None = None

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, can_go_back=False, main_text=t("apply.finish"), main_icon="check", main_enabled=False, **args)

    def on_enter(self) -> None:
        """Show the slip and follow the printer; the button stands where the one before stood, and a second tap must not end the visit."""
        from kiosk.services import printing

        self.visit.touched = True
        self.state = t("print.queued")
        self.ask(lambda: printing.job(self.terminal.office.here, self.job_id), self._take_slip)
        self._watch = PrintWatch(self, self.job_id, lambda: None, self._say_state, in_sight=True)
        Clock.schedule_once(self._may_end, READ_S)

    def _may_end(self, _: float) -> None:
        self.main_enabled = True

    def on_main(self) -> None:
        """End the visit."""
        self.visit.end()

    def on_leave(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.stop()

    def _take_slip(self, job: PrintJob) -> None:
        self.ids.slip.slip = job.slip
        self._say_state(words(job))

    def _say_state(self, sentence: str) -> None:
        self.state = sentence
