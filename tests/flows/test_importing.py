"""Importing what staff keep, from real files and pasted chats into a real store: good rows in, bad rows named, twice in is once in."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.codes import AgeBand, Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import Collected, Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput
from kiosk.services.drafts import Draft, drafts_from_chat, filled
from kiosk.services.importing import import_listings, import_workers
from kiosk.services.listing_rows import read_listings
from kiosk.services.publish import pending
from kiosk.services.table_read import Row, Sheet, read_table
from kiosk.services.worker_rows import WorkerDraft, read_workers
from tests.station import TestStation, make_station

TODAY = date(2026, 11, 23)
NAMES = ["联系电话", "岗位", "人数", "单位名称", "要求", "所属乡镇", "工作地点", "开工日期", "结束日期", "工作时间", "工资待遇", "联系人"]
GOOD = [
    "199 0000 1234",
    "装卸工",
    "3人",
    "汉十物流",
    "能吃苦",
    "义堂镇",
    "汉十物流园",
    date(2026, 11, 24),
    "11月26日",
    "7:00-17:00",
    "260/天 日结 管饭",
    "周建国",
]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def xlsx(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def listings(data: bytes) -> tuple[Draft, ...]:
    return read_listings(read_table(data), TODAY).drafts


def row(**changes: Any) -> list[Any]:
    return [changes.get(name, value) for name, value in zip(NAMES, GOOD, strict=True)]


def kept(station: TestStation) -> list[Listing]:
    with station.store.read() as u:
        return list(u.list(Listing))


def test_listings_when_in_a_table_go_in_as_pending_without_a_slip(station: TestStation) -> None:
    done = import_listings(station.here, station.head, listings(xlsx(["用工需求表"], NAMES, GOOD)))
    assert (len(done.added), done.known, done.troubles) == (1, 0, ())
    (listing,) = kept(station)
    assert (listing.collected_how, listing.collected_by) == (Collected.IMPORT, station.head.staff_id)
    assert (listing.title, listing.trade, listing.headcount, listing.area) == ("装卸工", Trade.LOADING, 3, "420923101")
    assert (listing.pay_fen, listing.pay_max_fen, listing.pay_unit) == (26000, None, PayUnit.DAY)
    assert (listing.settlement, listing.meals) == (Settlement.DAILY, Meals.ONE)
    assert (listing.day_start_min, listing.day_end_min, listing.ends_on) == (420, 1020, date(2026, 11, 26))
    assert listing.contact_phone == "19900001234"
    assert [p.listing.id for p in pending(station.here)] == list(done.added)
    with station.store.read() as u:
        assert u.list(PrintJob) == []


def test_listings_when_imported_twice_are_in_once(station: TestStation) -> None:
    data = xlsx(NAMES, GOOD, row(联系电话="１９９-００００-１２３４", 岗位=" 装卸工 "))
    first = import_listings(station.here, station.head, listings(data))
    again = import_listings(station.here, station.head, listings(data))
    assert (len(first.added), first.known) == (1, 1)
    assert (again.added, again.known) == ((), 2)
    assert len(kept(station)) == 1


def test_listings_when_edited_since_are_still_known(station: TestStation) -> None:
    data = xlsx(NAMES, GOOD)
    import_listings(station.here, station.head, listings(data))
    (listing,) = kept(station)
    with station.store.write() as u:
        u.keep(replace(listing, revision=2, pay_fen=28000))
    assert import_listings(station.here, station.head, listings(data)).known == 1


def test_listings_when_one_row_is_bad_name_row_column_and_reason_and_the_others_go_in(station: TestStation) -> None:
    data = xlsx(
        NAMES,
        GOOD,
        row(联系电话="1990000123", 岗位="小工"),
        row(岗位="瓦工", 工资待遇="看情况", 结束日期="长期"),
        row(岗位="木工", 人数=""),
        row(岗位="电工", 结束日期="11月20日"),
        row(岗位="保洁", 工作时间="早八晚五", 人数=2),
        ["合计", None, 20],
    )
    done = import_listings(station.here, station.head, listings(data))
    assert len(done.added) == 2
    assert [(x.row, x.column, x.reason) for x in done.troubles] == [
        (3, "联系电话", "电话不对：“1990000123”。要手机号，或者带区号的座机号。"),
        (4, "结束日期", "写的是长期。请定一个结束的日子，到时候还可以续。"),
        (4, "工资待遇", "看不懂工钱：“看情况”。请写成 260/天 这样。"),
        (4, "什么时候结", "“什么时候结”还没有填。"),
        (5, "人数", "“要几个人”还没有填。"),
        (6, "结束日期", "结束的日子比开工的日子还早。"),
    ]


def test_listings_when_a_place_is_not_in_the_county_say_so_and_columns_go_by_their_short_names() -> None:
    short = {"开工日期": "开始", "结束日期": "结束", "工作时间": "几点到几点"}
    good, far = listings(xlsx([short.get(n, n) for n in NAMES], GOOD, row(所属乡镇="月球")))
    assert good.complete
    assert [(x.column, x.reason) for x in far.troubles] == [("所属乡镇", "不认得乡镇：“月球”。请写义堂镇、沙河乡这样的名称。")]


@pytest.mark.parametrize(
    ("name", "cell", "pay"),
    [
        ("工资（元/天）", 260, (26000, None, PayUnit.DAY)),
        ("月薪", "4500-5500", (450000, 550000, PayUnit.MONTH)),
        ("工价", "1.5元/件", (150, None, PayUnit.PIECE)),
        ("日薪", 260.0, (26000, None, PayUnit.DAY)),
        ("薪资待遇", "25块一小时", (2500, None, PayUnit.HOUR)),
        ("工资", "4.5k-5.5k/月", (450000, 550000, PayUnit.MONTH)),
        ("工资", "包干3000", (300000, None, PayUnit.WHOLE)),
    ],
)
def test_pay_when_the_unit_stands_in_the_cell_or_the_columns_name_is_read(name: str, cell: object, pay: tuple[object, ...]) -> None:
    names = [name if n == "工资待遇" else n for n in NAMES]
    (draft,) = listings(xlsx([*names, "结算方式"], [*row(工资待遇=cell), "日结"]))
    assert (draft.form.pay_fen, draft.form.pay_max_fen, draft.form.pay_unit) == pay
    assert draft.troubles == ()


def test_listings_when_a_csv_has_columns_in_any_order_are_the_same() -> None:
    words = [
        "19900001234",
        "装卸工",
        "3",
        "汉十物流",
        "能吃苦",
        "义堂",
        "汉十物流园",
        "2026/11/24",
        "2026.11.26",
        "早7点到下午5点",
        "260/天 日结",
        "周建国",
    ]
    pairs = sorted(zip(NAMES, words, strict=True))
    text = "\n".join([",".join(n for n, _ in pairs), ",".join(w for _, w in pairs)])
    (draft,) = listings(text.encode("gb18030"))
    assert draft.complete
    assert (draft.form.starts_on, draft.form.day_end_min, draft.form.area) == (date(2026, 11, 24), 1020, "420923101")


def test_chat_when_pasted_gives_drafts_to_complete_that_then_go_in_once(station: TestStation) -> None:
    text = "招装卸工3人 260/天 日结 管饭 义堂镇政府旁 11月24号7点到5点半 干3天 电话 199 0000 1234"
    (draft,) = drafts_from_chat(text, TODAY)
    assert [x.field for x in draft.troubles] == ["requirements", "employer_name", "contact_name"]
    assert "1234" not in draft.form.description
    assert import_listings(station.here, station.head, [draft]).added == ()
    whole = filled(draft, requirements="能吃苦", employer_name="汉十物流", contact_name="周建国")
    assert whole.complete
    done = import_listings(station.here, station.head, [whole, whole])
    assert (len(done.added), done.known) == (1, 1)
    assert kept(station)[0].ends_on == date(2026, 11, 26)


@pytest.mark.parametrize(("text", "key"), [("收到", "bad.chat.none"), ("招" * 20_001, "bad.chat.long")])
def test_chat_when_there_is_no_ad_or_too_much_says_so(text: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        drafts_from_chat(text, TODAY)
    assert caught.value.key == key


@pytest.mark.parametrize(("rows", "key"), [([["一", "二"]], "bad.table.header"), ([NAMES], "bad.table.no_rows")])
def test_table_when_it_names_no_columns_or_has_no_rows_says_so(rows: list[list[Any]], key: str) -> None:
    with pytest.raises(BadInput) as caught:
        listings(xlsx(*rows))
    assert caught.value.key == key


WORKERS = ["姓名", "身份证号", "电话", "年龄", "求职意向", "期望工资", "乡镇", "同意日期"]


def workers(*rows: list[Any]) -> tuple[WorkerDraft, ...]:
    return read_workers(read_table(xlsx(["登记表"], WORKERS, *rows)), TODAY).drafts


def test_workers_when_they_consented_are_registered_by_staff_and_once(station: TestStation) -> None:
    drafts = workers(["王秀兰", "420923", "199 0000 5678", 52, "保洁、摘橘子", "200/天", "义堂镇", date(2026, 11, 20)])
    done = import_workers(station.here, station.head, drafts)
    assert (len(done.added), done.troubles) == (1, ())
    with station.store.read() as u:
        (worker,) = u.list(Worker)
        assert u.list(PrintJob) == []
    assert (worker.name, worker.phone, worker.age_band, worker.by_staff) == ("王秀兰", "19900005678", AgeBand.ADULT, True)
    assert (worker.trades, worker.pay_fen, worker.area) == ((Trade.CLEANING, Trade.FARMING), 20000, "420923101")
    assert worker.consented_at.isoformat().startswith("2026-11-19T16:00")
    assert "420923" not in str(drafts[0].form and drafts[0].form.area and drafts[0].form.phone)
    again = import_workers(station.here, station.head, drafts)
    assert (again.added, again.known) == ((), 1)
    with station.store.read() as u:
        assert u.list(Worker) == [worker]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({7: None}, "同意日期", "没有写哪天同意登记的。要先问过本人，把日子填在“同意日期”里。"),
        ({7: "是"}, "同意日期", "没有写哪天同意登记的。要先问过本人，把日子填在“同意日期”里。"),
        ({7: "2026-12-01"}, "同意日期", "同意的日子还没有到，请改一下。"),
        ({3: 15}, "年龄", "不满16岁不能登记找活，这是法律规定的。您可以随便看看，有事请找工作人员。"),
        ({3: None}, "年龄", "没有写年龄，或者看不懂。请写几岁。"),
        ({2: "1990000567"}, "电话", "手机号要 11 位，现在是 10 位，还差 1 位。"),
        ({4: "宇航"}, "求职意向", "不知道“宇航”是哪个工种。请写搬运、保洁、瓦工这样的名称。"),
    ],
)
def test_worker_when_a_cell_is_wrong_is_refused_and_told_why(changes: dict[int, Any], column: str, reason: str) -> None:
    good: list[Any] = ["王秀兰", "420923", "19900005678", 52, "保洁", "面议", "义堂", "2026-11-20"]
    (draft,) = workers([changes.get(i, value) for i, value in enumerate(good)])
    assert draft.form is None
    assert [(x.row, x.column, x.reason) for x in draft.troubles] == [(3, column, reason)]


def test_workers_when_the_table_has_identity_numbers_does_not_read_them() -> None:
    table = read_workers(read_table(xlsx(WORKERS, ["王秀兰", "4209231974", "19900005678", 52, "保洁", "", "", "2026-11-20"])), TODAY)
    assert table.refused == ("身份证号",)
    assert "4209231974" not in str(table)


CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-5, 10**12),
    st.floats(),
    st.dates(),
    st.sampled_from(["260/天", "长期", "13", "11月24", "7-5点"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=12, max_size=12), min_size=1, max_size=3))
def test_rows_when_they_hold_anything_become_drafts_or_bad_input(rows: list[list[Any]]) -> None:
    for names, read in ((NAMES, read_listings), (WORKERS, read_workers)):
        sheet = Sheet("", (Row(1, tuple(names)), *(Row(i, tuple(cells)) for i, cells in enumerate(rows, 2))))
        with suppress(BadInput):
            assert all(x.reason and x.column for d in read((sheet,), TODAY).drafts for x in d.troubles)


def test_parse_ads_when_one_file_is_unreadable_says_so_and_prints_the_others(tmp_path: Path) -> None:
    good, old, bad = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.bin"
    good.write_text("招小工3人 220/天 电话19900001234", "utf-8")
    old.write_bytes("收到".encode("gb18030"))
    bad.write_bytes(b"\x00\xff\x81")
    command = [
        sys.executable,
        "-m",
        "kiosk",
        "--state",
        str(tmp_path / "none"),
        "parse-ads",
        str(good),
        str(tmp_path / "d"),
        str(bad),
        str(old),
    ]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=Path(__file__).parent.parent.parent, check=False)
    assert run.returncode == 1
    first, last = map(json.loads, run.stdout.splitlines())
    assert (first["file"], last) == (str(good), {"file": str(old), "ads": []})
    assert first["ads"] == [
        {
            "title": "小工",
            "headcount": 3,
            "place": None,
            "pay_min": 220,
            "pay_max": 220,
            "pay_unit": "day",
            "settlement": None,
            "meals": None,
            "phone": "19900001234",
        }
    ]
    assert run.stderr.splitlines() == [f"读不了 {tmp_path / 'd'}：没有这个文件", f"读不了 {bad}：里面不是文字，或者编码看不懂"]
    assert not (tmp_path / "none").exists()
