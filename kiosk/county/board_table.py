"""`kiosk county boards`: one line a terminal, and the pictures into a folder. Says what kiosk.county.boards knows."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa

from kiosk.county.boards import Told, picture, told
from kiosk.domain.board_seen import age_in
from kiosk.errors import ConfigError
from kiosk.text import t, words

CHINA = timezone(timedelta(hours=8))
COLUMNS = ("station", "device", "heard", "board", "page", "age", "printer")
DEVICE_DIGITS = 13
"""So much of an id tells terminals apart that were not enrolled in the same millisecond."""


def table(connection: sa.Connection, county_id: str, now: datetime) -> str:
    """Give the table, its columns apart by tabs."""
    rows = ["\t".join(_line(one, now)) for one in told(connection, county_id)]
    return "\n".join(["\t".join(t(f"county_boards.{name}") for name in COLUMNS), *rows]) if rows else t("county_tool.no_devices")


def save_pictures(connection: sa.Connection, county_id: str, folder: Path) -> str:
    """Write each board's last picture into a folder, made where it is missing; say how many. Raises ConfigError."""
    count = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in told(connection, county_id):
            content = picture(connection, county_id, one.device_id)
            if content:
                station = "".join(c for c in one.station if c.isalnum())
                (folder / f"{station}-{one.device_id[:DEVICE_DIGITS]}.jpg").write_bytes(content)
                count += 1
    except OSError as error:
        raise ConfigError(t("county_boards.not_written", folder=folder, reason=type(error).__name__)) from None
    return t("county_boards.written", count=count, folder=folder)


def _line(one: Told, now: datetime) -> list[str]:
    state, since = one.board(now)
    report = one.report
    board = report.board if report else None
    when = _when(since) if since else ""
    page = t("county_boards.page_of", page=board.page, pages=board.pages) if board else ""
    return [
        one.station,
        one.device_id[:DEVICE_DIGITS],
        _when(one.heard_at) if one.heard_at else t("county_tool.never"),
        t(f"county_boards.{state.value}", when=when),
        page,
        _age(board.data_age_s) if board else "",
        _printer(one),
    ]


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _age(seconds: float | None) -> str:
    if seconds is None:
        return t("county_boards.own")
    unit, count = age_in(seconds)
    return t(f"snapshot.{unit}", count=count)


def _printer(one: Told) -> str:
    printer = one.report.printer if one.report else None
    if printer is None:
        return t("county_boards.printer_unknown") if one.report else ""
    if printer.trouble:
        key = f"today.printer_{printer.trouble}"
        return t(key) if key in words() else printer.trouble
    return t("today.printer_near_end" if printer.near_end else "county_boards.printer_good")
