"""Records and how they become plain values: ids, and one codec between frozen dataclasses and JSON-able dicts.

The store's rows, the wire and the print journal all use this codec, so a field is named once. It knows nothing of any of them.
"""

import dataclasses
import secrets
import types
import typing
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from kiosk.errors import KioskError

R = TypeVar("R")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RecordError(KioskError):
    """A plain value that is not the record it claims to be; `field` is the dotted path."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


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
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in field_types(type(value))}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (tuple, list)):
        return [to_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: to_plain(v) for k, v in value.items()}
    return value


def from_plain(cls: type[R], plain: Any) -> R:
    """Read a record back. Unknown keys are ignored (a newer peer may know more); raises RecordError with the field's path."""
    result: R = _read(cls, plain, cls.__name__)
    return result


def _read(kind: Any, plain: Any, path: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        options = typing.get_args(kind)
        if plain is None and type(None) in options:
            return None
        named = [o for o in options if o is not type(None)]
        return _read(named[0] if len(named) == 1 else _pick(named, plain, path), plain, path)
    if origin is tuple:
        if not isinstance(plain, (list, tuple)):
            raise RecordError(path, "not a list")
        args = typing.get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_read(args[0], v, f"{path}[{i}]") for i, v in enumerate(plain))
        if len(args) != len(plain):
            raise RecordError(path, f"not {len(args)} items")
        return tuple(_read(a, v, f"{path}[{i}]") for i, (a, v) in enumerate(zip(args, plain, strict=True)))
    if origin is dict:
        if not isinstance(plain, dict):
            raise RecordError(path, "not an object")
        inner = typing.get_args(kind)[1]
        return {str(k): _read(inner, v, f"{path}.{k}") for k, v in plain.items()}
    return _read_scalar(kind, plain, path)


def _pick(options: list[Any], plain: Any, path: str) -> Any:
    """Choose among records by their field names, which differ for each block of a slip; what was kept earlier may lack newer ones."""
    for option in options:
        needed = {one.name for one in dataclasses.fields(option) if one.default is dataclasses.MISSING}
        if isinstance(plain, dict) and needed <= plain.keys() <= field_types(option).keys():
            return option
    raise RecordError(path, "none of the records it may be")


def _read_scalar(kind: Any, plain: Any, path: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _read_record(kind, plain, path)
    if kind is Any:
        return plain
    try:
        if kind is datetime:
            instant = datetime.fromisoformat(plain)
            if instant.tzinfo is None:
                raise RecordError(path, "an instant without a zone")
            return instant.astimezone(UTC)
        if kind is date:
            return date.fromisoformat(plain)
        if issubclass(kind, Enum):
            return kind(plain)
    except (ValueError, TypeError) as error:
        raise RecordError(path, str(error)) from None
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    base = str if issubclass(kind, str) else kind
    if not isinstance(plain, base) or (base is int and isinstance(plain, bool)):
        raise RecordError(path, f"not {base.__name__}")
    return plain if kind is base else kind(plain)


def _read_record(kind: Any, plain: Any, path: str) -> Any:
    if isinstance(plain, kind):
        return plain
    if not isinstance(plain, dict):
        raise RecordError(path, "not an object")
    values = {}
    for field in dataclasses.fields(kind):
        if field.name in plain:
            values[field.name] = _read(field_types(kind)[field.name], plain[field.name], f"{path}.{field.name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise RecordError(f"{path}.{field.name}", "missing")
    return kind(**values)
