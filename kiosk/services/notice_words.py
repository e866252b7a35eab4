"""A notice in words for staff: whose it is, from when and until when it stands, and whether it breaks in."""

from datetime import datetime, timedelta

from kiosk.domain.notice import Notice
from kiosk.services import listing_words as words
from kiosk.services.station import local
from kiosk.text import t


def about(notice: Notice, now: datetime) -> str:
    """Say all of it in one line."""
    today = local(now).date()
    said = [t("board_room.countys" if notice.station_id is None else "board_room.ours")]
    if notice.starts_at > now:
        said.append(t("board_room.starts", day=words.day(local(notice.starts_at).date(), today)))
    # the day that it ends on is the one that is over then
    said.append(t("board_room.until", day=words.day(local(notice.ends_at - timedelta(seconds=1)).date(), today)))
    if notice.urgent:
        said.append(t("board_room.urgent"))
    return " ・ ".join(said)
