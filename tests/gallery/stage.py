"""A real terminal in this process, driven frame by frame: it goes where a state wants it, and is looked at. Nothing is touched.

Slow calls run at once and answer in the next frame; nothing is drawn but for a picture, so that a state takes about a tenth of a second.
"""

import gc
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glPixelStorei, glReadPixels
from kivy.lang import Builder
from PIL import Image

from kiosk import bootstrap
from kiosk.config import Settings
from kiosk.domain.station import Role, Staff
from kiosk.errors import StoreError
from kiosk.screens import pages
from kiosk.screens.office import StationOffice
from kiosk.screens.probe import view
from kiosk.screens.terminal import Parts, Terminal
from kiosk.screens.visit import Place, Visit
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.words import Word, Words
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.key import read_key
from kiosk.store.store import open_store
from kiosk.text import t

GL_PACK_ALIGNMENT = 0x0D05
FRAMES, MOST_FRAMES = 5, 60
CLEAR_EVERY = 8
"""Pages that are gone hold themselves together: forty of them are 200 MB."""


class AtOnce:
    """Lanes without threads."""

    def __init__(self) -> None:
        self.waiting = 0
        self.still = False

    def ask(
        self, function: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Exception], None], lane: str = "office"
    ) -> None:
        """Run it now and answer in the next frame; `still`: never."""
        del lane
        if self.still:
            return
        self.waiting += 1
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - every failure must reach the page
            caught = error
            Clock.schedule_once(lambda _: self._tell(lambda: failed(caught)), 0)
        else:
            Clock.schedule_once(lambda _: self._tell(lambda: then(result)), 0)

    def _tell(self, act: Callable[[], None]) -> None:
        self.waiting -= 1
        act()

    def close(self) -> None:
        """Nothing runs."""


class NoStore(StationOffice):
    """A station whose store does not open."""

    def __init__(self) -> None:
        super().__init__(self._fail)

    @staticmethod
    def _fail() -> Here:
        raise StoreError("gallery")


class Stage:
    """One terminal on one window. `full` and `empty` are the folders of two stations, of which it works on copies in `work`."""

    def __init__(self, full: Path, empty: Path, work: Path, now: datetime) -> None:
        self._sources, self._work, self._now = {"full": full, "empty": empty}, work, now
        self._copies = self._resets = 0
        self.clock = lambda: self._now
        self._offices: dict[str, StationOffice] = {}
        self.renew()
        settings = Settings(
            state=str(work),
            speaker="silent",
            scanner="simulator:",
            desk="0.0.0.0:8443",
            wifi_name="云梦零工驿站-义堂",
            wifi_password="07124220923",
        )
        parts = Parts(office=self._offices["full"], settings=settings, now=self.clock)
        self.terminal = Terminal(parts)
        self.lanes = AtOnce()
        self.terminal.lanes = self.lanes  # type: ignore[assignment]
        self.said: list[str] = []
        self.terminal.say = lambda text: self.said.append(text)  # type: ignore[method-assign]
        self.terminal._listen = lambda: None  # type: ignore[method-assign]
        runTouchApp(embedded=True)
        for name in pages.PAGES:
            if pages.exists(name):
                pages.load(name)
        # looking through all that was loaded again and again took half of the time
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 1_000_000)
        self.terminal._build_shell()
        self.pump()

    def renew(self) -> None:
        """Begin with both stations as they were."""
        self._copies += 1
        for name, source in self._sources.items():
            state = shutil.copytree(source, self._work / f"{name}-{self._copies}")
            settings = Settings(state=str(state))
            store = open_store(settings.store_path, read_key(settings.key_path), clock=self.clock)
            here = replace(bootstrap.open_here(settings), store=store, clock=self.clock)
            self._offices[name] = StationOffice(lambda here=here: here)  # type: ignore[misc]
        self._offices["none"] = NoStore()
        self._session: Session | None = None

    @property
    def here(self) -> Here:
        """Give the full station."""
        return self._offices["full"].here

    @property
    def page(self) -> Any:
        """Give the page that is in front."""
        return self.terminal.front

    @property
    def visit(self) -> Visit:
        """Give the visit."""
        return self.terminal.visit

    def session(self, name: str = "") -> Session:
        """Give the session of the head, or of a member of staff by name."""
        with self.here.store.read() as u:
            staff = [s for s in u.list(Staff) if (s.name == name if name else s.role is Role.HEAD)]
        return Session(staff[0].id, staff[0].name, staff[0].role)

    def pump(self, frames: int = FRAMES) -> None:
        """Let frames pass, until nothing is under way."""
        for n in range(MOST_FRAMES):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()
            if n >= frames and not self.lanes.waiting:
                return

    def reset(self, station: str = "full", *, large: bool = False, contrast: bool = False, low: bool = False) -> None:
        """Be as nobody has been there yet."""
        terminal, visit = self.terminal, self.terminal.visit
        self._resets += 1
        if self._resets % CLEAR_EVERY == 0:
            gc.collect()
        self.lanes.still = False
        if terminal.shell is not None:
            terminal.shell.close_dialogs()
        terminal.guard.open()
        terminal._drop_page()
        terminal.office = self._offices[station]
        terminal.home_answer = None
        terminal.station_name = ""
        visit._clear()
        visit.large, visit.contrast, visit.low = large, contrast, low
        if station != "none":
            terminal.home_answer = (terminal.office.home(), terminal.office.mini_program())
            terminal.station_name = terminal.home_answer[0].station.name

    def open(self, *places: Place) -> None:
        """Go to a page as one that comes by these places."""
        self.visit.stack = [Place("home"), *places] if places[0].page != "home" else list(places)
        self.terminal._moved()
        self.pump()

    def press(self, *words: str) -> None:
        """Press what says these words, one after the other."""
        for word in words:
            self.button(word).dispatch("on_release")
            self.pump(3)

    def button(self, words: str) -> Any:
        """Find the button that says exactly these words, the uppermost first; else one that holds them."""
        shell = self.terminal.shell
        assert shell is not None
        buttons = [w for w in shell.walk(restrict=True) if isinstance(w, Press) and w.opacity and w.width > 1]
        said = [(b, [w.text for w in b.walk(restrict=True) if isinstance(w, (Words, Word)) and w.text]) for b in buttons]
        found = [b for b, texts in said if words in texts] or [b for b, texts in said if any(words in text for text in texts)]
        if not found:
            raise LookupError(f"no button says {words!r}: {[texts for _, texts in said]}")
        if shell.dialog is not None and any(b in list(shell.dialog.walk(restrict=True)) for b in found):
            found = [b for b in found if b in list(shell.dialog.walk(restrict=True))]
        return found[0]

    def key_in(self, digits: str) -> None:
        """Key digits in on the page's pad."""
        self.press(*digits)

    def busy(self) -> None:
        """Let 请稍等 stand there."""
        assert self.terminal.shell is not None
        self.terminal.shell.show_waiting(True)

    def spoken(self) -> str:
        """Give what 读给我听 reads: of the page, and of the dialog over it."""
        shell = self.terminal.shell
        dialog = shell.dialog.spoken() if shell is not None and shell.dialog is not None else ""
        return str(self.page.spoken()) + dialog

    def later(self, **by: float) -> None:
        """Let time pass."""
        self._now += timedelta(**by)

    def view(self) -> dict[str, Any]:
        """See what the probe sees."""
        return view(self.terminal)

    def picture(self, path: Path) -> None:
        """Draw, and keep it."""
        EventLoop.window.dispatch("on_draw")
        glPixelStorei(GL_PACK_ALIGNMENT, 1)
        width, height = int(Window.width), int(Window.height)
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        image = Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, compress_level=1)

    def show_dialog(self, title: str, text: str) -> None:
        """Lay a dialog over the page."""
        from kiosk.screens.widgets.dialog import Dialog

        self.terminal.open_dialog(Dialog(title=title, text=text, icon="information", choices=[(t("problem.ok"), "station", lambda: None)]))
