"""A listing in the words of the phone page: pay beside the minimum wage, days and hours as one speaks."""

from datetime import date
from typing import Any

import pytest

from kiosk.county.card import Card, make_card
from kiosk.domain.codes import Meals, PayUnit, Settlement
from kiosk.services.rules import load_rules
from tests.station import ASSETS, START, a_listing

TODAY = date(2026, 11, 23)
WAGES = load_rules(ASSETS / "rules", START.date()).wages


def card(**changes: Any) -> Card:
    return make_card(a_listing(**changes).public(), WAGES, TODAY)


@pytest.mark.parametrize(
    ("changes", "amount", "unit", "compared"),
    [
        ({}, "260", "元/天", "约 28.9 元/小时，高于最低 20 元/小时 · 日结"),
        ({"pay_unit": PayUnit.HOUR, "pay_fen": 1850}, "18.5", "元/小时", "约 166.5 元/天，低于最低 20 元/小时 · 日结"),
        ({"pay_unit": PayUnit.PIECE, "pay_fen": 35, "settlement": Settlement.DONE}, "0.35", "元/件", "合多少钱一小时算不出 · 完工结"),
        ({"pay_max_fen": 30000}, "260 到 300", "元/天", "约 28.9 元/小时，高于最低 20 元/小时 · 日结"),
        ({"day_start_min": None, "day_end_min": None}, "260", "元/天", "合多少钱一小时算不出 · 日结"),
    ],
)
def test_card_when_pay_is_stated_compares_it_or_says_that_it_cannot(changes: dict[str, Any], amount: str, unit: str, compared: str) -> None:
    made = card(**changes)
    assert (made.amount, made.unit, made.compared) == (amount, unit, compared)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "明天起，3 天"),
        ({"starts_on": TODAY, "ends_on": TODAY}, "今天，1 天"),
        ({"starts_on": date(2026, 11, 25), "ends_on": date(2026, 12, 1)}, "后天起，7 天"),
        ({"starts_on": date(2026, 12, 2), "ends_on": date(2027, 12, 1), "long_term": True}, "12月2日起，长期"),
        ({"starts_on": date(2026, 11, 20)}, "到 11月26日为止"),
        ({"starts_on": date(2026, 11, 20), "long_term": True}, "长期"),
    ],
)
def test_card_when_it_says_days_speaks_as_one_does(changes: dict[str, Any], words: str) -> None:
    assert card(**changes).facts[0].text == words


@pytest.mark.parametrize(
    ("pause", "words"),
    [
        (0, "7:00 到 17:00"),
        (60, "7:00 到 17:00，歇 1 小时"),
        (90, "7:00 到 17:00，歇 1 个半小时"),
        (30, "7:00 到 17:00，歇 30 分钟"),
        (75, "7:00 到 17:00，歇 75 分钟"),
    ],
)
def test_card_when_there_is_a_break_says_how_long(pause: int, words: str) -> None:
    assert card(break_min=pause).facts[1].text == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "管一餐"),
        ({"meals": Meals.NONE}, "不管饭"),
        ({"meals": Meals.NONE, "lodging": True}, "管住"),
        ({"meals": Meals.THREE, "lodging": True, "transport": "厂车接"}, "管三餐，管住，厂车接"),
    ],
)
def test_card_when_it_says_board_names_meals_lodging_and_the_way(changes: dict[str, Any], words: str) -> None:
    assert card(**changes).facts[4].text == words


@pytest.mark.parametrize(("place", "words"), [("汉十物流园", "义堂镇汉十物流园"), ("义堂镇兴义街", "义堂镇兴义街")])
def test_card_when_the_place_names_its_area_says_it_once(place: str, words: str) -> None:
    assert card(place=place).facts[2].text == words


def test_card_when_the_employer_was_verified_says_so() -> None:
    assert card(employer_verified_on=TODAY).employer == "云梦县汉十物流有限公司 · 已核实"
