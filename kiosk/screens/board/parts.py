"""The board's pieces as Kivy widgets: header, row, card, strip, safety line. See rows.kv and board.kv; the other pages are in sheets.py.

Import this after `kiosk.screens.window.prepare` and `set_sizes`: the rules measure with `board`, its sizes, and colour with `palette`.
"""

from pathlib import Path

from kivy.lang import Builder
from kivy.lang.parser import global_idmap
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.board.fitting import Columns, Said
from kiosk.screens.board.scene import Scene
from kiosk.screens.board.sizes import Sizes
from kiosk.screens.theme import rgba
from kiosk.screens.widgets.kit import Box
from kiosk.text import t


class Palette:
    """The board's colours (LOOK: amber on dark green)."""

    ground = rgba("#0B2E25")
    row = rgba("#123D31")
    marked = rgba("#1C5848")
    pay = rgba("#FFC857")
    pale = rgba("#D5E5DD")
    quiet = rgba("#A9CDBE")


def set_sizes(sizes: Sizes) -> None:
    """Let the rules know how large things are, and read them."""
    global_idmap.update(board=sizes, palette=Palette)
    for name in ("rows.kv", "board.kv", "sheets.kv"):
        Builder.load_file(str(Path(__file__).parent / name))


def station_names(scene: Scene) -> list[str]:
    """Say where this board hangs, the longest first."""
    return [t("board.station", station=scene.station), scene.station] if scene.station else [t("board.county")]


class BoardRow(Box):
    """One listing. `marked` is the one whose code stands on the card."""

    # rebind: the rules name what is inside
    said = ObjectProperty(Said(), rebind=True)
    columns = ObjectProperty(Columns(), rebind=True)
    marked = BooleanProperty(False)


class BoardRowLying(BoardRow):
    """Two lines in columns that stand under one another."""


class BoardRowUpright(BoardRow):
    """Three lines: title and pay, place, time and terms."""


class CardPage(BoxLayout):
    """What stands on the white card: a code and what it leads to. `code_px` is the code with its quiet zone."""

    title = StringProperty("")
    title_px = NumericProperty(36)
    amount = StringProperty("")
    unit = StringProperty("")
    hint = StringProperty("")
    hint_px = NumericProperty(36)
    more = StringProperty("")
    url = StringProperty("")
    code_px = NumericProperty(0)


class LyingCard(CardPage):
    """The code in the middle, words over and under it."""


class UprightCard(CardPage):
    """The code at the left, words beside it."""


class CardHead(BoxLayout):
    """What the code leads to."""

    card = ObjectProperty(None, allownone=True, rebind=True)


class CardFoot(BoxLayout):
    """What to do with the code."""

    card = ObjectProperty(None, allownone=True, rebind=True)


class FewPage(BoxLayout):
    """In place of the rows that a short page does not have."""


class BoardHeader(BoxLayout):
    """What this page is, who we are, how much there is, and what time it is. `side_px` is the width of date and age."""

    title = StringProperty("")
    title_opacity = NumericProperty(1)
    station = StringProperty("")
    total = StringProperty("")
    date = StringProperty("")
    data = StringProperty("")
    clock = StringProperty("")
    stale = BooleanProperty(False)
    side_px = NumericProperty(0)


class LyingHeader(BoardHeader):
    """Two lines between title and clock."""


class UprightHeader(BoardHeader):
    """Three lines."""


class NewStrip(Box):
    """Who is asked to the desk; else that somebody calls for staff; else what is new; else a word to those who look for hands."""

    called = BooleanProperty(False)
    new = BooleanProperty(False)
    calling = BooleanProperty(False)
    text = StringProperty("")
    text_px = NumericProperty(45)


class SafetyLine(BoxLayout):
    """One honest warning at a time."""

    lead = StringProperty("")
    more = StringProperty("")
    lead_px = NumericProperty(0)
