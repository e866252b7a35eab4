"""抽查 through a browser: who was drawn is masked, each look and each call is written down, the sums stand where the year is judged."""

import re

import pytest
import sqlalchemy as sa

from kiosk.county.console.audit import acts
from kiosk.county.console.roles import Role
from kiosk.county.schema import record, sample_call
from kiosk.domain.judgement import Judgement
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.services.assessment import assess
from kiosk.text import t
from tests.console.conftest import Console
from tests.console.handed_in import PAGE, hand_in, judge, site
from tests.hub_parts import COUNTY, OURS
from tests.integration.test_backup_sync import settle
from tests.safety.parts import Site, add

__all__ = ["site"]
NAMES = ("刘桂香", "陈大明", "欧阳小兰")


@pytest.fixture
def rows(console: Console, site: Site) -> Site:
    """Recommend three people, and hand in anew."""
    here = site.station.here
    for n, name in enumerate(NAMES):
        worker, now = add(here, f"1390000567{n}", name), site.clock()
        made = Referral(id=new_id(now), station_id=OURS.id, worker_id=worker, listing_id=new_id(now), contact_consent=False, created_at=now)
        step = ReferralStep(
            id=new_id(now),
            station_id=OURS.id,
            referral_id=made.id,
            state=ReferralState.REFERRED,
            party=Party.STAFF,
            how="",
            by_id=site.station.head.staff_id,
            by_name="李芳",
            stepped_at=now,
        )
        with site.station.store.write() as u:
            u.keep(made)
            u.keep(step)
        site.clock.tick(seconds=1)
    hand_in(site, console)
    return site


def drawn(page: str) -> list[str]:
    return re.findall(r'<section class="card sampled" id="([^"]+)"', page)


@pytest.mark.usefixtures("rows")
def test_sample_when_a_row_is_uncovered_shows_that_one_alone_and_is_written_down(console: Console) -> None:
    centre = console.signed_in()
    page = centre.open(f"{PAGE}/sample")
    ids = drawn(page)
    assert len(ids) == 3
    assert "刘＊" in page
    assert not any(name in page for name in NAMES)
    assert "1390000567" not in page.replace(" ", "")
    page = centre.send(f"{PAGE}/sample/look", row=ids[0])
    shown = [name for name in NAMES if name in page]
    assert len(shown) == 1
    number = f"139 0000 567{NAMES.index(shown[0])}"
    assert page.count(number) == 1
    with console.hub.engine.connect() as connection:
        (act,) = [one for one in acts(connection, COUNTY) if one.act == "sample_looked"]
        worker = connection.scalar(sa.select(record.c.id).where(record.c.data["name"].astext == shown[0]))
    assert (act.subject, act.name) == (worker, "周敏")
    page = centre.send(f"{PAGE}/sample", row=ids[0], heard="untrue", note="")
    assert (centre.status, t("bad.sample.note") in page) == (422, True)
    assert number not in page, "another look is another line in the record"
    centre.send(f"{PAGE}/sample/look", row=new_id(console.hub.clock()))
    assert centre.status == 404


@pytest.mark.usefixtures("rows")
def test_sample_when_called_stands_with_the_item_and_in_the_judgement_without_a_person(console: Console, site: Site) -> None:
    centre = console.signed_in()
    ids = drawn(centre.open(f"{PAGE}/sample"))
    for row, heard, note in ((ids[0], "nobody", ""), (ids[0], "true", ""), (ids[1], "untrue", "他说没去过"), (ids[2], "nobody", "关机")):
        console.hub.clock.tick(minutes=1)
        page = centre.send(f"{PAGE}/sample", row=row, heard=heard, note=note)
        assert t("console.sample.said") in page
    sums = t("console.sample.sums", asked=3, affirmed=1, denied=1, unreached=1)
    assert sums in page
    assert "他说没去过" in page
    assert t("console.sample.short", asked=3, affirmed=1) in centre.open(PAGE)
    judge(centre)
    centre.send(f"{PAGE}/publish")
    settle(site.station.store, console.hub)
    made = assess(site.station.here, site.station.head).judgement
    assert made is not None
    assert (made.asked, made.affirmed, made.denied) == (3, 1, 1)
    with console.hub.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sample_call)) == 4, "no call is written over"
        told = [one.facts for one in acts(connection, COUNTY) if one.act == "sample_called"]
        sent = connection.scalar(sa.select(record.c.data).where(record.c.entity == "judgement"))
    assert [one["result"] for one in told] == ["nobody", "untrue", "true", "nobody"]
    assert not any(word in str([sent, told]) for word in (*NAMES, "1390000567", "他说没去过"))
    with site.station.store.read() as u:
        assert "他说没去过" not in str(u.list(Judgement))


@pytest.mark.usefixtures("rows")
def test_sample_when_the_bureau_looks_shows_no_number_and_takes_no_call(console: Console) -> None:
    bureau = console.signed_in(Role.BUREAU)
    (row, *_) = drawn(bureau.open(f"{PAGE}/sample"))
    for path in ("/sample/look", "/sample"):
        bureau.open(f"{PAGE}/sample")
        bureau.send(f"{PAGE}{path}", row=row, heard="true", note="")
        assert bureau.status == 403, path
