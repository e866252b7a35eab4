"""Where the store's key comes from. Knows no store; never writes one down (`migrate.make_key`)."""

import os
import subprocess
from pathlib import Path

from kiosk.errors import WrongKey

CREDENTIAL = "station.key"
SEALED = Path("/etc/credstore.encrypted") / CREDENTIAL
UNSEAL_S = 30


def read_key(path: Path) -> str:
    """Read the database key: the file at `path`, else what systemd gives this service, else what only root can unseal.

    Raises WrongKey when there is none, or it cannot be read.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    for file in (path, *([Path(folder) / CREDENTIAL] if folder else [])):
        if file.exists():
            try:
                return file.read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise WrongKey(f"{file.name}: {error.__class__.__name__}") from None
    if os.geteuid() == 0 and SEALED.exists():
        words = ["systemd-creds", "decrypt", f"--name={CREDENTIAL}", str(SEALED), "-"]
        try:
            return subprocess.run(words, capture_output=True, text=True, timeout=UNSEAL_S, check=True).stdout.strip()
        except (OSError, subprocess.SubprocessError) as error:
            raise WrongKey(f"systemd-creds: {error.__class__.__name__}") from None
    raise WrongKey(f"{path.name}: there is none")


def has_key(path: Path) -> bool:
    """Say whether there is a key at all, one that cannot be read included."""
    try:
        return bool(read_key(path))
    except WrongKey:
        return path.exists()
