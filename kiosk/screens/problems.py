"""Turns errors into the sentence a visitor reads: calm, what to do, no code, no trace."""

from datetime import timedelta

from kiosk.errors import (
    BadInput,
    KioskError,
    LockedOut,
    NotAllowed,
    NotFound,
    PrinterError,
    StoreBusy,
    StoreDamaged,
    StoreFull,
    WrongKey,
    WrongState,
)
from kiosk.screens.theme import CHINA
from kiosk.text import t, words

SENTENCES: tuple[tuple[type[KioskError], str], ...] = (
    (LockedOut, "problem.locked"),
    (NotAllowed, "problem.not_allowed"),
    (NotFound, "problem.gone"),
    (WrongState, "problem.gone"),
    (WrongKey, "fault.key"),
    (StoreDamaged, "fault.damaged"),
    (StoreBusy, "problem.busy"),
    (StoreFull, "problem.full"),
    (PrinterError, "problem.printer"),
)


FAULTS: tuple[tuple[type[KioskError], str], ...] = (
    (WrongKey, "fault.key"),
    (StoreDamaged, "fault.damaged"),
    (StoreFull, "fault.full"),
    (StoreBusy, "fault.busy"),
)


def fault_key(error: Exception) -> str:
    """Name the words that tell staff why the terminal cannot work."""
    return next((key for kind, key in FAULTS if isinstance(error, kind)), "fault.any")


def unlocked_at(error: LockedOut) -> str:
    """Say from when one may try again: the minute after, since hours without seconds would name one that is too early."""
    return f"{(error.until + timedelta(minutes=1)).astimezone(CHINA):%H:%M}"


def sentence(error: Exception, *, staff: bool = False) -> str:
    """Give the words for an error; `staff` are not told to call themselves."""
    if isinstance(error, BadInput):
        return t(error.key, **error.words)
    key = next((key for kind, key in SENTENCES if isinstance(error, kind)), "problem.any")
    return t(f"{key}_staff" if staff and f"{key}_staff" in words() else key)
