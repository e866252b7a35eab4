"""How fast public listings are found among 100,000 in an encrypted store, and whether what is found is what brute force finds."""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kiosk.domain.codes import AREAS, Settlement, Trade
from kiosk.domain.listing import PublicListing
from kiosk.domain.pay import per_day
from kiosk.domain.record import EPOCH, to_plain
from kiosk.domain.wish import SWITCHES
from kiosk.store import search
from kiosk.store.migrate import migrate
from kiosk.store.schema import public_listing, to_row
from kiosk.store.search import Filters, Order
from kiosk.store.store import Store, open_store
from tests.bench.brute import Row, find, make_row
from tests.bench.data import TODAY, make_listings

LISTINGS, QUERIES = 100_000, 10_000
CHECKED = 5_000
"""So many listings for the comparison: brute force over all of them would take hours."""
LIKES = 200
KEY = "5a" * 32


def run() -> Iterator[dict[str, Any]]:
    """Measure `search_p99_ms`, `search_filtered_p99_ms`, `search_mismatches`; the peer is LIKE over the same rows in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        listings = list(make_listings(LISTINGS))
        rng = random.Random(2)
        rows = [make_row(seq_of(number), listing, number) for number, listing in enumerate(rng.sample(listings, CHECKED), 1)]
        store = make_filled_store(Path(folder) / "all.db", listings)
        with store.read() as u:
            questions = [random_query(rng, rows) for _ in range(QUERIES)]
            plain = [_ms(lambda q=q: search.search(u.connection, q, Filters())) for q in questions]
            like = _p99([_ms(lambda q=q: _like(u.connection, q)) for q in questions[:LIKES]])
            yield _figure("search_p99_ms", _p99(plain), 10, "LIKE", like)
            filtered = [_ms(lambda q=q: _filtered(u.connection, q, random_filters(rng))) for q in questions]
            yield _figure("search_filtered_p99_ms", _p99(filtered), 30)
            _say(f"plain {_spread(plain)}; filtered {_spread(filtered)}")
            near = Filters(near=tuple(AREAS))
            for order in (Order.PAY, Order.NEAR):
                ordered = [_ms(lambda q=q, o=order: search.search(u.connection, q, near, o)) for q in questions[:1000]]
                _say(f"by {order}: {_spread(ordered)}")
            trades = [_ms(lambda q=q: search.count_by_trade(u.connection, q, Filters())) for q in questions[:1000]]
            _say(f"count by trade: {_spread(trades)}")
            sheets = [_ms(lambda q=q: search.choices(u.connection, q, random_filters(rng), TODAY)) for q in ["", *questions[:200]]]
            _say(f"all counts of the filter page: without a word {sheets[0]:.0f} ms; {_spread(sheets)}")
        store.close()
        store = make_filled_store(Path(folder) / "checked.db", [row.listing for row in rows])
        with store.read() as u:
            wrong = [q for q in questions if not _agrees(u.connection, rows, q, rng)]
        _say(f"mismatches: {wrong[:20]}")
        yield _figure("search_mismatches", len(wrong), 0, unit="queries")
        store.close()


def make_filled_store(path: Path, listings: list[PublicListing]) -> Store:
    """Make an encrypted store in which the listings stand in public, the last one newest, numbered from 1."""
    migrate(path, KEY)
    store = open_store(path, KEY)
    began = time.perf_counter()
    with store.write() as u:
        for number, listing in enumerate(listings, 1):
            seq, values = seq_of(number), to_row(listing)
            values["listing_id"] = values.pop("id")
            instant = to_plain(EPOCH + timedelta(seconds=seq))
            values |= {"seq": seq, "number": number, "published_at": instant, "day_fen": per_day(listing)}
            u.connection.execute(sa.insert(public_listing), values)
            search.index(u.connection, [(seq, listing, number)])
    _say(f"{len(listings)} listings in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
    return store


def seq_of(number: int) -> int:
    """Give the instant of publication in seconds, one every two and a half minutes."""
    return 1_770_000_000 + number * 155


def random_query(rng: random.Random, rows: list[Row]) -> str:
    """Make what a visitor might type: 1-8 characters out of a listing or at random, initials, pinyin, a number, two words."""
    row = rng.choice(rows)
    kind = rng.choices(("text", "mixed", "initials", "letters", "pinyin", "number", "two"), (40, 15, 15, 5, 10, 5, 10))[0]
    if kind == "text":
        return _piece(rng, rng.choice(row.text.split("\n")), 8)
    if kind == "mixed":
        return "".join(rng.choice(rng.choice(rows).text) for _ in range(rng.randint(1, 8))).replace("\n", "")
    if kind == "initials":
        return _piece(rng, rng.choice(row.initials.split("\n")), 8)
    if kind == "letters":
        return "".join(rng.choices("abcdefghjklmnopqrstwxyz", k=rng.randint(1, 8)))
    if kind == "pinyin":
        return rng.choice(row.spelt.split("\n"))[: rng.randint(1, 8)]
    if kind == "number":
        return rng.choice(sorted(row.whole))
    return f"{_piece(rng, rng.choice(row.text.split(chr(10))), 3)} {_piece(rng, rng.choice(row.text.split(chr(10))), 3)}"


def random_filters(rng: random.Random) -> Filters:
    """Make filters as a visitor sets them; what has ended is always out."""
    choices: tuple[dict[str, Any], ...] = (
        {"trade": rng.choice(list(Trade))},
        {"areas": frozenset(rng.sample(list(AREAS), rng.randint(1, 5)))},
        {"settlement": rng.choice(list(Settlement))},
        {"switches": frozenset(rng.sample(SWITCHES, rng.choice((1, 1, 2))))},
        {"starts_until": TODAY + timedelta(days=rng.choice((0, 1, 3, 7)))},
        {"min_day_fen": rng.choice((15000, 20000, 25000, 30000, 60000))},
    )
    chosen: dict[str, Any] = {}
    for choice in rng.sample(choices, rng.choice((0, 1, 1, 2, 3))):
        chosen |= choice
    return Filters(ends_from=TODAY, **chosen)


def _agrees(connection: sa.Connection, rows: list[Row], query: str, rng: random.Random) -> bool:
    plain = rng.random() < 0.7
    filters = replace(Filters() if plain else random_filters(rng), near=tuple(rng.sample(list(AREAS), 4)))
    order = rng.choice(list(Order))
    expected = find(rows, query, filters, order)
    found = search.search(connection, query, filters, order, limit=len(rows))
    return found == expected and search.count(connection, query, filters) == len(expected)


def _filtered(connection: sa.Connection, query: str, filters: Filters) -> None:
    search.search(connection, query, filters)
    search.count(connection, query, filters)


def _like(connection: sa.Connection, query: str) -> None:
    fields = ("title", "employer_name", "place", "requirements", "description")
    where = " OR ".join(f"{field} LIKE :q" for field in fields)
    connection.execute(sa.text(f"SELECT seq FROM public_listing WHERE {where} ORDER BY seq DESC LIMIT 20"), {"q": f"%{query}%"}).all()


def _piece(rng: random.Random, word: str, longest: int) -> str:
    length = rng.randint(1, longest)
    start = rng.randrange(max(1, len(word) - length + 1))
    return word[start : start + length]


def _ms(act: Any) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _p99(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.99)], 2)


def _spread(values: list[float]) -> str:
    ranked = sorted(values)
    return " ".join(f"p{p}={ranked[min(len(ranked) - 1, int(len(ranked) * p / 100))]:.2f}" for p in (50, 90, 99, 100)) + " ms"


def _figure(
    name: str, value: float, goal: float, peer: str | None = None, peer_value: float | None = None, unit: str = "ms"
) -> dict[str, Any]:
    return {"figure": name, "value": value, "unit": unit, "goal": goal, "peer": peer, "peer_value": peer_value}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
