"""Enrolment on a real hub: a code works once, guesses are limited, secrets are not kept in the clear, a revoked terminal is out."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from kiosk.county import enrolment
from kiosk.county.vault import open_vault
from kiosk.domain import ticket as tickets
from kiosk.domain.ticket import TicketKind
from kiosk.errors import ConfigError, HubRefused
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import EnrolAnswer, EnrolRequest
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub, plain_error, some_id

NONCE, ANOTHER = "0a" * 16, "0b" * 16


def _enrol(hub: TestHub, code: str, nonce: str = NONCE, station_id: str = "") -> EnrolAnswer:
    return HttpHub(hub.base).enrol(EnrolRequest(code=code, nonce=nonce, station_id=station_id))


def _refused(hub: TestHub, code: str, nonce: str = NONCE, station_id: str = "") -> str:
    with pytest.raises(HubRefused) as caught:
        _enrol(hub, code, nonce, station_id)
    return caught.value.code


def test_enrol_when_the_code_is_good_gives_a_whole_identity(hub: TestHub) -> None:
    answer = _enrol(hub, hub.code())
    assert (answer.station["name"], answer.county, answer.phone_base) == ("义堂站", COUNTY, "https://phone.test")
    assert len(bytes.fromhex(answer.ticket_key)) == 32
    token = tickets.sign(
        tickets.issue(TicketKind.REGISTRATION, some_id(hub.clock), answer.ticket_key_id, hub.clock()), bytes.fromhex(answer.ticket_key)
    )
    assert hub.get(f"/k/{token}").status_code == 200


@pytest.mark.parametrize("write", [str.lower, lambda c: c.replace("-", ""), lambda c: f" {c[:4]} {c[5:]} "])
def test_enrol_when_the_code_is_typed_differently_takes_it(hub: TestHub, write: Any) -> None:
    assert _enrol(hub, write(hub.code())).station["id"] == OURS.id


def test_enrol_when_the_code_was_used_is_refused(hub: TestHub) -> None:
    code = hub.code()
    _enrol(hub, code)
    assert _refused(hub, code, ANOTHER) == "code_used"


def test_enrol_when_the_answer_was_lost_gives_the_same_answer_to_the_same_terminal(hub: TestHub) -> None:
    code = hub.code()
    assert _enrol(hub, code) == _enrol(hub, code)
    hub.clock.tick(hours=25)
    assert _refused(hub, code) == "code_used"


def test_enrol_when_two_ask_at_once_lets_one_in(hub: TestHub) -> None:
    code = hub.code()

    def ask(nonce: str) -> str:
        try:
            return _enrol(hub, code, nonce).device_id
        except HubRefused as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, [f"{i:032x}" for i in range(4)]))
    assert answers.count("code_used") == 3


def test_enrol_when_the_code_has_expired_is_refused(hub: TestHub) -> None:
    code = hub.code()
    hub.clock.tick(hours=24, seconds=1)
    assert _refused(hub, code) == "code_expired"


def test_enrol_when_the_code_is_for_another_station_than_the_records_leaves_it_unused(hub: TestHub) -> None:
    code = hub.code(OTHER)
    assert _refused(hub, code, station_id=OURS.id) == "code_other_station"
    assert _enrol(hub, code, station_id=OTHER.id).station["id"] == OTHER.id


def test_enrol_when_guessed_too_often_refuses_even_a_good_code_for_a_while(hub: TestHub) -> None:
    code = hub.code()
    assert [_refused(hub, f"ABCD-234{i}") for i in range(2, 8)] == ["code_unknown"] * enrolment.GUESSES + ["too_many"]
    assert _refused(hub, code) == "too_many"
    hub.clock.tick(minutes=11)
    assert _enrol(hub, code).station["id"] == OURS.id


@pytest.mark.parametrize("nonce", ["", "short", "\ud800" * 32, "zz" * 16])
def test_enrol_when_the_nonce_is_not_hex_is_a_bad_request(hub: TestHub, nonce: str) -> None:
    response = hub_post(hub, {"code": hub.code(), "nonce": nonce})
    assert plain_error(response) == (422, "bad_request")


def test_enrol_when_the_database_is_read_shows_no_secret(hub: TestHub) -> None:
    code = hub.code()
    answer = _enrol(hub, code)
    with psycopg.connect(hub.settings.database.replace("+psycopg", "")) as connection:
        tables = [r[0] for r in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        everything = "".join(str(row) for name in tables for row in connection.execute(f"SELECT * FROM {name}"))
    key = bytes.fromhex(answer.ticket_key)
    secrets = [code, code.replace("-", ""), answer.device_token, answer.ticket_key, repr(key)[2:-1], base64.b64encode(key).decode()]
    assert answer.device_id in everything
    assert [s for s in secrets if s in everything] == []
    assert hub.settings.key_path.stat().st_mode & 0o777 == 0o600


def test_ticket_key_when_the_hubs_key_is_another_cannot_be_opened(hub: TestHub, tmp_path: Any) -> None:
    sealed = hub.vault.seal(b"k")
    with pytest.raises(ConfigError):
        open_vault(tmp_path / "another.key").open(sealed)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}])
def test_api_when_the_caller_is_unknown_says_so(hub: TestHub, header: dict[str, str]) -> None:
    assert plain_error(hub.get("/api/v1/changes", headers=header)) == (401, "unauthorized")


def test_api_when_the_terminal_is_revoked_says_so_and_its_slips_stay_readable(hub: TestHub) -> None:
    ours = hub.terminal()
    with hub.engine.begin() as connection:
        enrolment.revoke(connection, COUNTY, ours.enrolled.device_id, hub.clock())
    with pytest.raises(HubRefused) as caught:
        ours.look()
    assert caught.value.code == "revoked"
    key = bytes.fromhex(ours.enrolled.ticket_key)
    ticket = tickets.issue(TicketKind.REGISTRATION, some_id(hub.clock), ours.enrolled.ticket_key_id, hub.clock())
    assert "驿站还没有报上来" in hub.get(f"/k/{tickets.sign(ticket, key)}").text


def test_enrol_answer_when_printed_shows_no_secret(hub: TestHub) -> None:
    answer = _enrol(hub, hub.code())
    assert answer.device_token not in repr(answer)
    assert answer.ticket_key not in repr(answer)


def hub_post(hub: TestHub, body: dict[str, str]) -> Any:
    import requests

    return requests.post(f"{hub.base}/api/v1/enrol", json=body, timeout=20)
