"""Root's first part: takes over what the agent fetched, looks at every byte itself, and puts the release beside those that are there.

The agent's folder belongs to a user without rights who may be anybody's by now: a link, a pipe, a file that changes while it is read. So
each file is opened without following links, copied once into a folder of root's, and counts by the digest of what was copied. The release's
environment is the running one's by hard links, with the packages changed that the lock changes: from wheels alone, never from a network.
"""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from kiosk.domain.record import RecordError
from kiosk.domain.release import LOCK, MANIFEST_MAX_BYTES, Blob, Manifest, UpdateStage, Wheel, is_newer, packages, wheels_lacking
from kiosk.release.place import BLOBS, WHOLE, Place, on_trial, results, version_of
from kiosk.release.sign import SIGNED, ForgedError, from_bytes, public_keys, verify

RESERVE_BYTES = 300 * 1024**2
"""What stays free: a store that cannot grow takes nobody in."""
CHUNK = 1024**2


class RefusedError(Exception):
    """This release is not put to work. `version` is empty where not even that is known."""

    def __init__(self, stage: UpdateStage, version: str = "", why: str = "") -> None:
        super().__init__(f"{version or 'a release'}: {stage}: {why}")
        self.stage, self.version = stage, version


class MachineError(Exception):
    """The system did not do what it was told."""


class Builder(Protocol):
    """What putting a release together needs of the machine."""

    kind: str

    def free_bytes(self, folder: Path) -> int:
        """Say how much room there is."""
        ...

    def environment(self, old: Path, new: Path, wheels: Sequence[Path], dropped: Sequence[str]) -> None:
        """Make the new release's environment of the old one's; raise MachineError."""
        ...

    def try_store(self, release: Path) -> UpdateStage | None:
        """Have a release make of a copy of the store what it will make of the store; give what went wrong, None where all went well."""
        ...


def stage(place: Place, machine: Builder) -> str:
    """Put the release that was fetched beside the others, whole and tried on a copy of the store; give its name. Raises RefusedError."""
    with _folder(place.spool) as spool:
        manifest = _signed(place, spool)
        version, old = manifest.version, place.releases / place.running()
        told = results(place).get(version)
        if not is_newer(version, version_of(old.name)):
            raise RefusedError(UpdateStage.OLDER, version)
        if told is not None and told.over:
            raise RefusedError(told.stage, version, "was tried before")
        release = place.releases / manifest.name
        if (release / WHOLE).exists():
            return release.name
        try:
            wheels = wheels_lacking(manifest, _lock_of(manifest, old, spool), (old / LOCK).read_text(), machine.kind)
        except RecordError as error:
            raise RefusedError(UpdateStage.FAILED, version, str(error)) from None
        # a package takes about four times the room of its wheel
        if machine.free_bytes(place.top) < sum(one.size for one in manifest.files) + 5 * sum(w.size for w in wheels) + RESERVE_BYTES:
            raise RefusedError(UpdateStage.FULL, version)
        _clear(place, keep={old.name, *on_trial(place).values(), *_before(place)})
        try:
            _put_together(place, machine, manifest, wheels, spool)
            if wrong := machine.try_store(release):
                raise RefusedError(wrong, version, "on a copy of the store")
        except (OSError, MachineError, ForgedError, RefusedError) as error:
            shutil.rmtree(release, ignore_errors=True)
            raise RefusedError(_meaning(error), version, str(error)) from None
        os.sync()
        (release / WHOLE).touch()
        os.sync()
        return release.name


def _meaning(error: Exception) -> UpdateStage:
    if isinstance(error, RefusedError):
        return error.stage
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UpdateStage.FULL
    return UpdateStage.FORGED if isinstance(error, ForgedError) else UpdateStage.FAILED


def _signed(place: Place, spool: int) -> Manifest:
    try:
        return verify(from_bytes(read_foreign(spool, SIGNED, 2 * MANIFEST_MAX_BYTES)), public_keys(place.keys))
    except (ForgedError, OSError) as error:
        raise RefusedError(UpdateStage.FORGED, why=str(error)) from None


def _lock_of(manifest: Manifest, old: Path, spool: int) -> str:
    (entry,) = (file for file in manifest.files if file.path == LOCK)
    same = (old / LOCK).read_bytes()
    if hashlib.sha256(same).hexdigest() == entry.sha256:
        return same.decode()
    try:
        with _folder(BLOBS, spool) as blobs:
            data = read_foreign(blobs, entry.sha256, entry.size)
    except OSError as error:
        raise RefusedError(UpdateStage.FORGED, manifest.version, f"{LOCK}: {error.strerror}") from None
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise RefusedError(UpdateStage.FORGED, manifest.version, LOCK)
    return data.decode()


def _put_together(place: Place, machine: Builder, manifest: Manifest, wheels: Sequence[Wheel], spool: int) -> None:
    old, release = place.releases / place.running(), place.releases / manifest.name
    release.mkdir(mode=0o755)
    with _folder(BLOBS, spool) as blobs:
        for file in manifest.files:
            target = release / file.path
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            blob = Blob(sha256=file.sha256, size=file.size)
            if not _copied(old / file.path, target, blob):
                _take(blobs, target, blob)
            target.chmod(0o755 if file.runs else 0o644)
        parts = release / ".wheels"
        parts.mkdir(mode=0o700)
        for wheel in wheels:
            _take(blobs, parts / wheel.name, Blob(sha256=wheel.sha256, size=wheel.size))
    names = {line.partition("==")[0] for line in packages((release / LOCK).read_text())}
    dropped = sorted({line.partition("==")[0] for line in packages((old / LOCK).read_text())} - names)
    machine.environment(old, release, sorted(parts.iterdir()), dropped)
    shutil.rmtree(parts)


def _copied(source: Path, target: Path, blob: Blob) -> bool:
    """Take a file from the release at work where it is the same; say whether."""
    if not source.is_file() or source.stat().st_size != blob.size:
        return False
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != blob.sha256:
        return False
    target.write_bytes(data)
    return True


def _take(blobs: int, target: Path, blob: Blob) -> None:
    """Copy a file of the agent's and look at what was copied; raise ForgedError, OSError where there is no room."""
    digest, left = hashlib.sha256(), blob.size
    try:
        handle = _open_foreign(blobs, blob.sha256, blob.size)
    except OSError as error:
        raise ForgedError(f"{target.name}: {error.strerror}") from None
    with os.fdopen(handle, "rb") as source, target.open("xb") as file:
        while left > 0 and (data := source.read(min(CHUNK, left))):
            digest.update(data)
            file.write(data)
            left -= len(data)
    if left or digest.hexdigest() != blob.sha256:
        raise ForgedError(f"{target.name}: another content")


def read_foreign(folder: int, name: str, most: int) -> bytes:
    """Read a plain file of somebody else's, at most so long; raise OSError for a link, a pipe, a device, or one that is longer."""
    with os.fdopen(_open_foreign(folder, name, most), "rb") as file:
        return file.read(most)


def _open_foreign(folder: int, name: str, most: int) -> int:
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > most:
        os.close(handle)
        raise OSError(0, "no plain file of that size")
    return handle


@contextmanager
def _folder(path: str | Path, inside: int | None = None) -> Iterator[int]:
    """Hold a folder open, not through a link; raise RefusedError where it is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=inside)
    except OSError as error:
        raise RefusedError(UpdateStage.FORGED, why=f"{path}: {error.strerror}") from None
    try:
        yield handle
    finally:
        os.close(handle)


def asked_to_switch(place: Place, word: bytes, name: str) -> bool:
    """Say whether the agent thinks the hour right; what it thinks is only a wish."""
    with suppress(OSError, RefusedError), _folder(place.spool) as spool:
        return read_foreign(spool, name, 64) == word
    return False


def _before(place: Place) -> set[str]:
    return {place.before.readlink().name} if place.before.is_symlink() else set()


def _clear(place: Place, keep: set[str]) -> None:
    """Delete every release but those."""
    for old in place.releases.iterdir():
        if old.name not in keep:
            # first the word that it is whole, so that half of it is nobody's release
            (old / WHOLE).unlink(missing_ok=True)
            shutil.rmtree(old)


def prune(place: Place) -> None:
    """Delete all releases but the one at work and the one before."""
    _clear(place, {place.running(), *_before(place)})
