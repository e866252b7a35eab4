"""What the county publishes: editions that wait and come again, two at one thing, forms that refuse, sheets, and who may what."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from kiosk.county.console.audit import acts
from kiosk.county.console.roles import Role
from kiosk.county.console.sheet_trial import lasts
from kiosk.county.editions import Kind, publish_due
from kiosk.county.rulings import Rulings
from kiosk.county.schema import edition, feed, record
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.services import ruling
from kiosk.services.rules import texts_of
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.hub_parts import COUNTY, TestHub
from tests.station import ASSETS, START, make_store

TODAY, TOMORROW = "2026-11-23", "2026-11-24"
POLICY = {
    "title": "一次性求职补贴",
    "summary": "家里困难、出来找工作的，可以申请一次。",
    "who": "脱贫户、低保户里正在找工作的人。",
    "how": "带身份证到村里报名。",
    "body": "一个人只发一次。\n打到本人的银行卡上。",
    "phone": "0712-4000001",
    "effective_on": TODAY,
    "act": "publish",
}
COURSE = {
    "title": "养老护理员",
    "body": "一半时间在福利院里跟着做。",
    "area": "420923100",
    "place": "县职教中心 3 号楼",
    "starts_on": "2026-12-03",
    "days": "10",
    "seats": "40",
    "fee": "99.5",
    "subsidy": "",
    "phone": "12333",
    "effective_on": TODAY,
    "act": "publish",
}
WAGE = {"month": "2500、2200 2000", "hour": "25 22.5 21", "hold_tier": "3", "warn_tier": "2", "source": "鄂政发〔2026〕9 号"}


def the_id(browser: Browser, kind: str = "policy") -> str:
    """Give the one thing of a kind that the list names."""
    browser.open("/publish" if kind == "policy" else f"/publish/{kind}")
    found: list[str] = re.findall(rf'/publish/{kind}/([0-9a-f-]{{36}})"', browser.page.text)
    assert len(found) == 1, browser.page.text
    return found[0]


def published(hub: TestHub, entity: str = "policy") -> list[dict[str, Any]]:
    """Give the records that everybody sees."""
    with hub.engine.connect() as connection:
        ours = (record.c.county_id == COUNTY, record.c.entity == entity, record.c.data.is_not(None))
        return list(connection.scalars(sa.select(record.c.data).where(*ours).order_by(record.c.id)))


def write(browser: Browser, fields: dict[str, str], kind: str = "policy", record_id: str = "new") -> str:
    """Fill a form in and send it."""
    browser.open(f"/publish/{kind}/{record_id}")
    base = re.search(r'name="base" value="(\d+)"', browser.page.text)
    return browser.send(f"/publish/{kind}/{record_id}", **{"base": base[1] if base else "0"} | fields)


def due(hub: TestHub) -> int:
    """Do what the hub's tick does."""
    with hub.engine.begin() as connection:
        return publish_due(connection, COUNTY, hub.clock())


def sheet(browser: Browser, name: str, text: str, **fields: str) -> str:
    """Publish a text of a sheet."""
    browser.open(f"/publish/sheet/{name}")
    base = re.search(r'name="base" value="(\d+)"', browser.page.text)
    assert base is not None
    return browser.send(f"/publish/sheet/{name}", **{"base": base[1], "text": text, "effective_on": TODAY, "act": "publish"} | fields)


def test_policy_when_written_again_and_rolled_back_is_a_new_edition_each_time(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    assert t("console.publish.said_out") in write(browser, POLICY)
    policy_id = the_id(browser)
    write(browser, POLICY | {"title": "求职补贴，改过的"}, record_id=policy_id)
    assert [(p["title"], p["revision"]) for p in published(hub)] == [("求职补贴，改过的", 2)]
    page = browser.open(f"/publish/policy/{policy_id}?number=1")
    assert t("console.publish.looking", number=1) in page
    assert 'value="一次性求职补贴"' in page
    browser.send("/publish/edition", kind="policy", id=policy_id, number="1", base="2", act="again")
    assert [(p["title"], p["revision"]) for p in published(hub)] == [("一次性求职补贴", 3)]
    with hub.engine.connect() as connection:
        assert connection.scalars(sa.select(edition.c.number).order_by(edition.c.number)).all() == [1, 2, 3]
        assert [a.act for a in acts(connection, COUNTY)][:3] == ["edition_again", "edition_published", "edition_published"]


def test_policy_when_retired_goes_as_a_tombstone_and_may_come_again(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    write(browser, POLICY)
    policy_id = the_id(browser)
    browser.open(f"/publish/policy/{policy_id}")
    browser.send("/publish/edition", kind="policy", id=policy_id, number="0", base="1", act="retire")
    assert published(hub) == []
    with hub.engine.connect() as connection:
        row = connection.execute(sa.select(feed.c.op, feed.c.revision).where(feed.c.record_id == policy_id)).one()
    assert tuple(row) == ("delete", 2)
    assert POLICY["title"] in browser.open("/publish?show=past")
    browser.open(f"/publish/policy/{policy_id}")
    browser.send("/publish/edition", kind="policy", id=policy_id, number="1", base="2", act="again")
    assert [p["revision"] for p in published(hub)] == [3]


def test_edition_when_its_day_comes_goes_out_once_whoever_looks(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    assert t("console.publish.said_waits") in write(browser, POLICY | {"effective_on": TOMORROW})
    assert (published(hub), due(hub)) == ([], 0)
    assert t("console.publish.goes_out", day=TOMORROW) in browser.open("/publish?show=waiting")
    hub.clock.tick(days=3)  # the hub was off on the day itself
    with hub.engine.begin() as one, hub.engine.begin() as other:
        assert [publish_due(one, COUNTY, hub.clock()), publish_due(other, COUNTY, hub.clock())] == [1, 0]
    assert due(hub) == 0
    assert [p["published_on"] for p in published(hub)] == [TOMORROW]
    with hub.engine.connect() as connection:
        assert acts(connection, COUNTY)[0].act == "edition_out"


def test_edition_when_taken_back_before_its_day_never_goes_out(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    write(browser, POLICY | {"effective_on": TOMORROW})
    with hub.engine.connect() as connection:
        policy_id = connection.scalar(sa.select(edition.c.id))
    fields = {"kind": "policy", "id": str(policy_id), "number": "1", "base": "1", "act": "take_back"}
    browser.open("/publish/policy/new")
    assert t("console.publish.said_taken_back") in browser.send("/publish/edition", **fields)
    browser.open("/publish/policy/new")
    browser.send("/publish/edition", **fields)
    assert browser.status == 409
    hub.clock.tick(days=2)
    assert (due(hub), published(hub)) == (0, [])


def test_form_when_another_was_quicker_says_so_and_keeps_what_was_typed(console: Console) -> None:
    browser = console.signed_in()
    write(browser, POLICY)
    policy_id = the_id(browser)
    write(browser, POLICY | {"title": "别人改的"}, record_id=policy_id)
    page = browser.send(f"/publish/policy/{policy_id}", **POLICY | {"title": "我改的", "base": "1"})
    assert browser.status == 409
    assert t("console.publish.stale") in page
    assert 'value="我改的"' in page
    assert 'name="base" value="2"' in page
    assert [p["title"] for p in published(console.hub)] == ["别人改的"]


def test_form_when_a_field_cannot_stand_says_why_and_writes_nothing(console: Console) -> None:
    browser = console.signed_in()
    for kind, field, value, key in (
        ("policy", "title", "", "bad.guidance.empty"),
        ("policy", "title", "长" * 25, "bad.guidance.long"),
        ("policy", "body", "打 13812345678 找他", "bad.notice.number"),
        ("policy", "phone", "1234567", "bad.guidance.phone"),
        ("policy", "effective_on", "2026-11-22", "bad.publish.past"),
        ("policy", "effective_on", "2030-01-01", "bad.publish.far"),
        ("policy", "effective_on", "明天", "bad.publish.day"),
        ("training", "starts_on", "2026-11-22", "bad.guidance.starts"),
        ("training", "days", "0", "bad.guidance.days"),
        ("training", "seats", "很多", "bad.publish.number"),
        ("training", "fee", "1e9", "bad.publish.fee"),
        ("training", "area", "", "bad.guidance.area"),
    ):
        page = write(browser, (POLICY if kind == "policy" else COURSE) | {field: value}, kind)
        assert (browser.status, page.count('class="why"')) == (422, 1), (field, value)
        assert t(key, least=1, most={"title": 24, "days": 365, "fee": 10000}.get(field, 0), count=len(value)) in page
        assert (POLICY["how"] if kind == "policy" else COURSE["place"]) in page
    assert published(console.hub, "policy") == published(console.hub, "training") == []


def test_looks_when_asked_for_show_the_screens_and_publish_nothing(console: Console) -> None:
    browser = console.signed_in()
    page = write(browser, COURSE | {"act": "preview"}, "training")
    assert (browser.status, published(console.hub, "training")) == (200, [])
    for words in (t("policy.where", place="城关镇县职教中心 3 号楼"), t("policy.fee", yuan="99.5"), t("board.training_page.sign_up")):
        assert words in page
    assert page.count('class="look ') == 2
    write(browser, COURSE, "training")
    assert [c["fee_fen"] for c in published(console.hub, "training")] == [9950]
    page = write(browser, POLICY | {"body": "长" * 700, "act": "preview"})
    assert 'class="roll"' in page


def test_notice_when_put_up_and_taken_back_is_audited_and_stays_in_the_list(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    browser.open("/publish/notice/new")
    fields = {"title": "周六上午有招工会", "body": "", "urgent": "1", "first": TODAY, "last": TOMORROW}
    assert t("console.publish.screen.board") in browser.send("/publish/notice/new", **fields, act="preview")
    assert published(hub, "notice") == []
    assert t("console.publish.said_notice_up") in browser.send("/publish/notice/new", **fields, act="publish")
    notice_id = the_id(browser, "notice")
    browser.open(f"/publish/notice/{notice_id}")
    assert t("console.publish.said_notice_back") in browser.send(f"/publish/notice/{notice_id}/back")
    page = browser.open("/publish/notice?show=past")
    assert t("console.publish.withdrawn") in page
    assert 'value="周六上午有招工会"' in browser.open(f"/publish/notice/new?like={notice_id}")
    page = browser.send("/publish/notice/new", **fields | {"last": "2026-11-20"}, act="publish")
    assert browser.status == 422
    assert t("bad.notice.ends") in page
    with hub.engine.connect() as connection:
        assert [a.act for a in acts(connection, COUNTY)][:2] == ["notice_back", "notice_up"]


def test_rubric_when_it_does_not_add_up_names_every_line_and_is_not_published(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    text = (ASSETS / "rubric" / "placeholder.toml").read_text("utf-8")
    wrong = text.replace("building = 25", "building = 24").replace('code = "1.2"', 'code = "1.1"')
    page = sheet(browser, "rubric", wrong)
    assert browser.status == 422
    for sentence, line in (("1.1 写了两次", 'code = "1.1"'), (t("rubric.area", area="驿站建设", said=24, added=25), "building = 24")):
        at = max(n for n, words in enumerate(wrong.splitlines(), 1) if words == line)
        assert t("console.publish.line", line=at, words=sentence) in page
    assert "building = 24" in page
    assert published(hub, "rule_sheet") == []
    page = sheet(browser, "rubric", text.replace("official = false", "official = true"))
    assert t("console.publish.official") in page
    [sent] = published(hub, "rule_sheet")
    assert (sent["name"], sent["number"], sent["effective_on"]) == ("rubric", 1, TODAY)
    sheet(browser, "rubric", text.replace("official = false", "official = true") + "# 改了一处\n")
    assert sorted(s["number"] for s in published(hub, "rule_sheet")) == [1, 2], "a year that is over is judged by the one of then"


def test_wage_when_typed_is_shown_as_it_changes_the_sheet_and_counts_at_the_hub_from_its_day(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    browser.open("/publish/sheet/wages")
    for field, value in (("hour", "25"), ("month", "很多"), ("hold_tier", "4"), ("source", "")):
        page = browser.send("/publish/wage", base="0", **WAGE | {"effective_on": TOMORROW, field: value})
        assert (browser.status, page.count('class="why"')) == (422, 1)
    page = browser.send("/publish/wage", base="0", **WAGE, effective_on=TOMORROW)
    assert "<ins>+ month = [2500, 2200, 2000]</ins>" in page
    text = re.search(r'<textarea class="toml"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert text is not None
    page = sheet(browser, "wages", text[1], effective_on=TOMORROW)
    assert t("console.publish.next", day=TOMORROW, number=1) in page
    assert [s["effective_on"] for s in published(hub, "rule_sheet")] == [TOMORROW]  # the stations have it before its day
    rulings = Rulings(COUNTY, texts_of(ASSETS / "rules"))
    with hub.engine.connect() as connection:
        books = [rulings.rules(connection, hub.clock() + timedelta(days=days)) for days in (0, 1)]
    assert [book and book.wages.hour_fen[2] for book in books] == [2000, 2100]
    hub.clock.tick(days=1)
    assert due(hub) == 1
    browser = console.signed_in()
    sheet(browser, "wages", text[1] + "# noch\n", effective_on=TOMORROW)
    assert [s["number"] for s in published(hub, "rule_sheet")] == [2]  # what is over is taken away
    browser.open("/publish/sheet/wages")
    browser.send("/publish/edition", kind="rule_sheet", id="wages", number="0", base="2", act="retire")
    with hub.engine.connect() as connection:
        book = rulings.rules(connection, hub.clock())
    assert book is not None
    assert book.wages.hour_fen[2] == 2000
    page = browser.open("/acts")
    assert (page.count(t("console.act.edition_out")), page.count(t("sheet.wages"))) == (1, 4)


def test_sheet_when_it_cannot_be_used_says_the_line_and_keeps_the_text(console: Console) -> None:
    browser = console.signed_in()
    said: dict[str, str]
    for name, was, becomes, key, said in (
        ("wages", "[24, 21.5, 20]", "[24, 21.5", "toml", {}),
        ("wages", "hold_tier = 3", "hold_tier = 9", "tiers", {}),
        ("wages", "hour = [24", "hour = [0", "yuan", {"name": "wage", "field": "hour"}),
        ("employers", "months = 6", "months = 0", "term", {"name": "reverify", "field": "months"}),
        ("fees", "'<fee>',", "'<fees>',", "macro", {"name": "fee", "what": "<fees>"}),
        ("checks", 'name = "pay_zero"', 'name = "pay_nought"', "check", {"what": "pay_nought"}),
    ):
        text = (ASSETS / "rules" / f"{name}.toml").read_text("utf-8")
        wrong = text.replace(was, becomes, 1)
        page = sheet(browser, name, wrong)
        assert browser.status == 422
        at = next(n for n, line in enumerate(wrong.splitlines(), 1) if becomes in line)
        if key == "toml":
            assert re.search(rf"第 {at + 1} 行：格式不对", page)
        else:
            assert t("console.publish.line", line=at, words=t(f"bad.sheet.{key}", **said)) in page
        assert becomes in page
    assert published(console.hub, "rule_sheet") == []


@pytest.mark.long
def test_rules_when_a_pattern_goes_astray_on_a_long_text_do_not_last() -> None:
    texts = texts_of(ASSETS / "rules")
    assert lasts(texts, START.date())
    astray = texts["fraud"].replace("patterns = [", "patterns = [\n  '(?:[收交]+)+不',", 1)
    assert not lasts({**texts, "fraud": astray}, START.date(), limit_s=0.3)


def test_sheet_when_published_reaches_the_stations_and_what_is_over_leaves_them(console: Console, tmp_path: Path) -> None:
    browser, hub = console.signed_in(), console.hub
    store, door = make_store(tmp_path, hub.clock), HttpHub(hub.base)
    exchange.enrol(store, door, hub.code(), hub.clock())
    text = (ASSETS / "rules" / "wages.toml").read_text("utf-8").replace("[24, 21.5, 20]", "[25, 22.5, 21]")

    def hour_fen() -> int:
        while exchange.pull_once(store, door, hub.clock()).more:
            pass
        with store.read() as u:
            return ruling.load(u.list(RuleSheet), ASSETS, hub.clock().date()).rules.wages.hour_fen[2]

    sheet(browser, "wages", text)
    assert hour_fen() == 2100
    sheet(browser, "wages", text.replace("21]", "22]"))
    assert hour_fen() == 2200
    with store.read() as u:
        assert [one.number for one in u.list(RuleSheet)] == [2]
    assert exchange.repair(store, door) == 0
    door.close()
    store.close()


def a_picture(kind: str = "PNG", size: tuple[int, int] = (600, 600)) -> bytes:
    """Draw something that is no code, but a picture."""
    made = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(made, kind)
    return made.getvalue()


def test_code_when_uploaded_stands_on_the_phone_pages_and_may_be_taken_off(console: Console) -> None:
    browser, hub = console.signed_in(), console.hub
    fields = {"base": "0", "effective_on": TODAY}
    assert "/mini/" not in hub.get("/").text
    bad = (b"", b"MZ\x90\0" + bytes(500), a_picture("GIF"), a_picture(size=(100, 100)), a_picture(size=(900, 300)), a_picture("PNG")[:200])
    for content in bad:
        browser.open("/publish/code")
        page = browser.send("/publish/code", files={"picture": ("code.png", content)}, **fields)
        assert (browser.status, page.count('class="why"')) == (422, 1)
    browser.open("/publish/code")
    assert t("console.publish.said_out") in browser.send("/publish/code", files={"picture": ("code.jpg", a_picture("JPEG"))}, **fields)
    address = re.search(r'src="(/mini/[0-9a-f]{16})"', hub.get("/").text)
    assert address is not None
    got = hub.get(address[1])
    assert (got.status_code, got.headers["content-type"], got.content[:4]) == (200, "image/png", b"\x89PNG")
    assert len(got.content) <= 150 * 1024
    browser.send("/publish/edition", kind="mini_program", id="mini_program", number="0", base="1", act="retire")
    assert "/mini/" not in hub.get("/").text
    assert hub.get("/mini/0123456789abcdef").status_code == 404


@pytest.mark.parametrize("role", [Role.BUREAU, Role.TOWNSHIP])
def test_room_when_somebody_only_looks_shows_all_and_takes_nothing(console: Console, role: Role) -> None:
    centre, hub = console.signed_in(), console.hub
    write(centre, POLICY)
    policy_id = the_id(centre)
    hub.clock.tick(seconds=1)
    browser = console.signed_in(role)
    for path in ("/publish", "/publish/training", "/publish/notice", "/publish/sheet", "/publish/sheet/rubric", "/publish/code"):
        page = browser.open(path)
        assert browser.status == 200, path
        assert 'type="submit"' not in page
        assert 'name="base"' not in page
    assert t("console.publish.screen.terminal") in browser.open(f"/publish/policy/{policy_id}")
    for path, fields in (
        (f"/publish/policy/{policy_id}", POLICY | {"base": "1"}),
        ("/publish/edition", {"kind": "policy", "id": policy_id, "number": "0", "base": "1", "act": "retire"}),
        ("/publish/notice/new", {"title": "通知", "first": TODAY, "last": TODAY, "act": "publish"}),
        ("/publish/sheet/wages", {"text": "x", "effective_on": TODAY, "base": "0", "act": "publish"}),
        ("/publish/wage", WAGE | {"effective_on": TODAY, "base": "0"}),
        ("/publish/code", {"effective_on": TODAY, "base": "0"}),
    ):
        browser.open("/publish")
        browser.send(path, **fields)
        assert browser.status == 403, path
    for path in ("/publish/policy/new", "/publish/notice/new"):
        browser.open(path)
        assert browser.status == 403
    assert len(published(hub)) == 1


def test_page_when_there_is_no_such_thing_is_a_calm_404(console: Console) -> None:
    browser = console.signed_in()
    nobody = "00000000-0000-7000-8000-00000000dead"
    for path in ("/publish/king/new", f"/publish/policy/{nobody}", f"/publish/notice/{nobody}", "/publish/sheet/none"):
        browser.open(path)
        assert browser.status == 404, path
    browser.open("/publish")
    browser.send("/publish/edition", kind="king", id="x", number="1", base="1", act="again")
    assert browser.status == 403
    browser.open("/publish")
    browser.send("/publish/edition", kind=Kind.POLICY.value, id=nobody, number="1", base="0", act="again")
    assert browser.status == 404
