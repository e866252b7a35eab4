"""What must hold for every state, seen from inside the widget tree: on top of what `looks` finds in the probe's view."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from fontTools.ttLib import TTFont
from kivy.uix.scrollview import ScrollView
from kivy.uix.stencilview import StencilView

from kiosk.screens import fonts
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.words import Icon, Word, Words
from kiosk.text import t
from tests.screens.looks import problems
from tests.screens.play import FONTS

if TYPE_CHECKING:
    from tests.gallery.stage import Stage

SLACK, ICON_SLACK = 2, 4
LATIN = re.compile(r"[A-Za-z]{3,}")
LATIN_FINE = re.compile(r"https?://\S+|\b[A-Z]{2,4}-\d{4}-\d{4}|(?:[0-9A-F]{2,}[ :]?){2,}|WI-?FI|YT", re.IGNORECASE)
DOCK = ("back", "home", "say")


def wrong(stage: "Stage", width: int, height: int, shortens: bool) -> list[str]:
    """Give one sentence for each thing that is wrong with what stands there."""
    view = stage.view()
    texts = [thing for thing in view["things"] if thing["kind"] == "text"]
    found = problems(view, width, height, may_shorten=shortens)
    found += _without_dock(view, width, height) + _strange(texts) + tofu(texts)
    found += spills(stage.terminal.shell) + _crossing(view)
    if theme.low:
        found += _out_of_reach(stage)
    return list(dict.fromkeys(found))


def lost(stage: "Stage") -> list[str]:
    """Say what is gone after 大字 and back: the page is built anew, and what was entered must stand there again. A dialog may go."""
    shell, visit = stage.terminal.shell, stage.visit
    if shell is None or shell.dialog is not None or stage.page.covers:
        return []

    def texts() -> set[str]:
        return {thing["text"] for thing in stage.view()["things"] if thing["kind"] == "text"}

    before = texts()
    for _ in range(2):
        visit.large = not visit.large
        stage.terminal._moved()
        stage.pump(8)
    return [f"大字 and back lost {text!r}" for text in sorted(before - texts())]


def _without_dock(view: dict[str, Any], width: int, height: int) -> list[str]:
    shown = {thing["text"]: thing["rect"] for thing in view["things"] if thing["kind"] == "text"}
    wanted = [t(f"dock.{name}") for name in DOCK] + [t("dock.small" if view["large"] else "dock.large")]
    found = [f"the dock lacks {name}" for name in wanted if name not in shown]
    if t("dock.call") not in shown and t("dock.leave_staff") not in shown:
        found.append("the dock has no way to staff")
    return found + [f"{name} of the dock is off the screen" for name in wanted if name in shown and shown[name][3] > height]


def _strange(texts: list[dict[str, Any]]) -> list[str]:
    """Find English and codes: what people read is Chinese."""
    return [f"{text['text']!r} is not Chinese" for text in texts if LATIN.search(LATIN_FINE.sub("", text["text"]))]


@cache
def _glyphs(bold: bool) -> frozenset[str]:
    return frozenset(map(chr, TTFont(FONTS / (fonts.BOLD if bold else fonts.REGULAR)).getBestCmap()))


def tofu(texts: list[dict[str, Any]]) -> list[str]:
    """Find characters that the face does not have."""
    missing = {c for text in texts for c in text["shown"] if c not in _glyphs(text["bold"]) and c != "\n"}
    return [f"no glyph for {c!r} (U+{ord(c):04X})" for c in sorted(missing)]


def spills(root: Any) -> list[str]:
    """Find words, icons and buttons that leave the panel or the column they stand in, and texts larger than their own box."""
    found: list[str] = []

    def walk(widget: Any, box: tuple[float, float, float, float], free: bool) -> None:
        if widget.opacity <= 0.01:
            return
        x, y = widget.to_window(*widget.pos)
        own = (x, y, x + widget.width, y + widget.height)
        if isinstance(widget, (Word, Words)) and widget.text:
            wide, high = widget._picture.size
            if wide > widget.width + SLACK or high * 0.8 > widget.height + SLACK:
                found.append(f"{widget.text!r} is {wide:.0f}×{high:.0f} in a box of {widget.width:.0f}×{widget.height:.0f}")
        drawn = (isinstance(widget, (Word, Words)) and widget.text) or (isinstance(widget, Icon) and widget.icon)
        if (drawn or isinstance(widget, Press)) and widget.width > 1 and widget.height > 1:
            over = (box[0] - own[0], own[2] - box[2], *(() if free else (box[1] - own[1], own[3] - box[3])))
            if max(over) > (SLACK if not isinstance(widget, Icon) else ICON_SLACK):
                name = getattr(widget, "text", "") or getattr(widget, "icon", "") or type(widget).__name__
                found.append(f"{name!r} leaves what holds it by {max(over):.0f} px: {[round(n) for n in own]} of {[round(n) for n in box]}")
        if isinstance(widget, ScrollView):
            box, free = own, True
        elif isinstance(widget, StencilView):
            box, free = own, free or theme.low
        elif isinstance(widget, Panel) and (widget.fill[3] or widget.line[3]):
            over = (box[0] - own[0], own[2] - box[2], *(() if free else (box[1] - own[1], own[3] - box[3])))
            if max(over) > SLACK:
                found.append(f"a panel leaves what holds it by {max(over):.0f} px: {[round(n) for n in own]} of {[round(n) for n in box]}")
            box, free = own, False
        for child in widget.children:
            walk(child, box, free)

    walk(root, (0.0, 0.0, float(theme.width), float(theme.height)), False)
    return found


def _crossing(view: dict[str, Any]) -> list[str]:
    """Find buttons that lie partly over one another; one within another is meant."""
    rects = [thing["rect"] for thing in view["things"][view["under"] :] if thing["kind"] == "button"]
    rects = [r for r in rects if r[2] - r[0] > 1 and r[3] - r[1] > 1]
    found = []
    for n, a in enumerate(rects):
        for b in rects[n + 1 :]:
            wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            inside = wide >= min(a[2] - a[0], b[2] - b[0]) - 1 and high >= min(a[3] - a[1], b[3] - b[1]) - 1
            if wide > SLACK and high > SLACK and not inside:
                found.append(f"two buttons cross: {a} {b}")
    return found


def _out_of_reach(stage: "Stage") -> list[str]:
    """Find what cannot be touched from a wheelchair, neither with the page let down nor with it pushed up."""
    shell = stage.terminal.shell
    assert shell is not None
    body, finger = shell.ids.body, theme.px(96) - SLACK

    def within() -> set[int]:
        reached = set()
        for widget in shell.walk(restrict=True):
            if isinstance(widget, Press) and not widget.disabled and widget.width > 1 and widget.opacity:
                y = widget.to_window(*widget.pos)[1]
                low = max(y, body.to_window(*body.pos)[1]) if widget in inside else y
                if min(y + widget.height, theme.reach) - low >= min(finger, widget.height - SLACK):
                    reached.add(id(widget))
        return reached

    inside = set(body.walk(restrict=True))
    seen = {id(w): w for w in shell.walk(restrict=True) if isinstance(w, Press) and not w.disabled and w.width > 1 and w.opacity}
    if shell.dialog is not None:
        held = set(shell.dialog.walk(restrict=True))
        seen = {key: w for key, w in seen.items() if w in held}
    # what a column holds is brought near by scrolling
    scrolled = {id(w) for s in shell.walk(restrict=True) if isinstance(s, ScrollView) for w in s.walk(restrict=True)}
    reached = within()
    for _ in range(2):
        shell.pull()
        stage.pump(2)
        reached |= within()
    return [f"{type(w).__name__} at {w.to_window(*w.pos)} is out of reach" for key, w in seen.items() if key not in reached | scrolled]
