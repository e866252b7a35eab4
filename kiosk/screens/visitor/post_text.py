"""One thing in an employer's own words: ready ones to tap first, then by hand or in pinyin."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.worker import check_name
from kiosk.errors import BadInput
from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import STEPS, PostingPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.words import measure
from kiosk.text import t, words

JOIN = "，"
HEAD_PX = 56
READY, READY_LARGE = 9, 6
"""One more than ready words that there is room for."""


class PostTextScreen(PostingPage):
    """`field` is what is written."""

    field = StringProperty("")
    written = StringProperty("")
    hint = StringProperty("")
    head_width = NumericProperty(0)
    tight = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        self.stop = f"post_text:{args['field']}"
        field = args["field"]
        super().__init__(terminal, head=t(f"post.text.{field}"), hint=t(f"post.hint.{field}"), **args)
        self.head_width = measure(self.head, theme.fs(HEAD_PX), bold=True) + 1
        self._ready = [
            w
            for n in range(1, READY_LARGE if theme.large and not theme.upright else READY)
            if (w := words().get(f"post.ready.{self.field}.{n}"))
        ]
        # chosen words show themselves: where letters are large, a title would leave no room to write
        self.tight = bool(self._ready) and theme.large and not theme.upright
        said = [part for part in str(self.draft.get(self.field, "")).split(JOIN) if part]
        self._chosen = [w for w in self._ready if w in said]
        self._chips: dict[str, Chip] = {}
        for word in self._ready:
            chip = Chip(text=word, chosen=word in self._chosen)
            chip.bind(on_release=lambda _, word=word: self._toggle(word))
            self.ids.ready.add_widget(chip)
            self._chips[word] = chip
        panel = self.ids.panel
        panel.page, panel.names, panel.help = self, field == "contact_name", terminal.helper
        panel.start(JOIN.join(part for part in said if part not in self._chosen))
        panel.fbind("text", self._follow)
        self._follow()

    def _toggle(self, word: str) -> None:
        chosen = set(self._chosen) ^ {word}
        self._chosen = [w for w in self._ready if w in chosen]
        self._chips[word].chosen = word in chosen
        self._follow()

    def _follow(self, *_: Any) -> None:
        self.written = JOIN.join(part for part in (*self._chosen, self.ids.panel.text) if part)
        if self.written or self.field in self.draft:
            self.put(**{self.field: self.written})
        self.main_enabled = bool(self.written)
        # where large letters leave no room for a title, the question stands in the bar of steps
        step = self.head if theme.large and not theme.upright and (self.tight or self.written) else t(f"post.step.{STEPS[int(self.step)]}")
        self.steps = [*self.steps[: int(self.step)], step, *self.steps[int(self.step) + 1 :]]

    def on_main(self) -> None:
        """Go on, unless a name cannot be one."""
        if self.field == "contact_name":
            try:
                self.put(contact_name=str(check_name(self.written)))
            except BadInput as error:
                self.show_problem(error)
                return
        self.go_on()

    def remember(self) -> dict[str, Any]:
        """Keep which field it is."""
        return {"field": self.field}
