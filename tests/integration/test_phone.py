"""The phone pages of a real hub, in every state: right words and status, nothing personal, small, no JavaScript, in real Chromium."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from kiosk.domain import ticket as tickets
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind
from kiosk.domain.listing import Listing, ListingState, Takedown, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.ticket import PublicKind, TicketKind, public_token
from kiosk.domain.worker import WorkerState
from kiosk.text import t, words
from tests.hub_parts import OTHER, OURS, Terminal, TestHub, some_id
from tests.integration.test_hub_push import a_worker, held
from tests.station import START, Clock, a_listing, a_review
from tests.unit.slip_samples import POLICY, TRAINING

PERSONAL = ("王秀兰", "13800005678", "40718836", "周建国", "19900001234")
SIZE_MAX = 30 * 1024
WORKER = a_worker()


@pytest.fixture
def ours(hub: TestHub) -> Terminal:
    return hub.terminal()


def token(ours: Terminal, kind: TicketKind, subject: str, **changes: Any) -> str:
    key_id = ours.enrolled.ticket_key_id
    ticket = replace(tickets.issue(kind, subject, key_id, START), **changes)
    return tickets.sign(ticket, bytes.fromhex(ours.enrolled.ticket_key))


def look(hub: TestHub, some_token: str) -> requests.Response:
    """Fetch a page and check what holds for every page."""
    response = hub.get(f"/k/{some_token}")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert len(response.content) <= SIZE_MAX
    assert [p for p in PERSONAL if p in response.text] == []
    assert "<script" not in response.text
    assert "http://" not in response.text
    assert "湖北零工驿站" in response.text
    assert response.headers["cache-control"] == "no-store"
    return response


def shows(response: requests.Response, status: int, *texts: str) -> None:
    read = response.text.replace('</span><span class="ib">', "")
    missing = [text for text in texts if text not in read]
    assert (response.status_code, missing) == (status, [])


def test_page_when_the_listing_is_public_shows_its_pay_card_and_the_stations_phone(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START))
    card = (
        "装卸工",
        "云梦县汉十物流有限公司",
        "260</b> 元/天",
        "约 28.9 元/小时",
        "日结",
        "明天起，3 天",
        "7:00 到 17:00，歇 1 小时",
        "义堂镇汉十物流园",
        "要 3 人",
        "管一餐",
    )
    for some_token in (public_token(listing.id), token(ours, TicketKind.LISTING, listing.id)):
        shows(look(hub, some_token), 200, *card, 'href="tel:07124000001"', "不交押金", "数据更新于 15:42")


def test_page_when_an_edit_is_pending_shows_the_approved_revision(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START), replace(listing, revision=2, title="改过的"))
    response = look(hub, public_token(listing.id))
    shows(response, 200, "装卸工")
    assert "改过的" not in response.text


@pytest.mark.parametrize("reviewed", [False, True])
def test_page_when_the_listing_is_not_public_shows_nothing_of_it(hub: TestHub, ours: Terminal, reviewed: bool) -> None:
    listing = a_listing()
    ours.push(listing)
    if reviewed:
        ours.push(a_review(listing, START, Verdict.REJECT, reason="假的"))
    response = look(hub, public_token(listing.id))
    shows(response, 404, t("phone.listing.hidden.title"))
    assert "装卸工" not in response.text
    shows(look(hub, token(ours, TicketKind.LISTING, listing.id)), 200, t("phone.waiting.title"))


def test_page_when_the_listing_has_ended_says_so(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START))
    hub.clock.tick(days=4)
    shows(look(hub, public_token(listing.id)), 410, t("phone.listing.ended.title"), "“装卸工”已经过了日子", 'href="tel:07124000001"')


@pytest.mark.parametrize(
    ("state", "key"), [(ListingState.WITHDRAWN, "phone.listing.down.title"), (ListingState.FILLED, "phone.listing.filled.title")]
)
def test_page_when_the_listing_was_taken_down_says_so_and_shows_nothing_of_it(
    hub: TestHub, ours: Terminal, state: ListingState, key: str
) -> None:
    listing = a_listing()
    down = Takedown(
        id=new_id(START), station_id=OURS.id, listing_id=listing.id, by_name="李芳", reason="r", state=state, taken_down_at=START
    )
    ours.push(listing, a_review(listing, START), down)
    response = look(hub, public_token(listing.id))
    shows(response, 410, t(key))
    assert "装卸工" not in response.text


@pytest.mark.parametrize("state", WorkerState)
def test_page_when_it_is_a_registration_shows_its_state_and_nothing_personal(hub: TestHub, ours: Terminal, state: WorkerState) -> None:
    worker = a_worker(state=state)
    ours.push(worker)
    response = look(hub, token(ours, TicketKind.REGISTRATION, worker.id))
    shows(response, 200, t(f"phone.registration.{state}.title"), 'href="tel:07124000001"', "数据更新于 15:42")


def test_page_when_the_registration_was_deleted_says_withdrawn(hub: TestHub, ours: Terminal) -> None:
    worker = a_worker()
    ours.push(worker)
    ours.send([ours.change(worker, op="delete", data={})])
    shows(look(hub, token(ours, TicketKind.REGISTRATION, worker.id)), 200, t("phone.registration.withdrawn.title"))


def test_page_when_the_worker_withdrew_says_so_and_the_county_holds_nothing_personal(hub: TestHub, ours: Terminal) -> None:
    worker = a_worker()
    ours.push(worker)
    ours.push(
        replace(worker, revision=2, state=WorkerState.WITHDRAWN, name=PersonName(""), phone=Phone(""), trades=(), pay_fen=None, area=None)
    )
    shows(look(hub, token(ours, TicketKind.REGISTRATION, worker.id)), 200, t("phone.registration.withdrawn.title"))
    kept = [str(data) for data in held(hub, worker.id).values()]
    assert kept
    assert not [data for data in kept if worker.name in data or worker.phone in data]


@pytest.mark.parametrize("state", ReferralState)
def test_page_when_it_is_a_referral_shows_its_state_and_the_listing(hub: TestHub, ours: Terminal, state: ReferralState) -> None:
    listing, worker = a_listing(), a_worker()
    referral = Referral(
        id=new_id(START), station_id=OURS.id, worker_id=worker.id, listing_id=listing.id, contact_consent=True, created_at=START
    )
    ways = {"paid": "referred accepted arrived paid", "unpaid": "referred accepted arrived unpaid", "arrived": "referred accepted arrived"}
    ways |= {"accepted": "referred accepted", "no_show": "referred accepted no_show", "interested": ""}
    steps = [
        ReferralStep(
            id=new_id(START),
            station_id=OURS.id,
            referral_id=referral.id,
            state=ReferralState(s),
            by_name="李芳",
            how="phone",
            stepped_at=START + timedelta(minutes=n),
        )
        for n, s in enumerate(ways.get(state, state.value).split())
    ]
    ours.push(listing, a_review(listing, START), worker, referral, *steps)
    for kind in (TicketKind.REFERRAL, TicketKind.RECOMMENDATION):
        shows(look(hub, token(ours, kind, referral.id)), 200, t(f"phone.referral.{state}.title"), "装卸工", "260")


def _posted(ours: Terminal, state: ListingState) -> Listing:
    listing = a_listing()
    ours.push(listing)
    if state in (ListingState.RETURNED, ListingState.REJECTED):
        ours.push(a_review(listing, START, Verdict(state.value.removesuffix("ed")), reason="钟点没写"))
    if state in (ListingState.APPROVED, ListingState.EXPIRED):
        ours.push(a_review(listing, START))
    if state in (ListingState.FILLED, ListingState.WITHDRAWN):
        ours.push(
            Takedown(
                id=new_id(START), station_id=OURS.id, listing_id=listing.id, by_name="李芳", reason="r", state=state, taken_down_at=START
            )
        )
    return listing


@pytest.mark.parametrize("state", [s for s in ListingState if s is not ListingState.DRAFT])
def test_page_when_it_is_a_posting_shows_the_employer_its_state(hub: TestHub, ours: Terminal, state: ListingState) -> None:
    listing = _posted(ours, state)
    if state is ListingState.EXPIRED:
        hub.clock.tick(days=4)
    shows(look(hub, token(ours, TicketKind.POSTING, listing.id)), 200, t(f"phone.posting.{state}.title"), "装卸工")


@pytest.mark.parametrize("kind", TicketKind)
def test_page_when_the_hub_does_not_know_the_record_says_not_reported_yet(hub: TestHub, ours: Terminal, kind: TicketKind) -> None:
    shows(look(hub, token(ours, kind, some_id(hub.clock))), 200, t("phone.waiting.title"), "义堂站", 'href="tel:07124000001"')


def test_page_when_a_station_signs_for_anothers_person_says_not_reported_yet(hub: TestHub, ours: Terminal) -> None:
    worker = a_worker()
    ours.push(worker)
    shows(look(hub, token(hub.terminal(OTHER), TicketKind.REGISTRATION, worker.id)), 200, t("phone.waiting.title"))


def _forged(ours: Terminal) -> str:
    return tickets.sign(tickets.issue(TicketKind.REGISTRATION, WORKER.id, ours.enrolled.ticket_key_id, START), b"\0" * 32)


BAD: dict[str, tuple[Callable[[Terminal], str], int, str]] = {
    "forged": (_forged, 403, "phone.forged.title"),
    "unknown key": (lambda o: token(o, TicketKind.REGISTRATION, WORKER.id, key_id=2**32 - 1), 403, "phone.forged.title"),
    "another county": (lambda o: token(o, TicketKind.REGISTRATION, WORKER.id, county="420922"), 404, "phone.foreign.title"),
    "hour of 1970": (lambda o: token(o, TicketKind.REGISTRATION, WORKER.id, hour=7), 410, "phone.expired.title"),
    "181 days old": (
        lambda o: token(o, TicketKind.REGISTRATION, WORKER.id, hour=int(START.timestamp()) // 3600 - 181 * 24),
        410,
        "phone.expired.title",
    ),
    "cut": (lambda o: _forged(o)[:40], 404, "phone.malformed.title"),
    "empty": (lambda o: "", 404, "phone.malformed.title"),
    "markup": (lambda o: "<b>13812345678</b>", 404, "phone.malformed.title"),
    "path": (lambda o: "../../etc/passwd", 404, ""),
    "version 2": (lambda o: base64.urlsafe_b64encode(b"\x21" + b"\0" * 35).decode(), 404, "phone.malformed.title"),
    "link to nothing": (lambda o: public_token(some_id(Clock())), 404, "phone.listing.hidden.title"),
}


@pytest.mark.parametrize("case", BAD)
def test_page_when_the_token_is_bad_is_friendly_and_has_the_right_status(hub: TestHub, ours: Terminal, case: str) -> None:
    make, status, key = BAD[case]
    ours.push(WORKER)
    if case == "path":
        assert hub.get("/k/..%2F..%2Fetc%2Fpasswd").status_code == status
        return
    response = look(hub, make(ours))
    shows(response, status, t(key))
    assert "13812345678" not in response.text


def test_page_when_the_clock_was_not_set_is_judged_by_the_record(hub: TestHub, ours: Terminal) -> None:
    worker = a_worker()
    ours.push(worker)
    unset = token(ours, TicketKind.REGISTRATION, worker.id, hour=0)
    shows(look(hub, unset), 200, t("phone.registration.active.title"))
    hub.clock.tick(days=181)
    shows(look(hub, unset), 410, t("phone.expired.title"))


def test_page_when_fetched_changes_nothing(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START), WORKER)
    before = _everything(hub)
    for some_token in (public_token(listing.id), token(ours, TicketKind.REGISTRATION, WORKER.id), _forged(ours)):
        look(hub, some_token)
        assert requests.head(f"{hub.base}/k/{some_token}", timeout=20).content == b""
    assert _everything(hub) == before


def test_page_when_the_station_was_never_heard_of_says_so(hub: TestHub) -> None:
    listing = a_listing()
    ours = hub.terminal()
    ours.push(listing, a_review(listing, START))
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE device SET heard_at = NULL")
    shows(look(hub, public_token(listing.id)), 200, t("phone.updated_never"))


def test_page_when_the_listing_has_hostile_text_escapes_it(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing(title="<script>alert(1)</script>", requirements='"><img src=x>')
    ours.push(listing, a_review(listing, START))
    response = look(hub, public_token(listing.id))
    shows(response, 200, "&lt;script&gt;")


def test_front_page_when_opened_tells_the_way(hub: TestHub) -> None:
    response = hub.get("/")
    shows(response, 200, t("phone.front.title"), "湖北零工驿站")


def _everything(hub: TestHub) -> list[Any]:
    with hub.engine.connect() as connection:
        names = ("record", "feed", "device", "ticket_key", "enrolment_code", "county")
        return [connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1, 2").all() for name in names]


def test_words_of_pages_when_walked_have_title_and_text() -> None:
    pages = {key.rsplit(".", 1)[0] for key in words() if key.startswith("phone.") and key.endswith(".title")}
    assert {p for p in pages if f"{p}.text" not in words()} == set()


def test_page_when_an_approval_was_undone_shows_the_listing_no_more(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START))
    shows(look(hub, public_token(listing.id)), 200, "装卸工")
    ours.push(a_review(listing, START + timedelta(seconds=30), Verdict.UNDO))
    shows(look(hub, public_token(listing.id)), 404, t("phone.listing.hidden.title"))
    shows(look(hub, token(ours, TicketKind.POSTING, listing.id)), 200, t("phone.posting.pending.title"))


def test_page_when_the_employer_is_held_shows_the_listing_no_more(hub: TestHub, ours: Terminal) -> None:
    employer = Employer(
        id=new_id(START), revision=1, station_id=OURS.id, kind=EmployerKind.UNIT, name="某厂", phone=Phone("19900001234"), created_at=START
    )
    listing = a_listing(employer_id=employer.id)
    hold = EmployerHold(
        id=new_id(START),
        station_id=OURS.id,
        employer_id=employer.id,
        held=True,
        reason="欠薪",
        by_id="x",
        by_name="李芳",
        decided_at=START,
    )
    ours.push(employer, listing, a_review(listing, START), hold)
    shows(look(hub, public_token(listing.id)), 410, t("phone.listing.down.title"))
    ours.push(replace(hold, id=new_id(START), held=False, decided_at=START + timedelta(hours=1)))
    shows(look(hub, public_token(listing.id)), 200, "装卸工")


def test_page_when_it_is_a_policy_or_a_course_shows_it_whole_and_whom_to_ask(hub: TestHub) -> None:
    hub.publish(POLICY, TRAINING)
    policy = look(hub, public_token(POLICY.id, PublicKind.POLICY))
    shows(policy, 200, POLICY.title, POLICY.summary, POLICY.who, POLICY.how, POLICY.body, 'href="tel:07120000100"')
    course = look(hub, public_token(TRAINING.id, PublicKind.TRAINING))
    shows(course, 200, TRAINING.title, "12月9日开课，一共 15 天", "胡金店镇", TRAINING.place, "收 24 个人，不要钱", TRAINING.body)
    for kind, record_id in ((PublicKind.POLICY, TRAINING.id), (PublicKind.TRAINING, some_id(Clock()))):
        shows(look(hub, public_token(record_id, kind)), 404, t("phone.published_gone.title"))
