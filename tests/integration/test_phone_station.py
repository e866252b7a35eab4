"""From the phone to the station and back, with a real hub process, a real agent process, and their real clocks."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from kiosk.agent.loop import Agent
from kiosk.bootstrap import open_here, open_store, prepare
from kiosk.config import Settings, load
from kiosk.county.app import make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.enrolment import make_code
from kiosk.county.migrate import migrate
from kiosk.county.publish import publish
from kiosk.county.settings import load as load_hub
from kiosk.county.vault import open_vault
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.ticket import public_token
from kiosk.services import phone_acts, recommend
from kiosk.services.mine import my_registration
from kiosk.services.register import RegistrationForm, register
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_areas, load_rules
from kiosk.services.station import Here
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.text import t
from tests.hub_parts import CENTRE, COUNTY, OURS, TestHub, fresh_database
from tests.integration.test_hub_push import a_worker, held
from tests.station import ASSETS, START, a_listing, a_review, make_store

PATIENCE_S = 60.0


class NoSlips:
    """A spool of a station that prints nothing."""

    def step(self) -> None:
        """Do nothing."""


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


def test_act_when_the_agent_has_read_it_is_carried_out_and_told_to_the_county(hub: TestHub, tmp_path: Path) -> None:
    store, rules, areas = make_store(tmp_path, hub.clock), load_rules(ASSETS / "rules", START.date()), load_areas(ASSETS / "areas.toml")
    rubric = load_rubric(ASSETS / "rubric", START.date())
    here = Here(
        store=store, clock=hub.clock, station_id=OURS.id, phone_base=hub.settings.phone_base, rules=rules, areas=areas, rubric=rubric
    )
    exchange.enrol(store, HttpHub(hub.base), hub.code(), hub.clock())
    worker, listing = a_worker(), a_listing()
    with store.write() as u:
        for record in (worker, listing, a_review(listing, START)):
            u.keep(record)
    settings = Settings(state=str(tmp_path), hub=hub.base, sync_wait_s=2)
    agent = Agent(settings, store, NoSlips(), HttpHub(hub.base), hub.clock, take_phone_acts=lambda: phone_acts.take(here))
    thread = threading.Thread(target=agent.run)
    thread.start()
    try:
        page, fields = f"{hub.base}/k/{public_token(listing.id)}", {"code": worker.code, "last_four": "5678"}
        wait_for(lambda: t("phone.applied.title") in requests.post(page, fields, timeout=5).text)
        wait_for(lambda: bool(my_registration(here, worker.id).referrals))
        [made] = my_registration(here, worker.id).referrals
        wait_for(lambda: held(hub, made.referral.id) != {})
    finally:
        agent.stop()
        thread.join(PATIENCE_S)
        store.close()


@contextmanager
def running(state: Path, part: str) -> Iterator[None]:
    """Run one part of the product as its own process, and end it as systemd does."""
    process = subprocess.Popen([sys.executable, "-m", "kiosk", "--state", str(state), part], stderr=subprocess.PIPE)
    try:
        yield
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert b"Traceback" not in said


def answers(base: str) -> bool:
    try:
        return requests.get(f"{base}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.mark.long
def test_application_when_sent_from_a_phone_reaches_the_station_and_its_state_comes_back(cluster: PrivateCluster, tmp_path: Path) -> None:
    hub_state, station_state = tmp_path / "hub", tmp_path / "station"
    with socket.create_server(("127.0.0.1", 0)) as free:
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    for state, text in (
        (hub_state, f'port = {base.rsplit(":")[-1]}\ndatabase = "{fresh_database(cluster)}"\nphone_base = "{base}"\n'),
        (station_state, f'hub = "{base}"\nspeaker = "silent"\nsync_wait_s = 2\n'),
    ):
        state.mkdir()
        (state / ("hub.toml" if state is hub_state else "kiosk.toml")).write_text(text)
    settings, now = load_hub(hub_state), datetime.now(UTC)
    engine = make_engine(settings.database)
    migrate(engine)
    with engine.begin() as connection:
        publish(connection, COUNTY, [CENTRE, OURS], now)
        code = make_code(connection, open_vault(settings.key_path), COUNTY, OURS.id, now)
    engine.dispose()

    with running(hub_state, "county"):
        wait_for(lambda: answers(base))
        ours = load(station_state)
        prepare(ours)
        store = open_store(ours)
        exchange.enrol(store, HttpHub(base), code, now)
        store.close()
        here = open_here(ours)
        day = here.today()
        listing = a_listing(now, starts_on=day, ends_on=day + timedelta(days=9))
        with here.store.write() as u:
            u.keep(listing)
            u.keep(a_review(listing, now))
        form = RegistrationForm(
            name="王秀兰", phone="13800005678", age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=now
        )
        registered = register(here, form)
        with running(station_state, "agent"):
            url = registered.ticket_url
            wait_for(lambda: t("phone.registration.active.title") in requests.get(url, timeout=5).text)
            mine = requests.post(url, {"last_four": "5678"}, timeout=5).text
            [offered] = set(re.findall(r'name="listing" value="([0-9a-f-]{36})"', mine))
            assert offered == listing.id
            done = requests.post(url, {"last_four": "5678", "listing": offered, "consent": "1"}, timeout=5)
            assert t("phone.applied.title") in done.text
            wait_for(lambda: bool(my_registration(here, registered.worker.id).referrals))
            [pair] = recommend.workers_for(here, listing.id)
            assert (pair.applied, pair.by_phone) == (True, True)
            told = t("phone.referral.interested.title")
            wait_for(lambda: told in requests.post(url, {"last_four": "5678"}, timeout=5).text)
        here.store.close()
