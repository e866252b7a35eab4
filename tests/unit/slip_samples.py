"""One of each slip, as a visitor of the test station would get it."""

from dataclasses import replace
from datetime import date, timedelta

from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.listing import ContactScope, Listing
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.running import Booking
from kiosk.domain.slip import Slip
from kiosk.domain.station import Policy, Station, Training
from kiosk.domain.worker import Worker
from kiosk.services import slips
from tests.station import START, STATION, a_listing

URL = "https://k.yunmeng.example/k/EQZq2wAAAAEBjRqkeAB3soABI0VniavN7wfDqoKq0k6mPh2C"
WORKER = Worker(
    id="00000000-0000-7000-8000-0000000000aa",
    revision=1,
    station_id=STATION.id,
    name=PersonName("王秀兰"),
    phone=Phone("19900005678"),
    age_band=AgeBand.ADULT,
    trades=(Trade.LOADING, Trade.LABOURER, Trade.FARMING),
    pay_fen=20000,
    code="40718836",
    number="YT-1123-0042",
    notice_version="2026-11",
    consented_at=START,
    registered_at=START,
)
LISTING: Listing = replace(a_listing(START), id="00000000-0000-7000-8000-0000000000bb", employer_verified_on=date(2026, 9, 1))
OTHER: Station = replace(STATION, id="00000000-0000-7000-8000-000000000002", name="城关站", short="CG", phone=Phone("07124000002"))
FOREIGN: Listing = replace(
    LISTING,
    station_id=OTHER.id,
    title="摘冬枣",
    trade=Trade.FARMING,
    pay_fen=2200,
    pay_unit=PayUnit.HOUR,
    lodging=True,
    transport="早上六点在镇政府门口上车，有面包车接送",
    requirements="60 岁以下，手脚麻利，自带草帽和手套；下雨不停工，请自己带雨衣",
)
OPEN: Listing = replace(FOREIGN, contact_scope=ContactScope.ALL_STATIONS)

POLICY = Policy(
    id="00000000-0000-7000-8000-0000000000cc",
    revision=1,
    title="灵活就业社保补贴",
    summary="年纪偏大的就业困难人员，自己交养老、医保，可以补一部分。",
    body="补多少：按实际交的钱来算，最多补三分之二。",
    who="登记失业后认定为就业困难人员的。",
    how="带身份证、缴费单、银行卡，到镇里人社窗口填一张表。",
    phone=Phone("07120000100"),
    published_on=date(2026, 9, 1),
)
TRAINING = Training(
    id="00000000-0000-7000-8000-0000000000dd",
    revision=1,
    title="电焊工取证班",
    body="焊机、面罩、焊条都备好，带双厚底鞋来。",
    area="420923108",
    place="胡金店钢构厂实训车间",
    starts_on=date(2026, 12, 9),
    days=15,
    seats=24,
    fee_fen=0,
    subsidy="学费、考试费不要",
    phone=Phone("07120000100"),
)
BOOKING = Booking(
    id="00000000-0000-7000-8000-0000000000ee",
    revision=1,
    station_id=STATION.id,
    who="找活的 4071 号",
    starts_at=START + timedelta(hours=18),
    minutes=60,
    booked_at=START,
)

SLIPS: dict[str, Slip] = {
    "registration": slips.registration_slip(WORKER, STATION, URL, START),
    "listing": slips.listing_slip(LISTING, STATION, "YT-1123-0043", URL, START, number=17),
    "listing_foreign": slips.listing_slip(FOREIGN, STATION, "YT-1123-0044", URL, START, owner=OTHER, number=18),
    "referral": slips.referral_slip(WORKER, LISTING, STATION, "YT-1123-0045", URL, START),
    "recommendation": slips.recommendation_slip(WORKER, LISTING, STATION, "YT-1123-0048", URL, START, by="李芳", contact=False, over=True),
    "posting": slips.posting_slip(LISTING, STATION, "YT-1123-0046", "58203417", URL, START + timedelta(hours=2), START),
    "returned": slips.returned_slip(LISTING, STATION, "YT-1123-0047", "请写清楚工钱怎么结，几点下班也要写上。", START),
    "policy": slips.policy_slip(POLICY, STATION, "YT-1123-0050", URL, START),
    "training": slips.training_slip(WORKER, TRAINING, 2, STATION, "YT-1123-0051", URL, START),
    "booking": slips.booking_slip(BOOKING, "4071", STATION, "YT-1123-0052", START),
    "reprint": slips.reprinted(slips.registration_slip(WORKER, STATION, URL, START), START + timedelta(minutes=3)),
}
REGISTERED_BEFORE = slips.registration_slip(WORKER, STATION, "", START)
RECOMMENDATION = slips.recommendation_slip(WORKER, LISTING, STATION, "YT-1123-0049", URL, START, by="李芳", contact=True)
"""The one slip on which a worker stands by name: he agreed."""
TEST_SLIP = slips.test_slip(STATION, "YT-1123-0000", URL, START)
