"""The keys for what is not written by finger: letters, strokes, digits and marks. Knows no text."""

from functools import partial
from typing import Any

from kivy.properties import OptionProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.widgets.buttons import BigButton
from kiosk.text import t

ROWS = {
    "pinyin": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "strokes": ("一丨丿", "丶乛"),
    "marks": ("1234567890", "，。、：；？（）-", "“”·%+/～"),
}
"""Each key is one character; 删除 stands at the end of the last row."""


class Keys(BoxLayout):
    """Rows of keys for one `kind`; fires `on_key(character)` and `on_delete()`."""

    kind = OptionProperty("pinyin", options=tuple(ROWS))
    __events__ = ("on_key", "on_delete")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(orientation="vertical", **kwargs)
        self.fbind("kind", self._lay)
        self._lay()

    def _lay(self, *_: Any) -> None:
        self.clear_widgets()
        rows = ROWS[self.kind]
        for row in rows:
            line = BoxLayout()
            for character in row:
                words = t(f"stroke.{character}") if self.kind == "strokes" else character
                line.add_widget(self._key(words, partial(self.dispatch, "on_key", character)))
            if row == rows[-1]:
                wide = 1 if self.kind == "strokes" else 2.2
                line.add_widget(self._key(t("text.delete"), partial(self.dispatch, "on_delete"), size_px=32, size_hint_x=wide))
            self.add_widget(line)

    @staticmethod
    def _key(text: str, act: Any, **look: Any) -> BigButton:
        """Make a key that touches its neighbours: ten stand side by side on an upright screen, and the gap is only drawn."""
        key = BigButton(text=text, kind="plain", size_hint_y=1, padding=0, inset=6, **{"size_px": 44} | look)
        key.bind(on_release=lambda _: act())
        return key

    def on_key(self, character: str) -> None:
        """Be told of a key."""

    def on_delete(self) -> None:
        """Be told that the last one was wrong."""
