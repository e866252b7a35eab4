"""A row of things of which one is chosen by a tap: as many as fit, and a button that turns to the next ones."""

from collections.abc import Callable
from typing import Any

from kivy.factory import Factory
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import CandidateButton
from kiosk.screens.widgets.words import measure

Offer = tuple[str, bool, Callable[[], None]]
"""What stands on the button, whether it is the chosen one, and what a tap does."""


class CandidateRow(BoxLayout):
    """Draws `offers`; its buttons are used again, because a key must be answered in the next frame."""

    offers = ListProperty([])
    first = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._buttons: list[CandidateButton] = []
        self._shown: list[Offer] = []
        self._more = Factory.MoreButton()
        self._more.bind(on_release=lambda _: self.turn())
        self.fbind("offers", self._begin)
        self.fbind("first", self._draw)
        self.fbind("width", self._draw)

    def _begin(self, *_: Any) -> None:
        if self.first:
            self.first = 0
        else:
            self._draw()

    def turn(self) -> None:
        """Show the next ones; after the last the first again."""
        after = int(self.first) + len(self._shown)
        self.first = 0 if after >= len(self.offers) else after

    def _draw(self, *_: Any) -> None:
        shown: list[Offer] = []
        used, gap = 0.0, theme.px(20)
        left = self.offers[int(self.first) :]
        for number, offer in enumerate(left):
            wide = max(theme.px(140), measure(offer[0], theme.fs(56), bold=True) + theme.px(64)) + gap
            room = self.width - (self._more.width + gap if number + 1 < len(left) or self.first else 0)
            if shown and used + wide - gap > room:
                break
            used += wide
            shown.append(offer)
        self._shown = shown
        while len(self._buttons) < len(shown):
            button, number = CandidateButton(), len(self._buttons)
            button.bind(on_release=lambda _, number=number: self._shown[number][2]())
            self._buttons.append(button)
        for button, offer in zip(self._buttons, shown, strict=False):
            button.text, button.chosen = offer[:2]
        wanted = [*self._buttons[: len(shown)], *([self._more] if len(shown) < len(self.offers) else [])]
        if wanted != self.children[::-1]:
            self.clear_widgets()
            for widget in wanted:
                self.add_widget(widget)
