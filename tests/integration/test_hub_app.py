"""The hub as a web server: typed errors and never HTML under /api, limits, health, a schema that is the models, a database gone."""

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kiosk.county.app import AWAY_S, LOCK_S, make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.migrate import migrate
from kiosk.county.publish import publish
from kiosk.county.schema import county, metadata
from kiosk.sync.protocol import BODY_MAX_BYTES, CHANGES, PushRequest, encode
from tests.hub_parts import COUNTY, OTHER, TestHub, fresh_database, make_hub, plain_error
from tests.station import START, a_listing


def _post(hub: TestHub, path: str, body: bytes | Any, token: str = "") -> requests.Response:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return requests.post(hub.base + path, data=body, headers=headers, timeout=20)


@pytest.mark.parametrize(("path", "status"), [("/api/v1/nothing", 404), ("/nothing", 404), ("/api/v2/changes", 404)])
def test_hub_when_there_is_no_such_path_answers_a_typed_error(hub: TestHub, path: str, status: int) -> None:
    assert plain_error(hub.get(path)) == (status, "not_found")


def test_hub_when_the_method_is_wrong_answers_a_typed_error(hub: TestHub) -> None:
    assert plain_error(requests.delete(f"{hub.base}/api/v1/changes", timeout=20)) == (405, "not_found")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"changes":{}}', b'{"changes":[{}]}', b"\xff\xfe", b'{"changes":[' * 2000])
def test_push_when_the_body_is_not_the_protocol_answers_a_typed_error(hub: TestHub, body: bytes) -> None:
    status, code = plain_error(_post(hub, "/api/v1/changes", body, hub.terminal().enrolled.device_token))
    assert (status // 100, code) == (4, "bad_request")


def test_push_when_the_request_is_refused_does_not_echo_what_was_sent(hub: TestHub) -> None:
    body = json.dumps({"changes": [{"id": 1, "data": "13812345678"}]}).encode()
    response = _post(hub, "/api/v1/changes", body, hub.terminal().enrolled.device_token)
    assert response.status_code == 422
    assert "13812345678" not in response.text


@pytest.mark.parametrize("chunked", [False, True])
def test_push_when_the_body_is_too_large_is_cut_off(hub: TestHub, chunked: bool) -> None:
    big = b'{"changes":[' + b" " * (BODY_MAX_BYTES + 1) + b"]}"
    token = hub.terminal().enrolled.device_token
    try:
        response = _post(hub, "/api/v1/changes", iter([big]) if chunked else big, token)
    except requests.ConnectionError:
        return  # the hub hung up before it had read everything
    assert plain_error(response) == (413, "too_large")


@pytest.mark.parametrize("query", ["wait=-1", "wait=31", "wait=nan", "limit=0", "limit=501", "limit=x"])
def test_pull_when_the_query_is_out_of_range_answers_a_typed_error(hub: TestHub, query: str) -> None:
    headers = {"Authorization": f"Bearer {hub.terminal().enrolled.device_token}"}
    assert plain_error(hub.get(f"/api/v1/changes?{query}", headers=headers)) == (422, "bad_request")


def test_pull_when_the_client_takes_gzip_sends_it(hub: TestHub) -> None:
    headers = {"Authorization": f"Bearer {hub.terminal().enrolled.device_token}", "Accept-Encoding": "gzip"}
    response = hub.get("/api/v1/changes", headers=headers, stream=True)
    assert response.headers["content-encoding"] == "gzip"
    assert "义堂站" in gzip.decompress(response.raw.read(decode_content=False)).decode()


def test_health_when_all_is_well_says_so(hub: TestHub) -> None:
    assert hub.get("/healthz").json() == {"status": "ok", "version": 1}


def test_openapi_when_asked_for_describes_protocol_1(hub: TestHub) -> None:
    schema = hub.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/v1/authority",
        "/api/v1/changes",
        "/api/v1/health",
        "/api/v1/keys",
        "/api/v1/doctor",
        "/api/v1/enrol",
        "/api/v1/digests",
        "/api/v1/digests/{entity}/{bucket}",
        "/api/v1/releases/{version}",
        "/api/v1/blobs/{digest}",
        "/api/v1/files",
        "/api/v1/files/{digest}",
        "/api/v1/files/{digest}/content",
        "/api/v1/witness",
        "/healthz",
    }
    parts = schema["components"]["schemas"]
    assert set(parts["PushBody"]["properties"]) == {"epoch", "batch", "key", "changes"}
    assert set(parts["Columns"]["properties"]) == {"order", "groups"}
    health = {"version", "at", "board", "board_alive", "printer", "waiting", "parked", "free_mb", "clock_offset_s", "picture"}
    health |= {"update"}
    assert set(parts["StationHealth"]["properties"]) == health
    assert set(parts["ErrorBody"]["properties"]) == {"code", "message"}


def test_hub_when_the_database_is_gone_says_unavailable_and_recovers(cluster: PrivateCluster, tmp_path: Any) -> None:
    hub = make_hub(fresh_database(cluster), tmp_path / "hub")
    ours = hub.terminal()
    try:
        cluster.stop()
        headers = {"Authorization": f"Bearer {ours.enrolled.device_token}"}
        assert plain_error(hub.get("/healthz")) == (503, "unavailable")
        assert plain_error(hub.get("/api/v1/changes", headers=headers)) == (503, "unavailable")
        page = hub.get("/k/Lxxxxxxxxxxxxxxxxxxxxxx")
        assert (page.status_code, "现在连不上" in page.text) == (503, True)
        cluster.start()
        assert ours.look().changes != ()
    finally:
        cluster.start()
        hub.close()


def test_hub_when_somebody_else_holds_a_lock_says_unavailable_for_a_while_and_recovers(hub: TestHub) -> None:
    ours = hub.terminal()
    batch = PushRequest(epoch=ours.epoch, batch=1, key="k", changes=(ours.change(a_listing()),))
    with hub.engine.begin() as other:
        other.execute(sa.select(county).with_for_update())
        began = time.monotonic()
        answer = _post(hub, CHANGES, json.dumps(encode(batch)), ours.enrolled.device_token)
        assert plain_error(answer) == (503, "unavailable")
        assert answer.headers["Retry-After"] == AWAY_S
        assert LOCK_S - 0.5 < time.monotonic() - began < LOCK_S + 3
    assert _post(hub, CHANGES, json.dumps(encode(batch)), ours.enrolled.device_token).json()["taken"] == 1


def test_migrations_when_run_make_exactly_the_tables_of_the_schema(hub: TestHub) -> None:
    migrate(hub.engine)
    with hub.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_errors_when_a_statement_fails_show_no_parameter(hub: TestHub) -> None:
    with pytest.raises(sa.exc.DataError) as caught, hub.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1 / 0, :phone"), {"phone": "13812345678"})
    assert "13812345678" not in str(caught.value)


def test_hub_when_it_has_a_replica_pulls_from_there_and_writes_to_the_database(cluster: PrivateCluster, tmp_path: Path) -> None:
    copy = fresh_database(cluster)
    engine = make_engine(copy)
    migrate(engine)
    with engine.begin() as connection:
        publish(connection, COUNTY, [OTHER], START)
    engine.dispose()
    hub = make_hub(fresh_database(cluster), tmp_path, replica=copy)
    terminal = hub.terminal()
    assert terminal.push(a_listing()).taken == 1
    assert [one["name"] for one in terminal.seen("station")] == [OTHER.name]
    hub.close()
