"""The one panel for every text field: write the whole word with a finger, or spell it in pinyin. Holds the reading that was chosen.

It reads through two functions that the page passes in, off the UI thread; it remembers nothing after `wipe()`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ports import Stroke
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton, CandidateButton
from kiosk.text import t

LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
HAND_CHOICES = 5

Read = Callable[[list[Stroke], Callable[[list[str]], None]], None]
Spell = Callable[[str, Callable[[list[str]], None]], None]


class TextPanel(BoxLayout):
    """`text` is what was chosen. `read(strokes, then)` and `spell(letters, then)` give readings, best first; pages set them.

    In pinyin each choice is added to `kept`, so that a name is spelled character by character; by hand the box holds the whole word.
    """

    text = StringProperty("")
    kept = StringProperty("")
    letters = StringProperty("")
    hint = StringProperty("")
    mode = OptionProperty("hand", options=("hand", "pinyin"))
    unclear = BooleanProperty(False)
    words = ListProperty([])
    first = NumericProperty(0)
    read = ObjectProperty(None, allownone=True)
    spell = ObjectProperty(None, allownone=True)
    help = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.orientation = "vertical" if theme.upright else "horizontal"
        self._asked = 0

    def on_kv_post(self, _: Any) -> None:
        """Fill what the rule has made by now: inside a page's own rule that is later than the constructor."""
        for row in LETTERS:
            line = BoxLayout()
            for letter in row:
                line.add_widget(self._key(letter, partial(self._press, letter)))
            if row == LETTERS[-1]:
                line.add_widget(self._key(t("text.delete"), self._delete, size_px=32, size_hint_x=2.2))
            self.ids.letters.add_widget(line)
        self.fbind("words", self._draw_words)
        self.fbind("first", self._draw_words)
        self._arrange()

    @staticmethod
    def _key(text: str, act: Callable[[], None], **look: Any) -> BigButton:
        """Make a key that touches its neighbours: ten stand side by side on an upright screen, and the gap is only drawn."""
        key = BigButton(text=text, kind="plain", size_hint_y=1, padding=0, line_width=6, **{"size_px": 44} | look)
        key.line = theme.ground
        key.bind(on_release=lambda _: act())
        return key

    def on_mode(self, *_: Any) -> None:
        """Swap box and letters; what was chosen stays."""
        if self.mode == "pinyin":
            self.kept = self.text
        self.letters, self.words, self.unclear = "", [], False
        self._arrange()

    def _arrange(self) -> None:
        hand = self.mode == "hand"
        for widget, shown in ((self.ids.box, hand), (self.ids.spelling, not hand)):
            widget.opacity, widget.disabled = (1, False) if shown else (0, True)
            widget.size_hint_x = 1 if shown else None
            if not shown:
                widget.width = 0
        self.ids.swap.text = t("text.pinyin" if hand else "text.hand")
        self.ids.swap.icon = "keyboard" if hand else "draw"
        self.ids.undo.disabled = not hand

    def swap(self) -> None:
        """Change between hand and pinyin."""
        self.mode = "pinyin" if self.mode == "hand" else "hand"

    def written(self, strokes: list[Stroke]) -> None:
        """Read what stands in the box; a later answer outruns an earlier one."""
        self._asked += 1
        mine = self._asked
        self.read(strokes, lambda words: self._take(mine, words))

    def _take(self, mine: int, words: list[str]) -> None:
        if mine != self._asked:
            return
        self.unclear = not words
        self.first = 0
        if self.mode == "hand":
            self.text = words[0] if words else ""
        self.words = words[:HAND_CHOICES] if self.mode == "hand" else words

    def undo(self) -> None:
        """Take the last stroke back."""
        strokes = list(self.ids.box.strokes)[:-1]
        self.ids.box.show(strokes)
        if strokes:
            self.written(strokes)
        else:
            self.wipe()

    def wipe(self) -> None:
        """Begin anew."""
        self._asked += 1
        self.ids.box.clear()
        self.text = self.kept = self.letters = ""
        self.words, self.first, self.unclear = [], 0, False

    def _press(self, letter: str) -> None:
        self.letters += letter
        self._spell()

    def _delete(self) -> None:
        if self.letters:
            self.letters = self.letters[:-1]
            self._spell()
        elif self.kept:
            self.kept = self.text = self.kept[:-1]

    def _spell(self) -> None:
        self._asked += 1
        mine = self._asked
        if not self.letters:
            self.words = []
            return
        self.spell(self.letters, lambda words: self._take(mine, words))

    def _choose(self, word: str) -> None:
        if self.mode == "hand":
            self.text = word
            self._draw_words()
            return
        self.kept += word
        self.text, self.letters, self.words = self.kept, "", []

    def add(self, mark: str) -> None:
        """Add a mark that no finger finds: ·."""
        self.kept = self.text = self.text + mark

    def turn(self) -> None:
        """Show the next readings."""
        shown = len(self.ids.choices.children) - 1
        self.first = 0 if self.first + shown >= len(self.words) else self.first + shown

    def _draw_words(self, *_: Any) -> None:
        """Put as many readings as fit side by side; a button turns to the next ones."""
        row = self.ids.choices
        row.clear_widgets()
        used, room = 0.0, row.width - theme.fs(220)
        for word in self.words[int(self.first) :]:
            button = CandidateButton(text=word, chosen=self.mode == "hand" and word == self.text)
            button.bind(on_release=lambda _, word=word: self._choose(word))
            used += button.width + theme.px(20)
            if used > room and row.children:
                break
            row.add_widget(button)
        if len(row.children) < len(self.words) and row.children:
            more = Factory.MoreButton()
            more.bind(on_release=lambda _: self.turn())
            row.add_widget(more)
