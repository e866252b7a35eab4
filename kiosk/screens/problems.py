"""Turns errors into the sentence a visitor reads: calm, what to do, no code, no trace."""

from kiosk.errors import BadInput, KioskError, LockedOut, NotAllowed, NotFound, PrinterError, StoreBusy, StoreFull, WrongState
from kiosk.text import t

SENTENCES: tuple[tuple[type[KioskError], str], ...] = (
    (LockedOut, "problem.locked"),
    (NotAllowed, "problem.not_allowed"),
    (NotFound, "problem.gone"),
    (WrongState, "problem.gone"),
    (StoreBusy, "problem.busy"),
    (StoreFull, "problem.full"),
    (PrinterError, "problem.printer"),
)


def sentence(error: Exception) -> str:
    """Give the words for an error."""
    if isinstance(error, BadInput):
        return t(error.key, **error.words)
    return t(next((key for kind, key in SENTENCES if isinstance(error, kind)), "problem.any"))
