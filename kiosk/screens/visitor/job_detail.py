"""One listing with the honest pay card: what it comes to a day and an hour, beside the least that the law allows."""

from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.codes import PayUnit
from kiosk.domain.pay import per_day, per_hour, wage_mark, whole_job, work_days, work_minutes, yuan
from kiosk.errors import NotFound
from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.tint import tint
from kiosk.screens.widgets.words import measure
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import PublicListing
    from kiosk.services.browse import JobFacts


SHORT = 8


class DetailPart(BoxLayout):
    """A part of the page, or one arrangement of all parts; the .kv has one for each form.

    `beside`: the sign stands beside the title; `headed`: it says what it is.
    """

    job = ObjectProperty(None, allownone=True, rebind=True)
    beside = BooleanProperty(False)
    headed = BooleanProperty(False)


class PayTerm(BoxLayout):
    """怎么结  日结，现金."""

    label = StringProperty("")
    value = StringProperty("")
    color = tint("ink")


class SafetyButton(Press):
    """What nobody may ask for, and the way to say that the listing is not true. `told`: it was said in this visit."""

    told = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("down", theme.button_down)
        super().__init__(**kwargs)


def sentence(text: str) -> str:
    """End what an employer wrote with a stop, so that sentences can follow one another."""
    return text + "。" if text and text[-1] not in "。！？；…" else text


class JobDetailScreen(Page):
    """`listing_id` names the listing."""

    listing_id = StringProperty("")
    name = StringProperty("")
    short = BooleanProperty(True)
    name_width = NumericProperty(0)
    verified = StringProperty("")
    seen = BooleanProperty(False)
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
    pay_warning = StringProperty("")
    bar_share = NumericProperty(0)
    bar_mark = NumericProperty(0)
    bar_mark_text = StringProperty("")
    bar_end = StringProperty("")
    has_bar = BooleanProperty(False)
    settled = StringProperty("")
    whole = StringProperty("")
    whole_label = StringProperty("")
    printing = BooleanProperty(False)
    told = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("jobs.title"), **args)
        self.told = self.listing_id in self.visit.reported
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
            self._show(Factory.GoneDetail(job=self))
        else:
            self.show_problem(error)

    def _show(self, layout: DetailPart) -> None:
        self.clear_widgets()
        self.add_widget(layout)

    def others(self) -> None:
        """Look at other listings."""
        self.visit.back_to("jobs")

    def _take(self, facts: "JobFacts") -> None:
        self._facts = facts
        one, today = facts.published.listing, self.terminal.day_to_say()
        self.name, self.employer = one.title, one.employer_name
        # a long title would be cut in the header, and it stands whole below
        self.short = len(one.title) < SHORT
        self.name_width = measure(one.title, theme.fs(72), bold=True) + 1
        self.title = one.title if self.short else t("jobs.title")
        seen = one.employer_verified_on
        self.seen = seen is not None
        self.verified = self._say_verified(facts)
        self.days, self.hours = words.days(one, today), words.hours(one)
        km = t("jobs.km", km=facts.km) if facts.km else ""
        self.place = " ・ ".join(p for p in (words.area(one), one.place, km) if p)
        key = "detail.people_referred" if facts.referred else "detail.people"
        self.people = t(key, count=one.headcount, referred=facts.referred)
        self.meals = "，".join(p for p in (words.meals(one) or t("detail.no_meals"), words.lodging(one)) if p)
        self.ride = one.transport or t("detail.no_ride")
        needs = t("detail.requirements", text=one.requirements) if one.requirements else ""
        self.description = "".join(sentence(p) for p in (one.description, needs))
        self.reviewed = self._say_reviewed(facts)
        self._take_pay(one)
        form = f"{'Large' if theme.large else ''}{'Upright' if theme.upright else 'Lying'}"
        self._show(getattr(Factory, f"{form}Detail")(job=self))

    @staticmethod
    def _say_verified(facts: "JobFacts") -> str:
        """Say what was seen of the employer and when; what exactly is known only where his file is."""
        seen = facts.published.listing.employer_verified_on
        if seen is None:
            return t("detail.unverified")
        if facts.verified_what:
            return t("detail.verified_what", month=seen.month, day=seen.day, what=facts.verified_what)
        return t("detail.verified", month=seen.month, day=seen.day)

    def _say_reviewed(self, facts: "JobFacts") -> str:
        """Say who approved it and when, of which station, and who collected it where that is another."""
        day = t("day.date", month=facts.reviewed_on.month, day=facts.reviewed_on.day) if facts.reviewed_on else ""
        said = {"reviewer": facts.reviewer_name, "day": day, "station": facts.station.name, "number": facts.published.number}
        if facts.reviewed_by and facts.reviewed_by != facts.station.name:
            return t("detail.reviewed_elsewhere", by=facts.reviewed_by, **said)
        return t("detail.reviewed", **said)

    def _take_pay(self, one: "PublicListing") -> None:
        self.amount, self.unit = words.amount(one), words.short_unit(one)
        hour, day, minutes = per_hour(one), per_day(one), work_minutes(one)
        self.pay_line = self._say_pay(one, hour, day, minutes)
        mark = wage_mark(one, self.terminal.office.here.rules.wages)
        self.has_bar = mark is not None
        if mark is not None:
            self.bar_share, self.bar_mark = mark.fill, mark.mark
            self.bar_mark_text = t("detail.least", yuan=yuan(mark.least_fen), unit=t(f"pay_unit.{mark.unit.value}"))
            self.bar_end = yuan(mark.pay_fen)
            self.pay_warning = t("detail.pay_low") if mark.below else ""
        self.settled = "，".join(p for p in (t(f"settlement.{one.settlement.value}"), one.pay_method) if p)
        whole, days = whole_job(one), work_days(one)
        self.whole = t("detail.yuan", yuan=yuan(whole)) if whole else ""
        self.whole_label = t("detail.whole_days", days=days) if days else t("detail.whole")

    @staticmethod
    def _say_pay(one: "PublicListing", hour: int | None, day: int | None, minutes: int | None) -> str:
        """Say what an hour or a day of it comes to, only as far as that follows from what the employer stated."""
        whole = t("jobs.whole") + "，" if one.pay_unit is PayUnit.WHOLE else ""
        if one.pay_max_fen and one.pay_max_fen > one.pay_fen and (hour or day):
            whole += t("detail.pay_low_end")
        if minutes and one.pay_unit is PayUnit.HOUR:
            return whole + t("detail.pay_by_hour", hours=f"{minutes / 60:.3g}", yuan=yuan(day or 0))
        if hour and day and minutes and one.pay_unit is not PayUnit.DAY:
            return whole + t("detail.pay_both", hours=f"{minutes / 60:.3g}", day=yuan(day), yuan=yuan(hour))
        if hour and minutes:
            return whole + t("detail.pay_hours", hours=f"{minutes / 60:.3g}", yuan=yuan(hour))
        if day and one.pay_unit is not PayUnit.DAY:
            return whole + t("detail.pay_day", yuan=yuan(day))
        by_count = one.pay_unit in (PayUnit.PIECE, PayUnit.TRIP)
        return whole + t("detail.pay_by_count" if by_count else "detail.pay_unknown")

    def apply(self) -> None:
        """Put oneself down: who is registered in this visit at once, who is not registers first."""
        self.visit.registration.listing_id = self.listing_id
        if self.visit.worker_id:
            self.visit.go("apply", listing_id=self.listing_id)
        else:
            self.visit.go("consent")

    def report(self) -> None:
        """Say that it is not true; once a visit is enough."""
        if not self.told:
            self.visit.go("report", listing_id=self.listing_id)

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
        """Read out all that stands there, in its order; a dot between facts is read as a pause."""
        if self._facts is None:
            return self.title
        one = self._facts.published.listing
        parts = (
            self.name,
            self.employer,
            f"{words.pay(one)}，{self.pay_line}",
            self.pay_warning,
            self.bar_mark_text,
            t("detail.how") + self.settled,
            self.whole_label + self.whole if self.whole else "",
            f"{self.days}，{self.hours}",
            self.place,
            self.people,
            self.meals,
            self.ride,
            self.description,
            self.verified,
            self.reviewed,
            t("detail.safety"),
        )
        return "".join(sentence(part.replace(" ・ ", "，")) for part in parts)
