"""`kiosk county`: serves the hub, and the county's few tools. Starts the private cluster where settings name no database; owns no route."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from subprocess import SubprocessError

import sqlalchemy as sa

from kiosk.county import tools, workers
from kiosk.county.app import make_engine
from kiosk.county.authority import authority_pem, keep_certificates, mark
from kiosk.county.cluster import PrivateCluster
from kiosk.county.editions import publish_due
from kiosk.county.figures.count import count_for
from kiosk.county.listing_rows import catch_up
from kiosk.county.migrate import migrate
from kiosk.county.rulings import Rulings
from kiosk.county.seed import SampleRecords, seed_sample
from kiosk.county.settings import HubSettings, load
from kiosk.county.vault import open_vault
from kiosk.domain.matching import AreaTable
from kiosk.errors import ConfigError, StoreError

log = logging.getLogger(__name__)

TEND_EVERY_S = 5.0
FIRST_LOGIN = "xianzhongxin"
"""Who is invited to a trial's console."""
COUNT_S, CATCH_UP_S = 2.0, 3.0
"""So long at most the figures are counted, and the rows by which the console finds listings brought in step, each time: by and by."""


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


def serve(
    settings: HubSettings, sheets: Mapping[str, str] | None = None, areas: AreaTable | None = None, cluster: PrivateCluster | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; start a private cluster again that a full disk has ended, renew certificates in time, publish what
    waited for its day, and keep the county's figures and the console's rows in step."""
    engine, rulings = make_engine(settings.database), Rulings(settings.county, sheets)

    def tend() -> None:
        with suppress(StoreError, ConfigError, OSError, SubprocessError):  # tried again in a moment
            if cluster is not None and not cluster.runs():
                cluster.start()
            keep_certificates(settings, datetime.now(UTC))
        with suppress(sa.exc.SQLAlchemyError):  # as above; a database that is only being made has no table yet
            with engine.begin() as connection:
                publish_due(connection, settings.county, datetime.now(UTC))
        for keep in (figures, rows):
            try:
                keep()
            except sa.exc.SQLAlchemyError:
                pass  # tried again in a moment
            except Exception:
                # whatever is wrong with a record, certificates must be renewed
                log.exception("%s could not be kept", keep.__name__)

    def figures() -> None:
        count_for(engine, settings.county, lambda: datetime.now(UTC), COUNT_S)

    def rows() -> None:
        catch_up(engine, settings.county, lambda: datetime.now(UTC), rulings, CATCH_UP_S)

    workers.run(settings, sheets, areas, tend, TEND_EVERY_S)


def seed(settings: HubSettings, sample: SampleRecords, here: str, now: datetime) -> str | None:
    """Bring the database up to date and fill it if it is empty; give the enrolment code for the station `here`."""
    engine = make_engine(settings.database)
    try:
        migrate(engine)
        return seed_sample(engine, open_vault(settings.key_path), settings.county, sample, here, now)
    finally:
        engine.dispose()


def main(
    state: Path, args: list[str], sample: Callable[[], SampleRecords] | None, here: str, sheets: Mapping[str, str], areas: AreaTable
) -> int:
    """Run `kiosk county [serve]` or one of its tools.

    With `sample`, an empty hub is filled with what all stations but `here` hold, and STATE/enrol.code holds a code for `here`.
    """
    chosen = _parser().parse_args(args)
    state.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a stop while starting still stops the cluster
    now = datetime.now(UTC)
    settings = load(state)
    keep_certificates(settings, now)
    if chosen.command == "restore":
        print(tools.restore(settings, chosen.folder, chosen.to))
        return 0
    if chosen.command == "authority":
        print(f"{settings.authority_path}\n{mark(authority_pem(settings))}")
        return 0
    with database(settings) as settings:
        if chosen.command in tools.TOOLS:
            return tools.run(settings, chosen, now)
        code = seed(settings, sample(), here, now) if sample is not None else None
        if code is not None:
            _keep_secret(settings.code_path, code)
            _keep_secret(settings.invite_path, tools.invite(settings, FIRST_LOGIN, "", now))
        serve(settings, sheets, areas, PrivateCluster(settings.cluster_path) if not load(state).database else None)
    return 0


def _keep_secret(path: Path, words: str) -> None:
    path.touch(mode=0o600)
    path.write_text(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk county")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve until stopped")
    commands.add_parser("code", help="print the line that enrols a terminal of a station, good once and for a day").add_argument("station")
    commands.add_parser("devices", help="list the terminals: who, since when, last heard of")
    boards = commands.add_parser("boards", help="list the boards: whether each is alive, what stands on it; and the printers")
    boards.add_argument("--pictures", type=Path, metavar="DIR", help="write what each board shows into a folder")
    doctor = commands.add_parser("doctor", help="ask a station's terminals how they are; each answers within about five minutes")
    doctor.add_argument("station")
    doctor.add_argument("--wait", type=float, default=420.0, metavar="SECONDS", help="for the answers; 0 shows what was answered last")
    commands.add_parser("revoke", help="stop a terminal from syncing").add_argument("device")
    rotate = commands.add_parser("rotate", help="have a terminal, or all, take new keys within a day")
    rotate.add_argument("device", nargs="?", help="an id, or its beginning; without it all")
    rotate.add_argument("--hub", action="store_true", help="the hub's own key as well, which encrypts the others")
    commands.add_parser("renew", help="begin the feed anew: after the database was put back in a way that PostgreSQL cannot notice")
    notice = commands.add_parser("notice", help="put a notice on every board; without a title list those that stand")
    notice.add_argument("title", nargs="?")
    notice.add_argument("body", nargs="?", default="")
    notice.add_argument("--urgent", action="store_true", help="it breaks in on what the boards show")
    notice.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="its first day; without it, now")
    notice.add_argument("--until", dest="last", type=date.fromisoformat, metavar="DAY", help="its last day; without it, its first")
    notice.add_argument("--back", metavar="ID", help="take the notice whose id begins so off every board")
    user = commands.add_parser("user", help="invite somebody of the county centre to the console, who invites all others there")
    user.add_argument("login")
    user.add_argument("name", nargs="?")
    release = commands.add_parser("release", help="new releases of the stations' program; without a word list them, and who runs what")
    acts = release.add_subparsers(dest="act")
    acts.add_parser("list", help="list them, and who runs what")
    acts.add_parser("add", help="take in what `kiosk release make` wrote").add_argument("file", type=Path)
    offer = acts.add_parser("offer", help="let stations take it, a few first, then all")
    offer.add_argument("version")
    offer.add_argument("--stations", default="", metavar="NAME,NAME", help="only these")
    acts.add_parser("withdraw", help="let nobody take it any more").add_argument("version")
    commands.add_parser("authority", help="print where the authority's certificate stands, and its mark")
    backup = commands.add_parser("backup", help="back the private cluster up, and keep its log there from now on")
    backup.add_argument("folder", type=Path)
    restore = commands.add_parser("restore", help="put the private cluster back; the hub must be stopped")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--to", type=datetime.fromisoformat, help="an instant such as 2026-11-27T08:30:00+08:00; without it, all there is")
    return parser
