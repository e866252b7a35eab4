"""找活干: every public listing, newest first; by trade, near, well paid, soon, paid daily, with meals, or by a word. Not personalised."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.domain.codes import Settlement, Trade
from kiosk.screens.page import Page
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.widgets.buttons import Chip, FilterTile, Press
from kiosk.screens.widgets.listing_row import row_height, with_height
from kiosk.screens.widgets.scroll import PagedScroll
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.domain.listing import Published
    from kiosk.services.browse import JobPage

PAGE = 20
ROWS_A_FRAME = 7
WORD_SHOWN = 6
SWITCHES = ("near", "high", "soon", "daily", "meals")
ORDERS = ("near", "high")


class SearchPill(Press):
    """搜一搜，写字也行: opens the search."""


class AllTrades(PagedScroll):
    """All trades that have work, in place of the list while one chooses."""


class EmptyJobs(BoxLayout):
    """What stands there when nothing fits: what to do now, and the button for it."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class JobListScreen(Page):
    """The list. `trade`, `on` (the switches that are on) and `text` are how it stands; `loaded` rows, scrolled to `at`."""

    trade = StringProperty("")
    on = ListProperty([])
    text = StringProperty("")
    loaded = NumericProperty(0)
    at = NumericProperty(1)
    empty = BooleanProperty(False)
    empty_text = StringProperty("")
    empty_more = StringProperty("")
    empty_button = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("jobs.title"), **args)
        # three rows and a line of switches: every pixel counts
        self.padding = [theme.px(n) for n in (MARGIN, 24, MARGIN, 12)]
        self._rows: list[Published] = []
        self._total = 0
        self._asked = 0
        self._more_asked = False
        self._all: AllTrades | None = None
        # themselves, not by their ids: those are weak, and nothing else holds them while all trades stand in their place
        self._parts = [self.ids[name].__self__ for name in ("trades", "chips", "body")]
        self._by_trade: dict[Any, int] = {}
        self._count = Factory.CountWord()
        self._chips: dict[str, Chip] = {}
        self.ids.list.row_height = row_height()
        self._lay_chips()
        self.ids.list.ids.view.fbind("scroll_y", self._near_end)

    def _lay_chips(self) -> None:
        """Lay switches, search and count: one line where there is room, else two with as many switches in the first as fit."""
        for key in SWITCHES:
            chip = Chip(text=t(f"jobs.{key}"), chosen=key in self.on)
            chip.bind(on_release=lambda _, key=key: self._switch(key))
            self._chips[key] = chip
        if self.text:
            most = WORD_SHOWN // 2 if theme.large else WORD_SHOWN
            short = self.text if len(self.text) <= most else self.text[:most] + "…"
            search: Press = Chip(text=t("jobs.word", text=short), icon="close", chosen=True)
            search.bind(on_release=lambda _: self._drop_word())
        else:
            search = SearchPill()
            search.bind(on_release=lambda _: self.search())
        upper, lower = Factory.ChipRow(), Factory.ChipRow()
        self.ids.chips.add_widget(upper)
        in_first = len(SWITCHES) - (1 if theme.upright and theme.large else 0)
        for chip in list(self._chips.values())[:in_first]:
            upper.add_widget(chip)
        row = upper
        if theme.upright:
            self.ids.chips.add_widget(lower)
            row = lower
            for chip in list(self._chips.values())[in_first:]:
                row.add_widget(chip)
            row.add_widget(search)
            if self.text:
                row.add_widget(Widget())
            row.add_widget(self._count)
        else:
            row.add_widget(Widget())
            row.add_widget(self._count)
            if not self.text:
                search.size_hint_x, search.width = None, theme.px(440 if not theme.large else 330)
            row.add_widget(search)

    def on_enter(self) -> None:
        """Ask for the first rows, or for as many as there were when one left."""
        self._ask(limit=max(PAGE, int(self.loaded)))

    def _find(self, trade: str, on: list[str], text: str, offset: int, limit: int) -> "JobPage":
        """Ask the station; runs on the lane."""
        from dataclasses import replace

        from kiosk.services.browse import JobQuery, alive, jobs, nearest_areas
        from kiosk.store.search import Order

        here = self.terminal.office.here
        filters = replace(
            alive(here),
            near=nearest_areas(here) if "near" in on else (),
            trade=Trade(trade) if trade else None,
            settlement=Settlement.DAILY if "daily" in on else None,
            with_meals="meals" in on,
            starts_until=here.today() + timedelta(days=1) if "soon" in on else None,
        )
        order = Order.NEAR if "near" in on else Order.PAY if "high" in on else Order.NEWEST
        return jobs(here, JobQuery(text=text, filters=filters, order=order, offset=offset, limit=limit))

    def _ask(self, offset: int = 0, limit: int = PAGE) -> None:
        self._asked += 1
        mine, trade, on, text = self._asked, self.trade, list(self.on), self.text
        self._more_asked = True

        def take(page: "JobPage") -> None:
            if mine == self._asked:
                self._take(page, offset)

        def fail(error: Exception) -> None:
            self._more_asked = False
            self.show_problem(error)

        self.ask(lambda: self._find(trade, on, text, offset, limit), take, fail)

    def _take(self, page: "JobPage", offset: int) -> None:
        self._rows = self._rows[:offset] + list(page.rows)
        self._total = page.total
        self._say_empty()
        self._count.text = t("jobs.count_brief" if theme.large else "jobs.count", count=page.total)
        if offset:
            self._grow(self._asked, page.rows, [])
            return
        at, self.at = self.at, 1
        Clock.schedule_once(lambda _: self._scroll(at))
        self._by_trade = page.by_trade
        self._draw_trades()
        self.ids.list.show([self._row(p) for p in page.rows])
        self._more_asked = False

    def _grow(self, asked: int, found: "Sequence[Published]", made: list[dict[str, Any]]) -> None:
        """Make a few rows a frame and add them when all are there: a list that glides must not halt for twenty at once."""
        if asked != self._asked:
            return
        made += [self._row(p) for p in found[len(made) : len(made) + ROWS_A_FRAME]]
        if len(made) < len(found):
            Clock.schedule_once(lambda _: self._grow(asked, found, made))
        else:
            self.ids.list.add(made)
            self._more_asked = False

    def _scroll(self, at: float) -> None:
        self.ids.list.ids.view.scroll_y = at

    def _say_empty(self) -> None:
        """Say why nothing is there: nothing fits what was asked for, or there is nothing at all."""
        self.empty = not self._rows
        asked = bool(self.trade or self.on or self.text)
        self.empty_text = t("jobs.none" if asked else "jobs.nothing")
        self.empty_more = t("jobs.none_more" if asked else "jobs.nothing_more")
        self.empty_button = t("jobs.clear" if asked else "jobs.register")

    def from_empty(self) -> None:
        """Drop what was asked for; where nothing was, register."""
        if self.trade or self.on or self.text:
            self.visit.replace("jobs")
        else:
            self.visit.go("consent")

    def _row(self, published: "Published") -> dict[str, Any]:
        one = published.listing
        today = self.terminal.today()
        badges = []
        if one.employer_verified_on:
            badges.append((t("jobs.verified"), "check-decagram", "green"))
        badges.append((t("jobs.people", count=one.headcount), "", "peach"))
        badges += [(sign, "", "peach") for sign in (words.meals(one), words.lodging(one), words.ride(one)) if sign]
        home = self.terminal.home_facts
        km = self.terminal.office.here.areas.km(home.station.area, one.area) if home else None
        where = [words.area(one), t("jobs.km", km=km) if km else "", one.place]
        row = {
            "listing_id": one.id,
            "title": one.title,
            "badges": badges,
            "where": " ・ ".join(p for p in where if p),
            "when": words.when(one, today),
            "amount": words.amount(one),
            "unit": words.short_unit(one),
            "terms": words.row_terms(one),
            "choose": self._open,
        }
        # the list may be this wide and the buttons that turn it stand beside it
        return with_height(row, theme.width - theme.px(2 * MARGIN + 136))

    def _open(self, listing_id: str) -> None:
        self.visit.go("detail", listing_id=listing_id)

    def _near_end(self, _: Any, scroll_y: float) -> None:
        if not self._more_asked and len(self._rows) < self._total and scroll_y * len(self._rows) < PAGE / 2:
            self._ask(len(self._rows))

    def _draw_trades(self) -> None:
        """Fill the row of trades: all, those with most work, and the way to the rest."""
        box = self.ids.trades
        box.clear_widgets()
        names = self._trades()
        shown = names[: box.cols - 2] if len(names) > box.cols - 1 else names
        if self.trade and Trade(self.trade) not in shown:
            shown[-1] = Trade(self.trade)
        self._tiles(box, shown)
        if len(names) > len(shown):
            more = FilterTile(icon="dots-horizontal", text=t("jobs.more"))
            more.bind(on_release=lambda _: self._show_all())
            box.add_widget(more)

    def _trades(self) -> list[Trade]:
        names = [Trade(name) for name, count in sorted(self._by_trade.items(), key=lambda item: (-item[1], item[0])) if count]
        if self.trade and Trade(self.trade) not in names:
            names.insert(0, Trade(self.trade))
        return names

    def _tiles(self, box: Any, trades: list[Trade]) -> None:
        box.add_widget(self._tile("magnify", t("jobs.all", count=sum(self._by_trade.values())), ""))
        for trade in trades:
            said = t("jobs.trade", trade=t(f"trade.{trade.value}"), count=self._by_trade.get(trade, 0))
            box.add_widget(self._tile(theme.trade_icon(trade), said, trade.value))

    def _tile(self, icon: str, text: str, value: str) -> FilterTile:
        tile = FilterTile(icon=icon, text=text, chosen=value == self.trade)
        tile.bind(on_release=lambda _: self._choose_trade(value))
        return tile

    def _show_all(self) -> None:
        """Put all trades in the place of everything else until one is chosen."""
        self._all = AllTrades()
        self._tiles(self._all.ids.tiles, self._trades())
        for widget in self._parts:
            self.remove_widget(widget)
        self.add_widget(self._all)

    def _show_list(self) -> None:
        if self._all is not None:
            self.remove_widget(self._all)
            self._all = None
            for widget in self._parts:
                self.add_widget(widget)

    def on_back(self) -> bool:
        """Leave the trades without choosing."""
        if self._all is None:
            return False
        self._show_list()
        return True

    def _choose_trade(self, value: str) -> None:
        self._show_list()
        self.trade = value
        self._ask()

    def _switch(self, key: str) -> None:
        """Turn a switch; the two that order the list exclude one another."""
        on = set(self.on) ^ {key}
        if key in ORDERS and key in on:
            on -= set(ORDERS) - {key}
        self.on = [k for k in SWITCHES if k in on]
        for name, chip in self._chips.items():
            chip.chosen = name in on
        self._ask()

    def search(self) -> None:
        """Go and write a word."""
        self.visit.go("search")

    def _drop_word(self) -> None:
        self.visit.replace("jobs", trade=self.trade, on=list(self.on))

    def remember(self) -> dict[str, Any]:
        """Keep how the list stands and how far one had come."""
        view = self.ids.list.ids.view
        return {"trade": self.trade, "on": list(self.on), "text": self.text, "loaded": len(self._rows), "at": view.scroll_y}

    def spoken(self) -> str:
        """Say how many there are and read the first ones."""
        said = t("jobs.spoken", count=self._total)
        for published in self._rows[:3]:
            one = published.listing
            said += t("jobs.spoken_row", title=one.title, place=words.area(one), pay=words.pay(one), terms=words.terms(one))
        return said
