"""大屏: whose slip number is called to the desk, which notices stand there, and what the board shows now. One of three at a time."""

import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.staff.parts import RunningRow, ScreenPart
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.services import listing_words as words
from kiosk.services.notice_words import about
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.board_seen import BoardSeen
    from kiosk.domain.notice import Notice, SlipCall
    from kiosk.services.notices import Called

TABS = {"calls": "bullhorn", "notices": "message-text", "now": "monitor"}
LOOK_EVERY_S = 2.0


class BoardNow(ScreenPart):
    """The board's own picture, and what it says of itself; without one, that it shows nothing."""

    on = BooleanProperty(False)
    head = StringProperty("")
    text = StringProperty("")


class BoardRoomScreen(StaffPage):
    """`showing` is calls, notices or now; `digits` what is keyed in; `hint` what is wrong with it; `said` what was done just now."""

    showing = StringProperty("calls")
    digits = StringProperty("")
    hint = StringProperty("")
    said = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.board_room"), **args)
        self._event: Any = None
        self._calls: tuple[Called, ...] = ()
        self._notices: tuple[Notice, ...] = ()
        self._seen: tuple[BoardSeen | None, bytes] = (None, b"")
        self._alive = False
        self._chips = {name: Chip(icon=icon) for name, icon in TABS.items()}
        for name, chip in self._chips.items():
            chip.bind(on_release=lambda _, name=name: self.show(name))
            self.ids.tabs.add_widget(chip)

    def begin(self) -> None:
        """Show it, and look again and again: a call is over with time alone, and the board goes on."""
        self._event = Clock.schedule_interval(lambda _: self.look(), LOOK_EVERY_S)
        self._put()
        self.look()

    def on_leave(self) -> None:
        """Look no more."""
        if self._event is not None:
            self._event.cancel()
        super().on_leave()

    def show(self, name: str) -> None:
        """Show one of the three."""
        self.showing, self.said, self.hint = name, "", ""
        self._put()

    def look(self) -> None:
        """Read how it is."""
        self.ask(self._facts, self._take, self.terminal.log_error)

    def _facts(self) -> tuple[Any, Any, Any]:
        from kiosk.services import board_seen, notices

        run: Path = self.terminal.parts.settings.state_dir / "run"
        return notices.calls(self.here), notices.standing(self.here), (board_seen.look(run), board_seen.large(run))

    def _take(self, facts: tuple[Any, Any, Any]) -> None:
        calls, standing, seen = facts
        alive = bool(seen[0] and seen[0].alive(self.terminal.now()))
        before = {"calls": self._calls, "notices": self._notices, "now": (self._seen, self._alive)}[self.showing]
        self._calls, self._notices, self._seen, self._alive = calls, standing, seen, alive
        self._name_tabs()
        # only what changed is laid anew: a finger may be on a button
        if before != {"calls": calls, "notices": standing, "now": (seen, alive)}[self.showing]:
            self._draw()

    def _name_tabs(self) -> None:
        count = len(self._notices)
        self._chips["calls"].text = t("board_room.tab_calls")
        self._chips["notices"].text = t("board_room.tab_notices", count=count) if count else t("board_room.tab_notices_none")
        self._chips["now"].text = t("board_room.tab_now")
        for name, chip in self._chips.items():
            chip.chosen = name == self.showing

    def _put(self) -> None:
        """Lay out one of the three."""
        self._name_tabs()
        self.main_text, self.main_icon = {
            "calls": (t("board_room.call"), "bullhorn"),
            "notices": (t("board_room.write"), "draw"),
            "now": ("", ""),
        }[self.showing]
        self.main_enabled = self.showing != "calls" or bool(self.digits)
        self.ids.body.clear_widgets()
        part = {"calls": Factory.BoardCalls, "notices": Factory.BoardNotices, "now": BoardNow}[self.showing](screen=self)
        self.ids.body.add_widget(part)
        self._draw()

    def _draw(self) -> None:
        part = self.ids.body.children[0]
        {"calls": self._draw_calls, "notices": self._draw_notices, "now": self._draw_now}[self.showing](part)

    # numbers

    def key_in(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits, self.hint, self.main_enabled = digits, "", bool(digits)

    def _draw_calls(self, part: Any) -> None:
        part.ids.rows.clear_widgets()
        for one in self._calls:
            called = self.terminal.local(one.call.called_at)
            state = t("board_room.stands" if one.stands else "board_room.ended" if one.call.ended_at else "board_room.over")
            row = RunningRow(
                title=t("board_room.number", number=one.call.number),
                text=t("board_room.called_at", time=words.time_of(called), state=state),
                first=t("board_room.again"),
                second=t("board_room.end") if one.stands else "",
            )
            row.on_first, row.on_second = partial(self._call, one.call.number), partial(self._end, one.call)
            part.ids.rows.add_widget(row)

    def _call(self, number: str) -> None:
        from kiosk.services.notices import call_number

        session = self.session
        self.main_enabled = False
        self.ask(lambda: call_number(self.here, session, number), self._called, self._failed)

    def _called(self, call: "SlipCall") -> None:
        self.digits, self.hint, self.said = "", "", t("board_room.called", number=call.number)
        self.look()

    def _end(self, call: "SlipCall") -> None:
        from kiosk.services.notices import end_call

        session = self.session
        self.ask(lambda: end_call(self.here, session, call.id), lambda _: self._done(t("board_room.ended_said", number=call.number)))

    def _failed(self, error: Exception) -> None:
        from kiosk.errors import BadInput

        self.main_enabled = bool(self.digits)
        if isinstance(error, BadInput):
            self.hint = t(error.key, **error.words)
        else:
            self.show_problem(error)

    # notices

    def _draw_notices(self, part: Any) -> None:
        box = part.ids.rows
        box.clear_widgets()
        for one in self._notices:
            row = RunningRow(title=one.title, text=self._about(one))
            if one.station_id is not None:
                row.second, row.on_second = t("board_room.take_down"), partial(self._sure, one)
            box.add_widget(row)
        if not self._notices:
            box.add_widget(NothingHere(head=t("board_room.no_notices"), text=t("board_room.no_notices_more")))

    def _about(self, one: "Notice") -> str:
        line = about(one, self.terminal.now())
        return f"{one.body}\n{line}" if one.body else line

    def _sure(self, one: "Notice") -> None:
        take: Choice = (t("board_room.take_down_yes"), "danger", partial(self._take_down, one))
        choices: list[Choice] = [take, (t("board_room.keep"), "station", lambda: None)]
        ask = t("board_room.take_down_ask")
        self.terminal.open_dialog(Dialog(title=ask, text=one.title, icon="information", choices=choices))

    def _take_down(self, one: "Notice") -> None:
        from kiosk.services.notices import take_down

        session = self.session
        self.ask(lambda: take_down(self.here, session, one.id), lambda _: self._done(t("board_room.taken_down", title=one.title)))

    def _done(self, said: str) -> None:
        self.said = said
        self.look()

    def on_main(self) -> None:
        """Call the number, or write a notice."""
        if self.showing == "calls":
            self._call(self.digits)
        else:
            self.visit.go("board_notice")

    # what it shows

    def _draw_now(self, part: Any) -> None:
        from kiosk.services.board_seen import stands

        seen, picture = self._seen
        shown = seen if self._alive else None
        part.on = shown is not None
        for card in part.children[1:]:
            part.remove_widget(card)
        if part.on and picture:
            card = Factory.BoardPicture()
            card.texture = CoreImage(io.BytesIO(picture), ext="jpg").texture
            part.add_widget(card, index=len(part.children))
        part.head = t("board_room.on" if part.on else "board_room.off")
        part.text = stands(shown) if shown else t("board_room.off_more")

    def remember(self) -> dict[str, Any]:
        """Keep which one stands there and what is keyed in; what was said is said once."""
        return {"showing": self.showing, "digits": self.digits, "said": ""}

    def spoken(self) -> str:
        """Say what one can do here, or how it is."""
        if self.showing == "calls":
            called = [t("board_room.number", number=one.call.number) for one in self._calls if one.stands]
            return self.said + t("board_room.spoken_calls") + (t("board_room.spoken_called", numbers="，".join(called)) if called else "")
        if self.showing == "notices":
            return self.said + "。".join([self._chips["notices"].text, *(one.title for one in self._notices)])
        part = self.ids.body.children[0]
        return f"{part.head}。{part.text}"
