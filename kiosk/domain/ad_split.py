"""Cutting pasted chat text: into what each person said, and that into pieces that may each begin an ad. Knows no pay and no place.

A piece carries how strongly it is parted from the one before: by a comma or blank, a line, a number or bracket, an empty line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from kiosk.domain.ad_jobs import NAME
from kiosk.domain.ad_words import AREA_NAMES


class Parted(IntEnum):
    """What stands before a piece."""

    CLAUSE = 0
    LINE = 1
    ITEM = 2
    BLANK = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, with what parts them from those before."""

    text: str
    parted: Parted


@dataclass(frozen=True, slots=True)
class Message:
    """What one person said at one time; who is empty where the paste does not say."""

    who: str
    text: str


_DAY = r"(?:20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?|昨天|今天|前天|(?:星期|周)[一二三四五六日天])"
_TIME = r"(?:上午|下午|早上|晚上|凌晨|中午|AM|PM)?\s*\d{1,2}:\d{2}(?::\d{2})?\s*(?:AM|PM)?"
_WHO = r"(?P<who>[^\n:]{1,24}?)"
_HEADERS = (
    re.compile(rf"^\s*{_DAY}\s*{_TIME}\s+{_WHO}\s*:?\s*$"),
    re.compile(rf"^\s*{_WHO}\s+(?:{_DAY}\s*)?{_TIME}\s*:?\s*$"),
    re.compile(rf"^\s*(?:{_DAY}\s*)?{_TIME}(?::\d\d)?\s+{_WHO}\s*:?\s*$"),
    re.compile(rf"^\s*{_WHO}\s*\(\d{{5,}}\)\s*(?:{_DAY})?\s*(?:{_TIME})?\s*$"),
)
_HEADED_LINE = re.compile(rf"^\s*\[?(?:{_DAY}\s*)?{_TIME}\]?\s+(?P<who>[^\n:\s]{{1,16}})\s*:\s*(?P<text>\S.*)$")
_NAME_COLON = re.compile(r"^\s*(?P<who>[^\n:\d,。!?]{1,12}):\s*$")
_SPOKEN = re.compile(r"^\s*(?P<who>[\u4e00-\u9fffA-Za-z·~]{1,8}):\s*(?P<text>\S.*)$")
_CLOCK_ALONE = re.compile(rf"^\W*(?:{_DAY}\s*)?(?:{_TIME})?\W*$")
_SYSTEM = re.compile(
    r"撤回了一条消息|加入了?群聊|邀请.{1,20}加入|拍了拍|修改群名|领取了.{0,10}红包|以下为新消息|^\W*(?:图片|表情|"
    r"动画表情|语音|视频|链接|文件|小程序|位置|红包|转账)\W*$|^\s*[-—=]+\s*聊天记录"
)
_STICKER = re.compile(r"\[(?![^\]]*[招聘工员急])[\u4e00-\u9fffA-Za-z]{1,6}\]|@(?:所有人|全体成员|[^\s@,。:]{1,12}(?=\s|$))")
_CALLED = re.compile(
    r"(?:[小老阿大][\u4e00-\u9fff]|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤柯柳][\u4e00-\u9fff]{1,2})(?:姐|"
    r"哥|叔|总|师傅|老板|工头|经理)?"
)
_NOT_A_NAME = re.compile(
    r"招|聘|急|工|人数|地点|地址|岗位|要求|待遇|时间|电话|日结|[元块天]|活|通知|信息|群|报名|联系|另|注|备|新|说明|"
    r"福利|薪|条件|内容|如下|^[\d\s]*$"
)

_LABELS = (
    r"地点|地址|工资|工价|待遇|时间|要求|电话|联系|结算|人数|上班|薪资|福利|备注|年龄|性别|工作地|集合|开工|结账|"
    r"吃饭|伙食|食宿|联系人|联系方式|联系电话|工期"
)
FIELD = re.compile(
    rf"^\s*(?:[一-九\d]+[.、)]\s*)?(?:工作|上班|岗位|招聘|用工|薪资|职位|任职|基本|施工|干活|结算)?(?:{_LABELS})[^:\n]{{0,4}}(?:[:：]|"
    rf"(?<=[点址资遇间求话式]) )"
)
_RULE = re.compile(r"^\s*(?:[-—=_*~#·.。+]\s*){3,}$")
_BRACKET = re.compile(r"[【〔\[《]\s*([^】〕\]》\n]{1,16})\s*[】〕\]》]\s*:?")
_ITEM = re.compile(
    r"(?P<number>\d{1,2})\s*[.、)](?!\d)|[(](?P<ringed>\d{1,2})[)]|(?:(?<=^)|(?<=[\s。;,]))第?(?P<chinese>[一二三四五六七八九十]{1,2})[、.]"
)
_EACH_OF = re.compile(
    r"(?P<jobs>[\u4e00-\u9fff]{2,6}(?:[、,和及/][\u4e00-\u9fff]{2,6}){1,5})各(?:要|招|需要?|来|找)?(?P<count>[一二两三四五六七八九十\d]{1,2}[名人个位])"
)
_CHINESE = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
_CLAUSE = re.compile(
    r"[,;。!?、]+\s*|\s+|(?<=[\d元块天月时结饭吃住餐趟件一])(?=(?:急|现|诚|再|另外|另|还有|还)?(?:招聘|招|聘)(?!满|手|呼))"
)
_AFTER_FIGURE = re.compile(r"[\d元块天月时名人个结饭]$")


def messages(text: str) -> list[Message]:
    """Cut folded text at chat headers; system lines, stickers and calls to everybody fall away."""
    lines = [_STICKER.sub(" ", line) for line in text.split("\n")]
    names = _repeated_names(lines)
    found: list[Message] = []
    who, said = "", list[str]()

    def close() -> None:
        if any(line.strip() for line in said):
            found.append(Message(who, "\n".join(said)))
        said.clear()

    for line in lines:
        headed = _header(line, names)
        if headed is not None:
            close()
            who, first = headed
            said.extend([first] if first else [])
        elif _SYSTEM.search(line):
            continue
        elif line.strip() and _CLOCK_ALONE.match(line) and not re.fullmatch(r"\W*", line):
            said.append("")
        else:
            said.append(line)
    close()
    return found


def _header(line: str, names: frozenset[str]) -> tuple[str, str] | None:
    m = _HEADED_LINE.match(line)
    if m and not _NOT_A_NAME.search(m["who"]):
        return m["who"].strip(), m["text"]
    for pattern in _HEADERS:
        m = pattern.match(line)
        if m and len(m["who"].strip()) <= 20 and not re.search(r"[,。;!?]|到$|至$|时间|点|早|晚", m["who"]):
            return m["who"].strip(), ""
    if line.strip().rstrip(":") in names or (
        names and _CALLED.fullmatch(line.strip()) and not NAME.search(line) and not _NOT_A_NAME.search(line)
    ):
        return line.strip().rstrip(":"), ""
    m = _SPOKEN.match(line)
    if m and (
        m["who"] in names
        or (names and len(m["who"]) <= 4 and not FIELD.match(line) and not _NOT_A_NAME.search(m["who"]) and not NAME.search(m["who"]))
    ):
        return m["who"], m["text"]
    m = _NAME_COLON.match(line)
    if m and not _NOT_A_NAME.search(m["who"]) and not NAME.search(m["who"]) and not any(a in m["who"] for a in AREA_NAMES):
        return m["who"].strip(), ""
    return None


def _repeated_names(lines: list[str]) -> frozenset[str]:
    """Find speakers' names that the paste gives without a time: the same short line, or the same word before a colon, more than once."""
    seen: dict[str, int] = {}
    for line in lines:
        m = _SPOKEN.match(line)
        name = m["who"] if m else line.strip().rstrip(":")
        if (
            1 <= len(name) <= 8
            and (_CALLED.fullmatch(name) or not _NOT_A_NAME.search(name))
            and not NAME.search(name)
            and re.search(r"\w", name)
        ):
            seen[name] = seen.get(name, 0) + 1
    return frozenset(name for name, times in seen.items() if times > 1)


def pieces(text: str) -> Iterator[Piece]:
    """Cut one message into pieces, in order."""
    parted = Parted.BLANK
    text = _EACH_OF.sub(_spelled_out, text)
    for line in text.split("\n"):
        if not line.strip() or _RULE.match(line):
            parted = Parted.BLANK
            continue
        for i, item in enumerate(_items(line)):
            mark = Parted.ITEM if item.parted is Parted.ITEM else Parted.LINE if i == 0 else Parted.CLAUSE
            first = max(parted, mark)
            parted = Parted.LINE
            for k, clause in enumerate(_clauses(item.text)):
                yield Piece(clause, first if k == 0 else Parted.CLAUSE)


def _spelled_out(m: re.Match[str]) -> str:
    """Write 大工、小工各两人 as two lines, if they are jobs."""
    jobs = re.split(r"[、,和及/]", m["jobs"])
    if not any(NAME.search(job) for job in jobs):
        return m[0]
    return "\n招".join(f"{job}{m['count']}" for job in jobs if job) + "\n"


def _items(line: str) -> list[Piece]:
    """Cut a line before 1. 2. 3., (1), 一、 and 【…】; only numbers that count up from 1 cut inside a line."""
    line = _BRACKET.sub(lambda m: f"\n{m[1].strip()}: " if FIELD.match(m[1] + ":") else f"\n\v{m[1]} ", line)
    out: list[Piece] = []
    for part in line.split("\n"):
        bracketed = part.startswith("\v")
        part = part.removeprefix("\v")
        marks = [(m, int(m["number"] or m["ringed"] or 0) or _CHINESE.get(m["chinese"], 11)) for m in _ITEM.finditer(part)]
        cuts, expected = [], None
        for m, number in marks:
            at_start = not part[: m.start()].strip()
            if (at_start and expected is None) or (expected is None and number == 1) or number == expected:
                cuts.append(m)
                expected = number + 1
        if len(cuts) == 1 and part[: cuts[0].start()].strip():
            cuts = []
        start = 0
        kind = Parted.ITEM if bracketed else Parted.LINE
        for m in cuts:
            if part[start : m.start()].strip():
                out.append(Piece(part[start : m.start()], kind))
            start, kind = m.end(), Parted.ITEM
        if part[start:].strip():
            out.append(Piece(part[start:], kind))
    return out


def _clauses(text: str) -> Iterator[str]:
    """Cut at punctuation and blanks, before 招 where an ad ended, and before a job's name right after a figure (大工350小工220)."""
    start = 0
    cuts = {m.end() for m in _CLAUSE.finditer(text)}
    cuts |= {m.start() for m in NAME.finditer(text) if m.start() and _AFTER_FIGURE.search(text[: m.start()])}
    for cut in sorted(cuts):
        if re.search(r"\w", text[start:cut]):
            yield text[start:cut]
            start = cut
    if re.search(r"\w", text[start:]):
        yield text[start:]
