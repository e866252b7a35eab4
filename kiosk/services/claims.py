"""What the head enters for the assessment where no machine measures: a number, a note and the file that shows it. Nothing is erased."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from kiosk.domain.assessment import TENTH
from kiosk.domain.file_kind import FileKind
from kiosk.domain.record import new_id
from kiosk.domain.yearly import Claim
from kiosk.errors import BadInput, NotFound
from kiosk.services import evidence_file
from kiosk.services.assessment import years
from kiosk.services.ruling import rubric_of
from kiosk.services.sign_in import Session
from kiosk.services.station import Here

NOTE_MOST, VALUE_MOST, NAME_MOST = 100, Decimal(9999), 80


def claim(
    here: Here,
    session: Session,
    code: str,
    value: str,
    note: str = "",
    file: tuple[str, bytes] | None = None,
    year: int | None = None,
) -> Claim:
    """Enter an item of a year, this one unless another is named; without a new file the one shown before for that year stays.

    Raises NotAllowed for all but the head, NotFound for an item that the system measures or a year that cannot be chosen,
    BadInput('value', 'note' or 'file').
    """
    session.need_head("evidence")
    year = year or here.today().year
    _entered(here, code, year)
    said, note = _number(value), note.strip()
    if len(note) > NOTE_MOST:
        raise BadInput("note", "bad.evidence.note", most=NOTE_MOST)
    kind, content = evidence_file.fit(file[1]) if file else ("", b"")
    with here.store.write() as u:
        before = next(reversed(u.list(Claim, station_id=here.station_id, year=year, item=code)), None)
        # a clock that stands or was set back lets no earlier word stand
        now = max(here.now(), before.entered_at + timedelta(milliseconds=1)) if before else here.now()
        name, size, digest = (before.file_name, before.file_size, before.file_digest) if before else ("", 0, "")
        if file:
            name, size, digest = _name(file[0], kind), len(content), evidence_file.digest(content)
            u.attach(digest, content, FileKind.EVIDENCE)
        made = Claim(
            id=new_id(now),
            station_id=here.station_id,
            year=year,
            item=code,
            value=said,
            note=note,
            file_name=name,
            file_size=size,
            file_digest=digest,
            by_id=session.staff_id,
            by_name=session.name,
            entered_at=now,
        )
        u.keep(made)
        u.audit(now, session.staff_id, "claim", made.id, item=code, value=said, file=digest)
    return made


def shown(here: Here, session: Session, claim_id: str) -> tuple[Claim, bytes]:
    """Give a claim's file; raise NotAllowed for all but the head, NotFound where there is none."""
    session.need_head("evidence")
    with here.store.read() as u:
        found = u.need(Claim, claim_id)
        content = u.attached(found.file_digest)
    if content is None:
        raise NotFound(claim_id)
    return found, content


def _entered(here: Here, code: str, year: int) -> None:
    if year not in years(here).all:
        raise NotFound(f"{year}")
    with here.store.read() as u:
        rubric = rubric_of(here, u, year)
    if not any(item.code == code and not item.measure for item in rubric.items):
        raise NotFound(code)


def _number(typed: str) -> str:
    try:
        value = Decimal(typed.strip())
    except InvalidOperation:
        raise BadInput("value", "bad.evidence.value") from None
    if not value.is_finite() or not 0 <= value <= VALUE_MOST or value != value.quantize(TENTH):
        raise BadInput("value", "bad.evidence.value")
    return f"{value.normalize():f}"


def _name(typed: str, kind: str) -> str:
    """Give the name under which the file is shown again: without a path and with the ending of what it is."""
    plain = typed.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    stem = "".join(c for c in plain if c.isprintable()).strip()[:NAME_MOST]
    return f"{stem or kind}.{kind}"
