"""The exception tree. Every error the product raises on purpose is one of these; foreign exceptions are mapped into it at the seam.

KioskError
├── BadInput            what a person or a file gave cannot be used; `.field` says which, `.key` which sentence of kiosk/text says why
├── NotAllowed          the caller may not do this (signed out, wrong role, his own listing)
│   └── LockedOut       too many wrong PINs; `.until` says when the next try counts
├── WrongState          a life cycle does not allow this step from here
├── NotFound            no such record
├── StoreError          the station's database cannot be used
│   ├── WrongKey        the key file does not open it
│   ├── StoreBusy       another process held a lock too long
│   ├── StoreFull       the disk is full or read-only
│   ├── StoreDamaged    the file is not whole
│   └── BackupGone      the folder for backups is not there or cannot be written
├── PrinterError        the printer did not do what it was told; `.sent` bytes had left
│   ├── PrinterAbsent   nobody answers at the address
│   ├── PrinterNotReady it answers, and says why not (`.reason`: a Trouble)
│   └── PrinterCut      the line broke after the first byte: what is on paper is not known
├── SyncError           the hub did not take or give what was asked
│   ├── HubUnreachable  no line, a time-out, a refused connection
│   ├── HubFailed       it answered 5xx or something that is not the protocol
│   ├── HubRefused      it answered with a typed error: `.code`
│   └── HubForged       whoever answers is not known by the county's authority
├── TicketError         a token that is not one of ours; `.code`: malformed, forged, expired, unknown_key
└── ConfigError         settings that contradict themselves or lack something
"""

from datetime import datetime


class KioskError(Exception):
    """Root of everything raised on purpose."""


class BadInput(KioskError):
    """Say which field cannot be used and which sentence explains it."""

    def __init__(self, field: str, key: str, /, **words: object) -> None:
        super().__init__(f"{field}: {key}")
        self.field, self.key, self.words = field, key, words


class NotAllowed(KioskError):
    """The caller may not do this."""


class LockedOut(NotAllowed):
    """Too many wrong PINs; the next try counts only after `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"locked until {until.isoformat()}")
        self.until = until


class WrongState(KioskError):
    """The life cycle does not allow this step from the present state."""


class NotFound(KioskError):
    """There is no such record."""


class StoreError(KioskError):
    """The station's database cannot be used."""


class WrongKey(StoreError):
    """The key does not open the database."""


class StoreBusy(StoreError):
    """Another process held a lock too long."""


class StoreFull(StoreError):
    """The disk is full or cannot be written."""


class StoreDamaged(StoreError):
    """The database's file is not whole."""


class BackupGone(StoreError):
    """The folder for backups is not there, or cannot be written."""


class PrinterError(KioskError):
    """The printer did not do what it was told; `sent` bytes had left before."""

    def __init__(self, message: str, sent: int = 0) -> None:
        super().__init__(message)
        self.sent = sent


class PrinterAbsent(PrinterError):
    """Nobody answers at the printer's address."""


class PrinterNotReady(PrinterError):
    """The printer answers and says why it cannot print: `reason` is a domain.print_job.Trouble."""

    def __init__(self, reason: str, sent: int = 0) -> None:
        super().__init__(reason, sent)
        self.reason = reason


class PrinterCut(PrinterError):
    """The line broke after the first byte, so nobody knows what is on the paper."""


class SyncError(KioskError):
    """The hub did not take or give what was asked. It may have said to come back only after `wait_s` seconds."""

    wait_s = 0.0


class HubUnreachable(SyncError):
    """No line, a time-out or a refused connection."""


class HubFailed(SyncError):
    """The hub answered 5xx or something that is not the protocol."""


class HubRefused(SyncError):
    """The hub answered with a typed error."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class HubForged(SyncError):
    """Whoever answers is not the county: its authority is another one."""


class TicketError(KioskError):
    """A token that is not a valid ticket of ours; `code` is malformed, forged, expired or unknown_key."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ConfigError(KioskError):
    """Settings contradict themselves or lack something."""
