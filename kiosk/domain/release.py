"""What a release of the program is: a manifest that names every file by path, mode, digest and size, and which release may follow which.

A manifest comes from outside: nothing in it is believed before its signature was checked, and nothing out of bounds even then.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.record import RecordError, from_plain, to_plain

FILES_MAX, FILE_MAX_BYTES, WHEEL_MAX_BYTES, MANIFEST_MAX_BYTES = 20_000, 64 * 1024**2, 512 * 1024**2, 8 * 1024**2
TOPS = frozenset({"kiosk", "assets", "deploy", "pyproject.toml", "requirements.lock"})
"""What the installer takes, and nothing beside it."""
LOCK = "requirements.lock"
_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
_WHEEL = re.compile(r"[A-Za-z0-9_.]+-[A-Za-z0-9_.+!]+(-\d[A-Za-z0-9_.]*)?-[a-z0-9_.]+-[a-z0-9_.]+-(?P<platform>[a-z0-9_.]+)\.whl")


class UpdateStage(StrEnum):
    """How far a station has come with a release.

    FETCHING, WAITING for a quiet hour, TRYING (its program is at work and watched) lead to DONE. It ends before it begins when it is FORGED
    (the signature or a digest does not fit), OLDER than what runs, when there is no room (FULL), when it could not be put together or its
    try on a copy of the store went wrong (FAILED). RETURNED: the station was not well with it and went back.
    """

    FETCHING = "fetching"
    WAITING = "waiting"
    TRYING = "trying"
    DONE = "done"
    FORGED = "forged"
    OLDER = "older"
    FULL = "full"
    FAILED = "failed"
    RETURNED = "returned"


FINAL = frozenset({UpdateStage.DONE, UpdateStage.FORGED, UpdateStage.OLDER, UpdateStage.FAILED, UpdateStage.RETURNED})
"""After these a release is not tried again; the county makes another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file's content."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of the program, by its path under the release's folder."""

    path: str
    sha256: str
    size: int
    runs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One Python package, by the name of its file."""

    name: str
    sha256: str
    size: int

    @property
    def package(self) -> str:
        """Name and version as a line of the lock has them, plain."""
        name, version = self.name.split("-")[:2]
        return plain_line(f"{name}=={version}")

    def fits(self, machine: str) -> bool:
        """Say whether it is for this kind of machine (x86_64, aarch64)."""
        found = _WHEEL.fullmatch(self.name)
        return found is not None and (found["platform"] == "any" or found["platform"].endswith(f"_{machine}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole release."""

    version: str
    files: tuple[ReleaseFile, ...]
    wheels: tuple[Wheel, ...] = ()

    @property
    def name(self) -> str:
        """Version and contents, as deploy/lib.sh names a release that it makes from the same files."""
        lines = sorted((file.path.encode(), file.sha256) for file in self.files)
        told = b"".join(digest.encode() + b"  " + path + b"\n" for path, digest in lines)
        return f"{self.version}-{hashlib.sha256(told).hexdigest()[:8]}"

    def blobs(self) -> dict[str, Blob]:
        """Give every content once, by its digest."""
        held = {file.sha256: Blob(sha256=file.sha256, size=file.size) for file in self.files}
        return held | {wheel.sha256: Blob(sha256=wheel.sha256, size=wheel.size) for wheel in self.wheels}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateState:
    """A release, and how far this station has come with it; `done` is the share of what it lacked that it has, in hundredths."""

    version: str
    stage: str
    done: int = 0


def write(manifest: Manifest) -> str:
    """Write a manifest as the text that is signed: the same release gives the same text."""
    return json.dumps(to_plain(manifest), ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def read(text: str) -> Manifest:
    """Read a manifest; raise RecordError for anything that no release of ours holds."""
    if len(text) > MANIFEST_MAX_BYTES:
        raise RecordError("manifest", "too long")
    try:
        manifest = from_plain(Manifest, json.loads(text))
    except (ValueError, RecursionError):
        raise RecordError("manifest", "not JSON") from None
    order(manifest.version)
    if not 0 < len(manifest.files) <= FILES_MAX or len(manifest.wheels) > FILES_MAX:
        raise RecordError("files", "too few or too many")
    for name, size, most in (
        *((one.sha256, one.size, FILE_MAX_BYTES) for one in manifest.files),
        *((one.sha256, one.size, WHEEL_MAX_BYTES) for one in manifest.wheels),
    ):
        if not _DIGEST.fullmatch(name) or not 0 <= size <= most:
            raise RecordError("sha256, size", "out of bounds")
    paths = {one.path for one in manifest.files}
    if len(paths) != len(manifest.files) or len({one.name for one in manifest.wheels}) != len(manifest.wheels):
        raise RecordError("files", "a name twice")
    for path in paths:
        _look_at(path, paths)
    if any(not _WHEEL.fullmatch(one.name) for one in manifest.wheels):
        raise RecordError("wheels", "not a wheel's name")
    if not {"pyproject.toml", LOCK, "kiosk/__main__.py", "deploy/apply.sh"} <= paths:
        raise RecordError("files", "not a whole program")
    return manifest


def _look_at(path: str, paths: set[str]) -> None:
    parts = path.split("/")
    bad = parts[0] not in TOPS or any(part in (".", "..") or not _PART.fullmatch(part) for part in parts)
    # a file cannot be a folder of another
    if (
        bad
        or len(path) > 500
        or any("/".join(parts[:n]) in paths for n in range(1, len(parts)))
        or path == parts[0] in ("kiosk", "assets", "deploy")
    ):
        raise RecordError("path", "out of bounds")


def order(version: str) -> tuple[int, int, int]:
    """Give a version as numbers that compare; raise RecordError."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise RecordError("version", "three numbers with dots between")
    return int(found[1]), int(found[2]), int(found[3])


def is_newer(version: str, than: str) -> bool:
    """Say whether a release may follow another: only upwards, so that an old one with an old fault cannot be played again."""
    return order(version) > order(than)


def plain_line(line: str) -> str:
    """Give a line of a lock, or a wheel's package, so that the two compare (PEP 503)."""
    name, _, version = line.strip().partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version.lower()}"


def packages(lock: str) -> set[str]:
    """Give the packages that a lock names."""
    return {plain_line(line) for line in lock.splitlines() if line.strip()}


def wheels_lacking(manifest: Manifest, lock: str, held: str, machine: str) -> tuple[Wheel, ...]:
    """Give the wheels that a machine needs whose environment was made from `held`; raise RecordError where the release has none."""
    wanted = packages(lock) - packages(held)
    found = tuple(one for one in manifest.wheels if one.package in wanted and one.fits(machine))
    if missing := wanted - {one.package for one in found}:
        raise RecordError("wheels", f"none for {machine} of {', '.join(sorted(missing))}")
    return found
