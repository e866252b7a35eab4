"""No station reads another's people or writes another's records, whatever is asked of whichever endpoint, with whichever token.

Four stations hold one record of every kind; each text in one is a mark (tests/holdings.py), and whatever a hub says is searched for marks
that are none of the reader's business. Routes come from the application itself: a new one needs a line in ASKED.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from kiosk.county import enrolment
from kiosk.county.app import make_app
from kiosk.county.cluster import PrivateCluster
from kiosk.county.console.counter import ROOT as CONSOLE
from kiosk.county.schema import metadata
from kiosk.domain.entities import ENTITIES
from kiosk.domain.file_kind import FileKind
from kiosk.domain.notice import Notice
from kiosk.domain.record import new_id
from kiosk.domain.station import Training
from kiosk.domain.ticket import TicketKind, issue, public_token, sign
from kiosk.errors import HubRefused
from kiosk.sync.client import HttpHub, Pull
from kiosk.sync.protocol import (
    AUTHORITY,
    BLOBS,
    CHANGES,
    DIGESTS,
    DOCTOR,
    ENROL,
    FILES,
    HEALTH,
    KEYS,
    RELEASES,
    WITNESS,
    Change,
    EnrolRequest,
    Op,
    WitnessRequest,
    bucket_of,
    encode,
)
from tests.holdings import DRAFT, Holdings, kind_of
from tests.hub_parts import CENTRE, COUNTY, OTHER, OURS, SLOW_S, Terminal, TestHub, fresh_database, make_hub, plain_error, some_id
from tests.station import START

FOR_ALL = {"listing", "review", "takedown", "employer_hold"}
FOR_THE_LINE = {"report", DRAFT}
"""What those above a station see of it besides. Every other kind, and any that is yet to come, is its own affair."""
ITS_OWN_AFFAIR = {"listing", "report", "referral"}
"""A listing of one's own; a visitor of one station says something about a listing of another, or wants it."""
TRAINING = Training(
    id=f"{0:08}-0000-7000-8000-0000000000aa",
    revision=1,
    title="护工",
    body="",
    area=OURS.area,
    place="",
    starts_on=START.date(),
    days=1,
    seats=20,
    fee_fen=0,
    subsidy="",
    phone=OURS.phone,
)
NOTICE = Notice(id=f"{0:08}-0000-7000-8000-0000000000ab", revision=1, station_id=None, title="全县招工会", starts_at=START, ends_at=START)
VILLAGE = replace(OURS, id=f"{0:08}-0000-7000-8000-000000000003", parent_id=OURS.id, name="新桥村站", short="XQ")
STATIONS = {one.short: one for one in (CENTRE, OURS, VILLAGE, OTHER)}
DRAFT_QUESTION = f"{0:08}-0000-7000-8000-0000000000ac"
BASE = {"epoch": "", "batch": 0, "wait": 0}
OCTETS = {"Content-Type": "application/octet-stream"}


@dataclass
class County:
    """A hub, and four stations that have said all there is to say."""

    hub: TestHub
    terminals: dict[str, Terminal]
    held: dict[str, Holdings]

    def line(self, short: str) -> set[str]:
        """Give a station and those above it."""
        above = {one.id: one.short for one in STATIONS.values()}
        parent = STATIONS[short].parent_id
        return {short} | (self.line(above[parent]) if parent else set())

    def secrets(self, reader: str) -> set[str]:
        """Give every mark that a reader of this station, or nobody's reader (""), must never see."""
        hidden: set[str] = set()
        for short, held in self.held.items():
            if short != reader:
                hidden |= held.secrets(FOR_ALL | (FOR_THE_LINE if reader in self.line(short) else set()))
        return hidden

    def tables(self, *but: str) -> dict[str, list[Any]]:
        """Give all that the database holds; what is noted of who called, and how often, is left out."""
        calls = {"heard_at", "push_epoch", "push_batch", "push_key"}
        with self.hub.engine.connect() as connection:
            return {
                table.name: sorted(
                    map(repr, connection.execute(sa.select(*(c for c in table.c if c.name not in calls | {"feed_position"})))),
                )
                for table in metadata.sorted_tables
                if table.name not in {*but, "rate", "phone_miss"}
            }

    def of(self, short: str) -> tuple[list[Any], Any, Any]:
        """Give what a station owns in the database, and all that it is told when it learns anew."""
        terminal = self.terminals[short]
        with self.hub.engine.connect() as connection:
            owned = connection.execute(
                sa.text("SELECT entity, id, revision, data::text FROM record WHERE owner = :o ORDER BY 1, 2, 3"), {"o": terminal.station.id}
            ).all()
        return list(owned), told(terminal), terminal.door.digests(terminal.enrolled.device_token)


def told(terminal: Terminal, **asked: Any) -> set[tuple[str, str, int, str]]:
    """Read the whole feed as one who learns anew."""
    found, after, more = set(), "", True
    while more:
        what = Pull(epoch=terminal.epoch, batch=terminal.batch, after=after, limit=100, **{"own": True} | asked)
        page = terminal.door.pull(terminal.enrolled.device_token, what)
        found |= {(c.entity, c.record_id, c.revision, json.dumps(c.data, sort_keys=True)) for c in page.changes}
        after, more = page.cursor, page.more
    return found


@pytest.fixture(scope="module")
def county(cluster: PrivateCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Let every station push everything."""
    hub = make_hub(fresh_database(cluster), tmp_path_factory.mktemp("hub"))
    hub.publish(VILLAGE, TRAINING, NOTICE)
    terminals = {short: hub.terminal(station) for short, station in STATIONS.items()}
    held = {s: Holdings(STATIONS[s], terminals[s].enrolled.device_id, TRAINING.id) for s in STATIONS}
    for short, terminal in terminals.items():
        assert terminal.push(*held[short].in_order()).refused == ()
        content = _file(short)
        digest, token = hashlib.sha256(content).hexdigest(), terminal.enrolled.device_token
        assert terminal.door.send_part(token, digest, FileKind.EVIDENCE, len(content), 0, content).whole
    yield County(hub, terminals, held)
    hub.close()


def _file(short: str) -> bytes:
    """Give what a station showed for its assessment."""
    return f"%PDF-1.7 {short}的证据".encode()


def routes(county: County) -> set[tuple[str, str]]:
    """Give the routes of the application; HEAD asks what GET asks. The console has a door of its own (tests/console)."""
    app = make_app(county.hub.settings)
    app.state.engine.dispose()
    return {(method, getattr(r, "path", "")) for r in app.routes for method in getattr(r, "methods", None) or {""} if method != "HEAD"} - {
        ("", CONSOLE)
    }


def _pulls(county: County, reader: str) -> Iterator[dict[str, Any]]:
    me = county.terminals[reader] if reader else None
    numbers = {"epoch": me.epoch, "batch": me.batch} if me else {}
    for own, urgent in product((False, True), repeat=2):
        yield {"params": BASE | numbers | {"own": own, "urgent": urgent, "limit": 500}}


def _buckets(county: County, _: str) -> Iterator[dict[str, Any]]:
    for kind in ENTITIES:
        ids = {held.records[kind].id for held in county.held.values() if kind in held.records}
        if kind == "listing":
            ids |= {held.records[DRAFT].id for held in county.held.values()}
        for bucket in sorted({bucket_of(one) for one in ids}):
            yield {"path": {"entity": kind, "bucket": bucket}}


def _tokens(county: County, reader: str) -> Iterator[dict[str, Any]]:
    """Give the public link and, under the reader's own key, a ticket of every kind for what the others hold."""
    me = county.terminals[reader].enrolled if reader else None
    for held in county.held.values():
        for subject in (held.records[kind].id for kind in ("listing", DRAFT, "worker", "employer", "referral")):
            yield {"path": {"token": public_token(subject)}}
            if me and held.station.short != reader:
                for kind in TicketKind:
                    ticket = issue(kind, subject, me.ticket_key_id, START)
                    yield {"path": {"token": sign(ticket, bytes.fromhex(me.ticket_key))}}
                    county.hub.clock.tick(minutes=1)  # else too many


def _guesses(county: County, reader: str) -> Iterator[dict[str, Any]]:
    """Send what a page asks for, with digits that nobody here has."""
    for what in _tokens(county, reader):
        yield what | {"data": {"last_four": "0001", "code": "00000001", "listing": county.held["YT"].records["listing"].id}}
        county.hub.clock.tick(hours=2)  # else too many


def _codes(county: County, _: str) -> Iterator[dict[str, Any]]:
    for held in county.held.values():
        yield {"json": {"code": "AAAA-AAAA", "nonce": "0b" * 16, "station_id": held.station.id}}
        county.hub.clock.tick(minutes=11)  # else too many


def _pushes(county: County, reader: str) -> Iterator[dict[str, Any]]:
    """An empty batch: what is pushed is tried below."""
    me = county.terminals[reader] if reader else None
    yield {"json": {"epoch": me.epoch if me else "e", "batch": me.batch if me else 1, "key": "k", "changes": {"order": [], "groups": []}}}


def _witnesses(county: County, _: str) -> Iterator[dict[str, Any]]:
    """Give back every takedown there is, as if it were the county's."""
    for held in county.held.values():
        taken = county.terminals["YT"].change(replace(held.records["takedown"], station_id="county"))
        yield {"json": encode(WitnessRequest(changes=(taken,)))}


def _healths(_: County, __: str) -> Iterator[dict[str, Any]]:
    yield {"json": {"version": "1", "at": "2026-11-27T08:00:00.000Z"}}


def _doctors(_: County, __: str) -> Iterator[dict[str, Any]]:
    yield {"json": {"question": DRAFT_QUESTION, "version": "1", "at": "2026-11-27T08:00:00.000Z", "lines": []}}


def _releases(_: County, __: str) -> Iterator[dict[str, Any]]:
    yield {"path": {"version": "0.1.0-0000000"}}


def _blobs(_: County, __: str) -> Iterator[dict[str, Any]]:
    yield {"path": {"digest": "0" * 64}}


def _kinds(_: County, __: str) -> Iterator[dict[str, Any]]:
    yield from ({"params": {"kind": kind}} for kind in FileKind)


def _files(county: County, _: str) -> Iterator[dict[str, Any]]:
    yield from ({"path": {"digest": hashlib.sha256(_file(short)).hexdigest()}} for short in county.held)


def _parts(county: County, _: str) -> Iterator[dict[str, Any]]:
    """Send into everybody's file, beyond what there is of it."""
    sent = {"params": {"kind": "evidence", "size": 4000, "offset": 3000}, "data": b"x", "headers": OCTETS}
    yield from (what | sent for what in _files(county, ""))


def _once(_: County, __: str) -> Iterator[dict[str, Any]]:
    yield {}


def _names(_: County, __: str) -> Iterator[dict[str, Any]]:
    """Ask for a picture that nobody published, and for what is no picture's name."""
    for name in ("0123456789abcdef", "%", "x" * 500):
        yield {"path": {"name": name}}


ASKED: dict[tuple[str, str], Callable[[County, str], Iterator[dict[str, Any]]]] = {
    ("GET", CHANGES): _pulls,
    ("POST", CHANGES): _pushes,
    ("POST", WITNESS): _witnesses,
    ("GET", DIGESTS): _once,
    ("GET", DIGESTS + "/{entity}/{bucket}"): _buckets,
    ("POST", ENROL): _codes,
    ("GET", "/healthz"): _once,
    ("GET", "/openapi.json"): _once,
    ("POST", KEYS): _once,
    ("POST", HEALTH): _healths,
    ("POST", DOCTOR): _doctors,
    ("GET", RELEASES + "/{version}"): _releases,
    ("GET", BLOBS + "/{digest}"): _blobs,
    ("GET", FILES): _kinds,
    ("GET", FILES + "/{digest}"): _files,
    ("PUT", FILES + "/{digest}"): _parts,
    ("GET", FILES + "/{digest}/content"): _files,
    ("GET", AUTHORITY): _once,
    ("GET", "/metrics"): _once,
    ("GET", "/k/{token:anything}"): _tokens,
    ("POST", "/k/{token:anything}"): _guesses,
    ("GET", "/"): _once,
    ("GET", "/mini/{name}"): _names,
}
"""What is asked of each route: `path` fills its address, the rest goes to requests."""
OPEN = {
    ("POST", ENROL),
    *(("GET", path) for path in ("/healthz", "/openapi.json", AUTHORITY, "/metrics", "/k/{token:anything}", "/", "/mini/{name}")),
}
OPEN |= {("POST", "/k/{token:anything}")}
"""Routes that ask nobody who he is."""


def ask(county: County, route: tuple[str, str], reader: str, token: str, most: int | None = None) -> Iterator[requests.Response]:
    """Ask a route everything, or so much of it, in the name of whoever holds the token."""
    method, path = route
    headers = {"Authorization": token} if token else {}
    with requests.Session() as line:
        for what in islice(ASKED[route](county, reader), most):
            address = path.replace(":anything}", "}").format(**what.get("path", {}))
            options = {name: value for name, value in what.items() if name not in ("path", "headers")}
            sent = headers | what.get("headers", {})
            response = line.request(method, county.hub.base + address, headers=sent, timeout=SLOW_S, **options)
            assert response.status_code != 429, "nothing is tried where all are too many"
            yield response


def bearer(terminal: Terminal) -> str:
    return f"Bearer {terminal.enrolled.device_token}"


def test_routes_when_enumerated_are_all_asked(county: County) -> None:
    assert routes(county) == ASKED.keys()
    assert ASKED.keys() > OPEN


@pytest.mark.parametrize("reader", STATIONS)
def test_hub_when_a_station_asks_everything_says_nothing_of_anothers_people(county: County, reader: str) -> None:
    said = {route: [r.text for r in ask(county, route, reader, bearer(county.terminals[reader]))] for route in ASKED}
    secrets = county.secrets(reader)
    assert secrets
    assert [(route, mark) for route, texts in said.items() for mark in secrets if any(mark in text for text in texts)] == []
    # the search finds what may be seen, in each answer that gives records
    for path in (CHANGES, DIGESTS + "/{entity}/{bucket}"):
        everything = "".join(said["GET", path])
        for short, held in county.held.items():
            kinds = FOR_ALL | (FOR_THE_LINE if reader in county.line(short) else set())
            open_ = {m for (kind, personal), marks in held.marks.items() for m in marks if kind in kinds and not personal}
            assert {mark for mark in open_ if mark not in everything} == set(), (path, short)
        own = {mark for marks in county.held[reader].marks.values() for mark in marks}
        assert {mark for mark in own if mark not in everything} == set(), path


@pytest.mark.parametrize("reader", STATIONS)
def test_feed_when_read_from_its_beginning_holds_what_the_station_may_see_and_no_more(county: County, reader: str) -> None:
    seen = {(entity, record_id) for entity, record_id, _, _ in told(county.terminals[reader])}
    expected = {("station", one.id) for one in STATIONS.values()} | {("training", TRAINING.id), ("notice", NOTICE.id)}
    for short, held in county.held.items():
        kinds = set(held.records) if short == reader else FOR_ALL | (FOR_THE_LINE if reader in county.line(short) else set())
        expected |= {(kind_of(held.records[kind]), held.records[kind].id) for kind in kinds}
    assert seen == expected
    urgent = told(county.terminals[reader], urgent=True)
    assert urgent <= told(county.terminals[reader])


@pytest.mark.parametrize("reader", STATIONS)
def test_files_when_others_ask_for_them_or_write_into_them_are_their_stations_alone(county: County, reader: str) -> None:
    before = {
        short: county.terminals[short].door.files(one.enrolled.device_token, FileKind.EVIDENCE) for short, one in county.terminals.items()
    }
    for route in ASKED:
        for response in ask(county, route, reader, bearer(county.terminals[reader])) if route[1].startswith(FILES) else ():
            assert [short for short in STATIONS if short != reader and f"{short}的证据".encode() in response.content] == []
    contents = [one.content for one in ask(county, ("GET", FILES + "/{digest}/content"), reader, bearer(county.terminals[reader]))]
    assert _file(reader) in contents
    assert {s: t.door.files(t.enrolled.device_token, FileKind.EVIDENCE) for s, t in county.terminals.items()} == before
    assert all(len(one.files) == 1 for one in before.values())


def test_hub_when_nobody_is_known_by_the_token_gives_and_takes_nothing(county: County) -> None:
    revoked = county.hub.terminal(OURS)
    with county.hub.engine.begin() as connection:
        enrolment.revoke(connection, COUNTY, revoked.enrolled.device_id, START)
    good = county.terminals["YT"].enrolled
    tokens = {
        "": "unauthorized",
        "Bearer": "unauthorized",
        "Bearer ": "unauthorized",
        "Bearer none": "unauthorized",
        f"Bearer {good.device_token[:-1]}": "unauthorized",
        f"Bearer {good.device_token}x": "unauthorized",
        f"Bearer {good.device_id}": "unauthorized",
        f"Basic {good.device_token}": "unauthorized",
        good.device_token: "unauthorized",
        "Bearer ' OR 1=1 --": "unauthorized",
        bearer(revoked): "revoked",
    }
    before, secrets = county.tables("enrolment_failure"), county.secrets("")
    for token, code in tokens.items():
        for route in ASKED:
            for response in ask(county, route, "", token, most=2 if token else None):
                if route not in OPEN:
                    assert plain_error(response) == ({"unauthorized": 401, "revoked": 403}[code], code), (token, route)
                assert [mark for mark in secrets if mark in response.text] == []
    worker = replace(county.held["YT"].records["worker"], id=some_id(county.hub.clock))
    with pytest.raises(HubRefused):
        revoked.push(worker)
    assert county.tables("enrolment_failure") == before


def test_hub_when_a_token_is_another_countys_knows_nobody(county: County, tmp_path: Path) -> None:
    foreign = TestHub(replace(county.hub.settings, county="420999", state=str(tmp_path)), county.hub.clock)
    foreign.start()
    try:
        ours = county.terminals["YT"]
        for route in ASKED.keys() - OPEN:
            path = route[1].format(entity="worker", bucket="00", version="0.1.0-0000000", digest="0" * 64)
            answer = requests.request(route[0], foreign.base + path, headers={"Authorization": bearer(ours)}, timeout=SLOW_S)
            assert plain_error(answer) == (401, "unauthorized")
        with pytest.raises(HubRefused) as caught:
            HttpHub(foreign.base).enrol(EnrolRequest(code=county.hub.code(OURS), nonce="0c" * 16))
        assert caught.value.code == "code_unknown"
        token = public_token(county.held["YT"].records["listing"].id)
        assert county.held["YT"].records["listing"].title not in foreign.get(f"/k/{token}").text
    finally:
        foreign.close()


def attacks(record: Any, attacker: Terminal, clock: Callable[[], Any]) -> Iterator[Change]:
    """Give what one station might say to change another's record, or to speak in its name."""
    kind, me = kind_of(record), attacker.station.id
    revision = getattr(record, "revision", 1)
    newer = {"revision": revision + 1} if hasattr(record, "revision") else {}
    yield attacker.change(replace(record, **newer))
    yield attacker.change(replace(record, station_id=me, **newer))
    yield attacker.change(replace(record, station_id=me))
    yield attacker.change(replace(record, id=new_id(clock())))
    for op, at in product((Op.DELETE.value, "DELETE", "put", ""), (revision, revision + 1, 2**31 - 1)):
        yield Change(entity=kind, record_id=record.id, revision=at, op=op)
    # one of its own, about the other's
    yield attacker.change(replace(record, id=new_id(clock()), station_id=me))


@pytest.mark.parametrize(("attacker", "victim"), [("ZD", "YT"), ("XQ", "YT"), ("YT", "ZD"), ("YT", "YM")])
def test_hub_when_a_station_writes_anothers_records_leaves_them_as_they_were(county: County, attacker: str, victim: str) -> None:
    terminal, held = county.terminals[attacker], county.held[victim]
    before = county.of(victim)
    for name, record in held.records.items():
        tried = list(attacks(record, terminal, county.hub.clock))
        if kind_of(record) in ITS_OWN_AFFAIR:
            tried.pop()
        answer = terminal.send(tried)
        assert {r.at for r in answer.refused} >= set(range(len(tried) - 1)), name
        assert held.secrets(set()) & {r.reason for r in answer.refused} == set()
        county.hub.clock.tick(seconds=1)
    assert county.of(victim) == before


@pytest.mark.parametrize("attacker", [short for short in STATIONS if short != "YM"])
def test_hub_when_a_station_writes_what_the_county_owns_leaves_it_as_it_was(county: County, attacker: str) -> None:
    terminal, before = county.terminals[attacker], county.of("YM")
    owned: tuple[Any, ...] = (*STATIONS.values(), TRAINING)
    for record in owned:
        kind = kind_of(record)
        sent = [
            terminal.change(replace(record, revision=2)),
            terminal.change(replace(record, id=some_id(county.hub.clock))),
            Change(entity=kind, record_id=record.id, revision=2, op=Op.DELETE.value),
        ]
        assert {r.code for r in terminal.send(sent).refused} == {"county_owned"}
    assert county.of("YM") == before


@pytest.mark.parametrize("attacker", STATIONS)
def test_hub_when_a_station_writes_a_notice_of_the_countys_leaves_every_board_as_it_was(county: County, attacker: str) -> None:
    terminal, readers = county.terminals[attacker], [short for short in STATIONS if short != attacker]
    before = [(county.of(short), told(county.terminals[short], urgent=True)) for short in readers]
    tried = list(attacks(NOTICE, terminal, county.hub.clock))
    own = tried.pop()
    tried.append(terminal.change(replace(NOTICE, id=some_id(county.hub.clock))))
    for other in STATIONS.values():
        if other.short != attacker:
            tried.append(terminal.change(replace(NOTICE, id=some_id(county.hub.clock), station_id=other.id)))
    answer = terminal.send([*tried, own])
    assert {r.at: r.code in ("not_owner", "bad_change", "bad_data") for r in answer.refused} == dict.fromkeys(range(len(tried)), True)
    assert [(county.of(short), told(county.terminals[short], urgent=True)) for short in readers] == before
    assert ("notice", own.record_id, 1) in {change[:3] for change in told(terminal)}
    assert ("notice", NOTICE.id, 1) in {change[:3] for change in told(terminal)}


def test_hub_when_a_code_is_of_another_station_enrols_nobody_and_stays_good(county: County) -> None:
    code, before = county.hub.code(OTHER), county.tables("enrolment_failure", "enrolment_code")
    county.hub.clock.tick(minutes=11)
    door = HttpHub(county.hub.base)
    with pytest.raises(HubRefused) as caught:
        door.enrol(EnrolRequest(code=code, nonce="0d" * 16, station_id=OURS.id))
    assert caught.value.code == "code_other_station"
    assert county.tables("enrolment_failure", "enrolment_code") == before
    county.hub.clock.tick(seconds=timedelta(minutes=11).total_seconds())
    assert door.enrol(EnrolRequest(code=code, nonce="0d" * 16)).station["id"] == OTHER.id
