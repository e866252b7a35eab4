"""The line above the job list: the way to all choices, the quick ones, what is chosen (a touch gives it up), how many fit, the search.

Where nothing but quick ones is chosen, all quick ones stand there, always at the same place; else only what is chosen.
"""

from collections.abc import Callable
from typing import Any

from kivy.factory import Factory
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.stacklayout import StackLayout

from kiosk.domain.codes import AREAS, Settlement
from kiosk.domain.pay import yuan
from kiosk.domain.wish import Wish
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.words import measure
from kiosk.text import t

QUICK: tuple[tuple[str, Any], ...] = (
    ("near", True),
    ("well_paid", True),
    ("days_ahead", 1),
    ("settlement", Settlement.DAILY),
    ("switches", "meals"),
)
WORD_SHOWN = 6


def said(kind: str, value: Any) -> str:
    """Say one choice, as on its chip."""
    if kind == "text":
        return t("jobs.word", text=value if len(value) <= WORD_SHOWN else value[:WORD_SHOWN] + "…")
    if kind == "areas":
        return AREAS[value]
    if kind == "min_day_fen":
        return t("wish.pay_chip", yuan=yuan(value))
    if kind == "settlement":
        return t(f"settlement.{value}")
    return t(f"wish.{kind}_{value}") if kind in ("days_ahead", "switches") else t(f"wish.{kind}")


class JobChips(BoxLayout):
    """Lying one line; upright the buttons and the count above, the chips below. What is pressed goes to the page's three functions."""

    def __init__(self, change: Callable[[Wish], None], choose: Callable[[], None], search: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(orientation="vertical" if theme.upright else "horizontal", size_hint_y=None, spacing=theme.px(16), **kwargs)
        self._change, self._wish, self._shown = change, Wish(), list[tuple[str, Any]]()
        self._all = Chip(text=t("wish.button"), icon="tune-variant", line_width=4)
        self._all.bind(on_release=lambda _: choose())
        self._search = Factory.SearchPill()
        self._search.bind(on_release=lambda _: search())
        self.count = Factory.CountWord()
        gap = theme.px(16)
        # Kivy counts a gap below the last line too
        self._chips = StackLayout(spacing=(gap, gap), padding=(0, 0, 0, -gap), size_hint_y=None)
        self._chips.bind(minimum_height=self._chips.setter("height"))
        self.bind(minimum_height=self.setter("height"))
        row = Factory.ChipRow()
        if theme.upright:
            for widget in (self._all, self._search, self.count):
                row.add_widget(widget)
            self.add_widget(row)
            self.add_widget(self._chips)
        else:
            self._search.size_hint_x, self._search.width = None, theme.px(300 if theme.large else 250)
            self._all.pos_hint = row.pos_hint = {"top": 1}
            row.size_hint_x = None
            row.bind(minimum_width=row.setter("width"))
            row.add_widget(self.count)
            row.add_widget(self._search)
            for widget in (self._all, self._chips, row):
                self.add_widget(widget)
        self.show(Wish())

    def show(self, wish: Wish) -> None:
        """Show what is chosen and, where nothing else is, the quick choices."""
        chosen = list(wish.chosen()) + ([("well_paid", True)] if wish.well_paid else [])
        others = [one for one in chosen if one not in QUICK]
        shown = [one for one in QUICK if one in chosen] + others if others else self._quick()
        if shown != self._shown or not self._chips.children:
            self._chips.clear_widgets()
            for kind, value in shown:
                chip = Chip(text=said(kind, value))
                chip.bind(on_release=lambda _, kind=kind, value=value: self._press(kind, value))
                self._chips.add_widget(chip)
        for chip, one in zip(reversed(self._chips.children), shown, strict=True):
            chip.chosen = one in chosen
            chip.icon = "close" if others else ""
        self._wish, self._shown = wish, shown

    def _quick(self) -> list[tuple[str, Any]]:
        """Give as many quick choices as stand in one line."""
        room = theme.width - theme.px(2 * MARGIN)
        if not theme.upright:
            room -= self._wide(t("wish.button"), icon=True) + self._search.width + theme.fs(230) + theme.px(3 * 16)
        fitting, used = [], 0.0
        for one in QUICK:
            used += self._wide(said(*one)) + theme.px(16)
            if used > room + theme.px(16):
                break
            fitting.append(one)
        return fitting

    @staticmethod
    def _wide(text: str, *, icon: bool = False) -> float:
        return measure(text, theme.fs(32)) + theme.px(84) + (theme.fs(40) + theme.px(16) if icon else 0)

    def _press(self, kind: str, value: Any) -> None:
        self._change(self._wish.dropped(kind, value) if self._wish.has(kind, value) else self._wish.toggled(kind, value))
