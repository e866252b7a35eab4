"""The chain of responsibility under the hands of somebody who has the key: whatever he does to it is named, row by row."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.record import to_plain
from kiosk.errors import StoreError
from kiosk.store import chain
from kiosk.store.chain import Break, Damage
from kiosk.store.store import Store, UnitOfWork
from tests.station import START, Clock, make_store

ACTS = ("collect", "approve", "edit", "refer", "take_down", "export")
TRIGGERS = ("audit_stays", "audit_lasts", "audit_is_not_replaced")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store with six acts in its chain."""
    store = make_store(tmp_path, Clock())
    with store.write() as u:
        for act in ACTS:
            u.audit(START, "staff", act, "listing", reason="真的")
    yield store
    store.close()


def tamper(store: Store, *statements: str) -> None:
    """Take the lock off, as somebody with the key can, and work on the table."""
    with store.write() as u:
        for statement in (*(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS), *statements):
            u.connection.exec_driver_sql(statement)


def rehash(store: Store, *seqs: int, follow: bool = False) -> None:
    """Give rows a hash that fits what they say now; `follow` links each to the one before it, too."""
    with store.write() as u:
        for seq in seqs:
            if follow:
                u.connection.exec_driver_sql(
                    f"UPDATE audit SET previous = (SELECT hash FROM audit WHERE seq = {seq - 1}) WHERE seq = {seq}"
                )
            row = u.connection.exec_driver_sql(f"SELECT * FROM audit WHERE seq = {seq}").mappings().one()
            named = {k: row[k] for k in ("at", "actor_id", "act", "subject_id", "digest", "previous")}
            made = sha256(json.dumps(named, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
            u.connection.exec_driver_sql(f"UPDATE audit SET hash = '{made}' WHERE seq = {seq}")


def found(store: Store, *told: chain.Head) -> Break | None:
    with store.read() as u:
        return chain.verify(u.connection, told)


def head(store: Store) -> chain.Head:
    with store.read() as u:
        last = u.chain_head()
    assert last is not None
    return last


def named(damage: Damage, seq: int, count: int = 1) -> Break:
    """Say what is expected: the row itself, or the one before what is gone."""
    at = seq - 1 if damage in (Damage.MISSING, Damage.CUT) else seq
    return Break(damage, seq, count, to_plain(START) if at else "", ACTS[at - 1] if at else "")


def test_chain_when_nobody_touched_it_fits(store: Store) -> None:
    assert found(store) is None
    assert found(store, head(store)) is None


def test_chain_when_empty_fits_and_has_no_head(tmp_path: Path) -> None:
    store = make_store(tmp_path, Clock())
    assert found(store) is None
    with store.read() as u:
        assert u.chain_head() is None
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET act = 'reject' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2",
    ],
)
def test_chain_when_the_program_itself_would_change_it_is_refused(store: Store, statement: str) -> None:
    with pytest.raises(StoreError, match="append-only"):
        with store.write() as u:
            u.connection.exec_driver_sql(statement)
    assert found(store, head(store)) is None


@pytest.mark.parametrize("column", ["at", "actor_id", "act", "subject_id", "digest", "previous", "hash"])
@pytest.mark.parametrize("seq", [1, 3, 6])
def test_chain_when_a_row_is_changed_names_it(store: Store, column: str, seq: int) -> None:
    tamper(store, f"UPDATE audit SET {column} = 'x' WHERE seq = {seq}")
    broken = found(store)
    assert broken is not None
    assert (broken.damage, broken.seq) == (Damage.CHANGED, seq)


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_chain_when_a_row_is_changed_with_its_hash_names_it(store: Store, seq: int) -> None:
    tamper(store, f"UPDATE audit SET subject_id = 'another' WHERE seq = {seq}")
    rehash(store, seq)
    assert found(store) == named(Damage.CHANGED, seq)


@pytest.mark.parametrize(("seqs", "count"), [((1,), 1), ((3,), 1), ((2, 3, 4), 3)])
def test_chain_when_rows_are_deleted_names_the_first_and_says_how_many(store: Store, seqs: tuple[int, ...], count: int) -> None:
    tamper(store, *(f"DELETE FROM audit WHERE seq = {seq}" for seq in seqs))
    assert found(store) == named(Damage.MISSING, seqs[0], count)


def test_chain_when_a_row_is_deleted_and_the_others_numbered_anew_names_the_gap(store: Store) -> None:
    last = head(store)
    tamper(store, "DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq > 3")
    assert found(store) == named(Damage.MISSING, 3)
    tamper(store, "UPDATE sqlite_sequence SET seq = 5 WHERE name = 'audit'")
    assert found(store, last) == named(Damage.MISSING, 3)


def test_chain_when_the_first_row_is_deleted_and_the_others_numbered_anew_names_it(store: Store) -> None:
    tamper(store, "DELETE FROM audit WHERE seq = 1", "UPDATE audit SET seq = seq - 1")
    assert found(store) == named(Damage.MISSING, 1)


@pytest.mark.parametrize("seq", [1, 3])
def test_chain_when_a_row_is_put_between_names_it(store: Store, seq: int) -> None:
    copy = f"SELECT {seq}, at, 'x', act, subject_id, digest, previous, hash FROM audit WHERE seq = {seq + 1}"
    tamper(store, "UPDATE audit SET seq = -seq", f"UPDATE audit SET seq = -seq + (seq <= -{seq})", f"INSERT INTO audit {copy}")
    rehash(store, seq)
    broken = found(store)
    assert broken is not None
    assert (broken.damage, broken.seq) == (Damage.INSERTED, seq)


def test_chain_when_a_row_is_put_before_the_first_names_it(store: Store) -> None:
    tamper(store, "INSERT INTO audit SELECT 0, at, actor_id, act, subject_id, digest, previous, hash FROM audit WHERE seq = 2")
    broken = found(store)
    assert broken is not None
    assert (broken.damage, broken.seq) == (Damage.INSERTED, 0)


def test_chain_when_two_rows_change_places_says_so(store: Store) -> None:
    swapped = ("SET seq = 99 WHERE seq = 3", "SET seq = 3 WHERE seq = 4", "SET seq = 4 WHERE seq = 99")
    tamper(store, *(f"UPDATE audit {one}" for one in swapped))
    broken = found(store)
    assert broken is not None
    assert (broken.damage, broken.seq) == (Damage.MOVED, 3)


@pytest.mark.parametrize("left", [0, 1, 5])
def test_chain_when_its_end_is_cut_off_says_how_many_are_gone(store: Store, left: int) -> None:
    last = head(store)
    tamper(store, f"DELETE FROM audit WHERE seq > {left}")
    assert found(store) == named(Damage.CUT, left + 1, 6 - left)
    tamper(store, "DELETE FROM sqlite_sequence WHERE name = 'audit'")
    assert found(store) is None, "without the county's word nobody can know"
    assert found(store, last) == named(Damage.CUT, left + 1, 6 - left)


def test_chain_when_written_anew_from_a_row_on_does_not_fit_what_the_county_was_told(store: Store) -> None:
    last = head(store)
    tamper(store, "UPDATE audit SET actor_id = 'another' WHERE seq = 2")
    rehash(store, 2)
    rehash(store, 3, 4, 5, 6, follow=True)
    assert found(store) is None, "it fits together"
    assert found(store, last) == named(Damage.REWRITTEN, 6)


@given(st.integers(1, 30), st.data())
def test_chain_when_any_one_row_goes_or_changes_is_broken_there(length: int, data: st.DataObject) -> None:
    connection = _bare()
    for n in range(length):
        chain.append(connection, START, "staff", f"act{n}", "subject", {})
    told = chain.head(connection)
    assert told is not None
    seq = data.draw(st.integers(1, length))
    how = data.draw(st.sampled_from(["DELETE FROM audit", "UPDATE audit SET act = 'other'"]))
    connection.exec_driver_sql(f"{how} WHERE seq = {seq}")
    broken = chain.verify(connection, [told])
    assert broken is not None
    assert broken.seq == seq
    connection.close()


def _bare() -> sa.Connection:
    """Make the one table in memory: three hundred encrypted stores would take a minute."""
    from kiosk.store.schema import audit

    engine = sa.create_engine("sqlite://")
    audit.create(engine)
    return engine.connect()


def test_audit_when_facts_are_personal_keeps_none_of_them(store: Store) -> None:
    with store.read() as u:
        assert "真的" not in str(_all(u))


def _all(u: UnitOfWork) -> list[Any]:
    return list(u.connection.exec_driver_sql("SELECT * FROM audit").all())
