"""Records and how they become plain values: ids, and one codec between frozen dataclasses and JSON-able dicts.

The store's rows, the wire and the print journal all use this codec, so a field is named once. It knows nothing of any of them. What has to
be done for a type is found out once: of ten thousand changes each passes here several times.
"""

import dataclasses
import hashlib
import json
import secrets
import types
import typing
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from kiosk.errors import KioskError

R = TypeVar("R")
Codec = Callable[[Any], Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RecordError(KioskError):
    """A plain value that is not the record it claims to be; `field` is the dotted path."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason

    def inside(self, name: str) -> "RecordError":
        """Give the same of a greater value, in which this one is called `name`."""
        joint = "." if self.field and not self.field.startswith("[") else ""
        return RecordError(f"{name}{joint}{self.field}", self.reason)


def new_id(now: datetime) -> str:
    """Make a UUIDv7 (RFC 9562): 48 bits of `now` in milliseconds, then random bits."""
    # whole numbers: a float's timestamp falls a millisecond short for some instants, and ids would not sort
    ms = max(0, (now - EPOCH) // timedelta(milliseconds=1))
    value = (ms & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@cache
def field_types(cls: type) -> dict[str, Any]:
    """Resolve a record's annotations once: field name → type."""
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}


def to_plain(value: Any) -> Any:
    """Turn a record (or any field of one) into JSON-able values: instants as ISO 8601 with Z, dates as YYYY-MM-DD."""
    kind: Any = type(value)
    return _writer(kind)(value)


def digest(plain: Any) -> str:
    """Give 16 hex digits that tell a record's plain values from any other's: of the SHA-256 of their JSON, keys in order and no spaces."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


@cache
def _writer(kind: Any) -> Codec:
    """Give what writes values of just this type."""
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
        return lambda record: {name: to_plain(getattr(record, name)) for name in names}
    if issubclass(kind, datetime):
        return lambda at: at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Enum):
        return lambda member: member.value
    if issubclass(kind, str):
        return str.__str__
    if issubclass(kind, (tuple, list)):
        return lambda values: [to_plain(one) for one in values]
    if issubclass(kind, dict):
        return lambda values: {key: to_plain(one) for key, one in values.items()}
    return lambda value: value


def from_plain(cls: type[R], plain: Any) -> R:
    """Read a record back. Unknown keys are ignored (a newer peer may know more); raises RecordError with the field's path."""
    kind: Any = cls
    try:
        result: R = _reader(kind)(plain)
    except RecordError as error:
        raise error.inside(cls.__name__) from None
    return result


@cache
def _reader(kind: Any) -> Codec:
    """Give what reads a value of this type; where it fails it names fields from that value on."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _one_of([one for one in args if one is not type(None)], type(None) in args)
    if origin is tuple:
        return _items(args)
    if origin is dict:
        return _named(args[1])
    if dataclasses.is_dataclass(kind):
        return lambda plain: _read_record(kind, plain)
    if kind is Any:
        return lambda plain: plain
    if kind is datetime:
        return _read_instant
    if kind is date:
        return _read_date
    return _member(kind) if issubclass(kind, Enum) else _scalar(kind)


def _one_of(options: list[Any], or_none: bool) -> Codec:
    only = _reader(options[0]) if len(options) == 1 else None

    def read(plain: Any) -> Any:
        if plain is None and or_none:
            return None
        return only(plain) if only is not None else _reader(_pick(options, plain))(plain)

    return read


def _pick(options: list[Any], plain: Any) -> Any:
    """Choose among records by their field names, which differ for each block of a slip; what was kept earlier may lack newer ones."""
    for option in options:
        needed = {one.name for one in dataclasses.fields(option) if one.default is dataclasses.MISSING}
        if isinstance(plain, dict) and needed <= plain.keys() <= field_types(option).keys():
            return option
    raise RecordError("", "none of the records it may be")


def _items(kinds: tuple[Any, ...]) -> Codec:
    alike = len(kinds) == 2 and kinds[1] is Ellipsis

    def read(plain: Any) -> Any:
        if not isinstance(plain, (list, tuple)):
            raise RecordError("", "not a list")
        if not alike and len(kinds) != len(plain):
            raise RecordError("", f"not {len(kinds)} items")
        readers = [_reader(kinds[0])] * len(plain) if alike else [_reader(kind) for kind in kinds]
        return tuple(_inside(f"[{at}]", readers[at], one) for at, one in enumerate(plain))

    return read


def _named(kind: Any) -> Codec:
    reader = _reader(kind)

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise RecordError("", "not an object")
        if kind is Any:
            return {str(name): one for name, one in plain.items()}
        return {str(name): _inside(str(name), reader, one) for name, one in plain.items()}

    return read


def _inside(name: str, reader: Codec, plain: Any) -> Any:
    try:
        return reader(plain)
    except RecordError as error:
        raise error.inside(name) from None


def _read_record(kind: Any, plain: Any) -> Any:
    if isinstance(plain, kind):
        return plain
    if not isinstance(plain, dict):
        raise RecordError("", "not an object")
    values = {}
    for name, reader, needed in _fields(kind):
        if name in plain:
            try:
                values[name] = reader(plain[name])
            except RecordError as error:
                raise error.inside(name) from None
        elif needed:
            raise RecordError(name, "missing")
    return kind(**values)


@cache
def _fields(kind: type) -> Sequence[tuple[str, Codec, bool]]:
    """Give each field's name, reader, and whether it has no default."""
    return [
        (field.name, _reader(field_types(kind)[field.name]), field.default is field.default_factory is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    ]


def _read_instant(plain: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(plain)
    except (ValueError, TypeError) as error:
        raise RecordError("", str(error)) from None
    if instant.tzinfo is None:
        raise RecordError("", "an instant without a zone")
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def _read_date(plain: Any) -> date:
    try:
        return date.fromisoformat(plain)
    except (ValueError, TypeError) as error:
        raise RecordError("", str(error)) from None


def _member(kind: type[Enum]) -> Codec:
    members = {member.value: member for member in kind}

    def read(plain: Any) -> Any:
        try:
            return members[plain]
        except (KeyError, TypeError):
            raise RecordError("", f"not one of {kind.__name__}") from None

    return read


def _scalar(kind: type) -> Codec:
    base = str if issubclass(kind, str) else kind

    def read(plain: Any) -> Any:
        if kind is float and type(plain) is int:
            return float(plain)
        if not isinstance(plain, base) or (base is int and isinstance(plain, bool)):
            raise RecordError("", f"not {base.__name__}")
        return plain if kind is base else kind(plain)

    return read
