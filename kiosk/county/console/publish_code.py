"""发布, the mini-program's code: a picture that is looked into, made small, and stands on phone pages and terminals from its day on."""

import base64
import io
import warnings
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from PIL import Image, UnidentifiedImageError

from kiosk.county import editions, phone_files
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import Counter, Desk, Form, Seated
from kiosk.county.console.publish_forms import read_day
from kiosk.county.console.publishing import home, note, show_page
from kiosk.county.console.roles import Role
from kiosk.county.editions import Kind
from kiosk.domain.rule_sheet import MINI_PROGRAM
from kiosk.errors import BadInput, WrongState
from kiosk.text import t
from kiosk.web.pages import go

router = APIRouter()
UPLOAD_MAX = 1024 * 1024
SIDE_LEAST, SIDE_MOST = 200, 4000
SIDE_KEPT = 480
"""Twice what a phone page shows: sharp on every phone, and small enough for a weak signal."""
SQUARE = 1.15
FORMATS = ("PNG", "JPEG")
SAID = ("out", "waits", "retired", "taken_back")


@router.get("/publish/code")
def show(desk: Desk, seat: Seated, said: str = "", number: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> HTMLResponse:
    """Show the code that stands, or that of one edition, and all there were."""
    return _page(desk, seat, said=t(f"console.publish.said_{said}") if said in SAID else "", number=number)


@router.post("/publish/code")
def publish(desk: Desk, form: Form) -> Response:
    """Take a picture in and publish it from its day on."""
    form.seat.need(Role.CENTRE)
    effective, now, base = form.text("effective_on"), desk.clock(), form.number("base")
    try:
        effective_on = read_day("effective_on", effective)
        picture = small(form.file("picture"))
        content = {"name": phone_files.name_of(picture), "type": "image/png", "picture": base64.b64encode(picture).decode()}
        with desk.engine.begin() as connection:
            who = form.seat.user.id
            saved = editions.save(connection, desk.county_id, Kind.PICTURE, MINI_PROGRAM, base, content, effective_on, who, now)
            note(desk, connection, form.seat, "edition_published", saved)
    except BadInput as error:
        return _page(desk, form.seat, effective, {error.field: t(error.key, **error.words)})
    except WrongState:
        return _page(desk, form.seat, effective, stale=True)
    return go(f"{home(Kind.PICTURE)}?said={'waits' if saved.state is editions.State.WAITING else 'out'}")


def small(file: tuple[str, bytes] | None) -> bytes:
    """Give an uploaded picture as a PNG for phones; raise BadInput('picture') for what is none, by what is in it and not by its name."""
    if file is None or not file[1]:
        raise BadInput("picture", "bad.publish.picture_none")
    if len(file[1]) > UPLOAD_MAX:
        raise BadInput("picture", "bad.publish.picture_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(file[1]), formats=FORMATS) as opened:
                wide, tall = opened.size
                if not (min(wide, tall) >= SIDE_LEAST and max(wide, tall) <= SIDE_MOST):
                    said: dict[str, object] = {"least": SIDE_LEAST, "most": SIDE_MOST, "wide": wide, "tall": tall}
                    raise BadInput("picture", "bad.publish.picture_size", **said)
                if max(wide, tall) > SQUARE * min(wide, tall):
                    raise BadInput("picture", "bad.publish.picture_shape", wide=wide, tall=tall)
                flat = Image.new("RGB", opened.size, "white")
                drawn = opened.convert("RGBA")
                flat.paste(drawn, mask=drawn.getchannel("A"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadInput("picture", "bad.publish.picture") from None
    flat.thumbnail((SIDE_KEPT, SIDE_KEPT), Image.Resampling.LANCZOS)
    for colours in (256, 64, 16):
        made = io.BytesIO()
        flat.quantize(colours).save(made, "PNG", optimize=True)
        if made.tell() <= phone_files.PICTURE_MAX:
            break
    return made.getvalue()


def _page(
    desk: Counter,
    seat: Seat,
    effective: str = "",
    troubles: dict[str, str] | None = None,
    *,
    stale: bool = False,
    said: str = "",
    number: int = 0,
) -> HTMLResponse:
    today = desk.today
    with desk.engine.connect() as connection:
        past = editions.history(connection, desk.county_id, Kind.PICTURE, MINI_PROGRAM)
        held = next(iter(editions.in_force(connection, desk.county_id, Kind.PICTURE, today, MINI_PROGRAM)), None)
    chosen = next((one for one, _ in past if one.number == number and one.content), None)
    values: dict[str, Any] = {
        "past": past,
        "chosen": chosen,
        "newest": past[0][0].number if past else 0,
        "held": held if held and held.content else None,
        "by_setting": bool(desk.settings.mini_program_picture),
        "typed": {"effective_on": effective or f"{today}"},
        "troubles": troubles or {},
        "stale": stale,
        "said": said,
    }
    return show_page(desk, "publish_code.html.j2", seat, 409 if stale else 422 if troubles else 200, tab="code", **values)
