"""The year that is over, judged and handed in when the next has begun: it stays as it was on its 31 December, whatever January brings."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.file_kind import FileKind
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.domain.running import Facility, SpendingKind
from kiosk.domain.yearly import PaperSet
from kiosk.errors import NotFound
from kiosk.services import assessment_words as words
from kiosk.services import claim_papers, claims, export, facilities, hand_in, ledger
from kiosk.services.assessment import Assessment, Years, assess, years
from kiosk.services.claim_papers import papers
from kiosk.services.export import Entered
from tests.flows.test_assessment import a_person, a_picture, code, value
from tests.flows.test_claim_papers import TEMPLATES, words_of
from tests.station import ASSETS, STATION, TestStation, a_listing, a_review, make_station

DECEMBER = datetime(2026, 12, 10, 2, tzinfo=UTC)
LAST_MINUTE = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
"""A minute before midnight in China."""
JANUARY = datetime(2027, 1, 5, 2, tzinfo=UTC)
RUBRIC = (ASSETS / "rubric" / "placeholder.toml").read_text("utf-8").replace("official = false", "official = true")


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestStation]:
    monkeypatch.setattr(claim_papers, "makes_pdf", lambda: False)
    station = make_station(tmp_path)
    station.clock.now = DECEMBER
    yield station
    station.store.close()


def said(station: TestStation, referral: Referral, state: ReferralState, party: Party, at: datetime) -> None:
    step = ReferralStep(
        id=new_id(at), station_id=STATION.id, referral_id=referral.id, state=state, by_name="李芳", how="", party=party, stepped_at=at
    )
    with station.store.write() as u:
        u.put(step)


def recommended(station: TestStation, phone: str) -> Referral:
    """Let somebody register and be sent to a job of his own, which was looked at after 26 minutes."""
    at, listing, worker = station.clock(), a_listing(station.clock()), a_person(station, phone)
    made = Referral(id=new_id(at), station_id=STATION.id, worker_id=worker, listing_id=listing.id, contact_consent=False, created_at=at)
    with station.store.write() as u:
        u.put(listing, a_review(listing, at + timedelta(minutes=26)), made)
    said(station, made, ReferralState.REFERRED, Party.STAFF, at)
    return made


def december(station: TestStation) -> Referral:
    """Let the station work in December: two recommendations, one come to work; a ledger line, a look at the water, an open case."""
    first, second = recommended(station, "13800000001"), recommended(station, "13800000002")
    for state, party in ((ReferralState.ACCEPTED, Party.EMPLOYER), (ReferralState.ARRIVED, Party.WORKER)):
        said(station, first, state, party, DECEMBER + timedelta(hours=3))
    ledger.enter(station.here, station.head, SpendingKind.RUNNING, 12600, "打印纸", spent_on=date(2026, 12, 9))
    facilities.check(station.here, station.head, Facility.WATER, True)
    with station.store.write() as u:
        u.put(Case(id="c", station_id=STATION.id, kind=CaseKind.UNPAID, listing_id=None, text="没给钱", opened_at=DECEMBER))
    return second


def january(station: TestStation, waits: Referral) -> None:
    """Let all go on after New Year: new people and jobs, words on December's, the water broken, the case settled, entries made up for."""
    station.clock.now = JANUARY
    recommended(station, "13800000003")
    for state, party in ((ReferralState.ACCEPTED, Party.EMPLOYER), (ReferralState.PAID, Party.WORKER)):
        said(station, waits, state, party, JANUARY)
    facilities.check(station.here, station.head, Facility.WATER, False)
    ledger.enter(station.here, station.head, SpendingKind.RUNNING, 5000, "墨盒", spent_on=date(2027, 1, 4))
    ledger.enter(station.here, station.head, SpendingKind.RUNNING, 1000, "灯泡", spent_on=date(2026, 12, 30))
    step = CaseStep(
        id=new_id(JANUARY), station_id=STATION.id, case_id="c", state=CaseState.SETTLED, note="", by_id="", by_name="", stepped_at=JANUARY
    )
    with station.store.write() as u:
        u.put(step)
        # the job of December is written anew, and looked at at once
        edited = replace(u.need(Listing, waits.listing_id), revision=2, collected_at=JANUARY)
        u.put(edited, replace(a_review(edited, JANUARY + timedelta(minutes=1)), listing_revision=2))
    workers = [(one.id, one.revision) for one in export.waiting(station.here).workers]
    assert export.mark_entered(station.here, station.head, Entered.WORKER, workers)


def judge(station: TestStation, year: int) -> Assessment:
    return assess(station.here, station.head, year)


def stood(found: Assessment) -> list[tuple[str, Decimal | None, tuple[str, ...], tuple[str, ...]]]:
    return [(c, one.value, one.ids, one.against) for c, one in found.measured.items()]


def bundle_of(station: TestStation, year: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(papers(station.here, station.head, TEMPLATES, year=year)[1]))


def test_year_when_january_goes_on_stays_as_it_was_on_its_last_evening(station: TestStation) -> None:
    waits = december(station)
    station.clock.now = LAST_MINUTE
    evening = judge(station, 2026)
    assert (evening.until, evening.over) == (date(2026, 12, 31), False)
    assert [value(evening, name) for name in ("registrations", "arrived", "ledger_lines", "cases_closed_share")] == [2, 1, 1, 0]
    assert value(evening, "review_minutes") == 26
    january(station, waits)
    found = judge(station, 2026)
    assert stood(found) == stood(evening)
    assert (found.score.total, found.score.grade, found.score.money) == (evening.score.total, evening.score.grade, evening.score.money)
    assert (found.until, found.over) == (date(2026, 12, 31), True)
    station.clock.now = datetime(2027, 3, 30, 2, tzinfo=UTC)
    assert stood(judge(station, 2026)) == stood(evening)
    this = judge(station, 2027)
    assert [value(this, name) for name in ("registrations", "published", "ledger_lines")] == [1, 2, 1]


def test_year_when_it_is_over_names_only_what_can_still_be_done(station: TestStation) -> None:
    december(station)
    station.clock.now = JANUARY
    found = judge(station, 2026)
    assert all(words.todo(found, one) == "" for one in found.score.items if one.item.measure)
    photos = next(one for one in found.score.items if one.item.code == "1.1")
    assert "三个区各拍一张照片传上来" in words.todo(found, photos)
    assert any("三个区各拍一张照片" in line for line in words.easiest(found))
    assert (words.title(found), words.stands(found)) == ("2026 年考核", "算到 2026 年 12 月 31 日")
    assert (words.title(judge(station, 2027)), words.stands(judge(station, 2027))) == ("2027 年考核", "今天算下来")


def test_papers_when_made_in_january_are_the_last_years_and_hold_nothing_of_january(station: TestStation) -> None:
    january(station, december(station))
    bundle = bundle_of(station, 2026)
    report, application = (words_of(bundle.read(name)) for name in ("4_工作实施方案落实情况报告.docx", "1_补助资金申请表.docx"))
    assert "义堂站2026 年零工驿站" in report
    assert "2026 年截至 2026年12月31日 得" in report
    assert "求职登记：2 人" in report
    assert "日常运行用了 136 元，共 2 笔" in report, "what was spent is said, whenever it was noted"
    assert "资金台账：1 笔" in report
    assert "2026 年" in application
    assert "2027年1月5日" in application, "the day on which it is signed"
    (roster,) = (name for name in bundle.namelist() if name.startswith("2_"))
    assert roster.startswith("2_岗位推荐成功花名册_义堂站_2026-01-01_2026-12-31")
    sheet = load_workbook(io.BytesIO(bundle.read(roster))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert sorted(row[10] for row in rows) == ["1 已推荐", "3 到岗"]
    assert any("评分细则是占位样本，以县里下发的为准" in str(sheet.cell(at, 1).value) for at in range(1, 6))
    with station.store.read() as u:
        (told,) = u.list(PaperSet)
    assert (told.year, told.file_name) == (2026, "义堂站_2026_四份材料.zip")
    assert {one.code: one.value for one in told.items}[code(judge(station, 2026), "registrations")] == "2"


def test_papers_when_made_lead_every_number_to_its_records_and_to_nobodys_name(station: TestStation) -> None:
    january(station, december(station))
    found = judge(station, 2026)
    content = bundle_of(station, 2026).read("证据/系统记录.xlsx")
    book = load_workbook(io.BytesIO(content))
    measured = [item for item in found.rubric.items if item.measure]
    assert book.sheetnames == [f"{item.code} {item.short}" for item in measured]
    for item, sheet in zip(measured, book, strict=True):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[0].value, int)]
        counted = found.measured[item.code]
        assert [row[3] for row in rows] == [*counted.against, *reversed(counted.ids)], item.name
        assert [row[1] for row in rows] == ["不算"] * len(counted.against) + ["算"] * len(counted.ids)
        texts = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        assert f"义堂站 2026 年　{item.name}" in texts
        assert "评分细则是占位样本，以县里下发的为准" in texts
        assert not any(personal in texts for personal in ("王秀兰", "13800000001", "19900001234"))
    assert "王＊兰 登记" in str(book[f"3.1 {next(i.short for i in measured if i.code == '3.1')}"].cell(6, 3).value)


def test_claims_when_both_years_are_open_keep_each_its_own_picture(station: TestStation) -> None:
    here, head = station.here, station.head
    old, new = a_picture((40, 30)), a_picture((50, 30))
    before = claims.claim(here, head, "1.1", "2", file=("去年.jpg", old))
    station.clock.now = JANUARY
    this = claims.claim(here, head, "1.1", "3")
    assert (this.year, this.file_digest) == (2027, ""), "last year's picture shows nothing of this one"
    assert judge(station, 2026).score.total == judge(station, 2027).score.total + 6
    this = claims.claim(here, head, "1.1", "3", file=("今年.jpg", new), year=2027)
    again = claims.claim(here, head, "1.1", "3", year=2026)
    assert (again.year, again.file_name, again.file_digest) == (2026, "去年.jpg", before.file_digest)
    shown = {year: judge(station, year).claims["1.1"] for year in (2026, 2027)}
    assert {year: one.file_digest for year, one in shown.items()} == {2026: before.file_digest, 2027: this.file_digest}
    names = {year: [n for n in bundle_of(station, year).namelist() if n.startswith("证据/1.1")] for year in (2026, 2027)}
    assert names == {2026: ["证据/1.1_去年.jpg"], 2027: ["证据/1.1_今年.jpg"]}


def test_papers_when_those_of_two_years_were_made_go_both_to_the_county(station: TestStation) -> None:
    december(station)
    station.clock.now = JANUARY
    for year in (2026, 2026, 2027):
        station.clock.tick(minutes=1)
        papers(station.here, station.head, TEMPLATES, year=year)
    with station.store.read() as u:
        last = {one.year: one.file_digest for one in u.list(PaperSet)}
        waiting = {one.digest for one in hand_in.waiting(u) if one.kind is FileKind.PAPERS}
    assert sorted(last) == [2026, 2027]
    assert waiting == set(last.values()), "of each year the last"
    hand_in.settle(station.store, last[2026])
    papers(station.here, station.head, TEMPLATES, year=2027)
    with station.store.read() as u:
        assert u.attached(last[2026]) is None, "the county has it"


def test_years_when_the_last_one_waits_to_be_handed_in_offer_it_first_until_the_end_of_march(station: TestStation) -> None:
    assert years(station.here) == Years((2026, 2025), 2026), "nothing is known of 2025"
    december(station)
    papers(station.here, station.head, TEMPLATES)
    station.clock.now = LAST_MINUTE
    assert years(station.here) == Years((2026, 2025), 2026)
    station.clock.tick(minutes=1)
    assert years(station.here) == Years((2027, 2026), 2026), "what was made before its end is no whole year"
    assert "那时 2026 年还没有完，请再做一次" in words.handed_in(judge(station, 2026))
    station.clock.now = datetime(2027, 3, 31, 15, 59, tzinfo=UTC)
    assert years(station.here).first == 2026
    station.clock.tick(minutes=1)
    assert years(station.here).first == 2027
    station.clock.now = JANUARY
    papers(station.here, station.head, TEMPLATES, year=2026)
    assert years(station.here) == Years((2027, 2026), 2027)
    assert "李芳 2027年1月5日做过" in words.handed_in(judge(station, 2026))
    station.clock.now = datetime(2028, 2, 1, tzinfo=UTC)
    assert years(station.here) == Years((2028, 2027, 2026), 2028), "nothing happened in 2027"


def test_years_when_the_last_one_was_judged_offer_this_one_and_each_its_own_judgement(station: TestStation) -> None:
    december(station)
    station.clock.now = JANUARY
    of = {"revision": 1, "station_id": STATION.id, "papers": "", "items": (), "grade": "良好", "money_fen": 0, "by_name": "周敏"}
    with station.store.write() as u:
        for year, total in ((2025, "81"), (2026, "82")):
            u.put(Judgement(id=f"j{year}", year=year, total=total, published_at=JANUARY, **of))  # type: ignore[arg-type]
    assert years(station.here).first == 2027
    assert "县里评了 2026 年：82 分" in words.judged(judge(station, 2027))
    assert "县里评了 2025 年：81 分" in words.judged(judge(station, 2025))


def test_year_when_it_cannot_be_chosen_takes_no_claim_and_gives_no_papers(station: TestStation) -> None:
    for year in (2024, 2027):
        with pytest.raises(NotFound):
            claims.claim(station.here, station.head, "1.1", "3", year=year)
        with pytest.raises(NotFound):
            papers(station.here, station.head, TEMPLATES, year=year)


def a_rubric(number: int, on: date, since: date) -> RuleSheet:
    text = RUBRIC.replace("effective_from = 2024-09-01", f"effective_from = {since}").replace("占位样本", f"细则{number}")
    return RuleSheet(id=f"rubric-{number}", revision=1, name="rubric", number=number, text=text, effective_on=on)


def test_rubric_when_a_new_one_holds_from_new_year_leaves_the_year_that_is_over_to_the_old_one(station: TestStation) -> None:
    station.here.assets = ASSETS
    first, second = a_rubric(1, date(2026, 6, 1), date(2024, 9, 1)), a_rubric(2, date(2027, 1, 1), date(2027, 1, 1))
    with station.store.write() as u:
        u.receive(second)
    station.clock.now = JANUARY
    station.here.rubric = replace(station.here.rubric, name="细则2", official=True)  # as ruling.keep does
    assert [(judge(station, year).rubric.name, judge(station, year).rubric.official) for year in (2026, 2027)] == [
        ("占位样本", False),
        ("细则2", True),
    ]
    with station.store.write() as u:
        u.receive(first)
    assert [judge(station, year).rubric.name for year in (2026, 2027)] == ["细则1", "细则2"]


def test_rubric_when_it_comes_late_holds_for_the_year_that_it_names_itself(station: TestStation) -> None:
    station.here.assets = ASSETS
    late = a_rubric(1, date(2027, 1, 4), date(2026, 1, 1))
    with station.store.write() as u:
        u.receive(late, replace(a_rubric(2, date(2027, 1, 20), date(2026, 1, 1)), text=""))
    station.clock.now = JANUARY
    assert judge(station, 2026).rubric.name == "细则1"
    assert judge(station, 2025).rubric.name == "占位样本"
    assert words.placeholder(judge(station, 2026)) == ""
