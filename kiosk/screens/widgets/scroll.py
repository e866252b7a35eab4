"""Long contents: dragged with a finger or turned by two big buttons at the side, which are there only when there is more than fits.

A scroll view holds a touch back until it knows whether it drags; the row under the finger shows itself pressed at once all the same.
"""

from itertools import accumulate
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleboxlayout import RecycleBoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.scrollview import ScrollView

from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press

TURN_S = 0.18
OVERLAP = 0.9
ROWS_APART = 12


class _Feels:
    """Gives the pressed look in the frame of the touch."""

    _felt: Press | None = None

    def on_touch_down(self, touch: Any) -> bool:
        if self.collide_point(*touch.pos) and not touch.is_mouse_scrolling:  # type: ignore[attr-defined]
            self._felt = self._press_at(touch)
            if self._felt is not None:
                self._felt.feel(True)
        return bool(super().on_touch_down(touch))  # type: ignore[misc]

    def on_touch_move(self, touch: Any) -> bool:
        if self._felt is not None and abs(touch.y - touch.oy) > self.scroll_distance:  # type: ignore[attr-defined]
            self._let_go()
        return bool(super().on_touch_move(touch))  # type: ignore[misc]

    def on_touch_up(self, touch: Any) -> bool:
        self._let_go()
        return bool(super().on_touch_up(touch))  # type: ignore[misc]

    def _let_go(self) -> None:
        if self._felt is not None:
            self._felt.feel(False)
            self._felt = None

    def _press_at(self, touch: Any) -> Press | None:
        x, y = self.to_local(*touch.pos)  # type: ignore[attr-defined]
        inside = [w for w in self.walk(restrict=True) if isinstance(w, Press) and not w.disabled and w.collide_point(x, y)]  # type: ignore[attr-defined]
        return inside[-1] if inside else None


class FeelingScroll(_Feels, ScrollView):
    """A scroll view whose buttons answer at once."""


class FeelingRows(_Feels, RecycleView):
    """A list of equal rows, of which only the visible ones exist."""


class Rows(RecycleBoxLayout):
    """Where the rows stand. When more follow, those that stand keep their texts; Kivy would deal all of them out anew."""

    def compute_sizes_from_data(self, data: Any, flags: list[dict[str, Any]]) -> None:
        """Forget what the rows say, unless nothing but more rows came."""
        if any(set(flag) != {"appended"} for flag in flags):
            self.recycleview.view_adapter.invalidate()
        super().compute_sizes_from_data(data, flags)

    def clear_layout(self) -> None:
        """Take the rows out to be laid anew."""
        self.recycleview.view_adapter.make_views_dirty()
        self.clear_widgets()
        self.view_indices: dict[Any, int] = {}
        self._size_needs_update = False


class _Pages(BoxLayout):
    """A scroll view with the two buttons, `button_px` design pixels wide."""

    more = BooleanProperty(False)
    button_px = NumericProperty(112)
    view = ObjectProperty(None, allownone=True)
    _goal: float | None = None
    _high = 0.0

    def turn(self, pages: int) -> None:
        """Slide by `pages` (+1 down)."""
        self._slide(None, pages)

    def _slide(self, top: float | None, pages: int) -> None:
        """Slide to where `top`, in pixels of the contents, is the first that is seen; without it by most of a page."""
        view = self.view
        hidden = view.children[0].height - view.height if view.children else 0
        if hidden <= 0:
            return
        goal = view.scroll_y - pages * view.height * OVERLAP / hidden if top is None else 1 - top / hidden
        self._goal = min(1.0, max(0.0, goal))
        Animation.cancel_all(view, "scroll_y")
        slide = Animation(scroll_y=self._goal, d=TURN_S, t="out_quad")
        slide.bind(on_complete=self._arrive)
        slide.start(view)

    def _arrive(self, *_: Any) -> None:
        self._goal = None

    def _keep_place(self, _: Any, height: float) -> None:
        """Let what is seen stand where it stands when more comes in below; Kivy would keep the share, and leap over rows."""
        view, before, hidden = self.view, self._high - self.view.height, height - self.view.height
        self._high = height
        if before <= 0 or hidden <= 0:
            return
        at = view.scroll_y if self._goal is None else self._goal
        Animation.cancel_all(view, "scroll_y")
        self._goal = None
        view.scroll_y = place = max(0.0, 1 - (1 - at) * before / hidden)
        # a list that glides counts pixels from its end, which is elsewhere now; Kivy tells it in the next frame, too late
        glide = view.effect_y
        glide.max, glide.value = -hidden, -hidden * place

    def on_kv_post(self, _: Any) -> None:
        """Watch the view once the rule has made it."""
        self.view = view = self.ids.view
        # a frame later: before its texts are laid out the column is longer than it will be, and the buttons, once there, make it longer
        measure = Clock.create_trigger(self._measure)
        view.fbind("height", measure)
        view.children[0].fbind("height", self._keep_place)
        view.children[0].fbind("height", measure)
        view.fbind("scroll_y", measure)
        measure()

    def _measure(self, *_: Any) -> None:
        view = self.view
        self.more = view.children[0].height > view.height + 1
        self.ids.up.disabled = view.scroll_y >= 0.999
        self.ids.down.disabled = view.scroll_y <= 0.001


class PagedScroll(_Pages):
    """A column that may be longer than its place: add widgets to it as to a BoxLayout."""

    spacing_px = NumericProperty(20)

    def add_widget(self, widget: Any, *args: Any, **kwargs: Any) -> None:
        """Add to the column; the first two are the rule's own: the view and the buttons."""
        add = super().add_widget if len(self.children) < 2 else self.ids.column.add_widget
        add(widget, *args, **kwargs)

    def clear_widgets(self, *args: Any) -> None:
        """Empty the column."""
        self.ids.column.clear_widgets(*args)


class RowList(_Pages):
    """Up to 10,000 rows of the class named `row_class`, each `row_height` screen pixels high or as its `height` says.

    A row is a dict of its properties; a reused one must get every one of them.
    """

    row_class = StringProperty("ListingRow")
    row_height = NumericProperty(160)

    def turn(self, pages: int) -> None:
        """Slide so that a page begins with a whole row: the one that was cut off at the end, or a page before the first."""
        view, spacing = self.view, theme.px(ROWS_APART)
        hidden = view.children[0].height - view.height
        tops = list(accumulate((row.get("height", self.row_height) + spacing for row in view.data), initial=0.0))
        at = (1 - view.scroll_y) * hidden
        down = [top for top in tops if at + 1 < top <= at + view.height]
        up = [top for top in tops if at - view.height <= top < at - 1]
        self._slide(max(down, default=None) if pages > 0 else min(up, default=None), pages)

    def show(self, rows: list[dict[str, Any]]) -> None:
        """Show these rows and no others."""
        self.view.data = rows

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Let these rows follow the others."""
        self.view.data.extend(rows)
