"""考核, what a station handed in as files: whether its bundle is as it was when it was handed in, looked at here or brought on a stick."""

from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.county import files
from kiosk.county.console.counter import Counter
from kiosk.domain.bundle import checked
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput

SHOWN = 10
"""So many altered files are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What was found of a bundle: `state` is same, altered, none (it is no bundle) or absent; `altered` names files. `of`: the papers that
    it was held against, where they are not the newest.
    """

    state: str
    altered: tuple[str, ...] = ()
    name: str = ""
    of: PaperSet | None = None


def look(desk: Counter, connection: sa.Connection, papers: PaperSet) -> Bundle:
    """Hold the bundle that came over the station's line against the digest in its record, file by file."""
    path = files.find(connection, desk.settings, papers.file_digest)
    if path is None:
        return Bundle(state="absent")
    with path.open("rb") as file:
        try:
            return found(checked(file, papers.digest))
        except BadInput:
            return Bundle(state="altered", altered=(papers.file_name,))


def found(altered: list[str], name: str = "", of: PaperSet | None = None) -> Bundle:
    """Say what a check came to."""
    return Bundle(state="altered" if altered else "same", altered=tuple(altered[:SHOWN]), name=name, of=of)
