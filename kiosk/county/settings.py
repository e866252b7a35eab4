"""What the county chooses for its hub, read once from STATE/hub.toml. Knows no database and no web server."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from kiosk.config import check_address, is_loopback
from kiosk.domain.codes import COUNTY
from kiosk.domain.record import RecordError, from_plain
from kiosk.errors import ConfigError

FILE = "hub.toml"
WORKERS_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """Everything the county may choose. An empty `database` means a private PostgreSQL cluster under `state`.

    `host` and `port`: where the hub listens. On loopback it speaks plain HTTP, for a proxy there or a trial; anywhere else TLS.
    `station_base` is the address that stations use, `phone_base` the public one of the phone pages, both without a slash at the end.
    `authority` (PEM) is by what stations know the hub, `certificate` and `certificate_key` are the hub's own for `station_base`; where they
    are empty the county's own are made under STATE/tls. `key_file` encrypts ticket keys.
    `trusted_proxy` is from where another client's address is believed; `metrics_token` opens /metrics from elsewhere than this machine.
    `mini_program_picture` is the mini-program's code, `wechat_file` the text that WeChat wants to read under the prefix before it lets our
    links open the mini-program: files, as the county got them. `replica` is a copy of the database that is only read, for pulls and digests
    (docs/scale.md); empty: they read the database itself.
    """

    state: str
    county: str = COUNTY
    database: str = ""
    replica: str = ""
    key_file: str = ""
    host: str = "127.0.0.1"
    port: int = 8420
    workers: int = 1
    station_base: str = "http://127.0.0.1:8420"
    phone_base: str = "http://127.0.0.1:8420"
    mini_program_picture: str = ""
    wechat_file: str = ""
    authority: str = ""
    certificate: str = ""
    certificate_key: str = ""
    trusted_proxy: str = "127.0.0.1"
    metrics_token: str = ""

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

    @property
    def invite_path(self) -> Path:
        """The first invitation to the trial's console, written when the samples are, mode 0600."""
        return Path(self.state) / "invitation.code"

    @property
    def has_own_authority(self) -> bool:
        """Say whether stations talk TLS under the county's own authority; not in a trial on one machine."""
        return self.station_base.startswith("https://")

    @property
    def serves_tls(self) -> bool:
        """Say whether the hub itself speaks TLS: anywhere but on loopback."""
        return not is_loopback(self.host)

    @property
    def authority_path(self) -> Path:
        """By what stations know the hub."""
        return Path(self.authority) if self.authority else Path(self.state) / "tls" / "authority.pem"

    @property
    def authority_key_path(self) -> Path:
        """The key of an authority that was made here, mode 0600."""
        return Path(self.state) / "tls" / "authority.key"

    @property
    def certificate_path(self) -> Path:
        """The hub's certificate for `station_base`."""
        return Path(self.certificate) if self.certificate else Path(self.state) / "tls" / "hub.pem"

    @property
    def certificate_key_path(self) -> Path:
        """Its key, mode 0600."""
        return Path(self.certificate_key) if self.certificate_key else Path(self.state) / "tls" / "hub-key.pem"


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
    if not 1 <= settings.workers <= WORKERS_MAX:
        raise ConfigError(f"workers: 1 to {WORKERS_MAX}")
    for name in ("station_base", "phone_base"):
        check_address(name, getattr(settings, name))
    if bool(settings.certificate) != bool(settings.certificate_key):
        raise ConfigError("certificate, certificate_key: both or none")
    if settings.certificate and not settings.authority:
        raise ConfigError("authority: by what are stations to know this certificate?")
    if settings.serves_tls and settings.authority and not settings.certificate:
        raise ConfigError("certificate, certificate_key: the hub serves TLS itself, and cannot make them under another's authority")
    if settings.serves_tls and not settings.has_own_authority:
        raise ConfigError("host: plain HTTP only on loopback; for the network, station_base must be https")
    return settings
