"""What one answers each question of 电话登记 with: big buttons where a few answers are nearly all, a pad for numbers, a box for words."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.codes import AREAS, Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import ContactScope
from kiosk.domain.privacy import Phone, is_phone
from kiosk.screens.theme import theme
from kiosk.screens.visitor.phone import in_groups
from kiosk.screens.visitor.post_days import LENGTHS, STARTS
from kiosk.screens.visitor.post_hours import STEP_MIN
from kiosk.screens.visitor.posting import trade_words
from kiosk.screens.widgets.buttons import Chip, Press, Tile
from kiosk.services import listing_words as words
from kiosk.text import t
from kiosk.text import words as all_words

if TYPE_CHECKING:
    from kiosk.screens.staff.quick_listing import QuickListingScreen

PEOPLE = (*range(1, 13), 15, 18, 20, 30, 40, 50)
HOURS = ((7, 17, 60), (8, 17, 60), (8, 18, 120), (6, 12, 0), (13, 18, 0), (18, 24, 0))
"""From, to, break in minutes: what a day's work usually is (own)."""
UNITS = (PayUnit.DAY, PayUnit.HOUR, PayUnit.WEEK, PayUnit.MONTH, PayUnit.PIECE, PayUnit.TRIP, PayUnit.WHOLE)
JOIN = "，"
Answers = list[tuple[str, bool, Callable[[], None]]]
"""What stands on each button of a row, whether it is chosen, and what it does."""
SHOWN_CALLERS = 3


class CallerCard(Press):
    """Somebody who called before."""

    title = StringProperty("")
    text = StringProperty("")
    held = BooleanProperty(False)


class QuickNumber(BoxLayout):
    """A number pad with what it holds, and room beside it."""

    written = StringProperty("")
    hint = StringProperty("")


class QuickRows(BoxLayout):
    """Rows of buttons under heads."""


def _callers(page: "QuickListingScreen", box: Any) -> None:
    box.clear_widgets()
    for caller in page.callers[:SHOWN_CALLERS]:
        last = caller.last
        text = t("quick.last", title=last.title, count=last.headcount, pay=words.pay(last)) if last else t("quick.no_last")
        card = CallerCard(title=caller.employer.name, text=t("quick.held") if caller.held else text, held=caller.held)
        card.bind(on_release=lambda _, caller=caller: page.repeat(caller))
        box.add_widget(card)


def phone(page: "QuickListingScreen") -> Any:
    """Digits; who called before comes up after the third, and a whole number of a stranger goes on to his name."""
    editor = QuickNumber()

    def take(_: Any, digits: str) -> None:
        page.put(contact_phone=digits)
        show(digits)
        page.look_for(digits, lambda: found(digits))

    def show(digits: str) -> None:
        editor.written = Phone(digits).grouped() if is_phone(digits) else in_groups(digits)
        editor.hint = t("quick.phone_hint")

    def found(digits: str) -> None:
        _callers(page, editor.ids.beside)
        # a landline is whole at ten or eleven digits, so only a mobile goes on by itself
        if len(digits) == 11 and digits.startswith("1") and is_phone(digits) and not page.callers and page.field == "phone":
            page.go_on()

    editor.ids.pad.limit = 12
    editor.ids.pad.digits = str(page.draft.get("contact_phone", ""))
    show(editor.ids.pad.digits)
    editor.ids.pad.fbind("digits", take)
    _callers(page, editor.ids.beside)
    return editor


def pay(page: "QuickListingScreen") -> Any:
    """The unit, then digits; a piece is paid in 分."""
    editor = QuickNumber()

    def fen() -> int:
        return 1 if page.draft.get("pay_unit") is PayUnit.PIECE else 100

    def show() -> None:
        digits = editor.ids.pad.digits
        unit = PayUnit(page.draft.get("pay_unit") or PayUnit.DAY)
        editor.written = t("post.amount", yuan=f"{int(digits) * fen() / 100:g}", unit=t(f"pay_unit.{unit.value}")) if digits else ""
        editor.hint = t("post.pay_piece") if unit is PayUnit.PIECE else ""
        for chip in chips:
            chip.chosen = chip.value is unit

    def take(*_: Any) -> None:
        digits = editor.ids.pad.digits
        page.put(pay_fen=int(digits) * fen() if digits else None)
        show()

    def set_unit(unit: PayUnit) -> None:
        page.put(pay_unit=unit)
        take()

    row = Factory.QuickChips()
    chips = []
    for unit in UNITS:
        chip = Chip(text=t(f"post.unit.{unit.value}"))
        chip.value = unit
        chip.bind(on_release=lambda chip: set_unit(chip.value))
        row.add_widget(chip)
        chips.append(chip)
    editor.ids.beside.add_widget(row)
    editor.ids.pad.limit = 6
    known = page.draft.get("pay_fen")
    editor.ids.pad.digits = "" if known is None else str(known // fen())
    editor.ids.pad.fbind("digits", take)
    show()
    return editor


def people(page: "QuickListingScreen") -> Any:
    """Tiles for the usual; one more or less for any."""
    count = int(page.draft.get("headcount") or 0)

    def step(to: int) -> None:
        page.put(headcount=max(1, to))
        page.open("people")

    shown = t("post.people", count=count) if count else t("quick.people")
    rows = _rows(
        ("", [("−", False, partial(step, count - 1)), (shown, bool(count), lambda: None), ("＋", False, partial(step, count + 1))])
    )
    tiles = Factory.QuickTiles(cols=4 if theme.large else 6)
    for number in PEOPLE:
        tile = Tile(text=str(number), size_px=44, icon_px=0, chosen=number == count)
        tile.bind(on_release=lambda _, number=number: page.go_on(headcount=number))
        tiles.add_widget(tile)
    rows.ids.rows.add_widget(tiles, index=1)
    return rows


def trade(page: "QuickListingScreen") -> Any:
    """The tiles; 别的 opens the box, where the work gets a name of its own."""
    rows = QuickRows()
    tiles = Factory.QuickTiles(cols=page.columns)
    for one in Trade:
        tile = Tile(text=trade_words(one), icon=theme.trade_icon(one), size_px=28, icon_px=48, chosen=one is page.draft.get("trade"))
        tile.bind(on_release=lambda _, one=one: choose(one))
        tiles.add_widget(tile)
    rows.ids.rows.add_widget(tiles)

    def choose(one: Trade) -> None:
        page.choose_trade(one)
        if one is Trade.OTHER:
            page.ids.editor.clear_widgets()
            page.ids.editor.add_widget(_panel(page, "title", (), t("post.hint.title")))

    return rows


def days(page: "QuickListingScreen") -> Any:
    """When it starts, and for how long."""
    today = page.terminal.today()
    start, last = page.draft["starts_on"], page.draft["ends_on"]
    length = (last - start).days + 1

    def choose(first: Any, count: int) -> None:
        page.put(starts_on=first, ends_on=first + timedelta(days=count - 1))
        page.open("days")

    first_days = [today + timedelta(days=n) for n in range(STARTS)]
    starts: Answers = [(words.day(d, today), d == start, partial(choose, d, length)) for d in first_days]
    lengths: Answers = [(t("post.length", count=n), n == length, partial(choose, start, n)) for n in LENGTHS]
    return _rows((t("post.start"), starts), (t("post.how_long"), lengths))


def hours(page: "QuickListingScreen") -> Any:
    """The usual shifts; or each end by itself."""
    draft = page.draft

    def choose(**values: int) -> None:
        page.put(**values)
        page.open("hours")

    now = (draft["day_start_min"], draft["day_end_min"], draft["break_min"])
    shifts: Answers = []
    for first, last, pause in HOURS:
        value = (first * 60, last * 60 % 1440, pause)
        said = t("day.hours", start=words.clock(value[0]), end=words.clock(value[1]))
        act = partial(choose, day_start_min=value[0], day_end_min=value[1], break_min=value[2])
        shifts.append((said, value == now, act))

    def turns(field: str, size: int) -> Answers:
        value, most = int(draft[field]), 240 if field == "break_min" else 1440
        shown = t("post.hours_count", hours=f"{value / 60:g}") if field == "break_min" else words.clock(value)
        less, more = max(0, value - size) if field == "break_min" else (value - size) % most, (value + size) % most
        step = partial(choose, **{field: less}), partial(choose, **{field: more})
        return [("−", False, step[0]), (f"{t(f'quick.{field}')} {shown}", True, lambda: None), ("＋", False, step[1])]

    ends = (("", turns(field, STEP_MIN)) for field in ("day_start_min", "day_end_min", "break_min"))
    return _rows((t("quick.shifts"), shifts), *ends)


def terms(page: "QuickListingScreen") -> Any:
    """When it is paid; meals, a bed, a ride."""

    def row(field: str, answers: Iterable[tuple[Any, str]]) -> Answers:
        def choose(value: Any) -> None:
            page.put(**{field: value})
            page.open("terms")

        return [(said, page.draft.get(field) == value, partial(choose, value)) for value, said in answers]

    return _rows(
        (t("post.settle"), row("settlement", [(s, t(f"settlement.{s.value}")) for s in Settlement])),
        (t("post.meals"), row("meals", [(m, t(f"meals.{m.value}")) for m in Meals])),
        (t("post.bed_head"), row("lodging", [(False, t("post.no_bed")), (True, t("post.bed"))])),
        (t("post.ride_head"), row("transport", [("", t("post.no_ride")), (t("post.ride"), t("post.ride"))])),
    )


def area(page: "QuickListingScreen") -> Any:
    """The townships, the station's own first."""
    tiles: Answers = [
        (AREAS[code], code == page.draft.get("area"), partial(page.go_on, area=code))
        for code in sorted(AREAS, key=lambda code: (code != page.area, code))
    ]
    return _rows((t("quick.area"), tiles))


def name(page: "QuickListingScreen") -> Any:
    """The firm or the person; who called before comes up with two characters."""
    panel = _panel(page, "employer_name", (), t("post.hint.employer_name"))
    box = panel.ids.ready

    def look(_: Any, text: str) -> None:
        page.look_for(text, show)

    def show() -> None:
        box.clear_widgets()
        for caller in page.callers[:SHOWN_CALLERS]:
            chip = Chip(text=caller.employer.name, icon="history")
            chip.bind(on_release=lambda _, caller=caller: page.repeat(caller))
            box.add_widget(chip)

    panel.ids.panel.fbind("text", look)
    return panel


def place(page: "QuickListingScreen") -> Any:
    """Where he had people work before, the usual places, or the box."""
    return _panel(page, "place", (*page.places[:3], *_ready("quick.ready_place")), t("post.hint.place"))


def requirements(page: "QuickListingScreen") -> Any:
    """Ready words, several of them, or the box."""
    return _panel(page, "requirements", _ready("post.ready.requirements"), t("post.hint.requirements"), many=True)


def contact(page: "QuickListingScreen") -> Any:
    """Whom to ask for, and who may read the phone."""
    return _panel(page, "contact_name", (t("quick.in_charge"),), t("post.hint.contact_name"), scopes=True)


def _ready(key: str) -> tuple[str, ...]:
    return tuple(w for n in range(1, 9) if (w := all_words().get(f"{key}.{n}")))


def _rows(*rows: tuple[str, Answers]) -> QuickRows:
    editor = QuickRows()
    for head, answers in rows:
        if head:
            editor.ids.rows.add_widget(Factory.Head(text=head))
        box = Factory.QuickChips()
        for said, chosen, act in answers:
            chip = Chip(text=said, chosen=chosen)
            chip.bind(on_release=lambda _, act=act: act())
            box.add_widget(chip)
        editor.ids.rows.add_widget(box)
    return editor


def _panel(page: "QuickListingScreen", field: str, ready: tuple[str, ...], hint: str, *, many: bool = False, scopes: bool = False) -> Any:
    """Make a box to write in under ready answers; `many` may be chosen together, one goes on at once."""
    editor = Factory.QuickText()
    panel = editor.ids.panel
    # staff need no help, and the box needs the room
    side = panel.children[0]
    side.remove_widget(side.children[0])
    if theme.upright:
        side.cols, side.height = 3, theme.fs(112)
    else:
        side.width = theme.fs(300)
    panel.hint, panel.page, panel.names = hint, page, field == "contact_name"
    said = [part for part in str(page.draft.get(field, "")).split(JOIN) if part]

    def write(_: Any, text: str) -> None:
        chosen = [chip.text for chip in chips if chip.chosen] if many else []
        page.put(**{field: JOIN.join(part for part in (*chosen, text) if part)})

    def choose(chip: Chip) -> None:
        if many:
            chip.chosen = not chip.chosen
            write(None, panel.text)
        else:
            page.go_on(**{field: chip.text})

    def show_phone_to(scope: ContactScope) -> None:
        page.put(contact_scope=scope)
        page.open("contact")

    chips = []
    for text in ready:
        chip = Chip(text=text, chosen=text in said)
        chip.bind(on_release=choose)
        editor.ids.ready.add_widget(chip)
        chips.append(chip)
    if scopes:
        for scope in ContactScope:
            chip = Chip(text=t(f"quick.scope_{scope.value}"), icon="phone", chosen=page.draft.get("contact_scope") is scope)
            chip.bind(on_release=lambda _, scope=scope: show_phone_to(scope))
            editor.ids.ready.add_widget(chip)
    panel.fbind("text", write)
    return editor


EDITORS: dict[str, Callable[["QuickListingScreen"], Any]] = {
    "phone": phone,
    "name": name,
    "trade": trade,
    "people": people,
    "days": days,
    "hours": hours,
    "pay": pay,
    "terms": terms,
    "area": area,
    "place": place,
    "requirements": requirements,
    "contact": contact,
}
