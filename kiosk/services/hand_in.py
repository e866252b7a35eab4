"""Files for the county: which it lacks, which it refused, and which copy of the store it has. Sends nothing (`kiosk.agent.files`)."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.file_kind import FileKind
from kiosk.domain.record import to_plain
from kiosk.domain.yearly import Claim, PaperSet
from kiosk.store.store import SENT, Store, UnitOfWork

COPY, COPY_AT, COPY_TROUBLE = "files.copy", "files.copy_at", "files.copy_trouble"
"""The copy of the store that is on its way or was the last to arrive, by its file's name; when the last one had arrived, and why the county
refuses one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that the county lacks."""

    digest: str
    kind: FileKind
    size: int


def waiting(u: UnitOfWork) -> list[Waiting]:
    """Give what the county lacks: what shows something first, of that small ones first."""
    found = [Waiting(digest=digest, kind=FileKind(kind), size=size) for digest, kind, size in u.unsent()]
    return sorted(found, key=lambda one: (one.kind is not FileKind.EVIDENCE, one.size))


def settle(store: Store, digest: str, refused: str = "") -> None:
    """Note that the county has a file, or why it refuses it: then it is not sent again."""
    with store.write() as u:
        u.told(digest, refused or SENT)


def refused(u: UnitOfWork) -> list[str]:
    """Give the codes with which the county refused files that still stand for something."""
    claims = {(claim.year, claim.item): claim.file_digest for claim in u.list(Claim)}
    papers = {one.year: one.file_digest for one in u.list(PaperSet)}
    standing = {*claims.values(), *papers.values()}
    return [code for digest, code in u.refused_files() if digest in standing]


def on_its_way(u: UnitOfWork) -> str:
    """Give the name of the copy of the store that is on its way, empty where none is."""
    last = u.recall(COPY) or ""
    return "" if last.startswith(f"{SENT} ") else last


def begin_copy(store: Store, name: str) -> None:
    """Note which copy of the store is on its way, so that a slow line does not begin with another one each day."""
    with store.write() as u:
        u.remember(COPY, name)


def settle_copy(store: Store, name: str, now: datetime, refused: str = "") -> None:
    """Note that the county has a copy of the store, or why it refuses it."""
    with store.write() as u:
        u.remember(COPY, f"{SENT} {name}")
        u.remember(COPY_TROUBLE, refused)
        if not refused:
            u.remember(COPY_AT, to_plain(now))


def next_copy(u: UnitOfWork, names: list[str]) -> str:
    """Choose among the copies that are there, oldest first: the one on its way, else the newest; empty where that one is settled."""
    last = u.recall(COPY) or ""
    if last in names:
        return last
    return names[-1] if names and last != f"{SENT} {names[-1]}" else ""


def county_copy(u: UnitOfWork) -> tuple[datetime | None, str]:
    """Say when the county's copy of the store had arrived, None where it has none, and why it refuses one."""
    at = u.recall(COPY_AT)
    return (datetime.fromisoformat(at) if at else None), u.recall(COPY_TROUBLE) or ""


def ask_anew(u: UnitOfWork) -> None:
    """Forget what the county had of our files: it, or we, were put back from a backup."""
    u.send_files_again(SENT)
    u.remember(COPY, "")


def ask_again(store: Store, code: str) -> None:
    """Let files be sent again that the county refused with this code: it may think otherwise by now."""
    with store.write() as u:
        u.send_files_again(code)
