"""One policy or course, whole, to read or to hear, to take along on the phone or on paper; a course is signed up for from here."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.domain.codes import AREAS
from kiosk.domain.station import Policy, Training
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.theme import theme
from kiosk.screens.visitor.policies import fee_words
from kiosk.screens.widgets.panel import Card
from kiosk.screens.widgets.qr_code import rows
from kiosk.text import t


class PolicySide(Card):
    """The way on to the phone and onto paper, and how a course fills."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class PolicyScreen(Page):
    """`record` is a Policy or a Training. `url` leads to it on the phone; `seats` says how a course fills."""

    record = ObjectProperty(None)
    head = StringProperty("")
    lead = StringProperty("")
    body = StringProperty("")
    ask_whom = StringProperty("")
    facts = ListProperty(["", "", ""])
    icons = ListProperty(["account-group", "walk"])
    url = StringProperty("")
    seats = StringProperty("")
    prints = BooleanProperty(False)
    printing = BooleanProperty(False)
    counted = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.policy.title"), **args)
        self._watch: PrintWatch | None = None
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        record = self.record
        self.head, self.body = record.title, record.body.strip()
        self.ask_whom = t("policy.ask", phone=record.phone.grouped())
        if isinstance(record, Policy):
            self.lead, self.prints = record.summary, True
            on = record.published_on
            published = t("policy.published", year=on.year, month=on.month, day=on.day)
            self.facts = [t("policy.who", text=record.who), t("policy.how", text=record.how), published]
        elif isinstance(record, Training):
            starts = t("day.date", month=record.starts_on.month, day=record.starts_on.day)
            self.lead = t("policy.when", day=starts, days=record.days)
            self.icons = ["map-marker", "account-group"]
            self.main_icon, self.main_enabled = "school", False
            self.main_text = t("policy.sign_up")
            self.facts = [
                t("policy.where", place=AREAS.get(record.area, "") + record.place),
                t("policy.seats", count=record.seats, fee=fee_words(record.fee_fen)),
                record.subsidy,
            ]

    def on_enter(self) -> None:
        """Ask where it stands for phones, and how a course fills."""
        self.ask(self._link, lambda url: setattr(self, "url", url))
        if not self.counted:
            from kiosk.services import station_days

            self.counted = True
            # a count is not worth a sentence to the visitor
            self.ask(lambda: station_days.opened(self.terminal.office.here), lambda _: None, lambda _: None)
        if isinstance(self.record, Training):
            from kiosk.services import signups

            self.ask(lambda: signups.left(self.terminal.office.here, self.record.id), self._take_seats)

    def remember(self) -> dict[str, Any]:
        """Keep that this opening was counted, however often the page is built anew."""
        return {"counted": True}

    def on_leave(self) -> None:
        """Stop watching the printer."""
        if self._watch is not None:
            self._watch.stop()

    def _link(self) -> str:
        from kiosk.services import tickets

        here, record = self.terminal.office.here, self.record
        url = tickets.policy_url(here, record.id) if isinstance(record, Policy) else tickets.training_url(here, record.id)
        rows(url)  # made here, off the UI thread, and kept for the widget
        return url

    def _take_seats(self, left: int) -> None:
        if self.record.starts_on < self.terminal.today():
            self.seats = t("policy.begun")
            return
        self.seats = t("policy.seats_waiting", count=-left) if left < 0 else t("policy.seats_left", count=left)
        if left == 0:
            self.seats = t("policy.seats_none")
        self.main_text, self.main_enabled = t("policy.sign_up" if left > 0 else "policy.line_up"), True

    def on_main(self) -> None:
        """Sign up: who is known in this visit at once, who is not says who he is."""
        page = "signup" if self.visit.worker_id else "signup_who"
        self.visit.go(page, training_id=self.record.id)

    def print_slip(self) -> None:
        """Print the policy, once for each press that the printer has finished with."""
        if self.printing:
            return
        from kiosk.services.hand_out import print_policy

        self.printing = True
        self.ask(lambda: print_policy(self.terminal.office.here, self.record.id), self._watch_slip, self._not_printing)

    def _watch_slip(self, job_id: str) -> None:
        self._watch = PrintWatch(self, job_id, lambda: setattr(self, "printing", False))
        self._watch.open_dialog()

    def _not_printing(self, error: Exception) -> None:
        self.printing = False
        self.show_problem(error)

    def spoken(self) -> str:
        """Read all of it."""
        parts = (self.head, self.lead, *self.facts[:2], self.body, self.seats, self.ask_whom)
        return "。".join(part for part in parts if part)
