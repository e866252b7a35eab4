"""What the pages of a posting share: their order, buttons first and writing last, the bar of steps, the draft, the way back to the summary.

The draft is `visit.posting`: PostingForm's fields by name, filled as far as one has come. Every page fills its own fields and no other.
"""

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from kivy.properties import ListProperty, NumericProperty, StringProperty

from kiosk.domain.codes import AREAS, Trade
from kiosk.domain.privacy import Phone
from kiosk.screens.page import Page
from kiosk.screens.widgets.dialog import Dialog
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Listing
    from kiosk.domain.review import Finding
    from kiosk.services.publish import PostingForm

STEPS = ("work", "time", "place", "pay", "words", "contact", "check")
Stop = tuple[str, str, tuple[str, ...]]
"""A page of the journey: its name and arguments as one word, its step, the fields it fills."""
ORDER: tuple[Stop, ...] = (
    ("post", "work", ("trade",)),
    ("post_people", "work", ("headcount",)),
    ("post_days", "time", ("starts_on", "ends_on")),
    ("post_hours", "time", ("day_start_min", "day_end_min", "break_min")),
    ("post_area", "place", ("area",)),
    ("post_pay", "pay", ("pay_fen", "pay_unit")),
    ("post_terms", "pay", ("settlement", "meals", "lodging", "transport")),
    ("post_text:title", "words", ("title",)),
    ("post_text:place", "words", ("place",)),
    ("post_text:requirements", "words", ("requirements",)),
    ("post_text:contact_name", "contact", ("contact_name",)),
    ("post_text:employer_name", "contact", ("employer_name",)),
    ("post_phone", "contact", ("contact_phone",)),
    ("post_scope", "contact", ("contact_scope",)),
)
CHECK = "post_check"
EDITS = "edits"
"""The draft keeps the id of the listing that is edited beside the form's fields."""
MINE, OF, BEFORE = "mine", "of", "before"
"""And, when an employer came back with his slip: what it opened, what he does with which posting, how it stood before he changed it."""


def draft_of(listing: "Listing") -> dict[str, Any]:
    """Give the draft with which staff edit what stands there; handed in, it waits for a reviewer again."""
    from kiosk.services.posting import PostingForm

    return {f.name: getattr(listing, f.name) for f in fields(PostingForm)} | {EDITS: listing.id}


def trade_words(trade: Trade) -> str:
    """Name a trade as an employer does: to a worker the last tile also says 都行."""
    return t("post.other") if trade is Trade.OTHER else t(f"trade.{trade.value}")


def answer(draft: dict[str, Any], field: str, today: date) -> str:
    """Say what was answered on a page, by its first field; all fields of the page must be filled."""
    value = draft[field]
    match field:
        case "trade":
            return trade_words(value)
        case "headcount":
            return t("post.people", count=value)
        case "starts_on":
            last = draft["ends_on"]
            if last == value:
                return t("post.one_day", day=words.day(value, today))
            return t("post.from_to", first=words.day(value, today), last=t("day.date", month=last.month, day=last.day))
        case "day_start_min":
            hours = t("day.hours", start=words.clock(value), end=words.clock(draft["day_end_min"]))
            pause = draft["break_min"] / 60
            return t("post.with_break", hours=hours, count=f"{pause:g}") if pause else hours
        case "area":
            return AREAS[value]
        case "pay_fen":
            return t("post.amount", yuan=f"{value / 100:g}", unit=t(f"pay_unit.{draft['pay_unit'].value}"))
        case "settlement":
            said = (t(f"settlement.{value.value}"), t(f"meals.{draft['meals'].value}"), t("post.bed") if draft["lodging"] else "")
            return "，".join(part for part in (*said, draft["transport"]) if part)
        case "contact_phone":
            return Phone(value).grouped()
        case "contact_scope":
            return t(f"post.scope.{value.value}.short")
    return str(value)


def page_for(field: str) -> str:
    """Name the page on which a field is filled; the summary for one that nobody fills here."""
    return next((page for page, _, fields in ORDER if field in fields), CHECK)


class PostingPage(Page):
    """One page of the posting. `stop` is its name in ORDER."""

    takes_slips = False
    steps = ListProperty([])
    step = NumericProperty(0)
    head = StringProperty("")
    stop = ""

    def __init__(self, terminal: Any, **args: Any) -> None:
        name = self.stop or CHECK
        step = next((step for page, step, _ in ORDER if page == name), "check")
        super().__init__(terminal, title=t("post.title"), steps=[t(f"post.step.{s}") for s in STEPS], step=STEPS.index(step), **args)
        self.draft: dict[str, Any] = self.visit.posting
        self.main_text, self.main_icon = t("post.next"), "arrow-right"

    def put(self, **values: Any) -> None:
        """Enter what was chosen; 换人 appears with the first value."""
        self.draft.update(values)
        self.terminal.refresh_dock()

    def has(self, *names: str) -> bool:
        """Say whether all these fields are filled."""
        return all(self.draft.get(name) not in (None, "") for name in names)

    def form(self) -> "PostingForm":
        """Give the draft as the office takes it."""
        from kiosk.services.publish import PostingForm

        known = {f.name for f in fields(PostingForm)}
        return PostingForm(**{name: value for name, value in self.draft.items() if name in known})

    def go_on(self) -> None:
        """Go to the next page, or back to the summary when one came from there; stay where a rule forbids what was entered, and say why."""
        from kiosk.services.publish import check_entry

        names = next(names for page, _, names in ORDER if page == self.stop)
        self.ask(lambda: check_entry(self.terminal.office.here, self.form(), names), self._checked)

    def _checked(self, finding: "Finding | None") -> None:
        if finding is not None:
            self.explain(finding)
            return
        places = [page for page, _, _ in ORDER]
        if any(place.page == CHECK for place in self.visit.stack):
            self.visit.back_to(CHECK)
        else:
            self.open([*places, CHECK][places.index(self.stop) + 1])

    def explain(self, finding: "Finding") -> None:
        """Say what is wrong, and how to mend it."""
        from kiosk.services.rules import say

        ok = (t("problem.ok"), "station", lambda: None)
        text = f"{say(finding.say)}{say(finding.mend)}"
        self.terminal.open_dialog(Dialog(title=say(finding.title), text=text, icon="information", choices=[ok]))

    def open(self, page: str) -> None:
        """Open another page of ORDER by its name."""
        if page == (self.stop or CHECK):
            return
        name, _, field = page.partition(":")
        if field:
            self.visit.go(name, field=field)
        else:
            self.visit.go(name)

    def on_main(self) -> None:
        """Go on, as most pages do."""
        self.go_on()

    def spoken(self) -> str:
        """Read the question."""
        return self.head
