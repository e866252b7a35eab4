"""Signatures of releases: Ed25519 over a manifest's text. Who holds the key decides what every station of the county runs.

The library is loaded with the first signature that is looked at: the agent reads this module at every start, and it takes 7 MB.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.domain.record import RecordError, from_plain, to_plain
from kiosk.domain.release import MANIFEST_MAX_BYTES, Manifest, read

CONTEXT = b"yunmeng-kiosk release 1\n"
"""So that nothing else that the key may ever sign is a release."""
PUBLIC = re.compile(r"[0-9a-f]{64}")
SIGNED = "release.json"
PUBLIC_KEYS = Path("/etc/kiosk/release.pub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A manifest's text and the signature over it, hex."""

    manifest: str
    signature: str


class ForgedError(Exception):
    """Not signed by a key that this machine knows, or not what was signed."""


def public_keys(path: Path) -> tuple[str, ...]:
    """Read the keys that this machine believes, one a line, hex; none where there is no file."""
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(line for line in lines if PUBLIC.fullmatch(line))


def verify(signed: Signed, keys: tuple[str, ...]) -> Manifest:
    """Give the manifest that one of these keys has signed; raise ForgedError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        signature = bytes.fromhex(signed.signature)
    except ValueError:
        raise ForgedError("signature") from None
    for key in keys:
        with suppress(InvalidSignature, ValueError):
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, CONTEXT + signed.manifest.encode(errors="replace"))
            try:
                return read(signed.manifest)
            except RecordError as error:
                raise ForgedError(str(error)) from None
    raise ForgedError("no key of ours has signed it")


def to_bytes(signed: Signed) -> bytes:
    """Write a signed manifest as a file."""
    return json.dumps(to_plain(signed)).encode()


def from_bytes(data: bytes) -> Signed:
    """Read one back; raise ForgedError."""
    if len(data) > 2 * MANIFEST_MAX_BYTES:
        raise ForgedError("too long")
    try:
        return from_plain(Signed, json.loads(data))
    except (ValueError, RecursionError, RecordError):
        raise ForgedError("not a signed release") from None
