"""One frozen, validated Settings, read once by the composition root from STATE/kiosk.toml; never read at import.

Distances are metres, sizes pixels unless the name says otherwise.
"""

import ipaddress
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.domain import wifi
from kiosk.domain.playlist import LEAST_DWELL_S
from kiosk.domain.programme import read_quiet
from kiosk.domain.record import RecordError, from_plain
from kiosk.errors import ConfigError

VERSION = "0.1.0"
FILE = "kiosk.toml"
ATTRACT_LEAST_S = 30
INCHES = (15, 120)


class Night(StrEnum):
    """What the screens are while the station is shut and nobody is there."""

    OFF = "off"
    BLACK = "black"
    ON = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPlace:
    """Where a borderless window stands on the X screen."""

    left: int = 0
    top: int = 0
    width: int = 1920
    height: int = 1080


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSettings:
    """What the board's sizes and dwell are computed from, and how it behaves in its hall.

    `screen_inches`: the panel's diagonal as it is sold, however it hangs; 0 for what the screen tells of itself, else 50.
    `dwell_s`: the least that a page stands; one that takes longer to read aloud twice stands longer.
    `quiet`: hours of China's clock in which it is dim and silent, as 21:00-05:00; empty for none.
    `chime`, `spoken`: a number that staff call rings, and is said.
    """

    screen_inches: float = 0.0
    reading_m: float = 4.0
    scanning_m: float = 2.0
    dwell_s: float = 20.0
    stale_after_s: int = 6 * 3600
    quiet: str = "21:00-05:00"
    chime: bool = True
    spoken: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an installer may choose.

    `printer` is a URI: tcp://host:port, usb://0416:5011 (/SERIAL behind it where two of a kind are plugged in), file:///dev/usb/lp0,
    serial:///dev/ttyS0?baud=9600, cups://QUEUE or simulator:. `kiosk doctor` finds printers and writes the line. A queue of CUPS confirms
    nothing: after each of its slips the visitor is asked whether it came out, and neither paper nor cover is known.
    Behind a ? (& between): paper=58, charset=gb2312, status=custom&end=present for Custom's VKP80 and its like, ids=yes where
    `kiosk doctor --printer` proved it.
    `scanner` is one, too: serial:///dev/ttyACM0?baud=9600, hid:///dev/input/by-id/NAME-event-kbd, simulator: (write codes into
    STATE/run/scanner), or empty for none.
    `hub` is the county's address; empty where the station was enrolled with a text that names it.
    `desk` is where the staff's page listens, as host:port (0.0.0.0:8443 for the station's own network); empty switches it off.
    `wifi_name` and `wifi_password` are the visitors' network; without a name there is none, without a password it is open.
    `backup_dir` is a folder on another disk for the nightly copies, as a whole path; it is not made, so that a disk that was pulled out is
    noticed. Empty: only the newest copy is kept, in a folder of the state, for the county and for a store that breaks.
    `night`: while the station is shut the screens are off; black for a touch screen that sleeps with its picture and would not wake; or on.
    `attract_after_s`: so long at rest at home, the terminal shows what one can do here; 0 switches that off.
    """

    state: str
    hub: str = ""
    phone_base: str = "https://example.invalid"
    printer: str = "simulator:"
    speaker: str = "espeak"
    scanner: str = ""
    desk: str = ""
    terminal: WindowPlace = WindowPlace()
    board: WindowPlace = WindowPlace(left=1920)
    board_look: BoardSettings = BoardSettings()
    idle_s: int = 75
    idle_warning_s: int = 20
    sync_wait_s: int = 25
    sample: bool = False
    mini_program_picture: str = ""
    backup_dir: str = ""
    wifi_name: str = ""
    wifi_password: str = ""
    attract_after_s: int = 120
    night: Night = Night.OFF

    @property
    def state_dir(self) -> Path:
        """The folder that holds the store, its key, the spool's pictures and the health files."""
        return Path(self.state)

    @property
    def copies_dir(self) -> Path:
        """Where the nightly copies lie: on the other disk, or without one in the state folder."""
        return Path(self.backup_dir) if self.backup_dir else self.state_dir / "copies"

    @property
    def store_path(self) -> Path:
        """The station's database."""
        return self.state_dir / "station.db"

    def desk_at(self) -> tuple[str, int]:
        """Give host and port of the staff's page; raise ConfigError."""
        host, _, port = self.desk.rpartition(":")
        if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise ConfigError(f"desk: {self.desk!r} is not host:port")
        return host.strip("[]"), int(port)

    @property
    def key_path(self) -> Path:
        """The raw database key: 64 hex digits, mode 0600."""
        return self.state_dir / "station.key"


def load(state: Path) -> Settings:
    """Read STATE/kiosk.toml; raise ConfigError naming the setting that is wrong. A missing file gives the defaults."""
    path = state / FILE
    try:
        table = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        settings = from_plain(Settings, {**table, "state": str(state)})
    except (tomllib.TOMLDecodeError, RecordError, OSError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if not 60 <= settings.idle_s <= 90:
        raise ConfigError("idle_s: 60 to 90 seconds (RULES, privacy)")
    if settings.desk:
        settings.desk_at()
    if settings.backup_dir and not Path(settings.backup_dir).is_absolute():
        raise ConfigError(f"backup_dir: {settings.backup_dir!r} is not a whole path")
    if bad := wifi.wrong(settings.wifi_name, settings.wifi_password):
        raise ConfigError(f"wifi_{bad}: a name has at most 32 bytes, a password 8 to 63 plain characters")
    if settings.attract_after_s and settings.attract_after_s < ATTRACT_LEAST_S:
        raise ConfigError(f"attract_after_s: 0, or at least {ATTRACT_LEAST_S} seconds: somebody may still be reading home")
    look = settings.board_look
    if look.screen_inches and not INCHES[0] <= look.screen_inches <= INCHES[1]:
        raise ConfigError(f"board_look.screen_inches: 0, or {INCHES[0]} to {INCHES[1]}, the screen's diagonal in inches")
    if not (look.reading_m > 0 and look.scanning_m > 0):
        raise ConfigError("board_look.reading_m, board_look.scanning_m: metres, more than 0")
    if settings.board_look.dwell_s < LEAST_DWELL_S:
        raise ConfigError(f"board_look.dwell_s: at least {LEAST_DWELL_S:g} seconds")
    try:
        read_quiet(settings.board_look.quiet)
    except ValueError:
        raise ConfigError("board_look.quiet: from-until, as 21:00-05:00, or empty") from None
    if settings.hub:
        check_address("hub", settings.hub)
    return settings


def check_address(name: str, base: str) -> None:
    """Look whether an address is one that people and keys may be sent to; raise ConfigError."""
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError(f"{name}: not an address") from None
    if parts.scheme not in ("http", "https") or not host or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(f"{name}: https://HOST or https://HOST:PORT, nothing behind it")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigError(f"{name}: plain HTTP only on loopback")


def is_loopback(host: str) -> bool:
    """Say whether a name or an address stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
