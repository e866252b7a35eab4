"""Pasted chat text → the ads in it: title, headcount, place, pay, settlement, meals, phone, as far as the text says.

A paste may hold one ad or many, glued, numbered, from several people, with greetings between. Pieces (ad_split) are gathered into ads:
a new one begins where another job brings what the present one already has (pay, people), or behind a number or an empty line. What stands
above or below all of them (one phone, one place, 统一日结) goes to those that lack it. Talk that offers no work gives nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.domain.ad_group import CLOSED, RECRUITS, Group, grouped, joined
from kiosk.domain.ad_jobs import Title
from kiosk.domain.ad_numbers import fold
from kiosk.domain.ad_pay import PayTalk, with_unit
from kiosk.domain.ad_read import Read, read_words
from kiosk.domain.ad_split import FIELD, Message, Parted, messages
from kiosk.domain.ad_words import headcount, phones
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


_CALLS = re.compile(r"联系|电话|报名|私聊|私我|加我|速来|打我|滴滴|来电|微信同号|接龙")
_SEEKS = re.compile(
    r"找活|找事|找个?(?:工作|活|事)|求职|求(?:个|一份)|有没有.{0,8}(?:活|工作|事)(?:干|做|$|[吗啊呀?,])|有活(?!干的)|"
    r"接活|揽活|承接|承包(?!地)|本人.{0,12}(?:会|想|有|做|女|男|\d)|我会|我想(?!招|找.{0,3}人)|想找.{0,6}(?:活|"
    r"工作|事)|哪里(?:有|招|要)|哪有|谁(?:家)?(?:招|要人|有活|需要)|上门服务|价格优惠|专业(?:维修|疏通|搬家|承接|"
    r"刷|清洗)|随叫随到|有需要的?(?:老板|朋友)?(?:联系|请)|需要的老板|求带|有人(?:招|要人)|哪(?:位|个)?老板.{0,4}(?:要人|"
    r"招|需要)|我们夫妻|都会做|老板要人|我来(?:一个|$|[,。!])|算我|我(?:可以|能|想)(?:去|来|做|干)|我去(?:$|[,。!])"
)
_PAST = re.compile(
    r"昨天|前天|上次|去年|那次|上个月|刚(?:结|干完|收工)|干了|做了|累死|没给|不给|还没结|欠|才给|太低|太少|[吗么嘛]\s*[?。!]*\s*$|"
    r"\?\s*$|是不是|多少钱|多少一|怎么算|谢谢老板"
)
_UNITE = re.compile(r"以上|统一|全部|都(?:是|管|包|要|日|可|一样)|均|所有|各岗位|一律")
_EACH = re.compile(r"各\s*(?:要|招|需要?|来|找)?\s*([一二两三四五六七八九十\d]{1,2})\s*[名人个位]")
_OTHER_TRADE = re.compile(r"顺风车|拼车|人找车|车找人|二手|出售|转让|出租|招租|团购|拼单|砍一刀|代购|低价处理|甩卖")


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
    known = {
        name: getattr(first, name) or getattr(more, name)
        for name in ("headcount", "place", "pay", "settlement", "meals", "phone", "lodging")
    }
    return replace(first, **known, text=f"{first.text}\n{more.text}")


def _from_his_other_messages(said: Sequence[Message], found: list[tuple[str, list[Ad]]], indices: list[int]) -> None:
    """What somebody says later without naming a job (老街口, 19900001299) completes his ad before it."""
    for at, i in enumerate(indices):
        if found[i][1]:
            continue
        before = next((k for k in reversed(indices[:at]) if found[k][1]), None)
        if before is None or _SEEKS.search(said[i].text):
            continue
        extra = read_words(said[i].text, bare=False)
        if extra.title is None:
            ads = [_complete(ad, extra, None, said[i].text) for ad in found[before][1]]
            if len(ads) == 1 and ads[0].headcount is None:
                ads = [replace(ads[0], headcount=extra.count)]
            found[before] = (found[before][0], ads)


def _ads_of(message: Message) -> list[Ad]:
    groups, leading = grouped(message.text)
    if _OTHER_TRADE.search(message.text) and not re.search(r"招|聘", message.text):
        return []
    if not groups:
        return _without_title(message.text)
    recruits = RECRUITS.search(message.text) is not None
    calls = _CALLS.search(message.text) is not None or bool(phones(message.text)[0])
    if len(groups) == 1:
        group = groups[0]
        whole = joined([*leading, *group.own, *group.tail])
        read = read_words(whole)
        if read.title is None and group.title:
            read.title = Title(group.title, 0, 0, False)
        taken = not CLOSED.search(whole) or (read.pay and read.phones and not CLOSED.search(joined(group.own)))
        return [_ad(read, whole)] if taken and _offers(read, whole, recruits=recruits, calls=calls, many=False) else []
    ads: list[Ad] = []
    reads = [_of_group(group, last=i == len(groups) - 1) for i, group in enumerate(groups)]
    listing = any(_offers(read, whole, recruits=recruits, calls=calls, many=True) for read, whole in reads)
    for group, (read, whole) in zip(groups, reads, strict=True):
        glued = group.own[0].parted is Parted.CLAUSE
        if not CLOSED.search(whole) and _offers(read, whole, recruits=recruits or listing, calls=calls, many=True):
            ad = _ad(read, whole)
            ads.append(replace(ad, place=ads[-1].place) if glued and ads and ad.place is None else ad)
    head = read_words(joined(leading), bare=False) if leading else None
    return _shared(ads, groups, head, joined(leading))


def _of_group(group: Group, *, last: bool) -> tuple[Read, str]:
    whole = joined(group.own + ([] if last else group.tail))
    read = read_words(whole)
    if read.title is None or group.listed:
        read.title = Title(group.title, 0, 0, False)
    return read, whole


def _shared(ads: list[Ad], groups: list[Group], head: Read | None, above: str) -> list[Ad]:
    """Give to each what stands above or below all of them; what stands below the last in lines of its own ad stays his."""
    if not ads:
        return []
    last = groups[-1]
    below = joined(last.tail)
    foot = read_words(below, bare=False) if below else None
    glued = all(g.own[0].parted is Parted.CLAUSE for g in groups[1:])
    for_all = (
        glued
        or all(g.lines <= 1 for g in groups)
        or _UNITE.search(below)
        or _EACH.search(below)
        or any(p.parted is Parted.BLANK for p in last.tail)
    )
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


def _from_last_words(ads: list[Ad], last: Group) -> list[Ad]:
    """In a run of ads on one line, or with the only phone at its end, what stands behind the last one's pay is meant for all."""
    glued = last.own[0].parted is Parted.CLAUSE
    if any(ad.phone for ad in ads[:-1]) or not (glued or read_words(joined(last.own)).phones):
        return ads
    done = next((i for i in range(min(len(last.own), 12)) if read_words(joined(last.own[: i + 1])).pay), None)
    if done is None:
        # 电工1人，面议。地址：…: without pay his own words end with the first sentence
        done = next((i - 1 for i, p in enumerate(last.own) if i and FIELD.match(p.text)), len(last.own))
    words = joined(last.own[done + 1 :])
    rest = read_words(words, bare=False)
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


def _complete(ad: Ad, more: Read | None, other: Read | None, words: str) -> Ad:
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


def _without_title(text: str) -> list[Ad]:
    """An ad may name no job: 明天要三个人，260 一天."""
    read = read_words(text)
    if RECRUITS.search(text) and read.has_count and (read.pay or read.phones) and not _SEEKS.search(text) and not CLOSED.search(text):
        return [] if _PAST.search(text) and not read.phones else [_ad(read, text)]
    return []


def _offers(read: Read, text: str, *, recruits: bool, calls: bool, many: bool) -> bool:
    """Say whether words offer work: a job with two of pay, people, phone, settlement, hiring; not one who seeks, not a complaint."""
    hires = RECRUITS.search(text) is not None
    if _SEEKS.search(text) and not re.search(r"招|聘", text):
        return False
    if read.title is None:
        return False
    if CLOSED.search(text) and not (read.pay and read.phones):
        return False
    if _PAST.search(text) and not (read.phones or (hires and read.pay)):
        return False
    points = (
        (read.pay is not None)
        + read.has_count
        + bool(read.phones or calls)
        + (read.settlement is not None)
        + (hires or recruits)
        + (read.meals is not None)
    )
    return points >= 2 or (many and points >= 1 and (recruits or calls))


def _ad(read: Read, text: str) -> Ad:
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
