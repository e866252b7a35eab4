"""Everything the waiting hall's board can show, as the player would say it: samples, and what is long, rare or broken. No Kivy."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from PIL import Image, ImageDraw

from kiosk import bootstrap
from kiosk.domain.codes import PayUnit, Settlement
from kiosk.domain.listing import Published
from kiosk.domain.programme import PageKind
from kiosk.domain.running import Facility
from kiosk.screens.board import contents
from kiosk.screens.board.scene import Fact, Row, Scene, Sheet, State, row
from kiosk.services.sample import load_sample
from kiosk.services.station import Here
from tests.gallery.stations import LONG_TITLE, NOW
from tests.station import a_listing

TODAY = date(2026, 11, 23)
URL = "https://zgyz.yunmeng.example.cn/k/LAaIb-GH9eyuPq9o6HfAB5Q"
WIFI = "WIFI:T:WPA;S:云梦零工驿站-义堂;P:07124220923;;"
SAMPLES = (
    ("装卸工", 26000, PayUnit.DAY, Settlement.DAILY, "420923101", "汉十物流园三号仓库", 3, 0),
    ("建筑小工", 28000, PayUnit.DAY, Settlement.DAILY, "420923100", "梦泽大道工地", 6, 2),
    ("酒席帮厨，管两餐", 18000, PayUnit.DAY, Settlement.DAILY, "420923100", "楚王城路", 2, 5),
    ("摘冬枣", 2200, PayUnit.HOUR, Settlement.DONE, "420923102", "曾店村枣园", 10, 1),
    ("给小学打扫教室", 3000, PayUnit.HOUR, Settlement.WEEKLY, "420923103", "吴铺小学", 1, 1),
    ("护工", 520000, PayUnit.MONTH, Settlement.MONTHLY, "420923100", "县人民医院", 1, 9),
    ("家里换灯，修水管", 35000, PayUnit.WHOLE, Settlement.DONE, "420923105", "下辛店街上", 1, 0),
    ("拉砂石料", 12000, PayUnit.TRIP, Settlement.DAILY, "420923107", "隔蒲潭码头", 4, 1),
    ("缝纫工", 450, PayUnit.PIECE, Settlement.MONTHLY, "420923450", "开发区服装厂", 12, 3),
    ("送外卖", 850, PayUnit.PIECE, Settlement.WEEKLY, "420923100", "城关各店", 8, 1),
    ("挖藕", 24000, PayUnit.DAY, Settlement.DAILY, "420923104", "伍洛藕塘", 5, 1),
    ("看大门", 260000, PayUnit.MONTH, Settlement.MONTHLY, "420923106", "道桥粮库", 1, 4),
)
LONG_PLACE = "汉十物流园三号仓库北门往里走"
HOURS, MEALS = Fact("calendar-clock", "明天 7:00 到 17:00"), Fact("food", "管两餐")
PLACE = Fact("map-marker", "义堂镇 ・ 汉十物流园三号仓库")
MANY_FACTS = (
    Fact("map-marker", f"义堂镇 ・ {LONG_PLACE}两百米红色大棚"),
    HOURS,
    MEALS,
    Fact("bed", "有地方住"),
    Fact("bus", "有车接送"),
    Fact("account-group", "要 12 人"),
    Fact("calendar", "做 5 天，做完再看"),
)
POLICY = """一、登记找活：写个名字、留个电话、选个工种就行，不要身份证。
二、登记招人：写清干什么、在哪里、几点到几点、多少钱、怎么结，有人审核，审过了才上大屏。
三、推荐：对得上的活，我们打电话两头说好，再给您一张小票。
四、工钱回访：干完了您拿小票来刷一下，没拿到钱，我们帮您问。
五、歇脚：热水、无线网、充电、药箱、洽谈间，都可以用。
驿站不收任何费用，不押任何证件。谁以驿站的名义收钱，请马上告诉我们。"""
SERVICES = (
    Fact("cup-water", "热水"),
    Fact("wifi", "无线网"),
    Fact("power-plug", "充电"),
    Fact("medical-bag", "药箱"),
    Fact("sofa", "歇脚处"),
    Fact("forum", "洽谈间，今天还空着"),
)
COURSE = (
    Fact("calendar", "11月27日开课，学 5 天"),
    Fact("map-marker", "隔蒲潭镇 ・ 隔蒲潭文化站"),
    Fact("account-group", "收 25 人，还有 9 个位子"),
    Fact("phone", "0712 000 0101"),
)
COURSE_BODY = "老师傅教剔鱼、揉面、擀皮、蒸晒，外加包子、面窝、欢喜坨。学会了能进作坊，也能自己摆摊。"
FRAUD_BODY = (
    "要您先交钱的、要您的银行卡和验证码的、叫您把身份证押在那里的，都不要理。"
    "钱已经转出去的，马上打 110。"
)  # fmt: skip
LONG_POLICY = "关于进一步做好就业困难人员灵活就业社会保险补贴申领发放工作的通知"
LONG_NOTICE = "关于冬季农民工工资集中清欠和春节前用工登记安排的通知"
SLIPS = ("0042", "0051", "0063")


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of the gallery; `shortens`: something is longer than a board can say, and may end in an ellipsis."""

    name: str
    scene: Scene
    shortens: bool = False


def pictures(folder: Path) -> tuple[str, str, str]:
    """Draw a photograph that lies, a poster that stands, and a file that is no picture; give their names."""
    folder.mkdir(parents=True, exist_ok=True)
    lying, upright, broken = folder / "hall.jpg", folder / "poster.png", folder / "broken.jpg"
    photograph = Image.new("RGB", (1920, 1080), (168, 204, 222))
    pen = ImageDraw.Draw(photograph)
    pen.rectangle((0, 700, 1920, 1080), fill=(92, 128, 84))
    pen.ellipse((1500, 120, 1700, 320), fill=(250, 214, 120))
    pen.polygon([(200, 700), (560, 380), (920, 700)], fill=(150, 82, 60))
    pen.rectangle((260, 700, 860, 900), fill=(236, 226, 206))
    photograph.save(lying, quality=90)
    poster = Image.new("RGB", (760, 1075), (250, 246, 236))
    pen = ImageDraw.Draw(poster)
    for n, colour in enumerate(((194, 65, 12), (14, 90, 69), (85, 98, 92))):
        pen.rectangle((80, 120 + 300 * n, 680, 320 + 300 * n), fill=colour)
    poster.save(upright)
    broken.write_bytes(lying.read_bytes()[:3000] + b"\0" * 40)
    return str(lying), str(upright), str(broken)


def scenes(count: int, hall: str, poster: str, broken: str) -> list[Shown]:
    """Give everything a board with so many rows can show."""
    return [*_lists(count), *_large(), *_codes(), *_words(), *_pictures(hall, poster, broken), *_as_in_life()]


def _rows() -> tuple[Row, ...]:
    said = []
    for n, (title, fen, unit, settled, area, place, people, days) in enumerate(SAMPLES):
        listing = a_listing(
            NOW,
            id=f"listing-{n}",
            title=title,
            pay_fen=fen,
            pay_unit=unit,
            settlement=settled,
            area=area,
            place=place,
            headcount=people,
            starts_on=TODAY + timedelta(days=days),
            ends_on=TODAY + timedelta(days=days + 2),
        )
        published = Published(seq=n, number=17 + n, published_at=NOW, day_fen=None, listing=listing.public())
        said.append(row(published, URL, TODAY))
    return tuple(said)


ROWS = _rows()
BASE = Scene(state=State.LISTINGS, station="义堂站", total=43, heard_at=NOW, pages=8, more_url="https://yunmeng.example.cn/")


def _lists(count: int) -> list[Shown]:
    page = ROWS[:count]
    work = replace(BASE, rows=page, highlight=page[0])
    long = replace(page[1], number=43, title=LONG_TITLE)
    return [
        Shown("list", work),
        Shown("list, long titles", replace(work, rows=tuple(replace(r, title=LONG_TITLE, place=LONG_PLACE) for r in page)), True),
        Shown("list of one", replace(work, rows=page[:1], page=8)),
        Shown("list, highlight gone", replace(work, rows=page[1:], highlight=None)),
        Shown("list, new and stale", replace(work, fresh=page[1], stale=True, heard_at=NOW - timedelta(days=5))),
        Shown("list, new with a long title", replace(work, fresh=long), True),
        Shown("list, somebody calls", replace(work, calling=True, fresh=page[1])),
        Shown("list, one is called", replace(work, called=SLIPS[:1], calling=True, fresh=page[1])),
        Shown("list, three are called", replace(work, called=SLIPS)),
        Shown("list, dim", replace(work, dim=True)),
        Shown("list, no clock", replace(work, clock_right=False, station="")),
    ]


def _large() -> list[Shown]:
    def large(one: Row, *facts: Fact) -> Scene:
        return replace(BASE, kind=PageKind.LARGE, rows=(one,), highlight=one, sheet=Sheet(kind=PageKind.LARGE, facts=facts))

    long = replace(ROWS[0], title=LONG_TITLE, amount="4500-6000", unit="元/月", terms="约 28.9 元/小时 ・ 完工结")
    return [
        Shown("large", large(ROWS[0], PLACE, HOURS, Fact("account-group", "要 3 人"), MEALS)),
        Shown("large, one fact", large(ROWS[6], PLACE)),
        Shown("large, no facts", large(ROWS[3])),
        Shown("large, as long as may be", large(long, *MANY_FACTS), True),
    ]


def _sheet(kind: PageKind, title: str, **said: Any) -> Scene:
    return replace(BASE, state=State.SHEET, kind=kind, sheet=Sheet(kind=kind, id="s", title=title, **said))


def _codes() -> list[Shown]:
    page = _sheet(PageKind.CODE, "手机上也能看活", lead="坐着就能扫，打开就能看，不用装东西。", url=URL, hint="对准扫一扫")
    return [
        Shown("code", page),
        Shown("code, Wi-Fi", _sheet(PageKind.CODE, "连上驿站的无线网", url=WIFI, hint="云梦零工驿站-义堂")),
        Shown("code, three are called", replace(page, called=SLIPS)),
    ]


def _words() -> list[Shown]:
    lines = POLICY.splitlines()
    who = (Fact("account-check", "找活的、请人的，不分本地外地，谁都可以来"), Fact("phone", "0712 000 0100"))
    policy = Sheet(
        kind=PageKind.POLICY,
        title="零工驿站能帮您办什么",
        lead="找活、招人、问政策、学手艺，都不要钱。",
        facts=who,
        body=lines[0],
        url=URL,
        hint="扫一扫，看全文",
    )
    page = replace(BASE, state=State.SHEET, kind=PageKind.POLICY, sheet=policy)
    course = {"lead": "学费、材料都不要", "facts": COURSE, "body": COURSE_BODY, "url": URL, "hint": "扫一扫报名"}
    rest, free = "歇歇脚，喝口水", "这里的东西都可以用，不要钱。"
    wifi = {"body": "早上 8 点到晚上 6 点，有人在。", "url": WIFI, "hint": "扫一扫连无线网"}
    fraud = {"facts": (Fact("phone", "报警打 110，反诈打 96110"),), "body": FRAUD_BODY, "url": URL, "hint": "扫一扫，看更多骗局"}
    beware = "先叫您垫钱的，别给，先来问工作人员。"
    very_long = replace(policy, title=LONG_POLICY, lead=lines[1] + lines[3], body=POLICY * 3)
    return [
        Shown("policy", page),
        Shown("policy, long", replace(page, sheet=replace(policy, body=POLICY)), True),
        Shown("policy, very long", replace(page, sheet=very_long), True),
        Shown("policy, no code", replace(page, sheet=replace(policy, url="", hint=""))),
        Shown("training", _sheet(PageKind.TRAINING, "云梦鱼面、面点手艺", **course)),
        Shown("training, one fact", _sheet(PageKind.TRAINING, "手机卖农货", facts=COURSE[:1], url=URL, hint="扫一扫报名")),
        Shown("services", _sheet(PageKind.SERVICES, rest, lead=free, facts=SERVICES)),
        Shown("services, with code", _sheet(PageKind.SERVICES, rest, lead=free, facts=SERVICES[:5], **wifi)),
        Shown("services, two", _sheet(PageKind.SERVICES, rest, facts=SERVICES[:2])),
        Shown("safety", _sheet(PageKind.SAFETY, "不交押金，不押身份证", lead="找工作不要钱。有人收费，请告诉工作人员。")),
        Shown("safety, long", _sheet(PageKind.SAFETY, "刷单、点赞赚钱，都是骗人的", lead=beware, **fraud)),
        Shown("notice", _sheet(PageKind.NOTICE, "明天上午停水", body="8 点到 11 点没有热水，请自己带水杯。")),
        Shown("notice, title alone", _sheet(PageKind.NOTICE, "今天下午 3 点，县医院来站里免费量血压")),
        Shown("notice, long", _sheet(PageKind.NOTICE, LONG_NOTICE, body=POLICY * 2), True),
    ]


def _pictures(hall: str, poster: str, broken: str) -> list[Shown]:
    fair, empty = "县里的招聘会，周六在梦泽广场", replace(BASE, state=State.EMPTY, total=0)
    return [
        Shown("picture", _sheet(PageKind.PICTURE, "义堂站的老师傅教做鱼面", picture=hall)),
        Shown("picture, no title", _sheet(PageKind.PICTURE, "", picture=hall)),
        Shown("picture, poster", _sheet(PageKind.PICTURE, fair, picture=poster)),
        Shown("picture, broken", _sheet(PageKind.PICTURE, fair, picture=broken)),
        Shown("picture, broken and no title", _sheet(PageKind.PICTURE, "", picture=broken)),
        Shown("empty", empty),
        Shown("empty, picture", replace(empty, sheet=Sheet(kind=PageKind.PICTURE, picture=hall))),
        Shown("empty, poster, dim", replace(empty, sheet=Sheet(kind=PageKind.PICTURE, picture=poster), dim=True)),
        Shown("waiting", Scene(state=State.WAITING)),
        Shown("trouble", Scene(state=State.TROUBLE)),
    ]


def _as_in_life() -> list[Shown]:
    """Say what the sample county has, as the player does: the longest of each kind."""
    sample = load_sample(bootstrap.ASSETS / "sample", NOW)
    here = cast("Here", SimpleNamespace(phone_base="https://zgyz.yunmeng.example.cn"))
    listing = max(sample.listings, key=lambda one: len(one.title + one.place + one.requirements))
    published = Published(seq=1, number=17, published_at=NOW, day_fen=None, listing=listing.public())
    facilities = tuple((facility, facility is not Facility.FIRST_AID, NOW - timedelta(days=n)) for n, facility in enumerate(Facility))
    network = contents.Network("云梦零工驿站-义堂", "07124220923")
    sheets = [
        contents.code(here, 43),
        contents.policy(here, max(sample.policies, key=lambda one: len(one.summary + one.who + one.how))),
        contents.policy(here, min(sample.policies, key=lambda one: len(one.summary + one.who + one.how))),
        contents.training(here, max(sample.trainings, key=lambda one: len(one.title + one.place + one.subsidy)), TODAY),
        contents.services(contents.Contents(facilities=facilities), network, TODAY),
        contents.services(contents.Contents(facilities=facilities), contents.Network(), TODAY),
    ]
    one = row(published, URL, TODAY)
    large = replace(BASE, kind=PageKind.LARGE, rows=(one,), highlight=one, sheet=contents.large(published, TODAY))
    said = [replace(BASE, state=State.SHEET, kind=sheet.kind, sheet=sheet) for sheet in sheets]
    return [Shown(f"in life {n}, {scene.kind}", scene, True) for n, scene in enumerate((large, *said), start=1)]
