"""政策・培训: what the county helps with, and the courses that come, each in one line; the whole stands on its own page."""

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import NumericProperty, StringProperty

from kiosk.domain.codes import AREAS
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Chip, Press
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.station import Policy, Training

ICONS = {"policies": "file-document-outline", "trainings": "school"}


class PolicyCard(Press):
    """One policy or course."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")


class PoliciesScreen(Page):
    """Two lists, of which one is `showing`, scrolled to `at`."""

    showing = StringProperty("policies")
    at = NumericProperty(1)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.policy.title"), **args)
        self.ids.cards.cols = 1 if theme.upright or theme.large else 2
        self._found: dict[str, list[tuple[str, str, Policy | Training]]] = {}
        self._chips: dict[str, Chip] = {}

    def on_enter(self) -> None:
        """Ask for both."""
        from kiosk.services import browse

        self.ask(lambda: (browse.policies(self.terminal.office.here), browse.trainings(self.terminal.office.here)), self._take)

    def _take(self, found: "tuple[tuple[Policy, ...], tuple[Training, ...]]") -> None:
        policies, trainings = found
        self._found["policies"] = [(policy.title, policy.summary, policy) for policy in policies]
        self._found["trainings"] = [(course.title, course_line(course), course) for course in trainings]
        for name in self._found:
            chip = Chip(text=t(f"policy.{name}", count=len(self._found[name])), icon=ICONS[name])
            chip.bind(on_release=lambda _, name=name: self.show(name))
            self._chips[name] = chip
            self.ids.chips.add_widget(chip)
        at = self.at
        self.show(self.showing)
        Clock.schedule_once(lambda _: setattr(self.ids.scroll.ids.view, "scroll_y", at))

    def show(self, name: str) -> None:
        """Show one of the lists from its top."""
        self.showing = name
        for other, chip in self._chips.items():
            chip.chosen = other == name
        self.ids.cards.clear_widgets()
        for title, line, record in self._found[name]:
            card = PolicyCard(icon=ICONS[name], title=title, text=line)
            card.bind(on_release=lambda _, record=record: self.visit.go("policy", record=record))
            self.ids.cards.add_widget(card)
        if not self._found[name]:
            self.ids.cards.add_widget(Factory.NothingPublished())
        self.ids.scroll.ids.view.scroll_y = 1

    def remember(self) -> dict[str, Any]:
        """Keep which list stands there and how far one had come."""
        return {"showing": self.showing, "at": self.ids.scroll.ids.view.scroll_y}

    def spoken(self) -> str:
        """Read the titles of what is shown."""
        titles = "。".join(title for title, _, _ in self._found.get(self.showing, []))
        return t("policy.spoken", titles=titles) if titles else t("policy.none") + t("policy.none_more")


def course_line(course: "Training") -> str:
    """Say when, how long, where and for how much."""
    starts = t("day.date", month=course.starts_on.month, day=course.starts_on.day)
    return t("policy.course", day=starts, days=course.days, area=AREAS.get(course.area, ""), fee=fee_words(course.fee_fen))


def fee_words(fen: int) -> str:
    """Say what a course costs."""
    return t("policy.fee", yuan=f"{fen / 100:g}") if fen else t("policy.free")
