"""The code lists: areas, trades, pay units, settlements. Source: RULES, code lists (GB/T 2260; 职业分类大典 2022)."""

from enum import StrEnum

COUNTY = "420923"

AREAS: dict[str, str] = {
    "420923100": "城关镇",
    "420923101": "义堂镇",
    "420923102": "曾店镇",
    "420923103": "吴铺镇",
    "420923104": "伍洛镇",
    "420923105": "下辛店镇",
    "420923106": "道桥镇",
    "420923107": "隔蒲潭镇",
    "420923108": "胡金店镇",
    "420923200": "倒店乡",
    "420923201": "沙河乡",
    "420923202": "清明河乡",
    "420923450": "县经济开发区",
}


class Code(StrEnum):
    """A code of a list. Hashed as the text it is: an Enum's own hash is written in Python, and matching looks codes up by the million."""

    __hash__ = str.__hash__


class Trade(Code):
    """The 24 picture tiles, in the order they stand on the screen."""

    CLEANING = "cleaning"
    LOADING = "loading"
    LABOURER = "labourer"
    MASON = "mason"
    CARPENTER = "carpenter"
    ELECTRICIAN = "electrician"
    PLUMBER = "plumber"
    PAINTER = "painter"
    KITCHEN = "kitchen"
    WAITING = "waiting"
    NANNY = "nanny"
    CARER = "carer"
    REPAIR = "repair"
    DELIVERY = "delivery"
    DRIVER = "driver"
    GUARD = "guard"
    FACTORY = "factory"
    SEWING = "sewing"
    FARMING = "farming"
    FISHERY = "fishery"
    GARDENING = "gardening"
    SORTING = "sorting"
    WELDER = "welder"
    OTHER = "other"


class PayUnit(Code):
    """What the stated amount is for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PIECE = "piece"
    TRIP = "trip"
    WHOLE = "whole"


class Settlement(StrEnum):
    """When it is paid: every day, week, month, or when the work is done."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    DONE = "done"


class Meals(StrEnum):
    """What the employer gives to eat."""

    NONE = "none"
    ONE = "one"
    TWO = "two"
    THREE = "three"


class AgeBand(Code):
    """One tap instead of a birthday; the law's age rules need no more (RULES, privacy)."""

    UNDER_16 = "under_16"
    MINOR = "16_17"
    ADULT = "18_59"
    SENIOR = "60_up"
