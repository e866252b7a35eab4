"""The marked samples: complete, varied, alive on any day, honest where they are public, and caught by the rules where they are not."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import AREAS, AgeBand, Meals, PayUnit, Settlement, Trade
from kiosk.domain.employer import EmployerKind
from kiosk.domain.listing import Collected, ContactScope, Listing, ListingState, Verdict, state_of
from kiosk.domain.notice import written
from kiosk.domain.pay import per_day
from kiosk.domain.record import from_plain, to_plain
from kiosk.domain.referral import NEXT, ReferralState
from kiosk.domain.referral import state_of as referral_state_of
from kiosk.domain.review import Finding, Severity, check, cleared, median_pay
from kiosk.domain.station import StationLevel
from kiosk.domain.worker import check_age, check_name
from kiosk.errors import ConfigError
from kiosk.services.rules import load_rules
from kiosk.services.sample import Sample, load_sample
from kiosk.services.sample_entry import CHINA

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "assets" / "sample"
RULES = ROOT / "assets" / "rules"
NOW = datetime(2026, 11, 23, 7, 42, 11, 250_000, tzinfo=UTC)
TODAY = NOW.astimezone(CHINA).date()
MOMENTS = (
    NOW,
    datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
    datetime(2028, 2, 28, 23, 0, tzinfo=UTC),
)
KINDS = [field.name for field in fields(Sample)]

DUBIOUS = {
    "包装工": {"fee"},
    "电子厂普工": {"papers", "sex", "long_day"},
    "手机兼职，在家就能做，一天300到500": {"fraud", "link"},
    "洗碗": {"wage_low", "part_time_settlement", "part_time_week"},
    "搬运": {"sex", "age_cap"},
    "砌院墙": {"missing"},
    "小区保安": {"fee", "long_day", "wage_low", "age_cap"},
    "榨油坊帮工": {"in_kind"},
    "钟点工，做饭打扫": {"region", "phone_in_text"},
    "年前大扫除，多要几个人": {"same_phone"},
    "文员，先学后上岗，包安排": {"fee", "fraud"},
    "境外高薪客服": {"fraud"},
    "茶楼服务员": {"family", "fee", "age_cap"},
    "出租银行卡，一天500": {"fraud"},
}
"""What a reader of these listings finds wrong with them, to be found by the rules: no more, no less."""


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample(FOLDER, NOW)


def state(sample: Sample, listing: Listing, now: datetime = NOW) -> ListingState:
    reviews = [r for r in sample.reviews if r.listing_id == listing.id]
    takedowns = [t for t in sample.takedowns if t.listing_id == listing.id]
    return state_of(listing, reviews, takedowns, now.astimezone(CHINA).date())


def in_state(sample: Sample, *states: ListingState, now: datetime = NOW) -> list[Listing]:
    return [listing for listing in sample.listings if state(sample, listing, now) in states]


def station_id(sample: Sample, name: str) -> str:
    return next(s.id for s in sample.stations if s.name == name)


def findings(sample: Sample, listing: Listing) -> tuple[Finding, ...]:
    others = [o for o in sample.listings if o.station_id == listing.station_id and o.contact_phone == listing.contact_phone]
    usual = median_pay((listing.trade, per_day(listing)) for listing in in_state(sample, ListingState.APPROVED))
    return check(listing, load_rules(RULES, TODAY), others, TODAY, usual)


def records(sample: Sample) -> list[Any]:
    return [record for kind in KINDS for record in getattr(sample, kind)]


def test_load_sample_when_read_gives_the_promised_numbers(sample: Sample) -> None:
    counted_kinds = ("stations", "employers", "listings", "workers", "policies", "trainings")
    assert [len(getattr(sample, kind)) for kind in counted_kinds] == [3, 12, 120, 40, 8, 6]
    assert Counter(listing.station_id for listing in sample.listings) == {
        station_id(sample, "义堂站"): 70,
        station_id(sample, "城关站"): 50,
    }
    counted = Counter((state(sample, listing), listing.station_id) for listing in sample.listings)
    assert 12 <= counted[ListingState.PENDING, station_id(sample, "义堂站")] <= 14
    assert counted[ListingState.PENDING, station_id(sample, "城关站")] == 0
    assert 95 <= sum(n for (found, _), n in counted.items() if found is ListingState.APPROVED) <= 105
    ended = {ListingState.RETURNED, ListingState.REJECTED, ListingState.EXPIRED, ListingState.FILLED, ListingState.WITHDRAWN}
    assert ended <= {found for found, _ in counted}


def test_load_sample_when_read_gives_notices_that_stand_and_could_be_written(sample: Sample) -> None:
    assert [n.station_id for n in sample.notices] == [None, station_id(sample, "义堂站")]
    assert all(n.sample and n.stands(NOW) for n in sample.notices)
    assert [(n.title, n.body) for n in sample.notices] == [written(n.title, n.body, ()) for n in sample.notices]


def test_load_sample_when_read_gives_the_tree_of_stations_and_their_staff(sample: Sample) -> None:
    county, *stations = sample.stations
    assert (county.name, county.level, county.parent_id) == ("云梦县公共就业和人才服务中心", StationLevel.COUNTY, None)
    assert [(s.name, s.short, s.area, s.level, s.parent_id) for s in stations] == [
        ("义堂站", "YT", "420923101", StationLevel.TOWNSHIP, county.id),
        ("城关站", "CG", "420923100", StationLevel.TOWNSHIP, county.id),
    ]
    own = [(p.name, p.role.value, p.pin) for p in sample.staff if p.station_id == station_id(sample, "义堂站")]
    assert own == [("李芳", "head", "246810"), ("张伟", "staff", "135790")]


def test_public_listings_when_counted_cover_every_code_list(sample: Sample) -> None:
    public = in_state(sample, ListingState.APPROVED)
    assert {listing.area for listing in public} == set(AREAS)
    assert {listing.trade for listing in public} == set(Trade)
    assert {listing.pay_unit for listing in public} == set(PayUnit)
    assert {listing.settlement for listing in public} == set(Settlement)
    assert {listing.meals for listing in public} == set(Meals)
    assert {listing.contact_scope for listing in public} == set(ContactScope)
    assert {listing.lodging for listing in public} == {listing.long_term for listing in public} == {True, False}
    assert any(listing.transport for listing in public)
    assert any(listing.pay_max_fen for listing in public)
    assert any(listing.employer_verified_on is None for listing in public)
    assert {listing.collected_how for listing in sample.listings} >= {Collected.TERMINAL, Collected.PHONE_CALL, Collected.STAFF}
    whole = [listing for listing in sample.listings if listing.pay_unit is PayUnit.WHOLE]
    assert {listing.day_start_min is None for listing in whole} == {True, False}


def test_public_listings_when_measured_are_short_and_long(sample: Sample) -> None:
    public = in_state(sample, ListingState.APPROVED)
    assert min(len(listing.title) for listing in public) == 2
    assert max(len(listing.title) for listing in public) >= 20
    assert min(len(listing.description) for listing in public) <= 4
    assert max(listing.description.count("\n") + 1 for listing in public) == 5
    assert max(len(listing.employer_name) for listing in public) >= 24


def test_public_listings_when_compared_with_the_pictures_hold_the_drawn_ones(sample: Sample) -> None:
    drawn = {
        ("装卸工", 3, "420923101", 26000, PayUnit.DAY),
        ("建筑小工", 6, "420923100", 28000, PayUnit.DAY),
        ("酒席帮厨", 2, "420923100", 18000, PayUnit.DAY),
        ("摘冬枣", 10, "420923102", 2200, PayUnit.HOUR),
        ("保洁", 1, "420923103", 3000, PayUnit.HOUR),
        ("护工", 1, "420923100", 520000, PayUnit.MONTH),
    }
    newest = sorted(sample.reviews, key=lambda r: r.reviewed_at)[-len(drawn) :]
    by_id = {listing.id: listing for listing in sample.listings}
    shown = [by_id[r.listing_id] for r in newest]
    assert {(s.title, s.headcount, s.area, s.pay_fen, s.pay_unit) for s in shown} == drawn
    loader = next(s for s in shown if s.title == "装卸工")
    assert (loader.starts_on - TODAY, loader.day_start_min, loader.transport) == (timedelta(days=1), 420, "6:30 站点门口接")


@pytest.mark.parametrize("now", MOMENTS)
def test_dates_when_loaded_at_any_moment_are_alive(now: datetime) -> None:
    sample, today = load_sample(FOLDER, now), now.astimezone(CHINA).date()
    assert len(in_state(sample, ListingState.APPROVED, now=now)) == len(in_state(load_sample(FOLDER, NOW), ListingState.APPROVED))
    for listing in in_state(sample, ListingState.APPROVED, ListingState.PENDING, now=now):
        assert today <= listing.starts_on <= listing.ends_on
    assert any(listing.starts_on == today + timedelta(days=1) and listing.day_start_min == 420 for listing in sample.listings)
    assert all(training.starts_on > today for training in sample.trainings)
    assert all(policy.published_on < today for policy in sample.policies)
    # a slip number of today belongs to a real visit
    assert all(worker.registered_at.astimezone(CHINA).date() < today for worker in sample.workers)


def test_decisions_when_followed_were_made_by_someone_else_after_the_collecting(sample: Sample) -> None:
    listings = {listing.id: listing for listing in sample.listings}
    staff = {person.id: person for person in sample.staff}
    assert len({review.listing_id for review in sample.reviews}) == len(sample.reviews)
    for review in sample.reviews:
        listing = listings[review.listing_id]
        assert listing.collected_at < review.reviewed_at < NOW, listing.title
        assert review.reviewer_id != listing.collected_by, listing.title
        assert (staff[review.reviewer_id].name, staff[review.reviewer_id].station_id) == (review.reviewer_name, listing.station_id)
        assert review.verdict is Verdict.APPROVE or review.reason
    approved_at = [r.reviewed_at for r in sample.reviews if r.verdict is Verdict.APPROVE]
    assert len(set(approved_at)) == len(approved_at)
    assert min(approved_at) < NOW - timedelta(days=5)
    assert max(approved_at) > NOW - timedelta(minutes=10)
    assert all(listing.collected_by == "employer" or listing.collected_by in staff for listing in sample.listings)
    assert all(listing.collected_at < NOW for listing in sample.listings)


def test_public_listings_when_checked_are_honest_or_say_why_they_may_pass(sample: Sample) -> None:
    reasons = {review.listing_id: review.hold_reasons for review in sample.reviews}
    excused = []
    for listing in in_state(sample, ListingState.APPROVED):
        serious = {f.rule for f in findings(sample, listing) if f.severity is not Severity.WARN}
        assert serious == set(reasons[listing.id]), listing.title
        excused += [listing.title] if serious else []
    assert excused


def test_waiting_and_refused_listings_when_checked_are_caught_for_what_is_wrong(sample: Sample) -> None:
    judged = in_state(sample, ListingState.PENDING, ListingState.RETURNED, ListingState.REJECTED)
    found = {(listing.title, listing.employer_name): {f.rule for f in findings(sample, listing)} for listing in judged}
    assert {title: rules for (title, _), rules in found.items() if rules} == DUBIOUS
    clean = [title for (title, _), rules in found.items() if not rules]
    assert sorted(clean) == sorted(["装卸工", "带孩子", "挖藕", "快递分拣"])


def test_the_packing_job_when_checked_reads_as_on_the_review_picture(sample: Sample) -> None:
    packing = next(listing for listing in sample.listings if listing.title == "包装工")
    (finding,) = findings(sample, packing)
    assert finding.values["quote"] == "每人150元工装费入职时交清"
    harmless = {getattr(packing, c.field)[slice(*c.span)] for c in cleared(packing, load_rules(RULES, TODAY))}
    assert "不收押金" in harmless
    assert (packing.headcount, packing.pay_fen, packing.collected_how) == (20, 420000, Collected.TERMINAL)
    assert [s.name for s in sample.staff if s.id == packing.collected_by] == ["张伟"]


def test_employers_when_units_carry_a_valid_code(sample: Sample) -> None:
    units = [employer for employer in sample.employers if employer.kind is EmployerKind.UNIT]
    assert {valid_uscc(employer.uscc or "") for employer in units} == {True}
    assert len({employer.uscc for employer in units}) == len(units)
    assert all(employer.uscc is None for employer in sample.employers if employer.kind is EmployerKind.PERSON)
    due = TODAY - timedelta(days=183)
    assert {e.verified_on is not None and e.verified_on < due for e in sample.employers} == {True, False}
    assert any(e.verified_on is None for e in sample.employers)
    assert all(bool(e.verified_what) == bool(e.verified_by) == (e.verified_on is not None) for e in sample.employers)


def test_the_code_check_when_given_the_example_of_gb_32100_accepts_it_and_no_neighbour() -> None:
    code = "91350100M000100Y43"
    assert valid_uscc(code)
    assert not any(valid_uscc(code[:9] + digit + code[10:]) for digit in "0123456789" if digit != code[9])


def test_employers_when_they_post_keep_to_their_station_and_name(sample: Sample) -> None:
    employers = {employer.id: employer for employer in sample.employers}
    posted = [listing for listing in sample.listings if listing.employer_id is not None]
    for listing in posted:
        employer = employers[listing.employer_id or ""]
        shown = (listing.station_id, listing.employer_name, listing.employer_verified_on)
        assert shown == (employer.station_id, employer.name, employer.verified_on)
    assert {listing.employer_id for listing in posted} == set(employers)


def test_workers_when_read_could_have_registered(sample: Sample) -> None:
    for worker in sample.workers:
        assert check_name(worker.name) == worker.name
        check_age(worker.age_band)
        assert 1 <= len(set(worker.trades)) == len(worker.trades) <= 6
        assert worker.consented_at < worker.registered_at
    assert {worker.age_band for worker in sample.workers} == {AgeBand.MINOR, AgeBand.ADULT, AgeBand.SENIOR}
    assert {len(worker.trades) for worker in sample.workers} >= {1, 2, 3, 6}
    assert any(worker.pay_fen is None for worker in sample.workers)
    names = "".join(worker.name for worker in sample.workers)
    assert all(character in names for character in "㛃𬬻〇")
    assert "阿依努尔·买买提" in {worker.name for worker in sample.workers}
    assert len({worker.code for worker in sample.workers}) == len({worker.number for worker in sample.workers}) == 40
    assert all(re.fullmatch(r"[1-9]\d{7}", worker.code) for worker in sample.workers)
    shorts = {station.id: station.short for station in sample.stations}
    assert all(re.fullmatch(rf"{shorts[w.station_id]}-\d{{4}}-\d{{4}}", w.number) for w in sample.workers)


def test_telephones_when_read_are_no_real_ones(sample: Sample) -> None:
    phones = {str(getattr(r, f)) for r in records(sample) for f in ("phone", "contact_phone") if hasattr(r, f)}
    assert [p for p in phones if not re.fullmatch(r"1990000\d{4}|07120000\d{3}", p)] == []
    own = [str(w.phone) for w in sample.workers]
    assert len(set(own)) == len(own)
    assert not set(own) & {str(listing.contact_phone) for listing in sample.listings}


def test_referrals_when_followed_keep_to_the_table_and_the_clock(sample: Sample) -> None:
    workers = {worker.id: worker for worker in sample.workers}
    approved = {review.listing_id: review.reviewed_at for review in sample.reviews if review.verdict is Verdict.APPROVE}
    reached = set()
    for referral in sample.referrals:
        worker = workers[referral.worker_id]
        assert worker.station_id == referral.station_id
        assert worker.registered_at < referral.created_at
        assert approved[referral.listing_id] < referral.created_at
        steps, before, at = [s for s in sample.steps if s.referral_id == referral.id], ReferralState.INTERESTED, referral.created_at
        for step in steps:
            assert step.state in NEXT[before]
            assert at <= step.stepped_at < NOW
            before, at = step.state, step.stepped_at
        assert referral_state_of(steps) is before
        reached |= {before} | {step.state for step in steps}
    wanted = {ReferralState.INTERESTED, ReferralState.PAID, ReferralState.UNPAID, ReferralState.DECLINED, ReferralState.ACCEPTED}
    assert wanted <= reached
    assert {step.referral_id for step in sample.steps} <= {referral.id for referral in sample.referrals}


def test_what_the_county_publishes_when_read_says_that_it_is_a_sample(sample: Sample) -> None:
    assert all(policy.sample and "样本" in policy.body for policy in sample.policies)
    assert all(training.sample and "样本" in training.body for training in sample.trainings)


def test_ids_when_loaded_again_are_the_same_and_unique(sample: Sample) -> None:
    ids = [record.id for record in records(sample)]
    assert len(set(ids)) == len(ids)
    assert [record.id for record in records(load_sample(FOLDER, NOW + timedelta(days=9)))] == ids
    assert load_sample(FOLDER, NOW) == sample
    # a store that was filled yesterday must know these again
    assert next(listing.id for listing in sample.listings if listing.title == "装卸工") == "cfbd683d-25f6-5ca4-98eb-dea2aaba325f"


def test_records_when_made_plain_come_back_the_same(sample: Sample) -> None:
    for record in records(sample):
        assert from_plain(type(record), to_plain(record)) == record


def test_the_loader_when_imported_needs_no_store_and_no_screen() -> None:
    code = "import sys, kiosk.services.sample; print(*sorted(m for m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "kiosk.services.sample" in loaded
    assert not [m for m in loaded if m.split(".")[0] in {"sqlalchemy", "kivy", "sqlcipher3"} or m.startswith("kiosk.store")]


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("listings_yitang.toml", 'trade = "loading"', 'trade = "lifting"', "listing hanshi-zhuangxie: trade: not one of Trade"),
        ("listings_yitang.toml", "pay_yuan = 260\n", "", "listing hanshi-zhuangxie: pay_yuan: missing"),
        ("listings_yitang.toml", "pay_yuan = 260", "pay = 260\npay_yuan = 260", "listing hanshi-zhuangxie: pay: no field of Listing"),
        ("listings_yitang.toml", 'area = "义堂镇"', 'area = "义堂乡"', "listing hanshi-zhuangxie: area: no '义堂乡'"),
        ("listings_yitang.toml", 'employer = "hanshi"', 'employer = "hansi"', "listing hanshi-zhuangxie: employer: no 'hansi'"),
        ("listings_yitang.toml", 'hours = "7:00-17:00"', 'hours = "7-17"', "listing hanshi-zhuangxie: hours: '7-17'"),
        ("listings_yitang.toml", 'ago = "3min"', 'ago = "soon"', "listing hanshi-zhuangxie: review: ago: 'soon'"),
        ("listings_yitang.toml", 'key = "hanshi-yeban"', 'key = "hanshi-zhuangxie"', "listing hanshi-zhuangxie: key: stands twice"),
        ("listings_yitang.toml", 'key = "hanshi-yeban"', 'key = "mengze-xiaogong"', "listing mengze-xiaogong: key: stands in another"),
        ("listings_yitang.toml", 'key = "hanshi-yeban"\n', "", "listing 2: key: missing"),
        (
            "workers.toml",
            'trades = ["loading", "labourer"]',
            'trades = ["loading", "none"]',
            "worker liu-guoqing: trades[1]: not one of Trade",
        ),
        ("referrals.toml", 'worker = "liu-guoqing"', 'worker = "nobody"', "referral liu-guoqing-wandao: worker: no 'nobody'"),
        ("referrals.toml", ', ago = "14d1h"', "", "referral liu-guoqing-wandao: step 1: ago: missing"),
        ("employers.toml", "verified_days_ago = 3", 'verified_days_ago = "3"', "employer hanshi: verified_days_ago: not int"),
        ("county.toml", 'summary = "找活、', 'sumary = "找活、', "policy fuwu-qingdan: sumary: no field of Policy"),
        ("stations.toml", "[[station]]", "[[station]", ""),
    ],
)
def test_load_sample_when_an_entry_is_wrong_names_file_entry_and_field(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "sample")
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_sample(folder, NOW)
    assert str(caught.value).startswith(f"{file}: {complaint}")


CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def valid_uscc(code: str) -> bool:
    """Check both check characters of a 统一社会信用代码: of the organisation in it (GB 11714) and of the whole (GB 32100)."""
    if len(code) != 18 or any(c not in CODE_CHARACTERS for c in code):
        return False
    organisation = sum(int(c, 36) * weight for c, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    whole = sum(CODE_CHARACTERS.index(c) * pow(3, place, 31) for place, c in enumerate(code[:17]))
    return "0123456789X0"[(11 - organisation % 11)] == code[16] and CODE_CHARACTERS[-whole % 31] == code[17]
