"""The roster on a real store: the page's counts and the files, read back as Excel would."""

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralStep
from kiosk.domain.referral import ReferralState as S
from kiosk.domain.roster import Grade
from kiosk.domain.rule_sheet import PAPER_ROSTER, RuleSheet
from kiosk.domain.station import Role
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput, NotAllowed
from kiosk.services import roster as rosters
from kiosk.services.roster import Period, full_file, masked_file, roster, this_year
from kiosk.services.sign_in import Session
from kiosk.services.template import ROSTER_EXAMPLE
from kiosk.services.withdraw import withdraw
from kiosk.store import chain
from kiosk.store.schema import audit
from tests.station import ASSETS, STATION, TestStation, a_listing, make_station

TEMPLATES = ASSETS / "papers"
YEAR = Period(first=date(2026, 1, 1), last=date(2026, 12, 31))
PASSWORD = "义堂2026花名册"
CLERK = Session("clerk", "张伟", Role.STAFF)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def a_worker(now: datetime, name: str = "刘国庆", phone: str = "19900002001") -> Worker:
    return Worker(
        id=new_id(now),
        revision=1,
        station_id=STATION.id,
        name=PersonName(name),
        phone=Phone(phone),
        age_band=AgeBand.ADULT,
        trades=(Trade.LOADING,),
        pay_fen=24000,
        code="12345678",
        number="YT-1123-0001",
        notice_version="2026-11",
        consented_at=now,
        registered_at=now,
    )


def _recommend(station: TestStation, *said: tuple[S, Party], worker: Worker | None = None, days_ago: float = 0, **listing: Any) -> Worker:
    """Enter one referral with a worker and a listing of its own; each word an hour after the other."""
    at = station.clock() - timedelta(days=days_ago)
    worker, job = worker or a_worker(at), a_listing(at, **listing)
    made = Referral(id=new_id(at), station_id=STATION.id, worker_id=worker.id, listing_id=job.id, contact_consent=True, created_at=at)
    with station.store.write() as u:
        for record in (worker, job, made):
            u.keep(record)
        for n, (state, party) in enumerate(((S.REFERRED, Party.STAFF), *said)):
            when = at + timedelta(hours=n)
            step = ReferralStep(
                id=new_id(when),
                station_id=STATION.id,
                referral_id=made.id,
                state=state,
                by_name="张伟",
                how="打电话给周建国" if state is S.REFERRED else "电话",
                party=party,
                stepped_at=when,
            )
            u.keep(step)
    return worker


def _rows(xlsx: bytes) -> tuple[Any, list[dict[str, Any]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
    head = [cell.value for cell in sheet[5]]
    rows = [dict(zip(head, line, strict=True)) for line in sheet.iter_rows(min_row=6, values_only=True)]
    return sheet, [row for row in rows if isinstance(row["序号"], int)]


def _open(file: bytes, password: str) -> bytes:
    box = msoffcrypto.OfficeFile(io.BytesIO(file))
    box.load_key(password=password, verify_password=True)
    out = io.BytesIO()
    box.decrypt(out, verify_integrity=True)
    return out.getvalue()


def _acts(station: TestStation) -> list[tuple[str, str, str]]:
    with station.store.read() as u:
        assert chain.verify(u.connection) is None
        return [(row.act, row.actor_id, row.subject_id) for row in u.connection.execute(audit.select().order_by(audit.c.seq))]


def test_roster_when_read_counts_rows_by_their_evidence(station: TestStation) -> None:
    _recommend(station, days_ago=40)
    _recommend(station, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), (S.PAID, Party.WORKER), days_ago=30, worker=None)
    _recommend(station, (S.DECLINED, Party.WORKER), days_ago=20)
    found = roster(station.here, YEAR)
    assert found.by_grade == {Grade.PAID: 1, Grade.ARRIVED: 0, Grade.CONFIRMED: 0, Grade.RECOMMENDED: 1}
    assert [rosters.masked_name(r) for r in found.rows] == ["刘＊庆", "刘＊庆"]


def test_roster_when_nothing_was_recommended_is_an_empty_file(station: TestStation) -> None:
    assert roster(station.here, YEAR).rows == ()
    _, rows = _rows(masked_file(station.here, CLERK, TEMPLATES, YEAR)[1])
    assert rows == []


def test_roster_when_a_period_is_asked_gives_the_days_of_china(station: TestStation) -> None:
    station.clock.now = datetime.fromisoformat("2026-11-30T15:59:59+00:00")
    _recommend(station)
    station.clock.now += timedelta(seconds=1)
    _recommend(station)
    november, december = (Period(first=date(2026, m, 1), last=date(2026, m, 30)) for m in (11, 12))
    assert len(roster(station.here, november).rows) == len(roster(station.here, december).rows) == 1
    assert roster(station.here, december).suspicious, "the hire of a second before is in another month, and still the same"
    assert this_year(station.here) == Period(first=date(2026, 1, 1), last=date(2026, 12, 1))


def test_period_when_it_ends_before_it_begins_says_so() -> None:
    with pytest.raises(BadInput) as caught:
        Period(first=date(2026, 2, 1), last=date(2026, 1, 31))
    assert caught.value.key == "bad.period.order"


def test_masked_file_when_read_back_shows_no_whole_name_or_phone(station: TestStation) -> None:
    _recommend(station, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), days_ago=3)
    name, data = masked_file(station.here, CLERK, TEMPLATES, YEAR)
    assert name == "岗位推荐成功花名册_义堂站_2026-01-01_2026-12-31_部分隐去.xlsx"
    sheet, [row] = _rows(data)
    assert (row["姓名"], row["电话"], row["用工方电话"]) == ("刘＊庆", "199****2001", "199****1234")
    assert (row["推荐日期"].date(), row["工钱"], row["怎么算"]) == (date(2026, 11, 20), 260, "元/天")
    assert (row["岗位"], row["用工方"], row["干活的地方"]) == ("装卸工", "云梦县汉十物流有限公司", "义堂镇 汉十物流园")
    assert (row["证据等级"], row["还差"], row["要核对"], row["经办人"]) == ("3 到岗", "本人的话", None, "张伟")
    assert row["凭据"] == "2026-11-20 工作人员推荐\n2026-11-20 用工方说定了\n2026-11-20 本人说人到了"
    texts = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert not any(secret in text for text in texts for secret in ("刘国庆", "19900002001", "周建国", "19900001234"))
    assert "占位样式，以县里下发的花名册模板为准" in texts
    assert any(text.startswith("证据等级：1 已推荐") for text in texts)
    assert sheet["A1"].value == "岗位推荐成功花名册"
    assert "2026-01-01 到 2026-12-31" in sheet["A2"].value
    assert _acts(station)[-1] == ("export", CLERK.staff_id, STATION.id)


def test_full_file_when_the_head_gives_a_password_opens_with_it_alone(station: TestStation) -> None:
    _recommend(station, days_ago=3)
    name, data = full_file(station.here, station.head, TEMPLATES, YEAR, PASSWORD)
    assert name.endswith("_全名.xlsx")
    _, [row] = _rows(_open(data, PASSWORD))
    assert (row["姓名"], row["电话"], row["用工方电话"]) == ("刘国庆", "19900002001", "19900001234")
    assert "打电话给周建国" in row["凭据"]
    assert _acts(station)[-1] == ("export", station.head.staff_id, STATION.id)
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        _open(data, PASSWORD + "1")


def test_full_file_when_asked_leaves_the_password_nowhere(station: TestStation) -> None:
    full_file(station.here, station.head, TEMPLATES, YEAR, PASSWORD)
    with station.store.read() as u:
        for (table,) in list(u.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")):
            rows = u.connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()
            assert PASSWORD not in repr(rows), table


def test_full_file_when_not_the_head_asks_is_refused_and_leaves_no_trace(station: TestStation) -> None:
    before = _acts(station)
    with pytest.raises(NotAllowed):
        full_file(station.here, CLERK, TEMPLATES, YEAR, PASSWORD)
    with pytest.raises(BadInput) as caught:
        full_file(station.here, station.head, TEMPLATES, YEAR, "1234567")
    assert caught.value.field == "password"
    assert _acts(station) == before


def test_file_when_the_county_set_a_template_has_its_columns_and_one_that_is_wrong_says_so(station: TestStation) -> None:
    _recommend(station, (S.ACCEPTED, Party.EMPLOYER), days_ago=3)
    _recommend(station, days_ago=2)

    def set_to(number: int, *row: str) -> None:
        book, out = openpyxl.Workbook(), io.BytesIO()
        book.active.append(("县里的花名册",))
        book.active.append(row)
        book.active.append(("{{ count }}", "完"))
        book.save(out)
        text = base64.b64encode(out.getvalue()).decode()
        with station.store.write() as u:
            u.put(RuleSheet(id=str(number), revision=1, name=PAPER_ROSTER, number=number, text=text, effective_on=date(2026, 11, 1)))

    set_to(1, "{{ item.name }}", "{{ item.referred }}", "{{ item.pay }}", "{{ item.pay }} {{ item.unit }}")
    sheet = openpyxl.load_workbook(io.BytesIO(masked_file(station.here, CLERK, TEMPLATES, YEAR, "占位样本")[1])).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "县里的花名册"
    assert [(row[0], row[1].date(), row[2]) for row in rows[1:3]] == [("刘＊庆", date(2026, 11, day), 260) for day in (20, 21)]
    assert rows[1][3].endswith(" 元/天")
    assert rows[3][:2] == [2, "完"]
    assert sheet.oddFooter.center.text == "占位样本", "the template has no place for it"
    set_to(2, "{{ item.idcard }}")
    before = _acts(station)
    with pytest.raises(BadInput) as caught:
        masked_file(station.here, CLERK, TEMPLATES, YEAR)
    assert (caught.value.key, caught.value.words, _acts(station)) == ("bad.template.field", {"what": "idcard"}, before)


def test_example_when_compared_has_every_field_of_the_roster(station: TestStation) -> None:
    _recommend(station, days_ago=3)
    found = rosters.facts(roster(station.here, YEAR), "", full=True)
    assert ROSTER_EXAMPLE.keys() == found.keys()
    assert ROSTER_EXAMPLE["items"][0].keys() == found["items"][0].keys()


def test_file_when_a_text_looks_like_a_formula_keeps_it_text(station: TestStation) -> None:
    _recommend(station, title='=HYPERLINK("http://x")', employer_name="@SUM(A1)")
    sheet, [row] = _rows(masked_file(station.here, CLERK, TEMPLATES, YEAR)[1])
    assert (row["岗位"], row["用工方"]) == ('=HYPERLINK("http://x")', "@SUM(A1)")
    assert not [c.coordinate for line in sheet.iter_rows() for c in line if c.data_type == "f"]


def test_file_when_rows_are_doubtful_says_why(station: TestStation) -> None:
    worker = _recommend(station, days_ago=9, contact_name=PersonName("刘国庆"), contact_phone=Phone("19900002001"))
    _recommend(station, worker=worker, days_ago=4)
    _recommend(station, worker=replace(a_worker(station.clock()), name=PersonName("彭桂兰")), days_ago=2)
    _, rows = _rows(masked_file(station.here, CLERK, TEMPLATES, YEAR)[1])
    assert [row["要核对"] for row in rows] == ["用工方和求职者是同一个人", "和 2026-11-14 的推荐重复", None]
    assert [row["留意"] for row in rows] == ["和别人合用一个电话"] * 3


def test_file_when_the_worker_withdrew_keeps_the_row_without_him(station: TestStation) -> None:
    worker = _recommend(station, days_ago=3)
    withdraw(station.here, worker.id)
    _, [row] = _rows(_open(full_file(station.here, station.head, TEMPLATES, YEAR, PASSWORD)[1], PASSWORD))
    assert (row["姓名"], row["电话"]) == ("已撤回登记", None)
    assert "（" not in row["凭据"], "how it was said may name him"
