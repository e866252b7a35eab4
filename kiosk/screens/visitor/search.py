"""搜一搜: a word written or spelled, or the number on the board."""

from collections.abc import Callable
from typing import Any

from kiosk.domain.ports import Stroke
from kiosk.screens.page import Page
from kiosk.text import t


class SearchScreen(Page):
    """One text panel; the list opens with what was chosen."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("jobs.search_title"), **args)
        self.main_icon = "magnify"
        panel = self.ids.panel
        panel.read, panel.spell = self._read, self._spell
        panel.fbind("text", self._follow)
        self._follow()

    def _read(self, strokes: list[Stroke], then: Callable[[list[str]], None]) -> None:
        self.ask(lambda: [c.text for c in self.terminal.handwriting().read(strokes, free=True)], then, lane="hand")

    def _spell(self, letters: str, then: Callable[[list[str]], None]) -> None:
        """Offer the letters themselves too: initials find 装卸 as zx."""
        self.ask(lambda: [letters, *self.terminal.pinyin().candidates(letters)], then, lane="hand")

    def _follow(self, *_: Any) -> None:
        text = self.ids.panel.text
        self.main_text = t("jobs.search_go", text=text[:8]) if text else t("jobs.search_empty")
        self.main_enabled = bool(text)

    def on_main(self) -> None:
        """Open the list with the word; 17 or 17号 opens the listing with that number on the board."""
        text = self.ids.panel.text
        number = text.removesuffix("号")
        if number.isascii() and number.isdigit() and len(number) <= 4:
            from kiosk.services import browse

            self.ask(lambda: browse.numbered(self.terminal.office.here, int(number)), lambda found: self._numbered(found, text))
        else:
            self._list(text)

    def _numbered(self, listing_id: str | None, text: str) -> None:
        if listing_id is None:
            self._list(text)
        else:
            self.visit.replace("detail", listing_id=listing_id)

    def _list(self, text: str) -> None:
        self.visit.back()
        self.visit.replace("jobs", text=text)

    def spoken(self) -> str:
        """Say what to do."""
        return t("jobs.search_head")
