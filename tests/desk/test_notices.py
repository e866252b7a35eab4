"""大屏 on the desk page: a notice is written at a keyboard, what is wrong is said beside its field, and it is taken down once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.notice import Notice
from kiosk.services import notices
from kiosk.text import t
from tests.desk.conftest import DeskStation
from tests.station import START

TODAY, TOMORROW, PAST = "2026-11-23", "2026-11-24", "2026-11-22"


def test_notice_when_written_at_the_desk_stands_until_it_is_taken_down(desk: DeskStation) -> None:
    browser = desk.signed_in()
    assert t("board_room.no_notices") in browser.open("/notices")
    page = browser.send("/notices", title="明天停电 <b>", body="上午八点到十点。\r\n照样开门。", urgent="1", last=TOMORROW)
    (notice,) = notices.standing(desk.station.here)
    assert (notice.title, notice.body, notice.urgent, notice.starts_at) == ("明天停电 <b>", "上午八点到十点。\n照样开门。", True, START)
    assert t("desk.notice_up") in page
    assert "明天停电 &lt;b&gt;" in page
    assert t("board_room.until", day=t("day.1")) in page
    page = browser.send(f"/notices/{notice.id}")
    assert (t("desk.notice_down") in page, notices.standing(desk.station.here)) == (True, ())


def test_notice_when_it_begins_another_day_is_listed_and_waits(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.open("/notices")
    page = browser.send("/notices", title="后天招工会", first="2026-11-25", last="2026-11-25")
    (notice,) = notices.standing(desk.station.here)
    assert notice.ends_at - notice.starts_at == timedelta(days=1)
    assert t("board_room.starts", day=t("day.2")) in page


@pytest.mark.parametrize(
    ("typed", "key", "words"),
    [
        ({"title": "", "body": "留着的话"}, "title", {}),
        ({"title": "停" * 31, "body": "留着的话"}, "title_long", {"most": 30}),
        ({"title": "停电", "body": "留着的话 13900000001"}, "number", {}),
        ({"title": "停电", "body": "留着的话", "last": PAST}, "ends", {}),
        ({"title": "停电", "body": "留着的话", "last": "昨天"}, "day", {}),
        ({"title": "停电", "body": "留着的话", "last": "9999-12-31"}, "long", {}),
    ],
)
def test_notice_when_something_is_wrong_says_so_and_keeps_what_was_typed(
    desk: DeskStation, typed: dict[str, str], key: str, words: dict[str, int]
) -> None:
    browser = desk.signed_in()
    browser.open("/notices")
    page = browser.send("/notices", **({"last": TODAY} | typed))
    assert (browser.page.status_code, t(f"bad.notice.{key}", **words) in page, "留着的话" in page) == (422, True, True)
    assert notices.standing(desk.station.here) == ()


def test_notice_when_it_is_the_countys_has_no_button_and_stays(desk: DeskStation) -> None:
    own = Notice(id="n", revision=1, station_id=None, title="全县招工会", starts_at=START, ends_at=START + timedelta(days=1))
    with desk.station.store.write() as u:
        u.receive(own, replace(own, id="m", title="再来一次"))
    browser = desk.signed_in()
    assert t("board_room.take_down") not in browser.open("/notices")
    assert t("bad.notice.countys") in browser.send("/notices/n")
    browser.open("/notices")
    browser.send("/notices/nothing")
    assert browser.page.status_code == 404
    assert len(notices.standing(desk.station.here)) == 2


def test_notice_when_the_form_is_not_of_this_seat_does_nothing(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.open("/notices")
    browser.send("/notices", form_key="strange", title="停电", last=TODAY)
    assert (browser.page.status_code, notices.standing(desk.station.here)) == (403, ())
