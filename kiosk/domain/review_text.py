"""Finding forbidden words in what people wrote, with negation and context. Knows patterns, not what they mean.

A text is folded first (width, case, letters pulled apart to dodge the rules: 押 金, 押.金), and what is found is given as positions in
the text as it was written. A hit does not count when an exception covers it (押运员), or when the words before or after it in the
same clause deny it (不收押金, 押金一分不要), unless words after it bring it back (不交押金不能上班).
"""

import re
import unicodedata
from dataclasses import dataclass

Span = tuple[int, int]

CLAUSE_END = re.compile(r"[,。;!?\n…]")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]")
CJK = r"[\u3400-\u9fff]"
PULLED_APART = re.compile(rf"(?<!{CJK})(?:{CJK}[ .*_·\-/|]{{1,2}}){{1,7}}{CJK}(?!{CJK})")
"""Single characters with something thin between them, as in 保 证 金; whole words set apart by blanks stay apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """The patterns of one rule, written for folded text. A pattern left out is None and matches nothing."""

    name: str
    pattern: re.Pattern[str]
    exception: re.Pattern[str] | None = None
    denied_before: re.Pattern[str] | None = None
    denied_after: re.Pattern[str] | None = None
    still: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, where it stood in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Turn a span of the folded text into one of the original."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold width and case, drop invisible characters and what pulls single characters apart."""
    characters: list[str] = []
    origin: list[int] = []
    for i, raw in enumerate(text):
        if INVISIBLE.match(raw):
            continue
        for c in unicodedata.normalize("NFKC", raw).lower():
            characters.append(" " if c in "\t\r\u3000\u00a0" else c)
            origin.append(i)
    folded = "".join(characters)
    dropped = {m.start() + k for m in PULLED_APART.finditer(folded) for k, c in enumerate(m[0]) if c in " .*_·-/|"}
    kept = [i for i in range(len(folded)) if i not in dropped]
    return Folded("".join(folded[i] for i in kept), tuple(origin[i] for i in kept))


def scan(rule: TextRule, folded: Folded) -> tuple[list[Span], list[Span]]:
    """Give where the rule bites and where it looked and found nothing wrong, as spans of the original, merged where they touch."""
    bites: list[Span] = []
    cleared: list[Span] = []
    excused = [m.span() for m in rule.exception.finditer(folded.text)] if rule.exception else []
    for start, end in (m.span() for m in rule.pattern.finditer(folded.text) if m[0]):
        inside = next((e for e in excused if e[0] <= start and end <= e[1]), None)
        denied = _denied(rule, folded.text, start, end) if inside is None else inside
        if denied is None:
            bites.append(folded.span(start, end))
        else:
            cleared.append(folded.span(min(start, denied[0]), max(end, denied[1])))
    return _merge(bites), _merge(cleared)


def clause(text: str, span: Span) -> str:
    """Give the whole clause of the original text around a span, to be quoted."""
    start, end = span
    while start > 0 and not CLAUSE_END.match(_narrow(text[start - 1])):
        start -= 1
    while end < len(text) and not CLAUSE_END.match(_narrow(text[end])):
        end += 1
    return text[start:end].strip()


def _narrow(character: str) -> str:
    return unicodedata.normalize("NFKC", character)[:1]


def _denied(rule: TextRule, text: str, start: int, end: int) -> Span | None:
    """Give the span of the denial and what it denies, or None."""
    left = max((m.end() for m in CLAUSE_END.finditer(text, 0, start)), default=0)
    stop = CLAUSE_END.search(text, end)
    before, after = text[left:start], text[end : stop.start() if stop else len(text)]
    if rule.still is not None and rule.still.match(after):
        return None
    if rule.denied_before is not None and (m := rule.denied_before.search(before)) is not None:
        return left + m.start(), end
    if rule.denied_after is not None and (m := rule.denied_after.match(after)) is not None:
        return start, end + m.end()
    return None


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
