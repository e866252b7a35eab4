"""Reading hours and pay out of what people wrote in their own words: 早上六点干到晚上九点, 十五块一个小时.

Owns how such sentences are said; what is too long or too little is decided in review_checks. What is not surely meant as the day's work
or as its pay (opening hours, overtime, breaks, fines) is left alone. Patterns are for folded text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.domain.review_text import Folded, Span

SIGNS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMBER = r"(?:\d{1,5}(?:\.\d{1,2})?|[一二两三四五六七八九十百千]{1,7})"
SMALL = r"(?:\d{1,2}(?:\.\d{1,2})?|[一二两三四五六七八九十]{1,3})"
STOP = r",。;!?\n…"
TO = r"(?:-|—|–|~|到|至)"
HOURS = r"(?:小时|钟头|钟|h(?![a-z]))"

LONG = re.compile(
    rf"""(?:每天|一天|每日|日均|两班倒,?|每个?班|一个?班|白班|夜班|通班|工作时间?|上班时间?|[上干做搞站坐])[^{STOP}\d一二两三四五六七八九十]{{0,5}}
    (?P<a>{NUMBER})(?:{TO}|、)?(?P<b>{NUMBER})?(?P<half>个?半)?个?多?(?P<half2>个?半)?{HOURS}
    (?!\s?(?:的?便利|营业|内|以内|热线|,?休|,?歇|热水|陪护|有人))""",
    re.VERBOSE,
)
SHIFT_OF = re.compile(rf"(?P<a>{NUMBER})个?(?P<half>半)?个?小时[制的]?(?:两班|对班|班(?!车)|长白班|对倒)")
CLOCK = r"(?P<{0}>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?:[:点]\s?(?P<{0}m>[0-5]\d|半)?)?(?:分|钟)?"
SHIFT = re.compile(
    rf"""(?P<early>(?:一?大?清?早上?|早晨|上午|凌晨|天[不没刚]?亮|白天|早班|从|自){{1,3}})?\s?
    {CLOCK.format("start")}\s?(?:一直|就)?[上做干搞站忙]?\s?{TO}{{1,3}}\s?
    (?P<late>(?:晚上?|下午|夜里|夜晚|傍晚|深夜|半夜|黑|中午|早上?|清早|天亮|次日|第二天|凌晨|转钟){{1,2}})?\s?
    {CLOCK.format("end")}(?P<tail>[^{STOP}]{{0,8}})""",
    re.VERBOSE,
)
EARLY_LATE = re.compile(
    rf"""早上?\s?(?P<start>{SMALL})\s?点?半?\s?(?:上工|上班|开始|开工|起)?\s?(?:{TO}|,)?\s?
    晚上?\s?(?P<end>{SMALL})(?![\d个名块元])""",
    re.VERBOSE,
)
MORNING = re.compile(r"次日|第二天|凌晨|转钟|早|天亮|半夜")
BREAK = re.compile(
    rf"""(?:吃饭|午休|休息|歇|午饭|用餐|夜宵|宵夜|午睡|含|除去|扣除)[^{STOP}\d一二两三四五六半]{{0,5}}
    (?P<n>{NUMBER}|半)(?P<half>个?半)?个?(?P<unit>小时|钟头|分钟)
    |(?P<n2>{NUMBER}|半)(?P<half2>个?半)?个?(?P<unit2>小时|钟头|分钟)的?(?:吃饭|午休|休息|用餐|午饭|夜宵|宵夜)""",
    re.VERBOSE,
)
NOT_WORK = re.compile(r"营业|开门|面试|来电|咨询|联系|打电话|都可以|报名|时间段|时段|接待|想干|想做|随你|随便|也有活|睡|躺")
"""Near a figure: it is not the day's work."""
IN_TURNS = re.compile(r"任选|自由|选班|自选|三班|轮班|倒班|轮流|轮着|错峰|分班|分两班|两班(?!倒)|早晚班|早班|中班|各班|能睡|可以睡|可以躺")
"""In the sentence: several people share the hours."""
SENTENCE_END = re.compile(r"[。;!?\n]")

UP_TO = rf"(?:\s?{TO}\s?\d{{1,3}}(?:\.\d{{1,2}})?)?"
HOURLY = (
    re.compile(
        rf"""(?:时薪|每个?小时|一个?小时|一个钟头?|每个?钟头?|一钟头|小时工资?)[ ]?:?(?:工资|给|算|是|按|只有)?你?\s?
        (?P<n>{SMALL}){UP_TO}\s?(?:[块元](?P<more>[五半])?(?![/一每])|(?=[\s{STOP}]|$))""",
        re.VERBOSE,
    ),
    re.compile(
        rf"""(?<![\d.一二三四五六七八九十百千到至~-])(?P<n>{SMALL}){UP_TO}\s?[块元](?P<more>[五半])?钱?\s?
        (?:/|每|一|每个|1|一个)?个?(?:小时|钟头|h(?![a-z]))(?!工?[^{STOP}]{{0,3}}(?:停车|充电|租))""",
        re.VERBOSE,
    ),
)
NOT_PAY = re.compile(
    r"生活费|加班|超时|另加|再加|多加|另补|补贴|补助|停车|收费|租|场地|扣|罚|迟到|奖|提成|充电|客户|顾客|"
    r"学费|网费|水费|电费|夜班费|小费|超过|涨|看护费"
)
MONTHLY = re.compile(
    rf"""(?:月薪|月工资|每个?月|一个?月|一月)\s?:?(?:工资|给|是|只有|拿)?\s?
    (?P<n>1[0-9]\d\d|[6-9]\d\d|一千[一二三四五六七八九]?百?|[六七八九]百)(?![\d.斤公个件]|\s?{TO}|[一二三四五六七八九]?十)""",
    re.VERBOSE,
)
FULL_TIME = re.compile(
    r"全天|全职|正常班|长白班|上六休一|做六休一|无休|月休|八小时|8小时|8个小时|八个小时|整天|朝九晚五|早[七八789]晚[五六七八5678]"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A figure read in a text: minutes of work a day, or fen an hour or a month, and where it stands in the original."""

    amount: int
    span: Span


def hours_said(folded: Folded) -> Iterator[Said]:
    """Give the working time a day wherever the text states it, in minutes, what is said of breaks taken off."""
    for sentence, at in _sentences(folded.text):
        if IN_TURNS.search(sentence):
            continue
        rest = sum(_break_min(m) for m in BREAK.finditer(sentence))
        for m in LONG.finditer(sentence):
            hours = max((number(m[g]) for g in ("a", "b") if m[g]), default=0)
            if m["b"] and hours and number(m["a"]) >= 10 > number(m["b"]) and not m["a"][-1].isdigit():
                hours = number(m["a"][:1]) + number(m["b"])
            minutes = round(hours * 60) + (30 if m["half"] or m["half2"] else 0)
            if minutes < 20 * 60 and not _near(NOT_WORK, sentence, m):
                yield Said(max(0, minutes - rest), folded.span(at + m.start(), at + m.end()))
        for m in SHIFT_OF.finditer(sentence):
            minutes = round(number(m["a"]) * 60) + (30 if m["half"] else 0)
            if minutes < 20 * 60:
                yield Said(max(0, minutes - rest), folded.span(at + m.start(), at + m.end()))
        for m in SHIFT.finditer(sentence):
            shift = _shift_min(m)
            if shift and not _near(NOT_WORK, sentence, m):
                yield Said(max(0, shift - rest), folded.span(at + m.start(), at + m.start("tail")))
        for m in EARLY_LATE.finditer(sentence):
            start, end = number(m["start"]), number(m["end"]) + 12
            if start <= 12 < end <= 24 and not _near(NOT_WORK, sentence, m):
                yield Said(max(0, round((end - start) * 60) - rest), folded.span(at + m.start(), at + m.end()))


def hourly_said(folded: Folded) -> Iterator[Said]:
    """Give the pay an hour wherever the text states it, in fen; of a range the least."""
    for sentence, at in _clauses(folded.text):
        if not NOT_PAY.search(sentence):
            for pattern in HOURLY:
                for m in pattern.finditer(sentence):
                    yield Said(round(number(m["n"]) * 100) + (50 if m["more"] else 0), folded.span(at + m.start(), at + m.end()))


def monthly_said(folded: Folded) -> Iterator[Said]:
    """Give the pay a month of full-time work wherever the text states both, in fen."""
    for sentence, at in _sentences(folded.text):
        if FULL_TIME.search(sentence) and not re.search(r"底薪|保底|试用|补|加提成|\+", sentence):
            for m in MONTHLY.finditer(sentence):
                if not NOT_PAY.search(sentence[max(0, m.start() - 6) : m.end() + 6]):
                    yield Said(round(number(m["n"]) * 100), folded.span(at + m.start(), at + m.end()))


def number(text: str) -> float:
    """Read 14, 12.5, 十四, 一千五, 两百三; 0 for what is no number."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    total, digit, last = 0, 0, 1
    for c in text:
        if c in UNITS:
            total, digit, last = total + (digit or 1) * UNITS[c], 0, UNITS[c]
        elif c == "零":
            last = 10
        elif c in SIGNS:
            digit = SIGNS[c]
    return total + digit * (last // 10 if last > 10 else 1)


def _break_min(m: re.Match[str]) -> int:
    n, half, unit = (m["n"], m["half"], m["unit"]) if m["n"] else (m["n2"], m["half2"], m["unit2"])
    amount = 0.5 if n == "半" else number(n) + (0.5 if half else 0)
    return round(amount if unit == "分钟" else amount * 60)


def _shift_min(m: re.Match[str]) -> int | None:
    """Give the minutes between two times of day, or None when they are not surely times of day."""
    start, end = number(m["start"]), number(m["end"])
    sure = m["early"] or m["late"] or ":" in m[0] or "点" in m[0]
    tail = m["tail"].lstrip()
    if not sure or start > 24 or end > 24 or re.match(r"[\d.]|[岁元块斤公个名人月号天楼层台件箱米度%年万千百线路级栋号村]", tail):
        return None
    if not (m["late"] or ":" in m[0] or m[0].count("点")):
        return None
    evening = re.search(r"晚|下午|夜", m.string[max(0, m.start() - 3) : m.start()])
    first = (start + (12 if evening and start < 12 else 0)) * 60 + _minutes(m["startm"])
    end_min, late = end * 60 + _minutes(m["endm"]), m["late"] or ""
    noon = 12 * 60
    if MORNING.search(late):
        last = next(x for x in (end_min, end_min + 2 * noon) if x > first)
    elif late and not ("中午" in late and end >= 11):
        last = end_min + (noon if end < 12 else 0)
    else:
        last = next(x for x in (end_min, end_min + noon, end_min + 2 * noon, end_min + 3 * noon) if x > first)
    minutes = round(last - first)
    return minutes if 0 < minutes < 20 * 60 else None


def _near(words: re.Pattern[str], sentence: str, m: re.Match[str]) -> bool:
    return words.search(sentence, max(0, m.start() - 6), m.end() + 6) is not None


def _minutes(text: str | None) -> int:
    return 30 if text == "半" else int(text or 0)


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for m in [*SENTENCE_END.finditer(text), None]:
        end = m.start() if m else len(text)
        yield text[at:end], at
        at = m.end() if m else end


def _clauses(text: str) -> Iterator[tuple[str, int]]:
    for sentence, at in _sentences(text):
        for m in re.finditer(r"[^,]+", sentence):
            yield m[0], at + m.start()
