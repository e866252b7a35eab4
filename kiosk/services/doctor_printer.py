"""What `kiosk doctor` says of the printer: what is set, how it is, whether it tells that a slip is out, and which others are there.

Must not know devices: the composition root brings what it asks. A printer serves one caller at a time, and the agent is one.
"""

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.ports import Confirms, Paper
from kiosk.errors import ConfigError, KioskError, PrinterAbsent, PrinterNotReady
from kiosk.text import t, words

SIMULATOR, QUEUE = "simulator:", "cups:"
MISSING = (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)
DENIED = (errno.EACCES, errno.EPERM)
TAKEN = (errno.EBUSY, errno.EAGAIN)
"""What the kernel says of a USB printer and of a serial port that another program holds."""

Finding = tuple[bool, str]


class Found(Protocol):
    """Something that may be a printer: over which way, how the setting is written, what it calls itself."""

    @property
    def way(self) -> str:
        """A word of doctor.found."""
        ...

    @property
    def uri(self) -> str:
        """The setting's value."""
        ...

    @property
    def name(self) -> str:
        """May be empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterCase:
    """The printer that settings name by `uri`. `settings` gives paper width in mm and character set, or raises ConfigError."""

    uri: str
    settings: Callable[[], tuple[int, str]]
    ask: Callable[[], tuple[Paper, Confirms]]
    knows_ids: Callable[[], bool]
    find: Callable[[], Sequence[Found]]
    in_use: bool = False
    """The agent runs, and may be with the printer just now."""


def look_at(case: PrinterCase) -> Iterator[Finding]:
    """Say what is set, how the printer is, and how one learns that a slip is out; name others where this one is not to be had."""
    try:
        yield True, _set(case)
        paper, confirms = case.ask()
    except PrinterNotReady as error:
        yield False, not_ready(case.uri, error)
        return
    except ConfigError:
        yield False, t("doctor.printer.setting")
    except PrinterAbsent as error:
        yield False, absent(case.uri, error, in_use=case.in_use)
    else:
        yield True, t("doctor.printer.near_end" if paper is Paper.NEAR_END else "doctor.printer.good")
        yield _confirmed(case, confirms)
        if not case.uri.startswith(SIMULATOR):
            return
    yield from others(case)


def prove_ids(case: PrinterCase) -> Iterator[Finding]:
    """Try whether the printer reports slips by number, and say what to write; may waste some paper."""
    wants, has = _with_ids(case.uri), "ids=yes" in case.uri
    try:
        knows = case.knows_ids()
    except KioskError:
        yield False, t("doctor.ids.not_now")
        return
    if knows:
        yield True, t("doctor.ids.set") if has else t("doctor.ids.knows", line=setting(wants))
    else:
        yield not has, t("doctor.ids.wrong") if has else t("doctor.ids.cannot")


def others(case: PrinterCase) -> Iterator[Finding]:
    """Name what else may be a printer, each with the line that chooses it."""
    found = [one for one in case.find() if one.uri.split("?")[0] != case.uri.split("?")[0]]
    for one in found:
        yield True, t(f"doctor.found.{one.way}", name=one.name or t("doctor.found.nameless"), line=setting(one.uri))
    if not found:
        yield True, t("doctor.found.none")


def not_ready(uri: str, error: PrinterNotReady) -> str:
    """Say what is wrong with a printer that answers, or with the queue before it."""
    return t("doctor.printer.stopped" if uri.startswith(QUEUE) else f"doctor.printer.{error.reason}")


def absent(uri: str, error: PrinterAbsent, *, in_use: bool = False) -> str:
    """Tell a printer that is not there from one that may not be used, one that somebody has, and one that says nothing."""
    code = getattr(error.__cause__, "errno", None)
    if code in DENIED:
        return t("doctor.printer.denied")
    if code in TAKEN or (in_use and code not in MISSING):
        return t("doctor.printer.busy")
    return t("doctor.printer.missing" if code in MISSING or uri.startswith(QUEUE) else "doctor.printer.absent")


def setting(uri: str) -> str:
    """Write the line of kiosk.toml."""
    return f'printer = "{uri}"'


def _with_ids(uri: str) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}ids=yes"


def _set(case: PrinterCase) -> str:
    paper_mm, charset = case.settings()
    way, _, rest = case.uri.partition(":")
    key = f"doctor.way.{way}"
    if key not in words():
        raise ConfigError(case.uri)
    place = rest.split("?")[0].removeprefix("//")
    return t("doctor.printer.set", way=t(key, place=place), paper=paper_mm, charset=t(f"doctor.charset.{charset}"))


def _confirmed(case: PrinterCase, confirms: Confirms) -> Finding:
    if confirms is Confirms.NOTHING and "ids=yes" in case.uri:
        return False, t("doctor.ids.wrong")
    return True, t("doctor.confirms.queue" if case.uri.startswith(QUEUE) else f"doctor.confirms.{confirms.value}")
