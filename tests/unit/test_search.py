"""Search on real SQLCipher: what words, filters and orders find, and that the index agrees with brute force on anything typed."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.characters import readings
from kiosk.domain.codes import AREAS, Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import PublicListing
from kiosk.domain.normalise import runs, spell, terms
from kiosk.domain.wish import DAY_PAYS, DAYS_AHEAD, SWITCHES
from kiosk.store.search import DDL, Filters, Order, choices, count, count_by_trade, index, search, unindex
from tests.bench.brute import Row, find, make_row
from tests.bench.data import TODAY, make_listings

JOB = PublicListing(
    id="a",
    revision=1,
    station_id="s",
    title="装卸工",
    trade=Trade.LOADING,
    headcount=3,
    employer_name="阿依·古丽粮油店",
    requirements="能吃苦，会看 CAD 图",
    description="搬 25 公斤以内的箱子，上下货车。",
    area="420923101",
    place="汉十物流园",
    starts_on=TODAY,
    ends_on=TODAY + timedelta(days=3),
    pay_fen=26000,
    pay_unit=PayUnit.DAY,
    settlement=Settlement.DAILY,
    meals=Meals.ONE,
    lodging=True,
)
NUMBER = 17
NONSENSE = [
    "",
    "  ",
    "。",
    '"',
    "'",
    "*",
    "^",
    "( ) {} :",
    "-",
    "😀👍🏽",
    "\x00",
    "\ud800",
    "¦",
    "NOT",
    "a AND OR NEAR(b)",
    '" OR 1=1 --',
    "col:工",
]
LONG = ["工" * 500, "工天" * 250, "a" * 500, "an" * 250, "工 " * 250, "安 bao 1 " * 60, "，" * 500, "𬬻·" * 250]


def open_index() -> sa.Connection:
    raw = sqlcipher.connect(":memory:", isolation_level=None)
    connection = sa.create_engine("sqlite://", module=sqlcipher, creator=lambda: raw, poolclass=sa.pool.StaticPool).connect()
    for statement in DDL:
        connection.exec_driver_sql(statement)
    return connection


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    with open_index() as connection:
        yield connection


def found(connection: sa.Connection, query: str, **listing: Any) -> bool:
    """Say whether a station whose one listing is JOB with these changes finds it."""
    index(connection, [(1, replace(JOB, **listing), NUMBER)])
    return search(connection, query, Filters()) == [1]


@pytest.mark.parametrize(
    "query",
    ["装卸", "搬运装卸", "古丽粮油", "物流园", "义堂镇", "能吃苦", "公斤以内", "日结", "管一餐", "工", "日结 物流", "义堂，装卸"],
)
def test_search_when_a_word_stands_in_any_field_finds_the_listing(connection: sa.Connection, query: str) -> None:
    assert found(connection, query)


@pytest.mark.parametrize("query", ["结管", "工搬", "卸装", "子上", "保洁", "装卸 保洁", "周结"])
def test_search_when_the_words_do_not_stand_together_finds_nothing(connection: sa.Connection, query: str) -> None:
    assert not found(connection, query)


@pytest.mark.parametrize(("query", "description"), [("结管", "日结,管饭"), ("日结算", "日结,结算"), ("rijiesuan", "")])
def test_search_when_words_meet_at_punctuation_or_between_fields_does_not_cross_it(
    connection: sa.Connection, query: str, description: str
) -> None:
    assert not found(connection, query, description=description, title="日结,结算")


@pytest.mark.parametrize("query", ["17", "17号", "１７", "260", "260元", "12.5", "12.5元"])
def test_search_when_number_or_pay_is_typed_whole_finds_it(connection: sa.Connection, query: str) -> None:
    assert found(connection, query, pay_max_fen=1250)


@pytest.mark.parametrize("query", ["1", "26", "60元", "170", "7号"])
def test_search_when_only_a_part_of_number_or_pay_is_typed_finds_nothing(connection: sa.Connection, query: str) -> None:
    assert not found(connection, query)


@pytest.mark.parametrize("query", ["25公斤", "25 公斤", "会看cad图", "ＣＡＤ", "阿依•古丽", "依・古", "·"])
def test_search_when_width_case_space_or_dot_differ_finds_it(connection: sa.Connection, query: str) -> None:
    assert found(connection, query)


@pytest.mark.parametrize("name", ["𬬻", "㛃", "〇", "\ue000", "龘", "葛\U000e0100"])
def test_search_when_a_name_has_a_rare_character_finds_it(connection: sa.Connection, name: str) -> None:
    assert found(connection, f"王{name}", employer_name=f"王{name}店")


@pytest.mark.parametrize(
    "query", ["zx", "zxg", "byzx", "ytz", "wly", "zhuang", "zhuangxie", "zhuangxi", "zhuangx", "wuliuyuan", "RIJIE", "g"]
)
def test_search_when_pinyin_of_a_short_field_is_typed_finds_it(connection: sa.Connection, query: str) -> None:
    assert found(connection, query)


@pytest.mark.parametrize("query", ["huang", "iuyuan", "gongjin", "xiezhuang", "q", "zzz", "gongban"])
def test_search_when_letters_begin_inside_a_syllable_or_cross_fields_or_stand_in_the_description_finds_nothing(
    connection: sa.Connection, query: str
) -> None:
    assert not found(connection, query)


def test_search_when_letters_can_be_cut_in_two_ways_finds_both(connection: sa.Connection) -> None:
    for seq, title in enumerate(("先锋", "西安风"), 1):
        index(connection, [(seq, replace(JOB, title=title), seq)])
    assert search(connection, "xianf", Filters()) == [2, 1]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(trade=Trade.LOADING),
        Filters(areas=frozenset({"420923100", "420923101"})),
        Filters(settlement=Settlement.DAILY),
        Filters(switches=frozenset({"meals"})),
        Filters(switches=frozenset({"lodging"})),
        Filters(switches=frozenset({"novices"})),
        Filters(switches=frozenset(SWITCHES)),
        Filters(starts_until=TODAY),
        Filters(ends_from=TODAY + timedelta(days=3)),
        Filters(min_day_fen=26000),
    ],
)
@pytest.mark.parametrize("query", ["", "装卸"])
def test_filter_when_only_one_listing_fits_gives_that_one(connection: sa.Connection, filters: Filters, query: str) -> None:
    other = replace(
        JOB,
        trade=Trade.OTHER,
        area="420923450",
        settlement=Settlement.WEEKLY,
        meals=Meals.NONE,
        lodging=False,
        requirements="要有经验",
        starts_on=TODAY + timedelta(days=1),
        ends_on=TODAY + timedelta(days=2),
        pay_fen=25999,
    )
    index(connection, [(1, JOB, 1)])
    index(connection, [(2, other, 2)])
    assert search(connection, query, Filters()) == [2, 1]
    assert search(connection, query, filters) == [1]
    assert count(connection, query, filters) == 1


def test_search_when_ordered_puts_newest_best_paid_or_nearest_first(connection: sa.Connection) -> None:
    unknown = {"pay_unit": PayUnit.PIECE, "pay_fen": 99999}
    changes: list[dict[str, Any]] = [{"pay_fen": 30000}, {"area": "420923102"}, unknown, {"area": "420923450"}]
    for seq, change in enumerate(changes, 1):
        index(connection, [(seq, replace(JOB, **change), seq)])
    filters = Filters(near=("420923450", "420923101"))
    assert search(connection, "", filters, Order.NEWEST) == [4, 3, 2, 1]
    assert search(connection, "", filters, Order.PAY) == [1, 4, 2, 3]
    assert search(connection, "工", filters, Order.NEAR) == [4, 3, 1, 2]
    assert search(connection, "工", filters, Order.NEAR, limit=2, offset=1) == [3, 1]


def test_count_by_trade_when_a_trade_is_chosen_still_counts_the_others(connection: sa.Connection) -> None:
    for seq, trade in enumerate((Trade.LOADING, Trade.LOADING, Trade.GUARD), 1):
        index(connection, [(seq, replace(JOB, trade=trade), seq)])
    counts = count_by_trade(connection, "物流", Filters(trade=Trade.GUARD, settlement=Settlement.DAILY))
    assert {trade: n for trade, n in counts.items() if n} == {Trade.LOADING: 2, Trade.GUARD: 1}
    assert set(counts) == set(Trade)
    assert sum(count_by_trade(connection, "物流", Filters(settlement=Settlement.WEEKLY)).values()) == 0


def test_unindex_when_a_listing_leaves_forgets_it_alone(connection: sa.Connection) -> None:
    index(connection, [(1, JOB, 1)])
    index(connection, [(2, JOB, 2)])
    unindex(connection, 1)
    assert search(connection, "装卸", Filters()) == search(connection, "", Filters()) == [2]
    index(connection, [(1, replace(JOB, title="保洁"), 1)])
    assert search(connection, "保洁", Filters()) == [1]


@pytest.fixture(scope="module")
def station() -> Iterator[tuple[sa.Connection, list[Row]]]:
    with open_index() as connection:
        rows = [make_row(seq, listing, seq) for seq, listing in enumerate(make_listings(400, seed=5), 1)]
        for row in rows:
            index(connection, [(row.seq, row.listing, row.seq)])
        yield connection, rows


@pytest.mark.parametrize("query", NONSENSE + LONG)
def test_search_when_given_nonsense_agrees_with_brute_force(station: tuple[sa.Connection, list[Row]], query: str) -> None:
    connection, rows = station
    expected = find(rows, query, Filters(), Order.NEWEST)
    assert search(connection, query, Filters(), limit=len(rows)) == expected
    assert count(connection, query, Filters()) == len(expected)


pieces = st.randoms(use_true_random=False).map(lambda rng: _piece(rng))
typed = st.one_of(pieces, st.lists(pieces, min_size=2, max_size=3).map(" ".join), st.text(max_size=8))
chosen = st.builds(
    Filters,
    trade=st.none() | st.sampled_from(Trade),
    areas=st.frozensets(st.sampled_from(sorted(AREAS)), max_size=3),
    settlement=st.none() | st.sampled_from(Settlement),
    switches=st.frozensets(st.sampled_from(SWITCHES)),
    starts_until=st.none() | st.integers(0, 9).map(lambda days: TODAY + timedelta(days=days)),
    ends_from=st.none() | st.integers(0, 9).map(lambda days: TODAY + timedelta(days=days)),
    min_day_fen=st.none() | st.integers(0, 40000),
    near=st.lists(st.sampled_from(sorted(AREAS)), unique=True).map(tuple),
)


def _piece(rng: random.Random) -> str:
    listing = next(make_listings(1, seed=rng.randrange(50)))
    row = make_row(1, listing, rng.randrange(400))
    source = rng.choice((row.text, row.text, row.initials, row.spelt)).split("\n")
    word = rng.choice(source) or rng.choice(sorted(row.whole))
    start = rng.randrange(len(word))
    return word[start : start + rng.randint(1, 8)]


@settings(max_examples=400, deadline=None)
@given(query=typed, filters=st.just(Filters()) | chosen, order=st.sampled_from(Order))
def test_search_when_anything_is_typed_agrees_with_brute_force(
    station: tuple[sa.Connection, list[Row]], query: str, filters: Filters, order: Order
) -> None:
    connection, rows = station
    expected = find(rows, query, filters, order)
    assert search(connection, query, filters, order, limit=len(rows)) == expected
    assert count(connection, query, filters) == len(expected)
    by_trade = count_by_trade(connection, query, replace(filters, trade=None))
    assert sum(by_trade.values()) == count(connection, query, replace(filters, trade=None))


@settings(max_examples=150, deadline=None)
@given(query=typed | st.just(""), filters=chosen)
def test_choices_when_anything_is_chosen_count_what_brute_force_finds_for_each(
    station: tuple[sa.Connection, list[Row]], query: str, filters: Filters
) -> None:
    connection, rows = station

    def left(**change: Any) -> int:
        return len(find(rows, query, replace(filters, **change), Order.NEWEST))

    found = choices(connection, query, filters, TODAY)
    assert found.areas == {code: left(areas=frozenset({code})) for code in AREAS}
    assert found.pay == {fen: left(min_day_fen=fen) for fen in DAY_PAYS}
    assert found.days == {ahead: left(starts_until=TODAY + timedelta(days=ahead)) for ahead in DAYS_AHEAD}
    assert found.settlements == {one: left(settlement=one) for one in Settlement}
    assert found.switches == {name: left(switches=filters.switches | {name}) for name in SWITCHES}


@settings(max_examples=100, deadline=None)
@given(
    title=st.text("工天人,· a1.安xi", max_size=9),
    description=st.text("工天人,· a1.", max_size=9),
    query=st.text("工天人· a1.xi", max_size=4),
)
def test_search_when_texts_are_made_of_few_characters_agrees_with_brute_force(title: str, description: str, query: str) -> None:
    listing = replace(JOB, title=title, description=description)
    with open_index() as connection:
        index(connection, [(1, listing, NUMBER)])
        assert search(connection, query, Filters()) == find([make_row(1, listing, NUMBER)], query, Filters(), Order.NEWEST)


@given(st.text())
def test_normaliser_when_applied_again_changes_nothing(text: str) -> None:
    for run in runs(text):
        assert runs(run) == [run]
        assert terms(run) == [run]


def test_normaliser_when_text_is_mixed_keeps_what_is_read_and_breaks_at_the_rest() -> None:
    assert runs("ＰＰＲ 管（25 mm）— 12.5元/米, Ａ·B😀ß") == ["ppr管", "25", "mm", "12.5元", "米", "a·b", "ss"]
    assert terms("25 公斤 25") == ["25", "公斤"]


def test_spell_when_a_character_has_no_reading_starts_anew() -> None:
    assert spell("云梦a县", {"云": "yun", "梦": "meng", "县": "xian"}) == [["yun", "meng"], ["xian"]]


def test_pinyin_table_when_read_spells_our_areas_as_people_say_them() -> None:
    spelt = {name: "".join(readings()[char] for char in name) for name in AREAS.values()}
    assert spelt["曾店镇"] == "zengdianzhen"
    assert spelt["隔蒲潭镇"] == "geputanzhen"
    assert len(readings()) == 8231
    assert all(len(char) == 1 and syllable.isascii() and syllable.islower() for char, syllable in readings().items())
