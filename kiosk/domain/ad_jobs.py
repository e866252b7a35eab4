"""The names of work: which words in an ad say what is to be done, and to which trade they belong. The table is ad_trades.

Three nets, finest first: names of jobs (钢筋工, 服务员), a doing with its object (摘橘子, 卸化肥), and what only ends like a
job (裱画师傅) right after a word of hiring.
"""

import re
from dataclasses import dataclass

from kiosk.domain.ad_numbers import HAN, HIDDEN
from kiosk.domain.ad_trades import DOINGS, LONE_DOINGS, NAMES
from kiosk.domain.codes import Trade

_PLACED = (
    "饭店|酒店|餐馆|餐厅|火锅店|烧烤店|烧烤|大排档|小吃店|面馆|食堂|学校|工地|服装厂|电子厂|食品厂|鞋厂|家具厂|"
    "超市|商场|药店|快递|仓库|物流|家政|医院|养老院|幼儿园|小区|物业|工厂|车间|"
    "后厨|厨房|大棚|果园|养殖场|养鸡场|养猪场|早餐店|早点店|奶茶店|网吧|包厢|宾馆|客房|客栈|酒席|婚庆|商超|收银|"
    "蔬菜|水果|园林|市政|KTV|粮库|冷库|加油站|洗车店|机械|消防|鱼塘|虾田"
)
_KIND = (
    "大货车?|货车|叉车|挖机|外墙|内墙|室内|夜班|白班|住家|不住家|全职|兼职|送货|送餐|外卖|网约车|校车|半挂|[ABCabc][123]证?|"
    "数控|注塑|冲压|水电|装修|建筑|临时|专职|"
    "厢式|高空|家庭|熟练|长期|短期|氩弧|二保|手把|服装|食品|电子|快递|包装|打包|流水线|养老|住院|贴砖|刮腻子|砌墙|摘果|采摘"
)
_FIELD = "岗位|工种|职位|活计|工作内容|招聘岗位|招聘职位|招聘工种|干什么|内容|工作|岗位名称|招工岗位|需求工种|活儿?"


def _words(*tables: str) -> str:
    return "|".join(sorted({re.escape(w) for table in tables for w in table.split()}, key=lambda w: (-len(w), w)))


_NAME = (
    rf"(?:(?:{_PLACED}|{_KIND}){{0,2}})(?:{_words(*NAMES.values())})(?!大?酒店|饭店|宾馆|公司|市场|大道|路|街|中心|"
    rf"学校|群|驿站|平台|信息|站)(?:师傅|学徒|组长|班长)?"
)
_QUANTITY = rf"(?:[一二两三几\d]{{1,3}}(?:[个位车袋棵亩家户间套台]|吨)?)?{HIDDEN}{{0,3}}(?:了|一下|点|一些|些)?"
_OBJECTS = {verbs: "|".join(sorted(objects.split("|"), key=lambda w: -len(w))) for verbs, objects in DOINGS.values() if verbs}
_OBJECT = "|".join(f"(?:{verbs}){_QUANTITY}(?:{objects})" for verbs, objects in _OBJECTS.items())
_EACH_DOING = tuple(re.compile(f"(?:{verbs}){_QUANTITY}(?:{objects})") for verbs, objects in _OBJECTS.items())
_ANY_OBJECT = "|".join(sorted({w for objects in _OBJECTS.values() for w in objects.split("|") if len(w) > 1}, key=lambda w: (-len(w), w)))
_WHERE_DONE = "快递|家具|蔬菜|水果|棉花|酒席|婚宴|货柜|集装箱|夜里|晚上|小区|学校|仓库|大棚"
_DOING = (
    rf"(?:(?:{_WHERE_DONE})?)(?:{_OBJECT}|(?:{_words(*LONE_DOINGS.values())})(?:{_ANY_OBJECT})?)(?![场厂户业园]|"
    rf"上门|车间|机(?!器))(?:师傅|工|员)?"
)
_HAND = (
    "采摘|采|摘|卸|搬|装|洗|挖|拆|砸|砌|贴|刷|刮|焊|剪|缝|插|割|收割|收|拔|除|剥|捞|扎|编|串|糊|拧|打扫|打磨|修|"
    "疏通|通|拖|拉|运|扛|抬|炸|炒|切|照顾|伺候|看守|喂|腌|晒|种|栽|钉|磨|喷|铺|锄|砍|捡|挑|择|熨|绑|浇|铲"
)
_LOOSE_DOING = re.compile(
    rf"(?:^|[\s,;。!:]|去|来|人|个|位|名|帮忙|要|活是|的)(?P<title>(?:{_HAND})(?![好完得过到]){_QUANTITY}{HAN}{{1,3}}?)(?=$|[\s,;。!:{HIDDEN}]|"
    rf"的(?!$)|到|去|工)",
    re.MULTILINE,
)
_TURNED = re.compile(rf"(?P<what>{_ANY_OBJECT})(?:要|需要|等着)(?:人)?(?P<do>[割摘卸搬挖插收装拆栽砍洗挑剥运])(?!求)")
_LISTED = re.compile(
    rf"^\s*(?:急?招聘?|急?需)?(?P<title>(?:(?![一二两三四五六七八九十几]){HAN}){{2,6}})\s*[:：]?\s*(?={HIDDEN}|[\d一二两三四五六七八九十]+\s*[名人个位])"
)
_COUNTED = re.compile(
    rf"(?:^|[\s,;。!:])(?P<title>{HAN}{{1,5}}(?:工|员|师傅|师|司机|阿姨))\s*:?\s*(?=[\d一二两三四五六七八九十]+\s*[名人个位])", re.MULTILINE
)
_NOT_LISTED = re.compile(
    r"工资|待遇|薪|价|人数|时间|电话|联系|地[点址]|年龄|要求|每|一[天个]|今天|明天|后天|上午|下午|晚上|早上|镇|"
    r"乡|村|路|街|小区|中餐|午餐|先生|女士|老板|经理|师傅$|主任|补|奖|加班|底薪|保底|包|管|需要?|还|招|急|共|各|"
    r"大概|左右|大家|男|女|以上|另|另外|满|全勤|押金|[一二三]班|[我你他她]|[的了]$"
)
_ENDING = rf"{HAN}{{1,4}}?(?:工人?|员|师傅|师|司机|阿姨|学徒|助理)(?!{HAN}*(?:资|价|作|地|钱|具|伤|期|业|时|程|厂))"
_HIRING = r"招聘|诚招|诚聘|急招|急聘|招收|招工|招募|现招|再招|招|聘请|聘|急需|需要|需|急缺|还缺|缺|急找|找|还要|要|雇|请|求|寻|来|差"
_FILLER = (
    rf"(?:\s|[:,!]|{'[0-9]'}|[一二两三四五六七八九十几多]|来|数|左右|若干|大量|多|名|个|位|人|男女|男|女|不限|熟练|"
    rf"长期|短期|临时|全职|兼职|有经验的?|能吃苦的?|会做事的?|工人|员工|的|以下|岗位|工种|一批|几|各|专业|优秀|急|"
    rf"现|年轻|勤快的?|帮忙|帮|手脚麻利的?|\ue000)"
)

NAME = re.compile(_NAME)
DOING = re.compile(_DOING)
_LABELLED = re.compile(
    rf"(?:^|[\s,;。、])(?:{_FIELD})\s*[一二三四五六七八九\d]?\s*[:：]\s*(?P<title>[^\s,;。:\ue000(]{{2,12}})", re.MULTILINE
)
_HIRED = re.compile(rf"(?:{_HIRING}){_FILLER}{{0,16}}?(?P<title>{_ENDING})(?!{HAN}{{0,1}}厂)")
HIRING = re.compile(rf"(?:{_HIRING}){_FILLER}{{0,16}}?$")
_NO_TITLE = re.compile(
    r"(?:招|用|开|上|务|打|做|收|完|停|加|员|民|男|女|双|职|全|日|手|包|点|计|施|动|出|返|夫妻|老|熟练|技术|农民|"
    r"计时|计件|[日周月]结|每|一个|多少)工人?$|人员$|会员$|成员$|群员$|官员$|动员$|演员$|.{0,2}(?:老师|律师)$|工作|^(?:或|"
    r"和|及|与|的|会|能|懂|有|个)"
)
_WANTED_OF_HIM = re.compile(r"(?:会|懂|其中|能|有|带|要会|要求|最好|不用|不需要?|优先|免费|持|没|不)\s*$")
_WHO_CAN = re.compile(r"(?:有没有.{0,4}|有|找|需要?|招|来个|要个)会$")
_ANYBODY = re.compile(r"临时工|零工|临工|长工|短工|工人|阿姨|壮工|力工|小时工|钟点工")
"""Names that say how somebody works, not what he does: 需临时工若干, 发传单."""
_LEADS = re.compile(r"(?:带|配合|跟着)一?个?$")


@dataclass(frozen=True, slots=True)
class Title:
    """A job's name and where it stands. `sure` is a name or a doing of the table, or what stands behind a label."""

    text: str
    start: int
    end: int
    sure: bool


def find_title(text: str) -> Title | None:
    """Find the job's name: behind a label, behind a word of hiring, the first name, the first doing, then what only ends like a job."""
    labelled = _LABELLED.search(text)
    if labelled:
        span = labelled.span("title")
        words = _trimmed(labelled["title"])
        if 2 <= len(words) <= 6:
            return Title(words, *span, True)
        inner = NAME.search(text, *span) or DOING.search(text, *span)
        if inner and inner.end() - inner.start() >= (span[1] - span[0]) - 4:
            return _title(inner)
        if len(words) >= 2:
            return Title(words, span[0], span[1], True)
    names = [m for m in NAME.finditer(text) if not _asked_of_him(text, m)]
    doings = [
        m
        for m in DOING.finditer(text)
        if not _asked_of_him(text, m) and not any(n.start() < m.end() and m.start() < n.end() for n in names)
    ]
    if doings and all(_ANYBODY.fullmatch(n[0]) for n in names):
        names = []
    found = names + doings
    for m in sorted(found, key=lambda m: m.start()):
        if HIRING.search(text[max(0, m.start() - 24) : m.start()]):
            return _title(m)
    hired = _HIRED.search(text)
    if (
        hired
        and not _NO_TITLE.search(hired["title"])
        and not (found and _ANYBODY.fullmatch(hired["title"]))
        and not any(m.start() < hired.start("title") for m in found)
    ):
        return Title(_trimmed(hired["title"]), *hired.span("title"), False)
    found.sort(key=lambda m: m.start())
    followed = [m for m in found if text[m.end() : m.end() + 1] in (HIDDEN, ":") or text[m.end() : m.end() + 2].strip()[:1].isdigit()]
    best = followed or ([m for m in found if not _LEADS.search(text[max(0, m.start() - 3) : m.start()])] or found)
    if best:
        return _title(best[0])
    return _loose(text)


def listed_title(text: str) -> Title | None:
    """Read the word before a count or figure as a job's name (墩子一名6000): only in a list of jobs, where the others are known."""
    m = _LISTED.match(text)
    if m is None or _NOT_LISTED.search(m["title"]):
        return None
    return Title(m["title"], *m.span("title"), False)


def _loose(text: str) -> Title | None:
    m = _LOOSE_DOING.search(text)
    if m:
        return Title(_plain(m["title"]), *m.span("title"), False)
    m = _COUNTED.search(text)
    if m and not _NO_TITLE.search(m["title"]) and not _NOT_LISTED.search(m["title"]):
        return Title(m["title"], *m.span("title"), False)
    m = _TURNED.search(text)
    return Title(m["do"] + m["what"], *m.span(), False) if m else None


def trade_of(title: str) -> Trade | None:
    """Give the trade whose words fit a title best, the longest word first; None when no word does."""
    best: tuple[int, Trade] | None = None
    for table in (NAMES, LONE_DOINGS):
        for trade, words in table.items():
            for word in words.split():
                if word in title and (best is None or len(word) > best[0]):
                    best = (len(word), trade)
    if best is None:
        for trade, (verbs, objects) in DOINGS.items():
            m = re.search(rf"(?:{verbs})(?:{objects})", title) if verbs else None
            if m and (best is None or m.end() - m.start() > best[0]):
                best = (m.end() - m.start(), trade)
    return best[1] if best else None


def _title(m: re.Match[str]) -> Title:
    end = _longest(m)
    if m.re is DOING and (more := DOING.match(m.string, end)):  # 端菜洗碗, 除草打药
        end = _longest(more)
    return Title(_plain(m.string[m.start() : end]), m.start(), end, True)


def _longest(m: re.Match[str]) -> int:
    """Give the end of the longest doing that begins there: 摘菜苔, not 摘菜."""
    if m.re is not DOING:
        return m.end()
    return max([m.end(), *(longer.end() for p in _EACH_DOING if (longer := p.match(m.string, m.start())))])


def _plain(words: str) -> str:
    """Leave how many and how long out of a doing: 照顾一个老人, 拖两车砖, 摘三天辣椒."""
    return re.sub(r"(?<=.)(?:[一二两三几\d]{1,3}(?:[个位车袋棵亩家户间套台]|吨)|了|一下|一些|些)(?=.)", "", words.replace(HIDDEN, ""))


def _asked_of_him(text: str, m: re.Match[str]) -> bool:
    before, after = text[max(0, m.start() - 9) : m.start()], text[m.end() : m.end() + 3]
    if before.endswith("谁会") or (_WHO_CAN.search(before) and re.match(r"的(?!优先|更)", after)):
        return False
    return _WANTED_OF_HIM.search(text[max(0, m.start() - 5) : m.start()]) is not None or text[m.end() : m.end() + 1] in ("证", "资", "价")


def _trimmed(words: str) -> str:
    return re.sub(r"[的若干多名位个]+$", "", words)
