"""What several staff pages are made of: the sign of what was done, sentences to choose from, a number to key in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.factory import Factory
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import BigButton, Chip
from kiosk.screens.widgets.panel import Card
from kiosk.text import t, words


class ScreenPart(BoxLayout):
    """One view of a page, which it reaches as `screen`."""

    screen = ObjectProperty(None, allownone=True, rebind=True)


class FindView(ScreenPart):
    """Keying in a number: the page holds it as `digits` and follows it by `key_in`. `hint` asks for it, `about` says more."""

    hint = StringProperty("")
    about = StringProperty("")
    note = StringProperty("")


def add_turn(box: Any, first: int, shown: int, count: int, turn: Callable[[int], None]) -> None:
    """Let a list of `count` rows, of which `shown` stand there from `first`, go on to the next, or from the last back to the first."""
    if count <= shown:
        return
    rest = first + shown < count
    button = BigButton(text=t("turn.more" if rest else "turn.first"), icon="chevron-down" if rest else "chevron-up")
    button.bind(on_release=lambda _: turn(first + shown if rest else 0))
    box.add_widget(button)


class ChoiceChips(BoxLayout):
    """A question and the answers of which one is chosen; `text` is the chosen one. As wide as its place, as high as it needs."""

    head = StringProperty("")
    text = StringProperty("")

    def offer(self, answers: list[str]) -> None:
        """Show these answers."""
        self.ids.chips.clear_widgets()
        for answer in answers:
            chip = Chip(text=answer)
            chip.chosen = answer == self.text
            chip.bind(on_release=lambda chip: setattr(self, "text", chip.text))
            self.ids.chips.add_widget(chip)

    def on_text(self, *_: Any) -> None:
        """Mark the chosen one."""
        for chip in self.ids.chips.children:
            chip.chosen = chip.text == self.text


class SentenceChoice(BoxLayout):
    """What was chosen, and the sentences to choose from."""

    owner = ObjectProperty(None, allownone=True, rebind=True)


class ReadySentences(BoxLayout):
    """A question, ready answers, and the pen. `ready` begins their keys in kiosk/text, a number ends them; `text` is the answer.

    `note` and `law` say more of what is asked; the question stays over the pen, too.
    """

    text = StringProperty("")
    about = StringProperty("")
    note = StringProperty("")
    law = StringProperty("")
    own_width = NumericProperty(0)

    def __init__(self, page: Page, ready: str, **kwargs: Any) -> None:
        self._page, self._ready, self._chips = page, ready, list[Chip]()
        super().__init__(**kwargs)
        self.fbind("text", self._mark)
        self._show_ready()

    def _show_ready(self) -> None:
        choice = Factory.SentenceChoice(owner=self)
        keys = (key for key in words() if key.startswith(self._ready) and key.removeprefix(self._ready)[1:].isdigit())
        self._chips = [Chip(text=t(key)) for key in keys]
        for chip in self._chips:
            chip.bind(on_release=lambda chip: setattr(self, "text", chip.text))
            choice.ids.chips.add_widget(chip)
        own = BigButton(text=t("reason.write"), icon="draw", size_hint_x=None)
        own.width = self.own_width
        own.bind(on_release=lambda _: self._write())
        choice.ids.chips.add_widget(own)
        self._put(choice)
        self._mark()

    def _write(self) -> None:
        self._chips, self.text = [], ""
        panel = Factory.TextPanel(hint=t("reason.hint"), page=self._page)
        panel.fbind("text", lambda _, text: setattr(self, "text", text))
        self._put(panel)

    def _put(self, widget: Any) -> None:
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(widget)

    def back(self) -> bool:
        """Come back from the pen to the ready sentences; False when they are shown already."""
        if self._chips:
            return False
        self._show_ready()
        return True

    def _mark(self, *_: Any) -> None:
        for chip in self._chips:
            chip.chosen = chip.text == self.text


class HeadCard(Card):
    """The one thing that a list is about."""

    title = StringProperty("")
    side = StringProperty("")
    side_is_pay = BooleanProperty(True)
    text = StringProperty("")


class RunningRow(Card):
    """One booking, sign-up, call or notice, with one or two buttons: `first` is done, `second` takes it back."""

    title = StringProperty("")
    text = StringProperty("")
    stacked = BooleanProperty(False)
    first = StringProperty("")
    second = StringProperty("")

    def press(self, first: bool) -> None:
        """Do what the button says."""
        (self.on_first if first else self.on_second)()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
