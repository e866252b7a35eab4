"""Where the work is, in the ad's own words: behind a label, after 在, from a township's name on, or up to a word such as 路口 or 工地."""

import re
from dataclasses import dataclass

from kiosk.domain.ad_numbers import HAN, HIDDEN
from kiosk.domain.ad_words import AREA_NAMES

_LABEL = re.compile(
    rf"(?:工作地点|工作地址|上班地点|上班地址|干活地点|施工地点|集合地点|项目地点|厂址|店址|地址|地点|位置|地方|"
    rf"工地位置|工作地|场地|工地(?=[:：])|坐标|定位)\s*(?:[:：]|在|是|就在|\s(?={HAN}))\s*(?P<place>[^,;。!?\n{HIDDEN}]{{2,40}})"
)
_AREA = "|".join(("云梦县", "云梦", "县城", "县经济开发区", "县开发区", "经开区", *AREA_NAMES))
_KIND_OF_PLACE = (
    "政府|镇上|街上|镇|乡|村委会|村|湾|塆|社区|大队|小区|家属院|大院|宿舍楼|花园|家园|华庭|公馆|新城|安置房|还建房|"
    "工地|路口|路|大道|街口|老街|新街|步行街|街|巷子|巷|桥头|大桥|桥|建材市场|菜市场|市场|广场|商场|商城|超市|"
    "物流园|工业园|产业园|园区|公园|果园|茶园|桃园|农庄|农场|林场|养殖场|猪场|鸡场|基地|大棚|合作社|苗圃|鱼塘|"
    "水库|码头|车站|高铁东站|高铁站|火车站|客运站|东站|西站|北站|南站|服务区|收费站|加油站|"
    "仓库|仓|物流|快递|冷库|粮库|粮站|中学|小学|一中|二中|学校|幼儿园|卫生院|医院|福利院|养老院|敬老院|宾馆|酒店|"
    "饭店|餐馆|酒楼|食堂|农家乐|火锅店|驾校|银行|法院|大厦|大楼|国道|省道|工业区|科技园|厂区|老厂|砖厂|厂|东门|"
    "西门|南门|北门|南环|北环|东环|西环|环岛|转盘|号库|\\d+组|[一二三四五六七八九十\\d]+号"
)
_FAR = re.compile(
    r"(?<![跑往至回到])(?:新疆|武汉|孝感|安陆|应城|汉川|大悟|孝昌|随州|广水|黄陂|东西湖|广东|深圳|东莞|广州|浙江|江苏|上海|北京|福建)(?!人|话|牌|公司|车)"
)
"""Work elsewhere that is offered here."""
_PERSON = re.compile(r"^.{0,6}(?:队长|经理|老板|师傅|主任|先生|女士|大姐|厂长|总)$")
_BESIDE = (
    r"(?:的?(?:正)?(?:旁边|旁|附近|对面|隔壁|后面|前面|门口|大门口|路口|里面|里|内|边上|边|背后|楼下|东边|西边|"
    r"南边|北边|东头|西头|院内|周边|一带|入口|口))"
)
_ENDS = re.compile(rf"(?:{_KIND_OF_PLACE})(?:{_BESIDE})?(?:\d+号?(?:楼|栋|库|门|单元|室|层)?)*")
_AT = re.compile(r"(?:就?在|位于|到|去|来)(?P<place>[\w·()#-]{2,24})")
_BEGINS = re.compile(
    r"^(?:[-:、.()\s]|(?:工作|上班|集合|干活|施工)?(?:地[点址]|位置)|\d{1,2}[.、)]|就?在|位于|我们|我家|本人|本|现因|因|现|今天|明天|后天|今晚|明早|大后天|上午|"
    r"下午|从|到|去|来|是|有|那边|这边|老板|急|的|和|及|周边|各位|大家|群友|长期|谁有空|有没有人?|谁|家里|自家|"
    r"工程|项目)+"
)
_STOPS = re.compile(
    r"这边|那边|还?差(?!不多)|干活|做活|做事|上班|做工|上工|开工|施工|工作|集合|见面|等车|出发|打卡|需要|急需|需|"
    r"招|聘|缺|找|要(?!塞)|每天|一天|工资|电话|联系|有活|有人|的活|有个|有|现在|今天|明天|后天|今晚|今早|明早|上午|"
    r"下午|早上|晚上|年前|就近|附近的?人|优先|可以|长期|日结|车接|接送|包|管|"
    r"装修|帮忙|坐车|自己|老板|诚|急|缴|男|女|不限|限|做(?=$|的)|干(?=$|的)|的话|即可|光伏|安装|挖|割|摘|卸|砌|拆(?!迁)|面谈|"
    r"面试|报到|报名|来(?!凤)"
)
_GENERIC = re.compile(
    r"(?:本|我|自家|老家)?(?:工地|饭店|酒店|餐馆|厂|厂里|家|家里|仓库|超市|学校|医院|食堂|门口|工厂|车间|公司|小区|"
    r"村|镇|乡|镇上|街上|市场|路|桥|快递|物流|果园|鱼塘|大棚|基地|农场|合作社|养殖场|宾馆|酒楼|火锅店|农家乐|幼儿园|"
    r"养老院|福利院|里面|工地上|.?号|现场|砖厂|老厂|"
    r"(?:服装|食品|电子|鞋|家具|板|纸箱|塑料|机械|制衣|五金|纺织|玩具|包装|砖|木材|大型|小型|饲料|化工|制药|模具)+(?:加工)?厂|"
    r"(?:建筑|装修)工地|(?:虾稻|蔬菜|种植|养殖)(?:基地|大棚)|(?:快递|物流)(?:仓库?|公司)|(?:私立|公立|民办)?(?:小学|"
    r"中学)|养[猪鸡鸭鱼虾牛羊]场|一个|大家|各位|附近|旁边|对面|.{0,4}(?:公司|群))"
)


@dataclass(frozen=True, slots=True)
class Place:
    """The words for where, and how surely they are it: a label's outweigh a township's name, that a mere 小区."""

    text: str
    weight: int


def find_place(text: str) -> Place | None:
    """Give the words for where; `text` has phones, pay, people and the job hidden. None when it is not said, or only 工地, 饭店."""
    for m in _LABEL.finditer(text):
        words = re.split(r"\s(?=\S{2,6}[:：])", m["place"])[0].strip(" :：.-—、\"'“”")
        words = re.split(r"[(（]?(?:电话|联系|工资|要求|待遇|时间|日结|工价)", words)[0].strip(" (,")
        words = _to_stop(words) if len(words) > 12 else words
        if len(words) >= 2 and re.search(HAN, words):
            return Place(_close(words), 5)
    runs = [r for r in re.split(rf"[\s,;。!?、:：\"“”\n{HIDDEN}+~]+|—+|(?<=[a-zA-Z])-", text) if r]
    best: tuple[int, int, str] | None = None
    for i, run in enumerate(runs):
        for weight, words in _of_run(run):
            words = _close(words)
            if len(words) >= 2 and not _GENERIC.fullmatch(words) and (best is None or (weight, -i) > best[:2]):
                best = (weight, -i, words)
    return Place(best[2], best[0]) if best else None


def _of_run(run: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    area = re.search(rf"(?<![跑往至回])(?:{_AREA})", run)
    if area and not _PERSON.match(run) and not re.search(r"(?:送到|送去|跑|发往|开往|途经)$", run[: area.start()]):
        branch = re.match(r"分?店(?!铺)", run[area.end() :])
        found.append((3, _to_stop(_BEGINS.sub("", run) if branch else run[area.start() :])))
    far = _FAR.search(run)
    if far:
        found.append((2, _to_stop(run[far.start() :])))
    m = _AT.search(run)
    if m:
        words = _to_stop(_BEGINS.sub("", m["place"]))
        if _ENDS.search(words):
            found.append((2, words))
    words = _BEGINS.sub("", run)
    words = _to_stop(words)
    ends = list(_ENDS.finditer(words))
    if ends:
        found.append((1, words[: ends[-1].end()]))
    return found


def _to_stop(words: str) -> str:
    m = _STOPS.search(words, 1)
    return words[: m.start()] if m else words


def _close(words: str) -> str:
    words = re.sub(r"(?:这边|那边|这里|那里|的|等|处|,|、|:|\(|-|—|做|干|去|到)+$", "", words.strip())
    return words if words.count("(") == words.count(")") else words.replace("(", "").replace(")", "")
