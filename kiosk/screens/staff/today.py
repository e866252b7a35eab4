"""今天: the first page of staff mode. What needs somebody now, most urgent first, and the way into every room with what waits in it."""

import time
from math import ceil
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty

from kiosk.screens import pages
from kiosk.screens.staff.sections import SECTIONS
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.screens.widgets.tint import tint
from kiosk.services.rules import say
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.today import Item

PADDING, SPACING = 26, 20
"""What a column of a PagedScroll leaves free above and below, and between two rows of rooms."""
LOOK_EVERY_S = 3.0
READ_EVERY_S = 60.0
"""What only time changes (a booking that is over, a line that has been silent) moves no counter of the store."""
ICONS = {
    "clock": "clock-alert",
    "printer": "printer-alert",
    "slips": "receipt-text",
    "review": "clipboard-check",
    "case": "alert-octagon",
    "facility": "tools",
    "expiry": "calendar-alert",
    "look": "eye-check",
    "booking": "account-multiple",
    "applied": "account-clock",
    "follow_up": "phone-check",
    "signup": "school",
    "parked": "cloud-alert",
    "sync": "lan-disconnect",
    "shut_out": "key-alert",
    "mended": "database-check",
    "disk": "harddisk",
    "backup": "database-alert",
    "update": "update",
    "file": "file-alert",
    "employer": "domain",
    "taken_down": "cancel",
    "mending": "podium",
}
HEADS = ("now", "day", "soon")
INKS, EDGES = ("brown", "brown", "green"), ("orange", "bar", "green")
"""Colours of the theme by their names: it changes."""


class NeedCard(Press):
    """One thing that needs somebody."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    edge = tint("green")
    tint = tint("green")
    item: Any = None


class RoomTile(Press):
    """The way into a room; `count` things wait there."""

    icon = StringProperty("")
    text = StringProperty("")
    count = NumericProperty(0)


class TodayScreen(StaffPage):
    """`items` is what waits; `read` that the store has answered once."""

    columns = NumericProperty(4)
    greeting = StringProperty("")
    head = StringProperty("")
    items = ListProperty([])
    read = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("today.title"), can_go_back=False, **args)
        self.columns = (3 if theme.large else 5) if theme.upright else (2 if theme.large else 4)
        self.ids.halves.orientation = "vertical" if theme.upright else "horizontal"
        self._look: Any = None
        self._kinds: list[tuple[Any, ...]] = []
        self._cards: list[NeedCard] = []
        self._rooms: dict[str, RoomTile] = {}
        self._counters: dict[str, int] | None = None
        self._read_at = 0.0

    def row_height(self, high: float, count: int) -> float:
        """Share the height out so that every room shows at once, also while a visitor calls; where that is too little the rooms scroll."""
        if theme.upright or theme.large or not count:
            return float(max(theme.px(152), theme.fs(140)))
        rows = ceil(count / self.columns)
        room = (high - theme.px(PADDING) - theme.px(SPACING) * (rows - 1)) / rows
        return float(max(theme.px(130), min(theme.px(176), int(room))))

    def begin(self) -> None:
        """Greet, lay out the rooms of who is signed in, and read what waits: now, and whenever the store changes."""
        hour = self.terminal.local(self.terminal.now()).hour
        part = "evening" if hour < 5 else "morning" if hour < 11 else "noon" if hour < 14 else "afternoon" if hour < 18 else "evening"
        self.greeting = t(f"today.{part}" if self.terminal.parts.sure() else "today.hello", name=self.session.name)
        self._draw_rooms()
        self._look = Clock.schedule_interval(lambda _: self.look(), LOOK_EVERY_S)
        self.look()

    def on_leave(self) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()
        super().on_leave()

    def look(self) -> None:
        """Read what waits if anything has changed."""
        self.ask(self._news, self._take, self.terminal.log_error)

    def _news(self) -> "tuple[Item, ...] | None":
        """Give what waits, or None when nothing has moved since; off the UI thread."""
        from kiosk.services.today import today

        counters = self.here.store.counters()
        if counters == self._counters and time.monotonic() - self._read_at < READ_EVERY_S:
            return None
        # who calls stands in the bar over every page
        found = tuple(item for item in today(self.here) if item.need != "call")
        self._counters, self._read_at = counters, time.monotonic()
        return found

    def _take(self, found: "tuple[Item, ...] | None") -> None:
        if found is None or (self.read and list(found) == self.items):
            return
        self.read, self.items = True, list(found)
        self.head = t("today.count", count=len(found)) if found else ""
        self._draw_needs()
        self._count()

    def _draw_needs(self) -> None:
        """Lay the cards out anew only where other things wait than before: a finger may be on one of them."""
        kinds = [(item.need, item.urgency) for item in self.items]
        if kinds != self._kinds or not kinds:
            self._kinds, self._cards = kinds, []
            box, urgency = self.ids.needs, None
            box.clear_widgets()
            if not kinds:
                box.add_widget(NothingHere(head=t("today.nothing"), text=t("today.nothing_more")))
            for item in self.items:
                if item.urgency is not urgency:
                    urgency = item.urgency
                    box.add_widget(Factory.NeedHead(text=t(f"today.{HEADS[urgency]}"), color=getattr(theme, INKS[urgency])))
                card = NeedCard(icon=ICONS[item.need], edge=getattr(theme, EDGES[item.urgency]), tint=getattr(theme, INKS[item.urgency]))
                card.bind(on_release=lambda card: self._go(card.item))
                self._cards.append(card)
                box.add_widget(card)
        for card, item in zip(self._cards, self.items, strict=True):
            card.item, card.title, card.text = item, say(item.title), say(item.detail) if item.detail else ""

    def _draw_rooms(self) -> None:
        for section in SECTIONS:
            if pages.exists(section.page) and section.open_to(self.session.role):
                tile = RoomTile(text=t(f"section.{section.page}"), icon=section.icon)
                tile.bind(on_release=lambda _, page=section.page: self.visit.go(page))
                self._rooms[section.page] = tile
                self.ids.rooms.add_widget(tile)

    def _count(self) -> None:
        """Say at each door how many things wait behind it."""
        for page, tile in self._rooms.items():
            tile.count = sum(item.count for item in self.items if item.page == page)

    def _go(self, item: "Item") -> None:
        """Go where the thing is done, or do it here."""
        room = next((one for one in SECTIONS if one.page == item.page), None)
        if item.page and pages.exists(item.page) and (room is None or room.open_to(self.session.role)):
            self.visit.go(item.page, **item.args)
        elif item.need == "slips":
            self._ask_about(item)
        else:
            self._help(item)

    def _help(self, item: "Item") -> None:
        known = ("parked", "sync", "shut_out", "mended", "disk", "backup", "update", "file")
        text = t(f"today.{item.need}_help") if item.need in known else say(item.detail) if item.detail else ""
        ok: list[Choice] = [(t("problem.ok"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=say(item.title), text=text, icon=ICONS[item.need], choices=ok))

    def _ask_about(self, item: "Item") -> None:
        """Ask about one slip: the paper lies in the printer, or it is printed again."""
        serial = item.detail.values["serial"] if item.detail else ""
        choices: list[Choice] = [
            (t("print.no"), "second", lambda: self._answer_slip(item.subjects[0], False)),
            (t("print.yes"), "station", lambda: self._answer_slip(item.subjects[0], True)),
            (t("today.slips_printer"), "plain", lambda: self.visit.go("printer")),
        ]
        text = t("today.slips_text", serial=serial)
        self.terminal.open_dialog(Dialog(title=t("print.ask"), text=text, icon="printer-alert", choices=choices))

    def _answer_slip(self, job_id: str, came_out: bool) -> None:
        from kiosk.services import printing

        self.ask(lambda: printing.answer(self.here, job_id, came_out, self.session), lambda _: self.look())

    def remember(self) -> dict[str, Any]:
        """Keep nothing: what waits is read anew."""
        return {}

    def spoken(self) -> str:
        """Read what waits."""
        said = "。".join(say(item.title) for item in self.items)
        return f"{self.greeting}。{self.head}。{said}。" if said else f"{self.greeting}。{t('today.spoken_nothing')}"
