"""`kiosk county`: serves the hub, makes enrolment codes. Starts the private cluster where settings name no database; owns no route."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import sqlalchemy as sa
import uvicorn

from kiosk.county.app import make_app, make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.enrolment import make_code
from kiosk.county.migrate import migrate
from kiosk.county.schema import record
from kiosk.county.seed import SampleRecords, seed_sample
from kiosk.county.settings import HubSettings, load
from kiosk.county.vault import open_vault
from kiosk.domain.matching import AreaTable
from kiosk.domain.review import RuleBook
from kiosk.errors import NotFound

STOP_S = 3


class HubServer(uvicorn.Server):
    """Lets waiting pulls go before it waits for them."""

    def __init__(self, config: uvicorn.Config, on_exit: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGINT or SIGTERM."""
        self._on_exit()
        super().handle_exit(sig, frame)


@contextmanager
def database(settings: HubSettings) -> Iterator[HubSettings]:
    """Give settings that name a running database; the private cluster stops at the end if it was down before."""
    if settings.database:
        yield settings
        return
    cluster = PrivateCluster(settings.cluster_path)
    was_down = cluster.start()
    try:
        yield replace(settings, database=cluster.url())
    finally:
        if was_down:
            cluster.stop()


def serve(settings: HubSettings, rules: RuleBook | None = None, areas: AreaTable | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    app = make_app(settings, rules=rules, areas=areas)
    config = uvicorn.Config(app, settings.host, settings.port, log_level="warning", access_log=False, timeout_graceful_shutdown=STOP_S)
    with suppress(KeyboardInterrupt):
        HubServer(config, app.state.bell.close).run()


def seed(settings: HubSettings, sample: SampleRecords, here: str, now: datetime) -> str | None:
    """Bring the database up to date and fill it if it is empty; give the enrolment code for the station `here`."""
    engine = make_engine(settings.database)
    try:
        migrate(engine)
        return seed_sample(engine, open_vault(settings.key_path), settings.county, sample, here, now)
    finally:
        engine.dispose()


def new_code(settings: HubSettings, station_name: str, now: datetime) -> str:
    """Make a one-time code for a terminal of the station with this name; raise NotFound."""
    engine = make_engine(settings.database)
    try:
        with engine.begin() as connection:
            named = (record.c.county_id == settings.county, record.c.entity == "station", record.c.data["name"].astext == station_name)
            station_id = connection.scalar(sa.select(record.c.id).where(*named))
            if station_id is None:
                raise NotFound(f"station {station_name}")
            return make_code(connection, open_vault(settings.key_path), settings.county, station_id, now)
    finally:
        engine.dispose()


def main(state: Path, args: list[str], sample: Callable[[], SampleRecords] | None, here: str, rules: RuleBook, areas: AreaTable) -> int:
    """Run `kiosk county [serve]` or `kiosk county code STATION`.

    With `sample`, an empty hub is filled with what all stations but `here` hold, and STATE/enrol.code holds a code for `here`.
    """
    parser = argparse.ArgumentParser(prog="kiosk county")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve until stopped")
    commands.add_parser("code", help="print a one-time enrolment code").add_argument("station")
    chosen = parser.parse_args(args)

    state.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a stop while starting still stops the cluster
    now = datetime.now(UTC)
    with database(load(state)) as settings:
        if chosen.command == "code":
            print(new_code(settings, chosen.station, now))
            return 0
        code = seed(settings, sample(), here, now) if sample is not None else None
        if code is not None:
            settings.code_path.touch(mode=0o600)
            settings.code_path.write_text(code)
        serve(settings, rules, areas)
    return 0
