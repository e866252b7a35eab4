"""录省平台: what waits at all stations for the provincial platform, as one table. People stand in it: every time is noted."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from kiosk.county import platform
from kiosk.county.console import audit
from kiosk.county.console.counter import Counter, Desk, Form, Seated, local
from kiosk.county.console.roles import Role
from kiosk.county.platform import Sheet
from kiosk.services.table_write import Form as FileForm
from kiosk.services.table_write import csv_lines, file_name, stream_xlsx
from kiosk.text import t
from kiosk.web.pages import TYPES

router = APIRouter()
LAST, PART = 10, 1 << 16


@router.get("/exports")
def exports(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show which tables there are, and who took one last."""
    seat.need(Role.CENTRE)
    with desk.reading.connect() as connection:
        taken = audit.acts(connection, desk.county_id, subject=desk.county_id, most=LAST)
    last = [act for act in taken if act.act == "platform_exported"]
    return desk.show("exports.html.j2", seat, here="exports", sheets=list(Sheet), last=last)


@router.post("/exports/{sheet}")
def take(desk: Desk, form: Form, sheet: Sheet) -> Response:
    """Give a table of the whole county; it is whole on no page and in no memory."""
    form.seat.need(Role.CENTRE)
    kind = FileForm.CSV if form.text("csv") else FileForm.XLSX
    made = TemporaryFile()  # noqa: SIM115 - closed when it was sent
    many = _write(desk, sheet, kind, made)
    with desk.engine.begin() as connection:
        desk.audit(connection, form.seat, "platform_exported", desk.county_id, sheet=sheet.value, form=kind.value, rows=many)
    name = file_name(t(f"export.title_{sheet.value}"), t("county_report.county"), str(desk.today), form=kind)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Content-Length": str(made.tell())}
    return StreamingResponse(_parts(made), media_type=TYPES[kind.value], headers=headers)


def _write(desk: Counter, sheet: Sheet, kind: FileForm, to: IO[bytes]) -> int:
    """Write the table into a file that has no name; give how many rows it has."""
    now = desk.clock()
    head = platform.head(sheet, t("county_report.county"), local(now))
    with desk.reading.connect() as connection:
        rows = platform.rows(connection, desk.county_id, sheet, None, now)
        if kind is FileForm.XLSX:
            return stream_xlsx(head, rows, to)
        return sum(1 for line in csv_lines(head.columns, rows) if to.write(line)) - 1


def _parts(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        made.seek(0)
        while part := made.read(PART):
            yield part
