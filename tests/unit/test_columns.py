"""Changes as columns: whatever JSON holds comes out as it went in, junk is refused, and a few bytes never grow into many."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.record import RecordError, new_id, to_plain
from kiosk.sync.columns import ROWS_MAX, pack, unpack
from kiosk.sync.protocol import Change, PullAnswer, decode, encode
from tests.station import START, a_listing, a_review

IDS = st.uuids().map(str) | st.sampled_from(["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "A" * 36])
INSTANTS = st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z") | st.just("2026-02-30T00:00:00.000Z")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | IDS | INSTANTS
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=5)
ROWS = st.lists(st.dictionaries(st.sampled_from([".entity", "id", "at", "甲", ""]), VALUES), max_size=8)


def over(value: Any) -> Any:
    return json.loads(json.dumps(value))


@given(ROWS)
def test_columns_when_they_cross_the_wire_give_the_same_rows_in_the_same_order(rows: list[dict[str, Any]]) -> None:
    assert [over(row) for row in rows] == unpack(over(pack(rows)))
    assert [list(map(type, row.values())) for row in rows] == [list(map(type, row.values())) for row in unpack(over(pack(rows)))]


@given(st.lists(IDS, min_size=1, max_size=6), st.lists(INSTANTS, min_size=1, max_size=6))
def test_columns_when_a_column_is_of_one_kind_give_it_back_to_the_letter(ids: list[str], instants: list[str]) -> None:
    for values in (ids, instants):
        rows = [{"x": value} for value in values]
        assert unpack(over(pack(rows))) == rows


@pytest.mark.parametrize(
    "packed",
    [
        None,
        [],
        {},
        {"order": [0]},
        {"order": [0], "groups": []},
        {"order": [-1], "groups": [{"a": {"v": [1]}}]},
        {"order": [True], "groups": [{"a": {"v": [1]}}]},
        {"order": [0], "groups": [{"a": {"v": [1, 2]}}]},
        {"order": [0], "groups": [{"a": {"v": []}}]},
        {"order": [0], "groups": [{"a": {}}]},
        {"order": [0], "groups": [{"a": {"i": ["x"]}}]},
        {"order": [0], "groups": [{"a": {"i": [10**30]}}]},
        {"order": [0], "groups": [{"a": {"u": [1], "r": "AAAA"}}]},
        {"order": [0], "groups": [{"a": {"u": [-1], "r": "AAAAAAAAAAAAAA=="}}]},
        {"order": [0], "groups": [{"a": {"u": [1], "r": "*"}}]},
        {"order": [0] * (ROWS_MAX + 1), "groups": [{"a": {"c": 1}}]},
        {"order": [0, 0], "groups": [{"a": {"c": "x" * 300}}]},
        {"order": [0, 0], "groups": [{"a": {"c": [1]}}]},
    ],
)
def test_columns_when_they_are_junk_are_refused(packed: Any) -> None:
    with pytest.raises(RecordError):
        unpack(packed)


def _junk(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["order", "groups", "c", "v", "i", "u", "r"]), inner)


@given(st.recursive(PLAIN, _junk))
def test_columns_when_they_are_anything_at_all_are_read_or_refused(junk: Any) -> None:
    for packed in (junk, {"order": [0], "groups": [{"a": junk}]}, {"order": junk, "groups": [{"a": {"v": [1]}}]}):
        try:
            unpack(packed)
        except RecordError:
            continue


def test_page_when_deflated_is_small() -> None:
    """A listing at most 150 bytes, a decision at most 40 (GOALS, sync); the bench measures listings that are less alike."""
    listings = [a_listing(title=f"装卸工{n}") for n in range(100)]
    for records, most in ((listings, 150), ([a_review(listing, START) for listing in listings], 40)):
        entity = type(records[0]).__name__.lower()
        changes = tuple(Change(entity=entity, record_id=r.id, revision=1, data=to_plain(r)) for r in records)
        page = PullAnswer(changes=changes, cursor="e.1", more=False)
        wire = json.dumps(encode(page), ensure_ascii=False, separators=(",", ":")).encode()
        assert decode(PullAnswer, json.loads(wire)) == page
        assert len(zlib.compress(wire, 6)) <= most * len(records)


def test_change_when_its_id_or_revision_stand_not_in_its_data_still_names_them() -> None:
    odd = (
        Change(entity="policy", record_id=new_id(START), revision=2, data={"colour": "green"}),
        Change(entity="policy", record_id=new_id(START), revision=2, data={"id": "other", "revision": True}),
        Change(entity="worker", record_id=new_id(START), revision=9, op="delete"),
        Change(entity="policy", record_id=new_id(START), revision=3, data={"revision": 3}, over={"2": "9f86d081884c7d65"}),
    )
    page = PullAnswer(changes=odd, cursor="", more=True)
    assert decode(PullAnswer, over(encode(page))) == page
