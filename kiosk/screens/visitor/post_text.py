"""One thing in an employer's own words: ready ones to tap first, then by hand or in pinyin."""

from collections.abc import Iterator
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.codes import Trade
from kiosk.domain.employer import EmployerKind, guess_kind
from kiosk.domain.worker import check_name
from kiosk.errors import BadInput
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.posting import STEPS, PostingPage, trade_words
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.words import measure
from kiosk.text import t, words

JOIN = "，"
HEAD_PX = 56
WORD_PX, AROUND_PX, GAP_PX = 32, 84, 20
"""A chip's letters, what it has beside them, and what stands between two."""
MANY = frozenset({"requirements"})
"""Where several ready words may stand together; elsewhere the first one answers the question."""
MOST = {"title": 20, "place": 30, "employer_name": 30, "requirements": 80}
"""Characters for which there is room on slip and board."""


def ready_words(field: str, draft: dict[str, Any]) -> list[str]:
    """Give what can be tapped in place of writing a field, likeliest first."""
    trade = Trade(draft.get("trade") or Trade.OTHER)
    if field == "title":
        return [trade_words(trade), *t(f"post.ready.title.{trade.value}").split()] if trade is not Trade.OTHER else []
    if field == "requirements":
        usual = [words()[f"post.ready.requirements.{n}"] for n in range(1, 9)]
        return list(dict.fromkeys([t("post.any"), *t(f"post.ready.own.{trade.value}").split(), *usual]))
    name = str(draft.get("contact_name", ""))
    return [name] if field == "employer_name" and name and guess_kind(name) is EmployerKind.PERSON else []


def chip_width(word: str) -> float:
    """Give how wide a word's chip is, in screen pixels."""
    return measure(word, theme.fs(WORD_PX)) + theme.px(AROUND_PX)


def in_rows(ready: list[str], room: float, rows: int) -> Iterator[str]:
    """Give the first of them that fit into so many rows; more would leave no room to write."""
    used = 0.0
    for word in ready:
        wide = chip_width(word)
        if used and used + theme.px(GAP_PX) + wide > room:
            rows, used = rows - 1, 0.0
        if not rows:
            return
        used += wide + (theme.px(GAP_PX) if used else 0)
        yield word


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
        super().__init__(terminal, head=t(f"post.text.{field}"), **args)
        own_name = field == "employer_name" and ready_words(field, self.draft)
        self.hint = t("post.hint.own_name" if own_name else f"post.hint.{field}")
        self.head_width = measure(self.head, theme.fs(HEAD_PX), bold=True) + 1
        self._ready: list[str] = []
        self._chosen: list[str] = []
        self._chips: dict[str, Chip] = {}
        panel = self.ids.panel
        panel.page, panel.names, panel.help = self, field == "contact_name", terminal.helper
        panel.fbind("text", self._follow)
        self._offer(ready_words(field, self.draft))

    def on_enter(self) -> None:
        """Ask where people work now, for the place."""
        if self.field == "place" and (area := self.draft.get("area")):
            from kiosk.services.my_postings import places

            self.ask(
                lambda: places(self.terminal.office.here, area),
                lambda found: self._offer([place for place in found if len(place) <= MOST["place"]]),
            )

    def _offer(self, ready: list[str]) -> None:
        """Show ready words; what is written already is theirs, or stands in the panel to be added to."""
        said = [part for part in str(self.draft.get(self.field, "")).split(JOIN) if part]
        if self.field not in MANY:
            said = [JOIN.join(said)] if said else []
        rows = (2 if theme.large else 3) if theme.upright else 1
        self._ready = list(in_rows(ready, theme.width - 2 * theme.px(MARGIN), rows))
        # chosen words show themselves: where letters are large, a title would leave no room to write
        self.tight = bool(self._ready) and theme.large and not theme.upright
        self._chosen = [w for w in self._ready if w in said]
        self._chips = {}
        self.ids.ready.clear_widgets()
        for word in self._ready:
            chip = Chip(text=word)
            chip.bind(on_release=lambda _, word=word: self._choose(word))
            self.ids.ready.add_widget(chip)
            self._chips[word] = chip
        own = JOIN.join(part for part in said if part not in self._chosen)
        if own != self.ids.panel.text:
            self.ids.panel.start(own)
        self._follow()

    def _choose(self, word: str) -> None:
        if self.field in MANY:
            chosen = set(self._chosen) ^ {word}
            self._chosen = [w for w in self._ready if w in chosen]
            self._follow()
            return
        self.ids.panel.wipe()
        self.ids.panel.start("")
        self._chosen = [word]
        self._follow()
        self.on_main()

    def _follow(self, *_: Any) -> None:
        own = self.ids.panel.text
        if own and self.field not in MANY:
            self._chosen = []
        for word, chip in self._chips.items():
            chip.chosen = word in self._chosen
        self.written = JOIN.join(part for part in (*self._chosen, own) if part)
        if self.written or self.field in self.draft:
            self.put(**{self.field: self.written})
        self.main_enabled = bool(self.written)
        # where large letters leave no room for a title, the question stands in the bar of steps
        step = self.head if theme.large and not theme.upright and (self.tight or self.written) else t(f"post.step.{STEPS[int(self.step)]}")
        self.steps = [*self.steps[: int(self.step)], step, *self.steps[int(self.step) + 1 :]]

    def on_main(self) -> None:
        """Go on, unless a name cannot be one or what is written is too long for paper."""
        try:
            if self.field == "contact_name":
                self.put(contact_name=str(check_name(self.written)))
            elif len(self.written) > MOST[self.field]:
                raise BadInput(self.field, "post.too_long", most=MOST[self.field])
        except BadInput as error:
            self.show_problem(error)
            return
        self.go_on()

    def remember(self) -> dict[str, Any]:
        """Keep which field it is."""
        return {"field": self.field}
