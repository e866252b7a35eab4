"""The county in process: the hub's real functions on a real PostgreSQL, called as `kiosk.county.app` calls them, without the web.

Every schedule has a county of its own in one database. Its disk fills up and is put back from a copy.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa

from kiosk.county import decide, digest, enrolment, feed, witness
from kiosk.county.enrolment import Device, EnrolError
from kiosk.county.feed import CursorGoneError, Reader
from kiosk.county.judge import Author, EpochUsedError
from kiosk.county.phone_records import Records
from kiosk.county.publish import publish
from kiosk.county.pull import Pages
from kiosk.county.push import push
from kiosk.county.schema import metadata
from kiosk.county.vault import Vault
from kiosk.domain.employer import EmployerHold
from kiosk.domain.listing import Takedown
from kiosk.errors import HubFailed, HubRefused
from kiosk.sync.protocol import EPOCH, PUSH_MAX, EnrolRequest, Problem, PushRequest, WitnessAnswer, WitnessRequest, decode, encode

Rows = dict[str, list[dict[str, Any]]]
PHONE_BASE = "https://phone.test"


class Disk:
    """The database's disk: `room` writes more find place on it; None: as many as come."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.room: int | None = None
        sa.event.listen(engine, "do_execute", self._execute)
        sa.event.listen(engine, "do_executemany", self._execute)

    def _execute(self, _cursor: Any, statement: str, *_: Any) -> None:
        if self.room is not None and statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            self.room -= 1
            if self.room < 0:
                raise psycopg.errors.DiskFull("no space left on device")


class County:
    """The hub of one county. `room` writes more find place on its disk; None: as many as come."""

    def __init__(self, disk: Disk, county_id: str, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._disk, self._engine = disk, disk.engine
        self.id, self._vault, self._clock = county_id, vault, clock
        self.room: int | None = None
        self.copies: list[Rows] = []
        self._pages = Pages()

    def publish(self, *records: Any) -> None:
        """Write what the county itself writes."""
        with self._engine.begin() as connection:
            publish(connection, self.id, records, self._clock())

    def take_down(self, listing_id: str) -> Takedown:
        """Take a listing off every board, as the centre does."""
        with self._engine.begin() as connection:
            return decide.take_down(connection, self.id, listing_id, "县中心 周敏", "查实是假招工", self._clock())

    def decide_hold(self, employer_id: str) -> EmployerHold:
        """Hold an employer, or release it where the county holds it, as the centre does."""
        with self._engine.begin() as connection:
            holds = Records(connection, self.id, self._clock()).about(EmployerHold, "employer_hold", [employer_id])
            by, held = ("u", "县中心 周敏"), not decide.is_countys(holds)
            (made,) = decide.decide_hold(connection, self.id, [employer_id], held, "好几个站都欠薪", by, self._clock())
            return made

    def code(self, station_id: str) -> str:
        """Make an enrolment code."""
        with self._engine.begin() as connection:
            return enrolment.make_code(connection, self._vault, self.id, station_id, self._clock())

    def answer(self, what: str, token: str, body: Any) -> Any:
        """Answer one request as plain values; raise HubRefused or HubFailed as the station's HTTP door would."""
        try:
            self._disk.room = self.room
            return encode(getattr(self, f"_{what}")(token, body))
        except EpochUsedError:
            raise HubRefused(Problem.EPOCH_USED) from None
        except CursorGoneError:
            raise HubRefused(Problem.CURSOR_GONE) from None
        except EnrolError as error:
            raise HubRefused(error.problem) from None
        except sa.exc.OperationalError:
            raise HubFailed("status 503") from None
        finally:
            self.room, self._disk.room = self._disk.room, None

    def _caller(self, token: str) -> Device:
        with self._engine.begin() as connection:
            found = enrolment.identify(connection, self._vault, self.id, token, self._clock())
        if found is None:
            raise HubRefused(Problem.UNAUTHORIZED)
        return found

    def _reader(self, caller: Device) -> Reader:
        return Reader(self.id, caller.station_id, caller.id)

    def _push(self, token: str, body: Any) -> Any:
        caller, request = self._caller(token), decode(PushRequest, body)
        if not EPOCH.fullmatch(request.epoch) or request.batch < 1 or len(request.changes) > PUSH_MAX:
            raise HubRefused(Problem.BAD_REQUEST)
        with self._engine.begin() as connection:
            author = Author(self.id, caller.station_id, caller.id)
            return push(connection, author, request.changes, self._clock(), (request.epoch, request.batch, request.key))

    def _pull(self, token: str, body: Any) -> Any:
        caller = self._caller(token)
        if not caller.follows(body["epoch"], body["batch"]):
            raise EpochUsedError(body["epoch"])
        with self._engine.connect() as connection:
            return self._pages.read(
                connection, self._reader(caller), body["after"], body["limit"], own=body["own"], urgent=body["urgent"]
            ).answer

    def _witness(self, token: str, body: Any) -> Any:
        caller, request = self._caller(token), decode(WitnessRequest, body)
        with self._engine.begin() as connection:
            author = Author(self.id, caller.station_id, caller.id)
            return WitnessAnswer(taken=witness.take(connection, author, request.changes, self._clock()))

    def _digests(self, token: str, _body: Any) -> Any:
        caller = self._caller(token)
        with self._engine.connect() as connection:
            return digest.digests(connection, self._reader(caller))

    def _bucket(self, token: str, body: Any) -> Any:
        caller = self._caller(token)
        with self._engine.connect() as connection:
            return digest.bucket(connection, self._reader(caller), *body)

    def _enrol(self, _token: str, body: Any) -> Any:
        return enrolment.enrol(self._engine, self._vault, self.id, PHONE_BASE, decode(EnrolRequest, body), "line", self._clock())

    def rows(self) -> Rows:
        """Read everything that this county has, table by table."""
        with self._engine.connect() as connection:
            return {
                table.name: [
                    {k: v for k, v in row.items() if k != "county_id"}
                    for row in connection.execute(sa.select(table).where(table.c.county_id == self.id)).mappings()
                ]
                for table in metadata.sorted_tables
            }

    def fill(self, rows: Rows) -> None:
        """Replace everything that this county has."""
        with self._engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table).where(table.c.county_id == self.id))
            for table in metadata.sorted_tables:
                if rows[table.name]:
                    connection.execute(sa.insert(table), [row | {"county_id": self.id} for row in rows[table.name]])

    def restore(self, copy: Rows) -> None:
        """Put the database back as it stood, and renew the feed's epoch, as whoever restores it does."""
        self.fill(copy)
        with self._engine.begin() as connection:
            feed.renew(connection, self.id, self._clock())
