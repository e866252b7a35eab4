"""找活干: every public listing, newest first; by trade, near, well paid, soon, paid daily, with meals, or by a word. Not personalised."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.domain.codes import Settlement, Trade
from kiosk.screens import listing_words as words
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import FilterTile
from kiosk.screens.widgets.listing_row import row_height
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Published
    from kiosk.services.browse import JobPage

PAGE = 40
TRADES_SHOWN = 6
SWITCHES = ("near", "high", "soon", "daily", "meals")
ORDERS = ("near", "high")


class JobListScreen(Page):
    """The list. `trade`, `on` (the switches that are on) and `text` are how it stands."""

    trade = StringProperty("")
    on = ListProperty([])
    text = StringProperty("")
    all_trades = BooleanProperty(False)
    count_text = StringProperty("")
    empty = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("jobs.title"), **args)
        self._rows: list[Published] = []
        self._total = 0
        self._asked = 0
        self._more_asked = False
        self.ids.list.row_height = row_height()
        for key in SWITCHES:
            chip = Factory.Chip(text=t(f"jobs.{key}"), chosen=key in self.on)
            chip.bind(on_release=lambda _, key=key: self._switch(key))
            chip.key = key
            self.ids.chips.add_widget(chip)
        self.ids.list.ids.view.fbind("scroll_y", self._near_end)

    def on_enter(self) -> None:
        """Ask for the first rows."""
        self._ask()

    def _find(self, trade: str, on: list[str], text: str, offset: int) -> "JobPage":
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
        return jobs(here, JobQuery(text=text, filters=filters, order=order, offset=offset, limit=PAGE))

    def _ask(self, offset: int = 0) -> None:
        self._asked += 1
        mine, trade, on, text = self._asked, self.trade, list(self.on), self.text
        self._more_asked = True

        def take(page: "JobPage") -> None:
            if mine == self._asked:
                self._take(page, offset)

        self.ask(lambda: self._find(trade, on, text, offset), take)

    def _take(self, page: "JobPage", offset: int) -> None:
        self._rows = self._rows[:offset] + list(page.rows)
        self._total = page.total
        self._more_asked = False
        self.empty = not self._rows
        self.count_text = t("jobs.count", count=page.total)
        self.ids.list.rows = [self._row(p) for p in self._rows]
        if offset == 0:
            self.ids.list.ids.view.scroll_y = 1
            self._draw_trades(page.by_trade)

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
        return {
            "listing_id": one.id,
            "number": "",
            "title": one.title,
            "badges": badges,
            "where": " ・ ".join(p for p in where if p),
            "when": words.when(one, today),
            "amount": words.amount(one),
            "unit": words.unit(one),
            "terms": words.terms(one),
            "choose": self._open,
        }

    def _open(self, listing_id: str) -> None:
        self.terminal.keep_page()
        self.visit.go("detail", listing_id=listing_id)

    def _near_end(self, _: Any, scroll_y: float) -> None:
        if not self._more_asked and len(self._rows) < self._total and scroll_y * len(self._rows) < PAGE / 4:
            self._ask(len(self._rows))

    def _draw_trades(self, by_trade: dict[Any, int]) -> None:
        box = self.ids.trades
        box.clear_widgets()
        counted = sorted(by_trade.items(), key=lambda item: (-item[1], item[0]))
        names = [Trade(name) for name, _ in counted]
        if self.trade and Trade(self.trade) not in names:
            names.insert(0, Trade(self.trade))
        shown = names if self.all_trades else names[: self._fitting()]
        if self.trade and Trade(self.trade) not in shown:
            shown[-1] = Trade(self.trade)
        self._tile("magnify", t("jobs.all", count=sum(by_trade.values())), not self.trade, "")
        for trade in shown:
            words_ = t("jobs.trade", trade=t(f"trade.{trade.value}"), count=by_trade.get(trade, 0))
            self._tile(theme.trade_icon(trade), words_, trade.value == self.trade, trade.value)
        if len(names) > len(shown) or self.all_trades:
            more = FilterTile(icon="dots-horizontal", text=t("jobs.less" if self.all_trades else "jobs.more"))
            more.bind(on_release=lambda _: self._show_all(by_trade))
            box.add_widget(more)

    def _fitting(self) -> int:
        return self.ids.trades.cols - 2

    def _tile(self, icon: str, text: str, chosen: bool, value: str) -> None:
        tile = FilterTile(icon=icon, text=text, chosen=chosen)
        tile.bind(on_release=lambda _: self._choose_trade(value))
        self.ids.trades.add_widget(tile)

    def _show_all(self, by_trade: dict[Any, int]) -> None:
        self.all_trades = not self.all_trades
        self._draw_trades(by_trade)

    def _choose_trade(self, value: str) -> None:
        self.trade = value
        self.all_trades = False
        self._ask()

    def _switch(self, key: str) -> None:
        """Turn a switch; the two that order the list exclude one another."""
        on = set(self.on) ^ {key}
        if key in ORDERS and key in on:
            on -= set(ORDERS) - {key}
        self.on = [k for k in SWITCHES if k in on]
        for chip in self.ids.chips.children:
            if hasattr(chip, "key"):
                chip.chosen = chip.key in on
        self._ask()

    def search(self) -> None:
        """Go and write a word."""
        self.terminal.keep_page()
        self.visit.go("search")

    def clear(self) -> None:
        """Drop word and switches."""
        self.visit.replace("jobs")

    def remember(self) -> dict[str, Any]:
        """Keep how the list stands."""
        return {"trade": self.trade, "on": list(self.on), "text": self.text}

    def spoken(self) -> str:
        """Say how many there are and read the first ones."""
        said = t("jobs.spoken", count=self._total)
        for published in self._rows[:3]:
            one = published.listing
            said += t("jobs.spoken_row", title=one.title, place=words.area(one), pay=words.pay(one), terms=words.terms(one))
        return said
