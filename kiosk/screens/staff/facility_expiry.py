"""When what is in the first-aid kit expires: the year and the month as they stand on the box; the last day of the month is meant."""

from calendar import monthrange
from datetime import date
from typing import Any

from kivy.properties import NumericProperty, StringProperty

from kiosk.domain.running import Facility
from kiosk.screens.staff.facilities import day_words
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t

YEARS = 5


class FacilityExpiryScreen(StaffPage):
    """`year` and `month` are what was chosen, 0 before."""

    year = NumericProperty(0)
    month = NumericProperty(0)
    until = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("running.expiry_title"), main_text=t("running.expiry_ok"), main_icon="check", **args)
        narrow = theme.upright or theme.large
        self.ids.years.cols, self.ids.months.cols = (3 if narrow else 5), (4 if narrow else 6)
        first = terminal.today().year
        self._years = {year: self._tile(self.ids.years, f"{year}", year=year) for year in range(first, first + YEARS)}
        self._months = {month: self._tile(self.ids.months, t("running.month", month=month), month=month) for month in range(1, 13)}
        self._choose()

    def _tile(self, box: Any, text: str, **choice: int) -> Tile:
        tile = Tile(text=text, size_px=36, icon_px=0)
        tile.bind(on_release=lambda _: self._choose(**choice))
        box.add_widget(tile)
        return tile

    def _choose(self, **choice: int) -> None:
        for name, value in choice.items():
            setattr(self, name, value)
        for tiles, chosen in ((self._years, self.year), (self._months, self.month)):
            for value, tile in tiles.items():
                tile.chosen = value == chosen
        day = self._day()
        self.until = t("running.expiry_said", day=day_words(day, self.terminal.today())) if day else ""
        self.main_enabled = day is not None

    def _day(self) -> date | None:
        year, month = int(self.year), int(self.month)
        return date(year, month, monthrange(year, month)[1]) if year and month else None

    def on_main(self) -> None:
        """Note the date; who has read it has looked into the kit."""
        from kiosk.services import facilities

        day, session = self._day(), self.session
        if day is not None:
            self.ask(lambda: facilities.check(self.here, session, Facility.FIRST_AID, True, expires_on=day), lambda _: self._done(day))

    def _done(self, day: date) -> None:
        self.visit.stack[-2].args |= {"said": t("running.noted_expiry", day=day_words(day, self.terminal.today()))}
        self.visit.back()

    def remember(self) -> dict[str, Any]:
        """Keep what was chosen, for 大字."""
        return {"year": self.year, "month": self.month}

    def spoken(self) -> str:
        """Say what is asked."""
        return t("running.expiry_head")
