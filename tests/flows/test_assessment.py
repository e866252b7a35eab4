"""年度考核 on a real store: what is measured leads to its records, what is entered needs a file, the days are counted as they go."""

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from kiosk.agent.day_keeper import DayKeeper
from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.listing import ListingState, Takedown
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.running import Facility, SpendingKind
from kiosk.domain.station import Role
from kiosk.domain.yearly import Claim, StationDay
from kiosk.errors import BadInput, NotAllowed, NotFound
from kiosk.services import assessment_words as words
from kiosk.services import cases, claims, facilities, ledger, station_days
from kiosk.services.assessment import Assessment, assess
from kiosk.services.assessment_records import records
from kiosk.services.register import RegistrationForm, register
from kiosk.services.sign_in import Session
from kiosk.services.station_days import Look
from kiosk.text import t
from tests.station import START, STATION, TestStation, a_listing, a_review, make_station

CHINA_8 = datetime(2026, 11, 23, 0, tzinfo=UTC)
"""Eight in the morning."""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def judge(station: TestStation) -> Assessment:
    return assess(station.here, station.head)


def value(found: Assessment, measure: str) -> Decimal | None:
    return next(found.measured[item.code].value for item in found.rubric.items if item.measure == measure)


def code(found: Assessment, measure: str) -> str:
    return next(item.code for item in found.rubric.items if item.measure == measure)


def behind(station: TestStation, found: Assessment, measure: str) -> list[str]:
    return [one.said for one in records(station.here, found, code(found, measure))]


def a_person(station: TestStation, phone: str) -> str:
    form = RegistrationForm(
        name="王秀兰", phone=phone, age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=station.clock()
    )
    return register(station.here, form).worker.id


def a_picture(size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind)
    return out.getvalue()


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


def test_assessment_when_the_station_is_new_has_no_record_and_is_the_heads_alone(station: TestStation) -> None:
    found = judge(station)
    # what nobody complained of and nobody published brings its points: there was nothing to do wrong
    assert found.score.total == Decimal(10)
    assert words.value(next(one for one in found.score.items if one.item.measure == "review_minutes")) == "还没有记录"
    with pytest.raises(NotAllowed):
        assess(station.here, replace(station.head, role=Role.STAFF))


def test_measures_when_work_was_done_count_it_and_lead_to_its_records(station: TestStation) -> None:
    people = [a_person(station, f"1380000000{n}") for n in range(3)]
    listing = a_listing(collected_at=START)
    with station.store.write() as u:
        u.put(listing, a_review(listing, START + timedelta(minutes=26)))
        made = Referral(
            id=new_id(START), station_id=STATION.id, worker_id=people[0], listing_id=listing.id, contact_consent=False, created_at=START
        )
        u.put(made)
        steps = [(ReferralState.REFERRED, Party.STAFF), (ReferralState.ARRIVED, Party.WORKER), (ReferralState.ACCEPTED, Party.EMPLOYER)]
        for n, (state, party) in enumerate(steps):
            at = START + timedelta(hours=n)
            u.put(
                ReferralStep(
                    id=new_id(at),
                    station_id=STATION.id,
                    referral_id=made.id,
                    state=state,
                    by_name="李芳",
                    how="",
                    party=party,
                    stepped_at=at,
                )
            )
    ledger.enter(station.here, station.head, SpendingKind.RUNNING, 12600, "打印纸", spent_on=date(2026, 11, 20))
    facilities.check(station.here, station.head, Facility.WATER, True)
    found = judge(station)
    counted = ("registrations", "published", "review_minutes", "arrived", "ledger_lines", "facilities_good")
    assert [value(found, name) for name in counted] == [3, 1, 26, 1, 1, 1]
    assert found.measured[code(found, "registrations")].ids == tuple(sorted(people))
    said = behind(station, found, "registrations")
    assert len(said) == 3
    assert "王＊兰" in said[0]
    assert "王秀兰" not in "".join(said)
    assert behind(station, found, "arrived") == ["11-23 15:42 推荐 王＊兰 做装卸工"]
    assert behind(station, found, "ledger_lines") == ["11-20 打印纸 126 元"]


def test_measures_when_the_year_is_another_count_nothing(station: TestStation) -> None:
    a_person(station, "13800000001")
    assert value(assess(station.here, station.head, 2025), "registrations") == 0
    station.clock.now = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in China
    assert value(judge(station), "registrations") == 0


def test_false_listings_when_the_county_took_one_down_or_a_case_says_so_count_against(station: TestStation) -> None:
    good, bad, worse = (a_listing(id=new_id(START + timedelta(seconds=n))) for n in range(3))
    case = Case(id=new_id(START), station_id=STATION.id, kind=CaseKind.FALSE_LISTING, listing_id=worse.id, text="假的", opened_at=START)
    step = CaseStep(
        id=new_id(START), station_id=STATION.id, case_id=case.id, state=CaseState.CONFIRMED, note="", by_id="", by_name="", stepped_at=START
    )
    filled = Takedown(id=new_id(START), station_id=STATION.id, listing_id=good.id, by_name="李芳", reason="招满了", taken_down_at=START)
    with station.store.write() as u:
        u.put(good, bad, worse, *(a_review(one, START) for one in (good, bad, worse)), case, step, filled)
        u.put(replace(filled, id=new_id(START), station_id="county", listing_id=bad.id))
        # another station had the same one, and the county kept that
        u.put(replace(filled, id=new_id(START), station_id="county", listing_id=good.id, state=ListingState.EXPIRED))
    found = judge(station)
    assert value(found, "false_listings") == 2
    assert set(found.measured[code(found, "false_listings")].against) == {bad.id, worse.id}
    assert all(line.startswith("不算：") for line in behind(station, found, "false_listings"))


def test_privacy_incident_when_staff_wrote_it_down_counts_once_it_is_found_true(station: TestStation) -> None:
    before = judge(station).score.total
    case = cases.open_case(station.here, station.head, CaseKind.PRIVACY, t("cases.said.7")).case
    assert value(judge(station), "privacy_incidents") == 0
    cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, t("cases.why.confirmed.2"))
    found = judge(station)
    assert value(found, "privacy_incidents") == 1
    assert found.score.total == before - 2
    assert behind(station, found, "privacy_incidents") == [f"11-23 15:42 {t('case_kind.privacy')}"]
    cases.step(station.here, station.head, case.id, CaseState.DISMISSED, t("cases.why.dismissed.1"))
    assert value(judge(station), "privacy_incidents") == 0


def test_claim_when_a_picture_is_shown_brings_points_and_without_one_none(station: TestStation) -> None:
    before = judge(station).score.total
    claims.claim(station.here, station.head, "1.1", "3")
    assert judge(station).score.total == before
    made = claims.claim(station.here, station.head, "1.1", "3", "三个区", ("C:\\照片\\三个区.PNG", a_picture((4000, 3000), "PNG")))
    assert judge(station).score.total == before + 9
    found, content = claims.shown(station.here, station.head, made.id)
    assert (found.file_name, found.file_size) == ("三个区.jpg", len(content))
    assert Image.open(io.BytesIO(content)).size == (1600, 1200)
    # a wrong number is put right, the picture stays, and both words stand in the record
    again = claims.claim(station.here, station.head, "1.1", "2")
    assert (again.file_digest, judge(station).score.total) == (made.file_digest, before + 6)
    with station.store.read() as u:
        assert len(u.list(Claim)) == 3
        assert [o.entity for o in u.outgoing(9)] == ["claim"] * 3


def test_claim_when_a_picture_tells_where_it_was_taken_keeps_nothing_of_it(station: TestStation) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "MyPhone"
    Image.new("RGB", (80, 60)).save(out, "JPEG", exif=exif)
    made = claims.claim(station.here, station.head, "1.1", "3", file=("a.jpg", out.getvalue()))
    _, content = claims.shown(station.here, station.head, made.id)
    assert b"MyPhone" not in content
    assert not Image.open(io.BytesIO(content)).getexif()


@pytest.mark.parametrize(
    ("content", "kind"), [(b"%PDF-1.7 x", "pdf"), (office("word/document.xml"), "docx"), (office("xl/workbook.xml"), "xlsx")]
)
def test_claim_when_a_document_is_shown_keeps_it_as_it_is(station: TestStation, content: bytes, kind: str) -> None:
    made = claims.claim(station.here, station.head, "2.3", "2", file=("方案", content))
    assert (made.file_name, claims.shown(station.here, station.head, made.id)[1]) == (f"方案.{kind}", content)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + bytes(100), "kind"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(1000), "kind"),
        (office("a.txt"), "kind"),
        (office("word/document.xml", "word/vbaProject.bin"), "kind"),
        (b"PK\x03\x04" + bytes(50), "broken"),
        (a_picture()[:-200], "broken"),
        (b"%PDF-" + bytes(6 * 1024 * 1024), "large"),
    ],
)
def test_claim_when_a_file_is_none_of_ours_says_so_and_keeps_nothing(station: TestStation, content: bytes, key: str) -> None:
    with pytest.raises(BadInput) as raised:
        claims.claim(station.here, station.head, "1.1", "3", file=("a.jpg", content))
    assert (raised.value.field, raised.value.key) == ("file", f"bad.evidence.{key}")
    with station.store.read() as u:
        assert (u.list(Claim), u.outbox_size()) == ([], 0)


@pytest.mark.parametrize("typed", ["", "三", "-1", "1.25", "10000", "1e9", "NaN", "Infinity", "1,5"])
def test_claim_when_the_number_is_none_says_so(station: TestStation, typed: str) -> None:
    with pytest.raises(BadInput) as raised:
        claims.claim(station.here, station.head, "1.1", typed)
    assert raised.value.key == "bad.evidence.value"


def test_claim_when_it_is_of_what_is_measured_or_not_the_heads_is_refused(station: TestStation) -> None:
    staff = Session("s", "王芳", Role.STAFF)
    with pytest.raises(NotFound):
        claims.claim(station.here, station.head, "3.1", "300")
    with pytest.raises(NotAllowed):
        claims.claim(station.here, staff, "1.1", "3")
    made = claims.claim(station.here, station.head, "1.1", "3")
    with pytest.raises(NotAllowed):
        claims.shown(station.here, staff, made.id)
    with pytest.raises(NotFound):
        claims.shown(station.here, station.head, made.id)


def days(station: TestStation) -> list[StationDay]:
    with station.store.read() as u:
        return list(u.list(StationDay))


def looks(start: datetime, minutes: int, *, board: bool = True) -> list[Look]:
    return [Look(start + timedelta(minutes=n), True, board, n == 0) for n in range(minutes)]


def test_day_when_it_is_over_says_for_how_long_the_screens_ran_in_opening_hours(station: TestStation) -> None:
    with station.store.write() as u:
        u.put(replace(STATION, revision=2, hours="每天 8:00-17:00"))
    station_days.note(station.here, looks(CHINA_8 - timedelta(minutes=30), 90))
    station.clock.now = CHINA_8
    station_days.opened(station.here)
    station_days.note(station.here, looks(CHINA_8 + timedelta(hours=1), 30, board=False))
    assert days(station) == []
    station.clock.now = CHINA_8 + timedelta(days=1)
    station_days.opened(station.here)
    station_days.note(station.here, looks(CHINA_8 + timedelta(days=1), 5))
    (day,) = days(station)
    assert (day.day, day.due_min, day.terminal_min, day.board_min, day.visits, day.policies) == (date(2026, 11, 23), 540, 90, 60, 2, 1)
    found = judge(station)
    assert value(found, "terminal_share") == Decimal(100) * 90 / 540
    assert behind(station, found, "terminal_share") == ["11-23 该开9 小时 0 分，终端开了1 小时 30 分，大屏开了1 小时 0 分"]


def test_day_when_the_hours_do_not_say_plainly_counts_for_no_share(station: TestStation) -> None:
    station_days.note(station.here, looks(CHINA_8, 30))
    station_days.note(station.here, looks(CHINA_8 + timedelta(days=1), 1))
    assert [day.due_min for day in days(station)] == [None]
    assert value(judge(station), "board_share") is None


@pytest.mark.parametrize("year", [1970, 2099])
def test_day_when_nobody_believes_the_clock_counts_nothing(station: TestStation, year: int) -> None:
    station.clock.now = datetime(year, 1, 1, tzinfo=UTC)
    station.store.knows_time = lambda: False
    station_days.note(station.here, looks(station.clock.now, 30))
    station_days.opened(station.here)
    with station.store.read() as u:
        assert u.recall(station_days.COUNT) is None


def test_day_keeper_when_minutes_pass_sees_who_runs_and_who_comes(
    station: TestStation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = [0.0]
    monkeypatch.setattr("kiosk.agent.day_keeper.time.monotonic", lambda: beat[0])
    seen: list[Look] = []
    (tmp_path / "awake").touch()
    keeper = DayKeeper(tmp_path, station.clock, seen.extend)
    for minute in range(1, 12):
        beat[0] = minute * 61.0
        if minute == 3:
            (tmp_path / "touched").touch()
        if minute == 5:
            os.utime(tmp_path / "awake", (1, 1))
        keeper.turn()
        keeper.turn()
    assert [look.visit for look in seen] == [minute == 3 for minute in range(1, 11)]
    assert [look.terminal for look in seen] == [minute < 5 for minute in range(1, 11)]
    keeper.hand_on()
    assert len(seen) == 11
