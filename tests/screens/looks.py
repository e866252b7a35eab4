"""What must hold for everything a person sees: nothing cut, overlapping, too small or too low to hit. Reads the probe's view."""

from collections.abc import Sequence
from typing import Any

Rect = list[int]
SMALLEST_TEXT, SMALLEST_TARGET = 28, 96
LEAST_CONTRAST, HIGH_CONTRAST = 4.5, 7.0
GROUND, DARK = (247, 243, 234), (0, 0, 0)
NAME = 3
"""Up to so many characters a button only has a name: off it may be pale (LOOK: pale, not gone; more say what to do). Never broken."""


def problems(view: dict[str, Any], width: int, height: int, may_shorten: bool = False) -> list[str]:
    """Give one sentence for each thing that is wrong with the screen; sizes in the scale of its shorter side."""
    scale = min(width, height) / 1080
    found = []
    # what lies under a dialog's veil is neither read nor touched
    things = view["things"][view.get("under", 0) :]
    texts = [t for t in things if t["kind"] == "text"]
    for text in texts:
        name, whole, rect = text["text"], text["whole"], text["rect"]
        if rect[2] <= rect[0] or rect[3] <= rect[1]:
            continue
        if not (may_shorten and text["shortens"]) and "".join(text["shown"].split()) != "".join(name.split()):
            found.append(f"{name!r} is cut to {text['shown']!r}")
        if len(name) <= NAME and "\n" in text["shown"].strip() and "\n" not in name:
            found.append(f"{name!r} is broken in two")
        if text["size"] < SMALLEST_TEXT * scale - 0.6:
            found.append(f"{name!r} is {text['size']:.0f} px high")
        # a long text that is scrolled half away ends at its column's edge, not at the screen's
        if min(rect[0], rect[1]) <= 0 or rect[2] >= width or rect[3] >= height:
            found.append(f"{name!r} leaves the screen: {whole}")
        button = text["button"]
        if button and _outside(rect, button["rect"]):
            found.append(f"{name!r} leaves its button: {rect} of {button['rect']}")
    for thing in things:
        if thing["kind"] == "button" and thing["enabled"]:
            left, top, right, bottom = thing["rect"]
            # a row that is half scrolled out is as high as ever
            inside = left > 0 and right < width and bottom > top
            if inside and min(thing["size"]) < SMALLEST_TARGET * scale - 1:
                found.append(f"a button is {thing['size'][0]}×{thing['size'][1]} px at {thing['rect']}")
    found += _faint(view, texts)
    found += _overlaps(things) + _covered(view["things"], texts)
    return found


def contrast(a: Sequence[float], b: Sequence[float]) -> float:
    """Give the contrast of two colours, 1 to 21 (WCAG 2.2); channels from 0 to 1."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Sequence[float]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _over(above: Sequence[float], alpha: float, below: Sequence[float]) -> list[float]:
    return [a * alpha + b * (1 - alpha) for a, b in zip(above[:3], below[:3], strict=True)]


def _faint(view: dict[str, Any], texts: list[dict[str, Any]]) -> list[str]:
    """Find texts that do not stand out from the panels under them, or from the page's ground."""
    things, found = view["things"], []
    high = view.get("contrast", False)
    least = HIGH_CONTRAST if high else LEAST_CONTRAST
    for n, thing in enumerate(things):
        rect = thing["rect"]
        if not any(thing is text for text in texts) or rect[2] <= rect[0] or rect[3] <= rect[1]:
            continue
        x, y = (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
        under = [p for p in things[:n] if "fill" in p and p["rect"][0] <= x <= p["rect"][2] and p["rect"][1] <= y <= p["rect"][3]]
        if not high and thing["button"] and not thing["button"]["enabled"] and len(thing["text"]) <= NAME:
            continue
        if not under and "contrast" not in view:
            # the board's own ground is not told
            continue
        ground = [c / 255 for c in (DARK if high else GROUND)]
        for panel in under:
            ground = _over(panel["fill"], panel["fill"][3], ground)
        ratio = contrast(_over(thing["color"], thing["color"][3] * thing["opacity"], ground), ground)
        if ratio < least:
            found.append(f"{thing['text']!r} stands out from its ground by {ratio:.1f}:1 only")
    return found


def _inside(a: Rect, b: Rect) -> bool:
    return a[0] >= b[0] - 1 and a[1] >= b[1] - 1 and a[2] <= b[2] + 1 and a[3] <= b[3] + 1


def _outside(text: Rect, button: Rect) -> bool:
    return text[0] < button[0] - 1 or text[2] > button[2] + 1 or text[1] < button[1] - 1 or text[3] > button[3] + 1


def _covered(things: list[dict[str, Any]], texts: list[dict[str, Any]]) -> list[str]:
    """Find texts over which a panel is drawn later; a panel around a text is drawn before it."""
    found = []
    for n, thing in enumerate(things):
        if not any(thing is text for text in texts) or thing["rect"][2] <= thing["rect"][0]:
            continue
        for other in things[n + 1 :]:
            a, b = thing["rect"], other["rect"]
            wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            if other["kind"] in ("panel", "button", "writing", "code") and wide > 2 and high > thing["size"] * 0.15:
                found.append(f"{thing['text']!r} at {a} is covered by a {other['kind']} at {b}")
    return found


def _overlaps(things: list[dict[str, Any]]) -> list[str]:
    """Find texts, icons and codes that lie on one another; an icon's own box is a fifth larger than what is drawn of it."""
    seen = []
    for thing in things:
        rect = thing["rect"]
        if thing["kind"] not in ("text", "icon", "code") or rect[2] <= rect[0] or rect[3] <= rect[1]:
            continue
        size = thing.get("size", rect[3] - rect[1])
        if thing["kind"] == "text":
            # its box is as wide as its column; what is drawn stands somewhere in it
            rect = [max(rect[0], thing["drawn"][0]), rect[1], min(rect[2], thing["drawn"][2]), rect[3]]
        if thing["kind"] == "icon":
            edge = (rect[2] - rect[0]) // 10
            rect = [rect[0] + edge, rect[1] + edge, rect[2] - edge, rect[3] - edge]
        seen.append((thing["text"] or thing["kind"], rect, size))
    found = []
    for n, (name, a, size) in enumerate(seen):
        for other, b, _ in seen[n + 1 :]:
            wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            if wide > 2 and high > size * 0.15:
                found.append(f"{name!r} and {other!r} overlap: {a} {b}")
    return found
