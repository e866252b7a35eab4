"""今年考核: today's points, the grade and its money, the four areas, and what would bring most for least. The head's alone."""

from typing import TYPE_CHECKING, Any

from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.assessment import Area
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.labels import Notice
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.assessment import Assessment


class AreaLine(BoxLayout):
    """One area: its points of how many, as words and as a bar, and what it stands on."""

    title = StringProperty("")
    points = StringProperty("")
    most = StringProperty("")
    facts = StringProperty("")
    part = NumericProperty(0.0)


class AssessmentScreen(StaffPage):
    """`easiest` are sentences; `found` is the assessment once it is there."""

    found: Any = ObjectProperty(None, allownone=True)
    points = StringProperty("")
    grade = StringProperty("")
    money = StringProperty("")
    gap = StringProperty("")
    easiest = ListProperty([])

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.assessment"), main_text=t("assess.evidence"), main_icon="file-search", **args)
        self.ids.halves.orientation = "vertical" if theme.upright or theme.large else "horizontal"

    def begin(self) -> None:
        """Count the year."""
        from kiosk.services import assessment

        session = self.session
        self.main_enabled = False
        self.ask(lambda: assessment.assess(self.here, session), self._take)

    def _take(self, found: "Assessment") -> None:
        from kiosk.services import assessment_words as words

        score = found.score
        self.found, self.main_enabled = found, True
        self.points, self.grade, self.money = words.number(score.total), score.grade.name, words.money(found)
        self.gap, self.easiest = words.gap(found), list(words.easiest(found))
        self.ids.notes.clear_widgets()
        for note in (words.judged(found), "" if found.rubric.official else t("assess.placeholder")):
            if note:
                self.ids.notes.add_widget(Notice(text=note))
        box = self.ids.areas
        box.clear_widgets()
        for area in Area:
            got, most = score.of(area), found.rubric.most(area)
            line = AreaLine(title=t(f"area_of.{area}"), points=words.number(got), most=t("assess.most", most=words.number(most)))
            line.facts, line.part = words.facts(found, area), float(got / most)
            box.add_widget(line)

    def on_main(self) -> None:
        """Look at each item."""
        self.visit.go("evidence")

    def spoken(self) -> str:
        """Read the points and what is missing."""
        return t("assess.spoken", points=self.points, grade=self.grade, money=self.money, gap=self.gap) if self.found else self.title
