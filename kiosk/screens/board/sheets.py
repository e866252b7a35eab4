"""The board's pages that are one thing, as Kivy widgets: one listing large, words with an icon, tiles, a picture. See sheets.kv.

What stands there is decided by leaf.py, how large by sheet_fitting.py. Import this after `kiosk.screens.window.prepare`.
"""

import logging
from functools import partial
from pathlib import Path
from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from PIL import Image

from kiosk.screens.board.sheet_fitting import Set, cut, high, lines
from kiosk.screens.board.sizes import Place, Sizes
from kiosk.screens.theme import theme
from kiosk.screens.widgets.kit import Box
from kiosk.screens.widgets.tint import tint
from kiosk.screens.widgets.words import measure
from kiosk.screens.widgets.wrap import in_thoughts

log = logging.getLogger(__name__)
BESIDE, BESIDE_EM = 0.24, 6
"""Words stand beside a picture that leaves so much of the page's width and so many characters' room, else under it."""


class SheetIcon(Box):
    """An icon on a ground of its own."""

    icon = StringProperty("")
    side_px = NumericProperty(100)
    color = tint("white")


class SheetHead(BoxLayout):
    """A title, with or without the icon of its kind before it; `amber`: somebody has to tell us something."""

    icon = StringProperty("")
    title = StringProperty("")
    title_px = NumericProperty(72)
    amber = BooleanProperty(False)
    halign = StringProperty("left")


class FactLine(BoxLayout):
    """An icon and what it stands for."""

    icon = StringProperty("")
    text = StringProperty("")
    size_px = NumericProperty(45)


class FactTile(Box):
    """The same as a tile: the icon over the words, or `beside` them. `words_high`: room for the words, the same all along a row."""

    words_high = NumericProperty(0)
    beside = BooleanProperty(False)
    icon = StringProperty("")
    text = StringProperty("")
    size_px = NumericProperty(45)


class FactRow(BoxLayout):
    """Facts beside one another."""


class FactRows(BoxLayout):
    """The facts of a set sheet; its lines and tiles are made once and used again."""

    as_set = ObjectProperty(Set())

    def __init__(self, **kwargs: Any) -> None:
        self._made: dict[type[Any], list[Any]] = {FactLine: [], FactTile: [], FactRow: []}
        super().__init__(**kwargs)
        self.fbind("as_set", self._fill)

    def _fill(self, *_: Any) -> None:
        self.clear_widgets()
        for row in self._made[FactRow]:
            row.clear_widgets()
        spare = {kind: iter(made) for kind, made in self._made.items()}

        def take(kind: type[Any]) -> Any:
            part = next(spare[kind], None)
            if part is None:
                part = kind()
                self._made[kind].append(part)
            return part

        one, (wide, tall) = self.as_set, self.as_set.tile
        self.spacing = one.fact_gap
        for facts in one.facts:
            row = take(FactRow)
            row.spacing = one.fact_gap if wide else 0
            words_high = high(max(fact.text.count("\n") + 1 for fact in facts), one.fact_px)
            for fact in facts:
                part = take(FactTile if wide else FactLine)
                part.icon, part.text, part.size_px = fact.icon, fact.text, one.fact_px
                if wide:
                    part.size, part.beside, part.words_high = (wide, tall), one.wide_tiles, 0 if one.wide_tiles else words_high
                row.add_widget(part)
            self.add_widget(row)


class LargePage(BoxLayout):
    """One listing, large."""

    as_set = ObjectProperty(Set(), rebind=True)
    amount = StringProperty("")
    unit = StringProperty("")


class SheetPage(BoxLayout):
    """Words on one thing. `sign` is a large icon of their own, as on a warning sign: beside them, or over them."""

    as_set = ObjectProperty(Set(), rebind=True)
    icon = StringProperty("")
    amber = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._sign = SheetIcon(fill=theme.orange, color=theme.white)
        # what has left the tree is held by nobody else: ids are weak
        self._column, self._head, self._lead, self._facts, self._body = (
            self.ids[name].__self__ for name in ("column", "head", "lead", "facts", "body")
        )

    def arrange(self, one: Set, sign: str, sign_px: float, upright: bool) -> None:
        """Show a set sheet: what is empty takes no room, and a sign stands where it belongs."""
        self.as_set = one
        self.clear_widgets()
        self._column.clear_widgets()
        self._sign.icon, self._sign.side_px = sign, sign_px
        self._sign.pos_hint = {"center_x": 0.5} if upright else {"center_y": 0.5}
        if sign:
            (self._column if upright else self).add_widget(self._sign)
        parts = {self._head: one.title.text, self._lead: one.lead.text, self._facts: one.facts, self._body: one.body.text}
        for part in (part for part, there in parts.items() if there):
            self._column.add_widget(part)
        centred = sign and upright and not (one.facts or one.body.text)
        self._head.halign = self._lead.halign = "center" if centred else "left"
        self.add_widget(self._column)


class PicturePage(Widget):
    """A picture as large as the page allows, and words beside or under it."""

    texture = ObjectProperty(None, allownone=True)
    picture_size = ListProperty([0, 0])
    picture_at = ListProperty([0, 0])
    words_size = ListProperty([0, 0])
    words_at = ListProperty([0, 0])
    icon = StringProperty("")
    title = StringProperty("")
    more = StringProperty("")

    _shown: tuple[str, Place] | None = None

    def arrange(self, file: str, icon: str, title: str, more: str, place: Place, sizes: Sizes) -> bool:
        """Show a picture file and words in a place; say whether it is a picture: without one the words stand alone, under the icon."""
        if self._shown != (file, place):
            # what was shown may be as large as the screen: it goes before the next one comes
            self.clear()
            self._load(file, title, more, place, sizes)
            self._shown = (file, place)
        wide, tall = self.picture_size
        self.icon, words = "" if self.texture else icon, place
        if self.texture and title and _is_beside(wide, place, sizes):
            self.picture_at = (place.x, place.y + (place.height - tall) // 2)
            words = Place(place.x + wide + sizes.gap, place.y, place.width - wide - sizes.gap, place.height)
        elif self.texture:
            under = _under(title, more, place, sizes)
            foot = place.y + (place.height - tall - under) // 2
            self.picture_at = (place.x + (place.width - wide) // 2, foot + under)
            words = Place(place.x, foot, place.width, under)
        self.words_at, self.words_size = (words.x, words.y), (words.width, words.height)
        self.title, self.more = _caption(title, words.width, sizes), more
        return self.texture is not None

    def clear(self) -> None:
        """Let the picture go."""
        self.texture, self.picture_size, self._shown = None, (0, 0), None

    def _load(self, file: str, title: str, more: str, place: Place, sizes: Sizes) -> None:
        if not file:
            return
        try:
            with Image.open(file) as picture:
                size = _within(picture.size, place.width, place.height)
                if not (title and _is_beside(size[0], place, sizes)):
                    size = _within(picture.size, place.width, place.height - _under(title, more, place, sizes))
                # drawn pixel for pixel: the screen's own filter neither shrinks as well nor as cheaply
                pixels = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, the board shows its page without it
            log.warning("the picture %s: %s", Path(file).name, type(error).__name__)
            return
        texture = Texture.create(size=size, colorfmt="rgb")
        texture.blit_buffer(pixels.tobytes(), colorfmt="rgb")
        texture.mag_filter = texture.min_filter = "nearest"
        self.texture, self.picture_size = texture, size


def _caption(title: str, width: float, sizes: Sizes) -> str:
    """Break a title where a thought ends; three lines are enough in any width."""
    ruler = partial(measure, size=theme.fs(sizes.heading), bold=True)
    return in_thoughts(cut(title, width, 3, sizes.heading, bold=True), width, ruler)


def _is_beside(wide: float, place: Place, sizes: Sizes) -> bool:
    return place.width - wide - sizes.gap >= max(BESIDE * place.width, BESIDE_EM * theme.fs(sizes.heading))


def _under(title: str, more: str, place: Place, sizes: Sizes) -> int:
    """Give the height of the words under a picture."""
    title = _caption(title, place.width, sizes)
    heights = [
        high(lines(title, place.width, sizes.heading, bold=True), sizes.heading),
        high(lines(more, place.width, sizes.text), sizes.text),
    ]
    return round(sum(heights)) + sizes.gap * (2 + sum(1 for h in heights if h)) if any(heights) else 0


def _within(size: tuple[int, int], width: float, height: float) -> tuple[int, int]:
    scale = min(width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
