"""The one normaliser of searched text, shared by the station's index, the hub's and every brute-force check.

Width, case and compatibility forms fold away (NFKC with full case folding); variation selectors and other marks vanish;
letters, digits, `·`, private-use characters and a point between digits stay; everything else breaks the text. No phrase crosses
a break, so that "结管" does not match 日结,管饭. A space between a Chinese character and a Latin letter or digit is typography
and vanishes. Knows no store and no listing.
"""

import unicodedata
from collections.abc import Mapping

DOT = "·"
"""The dot inside names such as 阿依·古丽, in all its widths."""

_DOTS = dict.fromkeys(map(ord, "•‧∙⋅⸱・･᛫"), DOT)
_KEPT = ("L", "N", "Co")
_BREAK = " "


def runs(text: str) -> list[str]:
    """Cut text into its unbroken runs of normalised characters."""
    return _cut(text, typography=True)


def terms(query: str) -> list[str]:
    """Cut what a visitor typed into the terms that all must match, each once: here every space separates."""
    return list(dict.fromkeys(_cut(query, typography=False)))


def spell(run: str, readings: Mapping[str, str]) -> list[list[str]]:
    """Spell the Chinese characters of a run in pinyin: one list of syllables for each stretch whose every character has a reading."""
    stretches: list[list[str]] = [[]]
    for char in run:
        syllable = readings.get(char)
        if syllable is not None:
            stretches[-1].append(syllable)
        elif stretches[-1]:
            stretches.append([])
    return [s for s in stretches if s]


def _cut(text: str, *, typography: bool) -> list[str]:
    folded = unicodedata.normalize("NFKC", text.translate(_DOTS))
    folded = unicodedata.normalize("NFKC", folded.casefold()).translate(_DOTS)
    out: list[str] = []
    for i, char in enumerate(folded):
        category = unicodedata.category(char)
        if category.startswith(_KEPT) or char == DOT:
            out.append(char)
        elif category.startswith("M") or category == "Cf":
            continue
        elif char == "." and folded[i - 1 : i].isdigit() and folded[i + 1 : i + 2].isdigit():
            out.append(char)
        elif not (typography and char == " " and _mixed(folded[i - 1 : i], folded[i + 1 : i + 2])):
            out.append(_BREAK)
    return "".join(out).split()


def _mixed(left: str, right: str) -> bool:
    return (left.isascii() and left.isalnum() and _is_han(right)) or (_is_han(left) and right.isascii() and right.isalnum())


def _is_han(char: str) -> bool:
    return char == "〇" or (char >= "㐀" and unicodedata.category(char) == "Lo")
