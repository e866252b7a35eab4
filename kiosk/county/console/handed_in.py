"""考核, the files of a station's year: given to whoever judges, and a bundle that came by another way held against what was handed in."""

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from kiosk.county import assessing, files
from kiosk.county.console import assessment
from kiosk.county.console.assessment import Year
from kiosk.county.console.bundles import Bundle, found
from kiosk.county.console.counter import Desk, Form, Seated
from kiosk.county.console.roles import COUNTY_ROLES
from kiosk.domain.bundle import checked, listed
from kiosk.domain.file_kind import JPEG
from kiosk.errors import BadInput, NotFound
from kiosk.text import t
from kiosk.web.pages import TYPES

router = APIRouter()
NAME_MAX = 80


@router.get("/assessment/{year}/{station_id}/files/{digest}")
def give_file(desk: Desk, seat: Seated, year: Year, station_id: str, digest: str) -> Response:
    """Give what a station showed for an item, or its papers: a picture to be looked at, all else to be kept."""
    papers = assessment.find(desk, seat, year, station_id).papers
    names = {item.file_digest: item.file_name for item in papers.items if item.file_digest} if papers else {}
    names |= {papers.file_digest: papers.file_name} if papers else {}
    with desk.reading.connect() as connection:
        path = files.find(connection, desk.settings, digest) if digest in names else None
    if path is None:
        raise NotFound(f"file {digest}")
    with path.open("rb") as file:
        is_picture = file.read(len(JPEG)) == JPEG
    if is_picture:
        return FileResponse(path, media_type="image/jpeg")
    kind = TYPES.get(names[digest].rsplit(".", 1)[-1].lower(), "application/octet-stream")
    return FileResponse(path, media_type=kind, filename=names[digest])


@router.post("/assessment/{year}/{station_id}/check")
def check(desk: Desk, form: Form, year: Year, station_id: str) -> Response:
    """Hold a bundle that came on a stick or by mail against what the station handed in: the one that it is of, else the newest. It is not
    kept.
    """
    form.seat.need(*COUNTY_ROLES)
    newest = assessment.find(desk, form.seat, year, station_id).papers
    given = form.opened("bundle")
    if newest is None:
        raise NotFound("nothing was handed in")
    if given is None:
        return _told(desk, form, year, station_id, trouble=t("bad.bundle.empty"))
    name, file = given[0][:NAME_MAX], given[1]
    with desk.engine.connect() as connection:
        every = assessing.handed_in(connection, desk.county_id, year, station_id)
    try:
        digest = listed(file)
        of = next((one for one in reversed(every) if one.digest == digest), newest)
        bundle = found(checked(file, of.digest), name, of if of.id != newest.id else None)
    except BadInput as error:
        return _told(desk, form, year, station_id, trouble=t(error.key, **error.words))
    with desk.engine.begin() as connection:
        desk.audit(connection, form.seat, "bundle_checked", station_id, year=year, result=bundle.state)
    return _told(desk, form, year, station_id, bundle)


def _told(desk: Desk, form: Form, year: int, station_id: str, bundle: Bundle | None = None, trouble: str = "") -> Response:
    troubles = {"bundle": trouble} if trouble else None
    return assessment.draw(desk, form.seat, year, station_id, brought=bundle, troubles=troubles)
