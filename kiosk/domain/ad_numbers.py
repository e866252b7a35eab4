"""Numbers as people write them in chats: folding a text, hiding what is read, and amounts such as 两百六, 4.5k, 一毛五, 5-6千, 200多.

Knows nothing of work or pay units. Positions stay what they were: what was read is overwritten, never cut out.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

HIDDEN = "\ue000"
"""Stands where something was read already. A private character: no text that people type has it."""
HAN = r"[\u3400-\u9fff]"

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_LETTERS = {"k": "千", "K": "千", "w": "万", "W": "万"}

_ONE_TO_NINE = "一二两俩三四五六七八九"
_THOUSANDS = r"\d{1,3}(?:,\d{3})+(?=\s*[元块/-])|\d{1,6}(?:\.\d{1,3})?"
_TENTHS = r"[1-9](?![\d.点])|[一二三四五六七八九](?![\d.点零十百千万个天月年日周趟件次人名位斤亩小])"
"""What stands behind 千 or 百: 4千5, 3千五; not 3千一个月."""
ARABIC = rf"(?:{_THOUSANDS})(?!\d)(?:[千万百kKwW](?:{_TENTHS})?)?"
CHINESE = rf"(?:[{_ONE_TO_NINE}]{{1,2}}[万千百十]|[百千]|十)(?:[零〇{_ONE_TO_NINE}十百千])*"
NUMBER = rf"(?:{ARABIC}|{CHINESE})"
SMALL = rf"(?:\d{{1,3}}|[{_ONE_TO_NINE}]?十[{_ONE_TO_NINE}]?|[{_ONE_TO_NINE}]{{1,2}}十?)"
"""A count: 3, 十二, 三五, 二十."""

_COIN = r"(?:块钱|元钱|元整|元|块|圆|rmb|RMB|毛钱|毛|角|分钱|分(?!钟|拣|店))"
_COINED = (
    rf"(?:[¥￥$]\s*)?(?:{NUMBER}\s*{_COIN}?|[半{_ONE_TO_NINE}]\s*{_COIN})(?:(?<=[块毛元])[1-9{_ONE_TO_NINE}半](?![\d.点百千万十]|"
    rf"个?{HAN}?[天月时]))?"
)
_OPEN = r"(?:多|几|余|出头|以上|起步|起|\+)"
_ABOUT = r"(?:左右|上下|来(?=[块元])|大概)"
_TAIL = rf"(?:\s*{_OPEN}|\s*{_ABOUT})?(?:{_COIN})?(?:\s*{_OPEN}|\s*{_ABOUT})?"
TO = r"(?:-+|~+|—+|–+|─+|→|到|至)"
AMOUNT = rf"{_COINED}{_TAIL}(?:\s*{TO}\s*{_COINED}{_TAIL})?"
"""An amount of money with its words: 260, 260-280元, 5千到6千, 200多块, 1块5, 3毛. No groups inside."""

_KEYCAP = re.compile(r"(\d)\ufe0f?\u20e3")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\u20e3]")
_CIRCLED = re.compile(r"[\u2460-\u2473\u2474-\u2487\u2488-\u249b\u2776-\u277f\u2780-\u2793]")
_EMOJI = re.compile(r"[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff\U000e0000-\U000e007f]+")
_LONG = re.compile(r"([^\n]{1000})(?=[^\n])")
"""A line this long is no line that somebody typed; cut, so that patterns which look ahead stay quick."""
_SPACES = re.compile(r"[ \t\u00a0\u3000\u2000-\u200a]+")


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in fen; None where the words leave an end open (200多, 300以内)."""

    low: int | None
    high: int | None


def fold(text: str) -> str:
    """Fold width, drop what cannot be seen, turn ①, 1️⃣ and runs of pictures into line breaks. Knows no lines but those of \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(HIDDEN, " ")
    text = _LONG.sub(r"\1\n", _SPACES.sub(" ", text))
    text = _KEYCAP.sub(lambda m: f"\n{m[1]}、" if _stands_alone(text, m) else m[1], text)
    text = _CIRCLED.sub(lambda m: f"\n{_plain(m[0])}、" if _stands_alone(text, m) else _plain(m[0]), text)
    text = _INVISIBLE.sub("", text)
    text = re.sub(r"[ \t]*" + _EMOJI.pattern + r"[ \t]*", "\v", text)
    text = re.sub(r"\v(?=\v*(?:\n|$))|(?<=\n)\v+|^\v+", "", text)
    text = re.sub(r"\v+", "\n", text)
    text = "".join(" " if unicodedata.category(c) == "Cc" and c != "\n" else unicodedata.normalize("NFKC", c) for c in text)
    return _SPACES.sub(" ", text)


def _plain(circled: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", circled)) or str(unicodedata.digit(circled, 0))


def _stands_alone(text: str, m: re.Match[str]) -> bool:
    """Say whether a ringed digit numbers an item; several in a row are a number written prettily."""
    around = text[max(0, m.start() - 1) : m.start()] + text[m.end() : m.end() + 1]
    return not any(_CIRCLED.match(c) or c.isdigit() for c in around)


def hide(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Overwrite spans, so that nothing reads them again."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = [HIDDEN if c != "\n" else c for c in characters[start:end]]
    return "".join(characters)


def hide_all(text: str, pattern: re.Pattern[str]) -> str:
    """Overwrite every match."""
    return hide(text, [m.span() for m in pattern.finditer(text)])


def number(text: str) -> tuple[float, float] | None:
    """Read one number: 260, 4.5k, 4千5, 两百六, 一千二, 二十, 五六百 (500 to 600). None when it is none."""
    text = "".join(_LETTERS.get(c, c) for c in text.replace(",", "").strip())
    m = re.fullmatch(rf"(\d+(?:\.\d+)?)(?:([百千万])([1-9{_ONE_TO_NINE}]?))?", text)
    if m:
        unit = _UNITS.get(m[2] or "", 1)
        tenths = (_DIGITS[m[3]] if m[3] in _DIGITS else int(m[3])) if m[3] else 0
        value = float(m[1]) * unit + tenths * unit / 10
        return value, value
    m = re.fullmatch(rf"([{_ONE_TO_NINE}])([{_ONE_TO_NINE}])(十?)([十百千万]?)", text)
    if m:
        unit = (10 if m[3] else 1) * _UNITS.get(m[4], 1)
        return _DIGITS[m[1]] * unit, _DIGITS[m[2]] * unit
    whole = _chinese(text)
    return None if whole is None else (whole, whole)


def _chinese(text: str) -> float | None:
    total, unit, zero = 0.0, 1, False
    digit: int | None = None
    if not text:
        return None
    for c in text:
        if c in _DIGITS:
            if digit:
                return None
            digit, zero = _DIGITS[c], zero or c in "零〇"
        elif c in _UNITS:
            unit = _UNITS[c]
            if unit == 10_000:
                total = (total + (digit or 0)) * unit if total or digit else unit
            else:
                total += (1 if digit is None else digit) * unit
            digit, zero = None, False
        elif c == "半":
            return 0.5 if len(text) == 1 else None
        else:
            return None
    if digit:
        total += digit if zero or unit <= 10 else digit * unit / 10
    return total


def count(text: str) -> int | None:
    """Read a headcount, of a range the larger: 3, 两, 十来, 三五 → 5, 2-3 → 3."""
    parts = [p for p in re.split(rf"\s*{TO}\s*", re.sub(r"[多来几余]", "", text.strip())) if p]
    read = [number(p) for p in parts]
    highest = [value[1] for value in read if value is not None]
    return int(max(highest)) if highest and max(highest) >= 1 else None


def amount(text: str) -> Amount | None:
    """Read what AMOUNT matched; None when it is no amount or an absurd one (over a million 元)."""
    sides = re.split(rf"(?<=[^\s]){TO}(?=\s*[\d¥￥{_ONE_TO_NINE}十百半])", text, maxsplit=1)
    read = [_side(side) for side in sides]
    if any(r is None for r in read):
        return None
    first, last = read[0], read[-1]
    assert first is not None
    assert last is not None
    low, high = first.low, last.high
    if len(read) == 2:
        if first.coin is None and last.coin is not None:
            low, high = low * last.coin, high * last.coin
        else:
            low, high = low * (first.coin or 1), high * (last.coin or first.coin or 1)
        low = low * last.scale if first.scale == 1 and last.scale > 1 and low * last.scale <= high else low
    else:
        low, high = low * (first.coin or 1), high * (first.coin or 1)
    if not 0 < low <= 1_000_000 or high > 1_000_000:
        return None
    if high < low:
        high = low
    return Amount(round(low * 100), None if last.open and len(read) == 1 else round(high * 100))


@dataclass(frozen=True, slots=True)
class _Side:
    low: float
    high: float
    coin: float | None
    scale: int
    open: bool


def _side(text: str) -> _Side | None:
    m = re.match(rf"\s*[¥￥$]?\s*({NUMBER}|[半{_ONE_TO_NINE}])\s*({_COIN})?([1-9{_ONE_TO_NINE}半])?", text)
    read = number(m[1]) if m else None
    if m is None or read is None:
        return None
    coin = {"毛": 0.1, "角": 0.1, "分": 0.01}.get(m[2][0], 1.0) if m[2] else None
    more = 0.0
    if m[3] and m[2]:
        tenth = 5 if m[3] == "半" else (number(m[3]) or (0, 0))[0]
        more = tenth / 10
    scale = {"千": 1000, "k": 1000, "K": 1000, "万": 10_000, "w": 10_000, "W": 10_000, "百": 100}.get(m[1][-1], 1)
    rest = text[m.end() :]
    return _Side(read[0] + more, read[1] + more, coin, scale, re.search(_OPEN, rest) is not None)
