"""A station's standing: any order of acts that the rules allow, and none that they do not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.privacy import Phone
from kiosk.domain.standing import NEXT, Act, Stage, Step, check_station, check_step, deadline_of, possible, stage_of, unfiled
from kiosk.domain.station import TREE_MAX, Station, StationLevel
from kiosk.errors import BadInput, WrongState
from tests.station import START, STATION

TODAY = date(2026, 11, 23)
WHOLE = {"number": "云人社〔2026〕12号", "reason": "三区不全", "deadline": TODAY + timedelta(days=30)}


def step(act: Act, **changes: object) -> Step:
    return replace(Step(id="1", station_id="s", act=act, on=TODAY, at=START, by="u", **WHOLE), **changes)  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(Act), max_size=12))
def test_standing_when_acts_come_in_any_order_only_those_that_fit_count(acts: list[Act]) -> None:
    steps: list[Step] = []
    for act in acts:
        stage = stage_of(steps)
        if act in possible(steps):
            steps.append(check_step(step(act), steps, TODAY))
            assert stage_of(steps) is NEXT[stage][act]
        else:
            with pytest.raises(WrongState):
                check_step(step(act), steps, TODAY)
    filed = [one.act for one in steps if one.act in (Act.FILE, Act.RECOGNISE, Act.REVOKE)]
    assert (unfiled(steps) is not None) == (bool(filed) and filed[-1] is not Act.FILE)
    assert (deadline_of(steps) is not None) <= (stage_of(steps) is Stage.WARNED)


def test_standing_when_a_station_goes_the_whole_way_ends_revoked_and_filed() -> None:
    steps: list[Step] = []
    for act in (Act.RECOGNISE, Act.FILE, Act.PLATE, Act.WARN, Act.LIFT, Act.SUSPEND, Act.REVOKE, Act.FILE):
        steps.append(check_step(step(act), steps, TODAY))
    assert stage_of(steps) is Stage.REVOKED
    assert unfiled(steps) is None


@pytest.mark.parametrize(
    ("act", "changes", "field"),
    [
        (Act.RECOGNISE, {"number": ""}, "number"),
        (Act.REVOKE, {"reason": ""}, "reason"),
        (Act.WARN, {"deadline": None}, "deadline"),
        (Act.WARN, {"deadline": TODAY}, "deadline"),
        (Act.WARN, {"on": TODAY + timedelta(days=1)}, "on"),
        (Act.WARN, {"reason": "长" * 201}, "reason"),
    ],
)
def test_step_when_it_lacks_something_says_what(act: Act, changes: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as bad:
        check_step(step(act, **changes), [], TODAY)
    assert bad.value.field == field


CENTRE = replace(STATION, id="c", name="县中心", short="YM", level=StationLevel.COUNTY, parent_id=None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, ""),
        ({"name": "站"}, "name"),
        ({"name": "县中心"}, "name"),
        ({"short": "yt"}, "short"),
        ({"short": "YM"}, "short"),
        ({"area": "110000000"}, "area"),
        ({"parent_id": None}, "parent_id"),
        ({"parent_id": "nobody"}, "parent_id"),
        ({"parent_id": STATION.id}, "parent_id"),
        ({"address": "路"}, "address"),
        ({"phone": Phone("123")}, "phone"),
        ({"hours": "有空就开"}, "hours"),
        ({"hours": "8:00 到 18:00"}, ""),
    ],
)
def test_station_when_it_does_not_fit_the_tree_says_which_field(changes: dict[str, object], field: str) -> None:
    fits = replace(STATION, parent_id="c", address="义堂镇街道 12 号")
    station = replace(fits, **changes)  # type: ignore[arg-type]
    if not field:
        assert check_station(station, [CENTRE, station]) == station
        return
    with pytest.raises(BadInput) as bad:
        check_station(station, [CENTRE])
    assert bad.value.field == field


def test_tree_when_it_is_deep_takes_any_station_under_one_that_is_not_lower_and_never_below_itself() -> None:
    def at(number: int, parent: str, level: StationLevel = StationLevel.DOORSTEP) -> Station:
        letters = f"A{chr(65 + number)}"
        return replace(STATION, id=letters, name=f"{letters}站", short=letters, level=level, parent_id=parent, address="义堂镇街道 12 号")

    branch = at(0, "c", StationLevel.BRANCH)
    town = at(1, branch.id, StationLevel.TOWNSHIP)
    tree = [CENTRE, branch, town, *(at(number, at(number - 1, "").id) for number in range(2, TREE_MAX - 1))]
    assert len(tree) == TREE_MAX
    for one in tree[1:]:
        assert check_station(one, tree) == one
    beside = replace(at(TREE_MAX, "c", StationLevel.TOWNSHIP))
    assert check_station(replace(beside, parent_id=town.id), tree)  # of the same level
    refused = {
        "bad.station.parent": replace(beside, parent_id=tree[3].id),  # a doorstep's
        "bad.station.deep": at(TREE_MAX, tree[-1].id),
        "bad.station.below": replace(tree[3], parent_id=tree[5].id),
    }
    for key, station in refused.items():
        with pytest.raises(BadInput) as bad:
            check_station(station, tree)
        assert (bad.value.field, bad.value.key) == ("parent_id", key)
    with pytest.raises(BadInput, match="parent_id") as bad:  # with all that hangs below it
        check_station(replace(branch, parent_id=beside.id), [*tree, replace(beside, level=StationLevel.BRANCH)])
    assert bad.value.key == "bad.station.deep"
