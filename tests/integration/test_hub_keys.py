"""TLS under the county's own authority, enrolment by a line that a person can read out, keys that are renewed and terminals that are shut
out: a real hub on a real port, a real store."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import uvicorn

from kiosk.county import authority, enrolment
from kiosk.county.app import make_app
from kiosk.county.authority import server_context
from kiosk.county.settings import HubSettings
from kiosk.county.workers import listen
from kiosk.domain import enrol_text
from kiosk.domain import ticket as tickets
from kiosk.domain.enrol_text import EnrolText
from kiosk.domain.ticket import TicketKind
from kiosk.errors import ConfigError, HubForged, HubRefused, HubUnreachable
from kiosk.services import tickets as our_tickets
from kiosk.store.store import Store
from kiosk.sync import exchange, keys
from kiosk.sync.client import HttpHub, Place, fetch_authority
from tests.hub_parts import COUNTY, OURS, TestHub, answering, some_id
from tests.integration.test_hub_push import a_worker
from tests.station import make_store


@contextmanager
def serving_tls(hub: TestHub, settings: HubSettings, *, as_it_is: bool = False) -> Iterator[HubSettings]:
    """Serve the same hub on the network with TLS, known as localhost; the clock is the hub's."""
    with listen(replace(settings, host="0.0.0.0", port=0)) as listener:
        base = f"https://localhost:{listener.getsockname()[1]}"
        settings = replace(settings, host="0.0.0.0", station_base=base)
        if not as_it_is:
            authority.keep_certificates(settings, datetime.now(UTC))
        app = make_app(settings, clock=hub.clock)
        context = server_context(settings)
        config = uvicorn.Config(app, log_level="critical", ssl_context_factory=lambda *_: context, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield settings
        app.state.bell.close()
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def store(hub: TestHub, tmp_path: Path) -> Iterator[Store]:
    store = make_store(tmp_path, hub.clock)
    yield store
    store.close()


def told(hub: TestHub, settings: HubSettings) -> str:
    """Give the line that the county reads out."""
    host = settings.station_base.removeprefix("https://")
    return str(EnrolText(hub.code(), host, authority.mark(authority.authority_pem(settings))))


def known_as(place: Place) -> HttpHub:
    return HttpHub(lambda: place)


def door_of(store: Store) -> HttpHub:
    return HttpHub(lambda: keys.place(store))


def recall(store: Store, key: str) -> str:
    with store.read() as u:
        return u.recall(key) or ""


def test_enrol_when_the_line_is_typed_needs_no_certificate_by_hand(hub: TestHub, store: Store) -> None:
    with serving_tls(hub, hub.settings) as settings:
        line = told(hub, settings)
        keys.enrol(store, line.lower().replace("-", " "), known_as, hub.clock())
        worker = a_worker()
        with store.write() as u:
            u.keep(worker)
        assert exchange.push_once(store, door_of(store), hub.clock()) > 0
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{settings.station_base}/healthz", timeout=5)


def test_enrol_when_somebody_shows_another_authority_sends_no_code(hub: TestHub, store: Store, tmp_path: Path) -> None:
    with serving_tls(hub, hub.settings) as settings:
        line = told(hub, settings)
        wrong = line[:-1] + ("2" if line[-1] != "2" else "3")
        with pytest.raises(HubForged):
            keys.enrol(store, wrong, known_as, hub.clock())
        other = replace(settings, state=str(tmp_path / "other"))
        authority.keep_certificates(other, datetime.now(UTC))
        known = known_as(Place(settings.station_base, authority.authority_pem(other)))
        with pytest.raises(HubForged):
            known.keys("t")
        assert exchange.identity(store) is None
        keys.enrol(store, line, known_as, hub.clock())


def test_enrol_when_another_authority_hides_behind_the_countys_believes_the_first_alone(hub: TestHub, tmp_path: Path) -> None:
    good, bad = (replace(hub.settings, state=str(tmp_path / name), station_base="https://x.cn") for name in ("good", "bad"))
    for settings in (good, bad):
        authority.keep_certificates(settings, datetime.now(UTC))
    pem, mark = authority.authority_pem(good), authority.mark(authority.authority_pem(good))
    body = json.dumps({"certificate": pem + authority.authority_pem(bad)}).encode()
    with answering(200, body, "application/json") as base:
        assert fetch_authority(base, mark).strip() == pem.strip()
    for nothing in ("", "x", "-----BEGIN CERTIFICATE-----"):
        with answering(200, json.dumps({"certificate": nothing}).encode(), "application/json") as base, pytest.raises(HubForged):
            fetch_authority(base, mark)


def test_certificate_when_it_has_ended_or_is_renewed_stations_need_not_be_touched(hub: TestHub, store: Store) -> None:
    with serving_tls(hub, hub.settings) as settings:
        keys.enrol(store, told(hub, settings), known_as, hub.clock())
    settings.certificate_path.unlink()
    authority.keep_certificates(settings, datetime.now(UTC) - timedelta(days=3 * 365))
    long_ago = settings.certificate_path.read_bytes()
    for now in (None, datetime.now(UTC)):
        if now is not None:
            assert authority.keep_certificates(settings, now)
            assert not authority.keep_certificates(settings, now)
            assert settings.certificate_path.read_bytes() != long_ago
        with serving_tls(hub, settings, as_it_is=True) as moved:
            place = replace(keys.place(store), base=moved.station_base)
            assert known_as(place).keys(recall(store, exchange.TOKEN)).ticket_key_id > 0


def test_authority_when_the_hub_speaks_plain_http_there_is_none(hub: TestHub) -> None:
    with pytest.raises(HubRefused):
        fetch_authority(hub.base, "H7XK-4MPQ-93WD-2KTR")


def test_client_when_it_has_no_address_yet_is_unreachable() -> None:
    with pytest.raises(HubUnreachable):
        known_as(Place("")).keys("t")


# ---- renewal


@pytest.fixture
def enrolled(hub: TestHub, store: Store) -> HttpHub:
    door = HttpHub(hub.base)
    exchange.enrol(store, door, hub.code(), hub.clock())
    return door


def ask_to_renew(hub: TestHub) -> None:
    hub.clock.tick(seconds=1)
    with hub.engine.begin() as connection:
        enrolment.ask_to_renew(connection, COUNTY, None, hub.clock())


def test_keys_when_nothing_is_due_stay(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    before = recall(store, exchange.TOKEN)
    assert not keys.renew(store, enrolled) or recall(store, exchange.TOKEN) == before


@pytest.mark.parametrize("by_hand", [True, False])
def test_keys_when_due_are_renewed_and_the_old_token_dies_when_the_new_one_was_used(
    hub: TestHub, store: Store, enrolled: HttpHub, by_hand: bool
) -> None:
    old, old_key = recall(store, exchange.TOKEN), recall(store, our_tickets.KEY)
    if by_hand:
        ask_to_renew(hub)
    else:
        hub.clock.tick(days=91)
    assert keys.renew(store, enrolled)
    new = recall(store, exchange.TOKEN)
    assert new != old
    assert recall(store, our_tickets.KEY) != old_key
    assert enrolled.keys(old).device_token == new  # not used yet: the old one goes on, and gets the same answer
    enrolled.keys(new)
    enrolled.keys(old)  # what was on its way
    hub.clock.tick(minutes=3)
    with pytest.raises(HubRefused) as caught:
        enrolled.keys(old)
    assert caught.value.code == "unauthorized"
    assert enrolled.keys(new).device_token == new


def test_keys_when_the_answer_is_lost_or_the_terminal_killed_never_lock_it_out(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    for _ in range(3):
        ask_to_renew(hub)
        first = enrolled.keys(recall(store, exchange.TOKEN))  # the answer never reached the store
        hub.clock.tick(hours=5)
        assert keys.renew(store, enrolled)
        assert recall(store, exchange.TOKEN) == first.device_token
        assert exchange.pull_once(store, enrolled, hub.clock()).skipped == 0
        hub.clock.tick(hours=5)


def test_slip_when_the_ticket_key_was_renewed_stays_good(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    pages = []
    for _ in range(2):
        key, key_id = bytes.fromhex(recall(store, our_tickets.KEY)), int(recall(store, our_tickets.KEY_ID))
        pages.append(tickets.sign(tickets.issue(TicketKind.REGISTRATION, some_id(hub.clock), key_id, hub.clock()), key))
        ask_to_renew(hub)
        keys.renew(store, enrolled)
        enrolled.keys(recall(store, exchange.TOKEN))
    assert pages[0] != pages[1]
    assert [hub.get(f"/k/{page}").status_code for page in pages] == [200, 200]


def test_token_when_the_hub_was_put_back_to_before_its_renewal_is_taken(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    ask_to_renew(hub)
    keys.renew(store, enrolled)
    enrolled.keys(recall(store, exchange.TOKEN))
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE device SET generation = 1, renewed_at = enrolled_at, renew_asked_at = NULL")
        connection.exec_driver_sql("DELETE FROM ticket_key WHERE generation = 2")
    assert enrolled.keys(recall(store, exchange.TOKEN)).device_token == recall(store, exchange.TOKEN)


MADE_UP = ("{0}.9.{2}", "{0}.2.{2}", "{0}.1.{2}0", "{0}.01.{2}", "{0}.0.{2}", "{0}.99999999999999999999.{2}", "{0}", "x.1.{2}")


def test_token_when_it_is_made_up_is_unknown(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    parts = recall(store, exchange.TOKEN).split(".")
    for change in MADE_UP:
        with pytest.raises(HubRefused) as caught:
            enrolled.keys(change.format(*parts))
        assert caught.value.code == "unauthorized", change


def test_hub_key_when_renewed_opens_what_the_last_one_sealed_and_no_older(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    sealed, hash_ = hub.vault.seal(b"k"), hub.vault.derive("p", "x")
    hub.vault.renew()
    assert hub.vault.open(sealed) == b"k"
    assert hash_ in hub.vault.derivations("p", "x")
    with hub.engine.begin() as connection:
        enrolment.reseal(connection, hub.vault)
    enrolled.keys(recall(store, exchange.TOKEN))  # the hub at work takes the new key, and the token of before is still good
    ask_to_renew(hub)
    keys.renew(store, enrolled)
    enrolled.keys(recall(store, exchange.TOKEN))
    hub.vault.renew()
    with pytest.raises(ConfigError):
        hub.vault.open(sealed)
    assert enrolled.keys(recall(store, exchange.TOKEN)).ticket_key == recall(store, our_tickets.KEY)


# ---- shut out


def test_terminal_when_revoked_keeps_everything_and_enrols_anew_without_loss(hub: TestHub, store: Store, enrolled: HttpHub) -> None:
    me = exchange.identity(store)
    assert me is not None
    with hub.engine.begin() as connection:
        enrolment.revoke(connection, COUNTY, me.device_id, hub.clock())
    worker = a_worker()
    with store.write() as u:
        u.keep(worker)
    with pytest.raises(HubRefused) as caught:
        exchange.push_once(store, enrolled, hub.clock())
    keys.heed(store, caught.value)
    assert recall(store, keys.SHUT_OUT) == "revoked"
    keys.heed(store, HubUnreachable("x"))
    assert recall(store, keys.SHUT_OUT) == "revoked"
    with store.read() as u:
        assert u.outbox_size() > 0
    again = keys.enrol(store, hub.code(OURS), lambda _: enrolled, hub.clock(), hub.base)
    assert again.device_id != me.device_id
    assert recall(store, keys.SHUT_OUT) == ""
    for _ in range(5):  # a new device may learn first what the county has of its station
        exchange.pull_once(store, enrolled, hub.clock())
        exchange.push_once(store, enrolled, hub.clock())
    with store.read() as u:
        assert (u.outbox_size(), u.parked()) == (0, [])
    with hub.engine.connect() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM record WHERE id = '{worker.id}'").scalar() == 1


# ---- plain HTTP only on loopback, at both ends


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("", True),
        ('station_base = "https://hub.example.cn:8443"\nhost = "0.0.0.0"', True),
        ('host = "0.0.0.0"', False),
        ('host = "::"', False),
        ('station_base = "http://10.0.0.1:8420"', False),
        ('station_base = "http://127.0.0.1.example.cn"', False),
        ('phone_base = "http://example.cn"', False),
        ('phone_base = "https://example.cn/"', False),
        ('certificate = "x.pem"', False),
        ('certificate = "x.pem"\ncertificate_key = "x.key"', False),
        ('host = "0.0.0.0"\nstation_base = "https://hub.example.cn"\nauthority = "x.pem"', False),
        ("workers = 0", False),
    ],
)
def test_hub_settings_when_they_would_speak_plain_http_elsewhere_are_refused(tmp_path: Path, text: str, good: bool) -> None:
    from kiosk.county.settings import load

    (tmp_path / "hub.toml").write_text(text)
    if good:
        load(tmp_path)
    else:
        with pytest.raises(ConfigError):
            load(tmp_path)


@pytest.mark.parametrize(
    ("hub", "good"),
    [
        ("http://127.0.0.1:8420", True),
        ("http://[::1]:8420", True),
        ("https://hub.example.cn", True),
        ("http://127.0.0.1.example.cn", False),
        ("http://localhost.example.cn", False),
        ("http://hub.example.cn", False),
        ("ftp://127.0.0.1", False),
        ("https://user@hub.example.cn", False),
        ("https://hub.example.cn:port", False),
    ],
)
def test_station_settings_when_they_would_speak_plain_http_elsewhere_are_refused(tmp_path: Path, hub: str, good: bool) -> None:
    from kiosk.config import load

    (tmp_path / "kiosk.toml").write_text(f'hub = "{hub}"')
    if good:
        load(tmp_path)
    else:
        with pytest.raises(ConfigError):
            load(tmp_path)


# ---- the county's tools


def test_tools_when_run_list_revoke_and_rotate(hub: TestHub, store: Store, enrolled: HttpHub, capsys: pytest.CaptureFixture[str]) -> None:
    from kiosk.county.serve import _parser
    from kiosk.county.tools import run

    me = exchange.identity(store)
    assert me is not None

    def tool(*words: str) -> str:
        hub.clock.tick(seconds=1)
        assert run(hub.settings, _parser().parse_args(words), hub.clock()) == 0
        return capsys.readouterr().out.strip()

    assert tool("devices").split("\t")[:2] == [me.device_id, "义堂站"]
    assert enrol_text.read(tool("code", "义堂站")).address == ""
    tool("rotate")
    assert tool("devices").endswith("等着换钥匙")
    with pytest.raises(ConfigError, match="1 台"):
        tool("rotate", "--hub")
    keys.renew(store, enrolled)
    exchange.pull_once(store, enrolled, hub.clock())
    tool("rotate", "--hub")
    assert keys.renew(store, enrolled)
    exchange.pull_once(store, enrolled, hub.clock())
    tool("revoke", me.device_id[:13])
    with pytest.raises(HubRefused):
        exchange.pull_once(store, enrolled, hub.clock())
    assert tool("devices").endswith("已经停了")
    with hub.engine.connect() as connection:
        epoch = connection.exec_driver_sql("SELECT feed_epoch FROM county").scalar()
    tool("renew")
    with hub.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT feed_epoch FROM county").scalar() != epoch
