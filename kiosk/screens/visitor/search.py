"""搜一搜: a word written or spelled, or the number on the board."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.wish import Wish
from kiosk.screens.page import Page
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.browse import Numbered


class NumberSearch(BoxLayout):
    """The number on the board, keyed in."""

    number = StringProperty("")


class SearchScreen(Page):
    """A text panel, or the number pad with `by_number`; the list opens with the word, the listing itself with its number.

    `wish` is what was asked for before: the word is looked for within it.
    """

    by_number = BooleanProperty(False)
    head = StringProperty("")
    wrong = BooleanProperty(False)
    text = StringProperty("")
    wish = ObjectProperty(Wish())

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("jobs.search_title"), **args)
        self._panel: Any = None
        self.fbind("text", self._follow)
        self._lay(self.text)

    def swap(self) -> None:
        """Change between writing and the number pad."""
        self.by_number = not self.by_number
        self._lay("")

    def _lay(self, text: str) -> None:
        self.ids.body.clear_widgets()
        if self.by_number:
            pad = NumberSearch(number=text)
            pad.ids.pad.digits = text
            pad.ids.pad.fbind("digits", lambda _, digits: self._key(pad, digits))
            self.ids.body.add_widget(pad)
        else:
            panel = Factory.TextPanel(hint=t("jobs.search_hint"), page=self, spell=self._spell)
            panel.fbind("mode", self._follow)
            self._panel = panel
            panel.fbind("text", lambda _, written: setattr(self, "text", written))
            self.ids.body.add_widget(panel)
            text = ""
        self.text = text
        self._follow()

    def _key(self, pad: NumberSearch, digits: str) -> None:
        pad.number = self.text = digits

    def _spell(self, letters: str, then: Callable[[list[str]], None]) -> None:
        """Offer the letters themselves too: initials find 装卸 as zx."""
        self.spell(letters, lambda words: then([letters, *words]))

    def _follow(self, *_: Any) -> None:
        text = self.text
        self.main_icon = "eye" if self.by_number else "magnify"
        if self.by_number:
            self.main_text = t("jobs.search_number_go", number=text) if text else t("jobs.search_number_empty")
        else:
            self.main_text = t("jobs.search_go", text=text[:8]) if text else t("jobs.search_empty")
        self.main_enabled = bool(text)
        self.wrong = False
        by_hand = "jobs.search_head" if self._panel is None or self._panel.mode == "hand" else "jobs.search_keys_head"
        self.head = t("jobs.search_number_head" if self.by_number else by_hand)

    def on_main(self) -> None:
        """Open the list with the word; 17, keyed in or written 17号, opens the listing with that number on the board."""
        text = self.text
        number = text.removesuffix("号")
        if number.isascii() and number.isdigit() and len(number) <= 5:
            from kiosk.services import browse

            self.ask(lambda: browse.numbered(self.terminal.office.here, int(number)), lambda found: self._numbered(found, text))
        else:
            self._list(text)

    def _numbered(self, found: "Numbered", text: str) -> None:
        if found.listing_id is not None:
            self.visit.replace("detail", listing_id=found.listing_id)
        elif self.by_number or (found.gone and text.endswith("号")):
            said = "jobs.search_number_gone" if found.gone else "jobs.search_number_none"
            self.head, self.wrong = t(said, number=text.removesuffix("号")), True
        else:
            self._list(text)

    def _list(self, text: str) -> None:
        self.visit.back()
        self.visit.replace("jobs", wish=replace(self.wish, text=text))

    def remember(self) -> dict[str, Any]:
        """Keep the number; what was written by hand is written again."""
        return {"by_number": self.by_number, "text": self.text if self.by_number else ""}

    def spoken(self) -> str:
        """Say what to do."""
        return self.head
