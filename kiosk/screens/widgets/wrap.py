"""Break Chinese text into lines: between any two characters, never before closing or after opening punctuation, never inside a number or
a Latin word, never between a number and what it counts. Kivy breaks at blanks only, which pushes half a sentence to the next line.
"""

from collections.abc import Callable

NOT_FIRST = frozenset("，。、；：？！）》」』】〉”’…·・%％)]},.;:?!元")
# 11月, 3 个, 2 公里: a number keeps what it counts
COUNTED = frozenset("年月日号点分秒元个人天岁位条样页小公")
NOT_LAST = frozenset("（《「『【〈“‘([{¥￥")
ELLIPSIS = "…"
LONELY = 3
"""A last line of so few characters looks forgotten: the lines before give it some of theirs."""
NARROWER = (0.95, 0.9, 0.85, 0.8, 0.75)
MARKS = "，。、；：！？,;:"
# no word begins with the second half of what 的 ends
ENDS = frozenset(MARKS + "…・）)的")
BROKEN = 0.25
"""What a line costs that ends in a thought; what it leaves free of its width costs the square of that."""


def _is_wide(c: str) -> bool:
    return c >= "\u2e80" or c in "·…—“”‘’"


def pieces(text: str) -> list[str]:
    """Split into the smallest parts that may stand at the start of a line; blanks end a part."""
    parts: list[str] = []
    for c in text:
        if parts and (not _may_break(parts[-1][-1], c) or _belongs(parts[-1], c)):
            parts[-1] += c
        else:
            parts.append(c)
    return parts


def _belongs(part: str, after: str) -> bool:
    """Say whether a part is a number with a blank, before what it counts (2 公里) or before more of it (138 1234 5678)."""
    return (after in COUNTED or after.isdigit()) and part[-1] == " " and part[-2:-1].isdigit()


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    if (before.isdigit() and after in COUNTED) or (before == "公" and after in "里斤"):
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
    lines = _fill(text, width, measure)
    if len(lines[-1]) <= LONELY:
        widest = max(measure(piece.rstrip()) for piece in pieces(text))
        for share in NARROWER:
            if width * share < widest:
                # it would be cut inside
                break
            even = _fill(text, width * share, measure)
            if len(even) > len(lines):
                break
            if len(even[-1]) > LONELY:
                return even
    return lines


def _fill(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in pieces(text):
        size = measure(piece)
        if line and used + measure(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        while measure(piece.rstrip()) > width and len(piece) > 1:
            cut = next((n for n in range(len(piece) - 1, 0, -1) if measure(piece[:n]) <= width), 1)
            lines.append(piece[:cut])
            piece = piece[cut:]
            size = measure(piece)
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def in_thoughts(text: str, width: float, measure: Callable[[str], float]) -> str:
    """Break a text into as few lines as it needs, so that they end where a thought ends and are of one length, as far as may be."""
    return "\n".join(line for paragraph in text.split("\n") for line in _in_thoughts(paragraph, width, measure))


def _in_thoughts(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines, parts = wrap(text, width, measure), pieces(text)
    if len(lines) == 1:
        return lines
    wide, bare = [measure(part) for part in parts], [measure(part.rstrip()) for part in parts]
    # by how many parts stand in the lines so far: the least that these cost, and where the last of them begins
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in lines:
        reached: dict[int, tuple[float, int]] = {}
        for start, (cost, _) in best[-1].items():
            used = 0.0
            for end in range(start + 1, len(parts) + 1):
                if used + bare[end - 1] > width:
                    break
                broken = end < len(parts) and not _ends_thought(parts[end - 1], parts[end])
                all_in = cost + (1 - (used + bare[end - 1]) / width) ** 2 + BROKEN * broken
                if end not in reached or all_in <= reached[end][0]:
                    reached[end] = all_in, start
                used += wide[end - 1]
        best.append(reached)
    end, found = len(parts), list[str]()
    for reached in reversed(best[1:]):
        if end not in reached:
            # a part is wider than a line
            return lines
        start = reached[end][1]
        found.insert(0, "".join(parts[start:end]).rstrip())
        end = start
    return found if max(map(measure, found)) <= width else lines


def _ends_thought(before: str, after: str) -> bool:
    return before.rstrip()[-1:] in ENDS or after[0] in "（("
