"""The one panel for every text field: write with a finger, or spell in pinyin, by strokes, in digits and marks. Holds what was chosen.

It reads through the page that it stands on, off the UI thread; it remembers nothing after `wipe()`.
"""

from functools import partial
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ports import Stroke
from kiosk.screens.theme import theme
from kiosk.screens.widgets.candidate_row import Offer
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t

MODES = ("hand", "pinyin", "strokes", "marks")
HAND_CHOICES = 5


class TextPanel(BoxLayout):
    """`text` is what was chosen; `names` are a person's, else anything is let in. `page` reads, `help` is offered where it is set.

    What is written now goes to place `at` of what stands already (`kept`), or after its end while `at` is -1: so a word is added to, and a
    character is replaced, by hand and by keys alike.
    """

    text = StringProperty("")
    kept = StringProperty("")
    at = NumericProperty(-1)
    letters = StringProperty("")
    how = StringProperty("")
    hint = StringProperty("")
    mode = OptionProperty("hand", options=MODES)
    names = BooleanProperty(False)
    picking = BooleanProperty(False)
    trouble = StringProperty("")
    words = ListProperty([])
    page = ObjectProperty(None, allownone=True)
    spell = ObjectProperty(None, allownone=True)
    help = ObjectProperty(None, allownone=True)
    long = 9
    """Characters from which on only the end of `text` is shown: the page shows the whole."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.orientation = "vertical" if theme.upright else "horizontal"
        self._asked = self._unread = 0

    def on_kv_post(self, _: Any) -> None:
        """Follow what changes, once the rule has made the parts: inside a page's own rule that is later than the constructor."""
        for name in ("words", "picking", "text", "at"):
            self.fbind(name, self._offer)
        self._arrange()

    def start(self, text: str) -> None:
        """Stand as it was left: `text` was chosen before, and can be added to or put right."""
        self.text = self.kept = text

    def on_mode(self, *_: Any) -> None:
        """Swap box and keys; what was chosen stays, and the place that is to be put right."""
        at = self.at if self._fixing and not self.picking else -1
        self._settle()
        self.at = at
        self._arrange()

    def _settle(self) -> None:
        """Take what was chosen as standing, and begin to write anew."""
        self._asked += 1
        self.ids.box.clear()
        self.kept, self.at, self.letters, self.picking, self.trouble = self.text, -1, "", False, ""
        self.words = []

    def _arrange(self) -> None:
        hand = self.mode == "hand"
        for widget, shown in ((self.ids.box, hand), (self.ids.spelling, not hand)):
            widget.opacity, widget.disabled = (1, False) if shown else (0, True)
            widget.size_hint_x = 1 if shown else None
            if not shown:
                widget.width = 0
        self.how = t(f"text.{self.mode}_hint") if self.mode in ("pinyin", "strokes") else ""
        if not hand:
            self.ids.keyboard.kind = self.mode
        self.ids.undo.disabled = not hand

    def ask_mode(self) -> None:
        """Ask how one wants to write."""
        modes = [mode for mode in MODES if mode != self.mode and not (self.names and mode == "marks")]
        choices: list[Choice] = [(t(f"text.{mode}"), "second", partial(setattr, self, "mode", mode)) for mode in modes]
        if self.names:
            choices.append((t("text.dot"), "second", partial(self._add, "·")))
        choices.append((t("text.as_before"), "plain", lambda: None))
        self.page.terminal.open_dialog(Dialog(title=t("text.how"), choices=choices))

    def written(self, strokes: list[Stroke]) -> None:
        """Read what stands in the box; a later answer outruns an earlier one."""
        self._asked += 1
        self.page.read_hand(strokes, partial(self._take, self._asked), free=not self.names)

    def _take(self, asked: int, words: list[str]) -> None:
        if asked != self._asked:
            return
        hand = self.mode == "hand"
        if hand:
            self._unread = 0 if words else self._unread + 1
            self.trouble = "" if words else t("text.unclear" if self._unread < 2 else "text.unclear_again")
            self.text = self._with(words[0]) if words else self.kept
        self.words = words[:HAND_CHOICES] if hand else words

    def _with(self, word: str) -> str:
        """Put a word into its place."""
        at = int(self.at)
        return self.kept + word if at < 0 else self.kept[:at] + word + self.kept[at + 1 :]

    def undo(self) -> None:
        """Take the last stroke back."""
        strokes = list(self.ids.box.strokes)[:-1]
        self.ids.box.show(strokes)
        if strokes:
            self.written(strokes)
        else:
            self._forget()

    def wipe(self) -> None:
        """Begin anew: what is being written now, or all when nothing is."""
        writing = bool(self.ids.box.strokes or self.letters or self.at >= 0 or self.picking)
        self._forget()
        if not writing:
            self.text = self.kept = ""

    def _forget(self) -> None:
        """Drop what is being written."""
        self.text = self.kept
        self._settle()

    def press(self, character: str) -> None:
        """Take a key."""
        if self.mode == "marks":
            self._add(character)
        else:
            self.picking = False
            self.letters += character
            self._spell()

    def delete(self) -> None:
        """Take back the last key, or the last character."""
        if self.letters:
            self.letters = self.letters[:-1]
            self._spell()
        elif self.at >= 0 or self.picking:
            self._forget()
        else:
            self.kept = self.text = self.kept[:-1]

    def _spell(self) -> None:
        self._asked += 1
        then = partial(self._take, self._asked)
        if not self.letters:
            self.words = []
        elif self.mode == "strokes":
            self.page.spell_strokes(self.letters, then)
        elif self.spell is not None:
            self.spell(self.letters, then)
        elif self.names:
            # a surname stands where a name begins
            (self.page.spell if self._with("") and self.at else self.page.spell_name)(self.letters, then)
        else:
            letters = self.letters
            self.page.spell(letters, lambda words: then([*words, letters.upper(), letters]))

    def _add(self, mark: str) -> None:
        """Put a mark that no finger finds where one writes: ·."""
        self.text = self._with(mark) if self.at >= 0 else self.text + mark
        self._settle()

    def _choose(self, word: str) -> None:
        self.text = self._with(word)
        if self.mode != "hand":
            self._settle()

    def pick(self) -> None:
        """Show the characters, to choose the one that is wrong; or leave it be."""
        if self._fixing:
            self._forget()
        else:
            self._settle()
            self.picking = True

    @property
    def _fixing(self) -> bool:
        """Whether one is about to put a character right and has not yet."""
        return self.picking or (self.at >= 0 and self.text == self.kept)

    def _edit(self, at: int) -> None:
        """Write the character at a place anew; at -1 write on after the end."""
        self.picking, self.at = False, at

    def _drop(self) -> None:
        self.text = self._with("")
        self._settle()

    def _offer(self, *_: Any) -> None:
        """Lay out what can be chosen now."""
        self.ids.row.offers = self._offers()
        self.ids.fix.text = t("text.as_it_was" if self._fixing else "text.fix")
        wrong = self.kept[int(self.at)] if 0 <= self.at < len(self.kept) else ""
        self.ids.box.hint = t("text.pick") if self.picking else t("text.rewrite", character=wrong) if wrong else self.hint

    def _offers(self) -> list[Offer]:
        if self.picking:
            characters = [(c, False, partial(self._edit, n)) for n, c in enumerate(self.text)]
            return [*characters, (t("text.write_on"), False, partial(self._edit, -1))]
        if self.words and self.mode == "hand":
            return [(self._end(whole), whole == self.text, partial(self._choose, w)) for w in self.words if (whole := self._with(w))]
        if self.words:
            return [(w, False, partial(self._choose, w)) for w in self.words]
        if self.at >= 0 and not self.letters:
            return [(t("text.drop", character=self.kept[int(self.at)]), False, self._drop)]
        return [(self._end(self.text), True, lambda: None)] if self.text and self.mode == "hand" else []

    def _end(self, text: str) -> str:
        """Give what there is room for of a long text: its end, where one writes."""
        # upright, large letters stand beside the button that puts one right
        room = self.long - 2 if theme.large and theme.upright else self.long
        return text if len(text) < room else "…" + text[1 - room :]
