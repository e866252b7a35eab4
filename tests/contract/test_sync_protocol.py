"""Protocol 1 as both sides import it: every record survives the wire, unknown fields do no harm, and the names never change by accident."""

import dataclasses
import json
from datetime import date
from enum import Enum
from typing import Any, get_args, get_origin

import pytest

from kiosk.domain.entities import BETWEEN, COUNTY_OWNED, ENTITIES, PRIVATE
from kiosk.domain.record import RecordError, field_types, to_plain
from kiosk.sync import protocol
from kiosk.sync.protocol import Change, Op, PullAnswer, PushAnswer, PushRequest, Refused, change_of, decode, encode, record_of
from tests.station import START

ID = "01936a5e-0000-7000-8000-000000000001"


def _value(kind: Any) -> Any:
    """Make some value of a field's type: every optional one filled, every text Chinese."""
    options = [o for o in get_args(kind) if o is not type(None)]
    if get_origin(kind) is tuple:
        return (_value(options[0]),)
    if get_origin(kind) is dict:
        return {"甲": "乙"}
    if options:
        return _value(options[0])
    if dataclasses.is_dataclass(kind):
        made: Any = kind
        return made(**{name: _value(one) for name, one in field_types(made).items()})
    if issubclass(kind, Enum):
        return list(kind)[-1]
    return {bool: True, int: 3, date: START.date()}.get(kind) or (START if kind.__name__ == "datetime" else kind("㛃·𬬻，测试"))


def a_record(entity: str) -> Any:
    cls = ENTITIES[entity]
    values = {name: _value(kind) for name, kind in field_types(cls).items()}
    return cls(**values | {"id": ID} | ({"revision": 3} if "revision" in values else {}))


@pytest.mark.parametrize("entity", ENTITIES)
def test_record_when_it_crosses_the_wire_comes_out_the_same(entity: str) -> None:
    record = a_record(entity)
    change = change_of(record, entity=entity, record_id=ID, revision=3)
    over = decode(PushRequest, json.loads(json.dumps(encode(PushRequest(epoch="e", batch=1, key="k", changes=(change,))))))
    assert over.changes == (change,)
    assert record_of(entity, ID, 3, over.changes[0].data) == record


@pytest.mark.parametrize("entity", ENTITIES)
def test_record_when_a_newer_peer_adds_fields_is_still_read(entity: str) -> None:
    record = a_record(entity)
    assert record_of(entity, ID, 3, {**to_plain(record), "from_the_future": {"a": [1]}}) == record


@pytest.mark.parametrize(("entity", "record_id", "revision"), [("spell", ID, 3), ("worker", ID.replace("1", "2"), 3), ("worker", ID, 4)])
def test_record_when_it_is_not_the_one_that_the_change_names_is_refused(entity: str, record_id: str, revision: int) -> None:
    with pytest.raises(RecordError):
        record_of(entity, record_id, revision, to_plain(a_record("worker")))


def test_change_when_the_record_is_gone_is_a_tombstone() -> None:
    change = change_of(None, entity="worker", record_id=ID, revision=2)
    assert (change.op, change.data, change.revision) == (Op.DELETE, {}, 2)


def test_change_when_the_record_is_newer_than_its_row_carries_the_records_revision() -> None:
    change = change_of(a_record("worker"), entity="worker", record_id=ID, revision=1)
    assert change.revision == 3


def test_bodies_when_they_carry_unknown_fields_are_read() -> None:
    plain = encode(PullAnswer(changes=(Change(entity="policy", record_id=ID, revision=1),), cursor="e.1", more=False))
    assert decode(PullAnswer, plain | {"hint": 1}).cursor == "e.1"
    answer = encode(PushAnswer(taken=1, refused=(Refused(at=1, code="from_the_future", reason=""),)))
    assert decode(PushAnswer, answer).refused[0].code == "from_the_future"


def test_protocol_1_when_compared_with_what_was_released_has_the_same_names() -> None:
    """A station in the field speaks these. Adding is allowed here; renaming or removing needs a version 2."""
    released = {
        Change: {"entity", "record_id", "revision", "op", "data"},
        PushRequest: {"epoch", "batch", "key", "changes"},
        PushAnswer: {"taken", "refused"},
        Refused: {"at", "code", "reason"},
        protocol.Digests: {"digests"},
        protocol.BucketAnswer: {"changes"},
        PullAnswer: {"changes", "cursor", "more"},
        protocol.EnrolRequest: {"code", "nonce", "station_id"},
        protocol.EnrolAnswer: {"station", "device_id", "device_token", "ticket_key_id", "ticket_key", "county", "phone_base"},
        protocol.ErrorBody: {"code", "message"},
        protocol.StationHealth: {
            *("version", "at", "board", "board_alive", "printer", "waiting", "parked", "free_mb", "clock_offset_s", "picture")
        },
        protocol.HealthNoted: {"at"},
    }
    for cls, names in released.items():
        assert names <= {f.name for f in dataclasses.fields(cls)}, cls.__name__
    assert (protocol.CHANGES, protocol.ENROL) == ("/api/v1/changes", "/api/v1/enrol")


def test_entities_when_sorted_by_owner_are_each_of_one_kind() -> None:
    kinds = (COUNTY_OWNED, PRIVATE, BETWEEN)
    assert ENTITIES.keys() >= frozenset().union(*kinds)
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))
