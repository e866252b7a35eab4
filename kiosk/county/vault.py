"""The hub's own key: encrypts ticket keys at rest and hashes what is only ever compared. Knows no table.

The key file holds one key a line, newest first: a new one is put above, the old ones still open what they sealed. The file is looked at
each time, so that a hub at work takes a new key without being started again.
"""

import hashlib
import hmac
import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kiosk.errors import ConfigError

KEPT = 2


class Vault:
    """Encrypts and hashes under the keys of a 0600 file."""

    def __init__(self, path: Path) -> None:
        self._path, self._read_at = path, -1
        self._keys: list[bytes] = []
        self._look()

    def seal(self, secret: bytes) -> bytes:
        """Encrypt a secret for the database, under the newest key."""
        return self._look().encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt a secret; raise ConfigError when it was sealed under another key."""
        try:
            return self._look().decrypt(sealed)
        except InvalidToken:
            raise ConfigError("the hub's key is not the one that sealed this database") from None

    def derive(self, purpose: str, text: str) -> str:
        """Give 64 hex digits that only the newest key can make of `text`, different for each purpose."""
        return self.derivations(purpose, text)[0]

    def derivations(self, purpose: str, text: str) -> list[str]:
        """Give what `derive` gives under each key, newest first."""
        self._look()
        return [hmac.digest(key, f"{purpose}\0{text}".encode(errors="replace"), hashlib.sha256).hex() for key in self._keys]

    def renew(self) -> None:
        """Put a new key above the others and forget all but the last; what older ones sealed must be sealed anew first."""
        self._look()
        _write(self._path, [Fernet.generate_key(), *self._keys[: KEPT - 1]])

    def _look(self) -> MultiFernet:
        changed_at = self._path.stat().st_mtime_ns
        if changed_at != self._read_at:
            keys = self._path.read_bytes().split()
            try:
                self._fernet = MultiFernet([Fernet(key) for key in keys])
            except ValueError:
                raise ConfigError("the hub's key file does not hold a Fernet key") from None
            self._keys, self._read_at = keys, changed_at
        return self._fernet


def open_vault(path: Path) -> Vault:
    """Read the key file, or make it with mode 0600 where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, [Fernet.generate_key()])
    return Vault(path)


def _write(path: Path, keys: list[bytes]) -> None:
    """Replace the file whole; who made it first wins where several start at once."""
    part = path.with_suffix(f".{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"\n".join(keys) + b"\n")
        os.fsync(file.fileno())
    if path.exists():
        held = path.stat()
        os.chown(part, held.st_uid, held.st_gid)  # root may have run the tool; the hub must still read it
        part.replace(path)
    else:
        with suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
