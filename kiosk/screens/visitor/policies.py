"""政策・培训: what the county helps with, and the courses that come, each in one line; the whole stands on its own page."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.codes import AREAS
from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import Press
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.station import Policy, Training


class PolicyCard(Press):
    """One policy or course."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")


class PoliciesScreen(Page):
    """Two lists."""

    empty = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.policy.title"), **args)

    def on_enter(self) -> None:
        """Ask for both."""
        from kiosk.services import browse

        self.ask(lambda: (browse.policies(self.terminal.office.here), browse.trainings(self.terminal.office.here)), self._take)

    def _take(self, found: "tuple[tuple[Policy, ...], tuple[Training, ...]]") -> None:
        policies, trainings = found
        self.empty = not policies and not trainings
        for policy in policies:
            self._add("policies", "file-document-outline", policy.title, policy.summary, policy)
        for course in trainings:
            starts = t("day.date", month=course.starts_on.month, day=course.starts_on.day)
            line = t("policy.course", day=starts, days=course.days, area=AREAS.get(course.area, ""), fee=fee_words(course.fee_fen))
            self._add("trainings", "school", course.title, line, course)

    def _add(self, box: str, icon: str, title: str, text: str, record: Any) -> None:
        card = PolicyCard(icon=icon, title=title, text=text)
        card.bind(on_release=lambda _: self.visit.go("policy", record=record))
        self.ids[box].add_widget(card)


def fee_words(fen: int) -> str:
    """Say what a course costs."""
    return t("policy.fee", yuan=f"{fen / 100:g}") if fen else t("policy.free")
