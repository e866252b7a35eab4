"""Everything that is pressed. The pressed colour stands in the frame of the touch; a target is at least 96 design pixels high."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior

from kiosk.screens.theme import Colour, theme
from kiosk.screens.widgets.panel import Box
from kiosk.screens.widgets.tint import tint

STYLES: dict[str, tuple[str, str, str, str]] = {
    # kind: ground, pressed ground, outline, words
    "main": ("orange", "orange_down", "clear", "white"),
    "station": ("station", "station_down", "clear", "white"),
    "second": ("card", "green_pale", "green", "green"),
    "danger": ("card", "peach", "brown", "brown"),
    "plain": ("button", "button_down", "clear", "ink"),
}
"""By their names: the theme changes."""
OFF = ("clear", "clear", "line", "quiet")
"""How a button with words looks that cannot be pressed yet: no ground, but readable, because it says what is missing (点一下想干的活)."""


def worn(style: tuple[str, ...]) -> tuple[Colour, ...]:
    """Give the colours of a style as the theme has them now."""
    return tuple(getattr(theme, name) for name in style)


class Press(ButtonBehavior, Box):
    """A panel that is pressed: bind `on_release`. `down` is its pressed colour; `disabled` makes it pale."""

    down = tint("card_down")
    _at_rest: Any = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("disabled", self._pale)
        self._pale()

    def on_state(self, _: Any, state: str) -> None:
        """Show at once that the touch was felt."""
        self.feel(state == "down")

    def feel(self, down: bool) -> None:
        """Wear the pressed colour, or the one of before."""
        if down and self._at_rest is None:
            self._at_rest = tuple(self.fill)
            self.fill = self.down
        elif not down and self._at_rest is not None:
            # a page may have changed the colour meanwhile, as a choice that was just made does
            if tuple(self.fill) == tuple(self.down):
                self.fill = self._at_rest
            self._at_rest = None

    def _pale(self, *_: Any) -> None:
        self.opacity = theme.disabled if self.disabled else 1


class _Worded(Press):
    """A button of one `kind`, whose words stay readable when it cannot be pressed."""

    text = StringProperty("")
    icon = StringProperty("")
    kind = OptionProperty("second", options=tuple(STYLES))
    ink = tint("green")
    icon_ink = tint("green")
    _is_pale = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("kind", self._pale)
        self.fbind("text", self._pale)

    def _pale(self, *_: Any) -> None:
        off = self.disabled and self.kind != "plain" and bool(self.text)
        pale = self.disabled and not off
        if pale != self._is_pale:
            # only then: a page may have made the button unseen
            self._is_pale, self.opacity = pale, theme.disabled if pale else 1
        self.fill, self.down, self.line, self.ink = worn(OFF if off else STYLES[self.kind])
        self.icon_ink = theme.green if self.kind == "plain" else self.ink


class BigButton(_Worded):
    """A wide button with a word and perhaps an icon. `kind`: main (orange, one a page), station, second (outlined), danger, plain."""

    icon_after = BooleanProperty(False)
    size_px = NumericProperty(36)
    bold = BooleanProperty(True)


class Outlined(Press):
    """A white card that is one choice of several; `chosen` gives it the orange outline."""

    text = StringProperty("")
    icon = StringProperty("")
    chosen = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "card")
        super().__init__(**kwargs)

    def on_chosen(self, _: Any, chosen: bool) -> None:
        """Wear the colours of what is chosen."""
        self.fill = theme.orange_pale if chosen else theme.card
        self.line = theme.orange if chosen else theme.clear


class Tile(Outlined):
    """A choice with an icon over its word, and the tick when chosen (trades.png)."""

    size_px = NumericProperty(32)
    icon_px = NumericProperty(72)


class FilterTile(Press):
    """A small tile of a row of which one is chosen (jobs.png, top): green when chosen."""

    text = StringProperty("")
    icon = StringProperty("")
    chosen = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "card")
        super().__init__(**kwargs)

    def on_chosen(self, _: Any, chosen: bool) -> None:
        """Wear the colours of what is chosen."""
        self.fill = theme.green if chosen else theme.card
        self.down = theme.green_down if chosen else theme.card_down


class Chip(Press):
    """A round-ended switch (离我近): pale green and outlined when `chosen`, as wide as its word."""

    text = StringProperty("")
    icon = StringProperty("")
    chosen = BooleanProperty(False)
    ink = tint("ink")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("radius", 48)
        super().__init__(**kwargs)
        self.fbind("chosen", self._pale)

    def _pale(self, *_: Any) -> None:
        on, off = ("green_pale", "card_down", "green", "green"), ("card", "card_down", "edge", "ink")
        self.fill, self.down, self.line, self.ink = worn(OFF if self.disabled else on if self.chosen else off)


class CandidateButton(Press):
    """One reading of what was written (name.png): green when chosen."""

    text = StringProperty("")
    chosen = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("line", theme.line)
        super().__init__(**kwargs)

    def on_chosen(self, _: Any, chosen: bool) -> None:
        """Wear the colours of what is chosen."""
        self.fill = theme.green if chosen else theme.card
        self.line = theme.green if chosen else theme.line
        self.down = theme.green_down if chosen else theme.card_down


class ActRow(Press):
    """One thing that can be done, and what it does."""

    icon = StringProperty("")
    text = StringProperty("")
    about = StringProperty("")
    grave = BooleanProperty(False)


class DockButton(_Worded):
    """A button of the dock: icon beside the word, or over it where the screen stands or the letters are large."""

    kind = OptionProperty("plain", options=tuple(STYLES))
    bold = BooleanProperty(False)
    stacked = BooleanProperty(False)
    natural = NumericProperty(0)
