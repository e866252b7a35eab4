"""One record of every kind that a station may hold, each text in it a mark by which it is known again wherever it comes out."""

import enum
import types
import typing
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.domain.entities import COUNTY_OWNED, ENTITIES, NAME_OF
from kiosk.domain.listing import ContactScope, Listing, ListingState, Review, Takedown, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import field_types, new_id
from kiosk.domain.station import Station
from tests.station import START

PEOPLE = (PersonName, Phone)
DRAFT = "draft"
"""A second listing, which nobody has approved."""


SAYS: dict[type, dict[str, Any]] = {
    Listing: {"contact_scope": ContactScope.OWN_STATION},
    Review: {"verdict": Verdict.APPROVE},
    Takedown: {"state": ListingState.FILLED},
}


@dataclass
class Holdings:
    """What one station holds: `records` by kind, `marks` by kind and by whether they are a person's."""

    station: Station
    device_id: str
    training_id: str
    records: dict[str, Any] = field(default_factory=dict)
    marks: dict[tuple[str, bool], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = [kind for kind in ENTITIES if kind not in COUNTY_OWNED]
        self._ids = {kind: new_id(START) for kind in [*kinds, DRAFT]} | {"station": self.station.id, "training": self.training_id}
        for kind in kinds:
            self.records[kind] = self._make(kind, ENTITIES[kind])
        self.records[DRAFT] = self._make(DRAFT, ENTITIES["listing"])

    def _make(self, kind: str, cls: type) -> Any:
        values = {name: self._value(kind, name, type_) for name, type_ in field_types(cls).items()}
        return cls(**values | SAYS.get(cls, {}))

    def _value(self, kind: str, name: str, type_: Any) -> Any:
        if typing.get_origin(type_) in (typing.Union, types.UnionType):
            type_ = next(option for option in typing.get_args(type_) if option is not type(None))
        if typing.get_origin(type_) is tuple:
            return (self._value(kind, name, typing.get_args(type_)[0]),)
        if typing.get_origin(type_) is dict:
            return {}
        if issubclass(type_, str) and not issubclass(type_, enum.Enum):
            return type_(self._text(kind, name, issubclass(type_, PEOPLE)))
        if issubclass(type_, enum.Enum):
            return next(iter(type_))
        simple = {bool: True, int: 1, float: 1.0, date: START.date() + timedelta(days=1), datetime: START}
        return simple[type_] if type_ in simple else self._inner(kind, type_)

    def _inner(self, kind: str, cls: type) -> Any:
        return cls(**{one.name: self._value(kind, one.name, field_types(cls)[one.name]) for one in fields(cls)})

    def _text(self, kind: str, name: str, personal: bool) -> str:
        known = {"id": self._ids[kind], "area": self.station.area, "hash": "a" * 64, "device_id": self.device_id, "entity": "worker"}
        known |= {"record_id": self._ids["worker"]}
        if name in known:
            return known[name]
        if name.removesuffix("_id") in self._ids:
            return self._ids[name.removesuffix("_id")]
        mark = f"{self.station.short}的{kind}的{name}"
        self.marks.setdefault((kind, personal), set()).add(mark)
        return mark

    def in_order(self) -> list[Any]:
        """Give all, what is spoken of before what speaks of it."""
        return [self.records[DRAFT], *(self.records[kind] for kind in ENTITIES if kind in self.records)]

    def secrets(self, kinds: set[str]) -> set[str]:
        """Give the marks that stand only in other kinds than these, and everybody's name and number."""
        return {mark for (kind, personal), marks in self.marks.items() if personal or kind not in kinds for mark in marks}


def kind_of(record: Any) -> str:
    """Give a record's name on the wire."""
    return NAME_OF[type(record)]
