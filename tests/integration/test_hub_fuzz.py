"""Whatever is sent to the hub, it answers: never 5xx, always what its OpenAPI says, always a typed error where it refuses.

schemathesis makes requests from the OpenAPI that the hub serves, sound ones and damaged ones. Those seldom get as far as a record, so sound
batches of every kind of record are damaged here, too. The short run asks the same each time, the long one more and other things.
"""

import copy
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import requests
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from kiosk.county.cluster import PrivateCluster
from kiosk.county.feed import renew
from kiosk.county.schema import record
from kiosk.domain.record import new_id
from kiosk.domain.station import COUNTY
from kiosk.domain.ticket import PATH
from kiosk.sync.protocol import CHANGES, WITNESS, PushAnswer, PushRequest, WitnessRequest, decode, encode
from tests.holdings import Holdings
from tests.hub_parts import OTHER, OURS, SLOW_S, Terminal, TestHub, fresh_database, make_hub, plain_error
from tests.station import START

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = ["GET /api/v1/changes", "POST /api/v1/changes", "GET /api/v1/digests", "GET /api/v1/digests/{entity}/{bucket}"]
OPERATIONS += ["POST /api/v1/witness", "GET /api/v1/releases/{version}", "GET /api/v1/blobs/{digest}"]
OPERATIONS += ["GET /api/v1/files", "GET /api/v1/files/{digest}", "PUT /api/v1/files/{digest}", "GET /api/v1/files/{digest}/content"]
OPERATIONS += [
    "GET /api/v1/authority",
    "POST /api/v1/enrol",
    "POST /api/v1/keys",
    "POST /api/v1/health",
    "POST /api/v1/doctor",
    "GET /healthz",
]
NOTHING_TO_SAY = {"GET /api/v1/digests", "GET /api/v1/authority", "POST /api/v1/keys", "GET /healthz"}
"""Asked without anything that could be wrong."""
ASKED = [(label, GenerationMode.POSITIVE) for label in OPERATIONS]
ASKED += [(label, GenerationMode.NEGATIVE) for label in OPERATIONS if label not in NOTHING_TO_SAY]
SHORT, LONG = 20, 2000
RAW = {
    "empty": b"",
    "no json": b"\xff\xfe{",
    "half": b'{"epoch": "e", ',
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "deep in its place": b'{"epoch":"e","batch":1,"key":"k","changes":' + b'{"order":' * 50_000,
    "a number beyond all": b'{"epoch":"e","batch":1e999,"key":"k","changes":{"order":[],"groups":[]}}',
    "a number of many digits": b'{"epoch":"e","batch":' + b"9" * 5000 + b',"key":"k","changes":{"order":[],"groups":[]}}',
    "no number": b'{"epoch":"e","batch":NaN,"key":"k","changes":{"order":[],"groups":[]}}',
    "nul": b'{"epoch":"\\u0000","batch":1,"key":"k","changes":{"order":[],"groups":[]}}',
    "half a character": b'{"epoch":"\\ud800","batch":1,"key":"\\udfff","changes":{"order":[],"groups":[]}}',
}
HARD = ["\0", "\ud800", 2**63, -(2**31), 1e300]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(HARD)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
TOKENS = (
    st.text(max_size=60) | st.from_regex(r"[LPT][A-Za-z0-9_-]{22}", fullmatch=True) | st.from_regex(r"[A-Za-z0-9_-]{48}", fullmatch=True)
)


@pytest.fixture(scope="module")
def hub(cluster: PrivateCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHub]:
    hub = make_hub(fresh_database(cluster), tmp_path_factory.mktemp("hub"))
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def ours(hub: TestHub) -> Terminal:
    """Two stations hold everything; give one's terminal."""
    terminals = [hub.terminal(OURS), hub.terminal(OTHER)]
    for terminal in terminals:
        held = Holdings(terminal.station, terminal.enrolled.device_id, new_id(START))
        assert terminal.push(*held.in_order()).refused == ()
    return terminals[0]


@pytest.fixture
def often(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """Give the settings of this run."""
    is_long = request.config.getoption("--long")
    return settings(
        max_examples=LONG if is_long else SHORT,
        derandomize=not is_long,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def operations(hub: TestHub) -> dict[str, Any]:
    """Read what the hub says it can be asked."""
    schema: Any = schemathesis.openapi.from_url(f"{hub.base}/openapi.json")
    return {one.ok().label: one.ok() for one in schema.get_all_operations()}


def test_operations_when_read_from_the_openapi_are_all_fuzzed(operations: dict[str, Any]) -> None:
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize(("label", "mode"), ASKED)
def test_hub_when_asked_as_its_openapi_says_or_nearly_so_answers_as_it_says(
    hub: TestHub, ours: Terminal, operations: dict[str, Any], often: Callable[[Any], Any], label: str, mode: GenerationMode
) -> None:
    token = {"Authorization": f"Bearer {ours.enrolled.device_token}"}

    @often
    @given(operations[label].as_strategy(generation_mode=mode), st.integers(0, 9))
    def ask(case: Any, number: int) -> None:
        if case.query and isinstance(case.query.get("wait"), (int, float)):
            case.query = {**case.query, "wait": min(case.query["wait"], 0.01)}
        hub.clock.tick(minutes=11)  # else after five wrong codes all are one too many
        response = case.call(headers=token if number else {}, timeout=SLOW_S)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 300:
            assert set(response.json()) == {"code", "message"}

    ask()


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*way, key)
        yield from _places(one, (*way, key))


def _damaged(value: Any, way: tuple[Any, ...], other: Any) -> Any:
    """Give a copy in which `other` stands in one place; `...`: nothing does."""
    value = inner = copy.deepcopy(value)
    for key in way[:-1]:
        inner = inner[key]
    if other is ...:
        del inner[way[-1]]
    else:
        inner[way[-1]] = other
    return value


def _send(hub: TestHub, ours: Terminal, body: bytes, path: str = CHANGES, **headers: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {ours.enrolled.device_token}", "Content-Type": "application/json"} | headers
    hub.clock.tick(seconds=1)  # else the terminal has asked too often before long, and no body is looked at any more
    response = requests.post(hub.base + path, data=body, headers=headers, timeout=SLOW_S)
    assert response.status_code != 429
    return response


def test_push_when_a_sound_batch_is_damaged_in_any_place_is_answered(hub: TestHub, ours: Terminal, often: Callable[[Any], Any]) -> None:
    held = Holdings(ours.station, ours.enrolled.device_id, new_id(START))
    batches = [
        encode(PushRequest(epoch="e", batch=1, key="k", changes=tuple(ours.change(one) for one in pair)))
        for pair in zip(held.in_order(), held.in_order()[1:], strict=False)
    ]
    damaged = st.sampled_from(batches).flatmap(
        lambda batch: st.builds(_damaged, st.just(batch), st.sampled_from(list(_places(batch))), st.just(...) | ANYTHING)
    )
    epochs = iter(range(10**9))

    @often
    @given(st.lists(damaged, min_size=5, max_size=5))
    def push(bodies: list[Any]) -> None:
        for body in bodies:
            if isinstance(body.get("epoch"), str):
                body["epoch"] = body["epoch"].replace("e", f"e{next(epochs)}", 1)
            response = _send(hub, ours, json.dumps(body).encode())
            assert response.status_code < 500, body
            if response.status_code == 200:
                answer = decode(PushAnswer, response.json())
                assert answer.taken + len(answer.refused) == len(body["changes"]["order"])
            else:
                plain_error(response)

    push()


def test_witness_when_what_is_given_back_is_damaged_in_any_place_puts_up_nothing(
    hub: TestHub, ours: Terminal, often: Callable[[Any], Any]
) -> None:
    with hub.engine.begin() as connection:
        renew(connection, hub.settings.county, hub.clock())
        known = sa.select(record.c.entity, record.c.id).where(record.c.owner == COUNTY)
        before = set(connection.execute(known))
    held = Holdings(ours.station, ours.enrolled.device_id, new_id(START)).records
    countys = [replace(held[kind], station_id=COUNTY) for kind in ("takedown", "employer_hold")]
    bodies = [encode(WitnessRequest(changes=(ours.change(one),))) for one in countys]
    bodies += [encode(WitnessRequest(changes=tuple(ours.change(one) for one in (*countys, *held.values()))))]
    damaged = st.sampled_from(bodies).flatmap(
        lambda body: st.builds(_damaged, st.just(body), st.sampled_from(list(_places(body))), st.just(...) | ANYTHING)
    )

    answers = Counter[str]()

    @often
    @given(st.lists(damaged, min_size=5, max_size=5))
    def give_back(bodies: list[Any]) -> None:
        for body in bodies:
            response = _send(hub, ours, json.dumps(body).encode(), WITNESS)
            assert response.status_code < 500, body
            answers[response.text if response.status_code == 200 else str(plain_error(response))] += 1

    give_back()
    with hub.engine.connect() as connection:
        new = [tuple(one) for one in connection.execute(known) if one not in before]
        taken = connection.scalars(sa.select(record.c.data).where(record.c.owner == COUNTY, record.c.id.in_([i for _, i in new]))).all()
    assert new, answers
    assert {entity for entity, _ in new} <= {"takedown", "employer_hold"}
    assert all(data["station_id"] == COUNTY and data.get("held", True) is True for data in taken)


@pytest.mark.parametrize("body", RAW.values(), ids=RAW)
def test_push_when_the_body_is_no_request_at_all_says_so(hub: TestHub, ours: Terminal, body: bytes) -> None:
    for sent, headers in ((body, {}), (gzip.compress(body), {"Content-Encoding": "gzip"}), (body, {"Content-Type": "text/plain"})):
        status, code = plain_error(_send(hub, ours, sent, **headers))
        assert (status, code) == (422, "bad_request")
    assert plain_error(_send(hub, ours, body, **{"Content-Encoding": "gzip"}))[0] < 500


def test_page_when_its_token_is_anything_is_a_page(hub: TestHub, often: Callable[[Any], Any]) -> None:
    @often
    @given(TOKENS)
    @example("\n0")
    def open_(token: str) -> None:
        hub.clock.tick(seconds=1)
        page = hub.get(PATH + quote(token.encode(errors="surrogatepass"), safe=""))
        assert page.status_code in (200, 403, 404, 410)
        assert page.headers["content-type"].startswith("text/html")

    open_()
