"""写通知: a notice for the board, by hand or in pinyin: what it says, whether it breaks in, and until when it stands."""

from datetime import timedelta
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.domain.notice import BODY_MOST, TITLE_MOST
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.text import t

DAYS = {"today": 0, "tomorrow": 1, "week": 6}
"""How many days after today the last day is."""
ROOM = {"head_words": (TITLE_MOST, False), "body_words": (BODY_MOST, True)}
"""What is written: how much of it has room, and whether it may be left out."""


class BoardNoticeScreen(StaffPage):
    """`head_words` and `body_words` are what was written, `urgent` and `days` what was chosen."""

    head_words = StringProperty("")
    body_words = StringProperty("")
    urgent = BooleanProperty(False)
    days = NumericProperty(0)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("board_room.write"), main_text=t("board_room.put_up"), main_icon="check", **args)
        self._urgency = {urgent: self._chip(self.ids.urgency, key, urgent=urgent) for urgent, key in ((False, "calm"), (True, "breaks_in"))}
        self._days = {days: self._chip(self.ids.days, name, days=days) for name, days in DAYS.items()}
        self._mark()

    def _chip(self, box: Any, key: str, **choice: Any) -> Chip:
        chip = Chip(text=t(f"board_room.{key}"))
        chip.bind(on_release=lambda _: self._choose(**choice))
        box.add_widget(chip)
        return chip

    def _choose(self, **choice: Any) -> None:
        for name, value in choice.items():
            setattr(self, name, value)
        self._mark()

    def _mark(self) -> None:
        for chips, value in ((self._urgency, self.urgent), (self._days, self.days)):
            for known, chip in chips.items():
                chip.chosen = known == value
        self.main_enabled = bool(self.head_words)

    def write(self, field: str) -> None:
        """Open the pen for the title or for the rest."""
        most, may_go = ROOM[field]
        self.visit.go("own_words", head=asked(field), field=field, text=getattr(self, field), most=most, may_go=may_go)

    def on_main(self) -> None:
        """Put it up."""
        from kiosk.services.notices import put_up

        session, last_day = self.session, self.terminal.today() + timedelta(days=int(self.days))
        title, body, urgent = self.head_words, self.body_words, self.urgent
        self.main_enabled = False
        self.ask(lambda: put_up(self.here, session, title, body, urgent, last_day), lambda _: self._done(), self._failed)

    def _done(self) -> None:
        self.visit.back_saying(t("board_room.is_up", title=self.head_words), showing="notices")

    def _failed(self, error: Exception) -> None:
        self.main_enabled = True
        self.show_problem(error)

    def remember(self) -> dict[str, Any]:
        """Keep what was written and chosen."""
        return {name: getattr(self, name) for name in ("head_words", "body_words", "urgent", "days")}

    def spoken(self) -> str:
        """Say what is asked, and what was written."""
        wanted = "，".join([*map(asked, ROOM), t("board_room.how_urgent"), t("board_room.how_long")])
        return "。".join(part for part in (wanted, self.head_words, self.body_words) if part)


def asked(field: str) -> str:
    """Say what is to be written, and how much of it has room."""
    return t(f"board_room.ask_{field}", most=ROOM[field][0])
