"""Pasted chat text → the ads in it: title, headcount, place, pay, settlement, meals, phone, as far as the text says. Never a guess, never a listing.

A paste may hold one ad or many, glued, numbered, from several people, with greetings between. Pieces (ad_split) are gathered into ads:
a new one begins where another job brings what the present one already has (pay, people), or behind a number or an empty line. What stands
above or below all of them (one phone, one place, 统一日结) goes to those that lack it. Talk that offers no work gives nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kiosk.domain.ad_jobs import Title, find_title
from kiosk.domain.ad_numbers import fold, hide
from kiosk.domain.ad_pay import PayTalk, choose, hide_settlement, loose_pay, settlement, sure_pay
from kiosk.domain.ad_place import find_place
from kiosk.domain.ad_split import FIELD, Message, Parted, Piece, messages, pieces
from kiosk.domain.ad_words import DURATION, LODGING, headcount, hide_meals, hide_other_figures, meals, phones
from kiosk.domain.codes import Meals, Settlement
from kiosk.domain.privacy import Phone

TEXT_MAX = 200_000
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
    r"找活|找事|找个?(?:工作|活|事)|求职|求(?:个|一份)|有没有.{0,8}(?:活|工作|事)(?:干|做|$|[吗啊呀?,])|有活(?!干的)|接活|揽活|承接|承包(?!地)|本人.{0,12}(?:会|想|有|做|女|男|\d)|我会|我想(?!招|找.{0,3}人)|想找.{0,6}(?:活|工作|事)|哪里(?:有|招|要)|哪有|谁(?:家)?(?:招|要人|有活|需要)|上门服务|价格优惠|专业(?:维修|疏通|搬家|承接|刷|清洗)|随叫随到|有需要的?(?:老板|朋友)?(?:联系|请)|需要的老板|求带|有人(?:招|要人)"
)
_CLOSED = re.compile(r"(?:招|人|已|都|名额)(?:已经?)?(?:满|够|齐)了?(?!为止|即止|就|\d|意)|不招|停招|不要了|不缺人|招到了|找到了|取消了|不用来")
_PAST = re.compile(r"昨天|前天|上次|去年|那次|上个月|刚(?:结|干完|收工)|干了|做了|累死|没给|不给|还没结|欠|才给|太低|太少|[吗么嘛]\s*[?。!]*\s*$|\?\s*$|是不是|多少钱|多少一|怎么算|谢谢老板")
_UNITE = re.compile(r"以上|统一|全部|都(?:是|管|包|要|日|可|一样)|均|所有|各岗位|一律")
_EACH = re.compile(r"各(?:要|招|需要?|来|找)?\s*$")
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
    place: str | None


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


def _where(clear: str, rest: str, open_text: str, title: Title | None) -> str | None:
    if len(rest) != len(clear):
        return None
    text = _kept(clear, rest, open_text)
    if title is not None:
        text = hide(text, [(title.start, title.end)])
    return find_place(hide_settlement(hide_meals(text)))


@dataclass(slots=True)
class _Group:
    """Pieces that belong together. `own` are its ad's, `tail` came after a break and names no job, so that it may be meant for all."""

    own: list[Piece] = field(default_factory=list)
    tail: list[Piece] = field(default_factory=list)
    title: str = ""
    paid: bool = False
    counted: bool = False
    called: bool = False
    lines: int = 0


def parse_ads(text: str) -> tuple[Ad, ...]:
    """Find the ads in pasted text, in order. Any text is taken; what offers no work gives none."""
    said = messages(fold(text[:TEXT_MAX]))
    found: list[tuple[str, list[Ad]]] = [(m.who, _ads_of(m)) for m in said]
    loose: dict[str, list[int]] = {}
    for i, m in enumerate(said):
        loose.setdefault(m.who, []).append(i)
    for indices in loose.values():
        if len(indices) > 1:
            _from_his_other_messages(said, found, indices)
    return tuple(ad for _, ads in found for ad in ads)


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
            found[before] = (found[before][0], [_complete(ad, extra, with_place=True) for ad in found[before][1]])


def _ads_of(message: Message) -> list[Ad]:
    groups, leading = _grouped(message.text)
    if not groups:
        return _without_title(message.text)
    recruits = _RECRUITS.search(message.text) is not None
    calls = _CALLS.search(message.text) is not None or bool(phones(message.text)[0])
    head = _read(_joined(leading), bare=False) if leading else None
    single = len(groups) == 1
    ads: list[Ad] = []
    each: dict[int, int] = {}
    for i, group in enumerate(groups):
        whole = _joined(([*leading] if single or i == 0 else []) + group.own + ([*group.tail] if single or i < len(groups) - 1 else group.tail))
        own = _joined(group.own)
        closed = _CLOSED.search(own)
        if closed:
            continue
        read = _read(whole)
        if not single and i == 0 and leading:
            mine = _read(_joined(group.own + group.tail))
            read.title, read.count, read.has_count, read.pay = mine.title, mine.count, mine.has_count, mine.pay or read.pay
            read.place = mine.place or read.place
        if not single and i == len(groups) - 1 and group.tail:
            mine = _read(own)
            read.count, read.has_count = mine.count, mine.has_count
        if _offers(read, whole, recruits=recruits, calls=calls, many=not single):
            ads.append(_ad(read, whole))
            m = re.search(r"各\s*(?:要|招|需要?|来|找)?\s*([一二两三四五六七八九十\d]{1,2})\s*[名人个位]", _joined(group.tail))
            if m:
                each[len(ads) - 1] = headcount(m[0].replace("各", "要"))[0] or 0
    if not ads:
        return []
    if len(ads) > 1 and each:
        number = next(iter(each.values()))
        ads = [replace(ad, headcount=number) if ad.headcount is None and number else ad for ad in ads]
    return _shared(ads, groups, head)


def _shared(ads: list[Ad], groups: list[_Group], head: _Read | None) -> list[Ad]:
    """Give to each what stands above or below all of them."""
    if len(ads) < 2:
        return ads
    if head is not None:
        ads = [_complete(ad, head, with_place=True) for ad in ads]
    last = groups[-1]
    short = all(g.lines <= 1 for g in groups)
    parted = [p for p in last.tail if p.parted is Parted.BLANK] or _UNITE.search(_joined(last.tail))
    if last.tail:
        foot = _read(_joined(last.tail), bare=False)
        if short or parted:
            ads = [_complete(ad, foot, with_place=True) for ad in ads]
    ads = _from_last_words(ads, last)
    numbers = [ad.phone for ad in ads if ad.phone is not None]
    if len(set(numbers)) == 1 and (ads[0].phone or ads[-1].phone):
        ads = [replace(ad, phone=numbers[0]) for ad in ads]
    elif ads[-1].phone is not None and not any(ad.phone for ad in ads[:-1]):
        ads = [replace(ad, phone=ads[-1].phone) for ad in ads]
    return ads


def _from_last_words(ads: list[Ad], last: _Group) -> list[Ad]:
    """In a run of ads that ends with the only phone, what stands between the last one's pay and that phone is meant for all."""
    if ads[-1].phone is None or any(ad.phone for ad in ads[:-1]):
        return ads
    done = next((i for i, p in enumerate(last.own) if _read(_joined(last.own[: i + 1])).pay), len(last.own))
    rest = _read(_joined(last.own[done + 1 :]), bare=False)
    more = replace(rest, title=None, pay=None, place=None if any(a.place for a in ads[:-1]) else rest.place)
    if any(a.meals for a in ads[:-1]):
        more = replace(more, meals=None, lodging=False)
    if any(a.settlement for a in ads[:-1]):
        more = replace(more, settlement=None)
    return [_complete(ad, more, with_place=True) for ad in ads[:-1]] + [ads[-1]]


def _complete(ad: Ad, more: _Read, *, with_place: bool) -> Ad:
    return replace(
        ad,
        place=ad.place or (more.place if with_place else None),
        settlement=ad.settlement or more.settlement,
        meals=ad.meals or more.meals,
        lodging=ad.lodging or more.lodging,
        phone=ad.phone or (Phone(more.phones[0]) if more.phones else None),
        pay=ad.pay or more.pay,
    )


def _grouped(text: str) -> tuple[list[_Group], list[Piece]]:
    leading: list[Piece] = []
    groups: list[_Group] = []
    for piece in pieces(text):
        read = _read(piece.text)
        group = groups[-1] if groups else None
        if _CLOSED.search(piece.text) and read.title is None:
            continue
        named = read.title is not None and not FIELD.match(piece.text) and not _ASKED.match(piece.text)
        if group is None:
            if read.title is None:
                leading.append(piece)
                continue
            groups.append(group := _Group())
        elif named and _begins(group, piece, read):
            groups.append(group := _Group())
        elif piece.parted is not Parted.CLAUSE or group.tail:
            group.tail.append(piece)
            _note(group, read, piece)
            if named:
                group.own, group.tail = group.own + group.tail, []
            continue
        group.own.append(piece)
        _note(group, read, piece)
    return groups, leading


def _note(group: _Group, read: _Read, piece: Piece) -> None:
    if read.title is not None and not group.title:
        group.title = read.title.text
    group.paid = group.paid or read.pay is not None
    group.counted = group.counted or read.has_count
    group.called = group.called or bool(read.phones)
    if piece.parted is not Parted.CLAUSE and (read.pay or read.has_count or read.title):
        group.lines += 1


def _begins(group: _Group, piece: Piece, read: _Read) -> bool:
    """Say whether a piece that names a job begins another ad."""
    assert read.title is not None
    title = read.title.text
    same = title in group.title or group.title in title
    brings = read.pay is not None or read.has_count or bool(read.phones) or _RECRUITS.search(piece.text) is not None
    again = (read.pay is not None and group.paid) or (read.has_count and group.counted)
    hired = re.match(r"\s*(?:急|现|诚|另|再|还|也)?(?:招|聘|缺|需)", piece.text) is not None
    if same and not (again and (group.called or piece.parted >= Parted.ITEM)) and not (hired and group.called):
        return False
    letters = len(re.findall(r"\w", piece.text))
    alone = len(title) >= 0.55 * letters
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
        place=read.place,
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
