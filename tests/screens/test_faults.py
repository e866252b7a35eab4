"""A terminal whose store cannot be opened: every way on says so to staff, and nothing can be entered."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Settings
from kiosk.domain.codes import AgeBand
from kiosk.screens import bare
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.conftest import Start
from tests.screens.real import RealStation, StartReal, looks


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def wrong_key(station: RealStation) -> None:
    """Put another station's key in the place of this one's."""
    Settings(state=str(station.state)).key_path.write_text("0f" * 32)


@pytest.mark.usefixtures("wrong_key")
@pytest.mark.parametrize("page", ["consent", "post", "mine", "jobs"])
def test_page_when_the_key_is_wrong_stops_and_takes_nothing(start_real: StartReal, screen: Screen, page: str) -> None:
    kiosk = start_real(screen)
    kiosk.wait_text(t("fault.key"))
    tile = {"consent": "register", "post": "post", "mine": "mine", "jobs": "find"}[page]
    kiosk.tap(t(f"home.{tile}.title"))
    kiosk.wait_page(page)
    kiosk.wait_text(t("fault.key"))
    seen = kiosk.view()
    assert not seen["dialog"]
    dock = {t(f"dock.{name}") for name in ("back", "home", "large", "easier", "say", "call")}
    assert {thing["text"] for thing in seen["things"] if thing["kind"] == "text" and thing["button"]} <= dock


@pytest.mark.usefixtures("wrong_key")
@pytest.mark.parametrize("phone", ["", "0712-0000101"])
def test_call_when_the_key_is_wrong_rings_all_the_same_and_sends_one_to_the_counter(
    start_real: StartReal, station: RealStation, lying: Screen, phone: str, rings: Path
) -> None:
    if phone:
        (station.state / bare.FILE).write_text(json.dumps({"name": "义堂站", "phone": phone}))
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    kiosk.tap(t("dock.call"))
    kiosk.wait_text(t("call.failed"))
    kiosk.wait_text(t("call.failed_phone", phone=phone) if phone else t("call.failed_text"))
    assert t("call.title") not in kiosk.texts()
    assert looks(kiosk) == []
    kiosk.wait(lambda _: rings.exists(), "a ring")
    kiosk.tap(t("call.ok"))
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")


@pytest.mark.usefixtures("wrong_key")
def test_consent_when_the_key_is_wrong_never_offers_to_agree(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying, "consent")
    offered: list[str] = []

    def stopped(seen: dict[str, Any]) -> bool:
        offered.append(str(seen))
        return t("fault.key") in offered[-1]

    kiosk.wait(stopped, "the fault")
    assert t(f"age_band.{AgeBand.ADULT.value}") not in "".join(offered)
    assert looks(kiosk) == []


@pytest.mark.long
def test_slip_when_the_store_answers_no_more_lets_nobody_wait_for_ever(
    start: Start, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_OFFICE", "BusyOffice")
    kiosk = start(lying, "got_slip", "job_id=1", f"head={t('talk.done')}")
    kiosk.wait_text(t("print.queued"))
    kiosk.wait_text(t("print.lost"), 60)
    assert looks(kiosk) == []


def test_apply_when_the_listing_cannot_be_read_asks_for_no_consent(start: Start, lying: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAY_OFFICE", "BusyOffice")
    kiosk = start(lying, "apply", "listing_id=1")
    kiosk.wait_text(t("problem.title"))
    assert {t("apply.yes"), t("apply.no")}.isdisjoint(kiosk.texts())
