"""Finding forbidden words in what people wrote, with negation and context. Knows patterns, not what they mean.

A text is folded first (width, case, script, letters pulled apart or swapped to dodge the rules: 押 金, 押.金, 呀金), and what is found
is given as positions in the text as it was written. A hit does not count when an exception covers it (押运员), or when the words before or
after it in the same clause deny it (不收押金, 押金一分不要), unless words after it bring it back (不交押金不能上班).
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Span = tuple[int, int]

CLAUSE_END = re.compile(r"[,。;!?\n…]")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\u20e3\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
CJK = r"[\u3400-\u9fff]"
THIN = " .*_·\\-/|"
PULLED_APART = re.compile(rf"(?<!{CJK})(?:{CJK}[{THIN}]{{1,2}}){{1,7}}{CJK}(?!{CJK})")
"""Single characters with something thin between them, as in 保 证 金; whole words set apart by blanks stay apart."""
UPRIGHT = re.compile(rf"(?:(?<=\n)|^)(?:{CJK}\n){{2,40}}{CJK}(?=\n|$)")
"""One character a line."""
BARE = re.compile(r"[^收交缴付转扣先需须要只自\d]{1,5}")
LIST_GOES_ON = re.compile(r"\s*(?:$|[、和及与或等])")
WIDE_GAP = re.compile(r" {2,}")
"""Blanks in a row stand for the end of a clause."""
FAR = 120
"""No clause is read further than this, so that a long text costs no more than its length."""
CIRCLED = re.compile(r"[\u2460-\u249b\u2776-\u2793]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """The patterns of one rule, written for folded text. A pattern left out is None and matches nothing."""

    name: str
    pattern: re.Pattern[str]
    exception: re.Pattern[str] | None = None
    denied_before: re.Pattern[str] | None = None
    denied_after: re.Pattern[str] | None = None
    still: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """What is written in several ways: single characters, words (pattern and the usual word), signs that deny."""

    alike: Mapping[str, str] = field(default_factory=dict)
    words: tuple[tuple[re.Pattern[str], str], ...] = ()
    deny: str = ""


PLAIN = Folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, where it stood in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Turn a span of the folded text into one of the original."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str, how: Folding = PLAIN) -> Folded:
    """Fold width, case and script, drop invisible characters and what pulls words apart, make pictures ends of clauses."""
    characters: list[str] = []
    origin: list[int] = []
    for i, raw in enumerate(text):
        if INVISIBLE.match(raw):
            continue
        if CIRCLED.match(raw) and not CIRCLED.match(text[i + 1 : i + 2]) and not CIRCLED.match(text[max(0, i - 1) : i]):
            raw = ";"  # ① begins a point of a list; several in a row are a number
        for c in unicodedata.normalize("NFKC", how.alike.get(raw, raw)).lower():
            characters.append(" " if c in "\t\r\u3000\u00a0" else how.alike.get(c, c))
            origin.append(i)
    folded = "".join(characters)
    dropped = {m.start() + k for p in (PULLED_APART, UPRIGHT) for m in p.finditer(folded) for k, c in enumerate(m[0]) if not c.isalnum()}
    kept = [i for i in range(len(folded)) if i not in dropped]
    folded, places = "".join(folded[i] for i in kept), [origin[i] for i in kept]
    for pattern, word in how.words:
        folded, places = _replace(folded, places, pattern, word)
    folded = "".join(_sign(c, how.deny) for c in folded)
    return Folded(WIDE_GAP.sub(lambda m: ";" + m[0][1:], folded), tuple(places))


def _replace(text: str, places: list[int], pattern: re.Pattern[str], word: str) -> tuple[str, list[int]]:
    parts: list[str] = []
    new: list[int] = []
    done = 0
    for m in pattern.finditer(text):
        parts += [text[done : m.start()], word]
        new += places[done : m.start()]
        new += [places[min(m.start() + k, m.end() - 1)] for k in range(len(word) - 1)]
        new.append(places[m.end() - 1])
        done = m.end()
    return ("".join([*parts, text[done:]]), new + places[done:]) if parts else (text, places)


def _sign(c: str, deny: str) -> str:
    """Read a picture: a crossed sign denies, any other ends the clause."""
    if c in deny:
        return "不"
    return ";" if c > "\u2000" and unicodedata.category(c) in ("So", "Sk", "Cn") else c


def scan(rule: TextRule, folded: Folded) -> tuple[list[Span], list[Span]]:
    """Give where the rule bites and where it looked and found nothing wrong, as spans of the original, merged where they touch."""
    bites: list[Span] = []
    cleared: list[Span] = []
    excused = deque(m.span() for m in rule.exception.finditer(folded.text)) if rule.exception else deque()
    at = denied_to = 0
    while (m := rule.pattern.search(folded.text, at)) is not None:
        start, end = m.span()
        while excused and excused[0][1] <= start:
            excused.popleft()
        if end <= denied_to:
            denied: Span | None = start, end
        elif excused and excused[0][0] <= start and end <= excused[0][1]:
            denied = excused[0]
        else:
            denied = _denied(rule, folded.text, start, end)
        if denied is None:
            bites.append(folded.span(start, end))
            at = end
        else:
            cleared.append(folded.span(min(start, denied[0]), max(end, denied[1])))
            at, denied_to = start + 1, max(end, denied_to)  # what is denied may reach into what is not
    return merge(bites), merge(cleared)


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
    stop = CLAUSE_END.search(text, end, end + FAR)
    after = text[end : stop.start() if stop else end + FAR]
    left = _clause_start(text, start)
    before = text[left:start]
    if not before.strip("、 ") and BARE.fullmatch(text, start, end) and LIST_GOES_ON.match(after):
        # 不收押金，服装费，体检费: a clause that is nothing but the word goes on with those before it
        item = ""
        while start - left < FAR and left and text[left - 1] == "," and (not item or BARE.fullmatch(item)):
            right, left = left - 1, _clause_start(text, left - 1)
            item = text[left:right]
        before = text[left:start].replace(",", "、")
    if rule.still is not None and rule.still.match(after):
        return None
    if rule.denied_before is not None and (m := rule.denied_before.search(before)) is not None:
        return left + m.start(), end
    if rule.denied_after is not None and (m := rule.denied_after.match(after)) is not None:
        return start, end + m.end()
    return None


def _clause_start(text: str, at: int) -> int:
    far = at - FAR
    while at and at > far and not CLAUSE_END.match(text[at - 1]):
        at -= 1
    return at


def merge(spans: Iterable[Span]) -> list[Span]:
    """Put spans in order and make one of those that touch."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
