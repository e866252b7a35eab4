"""大屏 in staff mode, by touch on a real store: a number is called, called again and ended; a notice is written, put up and taken down."""

import json

from kiosk.domain.board_seen import QUIET
from kiosk.domain.notice import Notice, SlipCall
from kiosk.domain.record import to_plain
from kiosk.services import notices
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks, sample_state, spell, start_real, station
from tests.screens.test_staff import _sign_in
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "start_real", "station"]


def _room(start_real: StartReal, screen: Screen) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.reach(t("section.board_room"))
    kiosk.tap(t("section.board_room"))
    kiosk.wait_page("board_room")
    kiosk.wait_text(t("board_room.number_head"))
    return kiosk


def _calling(station: RealStation) -> list[SlipCall]:
    return [one.call for one in notices.calls(station.here) if one.stands]


def test_number_when_keyed_in_is_called_called_again_and_ended(start_real: StartReal, station: RealStation, upright: Screen) -> None:
    kiosk = _room(start_real, upright)
    key_in(kiosk, "0")
    kiosk.tap(t("board_room.call"))
    kiosk.wait_text(t("bad.call.number"))
    assert (looks(kiosk), _calling(station)) == ([], [])
    key_in(kiosk, "42")
    kiosk.tap(t("board_room.call"))
    kiosk.wait_text(t("board_room.called", number="0042"))
    (call,) = _calling(station)
    assert call.number == "0042"
    kiosk.tap(t("board_room.again"))
    kiosk.wait(lambda _: _calling(station)[0].called_at > call.called_at, "a call that rings anew")
    assert looks(kiosk) == []
    kiosk.tap(t("board_room.end"))
    kiosk.wait_text(t("board_room.ended_said", number="0042"))
    assert _calling(station) == []


def test_notice_when_written_stands_on_the_board_until_it_is_taken_down(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    with station.here.store.write() as u:
        for one in u.list(Notice):
            u.drop(Notice, one.id)
    kiosk = _room(start_real, lying)
    kiosk.tap(t("board_room.tab_notices_none"))
    kiosk.wait_text(t("board_room.no_notices"))
    kiosk.tap(t("board_room.write"))
    kiosk.wait_page("board_notice")
    kiosk.tap(t("board_room.pen_head_words"))
    kiosk.wait_page("own_words")
    spell(kiosk, "tingdian", "停电")
    kiosk.tap(t("running.written"))
    kiosk.wait_page("board_notice")
    kiosk.wait_text("停电")
    kiosk.tap(t("board_room.breaks_in"))
    kiosk.tap(t("board_room.week"))
    assert looks(kiosk) == []
    kiosk.tap(t("board_room.put_up"))
    kiosk.wait_text(t("board_room.is_up", title="停电"))
    (notice,) = notices.standing(station.here)
    assert (notice.title, notice.body, notice.urgent, notice.station_id) == ("停电", "", True, station.here.station_id)
    assert (notice.ends_at - notice.starts_at).days == 6
    assert looks(kiosk) == []
    kiosk.tap(t("board_room.take_down"))
    kiosk.wait_text(t("board_room.take_down_ask"))
    kiosk.tap(t("board_room.keep"))
    assert notices.standing(station.here) == (notice,)
    kiosk.tap(t("board_room.take_down"))
    kiosk.tap(t("board_room.take_down_yes"))
    kiosk.wait_text(t("board_room.taken_down", title="停电"))
    assert notices.standing(station.here) == ()
    _look_at_the_board(kiosk, station)


def _look_at_the_board(kiosk: Kiosk, station: RealStation) -> None:
    """See that it does not play, that it does, and that it fell silent."""
    kiosk.tap(t("board_room.tab_now"))
    kiosk.wait_text(t("board_room.off"))
    run = station.state / "run"
    run.mkdir(exist_ok=True)
    told = {"state": "sheet", "kind": "notice", "page": 1, "pages": 3}
    (run / "board.json").write_text(json.dumps(told | {"alive_at": to_plain(station.here.now())}), "utf-8")
    kiosk.wait_text(t("board_room.on"))
    (run / "board.json").write_text(json.dumps(told | {"alive_at": to_plain(station.here.now() - QUIET)}), "utf-8")
    kiosk.wait_text(t("board_room.off"))
