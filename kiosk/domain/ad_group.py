"""Gathering pieces into ads: a new one begins where another job brings what the present one has (pay, people), or behind a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk.domain.ad_jobs import NAME, listed_title
from kiosk.domain.ad_pay import sure_pay
from kiosk.domain.ad_read import Read, read_words
from kiosk.domain.ad_split import FIELD, Parted, Piece, pieces
from kiosk.domain.ad_words import hide_other_figures, phones

RECRUITS = re.compile(
    r"招(?!呼|手|待|牌|标|财)|聘|急[需找缺]|需要?.{0,6}[人名个]|缺.{0,3}[人名个]|缺人|[差找要请雇].{0,5}(?:[人名个]|"
    r"师傅|阿姨|工(?!资))|来.{0,4}[人名个]|有没有.{0,10}(?:来|去|干|做|愿意)|谁.{0,4}(?:去|来|能|愿意|想|做|干|"
    r"有空|有时间)|有.{0,8}的(?:来|联系|报名|私)|报名|岗位|工种|用工|想[做干].{0,4}的|愿意.{0,4}的|去不去|人数|"
    r"今天的活|明天的活"
)
CLOSED = re.compile(
    r"(?:招|人|已|都|名额)(?:已经?)?(?:满|够|齐)了?(?!为止|即止|就|\d|意)|不招|停招|不要了|不缺人|招到了|找到了|取消了|不用来"
)
_ASKED = re.compile(
    r"^\s*(?:要求|最好|其中|会|懂|能|有.{0,4}(?:证|经验)|年龄|需有|须|优先|主要|负责|工作内容|内容|干的?是|就是|活[是很儿])"
)


@dataclass(slots=True)
class Group:
    """Pieces that belong together. `own` name the job and what follows it, `tail` came on other lines and may be meant for all."""

    own: list[Piece] = field(default_factory=list)
    tail: list[Piece] = field(default_factory=list)
    title: str = ""
    listed: bool = False
    paid: bool = False
    counted: bool = False
    called: bool = False
    lines: int = 0

    def add(self, parts: Sequence[Piece], read: Read) -> None:
        """Add words of the ad itself."""
        self.own += parts
        self._note(read)
        self.lines += 1 if any(p.parted is not Parted.CLAUSE for p in self.own[len(self.own) - len(parts) :]) or self.lines == 0 else 0

    def hang(self, parts: Sequence[Piece]) -> None:
        """Add a line below it that names no job."""
        self.tail += parts
        read = read_words(joined(parts))
        self._note(read)
        self.lines += 1 if read.pay or read.has_count else 0

    def _note(self, read: Read) -> None:
        self.paid = self.paid or read.pay is not None
        self.counted = self.counted or read.has_count
        self.called = self.called or bool(read.phones)


def grouped(text: str) -> tuple[list[Group], list[Piece]]:
    """Gather pieces into ads; gives what stands above the first job beside them."""
    leading: list[Piece] = []
    groups: list[Group] = []
    for unit in _units(text):
        waiting: list[Piece] = []
        opened = False
        for piece in unit:
            read = read_words(piece.text)
            if CLOSED.search(piece.text) and read.title is None and not read.pay:
                continue
            if read.title is None and groups and (piece is unit[0] or opened) and not FIELD.match(piece.text):
                read.title = listed_title(_shown(piece.text))
                listed = read.title is not None and (read.pay is not None or read.has_count)
                read.title = read.title if listed else None
            else:
                listed = False
            named = read.title is not None and not FIELD.match(piece.text) and not _ASKED.match(piece.text)
            if not named:
                waiting.append(piece)
                if opened:
                    groups[-1].add(waiting, read)
                    waiting = []
                continue
            assert read.title is not None
            strong = waiting[0].parted if waiting and not opened else piece.parted
            if not groups:
                item = strong is Parted.ITEM
                leading += [] if item else waiting
                groups.append(Group(own=waiting if item else [], title=read.title.text))
            elif (earlier := _lacking(groups, read)) is not None:
                earlier.add([*waiting, piece], read)
                waiting, opened = [], True
                continue
            elif _begins(groups[-1], Piece(piece.text, strong), read, read if opened else read_words(joined(unit))):
                groups.append(Group(own=waiting, title=read.title.text, listed=listed))
            else:
                groups[-1].own += groups[-1].tail + waiting
                groups[-1].tail = []
            groups[-1].add([piece], read)
            waiting, opened = [], True
        if waiting and not groups:
            leading += waiting
        elif waiting:
            groups[-1].hang(waiting)
    return groups, leading


def _units(text: str) -> list[list[Piece]]:
    """Put the clauses of one line or item together."""
    units: list[list[Piece]] = []
    for piece in pieces(text):
        if piece.parted is Parted.CLAUSE and units:
            units[-1].append(piece)
        else:
            units.append([piece])
    return units


def _lacking(groups: list[Group], read: Read) -> Group | None:
    """Find an earlier ad of the same job that lacks what is said now: 大工350小工220, 要大工3个小工5个."""
    assert read.title is not None
    for group in groups[:-1]:
        news = (read.pay is not None and not group.paid) or (read.has_count and not group.counted)
        again = (read.pay is not None and group.paid) or (read.has_count and group.counted)
        same = group.title in read.title.text or read.title.text in group.title
        if same and news and not again:
            return group
    return None


def _shown(text: str) -> str:
    """Hide phones, dates and pay."""
    open_text = hide_other_figures(phones(text)[1])
    return sure_pay(open_text)[1]


def _begins(group: Group, piece: Piece, read: Read, line: Read) -> bool:
    """Say whether a piece that names a job begins another ad; `line` is what its whole line says, when it is the first there."""
    assert read.title is not None
    title = read.title.text
    same = title in group.title or group.title in title
    brings = line.pay is not None or line.has_count or bool(line.phones) or RECRUITS.search(piece.text) is not None
    said = line if read.title.sure and piece.parted >= Parted.LINE else read
    again = (said.pay is not None and group.paid) or (said.has_count and group.counted)
    hired = re.match(r"\s*(?:急|现|诚|另外|另|再|还有|还|也)?(?:招|聘|缺|需)", piece.text) is not None
    if same and not (again and (group.called or piece.parted >= Parted.ITEM)) and not (hired and group.called):
        return False
    alone = len(title) >= 0.55 * len(re.findall(r"\w", piece.text))
    if piece.parted >= Parted.ITEM:
        return brings or alone
    if piece.parted is Parted.LINE and alone and (group.paid or group.counted or group.called):
        return True
    if piece.parted is Parted.LINE and read.title.sure and brings and (group.paid or group.counted) and (group.called or hired):
        return True
    other_name = NAME.fullmatch(title) is not None and NAME.fullmatch(group.title) is not None
    return again or (other_name and read.pay is not None) or (hired and (group.paid or group.called or group.counted))


def joined(parts: Sequence[Piece]) -> str:
    return "".join(p.text if p.parted is Parted.CLAUSE and i else f"\n{p.text}" for i, p in enumerate(parts)).strip("\n")
