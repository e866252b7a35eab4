"""What the pages of a posting share: their order, the bar of steps, the draft in the visit, and the way back to the summary.

The draft is `visit.posting`: PostingForm's fields by name, filled as far as one has come. Every page fills its own fields and no other.
"""

from typing import Any

from kivy.properties import ListProperty, NumericProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.text import t

STEPS = ("work", "time", "place", "pay", "needs", "contact", "check")
Stop = tuple[str, str, tuple[str, ...]]
"""A page of the journey: its name and arguments as one word, its step, the fields it fills."""
ORDER: tuple[Stop, ...] = (
    ("post", "work", ("trade",)),
    ("post_text:title", "work", ("title",)),
    ("post_people", "work", ("headcount",)),
    ("post_days", "time", ("starts_on", "ends_on")),
    ("post_hours", "time", ("day_start_min", "day_end_min", "break_min")),
    ("post_area", "place", ("area",)),
    ("post_text:place", "place", ("place",)),
    ("post_pay", "pay", ("pay_fen", "pay_unit")),
    ("post_terms", "pay", ("settlement", "meals", "lodging", "transport")),
    ("post_text:requirements", "needs", ("requirements",)),
    ("post_text:employer_name", "contact", ("employer_name",)),
    ("post_text:contact_name", "contact", ("contact_name",)),
    ("post_phone", "contact", ("contact_phone",)),
    ("post_scope", "contact", ("contact_scope",)),
)
CHECK = "post_check"


def page_for(field: str) -> str:
    """Name the page on which a field is filled; the summary for one that nobody fills here."""
    return next((page for page, _, fields in ORDER if field in fields), CHECK)


class PostingPage(Page):
    """One page of the posting. `stop` is its name in ORDER."""

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

    def go_on(self) -> None:
        """Go to the next page, or back to the summary when one came from there."""
        places = [page for page, _, _ in ORDER]
        if any(place.page == CHECK for place in self.visit.stack):
            self.visit.back_to(CHECK)
        else:
            self.open([*places, CHECK][places.index(self.stop) + 1])

    def open(self, page: str) -> None:
        """Open a page of ORDER by its name."""
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
