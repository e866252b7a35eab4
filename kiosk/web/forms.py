"""Reads forms that our own pages made: their fields, ticks and files. Knows nobody who sent one and no page."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

FORM_KEY = "form_key"
FILE_MAX = 8 * 1024 * 1024
FIELDS_MAX = 10_000
"""The longest paste gives some hundred ads of some twenty-five fields each: the parser's own thousand would lose what was typed."""
LINE_MAX = 200
"""So long is what somebody types into one line: a reason, a note."""


class StrangeFormError(Exception):
    """A form that this seat's pages did not make, or that was left lying until another signed in."""


@dataclass(frozen=True)
class Fields:
    """What came with a form."""

    fields: FormData

    def text(self, name: str, most: int = LINE_MAX) -> str:
        """Give what was typed, without blanks around it; empty when the field did not come. A browser lets nobody type more than `most`."""
        value = self.fields.get(name, "")
        return value.strip()[:most] if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Give a whole number that the page itself wrote; raise StrangeFormError."""
        return whole(self.text(name))

    def texts(self, name: str) -> list[str]:
        """Give every value of a field that comes more than once, as ticked boxes do."""
        return [v for v in self.fields.getlist(name) if isinstance(v, str)]

    def prefixed(self, prefix: str) -> Mapping[str, str]:
        """Give the fields whose name begins so, by the rest of the name."""
        return {k[len(prefix) :]: v.strip() for k, v in self.fields.items() if k.startswith(prefix) and isinstance(v, str)}

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Give an uploaded file's name and bytes; None when none was chosen. Longer ones were refused with the body."""
        value = self.fields.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            return None
        return value.filename, value.file.read(FILE_MAX + 1)

    def opened(self, name: str) -> tuple[str, IO[bytes]] | None:
        """Give an uploaded file's name and the file itself, which is gone with the form; None when none was chosen."""
        value = self.fields.get(name)
        return (value.filename, value.file) if isinstance(value, UploadFile) and value.filename else None


@asynccontextmanager
async def fields_of(request: Request, form_key: str) -> AsyncIterator[FormData]:
    """Read a form that carries this key, and let go of its files afterwards; raise StrangeFormError for any other."""
    async with request.form(max_files=1, max_fields=FIELDS_MAX) as fields:
        if fields.get(FORM_KEY) != form_key:
            raise StrangeFormError
        yield fields


def whole(words: str) -> int:
    """Read a whole number that a page wrote; raise StrangeFormError for anything else, and for what no store could keep."""
    if not (words.isascii() and words.isdigit() and len(words) <= 9):
        raise StrangeFormError
    return int(words)
