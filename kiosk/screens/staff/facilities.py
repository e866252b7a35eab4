"""站内设施: what the station has and who looked when, the negotiation desk, and who wants to learn something. One of three at a time."""

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import StringProperty

from kiosk.domain.facility import Condition, Standing
from kiosk.domain.running import Facility
from kiosk.screens.staff.parts import RunningRow
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.screens.widgets.panel import Card
from kiosk.screens.widgets.tint import tint
from kiosk.services import listing_words as words
from kiosk.services.worker_words import phone_words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.running import Booking
    from kiosk.services.signups import Waiting

TABS = {"rooms": "medical-bag", "desk": "account-multiple", "signups": "school"}
ICONS = {
    Facility.WATER: "cup-water",
    Facility.WIFI: "wifi",
    Facility.FIRST_AID: "medical-bag",
    Facility.REST: "sofa",
    Facility.DESK: "account-multiple",
}


class FacilityCard(Card):
    """One facility: how it stands, who looked last, and what he who looks now presses."""

    icon = StringProperty("")
    title = StringProperty("")
    state = StringProperty("")
    text = StringProperty("")
    ink = tint("green")

    def let_expire(self) -> None:
        """Offer to set the date on which what is in it expires."""
        button = Factory.ExpiryButton()
        button.bind(on_release=lambda _: self.act("expiry"))
        self.ids.acts.add_widget(button)

    def act(self, what: str) -> None:
        """Tell the page."""
        self.page.act(self.facility, what)


class FacilitiesScreen(StaffPage):
    """`showing` is rooms, desk or signups; `said` what was done just now."""

    showing = StringProperty("rooms")
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.facilities"), **args)
        self._chips = {name: Chip(icon=icon) for name, icon in TABS.items()}
        for name, chip in self._chips.items():
            chip.bind(on_release=lambda _, name=name: self.show(name))
            self.ids.tabs.add_widget(chip)
        self._facts: tuple[tuple[Standing, ...], tuple[Booking, ...], tuple[Waiting, ...]] = ((), (), ())

    def begin(self) -> None:
        """Ask for all three: their counts stand on the tabs."""
        from kiosk.services import bookings, facilities, signups

        self.ask(lambda: (facilities.latest(self.here), bookings.booked(self.here), signups.to_pass_on(self.here)), self._take)

    def _take(self, facts: Any) -> None:
        self._facts = facts
        standings, booked, waiting = facts
        wanting = sum(s.condition is not Condition.GOOD for s in standings)
        for name, count in (("rooms", wanting), ("desk", len(booked)), ("signups", len(waiting))):
            self._chips[name].text = t(f"running.tab_{name}", count=count) if count else t(f"running.tab_{name}_none")
        self._draw()

    def show(self, name: str) -> None:
        """Show one of the three."""
        self.showing, self.said = name, ""
        self._draw()

    def _draw(self) -> None:
        for name, chip in self._chips.items():
            chip.chosen = name == self.showing
        self.main_text, self.main_icon = (t("running.book"), "plus") if self.showing == "desk" else ("", "")
        box = self.ids.rows
        box.clear_widgets()
        wide = not theme.upright
        box.cols = (2 if theme.large else 3) if wide and self.showing == "rooms" else 1
        {"rooms": self._draw_rooms, "desk": self._draw_desk, "signups": self._draw_signups}[self.showing](box)

    def _draw_rooms(self, box: Any) -> None:
        for one in self._facts[0]:
            card = FacilityCard(icon=ICONS[one.facility], title=t(f"facility.{one.facility.value}"))
            if one.facility is Facility.FIRST_AID:
                card.let_expire()
            card.page, card.facility = self, one.facility
            card.state, card.text = state_words(one, self.terminal.today()), self._looked(one)
            card.ink = theme.green if one.condition is Condition.GOOD else theme.brown
            box.add_widget(card)

    def _looked(self, one: Standing) -> str:
        if one.last is None:
            return t("running.never")
        when, today = self.terminal.local(one.last.checked_at), self.terminal.today()
        day = f"{t('day.0')} {words.time_of(when)}" if when.date() == today else day_words(when.date(), today)
        looked = t("running.looked", day=day, name=one.last.by_name)
        return f"{looked}：{one.last.note}" if one.last.note else looked

    def _draw_desk(self, box: Any) -> None:
        today, last = self.terminal.today(), None
        for one in self._facts[1]:
            start = self.terminal.local(one.starts_at)
            if start.date() != last:
                last = start.date()
                box.add_widget(Factory.RunningHead(text=f"{words.day(last, today)} {day_words(last, today)}"))
            hours = t("day.hours", start=words.time_of(start), end=words.time_of(start + timedelta(minutes=one.minutes)))
            by = t("running.booked_by", name=one.by_name) if one.by_name else t("running.booked_self")
            row = RunningRow(title=f"{hours} ・ {one.who}", text=by)
            row.second = t("running.cancel")
            row.on_second = partial(self._sure, "running.cancel_booking", one.who, partial(self._cancel_booking, one.id))
            box.add_widget(row)
        if not self._facts[1]:
            box.add_widget(NothingHere(head=t("running.desk_free"), text=t("running.desk_free_more")))

    def _draw_signups(self, box: Any) -> None:
        for one in self._facts[2]:
            course = one.training
            name = one.worker.name
            key = "running.signup_cancelled" if one.signup.cancelled else "running.signup_waits" if one.behind else "running.signup"
            title = t(key, name=name, course=course.title) if course else t("running.signup_gone", name=name)
            phone = t("running.call", phone=phone_words(one.worker))
            starts = (
                t("running.starts", day=day_words(course.starts_on, self.terminal.today()), phone=course.phone.grouped()) if course else ""
            )
            row = RunningRow(title=title, text=" ・ ".join(p for p in (phone, starts) if p))
            row.first, row.second = t("running.told"), "" if one.signup.cancelled else t("running.cancel")
            row.on_first = partial(self._tell, one.signup.id)
            cancel = partial(self._cancel_signup, one.signup.id)
            row.on_second = partial(self._sure, "running.cancel_signup", one.worker.name, cancel)
            box.add_widget(row)
        if not self._facts[2]:
            box.add_widget(NothingHere(head=t("running.signups_done"), text=t("running.signups_done_more")))

    def act(self, facility: Facility, what: str) -> None:
        """Note that somebody looked, or go and set the date."""
        from kiosk.services import facilities

        if what == "expiry":
            self.visit.go("facility_expiry")
            return
        session, ok = self.session, what == "good"
        name = t(f"facility.{facility.value}")
        self.ask(
            lambda: facilities.check(self.here, session, facility, ok),
            lambda _: self._done(t("running.noted_good" if ok else "running.noted_broken", name=name)),
        )

    def _done(self, said: str) -> None:
        self.said = said
        self.begin()

    def _sure(self, key: str, name: str, act: Any) -> None:
        choices: list[Choice] = [(t("running.cancel_yes"), "danger", act), (t("running.keep"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=t(key), text=name, aloud=t(key), icon="information", choices=choices))

    def _cancel_booking(self, booking_id: str) -> None:
        from kiosk.services import bookings

        session = self.session
        self.ask(lambda: bookings.cancel(self.here, session, booking_id), lambda _: self._done(t("running.cancelled")))

    def _cancel_signup(self, signup_id: str) -> None:
        from kiosk.services import signups

        session = self.session
        self.ask(lambda: signups.cancel(self.here, session, signup_id), lambda _: self._done(t("running.cancelled")))

    def _tell(self, signup_id: str) -> None:
        from kiosk.services import signups

        session = self.session
        self.ask(lambda: signups.told(self.here, session, signup_id), lambda _: self._done(t("running.noted_told")))

    def on_main(self) -> None:
        """Book the desk."""
        self.visit.go("booking")

    def remember(self) -> dict[str, Any]:
        """Keep which one stands there; what was said is said once."""
        return {"showing": self.showing, "said": ""}

    def spoken(self) -> str:
        """Read how the facilities stand, or how many wait."""
        if self.showing == "rooms":
            return "。".join(f"{t(f'facility.{s.facility.value}')}，{state_words(s, self.terminal.today())}" for s in self._facts[0])
        return self._chips[self.showing].text


def state_words(one: Standing, today: date) -> str:
    """Say how a facility stands, with the date where something expires."""
    if one.condition in (Condition.GOOD, Condition.EXPIRED, Condition.EXPIRING) and one.expires_on is not None:
        return t(f"running.{one.condition.value}_until", day=day_words(one.expires_on, today))
    return t(f"running.{one.condition.value}")


def day_words(day: date, today: date) -> str:
    """Say a day by its date, with the year unless it is this one."""
    said = t("day.date", month=day.month, day=day.day)
    return said if day.year == today.year else t("running.year", year=day.year) + said
