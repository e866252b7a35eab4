"""What stands on slips: the right words, the contact only as the employer chose, nobody's name whole, nothing that a printer must draw."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.devices.escpos_printer import encode
from kiosk.devices.printer_profile import PAPER_58, PAPER_80, Charset, Profile
from kiosk.domain.codes import PayUnit
from kiosk.domain.listing import Listing
from kiosk.domain.record import from_plain, to_plain
from kiosk.domain.slip import Code, Field, Line, Rule, Slip
from kiosk.services import slips
from kiosk.text import words
from tests.station import START, STATION
from tests.unit.slip_samples import FOREIGN, LISTING, OPEN, OTHER, RECOMMENDATION, REGISTERED_BEFORE, SLIPS, URL, WORKER

GB2312 = Profile(576, Charset.GB2312)


def said(slip: Slip) -> str:
    parts = []
    for block in slip.blocks:
        match block:
            case Line(text=text):
                parts.append(text)
            case Field(label=label, value=value):
                parts.append(f"{label} {value}")
            case Code(text=text):
                parts.append(text)
            case Rule():
                pass
    return "\n".join(parts)


def test_registration_slip_when_made_says_what_the_picture_says() -> None:
    assert said(SLIPS["registration"]).splitlines() == [
        "云梦县零工驿站",
        "义堂站 · 求职登记凭条",
        "编号 YT-1123-0042",
        "姓名 王＊兰",
        "工种 搬运装卸、建筑小工、农活",
        "工钱 200 元/天以上",
        "时间 2026-11-23 15:42",
        URL,
        "微信扫一扫，手机上接着办",
        "4071 8836",
        "改信息、撤回登记，都凭这个号码",
        "不交押金，不押身份证",
        "义堂站电话 0712-4000001",
        "更多活，微信里搜“湖北零工驿站”",
    ]


def test_registration_slip_when_pay_is_open_says_so() -> None:
    assert "工钱 面议" in said(slips.registration_slip(replace(WORKER, pay_fen=None), STATION, URL, START))


def test_slip_when_it_is_past_midnight_in_china_shows_that_day() -> None:
    late = START.replace(hour=17)
    assert "2026-11-24 01:42" in said(slips.registration_slip(WORKER, STATION, URL, late))


@pytest.mark.parametrize("name", SLIPS)
def test_slip_when_about_a_worker_never_shows_name_or_phone_whole(name: str) -> None:
    for secret in (WORKER.name, WORKER.phone, WORKER.phone.grouped()):
        assert secret not in said(SLIPS[name])


@pytest.mark.parametrize(
    ("listing", "shown", "hidden"),
    [
        (LISTING, ["周建国", "199 0000 1234"], ["城关站"]),
        (OPEN, ["周建国", "199 0000 1234"], []),
        (FOREIGN, ["打电话找城关站", "0712-4000002"], ["周建国", "1234"]),
    ],
    ids=["own_station", "all_stations", "other_station"],
)
@pytest.mark.parametrize("kind", ["listing", "referral"])
def test_contact_when_printed_is_where_the_employer_chose(kind: str, listing: Listing, shown: list[str], hidden: list[str]) -> None:
    if kind == "listing":
        slip = slips.listing_slip(listing, STATION, "YT-1", URL, START, owner=OTHER)
    else:
        slip = slips.referral_slip(WORKER, listing, STATION, "YT-1", URL, START, owner=OTHER)
    for part in shown:
        assert part in said(slip)
    for part in hidden:
        assert part not in said(slip)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "约合 28.9 元/小时 · 日结"),
        ({"pay_unit": PayUnit.HOUR, "pay_fen": 2200}, "约合 198 元/天 · 日结"),
        ({"pay_unit": PayUnit.PIECE, "pay_fen": 35}, "合一小时多少钱算不出 · 日结"),
        ({"pay_unit": PayUnit.HOUR, "pay_fen": 2200, "day_start_min": None}, "按小时算 · 日结"),
    ],
)
def test_listing_slip_when_the_unit_varies_compares_or_says_it_cannot(changes: dict[str, object], line: str) -> None:
    assert line in said(slips.listing_slip(replace(LISTING, **changes), STATION, "YT-1", URL, START)).splitlines()  # type: ignore[arg-type]


def test_listing_slip_when_the_pay_is_a_range_gives_both_ends() -> None:
    assert "200到260 元/天" in said(slips.listing_slip(replace(LISTING, pay_fen=20000, pay_max_fen=26000), STATION, "YT-1", URL, START))


@pytest.mark.parametrize(("hours", "words_"), [(2, "今天 17:42 前给您答复"), (20, "11月24日 11:42 前给您答复")])
def test_posting_slip_when_review_is_due_says_when(hours: int, words_: str) -> None:
    slip = slips.posting_slip(LISTING, STATION, "YT-1", "58203417", URL, START + timedelta(hours=hours), START)
    assert words_ in said(slip)


def test_recommendation_slip_when_the_worker_agreed_names_him_and_has_room_for_both_to_sign() -> None:
    text = said(RECOMMENDATION)
    for part in ("王秀兰", "199 0000 5678", "推荐人 李芳", "求职人签字", "用工方签字", "周建国"):
        assert part in text
    assert "候补" not in text


def test_recommendation_slip_when_he_did_not_agree_leads_over_the_station_and_says_that_places_are_taken() -> None:
    text = said(SLIPS["recommendation"])
    for part in ("王＊兰", "先打驿站电话 0712-4000001", "候补"):
        assert part in text


def test_registration_slip_when_he_was_registered_before_is_the_golden_one(golden: Callable[[str, bytes], None]) -> None:
    golden("slips/registration-known.bin", encode(REGISTERED_BEFORE, PAPER_80))


def test_recommendation_slip_when_encoded_with_a_name_is_the_golden_one(golden: Callable[[str, bytes], None]) -> None:
    golden("slips/recommendation-named.bin", encode(RECOMMENDATION, PAPER_80))


@pytest.mark.parametrize("name", ["listing", "listing_foreign", "referral", "recommendation", "booking", "training"])
def test_slip_when_it_sends_one_somewhere_says_when_in_large_letters(name: str) -> None:
    tall = [block.value for block in SLIPS[name].blocks if isinstance(block, Field) and block.tall]
    assert any("月" in value for value in tall)


def test_slip_when_journalled_before_there_were_large_fields_still_loads() -> None:
    old = to_plain(SLIPS["listing"])
    for block in old["blocks"]:
        block.pop("tall", None)
    assert said(from_plain(Slip, old)) == said(SLIPS["listing"])


def test_returned_slip_when_made_gives_the_reason_and_no_contact() -> None:
    text = said(SLIPS["returned"])
    assert "请写清楚工钱怎么结" in text
    assert "199" not in text


def test_reprinted_when_done_twice_is_marked_once_and_keeps_its_serial() -> None:
    once = SLIPS["reprint"]
    twice = slips.reprinted(once, START + timedelta(minutes=9))
    assert (said(twice).count("补打"), said(twice).splitlines()[0]) == (1, "补打 15:51")
    assert (twice.serial, twice.reprint, twice.blocks[1:]) == ("YT-1123-0042", True, SLIPS["registration"].blocks)


@pytest.mark.parametrize("name", SLIPS)
def test_slip_when_journalled_comes_back_the_same(name: str) -> None:
    assert from_plain(Slip, to_plain(SLIPS[name])) == SLIPS[name]


def test_words_when_they_go_on_paper_need_no_raster() -> None:
    ours = {
        k: v
        for k, v in words().items()
        if k.startswith(("slip.", "trade.", "pay_unit.", "settlement.", "meals.")) and k != "slip.test.rare"
    }
    assert {k: [c for c in v if not GB2312.has(c)] for k, v in ours.items() if not all(map(GB2312.has, v))} == {}


@pytest.mark.parametrize("name", SLIPS)
def test_slip_when_encoded_is_the_golden_one(name: str, golden: Callable[[str, bytes], None]) -> None:
    golden(f"slips/{name}.bin", encode(SLIPS[name], PAPER_80))


def test_registration_slip_when_narrow_is_the_golden_one(golden: Callable[[str, bytes], None]) -> None:
    golden("slips/registration-58.bin", encode(SLIPS["registration"], PAPER_58))


@pytest.mark.parametrize("profile", [PAPER_80, PAPER_58], ids=["80", "58"])
def test_registration_slip_when_nothing_is_rare_stays_under_a_kilobyte(profile: Profile) -> None:
    assert len(encode(SLIPS["registration"], profile)) <= 1024
