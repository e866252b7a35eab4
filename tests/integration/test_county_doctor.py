"""The county asks a station's doctor, and has its answer: by the real hub, the real client, the agent's own way of answering."""

from dataclasses import replace
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from kiosk.agent.check_up import CheckUps, examine
from kiosk.agent.report import Reporter
from kiosk.bootstrap import prepare
from kiosk.config import Settings
from kiosk.county import doctor
from kiosk.county.schema import device_doctor
from kiosk.county.serve import _parser
from kiosk.county.tools import _doctor
from kiosk.domain.record import to_plain
from kiosk.errors import HubUnreachable, NotFound
from kiosk.services import check_up
from kiosk.services.doctor import Finding
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import DOCTOR, DoctorLine, DoctorNoted, DoctorReport
from tests.hub_parts import COUNTY, OURS, TestHub, plain_error
from tests.station import START, make_station

FOUND = (Finding(True, "数据库：打得开，是完整的。", 1), Finding(False, "打印机：没有纸了，请换一卷。", 7))
QUESTION = f"{0:08}-0000-7000-8000-0000000000ac"
SOUND = DoctorReport(question=QUESTION, version="0.1.0", at=START, lines=(DoctorLine(number=1, good=True, text="好"),))


def ask(hub: TestHub) -> list[str]:
    with hub.engine.begin() as connection:
        return doctor.ask(connection, COUNTY, OURS.name, hub.clock())


def answers(hub: TestHub, ids: list[str]) -> list[doctor.Answer]:
    with hub.engine.connect() as connection:
        return doctor.answers(connection, COUNTY, ids)


def test_county_when_it_asks_a_station_has_its_answer_after_the_next_report_and_only_the_newest(hub: TestHub, tmp_path: Path) -> None:
    station = make_station(tmp_path)
    terminal = hub.terminal(OURS)
    door = HttpHub(hub.base)
    with station.store.write() as u:
        for key, value in {
            exchange.DEVICE_ID: terminal.enrolled.device_id,
            exchange.TOKEN: terminal.enrolled.device_token,
            exchange.EPOCH: "e",
        }.items():
            u.remember(key, value)
    reporter = Reporter(Settings(state=str(tmp_path)), station.store, door, hub.clock)
    looked = []

    def look() -> tuple[Finding, ...]:
        looked.append(1)
        return FOUND

    answering = CheckUps(station.store, door, hub.clock, look)
    assert reporter.tell()
    assert not answering.answer(), "nobody asked"
    ids = ask(hub)
    assert terminal.enrolled.device_id in ids
    assert reporter.tell()
    assert answering.answer()
    assert not answering.answer(), "once is enough"
    (mine,) = [one for one in answers(hub, ids) if one.device_id == terminal.enrolled.device_id]
    assert mine.is_new
    assert mine.report is not None
    assert [(line.number, line.good, line.text) for line in mine.report.lines] == [(f.number, f.good, f.text) for f in FOUND]
    reporter.tell()
    assert not answering.answer()
    ask(hub)
    (mine,) = [one for one in answers(hub, ids) if one.device_id == terminal.enrolled.device_id]
    assert not mine.is_new
    reporter.tell()
    answering.answer()
    assert len(looked) == 2
    with hub.engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).where(device_doctor.c.device_id == terminal.enrolled.device_id))
    assert count == 1
    said = _doctor(hub.engine, hub.settings, _parser().parse_args(["doctor", OURS.name, "--wait", "0"]), hub.clock())
    assert "有问题\t7 打印机：没有纸了，请换一卷。" in said or "还没有新的回音" in said
    station.store.close()


def test_county_when_the_line_breaks_before_the_answer_is_answered_later(tmp_path: Path) -> None:
    station = make_station(tmp_path)

    class Away(HttpHub):
        told = 0

        def doctor(self, token: str, report: DoctorReport) -> DoctorNoted:
            Away.told += 1
            if Away.told == 1:
                raise HubUnreachable("cut")
            return DoctorNoted(at=START)

    with station.store.write() as u:
        for key in (exchange.DEVICE_ID, exchange.TOKEN, exchange.EPOCH):
            u.remember(key, "x")
    check_up.ask_for_county(station.store, QUESTION)
    answering = CheckUps(station.store, Away("http://127.0.0.1:9"), station.clock, lambda: FOUND)
    with pytest.raises(HubUnreachable):
        answering.answer()
    assert answering.answer()
    assert not answering.answer()
    station.store.close()


def test_station_when_its_terminal_asks_has_what_doctor_found(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    question = check_up.ask(station.here)

    def broken() -> tuple[Finding, ...]:
        raise OSError

    assert not CheckUps(station.store, None, station.clock, broken).answer(), "asked again in a minute"
    assert CheckUps(station.store, None, station.clock, lambda: FOUND).answer()
    with station.store.read() as u:
        said = check_up.said(u)
        assert check_up.open_questions(u) == ("", "")
    assert said == check_up.CheckUp(of=question, at=station.clock(), findings=FOUND)
    station.store.close()


def test_agent_when_it_lets_doctor_look_gets_its_findings(tmp_path: Path) -> None:
    prepare(Settings(state=str(tmp_path / "state")))
    found = examine(tmp_path / "state")
    assert {one.number for one in found} >= {1, 2, 7, 9, 16}
    assert found[0].text.startswith("数据库：")
    (tmp_path / "state" / "kiosk.toml").write_text("no such setting [")
    with pytest.raises(OSError, match="nothing"):
        examine(tmp_path / "state")


@pytest.mark.parametrize(
    "change",
    [
        {"question": "x"},
        {"version": "王秀兰"},
        {"lines": [{"number": 100, "good": True, "text": "x"}]},
        {"lines": [{"number": -1, "good": True, "text": "x"}]},
        {"lines": [{"number": 1, "good": True, "text": "x" * 401}]},
        {"lines": [{"number": 1, "good": True, "text": "a\nb"}]},
        {"lines": [{"number": 1, "good": True, "text": "\x1b[2J"}]},
        {"lines": [{"number": 1, "good": True, "text": "x"}] * 81},
        {"lines": "x"},
        {"at": "yesterday"},
    ],
)
def test_hub_when_an_answer_says_what_none_of_ours_would_refuses_it_whole(hub: TestHub, change: dict[str, object]) -> None:
    terminal = hub.terminal(OURS)
    ids = ask(hub)
    headers = {"Authorization": f"Bearer {terminal.enrolled.device_token}"}
    response = requests.post(hub.base + DOCTOR, json=to_plain(SOUND) | change, headers=headers, timeout=20)
    assert plain_error(response) == (422, "bad_request")
    assert all(one.report is None for one in answers(hub, ids) if one.device_id == terminal.enrolled.device_id)


def test_hub_when_nobody_asked_keeps_no_answer_and_a_station_that_is_none_is_refused(hub: TestHub) -> None:
    terminal = hub.terminal(OURS)
    terminal.door.doctor(terminal.enrolled.device_token, replace(SOUND, lines=SOUND.lines * 3))
    assert answers(hub, [terminal.enrolled.device_id]) == []
    with hub.engine.begin() as connection, pytest.raises(NotFound):
        doctor.ask(connection, COUNTY, "没有这个站", hub.clock())
