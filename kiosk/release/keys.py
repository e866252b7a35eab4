"""The key that signs releases, and signing with it: where a release is made, never at a station."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import ConfigError
from kiosk.release.sign import CONTEXT, Signed


def make_key(path: Path) -> str:
    """Make a signing key in a 0600 file that must not be there yet; give its public half. Raises ConfigError."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except OSError as error:
        raise ConfigError(f"{path}: {type(error).__name__}") from None
    return public_of(read_key(path))


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read a signing key; raise ConfigError."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: {type(error).__name__}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path}: not an Ed25519 key")
    return key


def public_of(key: Ed25519PrivateKey) -> str:
    """Give a key's public half, hex."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def sign(manifest: str, key: Ed25519PrivateKey) -> Signed:
    """Sign a manifest's text."""
    return Signed(manifest=manifest, signature=key.sign(CONTEXT + manifest.encode()).hex())
