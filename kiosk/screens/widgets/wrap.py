"""Break Chinese text into lines: between any two characters, never before closing or after opening punctuation, never inside a number or
a Latin word, never between a number and what it counts. Kivy breaks at blanks only, which pushes half a sentence to the next line.
"""

from collections.abc import Callable

NOT_FIRST = frozenset("，。、；：？！）》」』】〉”’…·・%％)]},.;:?!元")
# 11月, 3 个, 2 公里: a number keeps what it counts
COUNTED = frozenset("年月日号点分秒元个人天岁位条样页小公")
NOT_LAST = frozenset("（《「『【〈“‘([{¥￥")
ELLIPSIS = "…"


def _is_wide(c: str) -> bool:
    return c >= "\u2e80" or c in "·…—“”‘’"


def pieces(text: str) -> list[str]:
    """Split into the smallest parts that may stand at the start of a line; blanks end a part."""
    parts: list[str] = []
    for c in text:
        if parts and not _may_break(parts[-1][-1], c):
            parts[-1] += c
        else:
            parts.append(c)
    return parts


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    if before.isdigit() and after in COUNTED:
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def wrap(text: str, width: float, measure: Callable[[str], float], max_lines: int = 0) -> list[str]:
    """Break `text` to `width` pixels. A part wider than a line is cut inside. With `max_lines` the rest becomes an ellipsis."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrap_paragraph(paragraph, width, measure)
    if max_lines and len(lines) > max_lines:
        lines = lines[:max_lines]
        last = lines[-1]
        while last and measure(last + ELLIPSIS) > width:
            last = last[:-1]
        lines[-1] = last + ELLIPSIS
    return lines


def _wrap_paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if measure(text) <= width:
        return [text]
    lines: list[str] = []
    line, used = "", 0.0
    for piece in pieces(text):
        size = measure(piece)
        if line and used + measure(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        while measure(piece) > width and len(piece) > 1:
            cut = next((n for n in range(len(piece) - 1, 0, -1) if measure(piece[:n]) <= width), 1)
            lines.append(piece[:cut])
            piece = piece[cut:]
            size = measure(piece)
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines
