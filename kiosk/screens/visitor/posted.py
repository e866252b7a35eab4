"""登记好了，等审核: the slip, and honestly what happens next and when."""

from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.domain.words import in_fours
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.slip_page import SlipPage
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.publish import Posted


class PostedScreen(SlipPage):
    """`posted` is what the office answered."""

    posted = ObjectProperty(None)
    due = StringProperty("")
    number = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("post.title"), **args)
        # a whole slip must stand between header and dock
        self.padding = [theme.px(n) for n in (MARGIN, 12, MARGIN, 0)]
        self._draw(self.posted)

    def _draw(self, posted: "Posted") -> None:
        self.job_id = posted.job_id
        self.number = t("post.number", number=in_fours(posted.number))
        self.due = t("post.due_open")
        if posted.review_due_at is not None:
            at, today = self.terminal.local(posted.review_due_at), self.terminal.day_to_say()
            self.due = t("post.due", day=words.day(at.date(), today), time=words.time_of(at))

    def spoken(self) -> str:
        """Say what comes next."""
        return f"{t('post.done')}。{self.due}{t('post.done_next')}{self.state}"
