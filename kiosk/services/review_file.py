"""Checking texts in files by the rules for listings, for whoever wants to see what the rules say without a station.

Each file is the description of a listing that is complete and honest otherwise. Owns reading the files and the lines printed; knows no
store.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import Listing
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.review import RuleBook, check
from kiosk.errors import BadInput
from kiosk.text import t

MOST_BYTES = 256 * 1024
"""No advertisement is longer; what is, would only keep the machine busy."""


def review_files(files: Iterable[str], book: RuleBook, today: date, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Print one JSON line a file, in the order given; say on `err` which could not be read, and give 1 when there was one.

    `{"file", "findings": [{"severity", "rule", "span": [start, end], "source"}]}`: one finding per marked place, heaviest first. A span
    counts characters (code points) of the file's text decoded as UTF-8, from 0, the end not included; line ends and a byte order mark stay
    as they are and count.
    """
    out, err = out or _utf8(sys.stdout), err or _utf8(sys.stderr)
    status = 0
    for file in files:
        try:
            text = _read(file)
        except BadInput as error:
            print(t(error.key, **error.words), file=err)
            status = 1
        else:
            print(json.dumps({"file": file, "findings": list(findings(text, book, today))}, ensure_ascii=False), file=out, flush=True)
    return status


def findings(text: str, book: RuleBook, today: date) -> Iterator[dict[str, Any]]:
    """Give what the rules find in a text that stands as the description of an honest listing."""
    for finding in check(replace(_honest(today), description=text), book, (), today):
        for start, end in finding.spans:
            yield {"severity": finding.severity.upper(), "rule": finding.rule, "span": [start, end], "source": finding.source}


def _read(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise BadInput("file", "review_file.missing", file=file) from None
    except IsADirectoryError:
        raise BadInput("file", "review_file.folder", file=file) from None
    except (OSError, ValueError):
        raise BadInput("file", "review_file.unreadable", file=file) from None
    if len(data) > MOST_BYTES:
        raise BadInput("file", "review_file.too_big", file=file, kb=MOST_BYTES // 1024)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("file", "review_file.not_text", file=file) from None
    if "\0" in text:
        raise BadInput("file", "review_file.not_text", file=file)
    return text


def _utf8(stream: Any) -> TextIO:
    # a file's name may hold bytes that are no text; written as \udcXX they still are JSON
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream  # type: ignore[no-any-return]


def _honest(today: date) -> Listing:
    return Listing(
        id="file",
        revision=1,
        station_id="",
        title="搬货装车",
        trade=Trade.LOADING,
        headcount=3,
        employer_name="某店",
        requirements="能吃苦",
        description="",
        area="420923100",
        place="县城东边的仓库",
        starts_on=today + timedelta(days=1),
        ends_on=today + timedelta(days=7),
        day_start_min=8 * 60,
        day_end_min=17 * 60,
        break_min=60,
        pay_fen=26000,
        pay_unit=PayUnit.DAY,
        settlement=Settlement.DAILY,
        meals=Meals.NONE,
        contact_name=PersonName("某人"),
        contact_phone=Phone("19900000000"),
        collected_by="file",
        collected_at=datetime(today.year, today.month, today.day, tzinfo=UTC),
    )
