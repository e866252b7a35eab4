"""看证据: every item of the rubric with its value and points; touching one shows the records on which it stands. The head's alone."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.domain.assessment import Area, Scored
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.labels import NothingHere, Notice
from kiosk.screens.widgets.words import Words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.assessment import Assessment
    from kiosk.services.assessment_records import Record

SHOWN = 200
"""So many records of an item stand here at most, newest first: more nobody reads on a screen."""


class ItemLine(Press):
    """One item; `full` when nothing is missing."""

    title = StringProperty("")
    text = StringProperty("")
    points = StringProperty("")
    full = BooleanProperty(False)
    act: Any = ObjectProperty(None, allownone=True)

    def __init__(self, **args: Any) -> None:
        super().__init__(shadow="card", **args)


class EvidenceScreen(StaffPage):
    """All items, or with `item` (its code) the records of one; `year` 0 is the one that comes first."""

    year = NumericProperty(0)
    item = StringProperty("")
    head = StringProperty("")
    more = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("assess.evidence"), **args)

    def begin(self) -> None:
        """Count the year."""
        from kiosk.services import assessment, assessment_records

        session, code, asked = self.session, self.item, int(self.year)

        def read() -> "tuple[Assessment, list[Record]]":
            found = assessment.assess(self.here, session, assessment.years(self.here).chosen(asked))
            return found, assessment_records.records(self.here, found, code, SHOWN) if code in found.measured else []

        self.ask(read, lambda both: self._item(*both) if code else self._all(both[0]))

    def _all(self, found: "Assessment") -> None:
        from kiosk.services import assessment_words as words

        self._name(found)
        self.more = words.placeholder(found)
        box = self.ids.lines
        box.clear_widgets()
        for area in Area:
            got, most = words.number(found.score.of(area)), words.number(found.rubric.most(area))
            box.add_widget(Words(text=t("assess.head", name=t(f"area_of.{area}"), points=got, most=most), size_px=40, bold=True))
            for one in found.score.items:
                if one.item.area is area:
                    box.add_widget(self._line(one))

    def _name(self, found: "Assessment") -> None:
        self.year, self.title = found.year, t("assess.evidence_of", year=found.year)

    def _line(self, one: Scored) -> ItemLine:
        from kiosk.services import assessment_words as words

        how = t("assess.measured" if one.item.measure else "assess.entered")
        points = t("assess.of", points=words.number(one.points), most=words.number(one.item.most))
        line = ItemLine(title=one.item.name, text=f"{words.value(one)} ・ {how}", points=points, full=one.gain == 0)
        line.act = lambda: self.visit.go("evidence", item=one.item.code, year=int(self.year))
        return line

    def _item(self, found: "Assessment", records: "list[Record]") -> None:
        from kiosk.services import assessment_words as words
        from kiosk.services.assessment_records import how_many

        self._name(found)
        one = next(one for one in found.score.items if one.item.code == self.item)
        self.head = t("assess.head", name=one.item.name, points=words.number(one.points), most=words.number(one.item.most))
        self.more = "\n".join(filter(None, (words.value(one), words.how(one), words.todo(found, one), words.placeholder(found))))
        box = self.ids.lines
        box.clear_widgets()
        for record in records:
            box.add_widget(Words(text=record.said, size_px=34))
        if not one.item.measure:
            box.add_widget(Notice(text=t("assess.on_desk")))
        elif (count := how_many(found, one.item.code)) > len(records):
            box.add_widget(Notice(text=t("assess.newest", most=SHOWN, count=count)))
        elif not records:
            box.add_widget(NothingHere(head=t("assess.nothing"), text=t("assess.nothing_more")))

    def spoken(self) -> str:
        """Read the item."""
        return f"{self.head}。{self.more}" if self.item else self.title
