"""The frame that never moves: header, body, dock; between header and body a visitor's call, for staff to answer.

Shows the page it is given and passes presses on; decides nothing.
"""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.stencilview import StencilView

from kiosk.screens import finger
from kiosk.screens.page import Page
from kiosk.screens.theme import TARGET, theme
from kiosk.screens.widgets.buttons import DockButton, Press
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.tint import tint
from kiosk.screens.widgets.words import measure
from kiosk.screens.widgets.writing_box import WritingBox
from kiosk.text import t

PADDING, TIGHT = 33, 16
"""Left and right of a word in a lying dock: what looks well, and what is taken where many words stand there."""


class Header(BoxLayout):
    """Who we are, where one is, the day and the time; lying, the way to 怎么看着方便, too. `staff` gives it the ink ground."""

    press: Any = ObjectProperty(lambda _: None)
    covered = BooleanProperty(False)
    ink = tint("header_ink")
    fill = tint("header")
    parts = ListProperty([])
    side = StringProperty("")
    staff = BooleanProperty(False)

    def on_kv_post(self, _: Any) -> None:
        """Upright, the dock has the way to 怎么看着方便: the header is out of reach."""
        # kept: the rule goes on asking how wide it is, and ids are weak
        self._easier = self.ids.easier.__self__
        if theme.upright:
            self.remove_widget(self._easier)

    @staticmethod
    def fitting(parts: list[str], room: float) -> str:
        """Join the parts; where they do not all fit the first go, since the last says where one is."""
        lines = [" ・ ".join(parts[n:]) for n in range(len(parts))] or [""]
        return next((line for line in lines if measure(line, theme.fs(36), bold=True) <= room), lines[-1])


class CallBar(BoxLayout):
    """A visitor calls: the button says that one comes. No gap while nobody does."""

    text = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.answer: Callable[[], None] = lambda: None


class PagePlace(FloatLayout, StencilView):
    """Where the page stands, between header and dock. Lowered (按钮放低) the page is `slid` down until its top is within reach, with
    `title` in the place above; its end is then behind the dock until it is pushed up again.
    """

    title = StringProperty("")
    slid = NumericProperty(0)
    page: Any = None

    def put(self, page: Any) -> None:
        """Show this page and nothing else."""
        self.take_away()
        self.page = page
        self.add_widget(page)
        self.slide(False)

    def take_away(self) -> None:
        """Show no page."""
        if self.page is not None:
            self.remove_widget(self.page)
            self.page = None

    def slide(self, down: bool) -> None:
        """Let the page down, or push it up."""
        self.slid = max(0.0, self.top - theme.reach) if down else 0.0
        if self.page is not None:
            self.page.pos_hint = {"x": 0, "y": -self.slid / max(self.height, 1)}

    @property
    def out_of_reach(self) -> bool:
        """Whether something to be touched begins too high; what shows a part as large as a finger within reach does not."""
        if self.page is None:
            return False
        targets = [w for w in self.page.walk(restrict=True) if isinstance(w, (Press, WritingBox)) and not w.disabled and w.height]
        lowest = theme.reach - theme.px(TARGET)
        return any(w.to_window(*w.pos)[1] + self.slid > lowest for w in targets)

    def on_touch_down(self, touch: Any) -> bool:
        """Feel only what is seen: the rest is behind header and dock."""
        return self.collide_point(*touch.pos) and bool(super().on_touch_down(touch))


class Dock(BoxLayout):
    """The buttons that are on every page at the same place. What does not apply is pale, not gone.

    换人 comes in as soon as a visitor has entered something; the page's main action stands left of 叫工作人员, on an upright screen
    in a row of its own above the others, within reach of a seated person. Upright, 怎么看着方便 is reached from here (lying, from the
    header), and lowered the page is pulled down and pushed up from here.
    """

    fill = tint("card")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.press: Callable[[str], None] = lambda _: None
        stacked = theme.upright or theme.large
        self._stacked = stacked
        self._upper, self._lower = Factory.DockRow(), Factory.DockRow()
        self._upper.height = theme.px(112)
        self._lower.height = theme.px(128 if stacked else 96)
        self.back = self._button("back", "arrow-left")
        self.home = self._button("home", "home")
        self.large = self._button("small" if theme.large else "large", "format-size", "large")
        self.easier = self._button("easier", "tune-variant")
        self.say = self._button("say", "volume-high")
        self.change = self._button("change", "account-switch")
        self.main = self._button("", "", "main", "main")
        self.call = self._button("call", "account-voice", kind="station")
        self.pull = self._button("pull", "arrow-collapse-down", kind="second")
        self.pull.stacked = False
        self._gap = BoxLayout()
        for row in (self._upper, self._lower):
            row.fbind("width", self._spread)
        self._shape: tuple[bool, bool] | None = None
        self._arrange(False, False)

    def on_touch_down(self, touch: Any) -> bool:
        """Keep what falls between the buttons: a lowered page goes on behind them."""
        return bool(super().on_touch_down(touch)) or self.collide_point(*touch.pos)

    def _button(self, key: str, icon: str, name: str = "", kind: str = "plain") -> DockButton:
        button = DockButton(text=t(f"dock.{key}") if key else "", icon=icon, kind=kind, stacked=self._stacked and kind != "main")
        button.bold = kind == "main"
        button.bind(on_release=lambda _: self.press(name or key))
        button.size_hint_x = None
        button.fbind("natural", self._spread)
        return button

    def _arrange(self, entered: bool, main: bool) -> None:
        if (entered, main) == self._shape:
            return
        self._shape = (entered, main)
        for row in (self, self._upper, self._lower):
            row.clear_widgets()
        easier = [self.easier] if theme.upright else []
        lower = [self.back, self.home, self.large, *easier, self.say, *([self.change] if entered else [])]
        if theme.upright and (main or theme.low):
            for widget in [*([self.main] if main else []), *([self.pull] if theme.low else [])]:
                self._upper.add_widget(widget)
            self.add_widget(self._upper)
        elif not theme.upright:
            lower += [self._gap, *([self.main] if main else [])]
        for widget in [*lower, self.call]:
            self._lower.add_widget(widget)
        self.add_widget(self._lower)
        self._spread()

    def _spread(self, *_: Any) -> None:
        """Give each button what its word needs.

        Upright they share what is left; lying they move closer where many stand, and only then the main action's word breaks.
        """
        row = self._lower
        if theme.upright:
            if theme.low and self.main in self._upper.children:
                self.pull.width = self.pull.natural
                self.main.width = self._upper.width - self.pull.width - self._upper.spacing
            else:
                self.main.width = self.pull.width = self._upper.width
            left = row.width - sum(b.natural for b in row.children) - row.spacing * (len(row.children) - 1)
            for button in row.children:
                button.width = button.natural + left / len(row.children)
            return
        buttons = [b for b in row.children if b is not self._gap]
        if not buttons:
            return
        words = sum(b.natural - 2 * b.padding[0] for b in buttons) + row.spacing * len(buttons)
        # whole pixels: a word that is a hair too wide for its place breaks
        room = int(min(theme.px(PADDING), max(theme.px(TIGHT), (row.width - words) / (2 * len(buttons)))))
        for button in buttons:
            button.padding = (room, 0)
            button.width = button.natural
        over = words + 2 * room * len(buttons) - row.width
        if over > 0 and self.main in buttons:
            self.main.width -= over

    def follow(self, page: Page, can_go_back: bool, entered: bool, staffed: bool, hand_over: bool) -> None:
        """Take over what the page says; where staff stand the last button signs them out, and 交班 may stand for 换人."""
        self._arrange(entered or hand_over, bool(page.main_text))
        self.back.disabled = not (can_go_back and page.can_go_back)
        self.main.text, self.main.icon, self.main.disabled = page.main_text, page.main_icon, not page.main_enabled
        self.home.disabled = self.large.disabled = self.easier.disabled = page.covers
        self.call.text = t("dock.leave_staff" if staffed and not page.covers else "dock.call")
        self.change.text = t("hand_over.button" if hand_over else "dock.change")


class Shell(FloatLayout):
    """Header, body and dock, with room for one dialog and one small sign over them."""

    def __init__(self, press: Callable[[str], None], answer: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids.dock.press = self.ids.header.press = press
        self.ids.calls.answer = answer
        self.page: Page | None = None
        self.dialog: Dialog | None = None
        self._cover: Page | None = None
        self._waiting: Any = None
        self._frame = self.ids.frame.__self__
        self._resting: Any = None
        self._may_slide = False

    def show(self, page: Page) -> None:
        """Swap the page."""
        self.page = page
        self._fill()

    def cover(self, page: Page | None) -> None:
        """Show a page instead of all that stands here, dialogs included; None brings it back as it was."""
        for dialog in self._dialogs():
            self.remove_widget(dialog)
        self._cover = page
        self._fill()
        if page is None:
            for dialog in reversed(self._dialogs()):
                self.add_widget(dialog)

    def rest(self, show: Any) -> None:
        """Show this alone, over all of the screen, while nobody is there; None brings the frame back as it was."""
        if self._resting is not None:
            self.remove_widget(self._resting)
            self.add_widget(self._frame, index=len(self.children))
        self._resting = show
        if show is not None:
            self.remove_widget(self._frame)
            self.add_widget(show)

    def _fill(self) -> None:
        body = self.ids.body
        self.show_waiting(False)
        body.take_away()
        if page := self._cover or self.page:
            body.put(page)
        self._may_slide = theme.low
        self.settle()

    def settle(self) -> None:
        """Let a page down where something on it is out of reach, as long as nobody has moved it himself or touched it."""
        if self._may_slide:
            # a frame later: only then does everything stand where it will
            Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: self._slide_by_itself(), 0), 0)

    def _slide_by_itself(self) -> None:
        body = self.ids.body
        if self._may_slide and not body.slid and body.out_of_reach:
            self._slide(True)

    def touched(self) -> None:
        """Let the page stand where it is from now on."""
        self._may_slide = False

    def pull(self) -> None:
        """Pull the page down, or push it up."""
        self._may_slide = False
        self._slide(not self.ids.body.slid)

    def _slide(self, down: bool) -> None:
        self.ids.body.slide(down)
        dock = self.ids.dock
        dock.pull.text = t("dock.push" if down else "dock.pull")
        dock.pull.icon = "arrow-collapse-up" if down else "arrow-collapse-down"

    def _dialogs(self) -> list[Dialog]:
        """Give what lies over the page, the uppermost first."""
        found, dialog = [], self.dialog
        while dialog is not None:
            found.append(dialog)
            dialog = dialog.under
        return found

    def open_dialog(self, dialog: Dialog) -> None:
        """Lay a dialog over everything, another dialog included, which is there again when this one closes."""
        dialog.under, self.dialog = self.dialog, dialog
        dialog.on_close = lambda: self.close_dialog(dialog)
        if dialog.under is not None:
            # two cards of different heights one over the other look broken
            dialog.under.opacity = 0
        if self._cover is None:
            self.add_widget(dialog)

    def close_dialog(self, dialog: Dialog | None = None) -> None:
        """Take a dialog away, the uppermost one unless it is named; what lies over it stays."""
        standing = self._dialogs()
        dialog = dialog or self.dialog
        if dialog is None or dialog not in standing:
            return
        self.remove_widget(dialog)
        if dialog is self.dialog:
            self.dialog = dialog.under
            if self.dialog is not None:
                self.dialog.opacity = 1
        else:
            standing[standing.index(dialog) - 1].under = dialog.under
        # whoever keeps the dialog must not keep this whole shell with it
        dialog.under, dialog.on_close = None, lambda: None
        finger.changed()

    def close_dialogs(self) -> None:
        """Take all away: the page goes."""
        while self.dialog is not None:
            self.close_dialog()

    def show_waiting(self, waiting: bool) -> None:
        """Show or hide 请稍等."""
        if waiting and self._waiting is None:
            self._waiting = Factory.Waiting()
            self.ids.body.add_widget(self._waiting)
        elif not waiting and self._waiting is not None:
            self.ids.body.remove_widget(self._waiting)
            self._waiting = None
