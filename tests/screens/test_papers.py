"""表格进出 touched from outside: the numbers, marking what was entered one by one and all at once, what is doubtful."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kiosk.desk.certificate import make_certificate
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.running import PlatformEntry
from kiosk.domain.worker import Worker
from kiosk.services.export import waiting
from kiosk.services.roster import roster, this_year
from kiosk.trial.display import Screen
from tests.desk.conftest import fingerprint
from tests.screens.real import RealStation, StartReal, looks, whole_in_both_sizes
from tests.screens.test_staff import _sign_in
from tests.screens.xtest import Kiosk


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def doubtful(station: RealStation) -> None:
    """Recommend an employer to himself."""
    here = station.here
    now = here.now() - timedelta(minutes=5)
    with here.store.write() as u:
        job = next(p.listing for p in u.newest() if p.listing.station_id == here.station_id)
        listing = u.need(Listing, job.id)
        worker = u.list(Worker, station_id=here.station_id)[0]
        own = replace(worker, id=new_id(now), name=listing.contact_name, phone=listing.contact_phone, code="87654321")
        made = Referral(
            id=new_id(now), station_id=here.station_id, worker_id=own.id, listing_id=job.id, contact_consent=True, created_at=now
        )
        step = ReferralStep(
            id=new_id(now),
            station_id=here.station_id,
            referral_id=made.id,
            state=ReferralState.REFERRED,
            by_name="张伟",
            how="电话",
            party=Party.STAFF,
            stepped_at=now,
        )
        for record in (own, made, step):
            u.keep(record)


def _papers(start_real: StartReal, screen: Screen) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("表格进出")
    kiosk.wait_page("papers")
    kiosk.wait_text("推荐成功花名册")
    return kiosk


def _buttons(seen: dict[str, Any], text: str) -> list[list[int]]:
    """Find the buttons with this word that are seen whole, from top to bottom."""
    found = [t for t in seen["things"] if t["text"] == text and t["button"] and t["button"]["enabled"]]
    rects = [t["button"]["rect"] for t in found if t["rect"][3] - t["rect"][1] > 20]
    return sorted(rects, key=lambda r: r[1])


def _press(kiosk: Kiosk, text: str, nth: int = 0) -> None:
    seen = kiosk.wait(lambda seen: len(_buttons(seen, text)) > nth, f"{text} {nth + 1}")
    time.sleep(0.2)
    kiosk.touch(kiosk.middle(_buttons(seen, text)[nth]))


def _marks(station: RealStation) -> list[PlatformEntry]:
    with station.here.store.read() as u:
        return list(u.list(PlatformEntry))


def test_papers_when_opened_says_the_numbers(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    found, waits = roster(station.here, this_year(station.here)), waiting(station.here)
    assert found.rows
    assert not found.suspicious
    kiosk = _papers(start_real, screen)
    for text in ("没有要核对的", f"{len(waits.listings)} 条", f"{len(waits.workers)} 条", "表格文件在办公电脑上取"):
        kiosk.wait_text(text)
    kiosk.wait_text("推荐成功花名册")


def test_papers_when_a_row_is_suspicious_says_why_and_names_nobody(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    doubtful(station)
    with station.here.store.read() as u:
        name = str(next(w for w in u.list(Worker) if w.code == "87654321").name)
    kiosk = _papers(start_real, screen)
    kiosk.tap("1 行要核对，看一看")
    kiosk.wait_text("用工方和求职者是同一个人")
    assert not any(name in text for text in kiosk.texts())
    whole_in_both_sizes(kiosk, "用工方和求职者是同一个人")
    kiosk.tap("返回")
    kiosk.wait_text("推荐成功花名册")
    assert kiosk.view()["page"] == "papers"


def test_papers_when_one_is_entered_marks_it_and_moves_nothing(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    first, second = waiting(station.here).listings[:2]
    count = len(waiting(station.here).listings)
    kiosk = _papers(start_real, screen)
    _press(kiosk, "看一看", 0)
    kiosk.wait_text(f"{count} 条用工信息还没录进省平台")
    where = _buttons(kiosk.wait(lambda seen: len(_buttons(seen, "录好了")) > 1, "the list"), "录好了")
    kiosk.screen.tap(kiosk.middle(where[0]))
    kiosk.screen.tap(kiosk.middle(where[0]))
    kiosk.wait_text(f"{count - 1} 条用工信息还没录进省平台")
    time.sleep(0.3)
    assert [(m.entity, m.record_id, m.by_name) for m in _marks(station)] == [("listing", first.id, "李芳")], "a second touch marks no other"
    assert _buttons(kiosk.view(), "录好了")[0] == where[1]
    kiosk.wait_text("记下了")
    kiosk.wait_text(f"{count - 1} 条用工信息还没录进省平台")
    assert waiting(station.here).listings[0] == second


def test_papers_when_all_shown_are_entered_asks_once_more_and_brings_the_next(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    workers = waiting(station.here).workers
    assert len(workers) > 20
    kiosk = _papers(start_real, screen)
    _press(kiosk, "看一看", 1)
    kiosk.wait_text(f"{len(workers)} 个求职登记还没录进省平台")
    shown = kiosk.texts()
    assert not any(str(secret) in text for text in shown for w in workers for secret in (w.name, w.phone)), "the screen is in the hall"
    kiosk.tap("这 20 条都录好了")
    kiosk.wait_text("这 20 条都录进省平台了吗？")
    time.sleep(0.3)
    assert looks(kiosk) == []
    kiosk.tap("还没有")
    time.sleep(0.3)
    assert _marks(station) == []
    kiosk.tap("这 20 条都录好了")
    kiosk.wait_text("这 20 条都录进省平台了吗？")
    time.sleep(0.2)
    kiosk.tap("都录好了")
    kiosk.wait_text(f"这 {len(workers) - 20} 条都录好了")
    assert {m.record_id for m in _marks(station)} == {w.id for w in workers[:20]}
    kiosk.tap(f"这 {len(workers) - 20} 条都录好了")
    kiosk.wait_text("录进省平台了吗？")
    time.sleep(0.2)
    kiosk.tap("都录好了")
    kiosk.wait(lambda seen: not _buttons(seen, "录好了") and not seen["dialog"], "an empty list")
    assert waiting(station.here).workers == ()
    kiosk.tap("返回")
    kiosk.wait_text("待录入省平台")
    assert looks(kiosk) == []


def test_papers_when_the_store_cannot_write_says_so_and_marks_nothing(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = _papers(start_real, lying)
    _press(kiosk, "看一看", 0)
    kiosk.wait_text("用工信息还没录进省平台")
    with station.here.store.write() as u:
        u.connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON platform_entry BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    _press(kiosk, "录好了", 0)
    kiosk.wait_text("没有办成")
    assert _marks(station) == []
    kiosk.tap("知道了")
    time.sleep(0.3)
    assert _buttons(kiosk.view(), "录好了"), "it can be tried again"


def test_papers_when_the_desk_is_switched_on_says_its_address_and_mark(
    start_real: StartReal, station: RealStation, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_DESK", "192.0.2.7:8443")
    certificate, _ = make_certificate(station.state / "desk", station.here.now())
    mark = fingerprint(certificate).replace(":", "")
    kiosk = _papers(start_real, screen)
    kiosk.wait_text("https://192.0.2.7:8443/")
    assert mark[:16] in kiosk.wait_text("证书指纹")["text"].replace(" ", "")
    kiosk.wait_text("推荐成功花名册")
