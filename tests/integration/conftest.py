"""Parts that several integration tests share; each is real."""

from collections.abc import Iterator

import pytest

from kiosk.county.cluster import PrivateCluster
from tests.hub_parts import TestHub, fresh_database, make_hub, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[PrivateCluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def shared_hub(cluster: PrivateCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHub]:
    hub = make_hub(fresh_database(cluster), tmp_path_factory.mktemp("hub"))
    yield hub
    hub.close()


@pytest.fixture
def hub(shared_hub: TestHub) -> TestHub:
    shared_hub.reset()
    return shared_hub
