"""今天 on the desk page: what needs somebody now, most urgent first, and the way to where it is done: a room here, or the terminal."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.desk.counter import Desk, Seated
from kiosk.desk.sections import SECTIONS
from kiosk.domain.station import Role
from kiosk.services.rules import say
from kiosk.services.station import local
from kiosk.services.today import Item, Urgency
from kiosk.services.today import today as needs
from kiosk.text import t

router = APIRouter()
HEADS = {Urgency.NOW: "today.now", Urgency.TODAY: "today.day", Urgency.SOON: "today.soon"}
HELPED = frozenset({"printer", "parked", "sync", "shut_out", "mended", "disk", "backup", "update", "file"})
"""What is mended with the hands: the page says how."""


@router.get("/")
def today(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show what waits."""
    found = needs(desk.here)
    groups = [
        (t(head), urgency.name.lower(), [_card(item, seat.session.role) for item in found if item.urgency is urgency])
        for urgency, head in HEADS.items()
        if any(item.urgency is urgency for item in found)
    ]
    part = _part_of_day(local(desk.here.now()).hour)
    return desk.show(
        "today.html.j2",
        seat,
        title=t("today.title"),
        greeting=t(f"today.{part}", name=seat.session.name),
        head=t("today.count", count=len(found)) if found else "",
        groups=groups,
    )


def _card(item: Item, role: Role) -> dict[str, Any]:
    room = next((s for s in SECTIONS if s.key == item.page and s.open_to(role)), None)
    # what one does with a thing is the same wherever one reads it
    helped = t(f"today.{item.need.value}_help") if item.need.value in HELPED else ""
    detail = say(item.detail) if item.detail else ""
    return {
        "title": say(item.title),
        "detail": detail if room or item.page or item.need.value == "printer" else "",
        "help": helped,
        "path": room.path if room else "",
        "go": t("desk.go_to", room=t(f"section.{room.key}")) if room else "",
        # what is the head's alone is read by all, and is done nowhere by the others
        "elsewhere": not any(s.key == item.page for s in SECTIONS) and not helped,
    }


def _part_of_day(hour: int) -> str:
    for until, part in ((5, "evening"), (11, "morning"), (14, "noon"), (18, "afternoon")):
        if hour < until:
            return part
    return "evening"
