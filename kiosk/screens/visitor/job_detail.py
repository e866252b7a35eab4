"""One listing with the honest pay card: what it comes to a day and an hour, beside the least that the law allows."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.pay import per_day, per_hour, wage_mark, whole_job, work_days, work_minutes, yuan
from kiosk.errors import NotFound
from kiosk.screens import listing_words as words
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.theme import theme
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import PublicListing
    from kiosk.services.browse import JobFacts


class JobDetailScreen(Page):
    """`listing_id` names the listing."""

    listing_id = StringProperty("")
    name = StringProperty("")
    verified = StringProperty("")
    employer = StringProperty("")
    days = StringProperty("")
    hours = StringProperty("")
    place = StringProperty("")
    people = StringProperty("")
    meals = StringProperty("")
    ride = StringProperty("")
    description = StringProperty("")
    reviewed = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")
    pay_line = StringProperty("")
    bar_share = NumericProperty(0)
    bar_mark = NumericProperty(0)
    bar_mark_text = StringProperty("")
    bar_end = StringProperty("")
    has_bar = BooleanProperty(False)
    settled = StringProperty("")
    whole = StringProperty("")
    whole_label = StringProperty("")
    ready = BooleanProperty(False)
    printing = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("jobs.title"), **args)
        self._facts: JobFacts | None = None
        self._watch: PrintWatch | None = None

    def on_enter(self) -> None:
        """Ask for the listing."""
        from kiosk.services import browse

        self.ask(lambda: browse.job(self.terminal.office.here, self.listing_id), self._take, self._gone)

    def on_leave(self) -> None:
        """Stop watching the printer."""
        if self._watch is not None:
            self._watch.stop()

    def _gone(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self.description = t("detail.gone")
        else:
            self.show_problem(error)

    def _take(self, facts: "JobFacts") -> None:
        self._facts = facts
        one, today = facts.published.listing, self.terminal.today()
        self.title = one.title
        self.name, self.employer = one.title, one.employer_name
        seen = one.employer_verified_on
        self.verified = t("detail.verified", month=seen.month, day=seen.day) if seen else t("detail.unverified")
        self.days, self.hours = words.days(one, today), words.hours(one)
        km = t("jobs.km", km=facts.km) if facts.km else ""
        self.place = "，".join(p for p in (words.area(one) + one.place, km) if p)
        key = "detail.people_referred" if facts.referred else "detail.people"
        self.people = t(key, count=one.headcount, referred=facts.referred)
        self.meals = "，".join(p for p in (words.meals(one) or t("detail.no_meals"), words.lodging(one)) if p)
        self.ride = one.transport or t("detail.no_ride")
        needs = t("detail.requirements", text=one.requirements) if one.requirements else ""
        self.description = "\n".join(p for p in (one.description, needs) if p)
        number = facts.published.number
        self.reviewed = t("detail.reviewed", reviewer=facts.reviewer_name, station=facts.station.name, number=number)
        self._take_pay(one)
        self.ready = True

    def _take_pay(self, one: "PublicListing") -> None:
        self.amount, self.unit = words.amount(one), words.unit(one)
        hour, day, minutes = per_hour(one), per_day(one), work_minutes(one)
        if hour and minutes:
            self.pay_line = t("detail.pay_hours", hours=f"{minutes / 60:g}", yuan=yuan(hour))
        elif day:
            self.pay_line = t("detail.pay_day", yuan=yuan(day))
        else:
            self.pay_line = t("detail.pay_unknown")
        mark = wage_mark(one, self.terminal.office.here.rules.wages)
        self.has_bar = mark is not None
        if mark is not None:
            self.bar_share, self.bar_mark = mark.fill, mark.mark
            self.bar_mark_text, self.bar_end = t("detail.least", yuan=yuan(mark.least_fen)), yuan(mark.hour_fen)
            if mark.below:
                self.pay_line += "。" + t("detail.pay_low")
        self.settled = "，".join(p for p in (t(f"settlement.{one.settlement.value}"), one.pay_method) if p)
        whole, days = whole_job(one), work_days(one)
        self.whole = t("detail.yuan", yuan=yuan(whole)) if whole else ""
        self.whole_label = t("detail.whole_days", days=days) if days else t("detail.whole")

    def apply(self) -> None:
        """Put oneself down: who is registered in this visit at once, who is not registers first."""
        self.visit.registration.listing_id = self.listing_id
        if self.visit.worker_id:
            self.visit.go("apply", listing_id=self.listing_id)
        else:
            self.visit.go("consent")

    def print_slip(self) -> None:
        """Print the listing, once for each press that the printer has finished with."""
        if self.printing:
            return
        from kiosk.services.hand_out import print_listing

        self.printing = True
        self.ask(lambda: print_listing(self.terminal.office.here, self.listing_id), self._printing, self._not_printing)

    def _printing(self, job_id: str) -> None:
        self._watch = PrintWatch(self, job_id, self._finished)
        self._watch.open_dialog()

    def _finished(self) -> None:
        self.printing = False

    def _not_printing(self, error: Exception) -> None:
        self.printing = False
        self.show_problem(error)

    def spoken(self) -> str:
        """Read the listing out."""
        if self._facts is None:
            return self.title
        one = self._facts.published.listing
        when = f"{self.days}，{self.hours}"
        pay = f"{words.pay(one)}，{self.pay_line}"
        return t("detail.spoken", title=one.title, pay=pay, terms=self.settled, when=when, place=self.place, text=one.description)

    @property
    def columns(self) -> int:
        """Give how the two cards stand."""
        return 1 if theme.upright or theme.large else 2
