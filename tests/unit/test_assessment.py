"""The rubric and what a year comes to by it: points on a curve, grades, money, the gap, what is cheapest; rubrics that do not add up."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.assessment import Area, Item, Rubric, cheapest, score
from kiosk.domain.station import StationLevel
from kiosk.errors import BadInput, ConfigError
from kiosk.services.rubric import load_rubric, read_rubric
from kiosk.text import t
from tests.station import ASSETS

TEXT = (ASSETS / "rubric" / "placeholder.toml").read_text("utf-8")
RUBRIC = read_rubric(TEXT)
D = Decimal
numbers = st.decimals(0, 1000, places=1)


def an_item(*curve: tuple[int, int], steps: bool = False) -> Item:
    pairs = tuple((D(value), D(points)) for value, points in curve)
    return Item(code="x", area=Area.RUNNING, name="x", short="x", curve=pairs, steps=steps, advice="")


def everything(rubric: Rubric) -> dict[str, Decimal | None]:
    return {item.measure or item.code: item.aim for item in rubric.items}


def test_rubric_when_it_is_ours_is_no_official_one_and_adds_up_to_a_hundred() -> None:
    assert not RUBRIC.official
    assert [RUBRIC.most(area) for area in Area] == [25, 20, 35, 20]
    assert {item.code for item in RUBRIC.items if not item.measure} == {"1.1", "1.2", "2.3", "2.4"}


@pytest.mark.parametrize(
    ("value", "points"), [(None, "0"), ("0", "0"), ("50", "0"), ("75", "2.5"), ("99", "4.9"), ("100", "5"), ("900", "5")]
)
def test_points_when_a_value_lies_on_the_curve_rise_evenly_and_stay_at_its_ends(value: str | None, points: str) -> None:
    assert an_item((50, 0), (100, 5)).points(D(value) if value else None) == D(points)


@pytest.mark.parametrize(("value", "points"), [("0", "0"), ("0.9", "0"), ("1", "2"), ("4.9", "2"), ("5", "3"), ("9", "3")])
def test_points_when_a_curve_has_steps_stand_until_the_next(value: str, points: str) -> None:
    assert an_item((0, 0), (1, 2), (5, 3), steps=True).points(D(value)) == D(points)


def test_aim_when_less_is_better_is_the_highest_value_with_all_points() -> None:
    assert an_item((30, 5), (120, 3), (480, 0)).aim == 30
    assert an_item((0, 0), (3, 9)).aim == 3


@given(st.dictionaries(st.sampled_from([item.measure or item.code for item in RUBRIC.items]), st.none() | numbers))
def test_score_when_anything_is_known_adds_up_and_pays_by_its_grade(values: dict[str, Decimal | None]) -> None:
    found = score(RUBRIC, StationLevel.TOWNSHIP, values)
    assert found.total == sum((found.of(area) for area in Area), D(0))
    assert 0 <= found.total <= 100
    assert all(0 <= one.points <= one.item.most and one.gain == one.item.most - one.points for one in found.items)
    better = [band for band in RUBRIC.grades if band.least > found.grade.least]
    assert all(found.total < band.least for band in better)
    assert found.total >= found.grade.least
    if better:
        assert found.total + found.gap == better[-1].least
    else:
        assert found.gap == found.more_money == 0
    assert all(one.gain > 0 and one.item.effort_h for one in cheapest(found))


@given(st.sampled_from(RUBRIC.items), numbers, numbers)
def test_points_when_a_value_gets_better_never_fall(item: Item, one: Decimal, other: Decimal) -> None:
    worse, better = sorted((one, other), reverse=item.curve[0][1] == item.most)
    assert item.points(worse) <= item.points(better)


@pytest.mark.parametrize(
    ("level", "total", "wan"),
    [
        *(("township", total, wan) for total, wan in ((90, 6), (89, 5), (80, 5), (70, 4), (69, 0))),
        *(("doorstep", total, wan) for total, wan in ((90, 2), (80, 1.5), (70, 1), (69, 0))),
        ("county", 100, 0),
    ],
)
def test_money_when_a_grade_is_reached_is_the_regulations(level: str, total: int, wan: float) -> None:
    one = Item(code="a", area=Area.RUNNING, name="a", short="a", curve=((D(0), D(0)), (D(100), D(100))), measure="m", advice="")
    rubric = Rubric(name="r", official=True, effective_from=date(2024, 9, 1), source="s", items=(one,), grades=RUBRIC.grades)
    assert score(rubric, StationLevel(level), {"m": D(total)}).money == wan * 1_000_000


def test_score_when_a_value_was_entered_and_nothing_shown_brings_nothing() -> None:
    shown, not_shown = (score(RUBRIC, StationLevel.TOWNSHIP, {"1.1": D(3)}, unproved) for unproved in (frozenset(), frozenset({"1.1"})))
    assert shown.total - not_shown.total == 9
    assert score(RUBRIC, StationLevel.TOWNSHIP, everything(RUBRIC)).total == 100


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("building = 25", "building = 24", "驿站建设写的是 24 分，各项加起来是 25 分"),
        ('code = "1.2"', 'code = "1.1"', "1.1 写了两次"),
        ('measure = "published"', 'measure = "publshed"', "3.2 要量的“publshed”机器没有"),
        ('curve = [[0, 0], [300, 6]]\nadvice = "再登记', 'curve = [[300, 6], [0, 0]]\nadvice = "再登记', "3.1 的分段不对"),
        ("[200, 6]", "[200, 6.25]", "3.2 的分数不对"),
        ("[200, 6]", "[200, 7]", "四块加起来是 101 分，不是 100 分"),
        ("least = 90", "least = 60", "等次要从高到低写"),
        ('area = "policy"', 'area = "polcy"', "“2.1 area = polcy”"),
        ("curve = [[0, 0], [5, 5]]", "curv = [[0, 0], [5, 5]]", "“1.5 curv”"),
        ('name = "占位样本"', "name = 占位样本", "评分细则读不出来"),
        ("effective_from = 2024-09-01", "effective_from = 2024", "“effective_from”"),
        ("[3, 9]", '[3, "9"]', "“1.1 9”"),
    ],
)
def test_rubric_when_it_does_not_add_up_says_where(was: str, becomes: str, says: str) -> None:
    assert was in TEXT
    with pytest.raises(BadInput) as raised:
        read_rubric(TEXT.replace(was, becomes, 1))
    assert says in t(raised.value.key, **raised.value.words)


def test_rubric_when_the_county_has_its_own_stands_before_the_placeholder(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT)
    own = TEXT.replace("official = false", "official = true").replace("effective_from = 2024-09-01", "effective_from = 2027-01-01")
    (tmp_path / "b.toml").write_text(own)
    assert not load_rubric(tmp_path, date(2026, 12, 31)).official
    assert load_rubric(tmp_path, date(2027, 1, 1)).official
    assert not load_rubric(tmp_path, date(1970, 1, 1)).official


def test_rubric_when_a_file_is_broken_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT.replace("building = 25", "building = 24"))
    with pytest.raises(ConfigError, match=r"a\.toml: 评分细则对不上"):
        load_rubric(tmp_path, date(2026, 1, 1))
    with pytest.raises(ConfigError):
        load_rubric(tmp_path / "none", date(2026, 1, 1))
