"""Root's second part: the change itself, the five minutes after it, and the way back. Owns their order; `Machine` does the things.

    before → old · trying · stop · current → new · apply · start · watch ─ well ──→ done, no longer trying
                                                                    └── not ──→ stop · current → old · apply · start, no longer trying

`trying` is written before anything changes and goes after everything did. Whoever finds it without us (a power cut, a kill) goes back to
`old`, with the old program: a release that could not prove itself is none. The store follows by itself: the old program's `prepare` finds
one that a later program upgraded, and makes one of its own kind with all that is newer (`kiosk.safety`).
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from kiosk.domain.release import UpdateStage
from kiosk.on_disk import sync_folder
from kiosk.release.place import KNOCK, SWITCH, TRIES, Place, alone, note, on_trial, point, results, version_of, write_whole
from kiosk.release.stage import Builder, MachineError, RefusedError, asked_to_switch, prune, stage

log = logging.getLogger(__name__)

WATCH_S = 300.0
WELL_S = 60.0
"""At the end it must have been well for so long without a break."""
HOPELESS_S = 150.0
"""After so long without being well for a moment nobody waits for the rest."""
LOOK_S = 2.0


class Machine(Builder, Protocol):
    """The system as the change needs it. Everything raises MachineError when it does not do what it is told."""

    def quiet(self) -> bool:
        """Say whether nobody has touched the terminal for a while."""
        ...

    def bad(self, version: str) -> frozenset[str]:
        """Name what is not well: parts that do not run, were started anew, are silent, or say that they are of another version."""
        ...

    def stop(self) -> None:
        """Stop all of the station."""
        ...

    def apply(self, release: Path) -> None:
        """Put units and the like of a release in their places."""
        ...

    def start(self, *, wait: bool) -> None:
        """Start all of the station."""
        ...

    def time(self) -> float:
        """Count seconds."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait."""
        ...


def update(place: Place, machine: Machine) -> UpdateStage:
    """Do what can be done for the release that the agent fetched; say how far it has come."""
    with alone(place):
        if on_trial(place):  # whoever watched it is gone
            _back(place, machine, broken_off=True)
        try:
            name = stage(place, machine)
        except RefusedError as error:
            log.warning("%s", error)
            if error.version:
                told = results(place).get(error.version)
                tries = (told.tries if told else 0) + (error.stage is UpdateStage.FORGED)
                if told is None or not told.over:
                    note(place, error.version, error.stage, tries)
            return error.stage
        if not (asked_to_switch(place, SWITCH, KNOCK) and machine.quiet()):
            tries = told.tries if (told := results(place).get(version_of(name))) else 0
            note(place, version_of(name), UpdateStage.WAITING, tries)
            return UpdateStage.WAITING
        return _switch(place, machine, name)


def settle(place: Place, machine: Machine) -> None:
    """Go back from a release whose trial was broken off; nothing where there is none. Run at boot and when `update` was killed.

    Never waits: whoever holds the releases is alive and minds the trial himself.
    """
    with alone(place, wait=False) as held:
        if not held:
            return
        if on_trial(place):
            _back(place, machine, broken_off=True)
        elif place.trying.exists():  # its name was written before its content: nothing had changed yet
            place.trying.unlink()


def _switch(place: Place, machine: Machine, name: str) -> UpdateStage:
    old, version = place.running(), version_of(name)
    forgiven = machine.bad(version_of(old))
    point(place.before, f"releases/{old}")
    write_whole(place.trying, {"old": old, "new": name})
    try:
        machine.stop()
        point(place.current, f"releases/{name}")
        machine.apply(place.releases / name)
        machine.start(wait=True)
        well = _watch(machine, version, forgiven)
    except MachineError as error:
        log.warning("%s: %s", name, error)
        well = False
    if not well:
        return _back(place, machine, broken_off=False)
    note(place, version, UpdateStage.DONE, _tries(place, version) + 1)
    place.trying.unlink()
    sync_folder(place.trying.parent)
    prune(place)
    return UpdateStage.DONE


def _watch(machine: Machine, version: str, forgiven: frozenset[str]) -> bool:
    """Say whether the station is well with what was started. What was not well before is not held against it."""
    began = bad_at = good_at = machine.time()
    while (now := machine.time()) - began < WATCH_S:
        if wrong := machine.bad(version) - forgiven:
            bad_at = now
            if now - good_at > HOPELESS_S:
                log.warning("%s: not well: %s", version, ", ".join(sorted(wrong)))
                return False
        else:
            good_at = now
        machine.pause(LOOK_S)
    return machine.time() - bad_at >= WELL_S


def _back(place: Place, machine: Machine, *, broken_off: bool) -> UpdateStage:
    """Put the old release to work again. One whose trial was only broken off is tried again, a few times."""
    told = on_trial(place)
    version, old = version_of(told["new"]), told["old"]
    _try_to(machine.stop)
    point(place.current, f"releases/{old}")
    _try_to(lambda: machine.apply(place.releases / old))
    tries = _tries(place, version) + 1
    over = UpdateStage.RETURNED if not broken_off or tries >= TRIES else UpdateStage.WAITING
    _try_to(lambda: machine.start(wait=False))
    note(place, version, over, tries)
    place.trying.unlink()
    sync_folder(place.trying.parent)
    return over


def _tries(place: Place, version: str) -> int:
    told = results(place).get(version)
    return told.tries if told else 0


def _try_to(act: Callable[[], None]) -> None:
    try:
        act()
    except MachineError as error:
        log.warning("on the way back: %s", error)
