"""设备: every terminal as it last told of itself, those that need a visit first; one terminal's board, doctor, keys and end."""

from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.county import boards, doctor, enrolment, files
from kiosk.county.boards import LATE, BoardState, Told
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated, local
from kiosk.county.console.roles import COUNTY_ROLES, Role
from kiosk.domain.file_kind import FileKind
from kiosk.errors import NotFound
from kiosk.text import t, words
from kiosk.web.pages import go

router = APIRouter()
DISK_MB, CLOCK_S = 1024, 120
"""Less room than this on a disk, or a clock so far off, wants somebody to look."""
SAID = ("asked", "renew", "revoked")


@router.get("/fleet")
def show(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show every terminal that is not shut out."""
    now = desk.clock()
    with desk.reading.connect() as connection:
        seen = desk.sees(connection, seat)
        every = [one for one in boards.told(connection, desk.county_id) if seen is None or one.station_id in seen]
    troubled = [(one, found) for one in every if (found := list(troubles(one, now)))]
    bad = {one.device_id for one, _ in troubled}
    fine: list[tuple[Told, list[str]]] = [(one, []) for one in every if one.device_id not in bad]
    return desk.show("fleet.html.j2", seat, here="fleet", troubled=troubled, fine=fine, printer=printer_words)


@router.get("/fleet/{device_id}")
def show_one(desk: Desk, seat: Seated, device_id: str, said: str = "") -> HTMLResponse:
    """Show one terminal: what it told, its board's picture, what its doctor answered."""
    one = _find(desk, seat, device_id)
    with desk.engine.connect() as connection:
        answer = next(iter(doctor.answers(connection, desk.county_id, [device_id])), None)
        copies = files.kept(connection, desk.settings, one.station_id, FileKind.BACKUP)
        pictured = boards.picture(connection, desk.county_id, device_id) is not None
    return desk.show(
        "terminal.html.j2",
        seat,
        here="fleet",
        title=one.station,
        one=one,
        troubles=list(troubles(one, desk.clock())),
        answer=answer,
        pictured=pictured,
        copied_at=next((copy.whole_at for copy in copies if copy.device_id == device_id), None),
        printer=printer_words,
        may_act=seat.user.role in COUNTY_ROLES,
        said=t(f"console.fleet.said_{said}") if said in SAID else "",
    )


@router.get("/fleet/{device_id}/board.jpg")
def give_picture(desk: Desk, seat: Seated, device_id: str) -> Response:
    """Give what the board last showed."""
    _find(desk, seat, device_id)
    with desk.reading.connect() as connection:
        content = boards.picture(connection, desk.county_id, device_id)
    if content is None:
        raise NotFound(f"picture of {device_id}")
    return Response(content, media_type="image/jpeg")


@router.post("/fleet/{device_id}/doctor")
def ask(desk: Desk, form: Form, device_id: str) -> Response:
    """Ask its doctor."""
    form.seat.need(*COUNTY_ROLES)
    _find(desk, form.seat, device_id)
    with desk.engine.begin() as connection:
        doctor.ask_one(connection, desk.county_id, device_id, desk.clock())
        desk.audit(connection, form.seat, "doctor_asked", device_id)
    return go(f"{ROOT}/fleet/{device_id}?said=asked")


@router.post("/fleet/{device_id}/renew")
def renew(desk: Desk, form: Form, device_id: str) -> Response:
    """Have it take new keys."""
    form.seat.need(Role.CENTRE)
    _find(desk, form.seat, device_id)
    with desk.engine.begin() as connection:
        enrolment.ask_to_renew(connection, desk.county_id, device_id, desk.clock())
        desk.audit(connection, form.seat, "device_renewed", device_id)
    return go(f"{ROOT}/fleet/{device_id}?said=renew")


@router.post("/fleet/{device_id}/revoke")
def revoke(desk: Desk, form: Form, device_id: str) -> Response:
    """Shut it out."""
    form.seat.need(Role.CENTRE)
    one = _find(desk, form.seat, device_id)
    with desk.engine.begin() as connection:
        enrolment.revoke(connection, desk.county_id, device_id, desk.clock())
        desk.audit(connection, form.seat, "device_revoked", device_id)
    return go(f"{ROOT}/stations/{one.station_id}")


def troubles(one: Told, now: datetime) -> Iterator[str]:
    """Say what is wrong with a terminal as far as the county knows, the gravest first."""
    if one.heard_at is None or one.report is None or one.told_at is None:
        yield t("console.fleet_trouble.never")
        return
    if now - one.told_at > LATE:
        yield t("console.fleet_trouble.silent", when=f"{local(one.told_at):%m-%d %H:%M}")
        return
    report = one.report
    if one.board(now)[0] is BoardState.STOPPED:
        yield t("console.fleet_trouble.board")
    if report.printer is not None and report.printer.trouble:
        yield printer_words(one)
    elif report.printer is not None and report.printer.near_end:
        yield t("console.fleet_trouble.near_end")
    if report.free_mb is not None and report.free_mb < DISK_MB:
        yield t("console.fleet_trouble.disk", count=report.free_mb)
    if report.clock_offset_s is not None and abs(report.clock_offset_s) > CLOCK_S:
        yield t("console.fleet_trouble.clock", count=round(abs(report.clock_offset_s)))
    if report.parked:
        yield t("console.fleet_trouble.parked", count=report.parked)


def printer_words(one: Told) -> str:
    """Say how a terminal's printer was when it was last asked; a trouble names the printer itself."""
    printer = one.report.printer if one.report else None
    if printer is None:
        return t("county_boards.printer_unknown")
    if not printer.trouble:
        return t("today.printer_near_end" if printer.near_end else "county_boards.printer_good")
    key = f"today.printer_{printer.trouble}"
    return t(key) if key in words() else t("console.fleet_trouble.printer", what=printer.trouble)


def _find(desk: Counter, seat: Seat, device_id: str) -> Told:
    with desk.engine.connect() as connection:
        seen = desk.sees(connection, seat)
        every = boards.told(connection, desk.county_id)
    one = next((one for one in every if one.device_id == device_id and (seen is None or one.station_id in seen)), None)
    if one is None:
        raise NotFound(f"device {device_id}")
    return one
