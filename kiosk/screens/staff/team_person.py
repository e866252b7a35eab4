"""One of the station's people: a new PIN, a card, a lost card, a lock-out, and that he has left. For the head."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, StringProperty

from kiosk.screens.printing import PrintWatch
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import ActRow
from kiosk.screens.widgets.dialog import Dialog
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.team import Member


class TeamPersonScreen(StaffPage):
    """What can be done for `staff_id`."""

    staff_id = StringProperty("")
    head = StringProperty("")
    facts = StringProperty("")
    columns = NumericProperty(2)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("team.title"), **args)
        self.columns = 1 if theme.upright or theme.large else 2
        self._one: Member | None = None
        self._watch: PrintWatch | None = None

    def begin(self) -> None:
        """Ask how the person stands."""
        from kiosk.services.team import members

        self.ask(lambda: members(self.here), self._take)

    def on_leave(self) -> None:
        """Stop looking at the slip."""
        if self._watch is not None:
            self._watch.stop()
        super().on_leave()

    def _take(self, members: "Sequence[Member]") -> None:
        one = next((m for m in members if m.id == self.staff_id and m.active), None)
        if one is None:
            self.visit.back()
            return
        self._one = one
        own = one.id == self.session.staff_id
        self.head = t("header.who", name=one.name, role=t(f"role.{one.role.value}"))
        locked = [t("team.locked")] if one.locked_until is not None else []
        self.facts = " ・ ".join([*([t("team.you")] if own else []), t("team.card" if one.has_card else "team.no_card"), *locked])
        rows = [
            self._row("lock-open-variant", "unlock", self._unlock) if locked else None,
            self._row("lock-reset", "renew", self._renew, about="" if own else t("team.renew_say")),
            self._row("card-account-details", "issue", self._issue, text=t("team.issue_again") if one.has_card else ""),
            self._row("card-remove", "lose", self._lose) if one.has_card else None,
            self._row("account-arrow-right", "retire", self._ask_retire, grave=True),
        ]
        self.ids.acts.clear_widgets()
        for row in rows:
            if row is not None:
                self.ids.acts.add_widget(row)

    def _row(
        self, icon: str, key: str, act: Callable[[], None], *, text: str = "", about: str | None = None, grave: bool = False
    ) -> ActRow:
        about = t(f"team.{key}_say") if about is None else about
        row = ActRow(icon=icon, text=text or t(f"team.{key}"), about=about, grave=grave)
        row.bind(on_release=lambda _: act())
        return row

    def _renew(self) -> None:
        one = self._one
        assert one is not None
        if one.id == self.session.staff_id:
            self.visit.go("new_pin", purpose="own")
        else:
            self.visit.go("new_pin", purpose="renew", staff_id=one.id, name=one.name)

    def _issue(self) -> None:
        from kiosk.services.team import issue_card

        self.ask(lambda: issue_card(self.here, self.session, self.staff_id), self._printing)

    def _printing(self, job_id: str) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._watch = PrintWatch(self, job_id, self.begin)
        self._watch.open_dialog()
        self.begin()

    def _lose(self) -> None:
        from kiosk.services.team import lose_card

        self.ask(lambda: lose_card(self.here, self.session, self.staff_id), lambda _: self._said(t("team.lost"), self.begin))

    def _unlock(self) -> None:
        from kiosk.services.team import unlock

        name = self._one.name if self._one is not None else ""
        words = t("team.unlocked", name=name)
        self.ask(lambda: unlock(self.here, self.session, self.staff_id), lambda _: self._said(words, self.begin))

    def _ask_retire(self) -> None:
        assert self._one is not None
        dialog = Dialog(
            title=t("team.retire_ask", name=self._one.name),
            text=t("team.retire_text"),
            icon="account-arrow-right",
            choices=[(t("team.retire_yes"), "danger", self._retire), (t("team.retire_no"), "station", lambda: None)],
        )
        self.terminal.open_dialog(dialog)

    def _retire(self) -> None:
        from kiosk.services.team import retire

        assert self._one is not None
        words, own = t("team.retired", name=self._one.name), self._one.id == self.session.staff_id
        leave = self.visit.next_person if own else self.visit.back
        self.ask(lambda: retire(self.here, self.session, self.staff_id), lambda _: self._said(words, leave))

    def _said(self, words: str, then: Callable[[], None]) -> None:
        self.terminal.open_dialog(Dialog(title=words, icon="check-decagram", choices=[(t("problem.ok"), "station", then)]))

    def spoken(self) -> str:
        """Say what can be done."""
        return t("team.person_spoken", name=self._one.name if self._one is not None else "")
