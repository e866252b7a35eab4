"""找活干: every public listing, newest first; by trade, and by whatever else one chooses or writes. Not personalised."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.codes import Trade
from kiosk.domain.wish import Wish
from kiosk.screens.page import Page
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visitor.job_chips import JobChips
from kiosk.screens.widgets.buttons import FilterTile, Press
from kiosk.screens.widgets.listing_row import row_height, with_height
from kiosk.screens.widgets.scroll import PagedScroll
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kiosk.domain.listing import Published
    from kiosk.services.browse import JobPage

PAGE = 20
ROWS_A_FRAME = 7


class SearchPill(Press):
    """搜一搜，写字也行: opens the search."""


class AllTrades(PagedScroll):
    """All trades that have work, in place of the list while one chooses."""


class EmptyJobs(BoxLayout):
    """What stands there when nothing fits: what to do now, and the button for it."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class JobListScreen(Page):
    """The list. `wish` is what is asked for (`text` alone may be given instead); `loaded` rows, scrolled to `at`."""

    wish = ObjectProperty(Wish())
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
        if self.text:
            self.wish = replace(self.wish, text=self.text)
        self._rows: list[Published] = []
        self._total = 0
        self._home = ""
        self._asked = self._next = 0
        self._more_asked = False
        self._all: AllTrades | None = None
        self._chips = JobChips(self._change, self._choose_more, self.search)
        self._chips.show(self.wish)
        self.add_widget(self._chips, index=1)
        # themselves, not by their ids: those are weak, and nothing else holds them while all trades stand in their place
        self._parts = [self.ids.trades.__self__, self._chips, self.ids.body.__self__]
        self._by_trade: dict[Any, int] = {}
        self.ids.list.row_height = row_height()
        self.ids.list.ids.view.fbind("scroll_y", self._near_end)

    def on_enter(self) -> None:
        """Ask for the first rows, or for as many as there were when one left."""
        self._ask(limit=max(PAGE, int(self.loaded)))

    def _ask(self, offset: int = 0, limit: int = PAGE) -> None:
        self._asked += 1
        mine, wish = self._asked, self.wish
        self._more_asked = True

        def look() -> "JobPage":
            from kiosk.services.wish import find

            return find(self.terminal.office.here, wish, offset, limit)

        def take(page: "JobPage") -> None:
            if mine == self._asked:
                self._take(page, offset)

        def fail(error: Exception) -> None:
            self._more_asked = False
            self.show_problem(error)

        self.ask(look, take, fail)

    def _take(self, page: "JobPage", offset: int) -> None:
        # while one looked the county may have put others before them, so that the next page begins with what stands here already
        known = {row.listing.id for row in self._rows} if offset else set()
        fresh = [row for row in page.rows if row.listing.id not in known]
        self._rows = [*self._rows, *fresh] if offset else fresh
        self._next = offset + len(page.rows)
        self._total, self._home = page.total, page.home
        self._say_empty()
        self._chips.count.text = t("jobs.count_brief" if theme.large else "jobs.count", count=page.total)
        if offset:
            self._make(self._asked, fresh, [], ROWS_A_FRAME, self.ids.list.add)
            return
        self._by_trade = page.by_trade
        self._draw_trades()
        self._make(self._asked, fresh, [], PAGE, self._begin)

    def _make(
        self,
        asked: int,
        found: "Sequence[Published]",
        made: list[dict[str, Any]],
        a_frame: int,
        show: "Callable[[list[dict[str, Any]]], None]",
    ) -> None:
        """Make so many rows a frame and show them when all are there: a list that glides or comes back long must not halt for all."""
        if asked != self._asked:
            return
        made += [self._row(p) for p in found[len(made) : len(made) + a_frame]]
        if len(made) < len(found):
            Clock.schedule_once(lambda _: self._make(asked, found, made, a_frame, show))
        else:
            show(made)
            self._more_asked = False

    def _begin(self, rows: list[dict[str, Any]]) -> None:
        """Show a list from its first row, scrolled to where one had come."""
        at, self.at = self.at, 1
        Clock.schedule_once(lambda _: setattr(self.ids.list.ids.view, "scroll_y", at))
        self.ids.list.show(rows)

    def _say_empty(self) -> None:
        """Say why nothing is there: nothing fits what was asked for, or there is nothing at all."""
        self.empty = not self._rows
        asked = not self.wish.bare
        self.empty_text = t("jobs.none" if asked else "jobs.nothing")
        self.empty_more = t("jobs.none_more" if asked else "jobs.nothing_more")
        self.empty_button = t("jobs.clear" if asked else "jobs.register")

    def from_empty(self) -> None:
        """Drop what was asked for; where nothing was, register."""
        if self.wish.bare:
            self.visit.go("consent")
        else:
            self.visit.replace("jobs")

    def _row(self, published: "Published") -> dict[str, Any]:
        one = published.listing
        today = self.terminal.day_to_say()
        badges = []
        if one.employer_verified_on:
            badges.append((t("jobs.verified"), "check-decagram", "green"))
        badges.append((t("jobs.people", count=one.headcount), "", "peach"))
        badges += [(sign, "", "peach") for sign in (words.meals(one), words.lodging(one), words.ride(one)) if sign]
        km = self.terminal.office.here.areas.km(self._home, one.area)
        where = [p for p in (words.area(one), t("jobs.km", km=km) if km else "", one.place) if p]
        row = {
            "listing_id": one.id,
            "title": one.title,
            "badges": badges,
            "where": " ・ ".join(where),
            # how far it is says more than the street, which stands on the listing's page
            "brief": " ・ ".join(where[:2]) if km else "",
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
        if not self._more_asked and self._next < self._total and scroll_y * len(self._rows) < PAGE / 2:
            self._ask(self._next)

    def _draw_trades(self) -> None:
        """Fill the row of trades: all, what fits who is known in this visit, the trades with most work, and the way to the rest."""
        box = self.ids.trades
        box.clear_widgets()
        own = [self._own_tile()] if self.visit.worker_id else []
        room = box.cols - len(own)
        names = self._trades()
        shown = names[: room - 2] if len(names) > room - 1 else names
        if self.wish.trade and self.wish.trade not in shown:
            shown[-1:] = [self.wish.trade]
        self._tiles(box, shown, own)
        if len(names) > len(shown):
            more = FilterTile(icon="dots-horizontal", text=t("jobs.more"))
            more.bind(on_release=lambda _: self._show_all())
            box.add_widget(more)

    def _trades(self) -> list[Trade]:
        names = [Trade(name) for name, count in sorted(self._by_trade.items(), key=lambda item: (-item[1], item[0])) if count]
        if self.wish.trade and self.wish.trade not in names:
            names.insert(0, self.wish.trade)
        return names

    def _own_tile(self) -> FilterTile:
        tile = FilterTile(icon="account-heart", text=t("fitting.tile"))
        tile.bind(on_release=lambda _: self.visit.go("fitting"))
        return tile

    def _tiles(self, box: Any, trades: list[Trade], own: "Sequence[FilterTile]" = ()) -> None:
        box.add_widget(self._tile("magnify", t("jobs.all", count=sum(self._by_trade.values())), None))
        for tile in own:
            box.add_widget(tile)
        for trade in trades:
            said = t("jobs.trade", trade=t(f"trade.{trade.value}"), count=self._by_trade.get(trade, 0))
            box.add_widget(self._tile(theme.trade_icon(trade), said, trade))

    def _tile(self, icon: str, text: str, value: Trade | None) -> FilterTile:
        tile = FilterTile(icon=icon, text=text, chosen=value == self.wish.trade)
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

    def _choose_trade(self, value: Trade | None) -> None:
        self._show_list()
        self._change(replace(self.wish, trade=value))

    def _change(self, wish: Wish) -> None:
        """Ask for something else."""
        self.wish = wish
        self._chips.show(wish)
        self._ask()

    def _choose_more(self) -> None:
        self.visit.go("filters", wish=self.wish)

    def search(self) -> None:
        """Go and write a word."""
        self.visit.go("search", wish=self.wish)

    def remember(self) -> dict[str, Any]:
        """Keep how the list stands and how far one had come."""
        view = self.ids.list.ids.view
        return {"wish": self.wish, "text": "", "loaded": len(self._rows), "at": view.scroll_y}

    def spoken(self) -> str:
        """Say how many there are and read the first ones."""
        said = t("jobs.spoken", count=self._total)
        for published in self._rows[:3]:
            one = published.listing
            said += t("jobs.spoken_row", title=one.title, place=words.area(one), pay=words.pay(one), terms=words.terms(one))
        return said
