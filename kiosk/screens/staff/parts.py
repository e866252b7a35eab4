"""What several staff pages are made of: the sign of what was done, the call of a visitor, sentences to choose from, an empty page."""

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


class CallBar(BoxLayout):
    """A visitor calls: the button says that one comes. No gap while nobody does."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    called = BooleanProperty(False)


class ScreenPart(BoxLayout):
    """One view of a page, which it reaches as `screen`."""

    screen = ObjectProperty(None, allownone=True, rebind=True)


class FindView(ScreenPart):
    """Keying in a number: the page holds it as `digits` and follows it by `key_in`."""

    hint = StringProperty("")
    note = StringProperty("")


class NothingLeft(BoxLayout):
    """A page with nothing to do on it says so in a friendly way."""

    head = StringProperty("")
    text = StringProperty("")


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
    """The sentences of one section of kiosk/text, and the pen. `text` is what was chosen or written."""

    text = StringProperty("")
    about = StringProperty("")
    note = StringProperty("")
    own_width = NumericProperty(0)

    def __init__(self, page: Page, section: str, **kwargs: Any) -> None:
        self._page, self._section, self._chips = page, section, list[Chip]()
        super().__init__(**kwargs)
        self.fbind("text", self._mark)
        self._show_ready()

    def _show_ready(self) -> None:
        self.clear_widgets()
        choice = Factory.SentenceChoice(owner=self)
        self._chips = [Chip(text=t(key)) for key in words() if key.startswith(f"{self._section}.")]
        for chip in self._chips:
            chip.bind(on_release=lambda chip: setattr(self, "text", chip.text))
            choice.ids.chips.add_widget(chip)
        own = BigButton(text=t("reason.write"), icon="draw", size_hint_x=None)
        own.width = self.own_width
        own.bind(on_release=lambda _: self._write())
        choice.ids.chips.add_widget(own)
        self.add_widget(choice)
        self._mark()

    def _write(self) -> None:
        self.clear_widgets()
        self._chips, self.text = [], ""
        panel = Factory.TextPanel(hint=t("reason.hint"), page=self._page)
        panel.fbind("text", lambda _, text: setattr(self, "text", text))
        self.add_widget(panel)

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


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
