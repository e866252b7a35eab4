"""电话登记: an employer calls, and his listing is in within a minute. Everything on one page: what is filled at one side, what one fills it
with at the other; after each answer the next open question comes by itself. An employer who called before brings his last listing along.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, DictProperty, StringProperty

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.employer import EmployerKind, guess_kind
from kiosk.domain.listing import Collected, ContactScope
from kiosk.domain.privacy import is_phone
from kiosk.errors import BadInput
from kiosk.screens.staff.quick_editors import EDITORS
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import answer, trade_words
from kiosk.screens.widgets.buttons import Press
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.callers import Caller
    from kiosk.services.posting import Posted

FIELDS: dict[str, tuple[str, ...]] = {
    "phone": ("contact_phone",),
    "name": ("employer_name",),
    "trade": ("title", "trade"),
    "people": ("headcount",),
    "days": ("starts_on", "ends_on"),
    "hours": ("day_start_min", "day_end_min", "break_min"),
    "pay": ("pay_fen", "pay_unit"),
    "terms": ("settlement", "meals", "lodging", "transport"),
    "area": ("area",),
    "place": ("place",),
    "requirements": ("requirements",),
    "contact": ("contact_name", "contact_scope"),
}
"""The questions in the order in which one asks them, and what each fills."""
LONGEST_DAYS = 90


class QuickField(Press):
    """One question and its answer."""

    field = StringProperty("")
    name = StringProperty("")
    value = StringProperty("")
    chosen = BooleanProperty(False)


class QuickListingScreen(StaffPage):
    """`draft` holds PostingForm's fields by name; `field` is the question that is open."""

    draft = DictProperty({})
    field = StringProperty("phone")
    said = StringProperty("")
    area = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("behalf.phone"), **args)
        self.callers: list[Caller] = []
        self.places: tuple[str, ...] = ()
        self._sent = False
        self._cards: dict[str, QuickField] = {}
        for field in FIELDS:
            card = QuickField(field=field, name=t(f"quick.{field}"))
            card.bind(on_release=lambda card: self.open(card.field))
            self.ids.fields.add_widget(card)
            self._cards[field] = card
        if not self.draft:
            self._begin_anew()
        self.open(self.field)

    def _begin_anew(self) -> None:
        """Fill in what is nearly always so; the clerk sees it and asks."""
        tomorrow = self.terminal.today() + timedelta(days=1)
        self.draft = {
            "starts_on": tomorrow,
            "ends_on": tomorrow,
            "day_start_min": 7 * 60,
            "day_end_min": 17 * 60,
            "break_min": 60,
            "pay_unit": PayUnit.DAY,
            "settlement": Settlement.DAILY,
            "meals": Meals.NONE,
            "lodging": False,
            "transport": "",
            "contact_scope": ContactScope.OWN_STATION,
        }
        if self.area:
            self.draft["area"] = self.area
        self.callers, self.places = [], ()

    def begin(self) -> None:
        """Ask where we are: the work is mostly there."""
        from kiosk.services.callers import own_area

        self.ask(lambda: own_area(self.here), self._take_area)

    def _take_area(self, area: str) -> None:
        self.area = area
        if "area" not in self.draft:
            self.draft["area"] = area
            self._draw()

    def open(self, field: str) -> None:
        """Open a question."""
        self.field = field
        self.ids.editor.clear_widgets()
        self.ids.editor.add_widget(EDITORS[field](self))
        self._draw()

    def put(self, **values: Any) -> None:
        """Take an answer."""
        if self.said:
            self.said = ""
        self.draft.update(values)
        if "employer_name" in values:
            self._name_contact(str(values["employer_name"]))
        self._draw()

    def go_on(self, **values: Any) -> None:
        """Take an answer that one tap gives, and go to the next open question."""
        self.put(**values)
        if missing := self._missing():
            self.open(missing)

    def _name_contact(self, name: str) -> None:
        """Somebody must be asked for on the day: a person himself, at a firm whoever is in charge until the caller says."""
        person = bool(name) and guess_kind(name) is EmployerKind.PERSON
        self.draft["contact_name"] = name if person else t("quick.in_charge")

    def choose_trade(self, trade: Trade) -> None:
        """Take a trade; its name is the title, which 别的 leaves to be written."""
        if trade is Trade.OTHER:
            self.put(trade=trade, title="")
        else:
            self.go_on(trade=trade, title=trade_words(trade))

    def look_for(self, query: str, then: Callable[[], None]) -> None:
        """Find who called before, by phone or name."""
        from kiosk.services.callers import callers

        def take(found: "list[Caller]") -> None:
            self.callers = found
            then()

        self.ask(lambda: callers(self.here, query), take, lane="callers")

    def repeat(self, caller: "Caller") -> None:
        """Bring back who calls and what he offered last, from tomorrow on for as many days as then."""
        last = caller.last
        self.places = caller.places
        self.put(contact_phone=str(caller.employer.phone), employer_name=caller.employer.name)
        if last is not None:
            kept = {f for fields in FIELDS.values() for f in fields} - {"contact_phone", "employer_name", "starts_on", "ends_on"}
            values = {f: v for f in kept if (v := getattr(last, f)) not in (None, "")}
            days = min((last.ends_on - last.starts_on).days, LONGEST_DAYS - 1)
            start: date = self.terminal.today() + timedelta(days=1)
            self.put(**values, starts_on=start, ends_on=start + timedelta(days=days))
        self.open(self._missing() or "days")

    def has(self, field: str) -> bool:
        """Say whether a question is answered; what may stay empty always is."""
        if field == "phone":
            return is_phone(str(self.draft.get("contact_phone", "")))
        return all(self.draft.get(name) not in (None, "") for name in FIELDS[field] if name != "transport")

    def _missing(self) -> str:
        return next((field for field in FIELDS if not self.has(field)), "")

    def _draw(self) -> None:
        for field, card in self._cards.items():
            card.value = self._value(field) if self.has(field) else t("quick.empty")
            card.chosen = field == self.field
        missing = next((field for field in FIELDS if not self.has(field) and field != self.field), "")
        if missing:
            self.main_text, self.main_icon = t("quick.next"), "arrow-right"
            self.main_enabled = True
        else:
            self.main_text, self.main_icon = t("quick.hand_in"), "check"
            self.main_enabled = not self._missing() and not self._sent

    def _value(self, field: str) -> str:
        if field == "contact":
            return str(self.draft["contact_name"])
        if field == "days":
            first, last = self.draft["starts_on"], self.draft["ends_on"]
            return t("quick.from_day", day=words.day(first, self.terminal.today()), count=(last - first).days + 1)
        return answer(self.draft, FIELDS[field][0], self.terminal.today()).replace("\n", "，")

    def on_main(self) -> None:
        """Go to the next open question; with none left hand it in, once."""
        missing = next((field for field in FIELDS if not self.has(field) and field != self.field), "")
        if missing:
            self.open(missing)
        elif not self._missing() and not self._sent:
            from kiosk.services.publish import PostingForm, post

            form = PostingForm(**{name: value for name, value in self.draft.items() if name in PostingForm.__dataclass_fields__})
            self._sent, self.main_enabled = True, False
            here, who = self.here, self.session.staff_id
            self.ask(lambda: post(here, form, Collected.PHONE_CALL, who), self._posted, self._failed)

    def _posted(self, posted: "Posted") -> None:
        self._sent = False
        self._begin_anew()
        self.open("phone")
        self.said = t("quick.done", title=posted.listing.title, count=posted.listing.headcount)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        if isinstance(error, BadInput):
            self.open(next((field for field, names in FIELDS.items() if error.field in names), self.field))
        self._draw()
        self.show_problem(error)

    def remember(self) -> dict[str, Any]:
        """Keep what was entered, for 大字."""
        return {"draft": dict(self.draft), "field": self.field, "said": self.said, "area": self.area}

    def spoken(self) -> str:
        """Say what is asked; never who called."""
        return self.said or t(f"quick.{self.field}")

    @property
    def columns(self) -> int:
        """How many tiles stand side by side."""
        return 3 if theme.large else 6
