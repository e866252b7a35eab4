"""Pasted chat text → the ads in it: title, headcount, place, pay, settlement, meals, phone, as far as the text says. Never a guess, never a listing.

A paste may hold one ad or many, glued, numbered, from several people, with greetings between. Pieces (ad_split) are gathered into ads:
a new one begins where another job brings what the present one already has (pay, people), or behind a number or an empty line. What stands
above or below all of them (one phone, one place, 统一日结) goes to those that lack it. Talk that offers no work gives nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kiosk.domain.ad_jobs import Title, find_title, listed_title
from kiosk.domain.ad_numbers import fold, hide
from kiosk.domain.ad_pay import PayTalk, choose, hide_settlement, loose_pay, settlement, sure_pay, with_unit
from kiosk.domain.ad_place import Place, find_place
from kiosk.domain.ad_split import FIELD, Message, Parted, Piece, messages, pieces
from kiosk.domain.ad_words import DURATION, LODGING, headcount, hide_meals, hide_other_figures, meals, phones
from kiosk.domain.codes import Meals, Settlement
from kiosk.domain.privacy import Phone

TEXT_MAX = 100_000
"""Characters; what is longer is no paste but a file by mistake, and is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ad:
    """What one ad says; None is what it does not say. `text` is its own words, folded."""

    title: str | None
    headcount: int | None
    place: str | None
    pay: PayTalk | None
    settlement: Settlement | None
    meals: Meals | None
    lodging: bool
    phone: Phone | None
    text: str


_RECRUITS = re.compile(
    r"招(?!呼|手|待|牌|标|财)|聘|急[需找缺]|需要?.{0,6}[人名个]|缺.{0,3}[人名个]|缺人|[差找要请雇].{0,5}(?:[人名个]|师傅|阿姨|工(?!资))|来.{0,4}[人名个]|有没有.{0,10}(?:来|去|干|做|愿意)|谁.{0,4}(?:去|来|能|愿意|想|做|干|有空|有时间)|有.{0,8}的(?:来|联系|报名|私)|报名|岗位|工种|用工|想[做干].{0,4}的|愿意.{0,4}的|去不去|人数|今天的活|明天的活"
)
_CALLS = re.compile(r"联系|电话|报名|私聊|私我|加我|速来|打我|滴滴|来电|微信同号|接龙")
_SEEKS = re.compile(
    r"找活|找事|找个?(?:工作|活|事)|求职|求(?:个|一份)|有没有.{0,8}(?:活|工作|事)(?:干|做|$|[吗啊呀?,])|有活(?!干的)|接活|揽活|承接|承包(?!地)|本人.{0,12}(?:会|想|有|做|女|男|\d)|我会|我想(?!招|找.{0,3}人)|想找.{0,6}(?:活|工作|事)|哪里(?:有|招|要)|哪有|谁(?:家)?(?:招|要人|有活|需要)|上门服务|价格优惠|专业(?:维修|疏通|搬家|承接|刷|清洗)|随叫随到|有需要的?(?:老板|朋友)?(?:联系|请)|需要的老板|求带|有人(?:招|要人)|哪(?:位|个)?老板.{0,4}(?:要人|招|需要)|我们夫妻|都会做|老板要人|我来(?:一个|$|[,。!])|算我|我(?:可以|能|想)(?:去|来|做|干)|我去(?:$|[,。!])"
)
_CLOSED = re.compile(r"(?:招|人|已|都|名额)(?:已经?)?(?:满|够|齐)了?(?!为止|即止|就|\d|意)|不招|停招|不要了|不缺人|招到了|找到了|取消了|不用来")
_PAST = re.compile(r"昨天|前天|上次|去年|那次|上个月|刚(?:结|干完|收工)|干了|做了|累死|没给|不给|还没结|欠|才给|太低|太少|[吗么嘛]\s*[?。!]*\s*$|\?\s*$|是不是|多少钱|多少一|怎么算|谢谢老板")
_UNITE = re.compile(r"以上|统一|全部|都(?:是|管|包|要|日|可|一样)|均|所有|各岗位|一律")
_EACH = re.compile(r"各\s*(?:要|招|需要?|来|找)?\s*([一二两三四五六七八九十\d]{1,2})\s*[名人个位]")
_OTHER_TRADE = re.compile(r"顺风车|拼车|人找车|车找人|二手|出售|转让|出租|招租|团购|拼单|砍一刀|代购|低价处理|甩卖")
_ASKED = re.compile(r"^\s*(?:要求|最好|其中|会|懂|能|有.{0,4}(?:证|经验)|年龄|需有|须|优先|主要|负责|工作内容|内容|干的?是|就是|活[是很儿])")


@dataclass(slots=True)
class _Read:
    """What is in some words."""

    title: Title | None
    count: int | None
    has_count: bool
    pay: PayTalk | None
    phones: list[str]
    settlement: Settlement | None
    meals: Meals | None
    lodging: bool
    place: Place | None


def _read(text: str, *, bare: bool = True) -> _Read:
    """Read some words, finest net first; what one reader took, the next does not see."""
    numbers, clear = phones(text)
    settled, fed, lodged = settlement(clear), meals(clear), LODGING.search(clear) is not None
    open_text = hide_other_figures(clear)
    sure, rest = sure_pay(open_text)
    rest = DURATION.sub(lambda m: "\ue000" * len(m[0]), rest)
    # the job's name first: 小工220 leaves a figure that nothing else explains, and 2个贴砖师傅 is two people
    title = find_title(hide_meals(_kept(clear, rest, open_text)))
    if title is not None:
        rest = hide(rest, [(title.start, title.end)])
    loose, rest = loose_pay(rest, bare=False)
    people, spans = headcount(rest)
    rest = hide(rest, spans)
    if bare and not sure and not loose:
        loose, rest = loose_pay(hide_meals(rest), bare=True)
    pay = choose(sure + loose, clear)
    where = _where(clear, rest, open_text, title)
    return _Read(title, people, people is not None or bool(spans), pay, numbers, settled, fed, lodged, where)


def _kept(clear: str, rest: str, open_text: str) -> str:
    """Give the text with only pay hidden: dates and sizes may be part of a name or a place."""
    return "".join(c if r == o else r for c, r, o in zip(clear, rest, open_text, strict=True))


def _where(clear: str, rest: str, open_text: str, title: Title | None) -> Place | None:
    if len(rest) != len(clear):
        return None
    text = _kept(clear, rest, open_text)
    if title is not None:
        text = hide(text, [(title.start, title.end)])
    return find_place(hide_settlement(hide_meals(text)))


@dataclass(slots=True)
class _Group:
    """Pieces that belong together. `own` name the job and what follows it, `tail` came on other lines and may be meant for all."""

    own: list[Piece] = field(default_factory=list)
    tail: list[Piece] = field(default_factory=list)
    title: str = ""
    listed: bool = False
    paid: bool = False
    counted: bool = False
    called: bool = False
    lines: int = 0

    def add(self, parts: Sequence[Piece], read: _Read) -> None:
        """Add words of the ad itself."""
        self.own += parts
        self._note(read)
        self.lines += 1 if any(p.parted is not Parted.CLAUSE for p in self.own[len(self.own) - len(parts) :]) or self.lines == 0 else 0

    def hang(self, parts: Sequence[Piece]) -> None:
        """Add a line below it that names no job."""
        self.tail += parts
        read = _read(_joined(parts))
        self._note(read)
        self.lines += 1 if read.pay or read.has_count else 0

    def _note(self, read: _Read) -> None:
        self.paid = self.paid or read.pay is not None
        self.counted = self.counted or read.has_count
        self.called = self.called or bool(read.phones)


def parse_ads(text: str) -> tuple[Ad, ...]:
    """Find the ads in pasted text, in order. Any text is taken; what offers no work gives none."""
    said = messages(fold(text[:TEXT_MAX]))
    found: list[tuple[str, list[Ad]]] = [(m.who, _ads_of(m)) for m in said]
    loose: dict[str, list[int]] = {}
    for i, m in enumerate(said):
        loose.setdefault(m.who, []).append(i)
    for indices in loose.values():
        if len(indices) > 1:
            _said_again(found, indices)
            _from_his_other_messages(said, found, indices)
    return tuple(ad for _, ads in found for ad in ads)


def _said_again(found: list[tuple[str, list[Ad]]], indices: list[int]) -> None:
    """What somebody says later of the same job (木工400) completes his ad that lacked it, and is no second one."""
    for at, i in enumerate(indices):
        for ad in list(found[i][1]):
            for k in indices[:at]:
                twin = next((n for n, a in enumerate(found[k][1]) if a.title == ad.title and not (a.pay and ad.pay)), None)
                if twin is not None and not (found[k][1][twin].headcount and ad.headcount):
                    found[k][1][twin] = _merged(found[k][1][twin], ad)
                    found[i][1].remove(ad)
                    break


def _merged(first: Ad, more: Ad) -> Ad:
    known = {name: getattr(first, name) or getattr(more, name) for name in ("headcount", "place", "pay", "settlement", "meals", "phone", "lodging")}
    return replace(first, **known, text=f"{first.text}\n{more.text}")


def _from_his_other_messages(said: Sequence[Message], found: list[tuple[str, list[Ad]]], indices: list[int]) -> None:
    """What somebody says later without naming a job (老街口, 19900001299) completes his ad before it."""
    for at, i in enumerate(indices):
        if found[i][1]:
            continue
        before = next((k for k in reversed(indices[:at]) if found[k][1]), None)
        if before is None or _SEEKS.search(said[i].text):
            continue
        extra = _read(said[i].text, bare=False)
        if extra.title is None:
            found[before] = (found[before][0], [_complete(ad, extra, None, said[i].text) for ad in found[before][1]])


def _ads_of(message: Message) -> list[Ad]:
    groups, leading = _grouped(message.text)
    if _OTHER_TRADE.search(message.text) and not re.search(r"招|聘", message.text):
        return []
    if not groups:
        return _without_title(message.text)
    recruits = _RECRUITS.search(message.text) is not None
    calls = _CALLS.search(message.text) is not None or bool(phones(message.text)[0])
    if len(groups) == 1:
        group = groups[0]
        whole = _joined([*leading, *group.own, *group.tail])
        read = _read(whole)
        if read.title is None and group.title:
            read.title = Title(group.title, 0, 0, False)
        taken = not _CLOSED.search(whole) or (read.pay and read.phones and not _CLOSED.search(_joined(group.own)))
        return [_ad(read, whole)] if taken and _offers(read, whole, recruits=recruits, calls=calls, many=False) else []
    ads: list[Ad] = []
    reads = [_of_group(group, last=i == len(groups) - 1) for i, group in enumerate(groups)]
    listing = any(_offers(read, whole, recruits=recruits, calls=calls, many=True) for read, whole in reads)
    for group, (read, whole) in zip(groups, reads, strict=True):
        glued = group.own[0].parted is Parted.CLAUSE
        if not _CLOSED.search(whole) and _offers(read, whole, recruits=recruits or listing, calls=calls, many=True):
            ad = _ad(read, whole)
            ads.append(replace(ad, place=ads[-1].place) if glued and ads and ad.place is None else ad)
    head = _read(_joined(leading), bare=False) if leading else None
    return _shared(ads, groups, head, _joined(leading))


def _of_group(group: _Group, *, last: bool) -> tuple[_Read, str]:
    whole = _joined(group.own + ([] if last else group.tail))
    read = _read(whole)
    if read.title is None or group.listed:
        read.title = Title(group.title, 0, 0, False)
    return read, whole


def _shared(ads: list[Ad], groups: list[_Group], head: _Read | None, above: str) -> list[Ad]:
    """Give to each what stands above or below all of them; what stands below the last in lines of its own ad stays his."""
    if not ads:
        return []
    last = groups[-1]
    below = _joined(last.tail)
    foot = _read(below, bare=False) if below else None
    glued = all(g.own[0].parted is Parted.CLAUSE for g in groups[1:])
    for_all = glued or all(g.lines <= 1 for g in groups) or _UNITE.search(below) or _EACH.search(below) or any(p.parted is Parted.BLANK for p in last.tail)
    each = _EACH.search(f"{above}\n{below}")
    if each:
        number = headcount(f"要{each[1]}人")[0]
        ads = [replace(ad, headcount=ad.headcount or number) for ad in ads]
    if foot is not None:
        ads[-1] = _complete(ads[-1], foot, head, below)
    if len(ads) > 1:
        ads = _from_last_words(ads, last)
        if head is not None or (foot is not None and for_all):
            ads = [_complete(ad, foot if for_all else None, head, f"{above}\n{below if for_all else ''}") for ad in ads]
    elif head is not None:
        ads = [_complete(ads[0], None, head, above)]
    numbers = [ad.phone for ad in ads if ad.phone is not None]
    if numbers and (len(set(numbers)) == 1 or not any(ad.phone for ad in ads[:-1])):
        ads = [replace(ad, phone=ad.phone or numbers[-1]) for ad in ads]
    return ads


def _from_last_words(ads: list[Ad], last: _Group) -> list[Ad]:
    """In a run of ads on one line, or with the only phone at its end, what stands behind the last one's pay is meant for all."""
    glued = last.own[0].parted is Parted.CLAUSE
    if any(ad.phone for ad in ads[:-1]) or not (glued or _read(_joined(last.own)).phones):
        return ads
    done = next((i for i in range(min(len(last.own), 12)) if _read(_joined(last.own[: i + 1])).pay), len(last.own))
    words = _joined(last.own[done + 1 :])
    rest = _read(words, bare=False)
    rest.pay = None
    if 0 < done < len(last.own) and glued and not any(ad.pay for ad in ads[:-1]):
        ads = [replace(ad, pay=ads[-1].pay) for ad in ads]
    if any(a.place for a in ads[:-1]):
        rest.place = None
    if any(a.meals for a in ads[:-1]):
        rest.meals, rest.lodging = None, False
    if any(a.settlement for a in ads[:-1]):
        rest.settlement = None
    if rest.place is not None and rest.place.weight >= 3:
        ads[-1] = replace(ads[-1], place=rest.place.text)
    return [_complete(ad, rest, None, words) for ad in ads[:-1]] + [ads[-1]]


def _complete(ad: Ad, more: _Read | None, other: _Read | None, words: str) -> Ad:
    """Fill what an ad lacks from what is meant for all; of two places the surer one."""
    both = [r for r in (more, other) if r is not None]
    places = sorted((r.place for r in both if r.place is not None), key=lambda p: -p.weight)
    pay = ad.pay or next((r.pay for r in both if r.pay), None)
    if pay is not None:
        pay = with_unit(pay, f"{words} {ad.text}")
    return replace(
        ad,
        place=ad.place or (places[0].text if places else None),
        settlement=ad.settlement or next((r.settlement for r in both if r.settlement), None),
        meals=ad.meals or next((r.meals for r in both if r.meals), None),
        lodging=ad.lodging or any(r.lodging for r in both),
        phone=ad.phone or next((Phone(r.phones[0]) for r in both if r.phones), None),
        pay=pay,
    )


def _grouped(text: str) -> tuple[list[_Group], list[Piece]]:
    """Gather pieces into ads; gives what stands above the first job beside them."""
    leading: list[Piece] = []
    groups: list[_Group] = []
    for unit in _units(text):
        waiting: list[Piece] = []
        opened = False
        for piece in unit:
            read = _read(piece.text)
            if _CLOSED.search(piece.text) and read.title is None and not read.pay:
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
                groups.append(_Group(own=waiting if item else [], title=read.title.text))
            elif (earlier := _lacking(groups, read)) is not None:
                earlier.add([*waiting, piece], read)
                waiting, opened = [], True
                continue
            elif _begins(groups[-1], Piece(piece.text, strong), read, read if opened else _read(_joined(unit))):
                groups.append(_Group(own=waiting, title=read.title.text, listed=listed))
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


def _lacking(groups: list[_Group], read: _Read) -> _Group | None:
    """Find an earlier ad of the same job that lacks the pay that is said now: 平车、锁边各5名, 平车月6000."""
    assert read.title is not None
    if read.pay is None or read.has_count:
        return None
    return next((g for g in groups[:-1] if g.title == read.title.text and not g.paid), None)


def _shown(text: str) -> str:
    """Hide phones, dates and pay."""
    open_text = hide_other_figures(phones(text)[1])
    return sure_pay(open_text)[1]


def _begins(group: _Group, piece: Piece, read: _Read, line: _Read) -> bool:
    """Say whether a piece that names a job begins another ad; `line` is what its whole line says, when it is the first there."""
    assert read.title is not None
    title = read.title.text
    same = title in group.title or group.title in title
    brings = line.pay is not None or line.has_count or bool(line.phones) or _RECRUITS.search(piece.text) is not None
    said = line if read.title.sure and piece.parted >= Parted.LINE else read
    again = (said.pay is not None and group.paid) or (said.has_count and group.counted)
    hired = re.match(r"\s*(?:急|现|诚|另|再|还|也)?(?:招|聘|缺|需)", piece.text) is not None
    if same and not (again and (group.called or piece.parted >= Parted.ITEM)) and not (hired and group.called):
        return False
    alone = len(title) >= 0.55 * len(re.findall(r"\w", piece.text))
    if piece.parted >= Parted.ITEM:
        return brings or alone
    if piece.parted is Parted.LINE and alone and (group.paid or group.counted or group.called):
        return True
    if piece.parted is Parted.LINE and read.title.sure and brings and (group.paid or group.counted) and (group.called or hired):
        return True
    return again or (hired and (group.paid or group.called or group.counted))


def _without_title(text: str) -> list[Ad]:
    """An ad may name no job: 明天要三个人，260 一天."""
    read = _read(text)
    if _RECRUITS.search(text) and read.has_count and (read.pay or read.phones) and not _SEEKS.search(text) and not _CLOSED.search(text):
        return [] if _PAST.search(text) and not read.phones else [_ad(read, text)]
    return []


def _offers(read: _Read, text: str, *, recruits: bool, calls: bool, many: bool) -> bool:
    """Say whether words offer work: a job with two of pay, people, phone, when it is paid, hiring; not somebody who seeks, not a complaint."""
    hires = _RECRUITS.search(text) is not None
    if _SEEKS.search(text) and not re.search(r"招|聘", text):
        return False
    if read.title is None:
        return False
    if _CLOSED.search(text) and not (read.pay and read.phones):
        return False
    if _PAST.search(text) and not (read.phones or (hires and read.pay)):
        return False
    points = (read.pay is not None) + read.has_count + bool(read.phones or calls) + (read.settlement is not None) + (hires or recruits) + (read.meals is not None)
    return points >= 2 or (many and points >= 1 and (recruits or calls))


def _ad(read: _Read, text: str) -> Ad:
    return Ad(
        title=read.title.text if read.title else None,
        headcount=read.count,
        place=read.place.text if read.place else None,
        pay=read.pay,
        settlement=read.settlement,
        meals=read.meals,
        lodging=read.lodging,
        phone=Phone(read.phones[0]) if read.phones else None,
        text=text.strip(),
    )


def _joined(parts: Sequence[Piece]) -> str:
    return "".join(p.text if p.parted is Parted.CLAUSE and i else f"\n{p.text}" for i, p in enumerate(parts)).strip("\n")


def plain(ad: Ad) -> dict[str, object]:
    """Give an ad as `parse-ads` prints it: pay in 元, codes of domain/codes, None where nothing is said."""
    low, high, unit = (ad.pay.low, ad.pay.high, ad.pay.unit) if ad.pay else (None, None, None)
    return {
        "title": ad.title,
        "headcount": ad.headcount,
        "place": ad.place,
        "pay_min": _yuan(low),
        "pay_max": _yuan(high),
        "pay_unit": unit.value if unit else None,
        "settlement": ad.settlement.value if ad.settlement else None,
        "meals": ad.meals.value if ad.meals else None,
        "phone": str.__str__(ad.phone) if ad.phone else None,
    }


def _yuan(fen: int | None) -> int | float | None:
    return None if fen is None else fen // 100 if fen % 100 == 0 else fen / 100
