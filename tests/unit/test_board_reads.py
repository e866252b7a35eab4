"""What the board's connection may read, column by column, found by trying every one that a store has: the list here is all of it."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.store.connection import connect
from tests.station import KEY, START, Clock, a_listing, a_review, make_store

READABLE = {
    "alembic_version": "version_num",
    "topic": "name counter",
    "public_memory": "key value",
    "station": "id revision name short level area parent_id address phone hours",
    "policy": "id revision title summary body who how phone published_on sample",
    "training": "id revision title body area place starts_on days seats fee_fen subsidy phone sample",
    "notice": "id revision station_id title body urgent starts_at ends_at withdrawn sample",
    "slip_call": "id number called_at ended_at",
    "public_listing": "seq listing_id number published_at day_fen revision station_id title trade headcount employer_name"
    " employer_verified_on requirements description area place starts_on ends_on day_start_min day_end_min break_min pay_fen pay_max_fen"
    " pay_unit settlement pay_method meals lodging transport long_term",
    "staff_call": "called_at answered_at",
    "facility_check": "id facility ok checked_at",
}
"""All that the board may read. Who adds to it says what of it the hall may know; the phones in it are those of offices."""
IN_PART = {"staff_call", "facility_check"}
WHOLE = ("*", "rowid", "count(*)")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store in which something stands, and which the product itself has made."""
    store, listing = make_store(tmp_path, Clock()), a_listing()
    with store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, START))
    store.close()
    return tmp_path / "station.db"


def questions(raw: Any) -> list[tuple[str, str]]:
    """Give all that a connection can be asked: each column of each table, those of SQLite and of its search among them; the whole table,
    the numbers of its rows, and how many there are."""
    names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")] + ["sqlite_master"]
    columns = {name: [row[1] for row in raw.execute(f"PRAGMA table_xinfo('{name}')")] for name in names}
    return [(table, what) for table, names in columns.items() for what in (*(f'"{name}"' for name in names), "*", "rowid", "count(*)")]


def answered(raw: Any, asked: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Ask everything; give what was answered."""
    found = set()
    for table, what in asked:
        with suppress(sqlcipher.DatabaseError):
            raw.execute(f'SELECT {what} FROM "{table}"').fetchall()
            found.add(unquoted((table, what)))
    return found


def unquoted(question: tuple[str, str]) -> tuple[str, str]:
    return question[0], question[1].strip('"')


def test_board_connection_when_asked_for_everything_answers_what_is_listed_and_nothing_else(store: Path) -> None:
    full, board = connect(store, KEY), connect(store, KEY, board=True)
    asked = questions(full)
    assert len(asked) > 400
    # a question that nobody can answer proves nothing: only the search's own tables have no numbered rows
    assert {table for table, _ in set(map(unquoted, asked)) - answered(full, asked)} <= {"listing_text_idx", "listing_text_config"}
    expected = {(table, column) for table, columns in READABLE.items() for column in columns.split()}
    expected |= {(table, what) for table in READABLE.keys() - IN_PART for what in WHOLE}
    assert answered(board, asked) == expected
    full.close()
    board.close()


def test_board_connection_when_a_table_or_a_column_is_new_is_refused_it(store: Path) -> None:
    full = connect(store, KEY)
    full.execute("CREATE TABLE tomorrow (id TEXT PRIMARY KEY, phone TEXT)")
    for table in IN_PART:
        full.execute(f"ALTER TABLE {table} ADD COLUMN phone TEXT")
    board = connect(store, KEY, board=True)
    new = [("tomorrow", what) for what in ('"id"', '"phone"', *WHOLE)] + [(table, '"phone"') for table in IN_PART]
    assert answered(full, new) == set(map(unquoted, new))
    assert answered(board, new) == set()
    full.close()
    board.close()


def test_board_connection_when_it_writes_anything_anywhere_is_refused(store: Path) -> None:
    full, board = connect(store, KEY), connect(store, KEY, board=True)
    for table, column in {table: column for table, column in questions(full) if column.startswith('"')}.items():
        for act in (f'DELETE FROM "{table}"', f'UPDATE "{table}" SET {column} = NULL', f'INSERT INTO "{table}" ({column}) VALUES (NULL)'):
            with pytest.raises(sqlcipher.DatabaseError):
                board.execute(act)
    for act in ("CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)", "PRAGMA query_only = OFF", "VACUUM", "ATTACH ':memory:' AS x", "REINDEX"):
        with pytest.raises(sqlcipher.DatabaseError):
            board.execute(act)
    full.close()
    board.close()
