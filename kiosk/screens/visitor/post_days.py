"""When the work starts and how many days it is: two rows of buttons, from which the last day follows."""

from datetime import date, timedelta
from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.buttons import Tile
from kiosk.services import listing_words as words
from kiosk.text import t

STARTS = 8
LENGTH = "days"
"""The draft keeps the number of days beside the form's fields: it may be chosen before the first day."""
LENGTHS = (1, 2, 3, 5, 7, 10, 15, 30, 60, 90)


class PostDaysScreen(PostingPage):
    """First and last day."""

    stop = "post_days"
    until = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.days"), **args)
        first, last = self.draft.get("starts_on"), self.draft.get("ends_on")
        self._today = terminal.today()
        # a day that has passed since it was chosen has no button any more
        self._start: date | None = first if first and first >= self._today else None
        if first is None:
            # most want somebody for tomorrow
            self._start = self._today + timedelta(days=1)
        self._length: int | None = self.draft.get(LENGTH, (last - first).days + 1 if first and last else None)
        columns = (2 if theme.large else 4) if theme.upright else (4 if theme.large else 8)
        self._starts: dict[date, Tile] = {}
        self._lengths: dict[int, Tile] = {}
        for away in range(STARTS):
            when = self._today + timedelta(days=away)
            self._starts[when] = self._add(self.ids.starts, words.day(when, terminal.day_to_say()), lambda when=when: self._set(start=when))
        for days in LENGTHS:
            self._lengths[days] = self._add(self.ids.lengths, t("post.length", count=days), lambda days=days: self._set(length=days))
        self.ids.starts.cols = columns
        self.ids.lengths.cols = columns if theme.upright or theme.large else 5
        self._draw()

    @staticmethod
    def _add(box: Any, text: str, act: Any) -> Tile:
        tile = Tile(text=text, size_px=36, icon_px=0)
        tile.bind(on_release=lambda _: act())
        box.add_widget(tile)
        return tile

    def _set(self, start: date | None = None, length: int | None = None) -> None:
        self._start, self._length = start or self._start, length or self._length
        if length is not None:
            self.put(**{LENGTH: length})
        if self._start is not None:
            self.put(starts_on=self._start)
        if self._start is not None and self._length is not None:
            self.put(ends_on=self._start + timedelta(days=self._length - 1))
        self._draw()

    def _draw(self) -> None:
        for when, tile in self._starts.items():
            tile.chosen = when == self._start
        for days, tile in self._lengths.items():
            tile.chosen = days == self._length
        self.main_enabled = self._start is not None and self._length is not None
        if self.main_enabled:
            last = self.draft["ends_on"]
            self.until = t("post.until", day=t("day.date", month=last.month, day=last.day))
