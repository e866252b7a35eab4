"""What a process that runs schedules sets up once: the database, an enrolled base, the vault, and `secrets` under the dice."""

import logging
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from kiosk.county.migrate import migrate
from kiosk.county.vault import open_vault
from tests.chaos.county import County, Disk
from tests.chaos.dice import Dice, load
from tests.chaos.line import Weather
from tests.chaos.schedule import Runner, runner
from tests.chaos.stations import make_base
from tests.station import START


def ready(database: str, folder: Path) -> Runner:
    """Give what runs schedules here; from now on this process draws everything from the dice."""
    logging.disable()  # what the hub says of forked chains is expected here
    dice = Dice("base")
    load(dice)
    disk = Disk(sa.create_engine(database, hide_parameters=True))
    migrate(disk.engine)
    room = Path(tempfile.mkdtemp(dir=folder))
    vault = open_vault(room / "hub.key")
    weather = Weather(dice, lambda _: None, lambda _: None)
    base = make_base(room, County(disk, "base", vault, _start), weather)
    return runner(disk, vault, base, dice, room)


def _start() -> datetime:
    return START
