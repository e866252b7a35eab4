"""年度考核: a year's points, the grade and its money, the four areas, and what would bring most for least. The head's alone."""

from typing import TYPE_CHECKING, Any

from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.assessment import Area
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.labels import Notice
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.assessment import Assessment, Years


class AreaLine(BoxLayout):
    """One area: its points of how many, as words and as a bar, and what it stands on."""

    title = StringProperty("")
    points = StringProperty("")
    most = StringProperty("")
    facts = StringProperty("")
    part = NumericProperty(0.0)


class AssessmentScreen(StaffPage):
    """`year` is which one is looked at, 0 for the one that comes first.

    `easiest` are sentences; `found` is the assessment once it is there.
    """

    year = NumericProperty(0)
    found: Any = ObjectProperty(None, allownone=True)
    stands = StringProperty("")
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

        session, asked = self.session, int(self.year)
        self.main_enabled = False

        def read() -> "tuple[Years, Assessment]":
            years = assessment.years(self.here)
            return years, assessment.assess(self.here, session, years.chosen(asked))

        self.ask(read, lambda both: self._take(*both))

    def _show(self, year: int) -> None:
        self.year = year
        self.begin()

    def _take(self, years: "Years", found: "Assessment") -> None:
        from kiosk.services import assessment_words as words

        score = found.score
        self.year, self.title, self.stands = found.year, words.title(found), words.stands(found)
        self.ids.years.clear_widgets()
        for year in years.all:
            chip = Chip(text=t("assess.year", year=year), chosen=year == found.year)
            chip.bind(on_release=lambda _, year=year: self._show(year))
            self.ids.years.add_widget(chip)
        self.found, self.main_enabled = found, True
        self.points, self.grade, self.money = words.number(score.total), score.grade.name, words.money(found)
        self.gap, self.easiest = words.gap(found), list(words.easiest(found))
        self.ids.notes.clear_widgets()
        over = t("assess.over_more") if found.over else ""
        for note in (words.placeholder(found), words.judged(found), over, words.handed_in(found)):
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
        self.visit.go("evidence", year=int(self.year))

    def remember(self) -> dict[str, Any]:
        """Keep the year."""
        return {"year": int(self.year)}

    def spoken(self) -> str:
        """Read the points and what is missing."""
        if not self.found:
            return self.title
        words = {"points": self.points, "grade": self.grade, "money": self.money, "gap": self.gap}
        return t("assess.spoken", year=int(self.year), stands=self.stands, **words)
