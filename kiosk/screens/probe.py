"""Lets a test or the tour see what a person sees: on a unix socket, the page's name and every visible text with its place on the screen.

Off unless KIOSK_PROBE names the socket. It only looks; touches must come from outside, through the real window.
"""

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens import finger
from kiosk.screens.shell import Dock, Header
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.qr_code import QrCode
from kiosk.screens.widgets.words import Icon, Word, Words
from kiosk.screens.widgets.writing_box import WritingBox

if TYPE_CHECKING:
    from kiosk.screens.terminal import Terminal


def serve(look: Callable[[], dict[str, Any]], path: Path) -> None:
    """Answer every connection with what `look` says, as one JSON object; sizes and places in pixels of the window, y down."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen()
    threading.Thread(target=_answer, args=(look, listener), name="probe", daemon=True).start()


def _answer(look: Callable[[], dict[str, Any]], listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        seen: dict[str, Any] = {}
        done = threading.Event()

        def take(_: float, seen: dict[str, Any] = seen, done: threading.Event = done) -> None:
            seen.update(look())
            done.set()

        # after the layout of the coming frame has settled
        Clock.schedule_once(lambda _, take=take: Clock.schedule_once(take, 0), 0)
        done.wait(10)
        with connection:
            connection.sendall(json.dumps(seen, ensure_ascii=False).encode())


def view(terminal: "Terminal") -> dict[str, Any]:
    """Describe what is on the screen: page, dialog, and the visible things in drawing order, of which so many lie `under` the dialog."""
    shell, page = terminal.shell, terminal.page
    seen = [] if shell is None else things(shell)
    dialog = None if shell is None else shell.dialog
    return {
        "page": terminal.visit.place.page,
        "title": page.title if page is not None else "",
        "dialog": dialog is not None,
        "under": 0 if dialog is None else len(seen) - len(things(dialog)),
        "large": terminal.visit.large,
        "contrast": terminal.visit.contrast,
        "low": terminal.visit.low,
        "changes": finger.changes(),
        "things": seen,
    }


def things(root: Any) -> list[dict[str, Any]]:
    """Give the visible things under a widget, in drawing order."""
    found: list[dict[str, Any]] = []
    _collect(root, found, (0.0, 0.0, float(Window.width), float(Window.height)), None, 1.0)
    return found


def _collect(widget: Any, things: list[dict[str, Any]], clip: tuple[float, float, float, float], button: Any, opacity: float) -> None:
    opacity *= widget.opacity
    if opacity <= 0.01:
        return
    x, y = widget.to_window(*widget.pos)
    box = (x, Window.height - y - widget.height, x + widget.width, Window.height - y)
    ground = {"fill": [*widget.fill[:3], widget.fill[3] * opacity]} if isinstance(widget, (Panel, Header, Dock)) else {}
    if isinstance(widget, Press):
        button = {"enabled": not widget.disabled, "rect": _cut(box, clip), "chosen": bool(getattr(widget, "chosen", False))}
        things.append({"kind": "button", "text": "", "size": [round(widget.width), round(widget.height)], **ground, **button})
    elif ground and widget.fill[3]:
        things.append({"kind": "panel", "text": "", "rect": _cut(box, clip), **ground})
    if isinstance(widget, QrCode) and (widget.text or widget.source):
        things.append({"kind": "code", "text": "", "rect": _cut(box, clip)})
    if isinstance(widget, WritingBox):
        things.append({"kind": "writing", "text": widget.hint, "rect": _cut(box, clip), "strokes": len(widget.strokes)})
    if isinstance(widget, (Words, Word, Icon)):
        text = widget.icon if isinstance(widget, Icon) else widget.text
        if text:
            kind = "icon" if isinstance(widget, Icon) else "text"
            thing = {"kind": kind, "text": text, "rect": _cut(box, clip), "whole": [round(n) for n in box], "button": button}
            if not isinstance(widget, Icon):
                (left, bottom), (wide, high) = widget.to_window(*widget._picture.pos), widget._picture.size
                thing |= {
                    "drawn": _cut((left, Window.height - bottom - high, left + wide, Window.height - bottom), clip),
                    "shown": "\n".join(widget.shown),
                    "size": widget.font_px,
                    "bold": widget.bold,
                    "shortens": bool(getattr(widget, "max_lines", 0) or getattr(widget, "max_width", 0)),
                    "color": [round(c, 3) for c in widget.color],
                    "opacity": opacity,
                }
            things.append(thing)
    inner = clip
    if widget.__class__.__name__ in ("FeelingScroll", "FeelingRows", "PagePlace"):
        cut = _cut(box, clip)
        inner = (cut[0], cut[1], cut[2], cut[3])
    for child in reversed(widget.children):
        _collect(child, things, inner, button, opacity)


def _cut(box: tuple[float, ...], clip: tuple[float, float, float, float]) -> list[int]:
    left, top, right, bottom = max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3])
    return [round(left), round(top), round(max(left, right)), round(max(top, bottom))]
