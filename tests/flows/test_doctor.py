"""`kiosk doctor` on real stores: what it says of a healthy station, of a shut or damaged one, and of a chain that somebody worked on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.bootstrap import ASSETS, prepare
from kiosk.config import Settings
from kiosk.domain.entities import ENTITIES
from kiosk.domain.listing import Verdict
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.domain.running import ChainHead
from kiosk.errors import StoreError, WrongKey
from kiosk.services import employers, publish, safekeeping, team
from kiosk.services.doctor import Patient, examine
from kiosk.services.doctor_safety import SafetyCase
from kiosk.services.sign_in import sign_in
from kiosk.store import backup
from kiosk.store.store import Store, open_store
from kiosk.sync.protocol import Problem, Refusal
from kiosk.text import t, words
from tests.flows.test_doctor_printer import printer
from tests.integration.test_hub_push import an_employer
from tests.station import KEY, PIN, STATION, TestStation, a_posting, make_station

DEVICE = "00000000-0000-7000-8000-0000000000dd"
ACTS = ("登录", "收集用工信息", "审核通过", "下架", "暂停用工方", "办工作证")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    """Give a station that was heard of today, with six acts in its chain."""
    station = make_station(tmp_path)
    here, head = station.here, station.head
    with station.store.write() as u:
        u.remember("sync.device_id", DEVICE)
        u.remember("sync.heard_at", to_plain(station.clock()))
        employer = an_employer()
        u.keep(employer)
    sign_in(here, head.staff_id, PIN)
    posted = publish.post(here, a_posting())
    publish.decide(here, head, posted.listing.id, 1, Verdict.APPROVE)
    publish.take_down(here, head, posted.listing.id, "招满了")
    employers.hold(here, head, employer.id, "欠薪")
    team.issue_card(here, head, head.staff_id)
    station.path.with_name("station.key").touch(0o600)
    backups = tmp_path / "backups"
    backups.mkdir()
    safekeeping.back_up(station.store, lambda: backup.make(station.path, KEY, backups, station.clock()), station.clock())
    yield station
    station.store.close()


def patient(station: TestStation, **changes: Any) -> Patient:
    made = Patient(
        store_path=station.path,
        now=station.clock(),
        hub="https://hub.test",
        open_store=lambda: open_store(station.path, KEY, clock=station.clock),
        printer=printer(),
        safety=SafetyCase(
            store_path=station.path, key_path=station.path.with_name("station.key"), backup_dir=str(station.path.parent / "backups")
        ),
    )
    return replace(made, **changes)


def lines(one: Patient) -> dict[str, str]:
    """Give what was found by its first word, marked where it is wrong."""
    found: dict[str, str] = {}
    for f in examine(one):
        what, _, text = f.text.partition("：")
        found[what] = found.get(what, "") + ("" if f.good else "✗ ") + text
    return found


def tell_head(station: TestStation, device: str = DEVICE) -> None:
    with station.store.write() as u:
        head = u.chain_head()
        assert head is not None
        now = station.clock()
        u.put(ChainHead(id=new_id(now), station_id=STATION.id, device_id=device, seq=head[0], hash=head[1], told_at=now))


def tamper(station: TestStation, *statements: str) -> None:
    with station.store.write() as u:
        for name in ("audit_stays", "audit_lasts", "audit_is_not_replaced"):
            u.connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            u.connection.exec_driver_sql(statement)


def test_doctor_when_a_sheet_of_the_county_cannot_be_read_names_it(station: TestStation) -> None:
    told = patient(station, assets=ASSETS)
    good = lines(told)[t("doctor.county.what")]
    sheet = RuleSheet(id="1", revision=1, name="wages", number=1, text="[[wage", effective_on=station.here.today())
    with station.store.write() as u:
        u.receive(sheet)
    assert lines(told)[t("doctor.county.what")] == good + "✗ " + t("doctor.county.sheet", name=t("sheet.wages"))


def test_doctor_when_all_is_well_says_so(station: TestStation) -> None:
    tell_head(station)
    found = lines(patient(station))
    assert set(found) == {"数据库", "责任链", "报给县里的", "县里", "备份", "密钥", "打印机", "磁盘", "时钟"}
    assert not [text for text in found.values() if "✗" in text]
    assert found["责任链"] == "7 条，一条不少，没有人改过。"
    assert found["时钟"].startswith("2026-11-23 15:42"), "as the wall clock in China reads"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE audit SET actor_id = 'x' WHERE seq = 3"], "第 3 条被改过：2026-11-23 15:42，审核通过。"),
        (["UPDATE audit SET act = 'reject' WHERE seq = 3"], "第 3 条被改过：2026-11-23 15:42，审核不通过。"),
        (["UPDATE audit SET at = 'x', act = 'y' WHERE seq = 3"], "第 3 条被改过：不知道，y。"),
        (["DELETE FROM audit WHERE seq = 4"], "从第 4 条起少了 1 条，在它前面的是 2026-11-23 15:42，审核通过。"),
        (["DELETE FROM audit WHERE seq IN (2, 3)"], "从第 2 条起少了 2 条，在它前面的是 2026-11-23 15:42，登录。"),
        (["DELETE FROM audit WHERE seq > 4"], "从第 5 条起，后面少了 3 条，剩下的最后一条是 2026-11-23 15:42，发布。"),
        (["DELETE FROM audit", "DELETE FROM sqlite_sequence"], "7 条一条都没有了。"),
        (
            [
                "UPDATE audit SET seq = 99 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 99",
            ],
            "第 2 条换过位置：2026-11-23 15:42，审核通过。",
        ),
        (
            ["INSERT INTO audit SELECT 8, at, actor_id, 'release', subject_id, digest, previous, hash FROM audit WHERE seq = 7"],
            "第 8 条被改过：2026-11-23 15:42，恢复用工方。",
        ),
        (
            ["DELETE FROM audit WHERE seq = 7", "UPDATE sqlite_sequence SET seq = 6 WHERE name = 'audit'"],
            "从第 7 条起，后面少了 1 条，剩下的最后一条是 2026-11-23 15:42，暂停用工方。",
        ),
        *(
            ([statement], "第 3 条是 2026-11-23 15:42，审核通过，可是那条审核记录后来被改过或者删了。")
            for statement in (
                "UPDATE review SET reviewer_name = '王五'",
                "UPDATE review SET verdict = 'reject'",
                "UPDATE review SET reason = '没问题'",
                """UPDATE review SET hold_reasons = '{"fee": "问过了"}'""",
                "UPDATE review SET listing_revision = 2",
                "DELETE FROM review",
            )
        ),
    ],
)
def test_doctor_when_somebody_with_the_key_worked_on_the_chain_names_the_row(
    station: TestStation, statements: list[str], said: str
) -> None:
    tell_head(station)
    tamper(station, *statements)
    found = lines(patient(station))
    assert found["责任链"] == f"✗ {said}把这个文件夹复制一份留着，报告县里。"
    assert not [what for what, text in found.items() if "✗" in text and what != "责任链"]


def test_doctor_when_another_terminals_head_lies_in_the_store_minds_its_own(station: TestStation) -> None:
    tell_head(station, "00000000-0000-7000-8000-0000000000ee")
    with station.store.write() as u:
        u.connection.exec_driver_sql("UPDATE chain_head SET seq = 999, hash = 'ff'")
    assert "✗" not in lines(patient(station))["责任链"]


@pytest.mark.parametrize(("error", "said"), [(WrongKey("x"), "密钥文件不对"), (StoreError("x"), "文件坏了")])
def test_doctor_when_the_store_does_not_open_says_why_and_looks_at_the_rest(station: TestStation, error: StoreError, said: str) -> None:
    def refuse() -> Store:
        raise error

    found = lines(patient(station, open_store=refuse))
    assert set(found) == {"数据库", "密钥", "打印机", "磁盘", "时钟"}
    assert found["数据库"].startswith(f"✗ {said}")


def test_doctor_when_there_is_no_store_says_so(station: TestStation, tmp_path: Path) -> None:
    assert lines(patient(station, store_path=tmp_path / "none"))["数据库"].startswith("✗ 没有找到。")


def test_doctor_when_a_page_of_the_file_is_damaged_says_so_and_does_not_fall(station: TestStation) -> None:
    station.store.close()
    data = bytearray(station.path.read_bytes())
    for page in range(len(data) // 8192, len(data) // 4096):
        data[page * 4096 + 100] ^= 0xFF
    station.path.write_bytes(data)
    found = lines(patient(station))
    assert found["数据库"].startswith("✗ 文件坏了")
    assert "时钟" in found


def test_doctor_when_changes_are_parked_says_which_kind_and_why(station: TestStation) -> None:
    with station.store.write() as u:
        for o in u.outgoing(10)[:2]:
            u.park(o.sequence, Refusal.NOT_OWNER, "station_id")
    found = lines(patient(station))["报给县里的"]
    assert found.count("✗") == 2
    assert "1 条用工方县里没有收：不是这个站的。" in found


def test_doctor_when_the_county_is_silent_or_unknown_says_so(station: TestStation) -> None:
    assert lines(patient(station, now=station.clock() + timedelta(days=2)))["县里"].startswith(
        "✗ 最近一次连上是 2026-11-23 15:42，超过一天"
    )
    assert lines(patient(station, hub=""))["县里"].startswith("✗ 没有县里的地址")
    with station.store.write() as u:
        u.remember("sync.shut_out", "revoked")
    assert lines(patient(station))["县里"].startswith("✗ 县里停了这台机器的联系")
    with station.store.write() as u:
        u.connection.exec_driver_sql("DELETE FROM memory")
    assert lines(patient(station))["县里"].startswith("✗ 还没有登记")


def test_doctor_when_the_clock_lost_its_time_says_so(station: TestStation) -> None:
    for away in (timedelta(days=-300), timedelta(hours=-2)):
        assert lines(patient(station, now=station.clock() + away))["时钟"].startswith("✗ 现在显示")


def test_doctor_when_called_prints_plain_lines_and_says_by_its_status_that_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    assert main(["--state", str(state), "doctor"]) == 1
    assert "有问题\t1 数据库：没有找到" in capsys.readouterr().out
    prepare(Settings(state=str(state)))
    assert main(["--state", str(state), "doctor"]) == 1, "never enrolled, no disk for backups"
    said = capsys.readouterr()
    assert "好\t1 数据库：打得开，是完整的。" in said.out
    assert "有问题\t4 县里：" in said.out
    assert said.out.splitlines()[-1].endswith("处要处理。")
    (state / "station.key").write_text("0" * 64)
    assert main(["--state", str(state), "doctor"]) == 1
    said = capsys.readouterr()
    assert "有问题\t1 数据库：密钥文件不对" in said.out
    assert said.err == ""


def test_doctor_when_it_names_kinds_and_refusals_has_words_for_all() -> None:
    spoken = words()
    assert [name for name in ENTITIES if f"doctor.entity.{name}" not in spoken] == []
    codes = [*Refusal, Problem.TOO_LARGE, Problem.BAD_REQUEST]
    assert [code for code in codes if f"doctor.refused.{code}" not in spoken] == []
    assert ASSETS.exists()
