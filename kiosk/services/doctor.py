"""What `kiosk doctor` looks at: a table of checks, each giving plain lines for who installs or heads a station. Looks only; heals nothing.

A check gets the `Patient` and yields findings; add a line to CHECKS for another. It must not know devices: the composition root opens them.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from kiosk.domain.clock import Teller
from kiosk.domain.listing import Review, Verdict
from kiosk.domain.retention import BUILT
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.domain.running import ChainHead
from kiosk.errors import KioskError, StoreError, WrongKey
from kiosk.services import ruling
from kiosk.services.doctor_machine import (
    MachineCase,
    look_at_fonts,
    look_at_input,
    look_at_network,
    look_at_scanner,
    look_at_screens,
    look_at_sound,
    look_at_touch,
)
from kiosk.services.doctor_printer import QUEUE, PrinterCase, look_at, prove_ids
from kiosk.services.doctor_safety import SafetyCase, look_at_backups, look_at_key
from kiosk.services.safekeeping import ROOM_MB
from kiosk.services.station import local
from kiosk.store import chain
from kiosk.store.connection import damage
from kiosk.store.store import Store, UnitOfWork
from kiosk.text import t, words

LEAP = timedelta(hours=1)
SILENCE = timedelta(days=1)
DEVICE_ID, HEARD_AT = "sync.device_id", "sync.heard_at"
ADDRESS, SHUT_OUT = "sync.address", "sync.shut_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: whether all is well, and what to do where not."""

    good: bool
    text: str
    number: int = 0
    """Of the check, always the same: one says it on the telephone."""


@dataclass(frozen=True)
class Patient:
    """The station that is looked at. What opens a part may raise KioskError: that is a finding, too."""

    store_path: Path
    now: datetime
    hub: str
    open_store: Callable[[], Store]
    printer: PrinterCase
    safety: SafetyCase
    machine: MachineCase | None = None
    knows_time: bool = True
    told_by: Teller | None = None
    read_only: bool = False
    assets: Path | None = None

    @cached_property
    def store(self) -> Store:
        """Open the store once; raise StoreError each time it cannot be opened."""
        return self.open_store()


def examine(patient: Patient, *, printer_only: bool = False) -> Iterator[Finding]:
    """Make every check, or the printer's with the proof of its numbers; what cannot be looked at because the store is shut is left out."""
    for number, (name, check, needs_store) in enumerate(CHECKS, 1):
        if (needs_store and not _opens(patient)) or (printer_only and check is not _printer):
            continue
        try:
            for finding in (_prove if printer_only else check)(patient):
                yield Finding(finding.good, t("doctor.line", what=t(f"doctor.{name}.what"), words=finding.text), number)
        except KioskError as error:
            words = t("doctor.failed", kind=type(error).__name__)
            yield Finding(False, t("doctor.line", what=t(f"doctor.{name}.what"), words=words), number)


def _opens(patient: Patient) -> bool:
    try:
        return bool(patient.store)
    except StoreError:
        return False


def _store(patient: Patient) -> Iterator[Finding]:
    if not patient.store_path.exists():
        yield Finding(False, t("doctor.store.none"))
        return
    try:
        store = patient.store
    except WrongKey:
        yield Finding(False, t("doctor.store.key"))
        return
    except StoreError:
        yield Finding(False, t("doctor.store.damaged"))
        return
    with store.read() as u:
        broken = damage(u.connection)
    yield Finding(False, t("doctor.store.damaged")) if broken else Finding(True, t("doctor.store.good"))


def _chain(patient: Patient) -> Iterator[Finding]:
    with patient.store.read() as u:
        told = [(h.seq, h.hash) for h in u.list(ChainHead, device_id=u.recall(DEVICE_ID))]
        broken, head = chain.verify(u.connection, told), u.chain_head()
        unsaid = _unsaid(u) if broken is None else None
    if unsaid is not None:
        facts: dict[str, object] = {"number": unsaid.seq, "when": _when(unsaid.at), "act": _act(unsaid.act)}
        yield Finding(False, t("doctor.chain.unsaid", **facts) + t("doctor.chain.do"))
        return
    if broken is None:
        yield Finding(True, t("doctor.chain.good", count=head[0] if head else 0))
        return
    facts = {"number": broken.seq, "count": broken.count, "when": _when(broken.at), "act": _act(broken.act)}
    emptied = broken.damage is chain.Damage.CUT and not broken.at
    yield Finding(False, t("doctor.chain.emptied" if emptied else f"doctor.chain.{broken.damage.value}", **facts) + t("doctor.chain.do"))


def _unsaid(u: UnitOfWork) -> chain.Act | None:
    """Give the first decision of the chain that no record bears out: the record was changed or removed behind the station's back."""
    reviews: dict[str, list[Review]] = {}
    for review in u.list(Review):
        reviews.setdefault(review.listing_id, []).append(review)
    for act in chain.acts(u.connection, [verdict.value for verdict in Verdict]):
        mine = (r for r in reviews.get(act.subject_id, ()) if (r.verdict.value, r.reviewer_id) == (act.act, act.actor_id))
        if not any(act.says(review.facts) for review in mine):
            return act
    return None


def _outbox(patient: Patient) -> Iterator[Finding]:
    with patient.store.read() as u:
        waiting, parked = u.outbox_size(), u.parked()
    for (entity, code), count in Counter((entity, code) for entity, _, code, _ in parked).items():
        why = t(f"doctor.refused.{code}") if f"doctor.refused.{code}" in words() else code
        yield Finding(False, t("doctor.outbox.parked", count=count, entity=t(f"doctor.entity.{entity}"), why=why))
    if not parked:
        yield Finding(True, t("doctor.outbox.waiting", count=waiting) if waiting else t("doctor.outbox.good"))


def _county(patient: Patient) -> Iterator[Finding]:
    with patient.store.read() as u:
        enrolled, heard, shut_out = u.recall(DEVICE_ID), u.recall(HEARD_AT), u.recall(SHUT_OUT)
        hub = patient.hub or u.recall(ADDRESS)
    if not hub and enrolled:
        yield Finding(False, t("doctor.county.no_hub"))
    elif shut_out:
        yield Finding(False, t("doctor.county.shut_out"))
    elif not enrolled or not heard:
        yield Finding(False, t("doctor.county.not_enrolled"))
    else:
        late = patient.now - datetime.fromisoformat(heard) > SILENCE
        yield Finding(not late, t("doctor.county.late" if late else "doctor.county.good", when=_when(heard)))
    if patient.assets is not None:
        with patient.store.read() as u:
            aside = ruling.load(u.list(RuleSheet), patient.assets, local(patient.now).date()).aside
        for name in aside:
            key = f"sheet.{name}"
            yield Finding(False, t("doctor.county.sheet", name=t(key) if key in words() else name))


def _printer(patient: Patient) -> Iterator[Finding]:
    yield from (Finding(*found) for found in look_at(patient.printer))


def _prove(patient: Patient) -> Iterator[Finding]:
    found = list(look_at(patient.printer))
    yield from (Finding(*one) for one in found)
    if all(good for good, _ in found) and not patient.printer.uri.startswith(QUEUE):
        yield from (Finding(*one) for one in prove_ids(patient.printer))


def _backup(patient: Patient) -> Iterator[Finding]:
    yield from (Finding(*found) for found in look_at_backups(patient.safety, patient.store, patient.now))


def _key(patient: Patient) -> Iterator[Finding]:
    yield from (Finding(*found) for found in look_at_key(patient.safety))


def _disk(patient: Patient) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(patient.store_path.parent).free // 1_000_000
    except OSError:
        yield Finding(False, t("doctor.disk.none"))
        return
    if patient.read_only:
        yield Finding(False, t("doctor.disk.read_only"))
        return
    yield Finding(free >= ROOM_MB, t("doctor.disk.good" if free >= ROOM_MB else "doctor.disk.full", free=free))


def _of_the_machine(look: Callable[[MachineCase], Iterator[tuple[bool, str]]]) -> "Check":
    def check(patient: Patient) -> Iterator[Finding]:
        if patient.machine is not None:
            yield from (Finding(*found) for found in look(patient.machine))

    return check


def _network(patient: Patient) -> Iterator[Finding]:
    if patient.machine is not None:
        yield from (Finding(*found) for found in look_at_network(patient.machine, patient.now))


def _clock(patient: Patient) -> Iterator[Finding]:
    if not patient.knows_time:
        yield Finding(False, t("doctor.clock.lost"))
        return
    latest = BUILT
    if _opens(patient):
        with patient.store.read() as u:
            heard = u.recall(HEARD_AT)
        latest = max(latest, datetime.fromisoformat(heard) - LEAP) if heard else latest
    well = patient.now >= latest
    told = patient.told_by.value if patient.told_by else "good"
    yield Finding(well, t(f"doctor.clock.{told if well else 'wrong'}", when=_when(patient.now.isoformat())))
    if patient.machine is not None and not patient.machine.battery:
        yield Finding(True, t("doctor.clock.no_battery"))


def _when(instant: str) -> str:
    try:
        return f"{local(datetime.fromisoformat(instant)):%Y-%m-%d %H:%M}"
    except ValueError:  # empty, or what somebody wrote over it
        return t("doctor.unknown")


def _act(act: str) -> str:
    return t(f"act.{act}") if f"act.{act}" in words() else act or t("doctor.unknown")


Check = Callable[[Patient], Iterator[Finding]]
CHECKS: tuple[tuple[str, Check, bool], ...] = (
    ("store", _store, False),
    ("chain", _chain, True),
    ("outbox", _outbox, True),
    ("county", _county, True),
    ("backup", _backup, True),
    ("key", _key, False),
    ("printer", _printer, False),
    ("disk", _disk, False),
    ("clock", _clock, False),
    ("screens", _of_the_machine(look_at_screens), False),
    ("touch", _of_the_machine(look_at_touch), False),
    ("scanner", _of_the_machine(look_at_scanner), False),
    ("sound", _of_the_machine(look_at_sound), False),
    ("fonts", _of_the_machine(look_at_fonts), False),
    ("input", _of_the_machine(look_at_input), False),
    ("network", _network, False),
)
"""Name (its words stand under doctor.NAME), what looks, whether the store must be open."""
