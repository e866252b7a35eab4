"""From when to when one works, and how long the break is: three rows of − and +."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty

from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.text import t

STEP_MIN = 30
DAY_MIN = 24 * 60
USUAL = {"day_start_min": 7 * 60, "day_end_min": 17 * 60, "break_min": 60}
BREAK_MOST_MIN = 4 * 60


class StepperRow(Card):
    """A name, a value between − and +, `turn(-1)` and `turn(+1)`."""

    name = StringProperty("")
    value = StringProperty("")
    field = StringProperty("")

    def turn(self, way: int) -> None:
        """Tell the page."""
        self.page.turn(self.field, way)


class PostHoursScreen(PostingPage):
    """Working time; a shift may end after midnight."""

    stop = "post_hours"
    minutes = NumericProperty(0)
    total = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.hours"), **args)
        self._rows: dict[str, StepperRow] = {}
        for field in USUAL:
            row = StepperRow(name=t(f"rule.field.{field}"), field=field)
            row.page = self
            self.ids.rows.add_widget(row)
            self._rows[field] = row
        self.ids.rows.spacing = theme.px(24)
        self._draw()

    def _value(self, field: str) -> int:
        return int(self.draft.get(field, USUAL[field]))

    def turn(self, field: str, way: int) -> None:
        """Half an hour more or less."""
        value = self._value(field) + way * STEP_MIN
        value = min(max(value, 0), BREAK_MOST_MIN) if field == "break_min" else value % DAY_MIN
        self.put(**{field: value})
        self._draw()

    def _draw(self) -> None:
        for field, row in self._rows.items():
            value = self._value(field)
            row.value = t("post.hours_count", hours=f"{value / 60:g}") if field == "break_min" else words.clock(value)
        start, end, pause = (self._value(f) for f in USUAL)
        work = (end - start) % DAY_MIN - pause
        self.main_enabled = work > 0
        self.total = t("post.hours_total", hours=f"{work / 60:g}") if work > 0 else t("post.hours_none")

    def on_main(self) -> None:
        """Take what stands there, changed or not."""
        self.put(**{field: self._value(field) for field in USUAL})
        self.go_on()
