"""A new hub with the samples: the other station's listings are there, ours are left to our own terminal, a second start adds none."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.county.app import make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.migrate import migrate
from kiosk.county.schema import record
from kiosk.county.seed import seed_sample
from kiosk.county.serve import seed
from kiosk.county.settings import HubSettings, load
from kiosk.county.tools import new_code
from kiosk.county.vault import open_vault
from kiosk.errors import ConfigError, NotFound, StoreError
from kiosk.services.fill import STATION
from kiosk.services.sample import load_sample
from tests.hub_parts import COUNTY, fresh_database
from tests.station import ASSETS, START


@pytest.fixture
def settings(cluster: PrivateCluster, tmp_path: Path) -> HubSettings:
    return HubSettings(state=str(tmp_path), database=fresh_database(cluster))


def _owners(settings: HubSettings, entity: str) -> dict[str, int]:
    engine = make_engine(settings.database)
    with engine.connect() as connection:
        counts = sa.select(record.c.owner, sa.func.count()).where(record.c.entity == entity).group_by(record.c.owner)
        found = {owner: count for owner, count in connection.execute(counts)}  # noqa: C416 - rows are not pairs to a type checker
    engine.dispose()
    return found


def test_seed_when_the_hub_is_empty_fills_it_once_and_gives_a_code(settings: HubSettings) -> None:
    sample = load_sample(ASSETS / "sample", START)
    ours = next(s.id for s in sample.stations if s.name == STATION)
    code = seed(settings, sample, STATION, START)
    assert code is not None
    assert len(code) == 9
    assert sum(_owners(settings, "listing").values()) == len([x for x in sample.listings if x.station_id != ours]) > 20
    assert ours not in _owners(settings, "listing")
    assert _owners(settings, "policy") == {"county": len(sample.policies)}
    assert seed(settings, sample, STATION, START) is None


def test_seed_when_the_station_is_unknown_leaves_the_hub_empty(settings: HubSettings) -> None:
    engine = make_engine(settings.database)
    migrate(engine)
    with pytest.raises(StoreError):
        seed_sample(engine, open_vault(settings.key_path), COUNTY, load_sample(ASSETS / "sample", START), "没有这个站", START)
    engine.dispose()
    assert _owners(settings, "station") == {}


def test_new_code_when_the_station_exists_makes_one(settings: HubSettings) -> None:
    seed(settings, load_sample(ASSETS / "sample", START), STATION, START)
    engine = make_engine(settings.database)
    assert new_code(engine, settings, STATION, START) != new_code(engine, settings, STATION, START)
    with pytest.raises(NotFound):
        new_code(engine, settings, "没有这个站", START)
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("port = 'x'", "port"),
        ("county = 'yunmeng'", "county"),
        ("phone_base = 'http://gong.example.cn'", "phone_base"),
        ("port = ", "hub.toml"),
    ],
)
def test_hub_settings_when_they_are_wrong_name_the_setting(tmp_path: Path, text: str, names: str) -> None:
    (tmp_path / "hub.toml").write_text(text)
    with pytest.raises(ConfigError, match=names):
        load(tmp_path)
