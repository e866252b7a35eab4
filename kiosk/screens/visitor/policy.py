"""One policy or course, whole, to read or to hear, and whom to ask."""

from typing import Any

from kivy.properties import ListProperty, ObjectProperty, StringProperty

from kiosk.domain.codes import AREAS
from kiosk.domain.station import Policy, Training
from kiosk.screens.page import Page
from kiosk.screens.visitor.policies import fee_words
from kiosk.text import t


class PolicyScreen(Page):
    """`record` is a Policy or a Training."""

    record = ObjectProperty(None)
    head = StringProperty("")
    lead = StringProperty("")
    body = StringProperty("")
    ask_whom = StringProperty("")
    facts = ListProperty(["", "", ""])
    icons = ListProperty(["account-group", "walk"])

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.policy.title"), **args)
        record = self.record
        self.head, self.body = record.title, record.body.strip()
        self.ask_whom = t("policy.ask", phone=record.phone.grouped())
        if isinstance(record, Policy):
            self.lead = record.summary
            on = record.published_on
            published = t("policy.published", year=on.year, month=on.month, day=on.day)
            self.facts = [t("policy.who", text=record.who), t("policy.how", text=record.how), published]
        elif isinstance(record, Training):
            starts = t("day.date", month=record.starts_on.month, day=record.starts_on.day)
            self.lead = t("policy.when", day=starts, days=record.days)
            self.icons = ["map-marker", "account-group"]
            self.facts = [
                t("policy.where", place=AREAS.get(record.area, "") + record.place),
                t("policy.seats", count=record.seats, fee=fee_words(record.fee_fen)),
                record.subsidy,
            ]

    def spoken(self) -> str:
        """Read all of it."""
        return "。".join(part for part in (self.head, self.lead, *self.facts[:2], self.body, self.ask_whom) if part)
