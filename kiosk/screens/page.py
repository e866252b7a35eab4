"""What every page is. A page draws and returns what the person chose: it calls `self.visit.go(...)`, never another page.

It knows the terminal only through `ask`, `visit`, `office`, `say` and `open_dialog`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ports import Pinyin, Stroke
from kiosk.domain.surnames import surnames_first
from kiosk.errors import StoreError, WrongKey
from kiosk.screens.problems import fault_key
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.visit import Place
from kiosk.screens.widgets.labels import Stopped
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.screens.terminal import Terminal
    from kiosk.services.browse import HomeFacts

T = TypeVar("T")


class Page(BoxLayout):
    """One page in the body between header and dock, with the margins of the grid. Arguments of `visit.go` become its properties.

    `title` follows the station's name in the header. `main_text` puts the page's one orange action at its fixed place in the dock;
    pressing it calls `on_main`. `staff` pages have the ink header and 退出工作人员 instead of 叫工作人员. `entered` says that something
    stands on the page that is kept nowhere else: 首页 asks first. `ended` says that what one came for is done and kept: it does not.
    """

    title = StringProperty("")
    can_go_back = BooleanProperty(True)
    main_text = StringProperty("")
    main_icon = StringProperty("")
    main_enabled = BooleanProperty(True)
    entered = BooleanProperty(False)
    ended = False
    staff = False
    takes_slips = True
    covers = False
    """Whether it lies over another page that must not be seen: nothing leads away from it but what it does itself."""

    def __init__(self, terminal: "Terminal", **args: Any) -> None:
        self.terminal = terminal
        self.visit = terminal.visit
        self.entry: Place = self.visit.place
        self.shown = False
        self._stopped: list[Any] = []
        super().__init__(orientation="vertical", pos_hint={"x": 0, "y": 0}, padding=[theme.px(n) for n in (MARGIN, 33, MARGIN, 36)], **args)

    def on_enter(self) -> None:
        """Begin: the page is on the screen. Ask for facts here."""

    def on_leave(self) -> None:
        """End: the page goes. Stop timers here."""

    def on_main(self) -> None:
        """Do what the main action says."""

    def on_scan(self, text: str) -> None:
        """Take what the scanner read: a visitor's slip leads on from every page but those where something is being entered."""
        if self.takes_slips and not self.staff:
            from kiosk.screens.visitor.scanning import follow_scan

            follow_scan(self, text)

    def on_back(self) -> bool:
        """Handle 返回 inside the page: True when there was something to go back from within it."""
        return False

    def spoken(self) -> str:
        """Say what 读给我听 reads: sentences as one speaks."""
        return self.title

    def remember(self) -> dict[str, Any]:
        """Give arguments with which this page opens again as it stands now: used by 返回 and when 大字 builds it anew."""
        return {}

    def ask(
        self,
        function: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        lane: str = "office",
    ) -> None:
        """Run a slow call off the UI thread. Answers that come after the page went are dropped. Unhandled failures become a calm sentence.

        After 300 ms without an answer 请稍等 appears. Lanes: office, hand (handwriting), any name of your own.
        """
        self.terminal.ask_for(self, function, then, failed, lane)

    def read_hand(self, strokes: list[Stroke], then: Callable[[list[str]], None], *, free: bool = False) -> None:
        """Read what was written by finger, best reading first; `free` for any words, else a name."""
        self.ask(lambda: [c.text for c in self.terminal.handwriting().read(strokes, free=free)], then, lane="hand")

    def spell(self, letters: str, then: Callable[[list[str]], None]) -> None:
        """Give the words that these pinyin letters may be, best first."""
        self._spell_by(lambda engine: engine.candidates(letters), then)

    def spell_strokes(self, strokes: str, then: Callable[[list[str]], None]) -> None:
        """Give the characters that begin with these of the strokes 一丨丿丶乛."""
        self._spell_by(lambda engine: engine.by_strokes(strokes), then)

    def _spell_by(self, words: Callable[[Pinyin], list[str]], then: Callable[[list[str]], None]) -> None:
        """Ask the engine: once it is open at once, since it answers within a millisecond and the next frame shall show it."""
        engine = self.terminal.open_pinyin
        if engine is None:
            self.ask(lambda: words(self.terminal.pinyin()), then, lane="hand")
        else:
            then(words(engine))

    def spell_name(self, letters: str, then: Callable[[list[str]], None]) -> None:
        """The same where a person's name begins: surnames first."""
        self.spell(letters, lambda words: then(surnames_first(words)))

    def ask_store(self, then: "Callable[[HomeFacts], None]") -> None:
        """Make sure that the station's store answers before anything is entered; where it does not, the page stops here."""
        self.ask(self.terminal.office.home, then, lambda error: (self.halt if isinstance(error, StoreError) else self.show_problem)(error))

    def halt(self, error: Exception) -> None:
        """Say to staff, in the place of everything, why nothing can be done here."""
        self.terminal.log_error(error)
        if not self._stopped:
            # kept: who still asks for a part of the page must find it
            self._stopped = self.children[:]
            self.clear_widgets()
            self.main_text = ""
            self.add_widget(Stopped(text=t(fault_key(error))))

    def show_problem(self, error: Exception) -> None:
        """Say calmly what went wrong, in the words of the error when it has some; without a store there is no page."""
        if isinstance(error, WrongKey):
            self.halt(error)
        else:
            self.terminal.show_problem(error)
