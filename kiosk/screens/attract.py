"""The terminal at rest: a calm round of what one can do here and what was published last, until somebody touches or scans.

Only ever over home as the next person should find it; shows what home shows anyway and nothing of a person. Slides change their ground
and their place (kiosk.screens.drift), so that nothing burns in.
"""

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.animation import Animation
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.drift import shift
from kiosk.screens.night import Night
from kiosk.screens.theme import theme
from kiosk.screens.widgets.tint import tint
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Published
    from kiosk.screens.terminal import Terminal

HOLDS_S, FADE_S = 14.0, 0.5
DEAF_S = 0.5
"""So long after waking touches are not felt: the finger that woke it, or its second tap, must press nothing."""
SLIDES = {
    "find": "magnify",
    "newest": "bullhorn",
    "register": "account-plus",
    "post": "account-group",
    "policy": "school",
    "station": "coffee",
}
GROUNDS = (("green", "white"), ("ground", "ink"))
AMBER = (1.0, 0.784, 0.341, 1.0)
"""What money is on green (LOOK: the board's amber)."""


class AttractRow(BoxLayout):
    """One of the newest listings."""

    title = StringProperty("")
    pay = StringProperty("")
    text = StringProperty("")
    ink = tint("ink")
    money = tint("orange")


class AttractShow(FloatLayout):
    """One slide, on `green` or on paper. `right_px`, `up_px`: how far it stands from the middle, in design pixels; `seen` fades it."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    station = StringProperty("")
    fill = tint("green")
    ink = tint("white")
    right_px = NumericProperty(0)
    up_px = NumericProperty(0)
    mirrored = BooleanProperty(False)
    green = BooleanProperty(True)
    rows = ListProperty([])
    seen = NumericProperty(1)

    def on_rows(self, _: Any, rows: list[dict[str, Any]]) -> None:
        """Lay the listings out."""
        self.ids.rows.clear_widgets()
        for row in rows:
            self.ids.rows.add_widget(AttractRow(**row))


class Darkness(FloatLayout):
    """Nothing, over all of the screen."""


class Attract:
    """Watches one terminal's rest. `after_s` seconds without a touch it begins; 0 switches it off. At night it is dark instead."""

    def __init__(self, terminal: "Terminal", after_s: int, night: Night) -> None:
        self._terminal, self._after_s, self._night = terminal, after_s, night
        self._show: AttractShow | Darkness | None = None
        self._turn, self._turned_at, self._woken_at = 0, 0.0, float("-inf")

    def watch(self, quiet_s: float) -> None:
        """Begin, go on or end; call it about every second."""
        if self._rests() and self._night.falls(quiet_s):
            self._darken()
        elif isinstance(self._show, Darkness) or not self._may(quiet_s):
            self.wake()
        elif self._show is None:
            self._begin()
        elif time.monotonic() - self._turned_at >= HOLDS_S:
            self._fade()

    def _rests(self) -> bool:
        terminal, shell = self._terminal, self._terminal.shell
        return terminal.visit.at_rest and terminal.guard.lock is None and shell is not None and shell.dialog is None

    def _may(self, quiet_s: float) -> bool:
        # trouble with the store stands on home, for staff to see
        well = self._terminal.home_answer is not None and not getattr(self._terminal.page, "fault", True)
        return bool(self._after_s) and quiet_s >= self._after_s and self._rests() and well

    def feels(self) -> bool:
        """Take a touch: True when it is not for the page."""
        if self._show is not None:
            self.wake()
        return time.monotonic() - self._woken_at < DEAF_S

    def wake(self) -> None:
        """Bring home back, if it is not there."""
        if self._show is not None and self._terminal.shell is not None:
            Animation.cancel_all(self._show)
            if isinstance(self._show, Darkness):
                self._night.light(True)
            self._show = None
            self._woken_at = time.monotonic()
            self._terminal.shell.rest(None)

    def _darken(self) -> None:
        """Show nothing, which costs nothing, and switch the screens off."""
        if not isinstance(self._show, Darkness):
            assert self._terminal.shell is not None
            _load_rules()
            Animation.cancel_all(self._show)
            self._show = Darkness()
            self._terminal.shell.rest(self._show)
            self._night.light(False)

    def _begin(self) -> None:
        assert self._terminal.shell is not None
        _load_rules()
        self._show = show = AttractShow()
        self._turn_page()
        show.fill = getattr(theme, GROUNDS[self._turn % 2][0])
        self._terminal.shell.rest(show)

    def _fade(self) -> None:
        """Let one slide go and the next come, its ground with it: nothing flashes."""
        assert isinstance(self._show, AttractShow)
        self._turned_at = time.monotonic()
        out = Animation(seen=0, d=FADE_S / 2)
        out.bind(on_complete=lambda *_: self._come())
        out.start(self._show)

    def _come(self) -> None:
        if isinstance(self._show, AttractShow):
            self._turn_page()
            Animation(seen=1, fill=getattr(theme, GROUNDS[self._turn % 2][0]), d=FADE_S).start(self._show)

    def _turn_page(self) -> None:
        """Fill in the next slide."""
        show, facts = self._show, self._terminal.home_facts
        assert isinstance(show, AttractShow)
        assert facts is not None
        self._turn, self._turned_at = self._turn + 1, time.monotonic()
        names = [name for name in SLIDES if name != "newest" or facts.newest]
        name = names[self._turn % len(names)]
        green = self._turn % 2 == 0
        show.green, show.ink = green, getattr(theme, GROUNDS[self._turn % 2][1])
        show.right_px, show.up_px = shift(self._turn)
        show.mirrored = self._turn % 4 >= 2
        show.icon, show.title, show.station = SLIDES[name], t(f"attract.{name}"), facts.station.name
        show.text = "" if name == "newest" else t(f"attract.{name}_text")
        if name == "find":
            show.text = t("attract.find_text", count=facts.total) if facts.total else t("attract.find_none")
        show.rows = [self._row(published, green) for published in facts.newest] if name == "newest" else []

    def _row(self, published: "Published", green: bool) -> dict[str, Any]:
        one, today = published.listing, self._terminal.day_to_say()
        where = " ・ ".join(p for p in (words.area(one), words.begins(one, today)) if p)
        colours = {"ink": theme.white, "money": AMBER} if green else {"ink": theme.ink, "money": theme.orange}
        return {"title": t("home.newest.people", title=one.title, count=one.headcount), "pay": words.pay(one), "text": where, **colours}


@cache
def _load_rules() -> None:
    Builder.load_file(str(Path(__file__).with_suffix(".kv")))
