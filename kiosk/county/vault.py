"""The hub's own key: encrypts ticket keys at rest and hashes what is only ever compared. Knows no table."""

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from kiosk.errors import ConfigError


class Vault:
    """Encrypts and hashes under one key from a 0600 file."""

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise ConfigError("the hub's key file does not hold a Fernet key") from None
        self._key = key

    def seal(self, secret: bytes) -> bytes:
        """Encrypt a secret for the database."""
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt a secret; raise ConfigError when it was sealed under another key."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise ConfigError("the hub's key is not the one that sealed this database") from None

    def derive(self, purpose: str, text: str) -> str:
        """Give 64 hex digits that only this key can make of `text`, different for each purpose."""
        return hmac.digest(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).hex()


def open_vault(path: Path) -> Vault:
    """Read the key file, or make it with mode 0600 where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
    return Vault(path.read_bytes().strip())


def token_hash(token: str) -> str:
    """Hash a device token, which is 256 random bits and needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
