"""Where releases lie on a station, and what root's part notes there of each. Everything here is root's; the agent only reads it.

/opt/kiosk/current, before      links into releases/: what runs, and what ran before it
/opt/kiosk/update/results.json  how it went with each version
/opt/kiosk/update/trying        there while `current` may be a release that has not proved itself: {"old": NAME, "new": NAME}
/var/lib/kiosk/updates          the agent's: what it fetched. Nothing there is believed
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.domain.release import UpdateStage
from kiosk.on_disk import sync_folder
from kiosk.release.sign import PUBLIC_KEYS

TOP, STATE = Path("/opt/kiosk"), Path("/var/lib/kiosk")
SPOOL, BLOBS, KNOCK, SWITCH = "updates", "blobs", "ready", b"switch"
"""The agent knocks by writing the file `ready`; with the word in it, it thinks the hour right for the change, too."""
WHOLE = ".whole"
TRIES = 3
KEPT = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One station's folders."""

    top: Path = TOP
    state: Path = STATE
    keys: Path = PUBLIC_KEYS

    @property
    def spool(self) -> Path:
        """What the agent fetched."""
        return self.state / SPOOL

    @property
    def releases(self) -> Path:
        """Where releases lie side by side."""
        return self.top / "releases"

    @property
    def current(self) -> Path:
        """What runs."""
        return self.top / "current"

    @property
    def before(self) -> Path:
        """What ran before."""
        return self.top / "before"

    @property
    def trying(self) -> Path:
        """There while a release is on trial."""
        return self.top / "update" / "trying"

    @property
    def results(self) -> Path:
        """How it went with each version."""
        return self.top / "update" / "results.json"

    def running(self) -> str:
        """Name the release that `current` points to."""
        return self.current.readlink().name


def version_of(name: str) -> str:
    """Give the version in a release's name."""
    return name.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How it went with a version, and how often it was put to work."""

    stage: UpdateStage
    tries: int = 0

    @property
    def over(self) -> bool:
        """Say whether it is not tried again."""
        return self.tries >= TRIES or self.stage in (UpdateStage.DONE, UpdateStage.FAILED, UpdateStage.RETURNED)


def results(place: Place) -> dict[str, Result]:
    """Read what was noted; nothing where there is none or it cannot be read."""
    try:
        plain = json.loads(place.results.read_text())
        return {version: Result(stage=UpdateStage(one["stage"]), tries=int(one["tries"])) for version, one in plain.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def note(place: Place, version: str, stage: UpdateStage, tries: int) -> None:
    """Note how it went with a version."""
    told = {v: r for v, r in results(place).items() if v != version} | {version: Result(stage=stage, tries=tries)}
    plain = {v: {"stage": r.stage.value, "tries": r.tries} for v, r in list(told.items())[-KEPT:]}
    write_whole(place.results, plain)


def on_trial(place: Place) -> dict[str, str]:
    """Give the old and the new name while a release is on trial, else nothing."""
    try:
        plain = json.loads(place.trying.read_text())
        return {"old": str(plain["old"]), "new": str(plain["new"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_whole(path: Path, plain: Any) -> None:
    """Replace a file that everybody may read, and have it on the disk."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("w") as file:
        json.dump(plain, file)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o644)
    part.replace(path)
    sync_folder(path.parent)


def point(link: Path, to: str) -> None:
    """Have a link point elsewhere: one rename."""
    part = link.with_name(f".{link.name}.next")
    with suppress(FileNotFoundError):
        part.unlink()
    part.symlink_to(to)
    part.replace(link)
    sync_folder(link.parent)


@contextmanager
def alone(place: Place, *, wait: bool = True) -> Iterator[bool]:
    """Hold all releases: the installer and a second update wait (deploy/lib.sh takes the same lock). Without `wait`, say whether we do."""
    with (place.top / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
