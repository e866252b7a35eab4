"""The one file that the four papers travel in, and whether all in it is as it was when they were handed in. Pure: reads what it is given.

A list beside the papers (MANIFEST) names the SHA-256 of each; the digest of that list goes to the county as a record (`PaperSet.digest`).
"""

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from typing import IO

from kiosk.errors import BadInput

MANIFEST = "manifest.json"
OPENED_MAX = 512 * 1024**2
"""Bytes that a bundle may open to: what is larger was not made by a station, whose evidence is small files (own)."""
CHUNK = 1024**2
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError)
"""What the library raises for a file that is none, is cut off, is locked, or says of itself what is not true."""


def listed(file: IO[bytes]) -> str:
    """Give the digest of the list in a bundle; raise BadInput('file') for what is no bundle."""
    with _opened(file) as found:
        digest = _digest(found, MANIFEST)
    if not digest:
        raise BadInput("file", "bad.bundle.none")
    return digest


def checked(file: IO[bytes], digest: str) -> list[str]:
    """Give the files of a bundle that are not as they were when its digest was made; [MANIFEST] where the list itself is another.

    What came in besides, what is missing and what stands twice are named, too. Raises BadInput('file') for what is no bundle.
    """
    with _opened(file) as found:
        if _digest(found, MANIFEST) != digest:
            return [MANIFEST]
        said = _files(found.read(MANIFEST))
        names = Counter(found.namelist())
        twice = {name for name, count in names.items() if count > 1}
        wrong = {name for name in said if name not in names or _digest(found, name) != said[name]}
        return sorted(wrong | twice | (names.keys() - said.keys() - {MANIFEST}))


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        found = zipfile.ZipFile(file)
    except BROKEN:
        raise BadInput("file", "bad.bundle.none") from None
    sizes = {one.filename: one.file_size for one in found.infolist()}
    if sum(one.file_size for one in found.infolist()) > OPENED_MAX or sizes.get(MANIFEST, 0) > CHUNK:
        raise BadInput("file", "bad.bundle.none")
    return found


def _files(manifest: bytes) -> Mapping[str, str]:
    try:
        said = json.loads(manifest)
    except (ValueError, RecursionError):
        said = None
    files = said.get("files") if isinstance(said, dict) else None
    if not isinstance(files, dict):
        raise BadInput("file", "bad.bundle.none")
    return files


def _digest(found: zipfile.ZipFile, name: str) -> str:
    """Give a file's SHA-256; empty where it is not there, or cannot be read to its end."""
    digest = hashlib.sha256()
    try:
        with found.open(name) as file:
            while data := file.read(CHUNK):
                digest.update(data)
    except BROKEN:
        return ""
    return digest.hexdigest()
