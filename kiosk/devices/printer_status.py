"""What a printer's status bytes say, in the two dialects that kiosk printers speak. Knows no line, no slip and no waiting.

Epson: DLE EOT 1, 2, 3, 4, one byte each, bits 1 and 4 always set, 0 and 7 never (Epson's ESC/POS Command Reference, "DLE EOT"; the same
table in the manuals of its clones). Custom: DLE EOT 20, "full status": 10 0F, then paper, user, recoverable errors, unrecoverable errors
(VKP80III commands manual 915DX010100, "Status commands"; the public driver vkp80iii and two others agree on the bits). Only Custom's tells
that a slip hangs in the mouth.
"""

import re
from itertools import takewhile

from kiosk.devices.printer_profile import Dialect
from kiosk.domain.ports import Paper
from kiosk.domain.print_job import Trouble
from kiosk.errors import PrinterNotReady

QUESTION = {Dialect.EPSON: b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", Dialect.CUSTOM: b"\x10\x04\x14"}
SIZE = {Dialect.EPSON: 4, Dialect.CUSTOM: 6}
HEADER = b"\x10\x0f"
LATE = {Dialect.EPSON: re.compile(rb"[\x12\x16\x1a\x1e26:>RVZ^rvz~]"), Dialect.CUSTOM: re.compile(rb"\x10\x0f....", re.DOTALL)}
"""A status that came too late, among other answers."""
NO_REPORT = 0x90
"""Of these bits one is set in whatever begins a status, none in an answer to GS r, which an earlier slip may still owe."""

# Epson
OFFLINE = 0x08
COVER, PAPER_STOP, ERROR = 0x04, 0x20, 0x40
RECOVERABLE, CUTTER, UNRECOVERABLE, RECOVERS_ITSELF = 0x04, 0x08, 0x20, 0x40
NEAR_END, PAPER_END = 0x0C, 0x60

# Custom; a COM error (0x02) and a command not acknowledged (0x20) are the line's, and stay set when it is well again
C_NO_PAPER, C_NEAR_END, C_TICKET, C_VIRTUAL_END = 0x01, 0x04, 0x20, 0x40
C_HEAD_UP, C_COVER = 0x01, 0x02
C_HOT, C_VOLTAGE, C_JAM, C_MARK = 0x01, 0x08, 0x40, 0x80
C_CUTTER, C_CUTTER_COVER, C_INSIDE = 0x01, 0x02, 0xCC
"""The last one: memories, and the motor that hands the slip out."""


def status_in(dialect: Dialect, heard: bytes) -> bytes:
    """Give what has come of a status, without answers to GS r."""
    if dialect is Dialect.CUSTOM:
        owed = sum(1 for _ in takewhile(lambda b: not b & NO_REPORT, heard))
        return heard[owed : owed + SIZE[dialect]]
    return bytes(b for b in heard if b & NO_REPORT)


def read(dialect: Dialect, answer: bytes) -> Paper:
    """Say how much paper there is; raise PrinterNotReady with the Trouble that keeps the printer from printing."""
    trouble, near_end = _custom(answer) if dialect is Dialect.CUSTOM else _epson(answer)
    if trouble:
        raise PrinterNotReady(trouble)
    return Paper.NEAR_END if near_end else Paper.OK


def _epson(answer: bytes) -> tuple[Trouble | None, bool]:
    if len(answer) != 4 or LATE[Dialect.EPSON].sub(b"", answer):
        return Trouble.FAULT, False
    printer, cause, error, roll = answer
    # a printer whose cover was opened while it printed also calls that an error which recovers by itself
    found = [
        (Trouble.COVER, cause & COVER),
        (Trouble.PAPER, cause & PAPER_STOP or roll & PAPER_END),
        (Trouble.FAULT, error & UNRECOVERABLE),
        (Trouble.JAM, error & (RECOVERABLE | CUTTER)),
        (Trouble.HOT, error & RECOVERS_ITSELF),
        (Trouble.FAULT, printer & OFFLINE or cause & ERROR),
    ]
    return next((trouble for trouble, bits in found if bits), None), bool(roll & NEAR_END)


def _custom(answer: bytes) -> tuple[Trouble | None, bool]:
    if len(answer) != 6 or not answer.startswith(HEADER):
        return Trouble.FAULT, False
    paper, user, recoverable, unrecoverable = answer[2:]
    found = [
        (Trouble.COVER, user & (C_HEAD_UP | C_COVER) or unrecoverable & C_CUTTER_COVER),
        (Trouble.PAPER, paper & C_NO_PAPER),
        (Trouble.FAULT, unrecoverable & C_INSIDE),
        (Trouble.JAM, recoverable & C_JAM or unrecoverable & C_CUTTER),
        (Trouble.HOT, recoverable & C_HOT),
        (Trouble.FAULT, recoverable & (C_VOLTAGE | C_MARK)),
        (Trouble.TAKE, paper & C_TICKET),
    ]
    return next((trouble for trouble, bits in found if bits), None), bool(paper & (C_NEAR_END | C_VIRTUAL_END))
