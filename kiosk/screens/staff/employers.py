"""用工方: every employer with a file here, those that want something first; found by a few digits, or by a name written or spelled."""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.screens.staff.parts import add_turn
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Chip, Press
from kiosk.services.employer_words import row_words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.employers import Row

PAGE = 40
"""So many rows are drawn at once."""


class EmployerCard(Press):
    """One employer of the list."""

    employer_id = StringProperty("")
    name = StringProperty("")
    phone = StringProperty("")
    text = StringProperty("")
    amiss = BooleanProperty(False)


class EmployersScreen(StaffPage):
    """`way` is how the body looks: the list, the pad, or the box to write in; `query` what was looked for, `only` which are shown."""

    way = OptionProperty("list", options=("list", "digits", "words"))
    only = OptionProperty("all", options=("all", "due", "held"))
    query = StringProperty("")
    first = NumericProperty(0)
    head = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.employers"), **args)
        self._rows: list[Row] = []
        self._typed = ""

    def begin(self) -> None:
        """Ask for the list, or go on looking."""
        if self.way == "list":
            self._ask()
        else:
            self.look(self.way)

    def _ask(self) -> None:
        from kiosk.services.employers import employers

        self.ask(lambda: employers(self.here, self.query), self._take)

    def _take(self, rows: "list[Row]") -> None:
        self._rows = rows
        self._draw()

    def _draw(self) -> None:
        self.way, self.main_text = "list", ""
        count = {"due": sum(r.due for r in self._rows), "held": sum(r.held for r in self._rows)}
        self.head = (
            t("employers.found", query=self.query, count=len(self._rows)) if self.query else t("employers.head", count=len(self._rows))
        )
        body = Factory.EmployerList()
        for name in ("all", "due", "held"):
            text = t("employers.all") if name == "all" else t(f"employers.{name}", count=count[name])
            chip = Chip(text=text, chosen=name == self.only)
            chip.bind(on_release=lambda _, name=name: self._show(name))
            body.ids.chips.add_widget(chip)
        for way, icon in (("digits", "numeric"), ("words", "draw")):
            chip = Chip(text=t(f"employers.by_{'phone' if way == 'digits' else 'word'}"), icon=icon)
            chip.bind(on_release=lambda _, way=way: self.look(way))
            body.ids.chips.add_widget(chip)
        rows = [r for r in self._rows if self.only == "all" or (r.held if self.only == "held" else r.due)]
        first = int(self.first) if self.first < len(rows) else 0
        for row in rows[first : first + PAGE]:
            body.ids.rows.add_widget(self._card(row))
        add_turn(body.ids.scroll, first, PAGE, len(rows), self._turn)
        if not rows:
            body.ids.rows.add_widget(Factory.Quiet(text=t("employers.not_found" if self._rows or self.query else "employers.none")))
        self._put(body)

    def _card(self, row: "Row") -> EmployerCard:
        text, amiss = row_words(row)
        card = EmployerCard(employer_id=row.employer.id, name=row.employer.name, phone=row.employer.phone.grouped(), text=text, amiss=amiss)
        card.bind(on_release=lambda card: self.visit.go("employer_file", employer_id=card.employer_id))
        return card

    def _show(self, only: str) -> None:
        self.only, self.first = only, 0
        self._draw()

    def _turn(self, first: int) -> None:
        self.first = first
        self._draw()

    def look(self, way: str) -> None:
        """Open the pad or the box."""
        self.way, self._typed = way, ""
        self.main_text, self.main_icon, self.main_enabled = t("employers.look"), "magnify", False
        self.head = t("employers.number_hint" if way == "digits" else "employers.name_hint")
        if way == "digits":
            body = Factory.EmployerDigits()
            body.ids.pad.fbind("digits", lambda _, digits: self._type(digits, body))
        else:
            body = Factory.TextPanel(hint=t("employers.name_hint"), page=self)
            body.fbind("text", lambda _, text: self._type(text))
        self._put(body)

    def _type(self, text: str, pad: Any = None) -> None:
        self._typed, self.main_enabled = text, bool(text)
        if pad is not None:
            pad.written = text

    def _put(self, body: Any) -> None:
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(body)

    def on_main(self) -> None:
        """Look for what was entered."""
        self.query, self.only, self.way, self.first = self._typed, "all", "list", 0
        self._ask()

    def on_back(self) -> bool:
        """Come back to the list, and from what was found to all."""
        if self.way == "list" and not self.query:
            return False
        self.way, self.query, self.first = "list", "", 0
        self._ask()
        return True

    def remember(self) -> dict[str, Any]:
        """Keep what is shown."""
        return {"way": self.way, "only": self.only, "query": self.query, "first": self.first}

    def spoken(self) -> str:
        """Say what stands here; never a name or number."""
        return t("employers.spoken")


def columns() -> int:
    """How many cards stand side by side."""
    return 1 if theme.upright or theme.large else 2
