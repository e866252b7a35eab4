"""What else an ad says beside pay and the job: phones, how many, meals, where; and figures that are none of these (dates, ages).

Reads folded text (ad_numbers.fold). Each reader gives what it found and where, so that the next ones do not read it again.
"""

import re

from kiosk.domain.ad_numbers import HAN, HIDDEN, SMALL, TO, count, hide_all
from kiosk.domain.codes import AREAS, Meals

_SEP = r"[ \-._·—–/]{0,3}"
_PHONE = re.compile(
    rf"(?<![\d.])(?:(?:\+|00)?86{_SEP})?(?P<mobile>1[3-9](?:{_SEP}\d){{9}})(?!\d)"
    rf"|(?<!\d)\(?(?P<landline>0[1-9]\d{{1,2}}\)?(?:{_SEP}|一)[2-9](?:[ -]?\d){{6,7}})(?!\d)"
    r"|(?:(?:电话|座机|热线|联系|致电|打)\s*(?:号码)?|主任|经理|老板|先生|女士|师傅)\s*:?\s*"
    r"(?P<local>[2-9]\d{6}|[2-9]\d{2}[ -]\d{4})(?!\d)"
    r"|(?P<spelled>[一二三四五六七八九零〇幺]{11})"
)
_SPELLED = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "幺": "1"}
_ACCOUNT = re.compile(
    r"(?:微信|vx|wx|wechat|v信|薇信|加v|群)号?\s*[:是]?\s*[a-zA-Z][\w-]{4,}|(?:qq|QQ|扣扣|群号?)\s*[:号群]*\s*\d{5,11}|"
    r"1\d{2}[*xX]{4,}\d{0,4}|https?://\S+|www\.\S+|\d{15,18}[\dxX]?",
    re.IGNORECASE,
)


def phones(text: str) -> tuple[list[str], str]:
    """Find telephone numbers, digits only, in order; hide them and account names."""
    found = []
    for m in _PHONE.finditer(text):
        raw = m["mobile"] or m["landline"] or m["local"] or "".join(_SPELLED[c] for c in m["spelled"])
        digits = re.sub(r"\D", "", raw)
        if m["spelled"] is None or re.match(r"1[3-9]", digits):
            found.append(digits)
    return found, hide_all(hide_all(text, _PHONE), _ACCOUNT)


_CN = "一二两三四五六七八九十"
_CLOCK = (
    rf"(?:早上?|上午|下午|晚上?|夜里|中午|凌晨|傍晚|今晚|明早)?\s*(?:\d{{1,2}}\s*[:：]\s*\d{{2}}|(?:\d{{1,2}}|[{_CN}]{{1,3}})\s*(?:点半|"
    rf"点钟|点一刻|点\d{{0,2}}|时(?!薪|工|间)))分?"
)
_SPAN_OF_TIME = (
    rf"(?:\d+(?:\.\d+)?|[{_CN}几半]{{1,3}})\s*(?:{TO}\s*(?:\d+(?:\.\d+)?|[{_CN}]{{1,3}}))?\s*(?:多|来|几)?\s*(?:个?(?:半)?(?:小时|"
    rf"钟头|月|星期|礼拜)|天|日(?!结)|周(?!结|岁)|年|分钟|个班|个夜班)(?:左右|以上|半)?"
)
_OTHER_FIGURES = re.compile(
    "|".join(
        (
            r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?",
            r"\d{1,2}\s*月份?\s*\d{1,2}\s*[日号]?(?:\s*(?:-|~|到|至)\s*(?:\d{1,2}月)?\d{1,2}\s*[日号]?)?",
            r"\d{1,2}月(?:底|初|中旬|份)",
            rf"\d{{1,2}}\s*(?:(?:{TO}|、|,|和)\s*\d{{1,2}}\s*)?[号日](?!楼|库|门|线|院|仓|厂|结|桥|机)",
            rf"(?<![\d.])\d{{1,2}}[./]\d{{1,2}}(?=\s|[,;。号日{HIDDEN}]|{TO}\d|$|早|上|下|开|干)(?!\s*[元块/])",
            rf"(?:早|上午|晚|夜)\s*[\d{_CN}]{{1,2}}\s*(?:点)?\s*(?:{TO})?\s*(?:晚|下午|早)\s*[\d{_CN}]{{1,2}}(?:点半?)?",
            rf"{_CLOCK}\s*(?:(?:{TO})\s*(?:第二天|次日|凌晨)?\s*{_CLOCK})?",
            rf"\d{{1,2}}\s*{TO}\s*{_CLOCK}",
            rf"(?:\d{{1,3}}|[{_CN}]{{1,4}})\s*(?:{TO}\s*(?:\d{{1,3}}|[{_CN}]{{1,4}}))?\s*(?:周?岁|多岁|来岁)(?:以[上下内])?",
            rf"(?:年龄|岁数)\s*(?:要求|限)?\s*[:：在]?\s*\d{{1,2}}\s*(?:{TO}\s*\d{{1,2}})?\s*(?:以[上下内]|周岁|岁)?",
            r"(?<!\d)[1-7]\d\s*(?:以下|以内|以上)(?=的|\s|[,;。]|$)",
            rf"(?<![/\d元块])\d+(?:\.\d+)?\s*(?:{TO}\s*\d+(?:\.\d+)?)?\s*(?:多|来)?\s*(?:公斤|斤|千克|kg|KG|吨|公里|里路|"
            rf"里地|里|千米|米|厘米|cm|平方米?|平米?|㎡|方|亩|度|%|寸|升|袋|箱|包(?![吃住饭餐中三两早晚午管车])|车|层|棵|"
            rf"栋|台|套|辆|家|间)(?!\s*\d)",
            r"(?:身高|体重)\s*[:：]?\s*\d+(?:\.\d+)?",
            r"\d+\s*(?:号楼|号库|号门|号线|号仓|号院|楼|栋|层|单元|室|幢|排|组|村民小组|路|队|中|小学|弄|桥|国道|省道)(?!\d)",
            r"[A-Za-z]+\d+",
            rf"百分之[{_CN}百零\d]+",
            r"(?:上|做|干|休|干满|做满|满)\s*[一二三四五六\d]+\s*(?:休|天休|歇)\s*[一二\d]+(?:天)?|(?:两|二|三|2|3)班倒|"
            r"月休\s*[\d一二三四]+天?",
            rf"[\d{_CN}]{{1,2}}\s*(?:个人?|人)\s*(?:一|/|每)\s*(?:间|车|组|批|桌|户|条|台机)",
            r"(?:每|一)(?:车|袋|箱|包|件|筐)\s*(?:大?概|约|有)?\s*\d+\s*(?:多|来)?\s*(?:袋|斤|公斤|件|个|箱|包|吨|块|只)",
            r"\d+\s*(?:多|来)?\s*(?:号人|人的厂|人的团队|个工人的)",
            r"第[一二三四五六七八九十\d]+(?!\d|个?[月天])",
        )
    )
)
DURATION = re.compile(_SPAN_OF_TIME)


def hide_other_figures(text: str) -> str:
    """Overwrite dates, times of day, ages, weights, sizes, floors: figures that are neither pay nor people."""
    return hide_all(text, _OTHER_FIGURES)


_MANY = rf"(?:{SMALL}\s*(?:多|来|几)?\s*(?:(?:{TO})\s*{SMALL})?|十几|\d0?几|几十|好?几|若干|大量|多)"
_PEOPLE = (
    rf"(?:个人|名|位|人(?!民|才|工|事|品|和|均|以上|行|生|间|体|多|员|家|/)|个(?=\s*(?:{HAN}{{0,3}}(?:工|员|师傅|"
    rf"女|男|人|阿姨|保姆|司机|保安|厨|劳力))|[\s,;。!({HIDDEN}]|$|洗|摘|搬|卸|带|看|会|能)|口人|号人|个)"
)
_WANTED = r"(?:招聘|招|聘|要|需要?|缺|差|找|来|请|雇|叫|还|去|再|约|大?概|急|共|总共|人数|名额|求|上|收|需求|现)"
_MEN_WOMEN = re.compile(
    rf"男(?:工|的|士|生)?\s*:?\s*({SMALL})(?!\d)\s*[名人个位]?\s*[,、和\s+]*女(?:工|的|士|生)?\s*:?\s*({SMALL})\s*[名人个位]?"
)
_WOMEN_MEN = re.compile(rf"女(?:工|的|士|生)?\s*({SMALL})(?!\d)\s*[名人个位]?\s*[,、和\s+]*男(?:工|的|士|生)?\s*({SMALL})\s*[名人个位]?")
_MEN_WOMEN_AFTER = re.compile(rf"({SMALL})\s*个?男(?:工|的)?\s*[,、和\s]*({SMALL})\s*个?女")
_EACH_SEX = re.compile(rf"男[^,。;\d\n]{{0,6}}女[^,。;\d\n]{{0,6}}各(?:要|招)?\s*({SMALL})")
_PAIR = re.compile(r"夫妻(?:工|档|俩)?\s*(?:(一|两|三|二|\d)\s*对)?")
_LABEL = re.compile(rf"(?:人数|名额|招聘人数|需求人数|用工人数|招工人数|缺口)\s*[:：]?\s*(?:约|共)?\s*({_MANY})\s*[名人个位]*")
_COUNTS = (
    re.compile(rf"{_WANTED}\s*(?:到|了|上|够)?\s*({_MANY})\s*{_PEOPLE}"),
    re.compile(rf"(?<![\d{_CN}每.点/+-])({_MANY})\s*{_PEOPLE}"),
    re.compile(rf"[{HIDDEN}工员厨洁安嫂姆机傅]\s*[xX×*]\s*({SMALL})(?!\d)"),
    re.compile(rf"(?:招|急需|还缺|缺|差|找)\s*({SMALL})\s*(?=[{HIDDEN}\s,]|{HAN}{{1,4}}工)(?!\s*[元块])"),
)
_ONE_OF_A_KIND = re.compile(r"(?:招|要|找|请|雇|缺|寻)(?:聘)?个(?!月)")
_BARE_COUNT = re.compile(rf"(?:工|员|傅|{HIDDEN})\s*:?\s*([1-9]|[12]\d)(?=\s*[,;。{HIDDEN}\s]|{HAN}{{2,4}}工|$)(?!\s*[元块])")
_NOT_WANTED = re.compile(
    r"(?:每|一间住|住|其中|已有|已经有|已来|我们|坐|限|超过|不足|够|其他|还有一|同|第|共同|任意|任何|只有|就|我|"
    r"剩|某|另一|[一二两三四五六\d]间)\s*$"
)
_NOT_WANTED_AFTER = re.compile(r"\s*(?:一组|一车|一间|以上|平分|均分|说|问|都说|宿舍|间)")


def headcount(text: str) -> tuple[int | None, list[tuple[int, int]]]:
    """Find how many are wanted, the larger end of a range; None for 若干. Gives the spans that were read as people."""
    spans: list[tuple[int, int]] = []
    best: int | None = None
    for pattern in (_MEN_WOMEN, _WOMEN_MEN, _MEN_WOMEN_AFTER):
        m = pattern.search(text)
        if m and (a := count(m[1])) and (b := count(m[2])) and a + b < 100:
            return a + b, [m.span()]
    m = _EACH_SEX.search(text)
    if m and (a := count(m[1])):
        return a * 2, [m.span()]
    m = _LABEL.search(text)
    if m:
        best = _many(m[1])
        spans.append(m.span())
    for pattern in _COUNTS:
        for m in pattern.finditer(text):
            if _NOT_WANTED.search(text[max(0, m.start() - 5) : m.start()]) or _NOT_WANTED_AFTER.match(text[m.end() : m.end() + 4]):
                continue
            if any(a < m.end() and m.start() < b for a, b in spans):
                continue
            read = _many(m[1])
            spans.append(m.span(1) if pattern is not _COUNTS[1] else m.span())
            best = best if best is not None else read
    if best is None and not spans:
        m = _PAIR.search(text)
        if m:
            return 2 * (count(m[1]) or 1 if m[1] else 1), [m.span()]
        m = _ONE_OF_A_KIND.search(text)
        if m:
            return 1, []
        m = _BARE_COUNT.search(text)
        if m:
            return count(m[1]), [m.span(1)]
    return best, spans


def _many(words: str) -> int | None:
    words = re.sub(r"\s", "", words)
    if words == "十几":
        return 10
    if any(w in words for w in ("若干", "大量", "几十")) or words in ("多", "几", "好几"):
        return None
    read = count(words.replace("几", ""))
    return read if read is not None and read <= 999 else None


_GIVES = r"(?:管|包|供应?|提供|含|送|有|免费)"
_MEALS: tuple[tuple[Meals, re.Pattern[str]], ...] = (
    (
        Meals.NONE,
        re.compile(
            r"(?:伙食|吃饭|饭钱|餐费)[^,。;\n]{0,8}自理|(?:不|没|无|未)(?:有|提供|管|包|供|含)?(?:吃住|食宿|吃|饭|餐|中饭|"
            r"午饭|中餐|午餐|伙食)|(?:自|自己|各自|自行|自个)\s*(?:带|备|管|解决)\s*(?:干粮|中|午|早|晚)?(?:饭|餐|吃|伙食|"
            r"干粮|盒饭)|(?:吃|饭|餐|中饭|午饭|中餐|午餐|伙食|食宿|吃住|吃饭|餐食)\s*(?:自理|自己|自费|自备|自带|自行解决|"
            r"不管|不包)|带饭(?!盒)|带(?:中|午)饭|只包住|包住不包吃"
        ),
    ),
    (Meals.THREE, re.compile(rf"{_GIVES}?\s*(?:三|3|早中晚)\s*(?:餐|顿)|早中晚(?:三)?[餐饭]")),
    (
        Meals.TWO,
        re.compile(
            rf"(?:{_GIVES}|一天|每天|吃)?\s*(?:两|二|2)\s*(?:餐|顿)|(?:早上?中午?|中午?晚上?|早上?晚上?|早中)(?:都|全)?(?:管|包)|早中[餐饭]|中晚[餐饭]|早晚[餐饭]|中餐?和?晚[餐饭]|午晚[餐饭]|"
            rf"(?:早|中|午)[餐饭][和、]?(?:中|午|晚)[餐饭]"
        ),
    ),
    (
        Meals.ONE,
        re.compile(
            rf"{_GIVES}(?:吃)?\s*(?:一|1)?\s*(?:餐|顿)?(?:早|中|午|晚|工作|夜|中午|晚上|便)(?:饭|餐|宵|顿)?(?:饭|餐)?|{_GIVES}\s*(?:一|"
            rf"1)\s*(?:餐|顿)|(?:中午|晚上|早上)(?:{_GIVES})(?:一|1)?顿?饭?|(?:早|中|午|晚)[餐饭](?:都|由)?(?:管|包|免费|老板|我|单位|店里|厂里|家里|主家|"
            rf"供|有)|饭(?:都|也|我|他)?(?:管|包)|管饭|包饭|供饭|供餐|包餐|管餐|工作餐|有饭|盒饭|(?:一|1)(?:餐|顿)(?!饭?钱)"
        ),
    ),
    (Meals.THREE, re.compile(r"(?:包|管|供|提供|含)\s*(?:吃|食|伙食)|吃住|食宿|包餐宿|住吃|免费吃")),
)
LODGING = re.compile(r"(?<!不)(?<!没)(?:包|管|提供|有|免费)\s*(?:吃|食)?\s*(?:包|管)?(?:住|宿|宿舍|食宿)(?!院|家)|吃住(?!自理|都?不)")


def meals(text: str) -> Meals | None:
    """Say what is given to eat: 管饭 is one meal, 包吃 (and 包吃住) three; None when nothing is said."""
    return next((kind for kind, words in _MEALS if words.search(text)), None)


def hide_meals(text: str) -> str:
    """Overwrite what says what is given to eat and where to sleep."""
    for _, words in _MEALS:
        text = hide_all(text, words)
    return hide_all(text, LODGING)


AREA_NAMES = tuple(
    sorted(
        {n for name in AREAS.values() for n in (name, re.sub(r"[镇乡]$", "", name))} | {"开发区", "经济开发区", "隔蒲"},
        key=lambda n: -len(n),
    )
)
"""The county's areas as people write them, with and without 镇."""
