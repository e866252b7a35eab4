"""Makes a signed release of a checkout and a folder of wheels: one tar file that is the same each time. Sends it nowhere.

release.json        the manifest and the signature over it
blobs/SHA256        every content once
"""

import hashlib
import io
import tarfile
import tomllib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.record import RecordError
from kiosk.domain.release import LOCK, TOPS, Manifest, ReleaseFile, Wheel, packages, read, write
from kiosk.errors import ConfigError
from kiosk.release.keys import public_of, sign
from kiosk.release.sign import SIGNED, public_keys, to_bytes

BLOBS = "blobs"
PUBLIC = "deploy/release.pub"


def make(tree: Path, wheels: Path | None, key: Ed25519PrivateKey, target: Path) -> Manifest:
    """Write the release of what stands in `tree`; raise ConfigError where something is missing or does not fit.

    The program is to know its own signer, so the tree's deploy/release.pub must name the key; where there is none it is added.
    """
    contents: dict[str, bytes] = {}
    files = []
    for path in sorted(p for top in TOPS for p in ([tree / top] if (tree / top).is_file() else (tree / top).rglob("*"))):
        name = path.relative_to(tree).as_posix()
        if path.is_symlink():
            raise ConfigError(f"{name}: a link cannot travel")
        if not path.is_file() or path.suffix == ".pyc":
            continue
        files.append(_file(name, path.read_bytes(), bool(path.stat().st_mode & 0o100), contents))
    known = public_keys(tree / PUBLIC)
    if not (tree / PUBLIC).exists():
        files.append(_file(PUBLIC, f"{public_of(key)}\n".encode(), False, contents))
    elif public_of(key) not in known:
        raise ConfigError(f"{PUBLIC}: does not name this key, so that no station would take the next release")
    packed = []
    for path in sorted(wheels.glob("*.whl")) if wheels else ():
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        contents[digest] = data
        packed.append(Wheel(name=path.name, sha256=digest, size=len(data)))
    try:
        told = write(Manifest(version=_version(tree), files=tuple(files), wheels=tuple(packed)))
        manifest = read(told)
    except RecordError as error:
        raise ConfigError(str(error)) from None
    locked = packages((tree / LOCK).read_text())
    if stray := [wheel.name for wheel in manifest.wheels if wheel.package not in locked]:
        raise ConfigError(f"{LOCK} names no {', '.join(stray)}")
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in ((SIGNED, to_bytes(sign(told, key))), *((f"{BLOBS}/{digest}", contents[digest]) for digest in sorted(contents))):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return manifest


def _file(name: str, data: bytes, runs: bool, contents: dict[str, bytes]) -> ReleaseFile:
    digest = hashlib.sha256(data).hexdigest()
    contents[digest] = data
    return ReleaseFile(path=name, sha256=digest, size=len(data), runs=runs)


def _version(tree: Path) -> str:
    """Read the version, which pyproject.toml and the program's own word must agree on; raise ConfigError."""
    try:
        version = str(tomllib.loads((tree / "pyproject.toml").read_text())["project"]["version"])
        told = (tree / "kiosk" / "config.py").read_text()
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{tree}: {type(error).__name__}") from None
    if f'VERSION = "{version}"' not in told:
        raise ConfigError(f"kiosk/config.py does not say VERSION = {version!r}, and a station is judged by what its program says")
    return version
