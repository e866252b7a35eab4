"""The hub's figures for Prometheus. With several workers each writes its own into a folder in memory, and whichever is asked adds them up.

Routes are named by their templates: no token and no id of a person is a label. Knows no table: what the database says is passed in.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The library reads it when it is imported: set before a worker starts."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_registry = CollectorRegistry()
REQUESTS = Counter("hub_requests", "Answered requests", ["method", "route", "status"], registry=_registry)
DURATION = Histogram(
    "hub_request_seconds",
    "From the first byte in to the last byte out; a pull waits up to 30 s",
    ["route"],
    buckets=SECONDS,
    registry=_registry,
)
WAITING = Gauge("hub_waiting_polls", "Pulls that wait for news", registry=_registry, multiprocess_mode="livesum")
POOL = Gauge("hub_pool_connections", "Database connections in use", registry=_registry, multiprocess_mode="livesum")

Facts = dict[str, tuple[str, float]]
"""Name → what it is, and its value."""


@contextmanager
def waiting() -> Iterator[None]:
    """Count a pull that waits."""
    with WAITING.track_inprogress():
        yield


def render(ask: Callable[[], Facts]) -> bytes:
    """Give all figures as Prometheus reads them; `ask` gives what the database says."""
    registry, folder = _registry, os.environ.get(FOLDER)
    if folder:
        registry = CollectorRegistry()
        _forget_the_dead(Path(folder))
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return generate_latest(registry) + generate_latest(_Asked(ask))


class _Asked:
    def __init__(self, ask: Callable[[], Facts]) -> None:
        self._ask = ask

    def collect(self) -> Iterable[Metric]:
        for name, (what, value) in self._ask().items():
            yield GaugeMetricFamily(name, what, value=value)


def _forget_the_dead(folder: Path) -> None:
    """Take the live figures of workers that were killed out of the sum."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
