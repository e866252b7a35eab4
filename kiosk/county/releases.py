"""Releases at the hub: taken in from a file, offered to some stations or all, given out piece by piece. Knows no HTTP and holds no key.

Manifests and offers are in the database, contents as files under STATE/releases by their digests: a lost file is added again, and the
database's backups stay small. Whether a release is genuine the stations judge by its signature; the hub cannot make one.
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.schema import record, release, release_offer
from kiosk.county.settings import HubSettings
from kiosk.domain import release as domain
from kiosk.domain.record import RecordError, from_plain
from kiosk.errors import ConfigError, NotFound
from kiosk.sync.protocol import ReleaseAnswer

SIGNED = "release.json"
BLOB = re.compile(r"blobs/([0-9a-f]{64})")
CHUNK = 1024**2
ALL = ""
"""The station of an offer that is everybody's."""


def blob_path(settings: HubSettings, digest: str) -> Path:
    """Say where a content lies, there or not."""
    return Path(settings.state) / "releases" / digest


def add(connection: sa.Connection, settings: HubSettings, file: Path, now: datetime) -> domain.Manifest:
    """Take in a release as `kiosk release make` wrote it; raise ConfigError where it is not whole. Offers it to nobody."""
    try:
        with tarfile.open(file, "r:") as tar:
            signed = None
            for entry in tar:
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is None:
                    continue
                if entry.name == SIGNED and entry.size <= 2 * domain.MANIFEST_MAX_BYTES:
                    signed = from_plain(ReleaseAnswer, _json(content.read()))
                elif (named := BLOB.fullmatch(entry.name)) and not blob_path(settings, named[1]).exists():
                    _keep(content, blob_path(settings, named[1]))
    except (tarfile.TarError, OSError, RecordError) as error:
        raise ConfigError(f"{file}: {type(error).__name__}: {error}") from None
    if signed is None:
        raise ConfigError(f"{file}: no {SIGNED}")
    try:
        manifest = domain.read(signed.manifest)
    except RecordError as error:
        raise ConfigError(f"{file}: {error}") from None
    missing = [one.sha256 for one in manifest.blobs().values() if not _is_whole(blob_path(settings, one.sha256), one.size)]
    if missing:
        raise ConfigError(f"{file}: {len(missing)} contents are missing, the first is {missing[0]}")
    there = connection.scalar(
        sa.select(release.c.manifest).where(release.c.county_id == settings.county, release.c.version == manifest.version)
    )
    if there is not None and there != signed.manifest:
        raise ConfigError(f"{manifest.version}: another release has this version; a changed program needs a new one")
    new = insert(release).values(
        county_id=settings.county, version=manifest.version, manifest=signed.manifest, signature=signed.signature, added_at=now
    )
    connection.execute(new.on_conflict_do_update(index_elements=["county_id", "version"], set_={"signature": new.excluded.signature}))
    return manifest


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise RecordError(SIGNED, "not JSON") from None


def _keep(content: IO[bytes], target: Path) -> None:
    """Write a content whole or not at all; one that is not what its name says is not kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part, digest = target.with_suffix(".part"), hashlib.sha256()
    with part.open("wb") as file:
        while data := content.read(CHUNK):
            digest.update(data)
            file.write(data)
    if digest.hexdigest() == target.name:
        part.replace(target)
    else:
        part.unlink()


def _is_whole(path: Path, size: int) -> bool:
    with suppress(OSError):
        return path.stat().st_size == size
    return False


def give(connection: sa.Connection, county_id: str, version: str) -> ReleaseAnswer:
    """Give a release's manifest with its signature; raise NotFound."""
    query = sa.select(release.c.manifest, release.c.signature).where(release.c.county_id == county_id, release.c.version == version)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(version)
    return ReleaseAnswer(manifest=row.manifest, signature=row.signature)


def offered(connection: sa.Connection, county_id: str, station_id: str) -> str:
    """Give the newest version that is offered to a station, empty where none is."""
    mine = (release_offer.c.county_id == county_id, release_offer.c.station_id.in_((ALL, station_id)))
    return max(connection.scalars(sa.select(release_offer.c.version).where(*mine)), key=domain.order, default="")


def offer(connection: sa.Connection, county_id: str, version: str, stations: Sequence[str], now: datetime) -> None:
    """Offer a release to the stations of these names, or to all; raise NotFound where the release or a name is none."""
    give(connection, county_id, version)
    ids = [_station(connection, county_id, name) for name in stations] or [ALL]
    rows = [{"county_id": county_id, "version": version, "station_id": one, "offered_at": now} for one in ids]
    connection.execute(insert(release_offer).on_conflict_do_nothing(), rows)


def withdraw(connection: sa.Connection, county_id: str, version: str) -> None:
    """Offer a release to nobody any more; where it runs it goes on. Raises NotFound."""
    give(connection, county_id, version)
    connection.execute(sa.delete(release_offer).where(release_offer.c.county_id == county_id, release_offer.c.version == version))


def known(connection: sa.Connection, county_id: str) -> list[tuple[str, datetime, list[str]]]:
    """Give every release, newest first: version, since when it is here, and the names of those it is offered to ('' for all)."""
    rows = connection.execute(sa.select(release.c.version, release.c.added_at).where(release.c.county_id == county_id))
    name = record.c.data["name"].astext
    same = sa.and_(record.c.county_id == release_offer.c.county_id, record.c.entity == "station", record.c.id == release_offer.c.station_id)
    offers = connection.execute(
        sa.select(release_offer.c.version, name)
        .select_from(release_offer.outerjoin(record, same))
        .where(release_offer.c.county_id == county_id)
    ).all()
    found = [(row.version, row.added_at, sorted(one or "" for version, one in offers if version == row.version)) for row in rows]
    return sorted(found, key=lambda one: domain.order(one[0]), reverse=True)


def _station(connection: sa.Connection, county_id: str, name: str) -> str:
    named = (record.c.county_id == county_id, record.c.entity == "station", record.c.data["name"].astext == name)
    found = connection.scalar(sa.select(record.c.id).where(*named))
    if found is None:
        raise NotFound(f"station {name}")
    return str(found)
