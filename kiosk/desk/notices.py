"""大屏 on the desk page: the notices that stand on the board, writing one at a keyboard, taking one down."""

from collections.abc import Mapping
from datetime import date, datetime, time

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import Counter, Desk, Form, Seated
from kiosk.desk.seats import Seat
from kiosk.domain.notice import BODY_MOST, TITLE_MOST
from kiosk.errors import BadInput
from kiosk.services import notices
from kiosk.services.notice_words import about
from kiosk.services.station import CHINA
from kiosk.text import t
from kiosk.web.pages import go

router = APIRouter()
SAID = ("up", "down")
FIELDS = ("title", "body", "urgent", "first", "last")
ROOM = 4 * BODY_MOST
"""Characters that are taken from a field, so that one is told how many are too many."""


@router.get("/notices")
def standing(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show what stands, and an empty form."""
    return _page(desk, seat, said=t(f"desk.notice_{said}") if said in SAID else "")


@router.post("/notices")
def write(desk: Desk, form: Form) -> Response:
    """Put a notice up; what was typed stays when something is wrong."""
    typed = {name: form.text(name, ROOM) for name in FIELDS}
    try:
        today = desk.here.today()
        first, last = _day(typed["first"], today), _day(typed["last"], today)
        starts_at = datetime.combine(first, time(), CHINA) if first > today else None
        notices.put_up(desk.here, form.seat.session, typed["title"], typed["body"], bool(typed["urgent"]), last, starts_at)
    except BadInput as error:
        return _page(desk, form.seat, troubles={error.field: t(error.key, **error.words)}, typed=typed)
    return go("/notices?said=up")


@router.post("/notices/{notice_id}")
def take_down(desk: Desk, form: Form, notice_id: str) -> Response:
    """Take one down."""
    notices.take_down(desk.here, form.seat.session, notice_id)
    return go("/notices?said=down")


def _day(typed: str, today: date) -> date:
    try:
        return date.fromisoformat(typed) if typed else today
    except ValueError:
        raise BadInput("ends_at", "bad.notice.day") from None


def _page(
    desk: Counter,
    seat: Seat,
    *,
    said: str = "",
    troubles: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    now = desk.here.now()
    return desk.show(
        "notices.html.j2",
        seat,
        422 if troubles else 200,
        title=t("section.board_room"),
        said=said,
        troubles=troubles or {},
        typed=typed or dict.fromkeys(FIELDS, "") | {"last": desk.here.today().isoformat()},
        notices=[(n, about(n, now), n.station_id is not None) for n in notices.standing(desk.here)],
        most={"title": TITLE_MOST, "body": BODY_MOST},
    )
