"""Digits by big buttons."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton
from kiosk.text import t

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "delete")


class NumberPad(GridLayout):
    """Collects `digits`, at most `limit` of them; listen to `digits`."""

    digits = StringProperty("")
    limit = NumericProperty(11)
    keys = KEYS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cols=3, **kwargs)
        size_px = 28 if theme.large else 36
        for key in self.keys:
            words = key if key.isdigit() else t(f"pad.{key}")
            button = BigButton(text=words, kind="plain", size_px=56 if key.isdigit() else size_px, size_hint_y=1, padding=(theme.px(4), 0))
            button.bind(on_release=lambda _, key=key: self._press(key))
            self.add_widget(button)

    def _press(self, key: str) -> None:
        if key == "clear":
            self.digits = ""
        elif key == "delete":
            self.digits = self.digits[:-1]
        elif len(self.digits) < self.limit:
            self.digits = self.joined(key)

    def joined(self, key: str) -> str:
        """Give the digits with one more."""
        return self.digits + key


class AmountPad(NumberPad):
    """An amount in 元 with a point and at most two digits after it; `fen` is what it comes to."""

    keys = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "point", "0", "delete")

    @property
    def fen(self) -> int:
        """Give the amount in fen."""
        whole, _, part = self.digits.partition(".")
        return int(whole or 0) * 100 + int((part + "00")[:2])

    def joined(self, key: str) -> str:
        """Give the digits with one more, unless no amount is written so."""
        if key == "point":
            return self.digits if "." in self.digits else f"{self.digits or '0'}."
        if len(self.digits.partition(".")[2]) == 2:
            return self.digits
        return key if self.digits == "0" else self.digits + key
