"""Many records of few shapes as columns, for the wire: what is alike stands together, so that deflate finds it. Knows no entity.

Rows are JSON objects. Rows with the same keys make a group; a group has one column a key:

    {"c": value}            the same text, number, true, false or null in every row
    {"i": [ms, +ms, ...]}   instants `YYYY-MM-DDTHH:MM:SS.mmmZ`: milliseconds since 1970, then differences
    {"u": [ms, +ms, ...], "r": "base64"}   UUIDs: the first 48 bits likewise, and the other ten bytes of each, one after another
    {"v": [...]}            anything else, as it is

`order` names each row's group. Packed and deflated, a listing takes a seventh of its JSON (docs/performance.md, sync).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

from kiosk.domain.record import EPOCH, RecordError

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ROWS_MAX = 10_000
SAME_MAX = 200
"""Of a text that stands once for all rows: a few bytes must not grow into gigabytes."""
_MS = timedelta(milliseconds=1)
_ID, _REST = 16, 10
SCALARS = ({bool}, {int}, {type(None)})


def pack(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Turn rows into columns."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    numbers: dict[tuple[str, ...], int] = {}
    order = []
    for row in rows:
        keys = (*row, str(row.get(".entity")))  # records of one kind are alike
        groups.setdefault(keys, []).append(row)
        order.append(numbers.setdefault(keys, len(numbers)))
    return {"order": order, "groups": [{key: _pack([row[key] for row in alike]) for key in alike[0]} for alike in groups.values()]}


def unpack(packed: Any) -> list[dict[str, Any]]:
    """Turn columns into rows again; raise RecordError."""
    try:
        order = packed["order"]
        if not isinstance(order, (list, tuple)) or len(order) > ROWS_MAX or not all(type(n) is int and n >= 0 for n in order):
            raise RecordError("order", f"not a list of at most {ROWS_MAX} group numbers")
        groups = [_rows(group, order.count(number)) for number, group in enumerate(packed["groups"])]
        feeds = [iter(group) for group in groups]
        return [next(feeds[number]) for number in order]
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise RecordError("changes", f"not columns: {type(error).__name__}") from None


def _rows(group: dict[str, Any], count: int) -> list[dict[str, Any]]:
    columns = [_unpack(column, count) for column in group.values()]
    if any(len(column) != count for column in columns):
        raise RecordError("groups", "columns of different lengths")
    keys = tuple(group)
    return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)] if keys else [{} for _ in range(count)]


def _pack(values: list[Any]) -> dict[str, Any]:
    first = values[0]
    kinds = set(map(type, values))
    if kinds == {str}:
        if len(first) <= SAME_MAX and values.count(first) == len(values):
            return {"c": first}
        if all(map(UUID.fullmatch, values)):
            return _pack_ids(values)
        if all(map(INSTANT.fullmatch, values)):
            with suppress(ValueError):  # 30 February
                return {"i": _steps([(datetime.fromisoformat(value) - EPOCH) // _MS for value in values])}
    elif kinds in SCALARS and values.count(first) == len(values):
        return {"c": first}
    return {"v": values}


def _pack_ids(values: list[str]) -> dict[str, Any]:
    raw = bytes.fromhex("".join(values).replace("-", ""))
    starts = range(0, len(raw), _ID)
    times = [int.from_bytes(raw[at : at + _ID - _REST]) for at in starts]
    return {"u": _steps(times), "r": base64.b64encode(b"".join(raw[at + _ID - _REST : at + _ID] for at in starts)).decode()}


def _unpack(column: dict[str, Any], count: int) -> list[Any]:
    if "c" in column:
        same = column["c"]
        if type(same) not in (str, bool, int, type(None)) or len(str(same)) > SAME_MAX:
            raise RecordError("groups", f"the same in every row, and not a number or a text of at most {SAME_MAX}")
        return [same] * count
    if "v" in column:
        return list(column["v"])
    try:
        times = list(accumulate(column["u" if "u" in column else "i"]))
        if "u" not in column:
            return [_text(time) for time in times]
        rest = base64.b64decode(column["r"], validate=True)
        if len(rest) != _REST * len(times):
            raise RecordError("groups", "columns of different lengths")
        return [_id(time, rest[at : at + _REST]) for time, at in zip(times, range(0, len(rest), _REST), strict=True)]
    except (binascii.Error, OverflowError, ValueError) as error:
        raise RecordError("groups", f"not columns: {type(error).__name__}") from None


def _steps(numbers: list[int]) -> list[int]:
    return [numbers[0], *(after - before for before, after in pairwise(numbers))]


def _text(ms: int) -> str:
    return (EPOCH + ms * _MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _id(time: int, rest: bytes) -> str:
    text = (time.to_bytes(6) + rest).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
