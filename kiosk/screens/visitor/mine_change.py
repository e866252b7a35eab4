"""改登记: what can be changed, with how it stands; one page for each, and the slip once more."""

from functools import partial
from typing import TYPE_CHECKING, Any

from kivy.properties import ListProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.printing import PrintWatch
from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.mine_found import wish
from kiosk.screens.widgets.buttons import ActRow
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.worker import Worker
    from kiosk.services.mine import Mine

WAYS = (
    ("trades", "hammer", "mine_trades"),
    ("pay", "cash", "mine_wage"),
    ("area", "map-marker", "mine_area"),
    ("phone", "phone", "mine_phone"),
)


class MineChangeScreen(Page):
    """`said` is what was changed just now, `jobs` are the slips that come of it."""

    said = StringProperty("")
    jobs = ListProperty([])
    note = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("mine_change.title"), **args)
        self._watches: list[PrintWatch] = []
        self._printing = False

    def on_enter(self) -> None:
        """Ask how it stands."""
        from kiosk.services.mine import my_registration

        self.visit.touched = True
        self._watches = [PrintWatch(self, job_id, lambda: None) for job_id in self.jobs]
        worker_id = self.visit.worker_id
        self.ask(lambda: my_registration(self.terminal.office.here, worker_id), self._draw)

    def on_leave(self) -> None:
        """Stop looking at slips."""
        for watch in self._watches:
            watch.stop()

    def remember(self) -> dict[str, Any]:
        """What was said is said once."""
        return {"said": "", "jobs": []}

    def _draw(self, mine: "Mine") -> None:
        now = wish(mine.worker)
        self.ids.rows.clear_widgets()
        for name, icon, page in WAYS:
            self._row(name, icon, now["where" if name == "area" else name], partial(self._open, page, mine.worker))
        if self.visit.on_behalf:
            self._row("name", "account", str(mine.worker.name), partial(self._open, "mine_name", mine.worker))
        else:
            self.note = t("mine_change.name_staff")
        self._row("print", "printer", t("mine_change.print_say"), self._print)

    def _row(self, name: str, icon: str, about: str, act: Any) -> None:
        row = ActRow(icon=icon, text=t(f"mine_change.{name}"), about=about)
        row.bind(on_release=lambda _: act())
        self.ids.rows.add_widget(row)

    def _open(self, page: str, worker: "Worker") -> None:
        """Open the page of one thing, with how it stands."""
        self.visit.change = RegistrationDraft(
            name=str(worker.name),
            phone_of=worker.phone_of,
            trades=worker.trades,
            pay_fen=worker.pay_fen,
            pay_unit=worker.pay_unit,
            area=worker.area,
        )
        self.visit.go(page)

    def _print(self) -> None:
        from kiosk.services.author import HIMSELF
        from kiosk.services.registrations import print_registration

        if self._printing:
            return
        self._printing = True
        author = self.visit.session if self.visit.on_behalf else HIMSELF
        worker_id = self.visit.worker_id
        self.ask(lambda: print_registration(self.terminal.office.here, author, worker_id), self._printed, self._not_printed)

    def _printed(self, job_id: str) -> None:
        watch = PrintWatch(self, job_id, lambda: None)
        watch.open_dialog()
        self._watches.append(watch)

    def _not_printed(self, error: Exception) -> None:
        self._printing = False
        self.show_problem(error)

    def spoken(self) -> str:
        """Say what to do."""
        return self.said + t("mine_change.spoken")
