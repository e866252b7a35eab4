"""报名学手艺: the separate consent to give name and phone to who gives the course (个人信息保护法 23). Who has signed up already takes it
back here.
"""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.visitor.policies import course_line
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.signups import Seat, SignedUp


class SignupScreen(Page):
    """`training_id` names the course; the worker is the one who is known in this visit."""

    training_id = StringProperty("")
    course = StringProperty("")
    line = StringProperty("")
    head = StringProperty("")
    text = StringProperty("")
    has = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("signup.title"), **args)
        self._sent = False

    def on_enter(self) -> None:
        """Ask how he stands to the course."""
        from kiosk.services import signups

        self.visit.touched = True
        worker_id = self.visit.worker_id
        self.ask(lambda: signups.seat(self.terminal.office.here, worker_id, self.training_id), self._take)

    def _take(self, seat: "Seat") -> None:
        training, name = seat.training, seat.worker.name.masked()
        self.course, self.line, self.has = training.title, course_line(training), seat.signup is not None
        if seat.signup is not None:
            self.head = t("signup.already_waits", name=name, count=seat.behind) if seat.behind else t("signup.already", name=name)
            self.text = t("signup.done_waits_more" if seat.behind else "signup.told" if seat.signup.told else "signup.untold")
            self.main_text, self.main_icon = t("signup.finish"), "check"
            return
        self.head = t("signup.ask", name=name)
        consent = t("signup.consent", phone=training.phone.grouped())
        self.text = f"{t('signup.waits', count=seat.behind)}\n{consent}" if seat.behind else consent
        self.main_text, self.main_icon = t("signup.yes_waits" if seat.behind else "signup.yes"), "check"
        self.main_enabled = not seat.begun
        if seat.begun:
            self.text = t("policy.begun")

    def on_main(self) -> None:
        """Sign up once, or end the visit where it is done already."""
        if self.has:
            self.visit.end()
        else:
            self.sign_up()

    def sign_up(self) -> None:
        """Put him down, or print his slip again."""
        if self._sent:
            return
        from kiosk.services import signups

        self._sent = True
        worker_id = self.visit.worker_id
        self.ask(lambda: signups.sign_up(self.terminal.office.here, worker_id, self.training_id), self._done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)

    def _done(self, signed: "SignedUp") -> None:
        behind = signed.seat.behind
        self.visit.replace(
            "got_slip",
            title=t("signup.title"),
            job_id=signed.job_id,
            head=t("signup.done_waits", count=behind) if behind else t("signup.done"),
            big=self.course,
            text=t("signup.done_waits_more" if behind else "signup.done_more"),
        )

    def ask_back(self) -> None:
        """Ask once more: the seat goes to somebody else."""
        choices: list[Choice] = [(t("signup.give_back"), "danger", self._give_back), (t("signup.keep"), "station", lambda: None)]
        text = t("signup.sure_text", course=self.course)
        self.terminal.open_dialog(Dialog(title=t("signup.sure"), text=text, icon="information", choices=choices))

    def _give_back(self) -> None:
        from kiosk.services import signups

        worker_id = self.visit.worker_id
        self.ask(lambda: signups.give_back(self.terminal.office.here, worker_id, self.training_id), self._given_back)

    def _given_back(self, _: None) -> None:
        self.visit.back()
        choices: list[Choice] = [(t("problem.ok"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=t("signup.gone"), text=t("signup.gone_text"), icon="check", choices=choices))

    def spoken(self) -> str:
        """Say how it stands; never the name."""
        asked = "" if self.has else t("signup.title")
        return "。".join(part for part in (asked, self.course, self.line, self.text) if part)
