"""An upgrade works on a copy: it ends well, or the old store goes on with the old program, wherever it was killed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.errors import StoreError
from kiosk.store import backup, swap
from kiosk.store.migrate import MIGRATIONS, migrate, version
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
