"""What an ad says about pay: how much, for what, when it is settled. Reads folded text; what it read it hides from those who come after.

A figure counts as pay by its unit (260/天, 一天260), by the word before it (日薪, 工资, 包干), by its coin (260元) or, last, by standing
alone where nothing else explains it (小工220). Deposits, subsidies, overtime and boasts (手快能搞300) do not count.
"""

import re
from dataclasses import dataclass, replace

from kiosk.domain.ad_numbers import AMOUNT, HAN, NUMBER, TO, Amount, amount, hide
from kiosk.domain.codes import PayUnit, Settlement

Fen = int


@dataclass(frozen=True, slots=True)
class PayTalk:
    """What was said about pay, in fen; None is what was not said."""

    low: Fen | None
    high: Fen | None
    unit: PayUnit | None


_UNITS: tuple[tuple[PayUnit, str], ...] = (
    (PayUnit.HOUR, r"个?(?:小时|钟头|钟)|[hH](?![a-zA-Z])"),
    (PayUnit.DAY, rf"天|日(?![结清期])|个工|工(?!{HAN})|个?(?:白|夜|晚)?班(?!车|组|长)|晚上?|夜(?!班)"),
    (PayUnit.WEEK, r"周(?!结)|个?星期|个?礼拜"),
    (PayUnit.MONTH, r"个?月(?!结|底结)"),
    (PayUnit.TRIP, r"个?(?:来回|趟|车|次)(?!间)"),
    (
        PayUnit.PIECE,
        r"件|个(?!月|小时|钟|工|人|星期|礼拜)|公斤|斤|千克|kg|袋|包(?![吃住饭餐干中三两早晚])|只|箱|吨|亩地?|平方米?|"
        r"平米?|㎡|m2|立方|方|米|双|套|筐|篮|盆|棵|株|块|根|条|张|份|桌|篓|捆|盒|单|扇|头|桶|户|匹|间|家|台|盘|片|板|"
        r"提|打|本|副",
    ),
)
_UNIT = "|".join(f"(?P<u{i}>{words})" for i, (_, words) in enumerate(_UNITS))
_PERSON = r"(?:每?一?个?人\s*[/·每一,]?\s*)?"
_NOT_MONEY = r"(?!\s*(?:[\d.:百千万]|个?(?:小时|钟头|点|分钟)|[个天人名位袋件斤吨箱亩米岁号楼层顿餐次月年周台组度栋排里]|公[斤里]|kg|班))"
_SAID = (
    r"(?:的?(?:工资|工价|工钱|薪资|价格|单价|给|开|是|算|发|付|有|拿|能拿|按|为|约|大概|大约|到手|税后|保底|最低|"
    r"起码|[:=\s]|不少于|不低于)){0,3}"
)
_AFTER_UNIT = re.compile(
    rf"(?P<amount>{AMOUNT})\s*(?:工资|钱)?\s*(?:[/每一·]\s*1?|1(?=天|个|小时)|(?<=[元块])(?=小时|天|月)){_PERSON}(?:{_UNIT})|"
    rf"(?P<apart>{AMOUNT})[,\s]+(?:一|每)天(?=$|[\n;。])",
    re.MULTILINE,
)
_PER_PERSON_DAY = re.compile(rf"(?:每人每天|每人一天|一人一天|一个人一天|每人每日)(?P<u1>){_SAID}(?P<amount>{AMOUNT}){_NOT_MONEY}")
_BEFORE = re.compile(rf"(?:一|每|1(?=天|个|小时)|按)(?:{_UNIT}){_SAID}(?P<amount>{AMOUNT}){_NOT_MONEY}")
_NAMED: tuple[tuple[PayUnit, str], ...] = (
    (PayUnit.HOUR, r"时薪|小时工资|小时工价|时工资"),
    (PayUnit.DAY, r"日薪|日工资|日工价|天工资|日工|点工|日新|日均"),
    (PayUnit.WEEK, r"周薪|周工资"),
    (PayUnit.MONTH, r"月薪|月工资|月收入|月入|月新|月均|底薪|月保底|每月工资|包月|综合月薪|综合(?=\s*\d{4})|(?<![个\d])月(?=\s*\d{4})"),
    (PayUnit.WHOLE, r"包干价?|一口价|打包价?|总价|总共|一共|合计|全包|包工|整个活|一次性给?"),
    (PayUnit.PIECE, r"计件(?:单价|工资)?|件工价"),
)
_LABEL_OF_UNIT = re.compile(
    "(?:" + "|".join(f"(?P<u{i}>{words})" for i, (_, words) in enumerate(_NAMED)) + rf"){_SAID}(?P<amount>{AMOUNT}){_NOT_MONEY}"
)
_PAIR = re.compile(
    rf"(?:男|女|[早白]班)(?:工|的|士)?\s*:?(?P<one>{AMOUNT})(?:一天|/天)?[,、/ ]*"
    rf"(?:女|男|[晚夜中]班)(?:工|的|士)?\s*:?(?P<two>{AMOUNT})(?!\s*[名人个岁])"
    rf"(?:[,\s]*[/一每]\s*(?:{_UNIT}))?"
)
_WHOLE_AFTER = re.compile(rf"(?P<amount>{AMOUNT})\s*(?:包干|一口价|全包|打包|包工|干完这个活)")
_LABELLED = re.compile(
    rf"(?:工资|工价|工钱|薪资|薪水|薪酬|待遇|报酬|酬劳|价格|单价|价钱|劳务费|人工费?|保底|每人|一人|一个人|人均|"
    rf"给|开)(?:待遇|面议|标准|范围)?{_SAID}(?P<amount>{AMOUNT}){_NOT_MONEY}"
)
_PER_HEAD = re.compile(rf"(?P<amount>{AMOUNT})\s*[/每一](?:个)?人")
_COINED = re.compile(
    rf"(?P<amount>(?:[¥￥]\s*{NUMBER}|{NUMBER}\s*(?:多|几|来)?(?:元|块钱|块)[\d一二三四五六七八九]?|{NUMBER}\s*(?:元|"
    rf"块)?\s*{TO}\s*{NUMBER}\s*(?:元|块钱|块))(?:左右|以上|起)?)"
)
_BARE = re.compile(
    rf"(?<![\dA-Za-z.#第/+-])(?<!\d:)(?P<amount>{AMOUNT})(?P<day>\s*(?:日结|天结))?{_NOT_MONEY}(?![A-Za-z+\d/-]|\s*[:：]|号)"
)
_EACH_OF_US = re.compile(r"[一每1]个")
"""炸油条的一个三千五 is somebody's wage, 一个两毛 a piece's."""
_UP_TO = re.compile(r"(?:最高|不超过|最多|上限|封顶|高达)\s*$")
_AND_MORE = re.compile(r"\s*(?:起(?!早|来|鱼|虾)|以上|\+(?![\u4e00-\u9fff\ue000]))")
_UNDER = re.compile(r"\s*(?:元|块)?(?:以内|以下|封顶|之内)")
_AT_LEAST = re.compile(r"(?:保底|至少|起码|最低|不低于|不少于)[^\d]{0,2}$")
_NOT_PAY = re.compile(
    r"(?:押金|保证金|补贴|补助|[餐饭车房话油]补|车费|路费|油费|运费|奖金?|奖励|全勤奖?|红包|保险|罚款?|扣|房租|"
    r"租金|加班费?|住宿费?|体检费?|伙食费?|介绍费|中介费|报名费|服装费|工龄|另加|再加|外加|高温|提成|水电费?|交|"
    r"收费?|超时|夜班费|津贴|另补|补|房贴)(?:每[天月人]|一[天月]|[:是约为给]|另|有)*\s*$"
)
_BOAST = re.compile(r"(?:能搞|能挣|能赚|可赚|可挣|可达|能做|能干到|手快|挣到|赚到|收入|能到|一天下来|平均|做到)[^,。;!\n]{0,8}$")

_DAY_PAID = r"(?<![当每\d一两三四五六七八九十几半])天结"
"""天结 as 日结 is meant; not 满3天结一次."""

SETTLEMENTS: tuple[tuple[Settlement, re.Pattern[str]], ...] = (
    (
        Settlement.DONE,
        re.compile(r"完工(?:后|就|即|当[天日场]|再|一次性?|一起|一块|一并|一把)?(?:结|付|给钱)|全部(?:做|干)完|工程(?:结束|完)"),
    ),
    (
        Settlement.DAILY,
        re.compile(
            rf"日结|{_DAY_PAID}|当[天日](?:就|现金?|马上)?(?:结|给|付|拿|发)|现结|一天一(?:结|清|付|发)|日清|(?:每[天日]|"
            rf"天天|天黑|收工|晚上|下午)(?:[^,。;\n]{{0,2}})(?:下班|下午|晚上|收工|完工|就|即|马上)*(?:结|发钱|发工资|拿钱|"
            rf"给钱)|天天结|按天(?:结|发|付)|当晚结|下(?:班|工)(?:就|即|当场|后|现|马上)*(?:结|发|给钱|拿钱)|工资当[天日]|"
            rf"[做干]一天[结算给拿]一天|现做现结"
        ),
    ),
    (
        Settlement.WEEKLY,
        re.compile(
            r"周结|一周一?结|按周结?|每周[一二三四五六日]?(?:结|发)|每(?:个?星期|礼拜)[一二三四五六日]?(?:结|发)|[七7]天一结|"
            r"(?:星期|礼拜)一?结|周[一二三四五六日](?:结|发)工?"
        ),
    ),
    (
        Settlement.MONTHLY,
        re.compile(
            r"月结|月底(?:结|发|给|付)?|按月(?:结|发|付)?|每个?月\s*\d{1,2}\s*[号日]|次月|下个?月\s*\d*[号日]?(?:发|结)|"
            r"月初(?:结|发)|每个?月(?:准时|按时)?(?:发|结)|当月(?:结|发)"
        ),
    ),
    (
        Settlement.DONE,
        re.compile(
            r"(?:干|做|弄|搞|卸|搬|装|摘|收|割|插|挖|拆|砸|贴|刷|种|栽|活|工|忙|清)(?:完|好)了?活?[^,。;!\n]{0,4}(?:结|"
            r"给钱|付|拿钱|给现)|一次(?:性)?结清|结束(?:后|就|当场)?(?:结|付)|完活|一把结|当场(?:结|给|付|发)|现场(?:结|给|"
            r"付)|干完,?结"
        ),
    ),
)
DAY_BY_DAY = re.compile(rf"日结|{_DAY_PAID}|一天一结|日清|[做干]一天[结算给拿]一天")

BY_MONTH = re.compile(r"月结|月休|月底|上[六五]休|双休|单休|每月|当月|次月|五险|社保")
_HALF_DAY = re.compile(r"半[天日]")


def settlement(text: str) -> Settlement | None:
    """Say when it is paid: the first kind that is found, a day's before the end of the work's (干完当天结)."""
    return next((kind for kind, words in SETTLEMENTS if words.search(text)), None)


def hide_settlement(text: str) -> str:
    """Overwrite what says when it is paid, except the words that explain a figure beside them."""
    return hide(text, [m.span() for _, words in SETTLEMENTS for m in words.finditer(text)])


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    amount: Amount
    unit: PayUnit | None
    weak: bool
    loose: bool


def sure_pay(text: str) -> tuple[list[_Found], str]:
    """Find figures with a unit or a name, and hide them and those that are no pay."""
    found: list[_Found] = []
    text = _take_pairs(text, found)
    for pattern, units in (
        (_PER_PERSON_DAY, _UNITS),
        (_LABEL_OF_UNIT, _NAMED),
        (_AFTER_UNIT, _UNITS),
        (_BEFORE, _UNITS),
    ):
        text = _take(text, pattern, found, units)
    text = _take(text, _WHOLE_AFTER, found, (), PayUnit.WHOLE)
    return found, text


def loose_pay(text: str, *, bare: bool) -> tuple[list[_Found], str]:
    """Find figures without a unit: named or coined, and with `bare` those that nothing else explains."""
    found: list[_Found] = []
    text = _take(text, _LABELLED, found, ())
    text = _take(text, _PER_HEAD, found, ())
    text = _take(text, _COINED, found, ())
    if bare:
        text = _take(text, _BARE, found, (), loose=True)
    return found, text


def _take_pairs(text: str, found: list[_Found]) -> str:
    """Read 男180女150 and 早班2200晚班2400 as one range."""
    spans = []
    for m in _PAIR.finditer(text):
        both = [amount(m["one"]), amount(m["two"])]
        ends = [end for a in both if a is not None for end in (a.low, a.high) if end is not None]
        if None not in both and len(ends) > 1 and min(ends) >= 2000:
            kind = next((u for i, (u, _) in enumerate(_UNITS) if m[f"u{i}"] is not None), None)
            found.append(_Found(m.start(), m.end(), Amount(min(ends), max(ends)), kind, False, False))
            spans.append(m.span())
    return hide(text, spans)


def _take(
    text: str,
    pattern: re.Pattern[str],
    found: list[_Found],
    units: tuple[tuple[PayUnit, str], ...],
    unit: PayUnit | None = None,
    *,
    loose: bool = False,
) -> str:
    spans = []
    for m in pattern.finditer(text):
        groups = m.groupdict()
        name = "apart" if groups.get("apart") else "amount"
        read = amount(m[name])
        if read is None:
            continue
        kind = next((u for i, (u, _) in enumerate(units) if groups.get(f"u{i}") is not None), unit)
        if name == "apart":
            kind = PayUnit.DAY
        if kind is None and groups.get("day"):
            kind = PayUnit.DAY
        if not _plausible(read, kind, loose=loose) or (kind is PayUnit.PIECE and _EACH_OF_US.match(m[0]) and (read.low or 0) >= 50_000):
            continue
        before, after = text[max(0, m.start() - 14) : m.start()], text[m.end() : m.end() + 4]
        inside = m[0][: m.start(name) - m.start()]
        spans.append(m.span())
        if _NOT_PAY.search(before) or (inside and _NOT_PAY.search(before + inside)):
            continue
        lead = before + inside
        if _UP_TO.search(lead) or _UNDER.match(after):
            read = Amount(None, read.high if read.high is not None else read.low)
        elif _AT_LEAST.search(lead) or _AND_MORE.match(after):
            read = Amount(read.low, None if read.high == read.low else read.high)
        found.append(_Found(m.start(), m.end(), read, kind, _BOAST.search(lead) is not None or "底薪" in inside, loose))
    return hide(text, spans)


_RANGE: dict[PayUnit | None, tuple[int, int]] = {
    PayUnit.HOUR: (5, 500),
    PayUnit.DAY: (20, 5000),
    PayUnit.WEEK: (100, 20_000),
    PayUnit.MONTH: (300, 100_000),
    PayUnit.PIECE: (0, 5000),
    PayUnit.TRIP: (1, 10_000),
    PayUnit.WHOLE: (10, 1_000_000),
    None: (1, 1_000_000),
}
"""In 元, wide: only what cannot be pay at all falls out (8小时一天 is no 8 元 a day)."""


def _plausible(read: Amount, unit: PayUnit | None, *, loose: bool) -> bool:
    least, most = _RANGE[unit]
    if loose:
        least, most = 50, 30_000
    low = read.low or read.high or 0
    return least * 100 <= low <= most * 100 and (read.high or low) <= most * 100


def choose(found: list[_Found], text: str) -> PayTalk | None:
    """Choose among the figures of one ad: those with a unit first, boasts last; several of one unit (男260女220) make a range."""
    if not found:
        return None
    ranked = sorted(found, key=lambda f: (f.weak, f.loose, f.unit is None, f.start))
    first = ranked[0]
    same = [f for f in ranked if (f.unit, f.weak, f.loose) == (first.unit, first.weak, first.loose)][:4]
    lows = [f.amount.low for f in same]
    highs = [f.amount.high for f in same]
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    return with_unit(PayTalk(low, high, first.unit), text)


def with_unit(pay: PayTalk, text: str) -> PayTalk:
    """Fill in the unit of a figure without one from words about the same pay: 日结 makes a day's, 月休 and 月结 a month's."""
    top = pay.high or pay.low or 0
    if pay.unit is None and DAY_BY_DAY.search(text) and 3000 <= top <= 150_000 and not _HALF_DAY.search(text):
        return replace(pay, unit=PayUnit.DAY)
    if pay.unit is None and top >= 120_000 and BY_MONTH.search(text):
        return replace(pay, unit=PayUnit.MONTH)
    return pay
