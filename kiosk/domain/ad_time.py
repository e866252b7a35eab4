"""When: days and hours as people write them, in ads and in tables: 11月24号, 明天, 7点到5点半, 早7晚5. `today` is an argument."""

import re
from datetime import date, timedelta

from kiosk.domain.ad_numbers import TO, count

_FULL = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_MONTH_DAY = re.compile(r"(?<![\d.])(\d{1,2})\s*月\s*(\d{1,2})(?!\d)|(?<![\d./-])(\d{1,2})[/.-](\d{1,2})(?![\d/.元块-])")
_DAY = re.compile(r"(?<![\d月])(\d{1,2})\s*号(?!楼|库|门|线|院|仓|厂)")
_WORDS = (("大后天", 3), ("后天", 2), ("明", 1), ("今", 0), ("现在", 0), ("马上", 0), ("立即", 0))
_LAST = re.compile(
    rf"(?:共|干|做|工期|约|大?概|大约|要|^)\s*:?\s*(\d{{1,3}}|[一二两三四五六七八九十半]{{1,3}})\s*(?:{TO}\s*(\d{{1,3}}|"
    rf"[一二两三四五六七八九十]{{1,3}}))?\s*(?:来|多)?\s*(个月|个星期|星期|周|天)"
)
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_PART = r"凌晨|早上|早|清早|上午|中午|下午|傍晚|晚上|晚|夜里|夜|次日|第二天"


def _clock(side: str) -> str:
    """Give the pattern of one time of day: 7:30, 七点半, 下午5点, 晚5."""
    return (
        rf"(?P<{side}part>{_PART})?\s*(?P<{side}h>{_N})(?:\s*(?P<{side}mark>[:点时])\s*(?P<{side}m>半|一刻|\d{{1,2}})?)?\s*(?:分|"
        rf"钟)?(?!\d|个?小时|天)"
    )


_HOURS = re.compile(_clock("a") + rf"\s*(?:{TO}|,|、)?\s*" + _clock("b"))


def find_day(text: str, today: date) -> date | None:
    """Give the first day that is named; without a year the one nearest ahead. None when no day is named or it does not exist."""
    m = _FULL.search(text)
    if m:
        return _date(int(m[1]), int(m[2]), int(m[3]))
    m = _MONTH_DAY.search(text)
    if m:
        return _near(int(m[1] or m[3]), int(m[2] or m[4]), today)
    for word, ahead in _WORDS:
        if word in text:
            return today + timedelta(days=ahead)
    m = _DAY.search(text)
    if m and 1 <= int(m[1]) <= 31:
        here = _date(today.year, today.month, int(m[1]))
        after = (today.replace(day=28) + timedelta(days=7)).replace(day=1)
        return here if here and here >= today else _date(after.year, after.month, int(m[1]))
    return None


def find_length(text: str) -> int | None:
    """Give how many days the work lasts, of a range the longer: 干3天, 3-5天, 半个月."""
    m = _LAST.search(text)
    if m is None:
        return None
    number = 0.5 if m[1] == "半" else float(count(m[2] or m[1]) or 0)
    days = round(number * {"个月": 30, "个星期": 7, "星期": 7, "周": 7, "天": 1}[m[3]])
    return days if 1 <= days <= 366 else None


def find_hours(text: str) -> tuple[int, int] | None:
    """Give start and end in minutes after midnight: 7:00-17:00, 早7点到下午5点半, 早八晚五; a bare end before its start is afternoon."""
    for m in _HOURS.finditer(text):
        if not (m["apart"] and m["bpart"]) and not (m["amark"] or m["bmark"]):
            continue
        start, end = _minutes(m, "a"), _minutes(m, "b")
        if start is None or end is None or start == end:
            continue
        if not m["bpart"] and end <= 12 * 60 and (end < start < 12 * 60 or (start >= 17 * 60 and end == 12 * 60)):
            end += 12 * 60
        if 0 <= start < 1440 and 0 <= end <= 1440:
            return start, end
    return None


def _minutes(m: re.Match[str], side: str) -> int | None:
    hour = count(m[f"{side}h"]) if not m[f"{side}h"].isdigit() else int(m[f"{side}h"])
    if hour is None or hour > 24:
        return None
    part, minute = m[f"{side}part"] or "", m[f"{side}m"] or ""
    if (
        (part in ("下午", "傍晚") and hour < 12)
        or (part in ("晚上", "晚", "夜里", "夜") and 5 <= hour < 12)
        or (part == "中午" and hour < 3)
    ):
        hour += 12
    extra = 30 if minute == "半" else 15 if minute == "一刻" else int(minute or 0)
    return hour * 60 + extra if extra < 60 else None


def _near(month: int, day: int, today: date) -> date | None:
    found = _date(today.year, month, day)
    if found is not None and (today - found).days > 180:
        return _date(today.year + 1, month, day)
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
