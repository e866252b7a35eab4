"""导入 on the desk page: chat text becomes forms, tables go in row by row, and what was typed stays."""

import io
import re
from html import unescape
from typing import Any

import openpyxl

from kiosk.domain.listing import Collected
from kiosk.domain.worker import Worker
from kiosk.services.publish import pending
from kiosk.text import t
from tests.desk.conftest import Browser, DeskStation

CHAT = "招装卸工3人 260/天 日结 管饭 义堂镇政府旁 11月24号早7点到下午5点半 干3天 电话 199 0000 1234"
WHOLE = {"d.1.employer_name": "汉十物流", "d.1.contact_name": "周建国", "d.1.requirements": "能吃苦"}
NAMES = ["联系电话", "岗位", "人数", "单位名称", "要求", "所属乡镇", "工作地点", "开工日期", "结束日期", "工作时间", "工资待遇", "联系人"]
GOOD = [
    "199 0000 1234",
    "装卸工",
    "3人",
    "汉十物流",
    "能吃苦",
    "义堂镇",
    "物流园",
    "2026-11-24",
    "2026-11-26",
    "7:00-17:00",
    "260/天 日结",
    "周建国",
]


def _xlsx(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fields(browser: Browser) -> dict[str, str]:
    """Give what stands in the forms of the page, as a browser would send it."""
    page = browser.page.text
    found = {m[1]: unescape(m[2]) for m in re.finditer(r'<input (?:type="hidden" )?name="(d\.[^"]+)" value="([^"]*)"', page)}
    found |= {m[1]: unescape(m[2]) for m in re.finditer(r'<textarea name="(d\.[^"]+)"[^>]*>\n([^<]*)</textarea>', page)}
    for m in re.finditer(r'<select name="(d\.[^"]+)">(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', m[2])
        found[m[1]] = chosen[1] if chosen else ""
    return found


def _open(desk: DeskStation) -> Browser:
    browser = desk.signed_in()
    browser.open("/import")
    return browser


def test_chat_when_pasted_shows_forms_and_keeps_nothing(desk: DeskStation) -> None:
    browser = _open(desk)
    page = browser.send("/import/chat", text=CHAT)
    assert browser.page.status_code == 200
    assert t("rule.missing.say", field=t("rule.field.employer_name")) in page
    typed = fields(browser)
    assert (typed["d.1.headcount"], typed["d.1.pay_fen"], typed["d.1.pay_unit"], typed["d.1.settlement"]) == ("3", "260", "day", "daily")
    assert (typed["d.1.contact_phone"], typed["d.1.area"], typed["d.1.day_end_min"]) == ("19900001234", "420923101", "17:30")
    assert not pending(desk.station.here)


def test_chat_when_completed_and_ticked_goes_into_review_once(desk: DeskStation) -> None:
    browser = _open(desk)
    browser.send("/import/chat", text=CHAT)
    sent = fields(browser) | WHOLE | {"take": "1"}
    assert t("desk.import_listings", count=1) in browser.send("/import/drafts", **sent)
    assert "/import?" in browser.page.url
    (waiting,) = pending(desk.station.here)
    assert (waiting.listing.collected_how, waiting.listing.collected_by) == (Collected.IMPORT, desk.station.head.staff_id)
    assert (waiting.listing.headcount, waiting.listing.pay_fen) == (3, 26000)
    assert t("desk.import_known", count=1) in browser.send("/import/drafts", **sent)
    assert len(pending(desk.station.here)) == 1


def test_drafts_when_something_is_wrong_keep_what_was_typed_and_let_the_others_in(desk: DeskStation) -> None:
    browser = _open(desk)
    browser.send("/import/chat", text=CHAT)
    first = fields(browser) | WHOLE
    second = {name.replace("d.1.", "d.2."): value for name, value in first.items()}
    wrong = {"d.2.headcount": "好多人", "d.2.pay_fen": "面议", "d.2.contact_phone": "123", "d.2.ends_on": ""}
    page = browser.send("/import/drafts", **first | second | wrong, take=["1", "2"])  # type: ignore[arg-type]
    assert browser.page.status_code == 422
    assert t("desk.import_listings", count=1) in page
    assert len(pending(desk.station.here)) == 1
    kept = fields(browser)
    assert "d.1.title" not in kept
    assert {name: kept[name] for name in wrong} == wrong
    assert t("import.bad.headcount", value="好多人") in page
    assert t("desk.bad_yuan", value="面议") in page
    assert t("import.bad.phone", value="123") in page
    assert t("rule.missing.say", field=t("rule.field.ends_on")) in page


def test_drafts_when_a_check_blocks_say_so_beside_the_field(desk: DeskStation) -> None:
    browser = _open(desk)
    browser.send("/import/chat", text=CHAT)
    page = browser.send("/import/drafts", **fields(browser) | WHOLE | {"d.1.pay_fen": "0", "take": "1"})
    assert browser.page.status_code == 422
    assert t("rule.pay_zero.say") in page
    assert not pending(desk.station.here)


def test_drafts_when_nothing_is_ticked_ask_for_it(desk: DeskStation) -> None:
    browser = _open(desk)
    browser.send("/import/chat", text=CHAT)
    assert t("desk.import_none_ticked") in browser.send("/import/drafts", **fields(browser) | {"d.1.place": "改过的地方"})
    assert browser.page.status_code == 422
    assert fields(browser)["d.1.place"] == "改过的地方"


def test_chat_when_it_holds_no_ad_says_so_and_keeps_the_text(desk: DeskStation) -> None:
    browser = _open(desk)
    page = browser.send("/import/chat", text="大家早上好<b>")
    assert browser.page.status_code == 422
    assert t("bad.chat.none") in page
    assert "大家早上好&lt;b&gt;" in page


def test_file_when_all_rows_are_good_takes_them_and_counts_them_the_second_time(desk: DeskStation) -> None:
    browser = _open(desk)
    assert t("desk.import_listings", count=1) in browser.upload("/import/file", "用工.xlsx", _xlsx(NAMES, GOOD), what="listing")
    assert t("desk.import_known", count=1) in browser.upload("/import/file", "用工.xlsx", _xlsx(NAMES, GOOD), what="listing")
    assert len(pending(desk.station.here)) == 1


def test_file_when_a_row_lacks_something_names_it_and_shows_a_form_that_goes_in(desk: DeskStation) -> None:
    browser = _open(desk)
    lacking = [*GOOD[:2], "几个", "", *GOOD[4:]]
    page = browser.upload("/import/file", "用工.csv", _csv(NAMES, GOOD, lacking), what="listing")
    assert browser.page.status_code == 422
    assert t("desk.import_listings", count=1) in page
    for said in (t("desk.import_row_number", row=3), "单位名称", t("import.bad.headcount", value="几个")):
        assert said in page
    mended = {"d.1.headcount": "5", "d.1.employer_name": "汉十物流", "take": "1"}
    assert t("desk.import_listings", count=1) in browser.send("/import/drafts", **fields(browser) | mended)
    assert len(pending(desk.station.here)) == 2


def test_file_when_a_worker_has_not_agreed_refuses_the_row_with_the_reason(desk: DeskStation) -> None:
    browser = _open(desk)
    names = ["姓名", "电话", "年龄", "工种", "同意日期", "身份证号"]
    rows = (["王桂兰", "19900005678", 45, "保洁", "2026-11-20", "420923197001010000"], ["李强", "19900005679", 30, "搬运", "", ""])
    page = browser.upload("/import/file", "人员.csv", _csv(names, *rows), what="worker")
    assert t("desk.import_workers", count=1) in page
    assert t("import.bad.consent") in page
    assert t("desk.import_refused", names="身份证号") in page
    assert "420923197001010000" not in page
    with desk.station.store.read() as u:
        assert [str(w.name) for w in u.list(Worker, phone="19900005678")] == ["王桂兰"]
        assert not u.list(Worker, phone="19900005679")


def test_file_when_it_is_none_or_broken_or_too_large_says_so(desk: DeskStation) -> None:
    browser = _open(desk)
    assert t("desk.import_no_file") in browser.send("/import/file", what="listing")
    assert t("bad.table.broken") in browser.upload("/import/file", "x.xlsx", b"PK\x03\x04 broken", what="listing")
    assert browser.page.status_code == 422
    browser.upload("/import/file", "x.csv", b"1" * (8 * 1024 * 1024 + 1), what="listing")
    assert browser.page.status_code in (413, 422)
    assert not pending(desk.station.here)


def _csv(*rows: list[Any]) -> bytes:
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode("gb18030")


def test_import_when_a_paste_gives_many_ads_loses_none_of_what_was_typed(desk: DeskStation) -> None:
    browser = _open(desk)
    ads = (CHAT.replace("199 0000 1234", f"199 0000 {n:04}").replace("装卸工", f"装卸工{n % 3 + 1}号门") for n in range(60))
    browser.send("/import/chat", text="\n\n".join(ads))
    typed = fields(browser)
    assert len({name.split(".")[1] for name in typed}) == 60
    said = browser.send("/import/drafts", **typed, take="1")
    assert t("desk.import_left") in said
    assert len({name.split(".")[1] for name in fields(browser)}) == 60


def test_import_when_a_number_in_a_hidden_field_is_endless_goes_on(desk: DeskStation) -> None:
    browser = _open(desk)
    browser.send("/import/drafts", **{"d.1.row": "9" * 5000, "d.1.break_min": "-1", "d.1.pay_fen": "NaN"}, take="1")
    assert browser.page.status_code == 422
