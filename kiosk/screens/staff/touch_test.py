"""画一画: the whole screen is a sheet to paint over with a finger; what stays white is where the touch is lost.

It needs no button, which a lost touch might lie under: when no finger has drawn for a while the result stands on the page.
"""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.properties import ListProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.domain.touch_sheet import TouchSheet
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.words import Words
from kiosk.text import t

CELL_PX = 96
PAINT = 0.4
STILL_S = 6.0
"""So long nobody draws before the sheet is taken away; the first stroke may take longer."""
FIRST_S = 20.0


class Sheet(FloatLayout):
    """What lies over everything while one paints; `sheet` knows what is painted."""

    def __init__(self, sheet: TouchSheet, done: Any) -> None:
        super().__init__(size_hint=(1, 1), pos=(0, 0))
        self.sheet, self._done = sheet, done
        self._last: tuple[float, float] | None = None
        with self.canvas.before:
            Color(rgba=theme.ground)
            self._whole = Rectangle()
            # what is written stays readable on it
            Color(rgba=(*theme.green[:3], PAINT))
        said = Words(
            text=t("touch_test.how"),
            size_px=40,
            bold=True,
            halign="center",
            size_hint=(0.8, None),
            pos_hint={"center_x": 0.5, "center_y": 0.5},
        )
        said.color = theme.ink
        self.add_widget(said)
        self.bind(pos=self._fit, size=self._fit)
        self._timer = Clock.schedule_once(self._end, FIRST_S)

    def _fit(self, *_: Any) -> None:
        self._whole.pos, self._whole.size = self.pos, self.size

    def on_touch_down(self, touch: Any) -> bool:
        """Begin a stroke."""
        self._last = None
        self._paint(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Go on with it."""
        self._paint(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """End it."""
        self._paint(touch)
        return True

    def _paint(self, touch: Any) -> None:
        here = (touch.x / max(1.0, self.width), 1 - touch.y / max(1.0, self.height))
        for column, row in self.sheet.paint(self._last or here, here):
            wide, high = self.width / self.sheet.columns, self.height / self.sheet.rows
            with self.canvas.before:
                Rectangle(pos=(column * wide, self.height - (row + 1) * high), size=(wide, high))
        self._last = here
        self._timer.cancel()
        self._timer = Clock.schedule_once(self._end, 0.5 if not self.sheet.missing() else STILL_S)

    def _end(self, _: float) -> None:
        self._done()

    def stop(self) -> None:
        """Wait no more."""
        self._timer.cancel()


class Map(Widget):
    """The sheet in small: painted green, what is missing orange."""

    def show(self, sheet: TouchSheet | None) -> None:
        """Draw it."""
        self.canvas.clear()
        if sheet is None:
            return
        wide, high = self.width / sheet.columns, self.height / sheet.rows
        missing = set(sheet.missing())
        with self.canvas:
            for row in range(sheet.rows):
                for column in range(sheet.columns):
                    Color(rgba=theme.orange if (column, row) in missing else theme.green)
                    Rectangle(pos=(self.x + column * wide + 1, self.top - (row + 1) * high + 1), size=(wide - 2, high - 2))


class TouchTestScreen(StaffPage):
    """`missing` are the cells that stayed white, as column and row; `painted` says that one has painted already."""

    head = StringProperty("")
    text = StringProperty("")
    painted = ListProperty([])

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("touch_test.title"), **args)
        self.main_text, self.main_icon = t("touch_test.again"), "draw"
        self.ids.halves.orientation = "vertical" if theme.upright else "horizontal"
        self._sheet: Sheet | None = None
        self.ids.map.bind(size=lambda *_: self._draw(), pos=lambda *_: self._draw())

    def _new(self) -> TouchSheet:
        columns, rows = (round(size / theme.px(CELL_PX)) for size in (theme.width, theme.height))
        return TouchSheet(columns, rows, [(c, r) for c, r in self.painted])

    def begin(self) -> None:
        """Lay the sheet out, or show what was painted before."""
        if self.painted:
            self._show()
        else:
            self.on_main()

    def on_main(self) -> None:
        """Paint anew."""
        self._lift()
        self.painted = []
        self._sheet = Sheet(self._new(), self._end)
        self.get_root_window().add_widget(self._sheet)

    def _end(self) -> None:
        sheet = self._sheet
        self._lift()
        if sheet is not None:
            self.painted = sheet.sheet.painted() or [(-1, -1)]
            self._show()

    def _lift(self) -> None:
        if self._sheet is not None:
            self._sheet.stop()
            self._sheet.parent.remove_widget(self._sheet)
            self._sheet = None

    def on_leave(self) -> None:
        """Take the sheet away: the visit may be over in the middle of it."""
        self._lift()
        super().on_leave()

    def _show(self) -> None:
        lost = self._new().lost()
        self.head = t("touch_test.all_good") if not lost else t("touch_test.some_bad")
        self.text = (
            t("touch_test.all_good_more") if not lost else t("touch_test.where", where="、".join(t(f"touch_test.{part}") for part in lost))
        )
        self._draw()

    def _draw(self) -> None:
        self.ids.map.show(self._new() if self.painted else None)

    def remember(self) -> dict[str, Any]:
        """Keep what was painted."""
        return {"painted": list(self.painted)}

    def spoken(self) -> str:
        """Say how it went."""
        return f"{self.head}。{self.text}"
