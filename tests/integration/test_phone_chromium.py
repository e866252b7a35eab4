"""The phone pages in real Chromium as a worker uses them: small screens, large letters, no script, his thumb."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import PayUnit, Trade
from kiosk.domain.referral import ReferralState
from kiosk.domain.ticket import TicketKind, public_token
from kiosk.text import t
from tests.desk.chromium import Chromium
from tests.hub_parts import TestHub
from tests.integration.test_hub_push import a_worker
from tests.integration.test_phone import token
from tests.integration.test_phone_forms import LAST_FOUR, _referral, _step, _takedown, acts, slip
from tests.station import START, a_listing, a_review

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed; deploy/test installs it")
SHAPES = {"old phone": (360, 740, 16), "narrow, large letters": (320, 640, 26)}
THUMB_PX = 44


@pytest.fixture(params=SHAPES)
def phone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chromium]:
    width, height, letters = SHAPES[request.param]
    browser = Chromium(tmp_path / "profile", None, width, height)
    browser.enlarge(letters)
    browser.forbid_scripts()
    yield browser
    browser.close()


def whole(phone: Chromium) -> None:
    """Check that nothing leaves the screen at its side and all that is pressed is large enough."""
    assert phone.wider_than_window() == 0
    pressed = "[...document.querySelectorAll('a,button,summary,label,input[type=tel]')]"
    small = phone._run(f"{pressed}.filter(e => e.offsetParent && e.getBoundingClientRect().height < {THUMB_PX}).map(e => e.innerText)")
    assert small == []


def test_pages_when_a_worker_goes_through_them_with_his_thumb_do_what_they_say(hub: TestHub, phone: Chromium) -> None:
    ours = hub.terminal()
    long: dict[str, Any] = {"pay_fen": 1234567, "pay_max_fen": 9876543, "pay_unit": PayUnit.WHOLE, "requirements": "X" * 99}
    employer = "云梦县某某某某某某某某某某建筑劳务有限责任公司义堂分公司"
    listing = a_listing(trade=Trade.CLEANING, title="大型商场开业前夜间货架搬运和保洁打包工" * 2, employer_name=employer, **long)
    other, over, worker = a_listing(), a_listing(), a_worker()
    ours.push(worker, *(change for one in (listing, other, over) for change in (one, a_review(one, START))), _takedown(over))
    made = _referral(worker, over)
    ways = (ReferralState.REFERRED, ReferralState.ACCEPTED, ReferralState.ARRIVED)
    ours.push(made, *(_step(made, state, n - 5000) for n, state in enumerate(ways)))

    # off the board: what he scanned is over; he takes the next, and mistypes
    phone.open(f"{hub.base}/k/{public_token(over.id)}")
    whole(phone)
    phone.click(other.title)
    whole(phone)
    phone.click(t("phone.apply"))
    phone.type("code", "40718836")
    phone.type("last_four", "0000")
    phone.click(t("phone.apply_now"))
    assert t("phone.sorry.wrong_code") in phone.text()
    whole(phone)
    phone.open(f"{hub.base}/k/{public_token(other.id)}")
    phone.click(t("phone.apply"))
    phone.type("code", "40718836")
    phone.type("last_four", LAST_FOUR)
    phone.click(t("phone.consent"))
    phone.click(t("phone.apply_now"))
    assert t("phone.applied.title") in phone.text()
    whole(phone)
    assert [(act.listing_id, act.contact_consent) for act in acts(ours)] == [(other.id, True)]

    # with his slip: another one that fits
    phone.open(f"{hub.base}/k/{slip(ours, worker)}")
    whole(phone)
    phone.type("last_four", LAST_FOUR)
    phone.click(t("phone.open"))
    assert t("phone.mine.words.on_the_way") in phone.text()
    phone.click(listing.title)
    whole(phone)
    phone.click(t("phone.apply"))
    assert t("phone.applied.no") in phone.text()
    whole(phone)

    # with the slip of the work that he did
    phone.open(f"{hub.base}/k/{token(ours, TicketKind.REFERRAL, made.id)}")
    whole(phone)
    phone.type("last_four", LAST_FOUR)
    phone.click(t("phone.open"))
    phone.click(t("mine_pay.part"))
    assert t("phone.paid.part") in phone.text()
    whole(phone)
    phone.click(t("phone.again"))
    assert t("phone.mine.active.title", who="王＊兰") in phone.text()
    assert t("phone.mine.words.asks") not in phone.text()
    assert [(act.listing_id, act.answer) for act in acts(ours)][1:] == [(listing.id, None), (over.id, "part")]
