"""From a settings URI to a printer. Imported only where slips are printed: python-escpos and Pillow cost half a second."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from kiosk.devices import transport
from kiosk.devices.cups_printer import CupsPrinter
from kiosk.devices.escpos_printer import EscposPrinter, Patience
from kiosk.devices.printer_profile import PAPER_58, PAPER_80, Charset, Dialect, Profile
from kiosk.devices.transport import Transport
from kiosk.errors import ConfigError

PAPERS = {"80": PAPER_80.dots, "58": PAPER_58.dots}
USB = re.compile("([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")
QUEUE = re.compile(r"[^\s/#?@:]+")
ANSWERS = {"no": False, "yes": True}
ENDS = {"cut": False, "present": True}


def open_printer(uri: str, slips: Path | None = None, patience: Patience | None = None) -> EscposPrinter | CupsPrinter:
    """Make the printer that `uri` names, without talking to it yet; raise ConfigError saying what is wrong.

    tcp://host:port · usb://0416:5011/SERIAL (the serial only where there are two of a kind) · file:///dev/usb/lp0 ·
    serial:///dev/ttyS0?baud=9600 · cups://QUEUE (confirms nothing) · simulator: (its slips go to the folder `slips`).
    Behind a ? also paper=58, charset=gb2312, end=present, and where the printer answers status=custom and ids=yes.
    """
    parts, asked, profile = _read(uri)
    way: Transport | None = None
    try:
        if parts.scheme != "cups":
            way = _transport(parts, asked, profile, slips)
        elif not QUEUE.fullmatch(parts.netloc) or parts.path:
            raise ValueError("no name of a queue")
    except (KeyError, ValueError) as error:
        raise ConfigError(f"printer: {uri!r}: {error}") from None
    if asked:
        raise ConfigError(f"printer: {uri!r}: unknown {', '.join(asked)}")
    _load()
    return EscposPrinter(way, profile, patience) if way else CupsPrinter(parts.netloc, profile)


def profile_of(uri: str) -> Profile:
    """Say what kind of printer the setting names; raise ConfigError."""
    return _read(uri)[2]


def with_paper(profile: Profile, paper_mm: int | None) -> Profile:
    """Give the profile on paper of another width, in mm, or the same where None is given."""
    return profile if paper_mm is None else replace(profile, dots=PAPERS[str(paper_mm)])


def mm_of(profile: Profile) -> int:
    """Say how wide its paper is, in mm."""
    return next(int(paper) for paper, dots in PAPERS.items() if dots == profile.dots)


def _read(uri: str) -> tuple[SplitResult, dict[str, str], Profile]:
    """Give the setting's parts, what was asked behind the ? that is the way's own business, and the profile."""
    try:
        parts = urlsplit(uri)
        asked = {k: v[-1] for k, v in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        profile = Profile(
            PAPERS[asked.pop("paper", "80")],
            Charset(asked.pop("charset", Charset.GBK)),
            Dialect(asked.pop("status", Dialect.EPSON)),
            ANSWERS[asked.pop("ids", "no")],
            ENDS[asked.pop("end", "cut")],
        )
    except (KeyError, ValueError) as error:
        raise ConfigError(f"printer: {uri!r}: {error}") from None
    return parts, asked, profile


def _transport(parts: SplitResult, asked: dict[str, str], profile: Profile, slips: Path | None) -> Transport:
    match parts.scheme:
        case "tcp" if parts.hostname:
            return transport.tcp(parts.hostname, parts.port or 9100)
        case "file" if not parts.netloc and parts.path.startswith("/"):
            return transport.device_file(parts.path)
        case "usb" if (numbers := USB.fullmatch(parts.netloc)) and parts.path.count("/") <= 1:
            return transport.usb(int(numbers[1], 16), int(numbers[2], 16), unquote(parts.path[1:]))
        case "serial" if not parts.netloc and parts.path.startswith("/"):
            return transport.serial_port(parts.path, int(asked.pop("baud", "9600")))
        case "simulator":
            from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter

            return transport.tcp("127.0.0.1", PrinterServer(SimulatedPrinter(slips, profile.dots)).port)
    raise ValueError("none of tcp://host:port, usb://0416:5011, file:///path, serial:///path, cups://queue, simulator:")


def _load() -> None:
    """Import now what the first slip would otherwise wait 0.4 s for."""
    import escpos.printer  # noqa: F401
