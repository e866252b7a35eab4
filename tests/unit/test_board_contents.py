"""Every page that is one thing can be read aloud twice while it stands, whatever the county, staff or an employer wrote."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.listing import Published
from kiosk.domain.notice import Notice
from kiosk.domain.privacy import Phone
from kiosk.domain.programme import LONGEST_S, PageKind, dwell_s, spoken_s
from kiosk.domain.record import new_id
from kiosk.domain.running import Facility
from kiosk.domain.station import Policy, Training
from kiosk.screens.board import contents
from kiosk.screens.board.contents import Contents, Network
from kiosk.screens.board.scene import Scene, Sheet, State, row
from kiosk.services.sample import load_sample
from tests.station import ASSETS, START, TestStation, a_listing, make_station

LEAST_S = 20.5
WORDS = st.text(alphabet="补贴领工资社保证件身份先到服务台登记。；，\n 1", max_size=400)
LONG = "凡在本县灵活就业的就业困难人员，按时缴纳社会保险费的，可以申请补贴。" * 12
TODAY = START.date()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> TestStation:
    return make_station(tmp_path_factory.mktemp("station"))


def a_policy(**texts: str) -> Policy:
    words = {"title": "补贴", "summary": "有补贴", "body": "", "who": "都行", "how": "来站里"} | texts
    return Policy(id=new_id(START), revision=1, phone=Phone(""), published_on=TODAY, sample=True, **words)


def a_training(**texts: str) -> Training:
    words: dict[str, Any] = {"title": "面点班", "body": "", "place": "文化站", "subsidy": "有补贴"} | texts
    days: dict[str, Any] = {"starts_on": TODAY + timedelta(days=1), "days": 5, "seats": 20, "fee_fen": 0}
    return Training(id=new_id(START), revision=1, area="420923101", phone=Phone(""), sample=True, **days, **words)


def pages(station: TestStation, text: str, other: str, third: str) -> list[Scene]:
    """Give a page of each kind with words as they may be written; all that is allowed, and more."""
    notice = Notice(
        id=new_id(START),
        revision=1,
        station_id=None,
        title=text,
        body=other,
        sample=True,
        starts_at=START,
        ends_at=START + timedelta(days=1),
    )
    holds = Contents(
        policies=(a_policy(title=text, summary=other, who=third, how=text),),
        trainings=(a_training(title=text, place=other, subsidy=third),),
        notices=(notice,),
        facilities=tuple((one, False, START) for one in Facility),
    )
    found = [
        holds.sheet(station.here, kind, name, 99, Network(text[:32] or "网", "12345678"), (), TODAY)
        for kind, names in holds.sheets(START, ()).items()
        for name in names
    ]
    sheets = [Scene(state=State.SHEET, kind=sheet.kind, sheet=sheet) for sheet in found if sheet is not None]
    listing = a_listing(title=text[:60], place=other[:80], requirements=third).public()
    published = Published(seq=1, number=17, published_at=START, day_fen=26000, listing=listing)
    said = row(published, "https://phone.test/k/1", TODAY)
    large = contents.large(published, TODAY)
    return [*sheets, Scene(state=State.LISTINGS, kind=PageKind.LARGE, rows=(said,), highlight=said, sheet=large)]


def stands_s(scene: Scene) -> float:
    return dwell_s(scene.words(), LEAST_S)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(WORDS, WORDS, WORDS)
def test_page_when_anything_was_written_can_be_read_aloud_twice_and_is_not_endless(
    station: TestStation, text: str, other: str, third: str
) -> None:
    shown = pages(station, text, other, third)
    assert {scene.kind for scene in shown} == {*PageKind} - {PageKind.LIST, PageKind.PICTURE}
    for scene in map(contents.readable, shown):
        assert 2 * spoken_s(scene.words()) <= stands_s(scene) <= LONGEST_S, scene.kind


def test_page_when_its_words_are_too_many_is_cut_where_a_thought_ends(station: TestStation) -> None:
    for scene in pages(station, LONG, LONG, LONG):
        assert scene.sheet is not None
        cut = contents.readable(scene).sheet
        assert cut is not None
        for before, after in zip(_texts(scene.sheet), _texts(cut), strict=True):
            if after != before:
                assert after.endswith("…")
                assert before.startswith(after[:-1])
                assert before[len(after) - 1] in "。；，\n…", after


def test_page_when_its_words_can_be_read_in_time_says_all_of_them(station: TestStation) -> None:
    sample = load_sample(ASSETS / "sample", START)
    holds = Contents(policies=tuple(sample.policies), trainings=tuple(sample.trainings))
    for kind, names in holds.sheets(START, ()).items():
        for name in names:
            sheet = holds.sheet(station.here, kind, name, 3, Network(), (), TODAY)
            scene = Scene(state=State.SHEET, kind=kind, sheet=sheet)
            if dwell_s(scene.words(), 0) <= LONGEST_S:
                assert contents.readable(scene) == scene


def test_list_when_it_has_many_rows_stands_until_all_can_be_read_twice() -> None:
    listing = a_listing(title="汉十物流园夜班装卸工").public()
    said = row(Published(seq=1, number=17, published_at=START, day_fen=26000, listing=listing), "", TODAY)
    scene = contents.readable(Scene(state=State.LISTINGS, rows=(said,) * 12))
    assert scene.rows[0].title == "汉十物流园夜班装卸工"
    assert stands_s(scene) == 2 * spoken_s(scene.words()) > LONGEST_S


def _texts(sheet: Sheet) -> list[str]:
    return [*(getattr(sheet, f.name) for f in fields(Sheet) if f.name in ("title", "lead", "body")), *(fact.text for fact in sheet.facts)]
