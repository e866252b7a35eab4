"""The terminal: ties shell, visit, pages and worker lanes together on Kivy's loop. Owns the idle countdown and what happens on an error.

Import this only after `prepare()` of kiosk.screens.window has run. Nothing slow and no library but Kivy is imported here.
"""

import logging
import os
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.base import EventLoop, ExceptionHandler, ExceptionManager, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.alive import tell
from kiosk.config import Settings
from kiosk.domain.ports import Chime, Handwriting, Pinyin, Scanner, Speaker
from kiosk.screens import finger, light_sleep, pages
from kiosk.screens.attract import Attract
from kiosk.screens.calling import Calling
from kiosk.screens.calls import CallWatch
from kiosk.screens.easier import easier
from kiosk.screens.guard import Guard
from kiosk.screens.idle import IdleWatch
from kiosk.screens.lanes import Lanes
from kiosk.screens.night import Night
from kiosk.screens.office import Office
from kiosk.screens.page import Page
from kiosk.screens.problems import sentence
from kiosk.screens.shell import Shell
from kiosk.screens.sweeper import Sweeper
from kiosk.screens.theme import CHINA, theme
from kiosk.screens.visit import Visit
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.browse import HomeFacts

log = logging.getLogger(__name__)
WAITING_AFTER_S = 0.3
PRELOAD_EVERY_S = 0.5
ERRORS_IN_A_ROW = 5
FREEZE_S = 5.0
TELL_EVERY_S = 1.0
LIGHT_S = 3.0
AWAKE_EVERY_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the composition root gives the terminal. The callables open a part the first time it is used, on a worker lane."""

    office: Office
    settings: Settings
    now: Callable[[], datetime]
    sure: Callable[[], bool] = lambda: True
    open_speaker: Callable[[], Speaker] | None = None
    open_chime: Callable[[], Chime] | None = None
    open_handwriting: Callable[[], Handwriting] | None = None
    open_pinyin: Callable[[], Pinyin] | None = None
    open_scanner: Callable[[], Scanner | None] | None = None


class Terminal(ExceptionHandler):
    """One terminal on one window."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.office = parts.office
        self.visit = Visit(self._moved)
        self.lanes = Lanes(lambda act: Clock.schedule_once(lambda _: act(), 0))
        self.station_name = ""
        self.home_answer: tuple[HomeFacts, str] | None = None
        self.shell: Shell | None = None
        self.page: Page | None = None
        self._opened: dict[str, Any] = {}
        self._asked = 0
        settings = parts.settings
        self._idle = IdleWatch(settings.idle_s, settings.idle_warning_s, self.open_dialog, self.visit.next_person)
        self.guard = Guard(self, settings.idle_s)
        self.calls = CallWatch(self)
        self._calling = Calling(self)
        self._night = Night(self, settings.night)
        self._attract = Attract(self, settings.attract_after_s, self._night)
        self._errors: list[float] = []
        self._modes = self.visit.modes
        self._sweeper = Sweeper()
        self._told_at = self._awake_at = 0.0
        self._problem: Dialog | None = None
        self._to_preload = [name for name in pages.PAGES if pages.exists(name)]
        # words decide heights and columns follow them, level by level: all within one frame
        Clock.max_iteration = 40
        Window.bind(on_resize=self._resized)
        for event in ("on_touch_down", "on_touch_move", "on_key_down"):
            Window.fbind(event, self._touched)
        ExceptionManager.add_handler(self)

    def run(self) -> None:
        """Show home and serve until stopped."""
        self._sweeper.begin()
        self._build_shell()
        Clock.schedule_once(lambda _: tell("READY=1"), 0)
        Clock.schedule_interval(self._tick, 1)
        Clock.schedule_interval(self._preload, PRELOAD_EVERY_S)
        if probe := os.environ.get("KIOSK_PROBE"):
            from kiosk.screens.probe import serve, view

            serve(lambda: view(self), Path(probe))
        self._listen()
        # an earlier terminal may have ended in the dark
        Clock.schedule_once(lambda _: self._night.light(True), LIGHT_S)
        light_sleep.install(Window)
        runTouchApp()
        self.lanes.close()

    def _listen(self) -> None:
        """Let whatever the scanner reads come to the page that is in front, on the UI clock."""
        scanner = self.parts.open_scanner() if self.parts.open_scanner is not None else None
        if scanner is not None:
            scanner.listen(lambda text: Clock.schedule_once(lambda _: self._scanned(text), 0))

    def _scanned(self, text: str) -> None:
        self._idle.touched()
        self._attract.wake()
        page = self.front
        if self.shell is not None and self.shell.dialog is not None and self.shell.dialog.gives_way:
            self.shell.close_dialog()
        if page is not None and self.shell is not None and (page.covers or self.shell.dialog is None):
            page.on_scan(text)

    def stop(self) -> None:
        """End the loop."""
        stopTouchApp()

    def _build_shell(self) -> None:
        """Build the frame anew: at start, after 大字, after the window changed."""
        self._attract.wake()
        if self.shell is not None:
            Window.remove_widget(self.shell)
        self._modes = self.visit.modes
        theme.fit(int(Window.width), int(Window.height), *self._modes)
        Window.clearcolor = theme.ground
        self.shell = Shell(self._pressed, self.calls.answer)
        Window.add_widget(self.shell)
        if EventLoop.window is None:
            EventLoop.window = Window
        self._open_place()
        if self.guard.lock is not None:
            self.guard.cover()

    @property
    def front(self) -> Page | None:
        """Give the page that is seen: the lock's where there is one."""
        return self.guard.lock or self.page

    def _open_place(self) -> None:
        assert self.shell is not None
        self._leave()
        place = self.visit.place
        page = pages.load(place.page)(self, **place.args)
        page.entry = place
        self.page = page
        self.shell.show(page)
        finger.changed()
        for name in ("title", "can_go_back", "main_text", "main_icon", "main_enabled", "entered"):
            page.fbind(name, self._follow)
        page.shown = True
        self._asked = 0
        page.on_enter()
        self._follow()

    def _leave(self) -> None:
        if self.page is not None and self.page.shown:
            self.keep_page()
            self.page.shown = False
            self.page.on_leave()
            self.hush()

    def _drop_page(self) -> None:
        """Let a page go that may be broken, without asking how it stands; what fails as it leaves is logged."""
        page, self.page = self.page, None
        if page is None:
            return
        page.shown = False
        try:
            page.on_leave()
        except Exception as error:  # noqa: BLE001 - it goes whatever it does: asking it again would end the terminal
            self.log_error(error)
        self.hush()

    def keep_page(self) -> None:
        """Let the page write down how it stands, for 返回 and for being built anew."""
        if self.page is not None:
            self.page.entry.args |= self.page.remember()

    def _moved(self) -> None:
        """Follow the visit to its place; a page keeps what it wants to find again."""
        if self.shell is None:
            return
        self.shell.close_dialogs()
        self._idle.forget()
        self._sweeper.littered()
        if self.visit.session is None:
            self.guard.open()
        if self._modes != self.visit.modes:
            self._build_shell()
        else:
            self._open_place()

    def _follow(self, *_: Any) -> None:
        """Bring header and dock to what the page says."""
        page = self.front
        if self.shell is None or page is None:
            return
        hand_over = page.staff and not page.covers and self.visit.session is not None
        entered = (self.visit.has_entered or page.entered) and not page.covers
        self.shell.ids.dock.follow(page, len(self.visit.stack) > 1, entered, self._staffed, hand_over)
        header = self.shell.ids.header
        header.staff, header.covered = self._staffed, page.covers
        if self.visit.on_behalf and not page.covers:
            place = [t("header.behalf", name=self.visit.session.name)]
        else:
            place = [t("header.staff")] if page.staff else [t("header.county"), self.station_name]
        header.parts = [p for p in (*place, page.title) if p]
        self.calls.follow()
        self.shell.ids.body.title = page.title or self.station_name
        self._show_time()

    @property
    def _staffed(self) -> bool:
        """Whether staff stand there: on a page of theirs, or filling a visitor's page in for him."""
        return self.visit.on_behalf or (self.page is not None and self.page.staff)

    def refresh_dock(self) -> None:
        """Look again at the visit: 换人 appears once something was entered."""
        self._follow()

    @property
    def home_facts(self) -> "HomeFacts | None":
        """The facts that home showed last, for pages that need the station's name or phone at once."""
        return self.home_answer[0] if self.home_answer else None

    def now(self) -> datetime:
        """Give the present instant, UTC."""
        return self.parts.now()

    def today(self) -> date:
        """Give the present day in China."""
        return self.local(self.now()).date()

    def day_to_say(self) -> date:
        """Give the day from which 今天 and 明天 are said; one so long ago that every day is said by its date where nobody knows today."""
        return self.today() if self.parts.sure() else date.min

    @staticmethod
    def local(instant: datetime) -> datetime:
        """Turn an instant into China's wall clock."""
        return instant.astimezone(CHINA)

    def name_station(self, name: str) -> None:
        """Put the station's name into the header."""
        if name != self.station_name:
            self.station_name = name
            self._follow()

    def _show_time(self) -> None:
        now = self.local(self.now())
        clock = f"{now:%H:%M}"
        day = t("header.day", month=now.month, day=now.day, weekday=t(f"weekday.{now.isoweekday()}"))
        assert self.shell is not None
        session = None if self.visit.on_behalf else self.visit.session
        who = t("header.who", name=session.name, role=t(f"role.{session.role}")) if session else ""
        # a visitor need not know that the clock is lost, and must not be told a false time
        told = ("" if theme.upright or theme.large else day, clock) if self.parts.sure() else ()
        self.shell.ids.header.side = "   ".join(p for p in (who, *told) if p)

    def _pressed(self, button: str) -> None:
        """Answer the dock."""
        page = self.front
        assert page is not None
        if button == "back":
            if page.on_back():
                return
            if len(self.visit.stack) > 2:
                self.visit.back()
            else:
                self._go_home(page)
        elif button == "home":
            self._go_home(page)
        elif button == "large":
            self.visit.large = not self.visit.large
            self._moved()
        elif button == "easier":
            self.open_dialog(easier(self.visit, self._moved))
        elif button == "pull" and self.shell is not None:
            self.shell.pull()
        elif button == "say":
            self.say(page.spoken())
        elif button == "change" and page.staff and self.visit.session is not None:
            self.guard.hand_over()
        elif button == "change":
            self.visit.end()
        elif button == "main":
            page.on_main()
        elif button == "call":
            self.call()

    def _go_home(self, page: Page) -> None:
        """Go home; who would lose something by that is asked first, for the finger may have slipped."""
        visit = self.visit
        if visit.on_behalf:
            visit.end()
        elif visit.session is not None or page.ended or not (visit.has_entered or page.entered):
            visit.home()
        else:
            kind = "filled" if visit.is_filling_in or page.entered else "known"
            choices: list[Choice] = [
                (t("go_home.go"), "second", visit.home),
                (t(f"go_home.stay_{kind}"), "station", lambda: None),
            ]
            self.open_dialog(Dialog(title=t("go_home.title"), text=t(f"go_home.{kind}"), icon="home", choices=choices))

    @property
    def helper(self) -> Callable[[], None] | None:
        """Give what calls somebody to fill in for the visitor; nothing where that is what staff are doing."""
        return None if self.visit.on_behalf else self.call

    def call(self) -> None:
        """Call staff, as the dock's button does; where staff stand, sign them out."""
        assert self.page is not None
        if self.guard.lock is not None:
            self._calling.begin(t("lock.title"), told=False)
            self.guard.lock.called()
            return
        if self._staffed:
            self.visit.next_person()
            return
        self._calling.begin(self.page.title or t("header.home"))

    def open_dialog(self, dialog: Dialog) -> None:
        """Lay a dialog over the page."""
        assert self.shell is not None
        dialog.say = self.say
        self.shell.open_dialog(dialog)
        finger.changed()

    def show_problem(self, error: Exception) -> None:
        """Say calmly what went wrong."""
        self.log_error(error)
        if self._problem is None or self.shell is None or self.shell.dialog is not self._problem:
            self._problem = Dialog(title=t("problem.title"), icon="information", choices=[(t("problem.ok"), "station", lambda: None)])
            self.open_dialog(self._problem)
        # a page that asks again and again fails again and again: one dialog says so
        self._problem.text = sentence(error, staff=self._staffed)

    def ask_for(
        self, page: Page, function: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Exception], None] | None, lane: str
    ) -> None:
        """Serve `Page.ask`."""
        self._asked += 1
        waiting = Clock.schedule_once(lambda _: self._show_waiting(page), WAITING_AFTER_S)

        def settle(act: Callable[[], None]) -> None:
            waiting.cancel()
            if not page.shown or page not in (self.page, self.guard.lock):
                return
            self._asked -= 1
            if self._asked <= 0 and self.shell is not None:
                self.shell.show_waiting(False)
            act()
            self._follow()
            if self.shell is not None:
                self.shell.settle()

        self.lanes.ask(function, lambda r: settle(lambda: then(r)), lambda e: settle(lambda: (failed or page.show_problem)(e)), lane)

    def _show_waiting(self, page: Page) -> None:
        if page.shown and self.front is page and self.shell is not None:
            self.shell.show_waiting(True)

    def handwriting(self) -> Handwriting:
        """Open the recogniser once; call it inside `ask(..., lane="hand")`."""
        return self._open("handwriting", self.parts.open_handwriting)

    def pinyin(self) -> Pinyin:
        """Open the pinyin engine once; call it inside `ask(..., lane="hand")`."""
        return self._open("pinyin", self.parts.open_pinyin)

    @property
    def open_pinyin(self) -> Pinyin | None:
        """Give the pinyin engine if it is open."""
        return self._opened.get("pinyin")

    def _open(self, name: str, opener: Callable[[], Any] | None) -> Any:
        if name not in self._opened:
            if opener is None:
                raise LookupError(name)
            self._opened[name] = opener()
        return self._opened[name]

    def say(self, text: str) -> None:
        """Read aloud, when there is a voice."""
        if self.parts.open_speaker is not None:
            self.lanes.ask(lambda: self._open("speaker", self.parts.open_speaker).say(text), lambda _: None, self.log_error, "voice")

    def ring(self) -> None:
        """Let the hall hear that somebody calls, where there is a loudspeaker."""
        if self.parts.open_chime is not None:
            self.lanes.ask(lambda: self._open("chime", self.parts.open_chime).ring(), lambda _: None, self.log_error, "chime")

    def hush(self) -> None:
        """Stop reading."""
        if "speaker" in self._opened:
            self.lanes.ask(self._opened["speaker"].hush, lambda _: None, self.log_error, "voice")

    def _resized(self, *_: Any) -> None:
        if self.shell is not None and (theme.width, theme.height) != (int(Window.width), int(Window.height)):
            self._build_shell()

    def _touched(self, *_: Any) -> bool:
        """Note a touch, also for the agent, which then holds its sync back (kiosk.agent.loop); True keeps it from the page."""
        self._idle.touched()
        self._sweeper.littered()
        if self.shell is not None:
            self.shell.touched()
        if time.monotonic() - self._told_at > TELL_EVERY_S:
            self._told_at = time.monotonic()
            with suppress(OSError):  # the folder is the agent's, who makes it
                (self.parts.settings.state_dir / "run" / "touched").touch()
        return self._attract.feels()

    def _tick(self, _: float) -> None:
        tell("WATCHDOG=1")
        if time.monotonic() - self._awake_at > AWAKE_EVERY_S:
            self._awake_at = time.monotonic()
            with suppress(OSError):  # the agent counts for how long the terminal ran (kiosk.agent.day_keeper)
                (self.parts.settings.state_dir / "run" / "awake").touch()
        self._show_time()
        self.calls.tick()
        self._sweeper.tick(self._idle.quiet_s())
        if self.visit.session is not None:
            self.guard.watch(self._idle.quiet_s())
        elif not self.visit.at_rest or (self.shell is not None and self.shell.dialog is not None):
            self._idle.look()
        self._attract.watch(self._idle.quiet_s())

    def _preload(self, _: float) -> bool:
        """Load one page after the other while nobody touches; False ends it."""
        if self._to_preload and self._idle.quiet_s() > PRELOAD_EVERY_S:
            name = self._to_preload.pop(0)
            try:
                pages.load(name)
            except Exception as error:  # noqa: BLE001 - a broken page must not take home away; opening it will tell again
                self.log_error(error)
        if self._to_preload or not self.visit.at_rest or self._idle.quiet_s() < FREEZE_S:
            # what is frozen is never collected: no page that a visitor has open, or has just left
            return True
        self._sweeper.spare_what_stands()
        return False

    def handle_exception(self, error: BaseException) -> int:
        """Bring a failed page home instead of ending; five within ten seconds end the process, so that it is started anew."""
        if not isinstance(error, Exception):
            return int(ExceptionManager.RAISE)
        self.log_error(error)
        now = time.monotonic()
        self._errors = [at for at in self._errors if now - at < 10] + [now]
        if len(self._errors) >= ERRORS_IN_A_ROW:
            return int(ExceptionManager.RAISE)
        self._drop_page()
        self.visit.next_person()
        return int(ExceptionManager.PASS)

    @staticmethod
    def log_error(error: Exception) -> None:
        """Log where it happened, and nothing of what it carried: messages may hold what a person entered."""
        frames = traceback.extract_tb(error.__traceback__)
        log.error(
            "%s at %s",
            type(error).__name__,
            " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames[-6:])),
        )
