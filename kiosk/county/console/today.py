"""今天 at the console: what waits for somebody, each with the way to it."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.county.console.counter import Desk, Seated

router = APIRouter()


@router.get("/")
def today(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show what waits."""
    return desk.show("today.html.j2", seat, here="today", needs=[])
