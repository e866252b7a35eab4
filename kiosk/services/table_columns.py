"""The names under which staff keep their columns, and finding the row that holds them. A table in code; reads no values.

A name counts when it is one of these after blanks, brackets and marks such as ＊ are taken away; what no name fits is ignored and told.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.services.table_read import Row, Sheet

LISTING_COLUMNS: dict[str, str] = {
    "title": (
        "岗位 岗位名称 职位 职位名称 招聘岗位 招聘职位 招工岗位 用工岗位 需求岗位 岗位工种 工种 工种名称 招聘工种 "
        "用工工种 活 活的名称 工作 工作岗位 干什么活 干什么 项目"
    ),
    "trade": "类别 工种类别 岗位类别 职业类别 行业 工种大类",
    "headcount": "人数 招聘人数 需求人数 用工人数 招工人数 需要人数 岗位人数 招聘数量 数量 名额 缺口 缺工人数 需求数量 要几个人 人数名",
    "employer_name": (
        "单位 单位名称 企业 企业名称 公司 公司名称 用工单位 用人单位 招聘单位 用工企业 招聘企业 用工方 雇主 用工主体 "
        "店名 厂名 单位或姓名 用工方名称 招聘单位名称 发布单位 需求单位 企业单位名称"
    ),
    "requirements": "要求 岗位要求 任职要求 招聘要求 用工要求 条件 任职条件 招聘条件 有什么要求 其他要求 技能要求",
    "age": "年龄 年龄要求 年龄限制 年龄范围",
    "education": "学历 学历要求 文化程度",
    "description": "工作内容 岗位职责 岗位描述 职责 说明 备注 内容 工作描述 职位描述 主要工作 备注说明",
    "area": "乡镇 所属乡镇 镇 区域 所在乡镇 街道 乡镇街道 地区 所属区域 在哪个乡镇 所在区域 乡镇名称",
    "place": (
        "地点 工作地点 地址 工作地址 单位地址 上班地点 用工地点 详细地址 公司地址 企业地址 干活地点 干活的地方 工作地 "
        "地方 施工地点 工作区域"
    ),
    "starts_on": (
        "开工日期 开始日期 开工时间 上岗时间 用工开始时间 到岗时间 用工日期 开始时间 上岗日期 哪天开工 日期 用工时间 到岗日期 开工 "
        "开始 起始日期 起止日期 起止时间 动工日期"
    ),
    "ends_on": (
        "结束日期 截止日期 结束时间 有效期 有效期至 截止时间 招聘截止 用工结束时间 哪天结束 到期时间 招聘截止日期 信息有效期 结束 完工 "
        "完工日期 收工日期"
    ),
    "days": "工期 天数 用工天数 用工周期 用工期限 干几天 工作天数 时长 工期天",
    "hours": "工作时间 上班时间 时间 作息 作息时间 每天工作时间 工时 班次 工作时段 上下班时间 每日工时 几点到几点 几点上班 几点上工 上下班",
    "pay": (
        "工资 工资待遇 薪资 薪酬 待遇 薪资待遇 工价 月薪 日薪 时薪 报酬 月工资 日工资 薪资范围 劳务报酬 工资标准 薪酬待遇 "
        "工钱 工资元 薪资水平 基本工资 工资收入 单价 工资报酬 薪酬范围 福利待遇 薪资福利 工资多少"
    ),
    "pay_max": "最高工资 工资上限 最高薪资 薪资上限 最高月薪 工资最高",
    "pay_unit": "计薪方式 计价单位 计酬方式 工资形式 工资单位 薪资单位 计薪单位 工资类型 计价方式 计酬单位",
    "settlement": (
        "结算 结算方式 结账方式 工资结算 发薪方式 支付方式 发放方式 结算周期 工资结算方式 发薪周期 结薪方式 怎么结 什么时候结 工资发放"
    ),
    "meals": "吃住 食宿 伙食 管饭 用餐 就餐 是否管饭 包吃 食宿情况 吃饭 管不管饭 包吃住 是否包吃住 工作餐 餐食 食宿待遇",
    "lodging": "住宿 是否包住 包住 住宿情况",
    "transport": "交通 接送 是否接送 交通方式 怎么去",
    "contact_name": "联系人 负责人 联系人姓名 招聘联系人 姓名 联系人员",
    "contact_phone": "电话 联系电话 手机 手机号 联系方式 手机号码 电话号码 联系人电话 招聘电话 联系手机 联系电话手机 咨询电话",
}
WORKER_COLUMNS: dict[str, str] = {
    "name": "姓名 名字 求职者 求职者姓名 劳动者姓名 人员姓名 求职人员 务工人员",
    "phone": "电话 联系电话 手机 手机号 联系方式 手机号码 电话号码 本人电话",
    "age": "年龄 年龄段 岁数 周岁",
    "born": "出生日期 出生年月 生日 出生时间 出生年份",
    "trades": (
        "意向 求职意向 意向工种 求职工种 工种 技能 意向岗位 求职岗位 想干什么 期望岗位 期望工种 就业意向 从业意向 "
        "岗位意向 特长 技能特长 从事工种"
    ),
    "pay": "期望工资 期望薪资 想要的工钱 薪资要求 工资要求 期望薪酬 意向工资 期望月薪 期望日薪 期望待遇 薪资期望",
    "area": "乡镇 所属乡镇 镇 住址 家庭住址 地址 居住地 所在乡镇 现住址 户籍地址 住哪里 村 村组 所在村 常住地址",
    "consented": "同意日期 签字日期 授权日期 同意时间 知情同意日期 登记同意日期 签字时间 个人信息同意日期 同意登记日期",
}
NEVER_READ = re.compile(r"身份证|证件号|公民身份|银行卡|社保卡|卡号|民族|婚|政治面貌|宗教|健康")
"""Columns that a worker's registration has no right to (个人信息保护法 6, 28): not read, and the page says so."""

LOOK_DOWN = 30
"""Rows from the top in which the header may stand, below titles and notes."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand: field → index, the names as written, the first row of data, and what was left aside."""

    columns: Mapping[str, int]
    names: Mapping[str, str]
    first: int
    ignored: tuple[str, ...]
    refused: tuple[str, ...]


def _table(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: field for field, names in columns.items() for name in names.split()}


_LISTING, _WORKER = _table(LISTING_COLUMNS), _table(WORKER_COLUMNS)
_AMBIGUOUS = {"姓名"}
"""Counts in a listing's table only beside a column that only listings have."""


def find_header(sheet: Sheet, *, workers: bool) -> Header | None:
    """Find the row whose cells are most often known names, at least two of them; a second row below it may name merged columns finer."""
    known = _WORKER if workers else _LISTING
    best: tuple[int, int] | None = None
    for i, row in enumerate(sheet.rows[:LOOK_DOWN]):
        fields = {known[name] for name in map(_bare, row.cells) if name in known and name not in _AMBIGUOUS}
        if len(fields) >= 2 and (best is None or len(fields) > best[0]):
            best = (len(fields), i)
    if best is None:
        return None
    at = best[1]
    upper, lower = sheet.rows[at].cells, sheet.rows[at + 1].cells if at + 1 < len(sheet.rows) else ()
    named = [i for i, c in enumerate(lower) if c is not None]
    two = bool(named) and all(_bare(lower[i]) in known for i in named) and any(_at(upper, i) is None for i in named)
    return _header(
        [_merged(upper, lower, i, known) if two else _at(upper, i) for i in range(max(len(upper), len(lower) if two else 0))],
        at + (2 if two else 1),
        known,
    )


def _merged(upper: Sequence[object], lower: Sequence[object], i: int, known: Mapping[str, str]) -> object:
    low = _at(lower, i)
    return low if low is not None and (_bare(low) in known or _at(upper, i) is None) else _at(upper, i)


def _header(cells: Sequence[object], first: int, known: Mapping[str, str]) -> Header:
    columns: dict[str, int] = {}
    names: dict[str, str] = {}
    ignored, refused = [], []
    for i, cell in enumerate(cells):
        written = " ".join(str(cell).split()) if cell is not None else ""
        field = known.get(_bare(cell))
        if written and NEVER_READ.search(written):
            refused.append(written)
        elif field is not None and field not in columns:
            columns[field], names[field] = i, written
        elif written and _bare(cell) not in ("序号", "编号", "no", "id"):
            ignored.append(written)
    return Header(columns, names, first, tuple(ignored), tuple(refused))


def _at(cells: Sequence[object], i: int) -> object:
    return cells[i] if i < len(cells) else None


def _bare(cell: object) -> str:
    """Strip a column's name of brackets and what they hold, blanks and marks: ＊联系电话（必填） is 联系电话."""
    if not isinstance(cell, str):
        return ""
    text = unicodedata.normalize("NFKC", cell).lower()
    text = re.sub(r"[(\[【][^)\]】]*[)\]】]", "", text)
    return re.sub(r"[\W_]|[/\\].*$", "", text)


def hint(written: str) -> str:
    """Give what stands in the brackets of a column's name, and the name: 工资（元/天）."""
    return unicodedata.normalize("NFKC", written)


def sheets_with_header(sheets: Sequence[Sheet], *, workers: bool) -> list[tuple[Sheet, Header, Sequence[Row]]]:
    """Give the sheets in which a header was found, each with its rows of data."""
    found: list[tuple[Sheet, Header, Sequence[Row]]] = []
    for sheet in sheets:
        header = find_header(sheet, workers=workers)
        if header is not None:
            found.append((sheet, header, sheet.rows[header.first :]))
    return found
