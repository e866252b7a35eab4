"""What the county chooses for its hub, read once from STATE/hub.toml. Knows no database and no web server."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from kiosk.domain.codes import COUNTY
from kiosk.domain.record import RecordError, from_plain
from kiosk.errors import ConfigError

FILE = "hub.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """Everything the county may choose. An empty `database` means a private PostgreSQL cluster under `state`.

    `phone_base` is the public address of the phone pages, without a slash at its end; `key_file` encrypts ticket keys.
    `mini_program_picture` is the mini-program's code, `wechat_file` the text that WeChat wants to read under the prefix before it lets our
    links open the mini-program: files, as the county got them.
    """

    state: str
    county: str = COUNTY
    database: str = ""
    key_file: str = ""
    host: str = "127.0.0.1"
    port: int = 8420
    phone_base: str = "http://127.0.0.1:8420"
    mini_program_picture: str = ""
    wechat_file: str = ""

    @property
    def key_path(self) -> Path:
        """The hub's own key, mode 0600."""
        return Path(self.key_file) if self.key_file else Path(self.state) / "hub.key"

    @property
    def cluster_path(self) -> Path:
        """Where the private cluster lives."""
        return Path(self.state) / "pg"

    @property
    def code_path(self) -> Path:
        """A one-time code for the trial's own terminal, written when the samples are, mode 0600."""
        return Path(self.state) / "enrol.code"


def load(state: Path) -> HubSettings:
    """Read STATE/hub.toml; raise ConfigError naming the setting that is wrong. A missing file gives the defaults."""
    path = state / FILE
    try:
        table = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        settings = from_plain(HubSettings, {**table, "state": str(state)})
    except (tomllib.TOMLDecodeError, RecordError, OSError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if not (settings.county.isdigit() and len(settings.county) == 6):
        raise ConfigError("county: six digits (GB/T 2260)")
    if not settings.phone_base.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise ConfigError("phone_base: plain HTTP only on loopback")
    return settings
