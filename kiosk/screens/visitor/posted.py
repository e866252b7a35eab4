"""登记好了，等审核: the slip, and honestly what happens next and when."""

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty, StringProperty

from kiosk.domain.print_job import PrintJob
from kiosk.screens import listing_words as words
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.theme import MARGIN, theme
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.publish import Posted

READ_S = 2.0


class PostedScreen(Page):
    """`posted` is what the office answered."""

    posted = ObjectProperty(None)
    due = StringProperty("")
    state = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("post.title"), can_go_back=False, **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 4, MARGIN, 0)]
        self._watch: PrintWatch | None = None
        self.state = t("print.queued")
        self.main_text, self.main_icon, self.main_enabled = t("apply.finish"), "check", False
        self._say_due(self.posted)

    def _say_due(self, posted: "Posted") -> None:
        at, today = self.terminal.local(posted.review_due_at), self.terminal.today()
        self.due = t("post.due", day=words.day(at.date(), today), time=f"{at:%H:%M}")

    def on_enter(self) -> None:
        """Show the slip and follow the printer."""
        from kiosk.services import printing

        self.visit.touched = True
        # the button stands where the one before stood: a second tap must not end the visit
        Clock.schedule_once(self._may_end, READ_S)
        self.ask(lambda: printing.job(self.terminal.office.here, self.posted.job_id), self._take_slip)
        self._watch = PrintWatch(self, self.posted.job_id, lambda: None, self._say_state)

    def on_leave(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.stop()

    def _may_end(self, _: float) -> None:
        self.main_enabled = True

    def _take_slip(self, job: PrintJob) -> None:
        self.ids.slip.slip = job.slip

    def _say_state(self, sentence: str) -> None:
        self.state = sentence

    def on_main(self) -> None:
        """End the visit."""
        self.visit.next_person()

    def spoken(self) -> str:
        """Say what comes next."""
        return f"{t('post.done')}。{self.due}{t('post.done_next')}{self.state}"
