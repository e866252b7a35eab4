"""人员: who works here, and the way to each one's page. For the head."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.team import Member


class MemberRow(Press):
    """One of the station's people."""

    name = StringProperty("")
    role = StringProperty("")
    facts = StringProperty("")
    locked = BooleanProperty(False)


class TeamScreen(StaffPage):
    """One card a person."""

    columns = NumericProperty(2)
    gone = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("team.title"), **args)
        self.main_text, self.main_icon = t("team.add"), "account-plus"
        self.columns = 1 if theme.upright or theme.large else 2

    def begin(self) -> None:
        """Ask who works here."""
        from kiosk.services.team import members

        self.ask(lambda: members(self.here), self._take)

    def _take(self, members: "Sequence[Member]") -> None:
        self.ids.people.clear_widgets()
        for one in (m for m in members if m.active):
            facts = [t("team.you")] if one.id == self.session.staff_id else []
            facts.append(t("team.card" if one.has_card else "team.no_card"))
            locked = one.locked_until is not None
            row = MemberRow(name=one.name, role=t(f"role.{one.role.value}"), facts=" ・ ".join(facts), locked=locked)
            row.bind(on_release=lambda _, one=one: self.visit.go("team_person", staff_id=one.id))
            self.ids.people.add_widget(row)
        gone = "、".join(m.name for m in members if not m.active)
        self.gone = t("team.left", names=gone) if gone else ""

    def on_main(self) -> None:
        """Enter a colleague."""
        self.visit.go("team_add")

    def spoken(self) -> str:
        """Say what to do."""
        return t("team.spoken")
