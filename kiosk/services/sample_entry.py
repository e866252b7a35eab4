"""The short notation of the sample files: one entry, whose fields are taken out one by one, and who complains by file, entry and field.

Days and times count from the moment of loading, so that the data never goes stale; money stands in 元. Knows no record by name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from kiosk.domain.record import RecordError, field_types, from_plain, to_plain
from kiosk.errors import ConfigError

CHINA = timezone(timedelta(hours=8))
AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)min)?")
HOURS = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)")

R = TypeVar("R")


def read_entries(path: Path, kind: str, now: datetime) -> Iterator[tuple[str, Entry]]:
    """Give the keys and entries of one kind in a file; raise ConfigError when the file is no TOML or a key stands twice."""
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get(kind, [])
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: {error}") from None
    known: set[str] = set()
    for number, table in enumerate(tables, start=1):
        entry = Entry(f"{path.name}: {kind} {number}", table, now)
        key = entry.take("key", str)
        entry.where = f"{path.name}: {kind} {key}"
        if key in known:
            raise entry.fail("key", "stands twice")
        known.add(key)
        yield key, entry


class Entry:
    """One table of a file. Fields are taken out one by one; what is left must be fields of the record."""

    def __init__(self, where: str, table: Any, now: datetime) -> None:
        if not isinstance(table, dict):
            raise ConfigError(f"{where}: not a table")
        self.where, self._left, self._now = where, dict(table), now

    def fail(self, field: str, reason: str) -> ConfigError:
        return ConfigError(f"{self.where}: {field}: {reason}")

    def has(self, field: str) -> bool:
        return field in self._left

    def take(self, field: str, kind: type[R]) -> R:
        value = self._left.pop(field, None)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.fail(field, "missing" if value is None else f"not {kind.__name__}")
        return value

    def refer(self, field: str, known: Mapping[str, R]) -> R:
        """Take a key and give what it names."""
        key = self.take(field, str)
        if key not in known:
            raise self.fail(field, f"no {key!r}")
        return known[key]

    def ago(self, field: str) -> datetime:
        """Take a time before loading: 2d, 5h, 1d3h, 40min."""
        text = self.take(field, str)
        found = AGO.fullmatch(text)
        if found is None or not text:
            raise self.fail(field, f"{text!r} is not like 2d, 5h or 1d3h40min")
        days, hours, minutes = (int(part or 0) for part in found.groups())
        return self._now - timedelta(days=days, hours=hours, minutes=minutes)

    def day(self, field: str, sign: int = 1) -> str:
        """Take a number of days from (or with sign -1, before) the day of loading in China."""
        return (self._now.astimezone(CHINA).date() + timedelta(days=sign * self.take(field, int))).isoformat()

    def fen(self, field: str) -> int:
        """Take an amount in 元."""
        if isinstance(self._left.get(field), float):
            return round(self.take(field, float) * 100)
        return self.take(field, int) * 100

    def hours(self, field: str) -> dict[str, int]:
        """Take the hours of a day, if there are any: 7:00-17:00."""
        if not self.has(field):
            return {}
        text = self.take(field, str)
        found = HOURS.fullmatch(text)
        if found is None:
            raise self.fail(field, f"{text!r} is not like 7:00-17:00")
        start_h, start_min, end_h, end_min = (int(part) for part in found.groups())
        return {"day_start_min": start_h * 60 + start_min, "day_end_min": end_h * 60 + end_min}

    def part(self, field: str) -> Entry:
        """Take a table within this one."""
        return Entry(f"{self.where}: {field}", self._left.pop(field), self._now)

    def build(self, cls: type[R], **values: object) -> R:
        """Make the record of what is left and these values."""
        record: type = cls
        unknown = self._left.keys() - field_types(record).keys()
        if unknown:
            raise self.fail(", ".join(sorted(unknown)), f"no field of {cls.__name__}")
        try:
            return from_plain(cls, self._left | {name: to_plain(value) for name, value in values.items()})
        except RecordError as error:
            raise self.fail(error.field.removeprefix(f"{cls.__name__}."), error.reason) from None
