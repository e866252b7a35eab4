"""How much one hub carries: 300 stations with 1,000 changes each, 300 waiting polls, a feed of a million rows.

`kiosk county serve` on PostgreSQL, all on this machine; the stations are simulated on the wire, in processes of their own (`crowd`), and
take part of the same two cores. `hub_converge_s`: from the first push until every change is in and every station has seen every listing
and every approval of all others (3,000 of each). `hub_idle_polls_cpu_pct`: what hub and PostgreSQL take together of one core while all 300
wait. `pull_end_vs_start`: a page at the end of a feed of 1,000,000 rows against one at its beginning, medians, in turns.

Standard error says what it cost: processor time, database size by table, WAL, memory of the hub.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from typing import Any

from kiosk.county import enrolment
from kiosk.domain.station import Station
from kiosk.sync.client import HttpHub, Pull
from kiosk.sync.exchange import PULL_LIMIT
from kiosk.sync.protocol import EnrolRequest
from tests.bench import crowd
from tests.bench.hub_process import County, make_stations, running_county
from tests.bench.stage import figure, load, say
from tests.hub_parts import COUNTY, OTHER

STATIONS, EACH, PROCESSES = 300, 1_000, 2
IDLE_S, SETTLE_S = 60.0, 1200.0
KEPT_S = 5.0
ROWS, PULLS = 1_000_000, 60

FILL = """
WITH base AS (SELECT county_id, feed_position AS p FROM county),
     fresh AS (SELECT county_id, p + i AS position, md5(i::text)::uuid::text AS id FROM base, generate_series(1, {rows}) AS i),
     told AS (INSERT INTO feed (county_id, audience, entity, record_id, slot, position, revision, op, device_id, urgent)
              SELECT county_id, 'all', 'review', id, 0, position, 1, 'put', 'x', false FROM fresh),
     kept AS (INSERT INTO record (county_id, entity, id, revision, owner, data, received_at)
              SELECT county_id, 'review', id, 1, 'x', jsonb_build_object('id', id, 'verdict', 'approve', 'reviewer_name', '李芳'), now()
              FROM fresh)
UPDATE county SET feed_position = feed_position + {rows}
"""


def run(stations: int = STATIONS, each: int = EACH, rows: int = ROWS) -> Iterator[dict[str, Any]]:
    """Measure convergence, waiting, and both ends of a long feed."""
    tree = make_stations(stations)
    with running_county(*tree) as county:
        crowds = _start(county, tree, each)
        try:
            yield _converge(county, crowds, stations * each)
            yield _idle(county, stations)
        finally:
            for one in crowds:
                one.kill()
        _weigh(county, stations * each)
        yield _ends(county, rows)


def _start(county: County, tree: Sequence[Station], each: int) -> list["Popen[str]"]:
    tokens = [[one.id, _enrol(county, one)] for one in tree]
    public = 2 * (each * crowd.LISTINGS // 1000) * (len(tree) - 1)
    crowds = []
    for number in range(PROCESSES):
        told = {"base": county.base, "stations": tokens[number::PROCESSES], "changes": each, "public": public}
        process = Popen([sys.executable, "-m", "tests.bench.crowd"], stdin=PIPE, stdout=PIPE, text=True)
        crowds.append(process)
        _tell(process, json.dumps(told))
    for one in crowds:
        _hear(one)
    return crowds


def _enrol(county: County, station: Station) -> str:
    request = EnrolRequest(code=county.code(station), nonce="0a" * 16)
    answer = enrolment.enrol(county.engine, county.vault, COUNTY, "http://127.0.0.1", request, "", datetime.now(UTC))
    return answer.device_token


def _converge(county: County, crowds: Sequence["Popen[str]"], changes: int) -> dict[str, Any]:
    hub, database = county.cpu_s()
    wal = _one(county, "SELECT pg_current_wal_lsn() - '0/0'")
    began = time.perf_counter()
    for one in crowds:
        _tell(one, "go")
    took = [json.loads(_hear(one)) for one in crowds]
    seconds = time.perf_counter() - began
    hub, database = (after - before for after, before in zip(county.cpu_s(), (hub, database), strict=True))
    sums = {name: sum(one[name] for one in took) for name in took[0]}
    say(f"converged in {seconds:.0f} s; {load()}; CPU s: hub {hub:.0f}, PostgreSQL {database:.0f}, stations {sums['cpu_s']:.0f}")
    wal = _one(county, "SELECT pg_current_wal_lsn() - '0/0'") - wal
    pushed = f"pushed {sums['pushed_bytes'] / changes:.0f} bytes a change, WAL {wal / changes:.0f}"
    say(f"{sums['requests']} requests, {sums['seen']} changes seen, {pushed}")
    return figure("hub_converge_s", round(seconds, 1), "s", 60)


def _idle(county: County, stations: int) -> dict[str, Any]:
    _settle(county, stations)
    before, began = county.cpu_s(), time.perf_counter()
    time.sleep(IDLE_S)
    seconds = time.perf_counter() - began
    hub, database = (100 * (after - then) / seconds for after, then in zip(county.cpu_s(), before, strict=True))
    say(f"{stations} waiting polls: hub {hub:.1f}, PostgreSQL {database:.1f} % of a core; {load()}")
    say(f"{_one(county, 'SELECT count(*) FROM pg_stat_activity')} connections")
    return figure("hub_idle_polls_cpu_pct", round(hub + database, 1), "%", 5)


def _settle(county: County, stations: int) -> None:
    """Wait until the figures are counted and the console's rows are made, which goes on by and by after the last push; then tidy up, which
    PostgreSQL would do by itself about then.
    """
    began = time.perf_counter()
    counted = f"SELECT count(*) >= {stations} FROM figure WHERE scope LIKE 'station:%'"
    kept = "SELECT max(m.position) >= max(c.feed_position) FROM listing_mark m, county c"
    while not all(bool(county.ask(question)[0][0]) for question in (counted, kept)):
        if time.perf_counter() - began > SETTLE_S:
            raise RuntimeError("the county's figures are never counted")
        time.sleep(1)
    county.ask("VACUUM ANALYZE")
    time.sleep(KEPT_S)
    say(f"figures and rows kept {time.perf_counter() - began:.0f} s later")


def _weigh(county: County, changes: int) -> None:
    sizes = county.ask(
        "SELECT relname, reltuples::bigint, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC LIMIT 4"
    )
    for name, rows, table, indexes in sizes:
        say(f"{name}: {rows} rows, {int(str(table)) / changes:.0f} + {int(str(indexes)) / changes:.0f} bytes a change")
    lines = Path(f"/proc/{county.hub.pid}/status").read_text("utf-8").splitlines()
    say("hub: " + next(line for line in lines if line.startswith("VmRSS")))


def _ends(county: County, rows: int) -> dict[str, Any]:
    """Fill everybody's feed by SQL with approvals, and pull at both ends."""
    county.ask(FILL.format(rows=rows))
    county.ask("VACUUM ANALYZE")
    hub = HttpHub(county.base)
    token = hub.enrol(EnrolRequest(code=county.code(OTHER), nonce="0b" * 16)).device_token
    epoch, head = county.ask("SELECT feed_epoch, feed_position FROM county")[0]
    times: dict[str, list[float]] = {f"{epoch}.{int(str(head)) - back}": [] for back in (rows, PULL_LIMIT)}
    for _ in range(PULLS):
        for after, taken in times.items():
            began = time.perf_counter()
            page = hub.pull(token, Pull(epoch="", batch=0, after=after, limit=PULL_LIMIT))
            taken.append(time.perf_counter() - began)
            if len(page.changes) != PULL_LIMIT:
                raise RuntimeError(f"{len(page.changes)} changes in a page")
    start, end = map(median, times.values())
    say(f"a page of {PULL_LIMIT} of a feed of {rows} rows: at its start {1000 * start:.1f} ms, at its end {1000 * end:.1f} ms; {load()}")
    return figure("pull_end_vs_start", round(end / start, 2), "times", 1.5)


def _one(county: County, question: str) -> int:
    return int(str(county.ask(question)[0][0]))


def _tell(process: "Popen[str]", words: str) -> None:
    assert process.stdin is not None
    process.stdin.write(words + "\n")
    process.stdin.flush()


def _hear(process: "Popen[str]") -> str:
    assert process.stdout is not None
    words = process.stdout.readline()
    if not words:
        raise RuntimeError("the simulated stations ended")
    return words
