"""Releases for tests: tiny programs, signed by real keys, on a prefix, and a machine that keeps what was done to it in files."""

import json
import os
import shutil
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.release import Manifest, UpdateStage
from kiosk.release.keys import public_of
from kiosk.release.make import make
from kiosk.release.place import BLOBS, KNOCK, SWITCH, WHOLE, Place, point, version_of

SIGNER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
LOCK = "numpy==2.4.6\n"


def a_tree(folder: Path, version: str, lock: str = LOCK, files: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Write a tiny program."""
    told = {
        "kiosk/__main__.py": f"print({version!r})\n",
        "kiosk/config.py": f'VERSION = "{version}"\n',
        "kiosk/same.py": "# the same in every version\n" * 50,
        "assets/词.toml": "a = 1\n",
        "deploy/apply.sh": "#!/bin/sh\n",
        "pyproject.toml": f'[project]\nversion = "{version}"\n',
        "requirements.lock": lock,
        **files,
    }
    for name, text in told.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "deploy/apply.sh").chmod(0o755)
    return folder


def a_release(
    folder: Path,
    version: str,
    key: Ed25519PrivateKey = SIGNER,
    lock: str = LOCK,
    wheels: Path | None = None,
    files: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Path, Manifest]:
    """Make a signed release; give the file and what it holds."""
    file = folder / f"{version}.tar"
    return file, make(a_tree(folder / f"tree-{version}", version, lock, files), wheels, key, file)


def a_place(folder: Path, version: str = "0.1.0") -> Place:
    """Install a first release on a prefix, as the installer does."""
    place = Place(folder / "opt", folder / "state", folder / "release.pub")
    place.releases.mkdir(parents=True)
    place.state.mkdir()
    place.keys.write_text(f"{public_of(SIGNER)}\n")
    (folder / "first").mkdir()
    file, manifest = a_release(folder / "first", version)
    release = place.releases / manifest.name
    with tarfile.open(file) as tar:
        for one in manifest.files:
            source = tar.extractfile(f"{BLOBS}/{one.sha256}")
            assert source is not None
            (release / one.path).parent.mkdir(parents=True, exist_ok=True)
            (release / one.path).write_bytes(source.read())
    (release / ".venv").mkdir()
    (release / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    (release / WHOLE).touch()
    point(place.current, f"releases/{manifest.name}")
    (place.top / "system").write_text(manifest.name)
    (place.top / "runs").write_text(manifest.name)
    return place


def fetched(place: Place, file: Path, word: bytes = SWITCH) -> None:
    """Have a release lie where the agent puts it."""
    shutil.rmtree(place.spool, ignore_errors=True)
    place.spool.mkdir()
    with tarfile.open(file) as tar:
        tar.extractall(place.spool)
    (place.spool / KNOCK).write_bytes(word)


@dataclass
class FileMachine:
    """What a station would do, kept in two files: whose units the system has, and which program runs, if any."""

    place: Place
    kind: str = "x86_64"
    unwell: frozenset[str] = frozenset()
    always_bad: frozenset[str] = frozenset()
    free: int = 10**12
    visit: bool = False
    wrong_on_copy: UpdateStage | None = None
    now: float = 0.0
    on_start: Callable[[str], None] = lambda _: None
    tried: list[str] = field(default_factory=list)

    @property
    def runs(self) -> str:
        return (self.place.top / "runs").read_text()

    @property
    def system(self) -> str:
        return (self.place.top / "system").read_text()

    def free_bytes(self, folder: Path) -> int:
        return self.free

    def environment(self, old: Path, new: Path, wheels: Sequence[Path], dropped: Sequence[str]) -> None:
        shutil.copytree(old / ".venv", new / ".venv", copy_function=os.link)
        (new / ".venv/told").write_text(json.dumps([[wheel.name for wheel in wheels], list(dropped)]))

    def try_store(self, release: Path) -> UpdateStage | None:
        self.tried.append(release.name)
        return self.wrong_on_copy

    def quiet(self) -> bool:
        return not self.visit

    def bad(self, version: str) -> frozenset[str]:
        runs = version_of(self.runs)
        return self.always_bad | (frozenset({"terminal"}) if runs != version or runs in self.unwell else frozenset())

    def stop(self) -> None:
        (self.place.top / "runs").write_text("")

    def apply(self, release: Path) -> None:
        assert (release / WHOLE).exists()
        (self.place.top / "system").write_text(release.name)

    def start(self, *, wait: bool) -> None:
        (self.place.top / "runs").write_text(self.place.running())
        self.on_start(self.place.running())

    def time(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds
