"""Parts that several integration tests share; each is real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.county.cluster import PrivateCluster
from tests.hub_parts import TestHub, fresh_database, make_hub, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[PrivateCluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def hub(cluster: PrivateCluster, tmp_path: Path) -> Iterator[TestHub]:
    hub = make_hub(fresh_database(cluster), tmp_path / "hub")
    yield hub
    hub.close()
