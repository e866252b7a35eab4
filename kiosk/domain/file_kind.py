"""What files a station gives to the county, and what a document is, told by its bytes and never by its name."""

import zipfile
from enum import StrEnum
from typing import IO

from kiosk.errors import BadInput

JPEG, PDF, ZIP = b"\xff\xd8\xff", b"%PDF-", b"PK\x03\x04"
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
MACROS = "vbaProject.bin"


class FileKind(StrEnum):
    """What a station's file is for: it shows something of the assessment, it is the year's papers, or an encrypted copy of the store."""

    EVIDENCE = "evidence"
    PAPERS = "papers"
    BACKUP = "backup"


def document_kind(file: IO[bytes]) -> str | None:
    """Give pdf, docx or xlsx, None for what is no document; raise BadInput('file') for another, a broken one or one with macros."""
    head = file.read(len(PDF))
    if head == PDF:
        return "pdf"
    if not head.startswith(ZIP):
        return None
    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise BadInput("file", "bad.evidence.broken") from None
    kind = next((kind for name, kind in OFFICE.items() if name in names), None)
    if kind is None or any(name.endswith(MACROS) for name in names):
        raise BadInput("file", "bad.evidence.kind")
    return kind
