"""挑一挑: every choice for the job list on one page, each with what it would leave; the list opens with what was chosen."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.domain.codes import Settlement
from kiosk.domain.pay import yuan
from kiosk.domain.wish import DAY_PAYS, DAYS_AHEAD, SWITCHES, Wish
from kiosk.screens.page import Page
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.job_chips import said
from kiosk.screens.widgets.buttons import BigButton, Press
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.wish import Ways

Option = tuple[str, Any]


class ChoiceTile(Press):
    """One choice: its word, a note (how many it leaves). Green when chosen; without a ground where it would leave nothing."""

    text = StringProperty("")
    note = StringProperty("")
    chosen = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("chosen", self._pale)

    def _pale(self, *_: Any) -> None:
        self.fill = theme.clear if self.disabled else theme.green if self.chosen else theme.card
        self.down = theme.green_down if self.chosen else theme.card_down
        self.line = theme.green if self.chosen else theme.line


class JobFiltersScreen(Page):
    """`wish` is what is chosen."""

    wish = ObjectProperty(Wish())
    columns = NumericProperty(7)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("wish.title"), **args)
        self.padding = [theme.px(n) for n in (MARGIN, 20, MARGIN, 16)]
        self.columns = (2 if theme.large else 4) if theme.upright else (4 if theme.large else 7)
        self._nothing = BigButton(text=t("wish.clear"), disabled=True, size_hint_x=None, width=theme.fs(220))
        self._nothing.bind(on_release=lambda _: self._clear())
        self.main_icon, self.main_text, self.main_enabled = "check", t("wish.counting"), False
        self._tiles: dict[Option, ChoiceTile] = {}
        self._ways: Ways | None = None
        self._asked = 0

    def on_enter(self) -> None:
        """Count."""
        self._count()

    def remember(self) -> dict[str, Any]:
        """Keep what is chosen."""
        return {"wish": self.wish}

    def _count(self) -> None:
        self._asked += 1
        mine, wish = self._asked, self.wish

        def count() -> "Ways | None":
            from kiosk.services.wish import ways

            # what a later touch has overtaken is not counted
            return ways(self.terminal.office.here, wish) if mine == self._asked else None

        def take(found: "Ways | None") -> None:
            if found is not None and mine == self._asked:
                self._take(found)

        self.ask(count, take, lane="count")

    def _take(self, found: "Ways") -> None:
        self._ways = found
        if not self._tiles:
            self._lay(found)
        self._mark()

    def _groups(self, found: "Ways") -> Iterator[tuple[str, list[Option]]]:
        yield "where", [("near", True), *(("areas", area) for area in found.km)]
        yield "pay", [("min_day_fen", fen) for fen in DAY_PAYS]
        yield "days", [("days_ahead", days) for days in DAYS_AHEAD]
        yield "settlement", [("settlement", one) for one in Settlement]
        yield "more", [("switches", name) for name in SWITCHES]

    def _lay(self, found: "Ways") -> None:
        """Lay the groups out: lying, pay and day share a line, as do settlement and the rest: seven tiles each."""
        box, line = self.ids.groups, None
        for name, options in self._groups(found):
            group: Any = Factory.ChoiceGroup()
            group.ids.head.text = t(f"wish.{name}")
            if name == "where":
                group.ids.top.add_widget(self._nothing)
            group.ids.tiles.cols = min(len(options), int(self.columns))
            for option in options:
                tile = ChoiceTile(text=self._word(*option))
                tile.bind(on_release=lambda _, option=option: self._toggle(option))
                self._tiles[option] = tile
                group.ids.tiles.add_widget(tile)
            if theme.upright or theme.large or name == "where":
                box.add_widget(group)
                continue
            if line is None:
                line = Factory.ChoiceLine()
                box.add_widget(line)
            # as wide as the tiles are many, so that all stand in the same seven columns
            group.size_hint_x = len(options)
            line.add_widget(group)
            line = None if len(line.children) == 2 else line

    @staticmethod
    def _word(kind: str, value: Any) -> str:
        return t("wish.pay_tile", yuan=yuan(value)) if kind == "min_day_fen" else said(kind, value)

    def _left(self, kind: str, value: Any) -> int:
        assert self._ways is not None
        choices = self._ways.choices
        if kind == "near":
            return self._ways.near
        counts: dict[str, Mapping[Any, int]] = {
            "areas": choices.areas,
            "min_day_fen": choices.pay,
            "days_ahead": choices.days,
            "settlement": choices.settlements,
            "switches": choices.switches,
        }
        return counts[kind][value]

    def _where(self, kind: str, value: Any) -> Iterator[str]:
        """Say how far it is, where it is a place."""
        assert self._ways is not None
        if kind == "near":
            yield t("wish.near_note")
        elif kind == "areas":
            km = self._ways.km[value]
            yield t("wish.here_note") if km == 0 else t("wish.km_note", km=km) if km else t("wish.km_unknown")

    def _mark(self) -> None:
        """Show what is chosen and what each choice would leave."""
        assert self._ways is not None
        for (kind, value), tile in self._tiles.items():
            left = self._left(kind, value)
            tile.chosen = self.wish.has(kind, value)
            tile.disabled = left == 0 and not tile.chosen
            tile.note = "\n".join((*self._where(kind, value), t("wish.count", count=left)))
        total = self._ways.total
        self.main_enabled = total > 0
        self.main_text = t("wish.show" if not self.wish.bare else "wish.show_all", count=total) if total else t("wish.none")
        self._nothing.disabled = not any(True for _ in self.wish.chosen())

    def _toggle(self, option: Option) -> None:
        self.wish = self.wish.toggled(*option)
        # at once, and the counts when they come
        for (kind, value), tile in self._tiles.items():
            tile.chosen = self.wish.has(kind, value)
        self._count()

    def _clear(self) -> None:
        """Give up every choice; trade and order are the list's own."""
        self.wish = Wish(trade=self.wish.trade, well_paid=self.wish.well_paid)
        self._count()

    def on_main(self) -> None:
        """Open the list."""
        self.visit.back()
        self.visit.replace("jobs", wish=self.wish)

    def spoken(self) -> str:
        """Say how it works and how many fit."""
        return t("wish.spoken", count=self._ways.total if self._ways else 0)
