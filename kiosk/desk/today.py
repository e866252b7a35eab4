"""今天 on the desk page: what needs somebody now."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.desk.counter import Desk, Seated
from kiosk.services.publish import pending
from kiosk.text import t

router = APIRouter()


@router.get("/")
def today(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show what waits."""
    return desk.show("today.html.j2", seat, title=t("today.title"), waiting=len(pending(desk.here)))
