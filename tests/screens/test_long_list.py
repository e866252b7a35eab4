"""A list longer than what is loaded at once, on a real store: turned and flung from outside, no listing is leapt over."""

import time
from itertools import pairwise
from typing import Any

import pytest

from kiosk.screens.visitor.job_list import PAGE
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.bench.stage import published
from tests.screens.real import RealStation, StartReal
from tests.screens.xtest import Kiosk

MORE = 4 * PAGE


@pytest.fixture
def screen(lying: Screen) -> Screen:
    return lying


def _open(station: RealStation, start_real: StartReal, screen: Screen) -> Kiosk:
    with station.here.store.write() as u:
        for record in published(station.here.store, MORE, 3):
            u.receive(record)
    kiosk = start_real(screen, "jobs")
    kiosk.wait_text(t("wish.near"))
    kiosk.wait_text(t("jobs.count", count=station.jobs().total))
    return kiosk


def _seen(kiosk: Kiosk, station: RealStation) -> set[int]:
    """Give the numbers, counted from the newest, of the listings that the screen shows."""
    words = [thing["text"] for thing in kiosk.view()["things"] if thing["kind"] == "text"]
    rows = enumerate(station.jobs().rows)
    return {n for n, p in rows if p.listing.title in words and any(word.endswith(f"・ {p.listing.place}") for word in words)}


def _still(kiosk: Kiosk, station: RealStation) -> set[int]:
    before: set[int] = set()
    while True:
        time.sleep(0.4)
        now = _seen(kiosk, station)
        if now and now == before:
            return now
        before = now


def test_list_when_turned_past_what_is_loaded_shows_every_listing_in_its_turn(
    station: RealStation, start_real: StartReal, screen: Screen
) -> None:
    kiosk = _open(station, start_real, screen)
    seen = _still(kiosk, station)
    for _ in range(60):
        kiosk.screen.tap(_down(kiosk))
        time.sleep(0.35)
        seen |= _seen(kiosk, station)
        if max(seen) > 2 * PAGE + 5:
            break
    assert sorted(set(range(max(seen) + 1)) - seen) == []


def test_list_when_flung_while_more_comes_in_glides_on_without_a_leap(station: RealStation, start_real: StartReal, screen: Screen) -> None:
    kiosk = _open(station, start_real, screen)
    at = [max(_still(kiosk, station))]
    for _ in range(8):
        kiosk.screen.drag((900, 900), (900, 420), 12, 0.008)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            at += [max(seen)] if (seen := _seen(kiosk, station)) else []
    assert at[-1] > PAGE, "nothing had to be loaded"
    # what was loaded came in while the list glided; a leap was of hundreds
    assert max(b - a for a, b in pairwise(at)) < 2 * PAGE, at


def _down(kiosk: Kiosk) -> Any:
    things = kiosk.view()["things"]
    return kiosk.middle(next(thing["button"]["rect"] for thing in things if thing["kind"] == "icon" and thing["text"] == "chevron-down"))
