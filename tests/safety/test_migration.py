"""An upgrade works on a copy: it ends well, or the old store goes on with the old program, wherever it was killed."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.referral import Party, ReferralStep
from kiosk.domain.station import Staff
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.errors import StoreError
from kiosk.store import backup, swap
from kiosk.store.connection import connect
from kiosk.store.migrate import MIGRATIONS, migrate, version
from kiosk.store.store import open_store
from tests.safety.parts import Site, crowd, make_site, steps
from tests.safety.test_backup import Killed, _dying
from tests.station import KEY

NEXT = '''"""Next."""
from alembic import op
revision, down_revision = "0099", "{head}"
def upgrade():
    for statement in {statements!r}:
        op.execute(statement)
'''
GOOD = ["CREATE TABLE more (id TEXT PRIMARY KEY)", "INSERT INTO more SELECT id FROM worker"]
BAD = {
    "half way": [GOOD[0], "INSERT INTO nowhere SELECT 1"],
    "loses people": ["DELETE FROM worker WHERE phone = '13900000001'"],
    "empties a table": ["DELETE FROM outbox"],
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = make_site(tmp_path)
    crowd(site, 3)
    site.station.store.close()
    yield site
    site.station.store.close()


def upgraded(folder: Path, head: str | None, statements: list[str]) -> Path:
    """Give a next release's migrations."""
    there = folder / "migrations"
    shutil.copytree(MIGRATIONS, there)
    (there / "versions" / "0099_next.py").write_text(NEXT.format(head=head, statements=statements))
    return there


@pytest.mark.parametrize("how", list(BAD))
def test_migration_when_it_fails_leaves_the_old_store_to_the_old_program(site: Site, tmp_path: Path, how: str) -> None:
    head = version(site.path, KEY)
    before = site.path.read_bytes()
    with pytest.raises(StoreError):
        migrate(site.path, KEY, site.settings.key_path, upgraded(tmp_path, head, BAD[how]))
    assert site.path.read_bytes() == before
    migrate(site.path, KEY, site.settings.key_path)
    site.reopen()
    assert len(site.people()) == 3
    assert swap.old_stores(site.path) == []


def test_migration_when_it_succeeds_keeps_the_store_of_before_beside_it(site: Site, tmp_path: Path) -> None:
    head = version(site.path, KEY)
    migrate(site.path, KEY, site.settings.key_path, upgraded(tmp_path, head, GOOD))
    assert version(site.path, KEY) == "0099"
    (old,) = swap.old_stores(site.path)
    backup.check(old, KEY)
    assert version(old, KEY) == head
    with pytest.raises(StoreError):
        migrate(site.path, KEY, site.settings.key_path)
    assert version(site.path, KEY) == "0099", "an older program does not touch a newer store"


@pytest.mark.parametrize("at", steps(12))
def test_migration_when_killed_at_any_step_leaves_the_old_or_the_new_store_whole(
    site: Site, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = version(site.path, KEY)
    migrations = upgraded(tmp_path, head, GOOD)
    with monkeypatch.context() as patched:
        done = _dying(patched, at)
        try:
            migrate(site.path, KEY, site.settings.key_path, migrations)
        except Killed:
            pass
        else:
            assert len(done) <= at
    swap.settle(site.path, site.settings.key_path)
    backup.check(site.path, KEY)
    assert version(site.path, KEY) in (head, "0099")
    migrate(site.path, KEY, site.settings.key_path, migrations)
    site.reopen()
    assert len(site.people()) == 3


OLD_ROWS: dict[str, dict[str, Any]] = {
    "worker": {
        "id": "w1",
        "revision": 2,
        "station_id": "s",
        "state": "active",
        "name": "王秀兰",
        "phone": "13900000001",
        "age_band": AgeBand.ADULT.value,
        "trades": f'["{Trade.LOADING.value}"]',
        "pay_fen": 20000,
        "pay_unit": PayUnit.DAY.value,
        "area": None,
        "code": "12345678",
        "number": "YT-1123-0001",
        "notice_version": "1",
        "consented_at": "2026-11-23T07:42:00.000Z",
        "by_staff": 0,
        "registered_at": "2026-11-23T07:42:00.000Z",
    },
    "staff": {"id": "p1", "station_id": "s", "name": "李芳", "role": "head", "pin_hash": "x", "failures": 1, "locked_until": None},
    "referral_step": {
        "id": "r1",
        "station_id": "s",
        "referral_id": "r",
        "state": "referred",
        "by_name": "李芳",
        "how": "",
        "stepped_at": "2026-11-23T07:42:00.000Z",
    },
    "outbox": {
        "sequence": 7,
        "id": "k",
        "entity": "worker",
        "record_id": "w1",
        "revision": 2,
        "refused_code": None,
        "refused_reason": None,
    },
    "memory": {"key": "ticket.key", "value": "aa"},
}
"""Rows of the first release, one of each table that the second changed."""


def test_migration_when_the_store_is_of_the_first_release_keeps_every_row(tmp_path: Path) -> None:
    first = shutil.copytree(MIGRATIONS, tmp_path / "first")
    for newer in [one for one in (first / "versions").glob("*.py") if not one.name.startswith("0001")]:
        newer.unlink()
    path = tmp_path / "station.db"
    migrate(path, KEY, migrations=first)
    with closing(connect(path, KEY)) as raw:
        for table, row in OLD_ROWS.items():
            raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    migrate(path, KEY)
    with closing(open_store(path, KEY)) as store, store.write() as u:
        worker, step, (person,) = u.need(Worker, "w1"), u.need(ReferralStep, "r1"), u.list(Staff)
        assert (worker.name, worker.phone, worker.phone_of, worker.revision) == ("王秀兰", "13900000001", PhoneOf.OWN, 2)
        assert (step.by_name, step.party, person.failures, person.active) == ("李芳", Party.STAFF, 1, True)
        assert [(change.sequence, change.record) for change in u.outgoing(10)] == [(7, worker)]
        assert u.recall("ticket.key") == "aa"
        u.keep(worker)
        assert [change.sequence for change in u.outgoing(10)] == [7, 8], "no number is given twice"
    (old,) = swap.old_stores(path)
    assert old.name.startswith("station.db.before-0001-")
