"""`kiosk doctor` and its bundle, with the real parts; a third room of the composition root.

The bundle is for whoever helps from afar: what doctor found, versions, counts, the settings without what is secret, the last lines of the
log. Nothing of it comes out of a record of a person.
"""

import io
import json
import os
import platform
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kiosk import bootstrap
from kiosk.characters import readings
from kiosk.config import VERSION, Settings
from kiosk.domain.surnames import COMMON
from kiosk.errors import BadInput, ConfigError, StoreError
from kiosk.safety import safety_case
from kiosk.services import board_seen
from kiosk.services.doctor import Finding, Patient, examine
from kiosk.services.doctor_machine import MachineCase, Screen
from kiosk.text import t, words

RARE = "〇·𬬻㛃"
"""What names need beyond the table of characters."""
HAND, HAND_SAYS = [[(20.0, 60.0), (60.0, 58.0), (110.0, 60.0)], [(65.0, 20.0), (65.0, 60.0), (64.0, 110.0)]], "十"
PINYIN, PINYIN_SAYS, STROKES, STROKES_SAY = "wang", "王", "一", "一"
LOG_BYTES, LOGS_MOST = 100_000, 10
JOURNAL = ("journalctl", "--no-pager", "--output=short-iso", "--lines=1000", "--unit=kiosk-*")
JOURNAL_S, ENGINE_S = 20, 60
SECRET = frozenset({"wifi_name", "wifi_password", "state"})
SECRETS = re.compile(r"(?=[\w+=-]*\d)[\w+=-]{32,}|\d{3,4}(?:[ -]\d{4}){1,2}(?!\d)|\d{6,}", re.ASCII)
"""What no log of ours needs: a key or a token, a telephone's or a slip's number in groups, any longer number."""


def patient(settings: Settings) -> Patient:
    """Put together all that doctor asks."""
    from kiosk.devices.machine import is_read_only

    clock = bootstrap.station_clock(settings)
    read_only = False
    with suppress(OSError):
        read_only = is_read_only(settings.state_dir)
    return Patient(
        store_path=settings.store_path,
        now=clock(),
        hub=settings.hub,
        open_store=lambda: bootstrap.open_store(settings),
        printer=bootstrap.printer_case(settings),
        safety=safety_case(settings),
        machine=machine_case(settings),
        knows_time=clock.sure(),
        told_by=clock.told_by(),
        read_only=read_only,
        assets=bootstrap.ASSETS,
    )


def machine_case(settings: Settings) -> MachineCase:
    """Put together what doctor asks of the machine."""
    from kiosk.devices import machine
    from kiosk.screens.fonts import BOLD, REGULAR
    from kiosk.sync.client import Place
    from kiosk.sync.keys import place
    from kiosk.sync.look import Way, look

    def screens() -> Sequence[Screen] | None:
        found = machine.screens()
        if found is None and os.environ.get("DISPLAY"):  # a screen in memory, or a machine that draws by itself
            from kiosk.screens.board.display import Outputs

            seen = Outputs().monitors()
            return [machine.Screen(str(n), one.width, one.height) for n, one in enumerate(seen, 1)]
        return found

    def scanner() -> str | None:
        if not settings.scanner:
            return None
        try:
            bootstrap.open_scanner(settings)
        except ConfigError:
            return "setting"
        parts = urlsplit(settings.scanner)
        return machine.reachable(parts.path) if parts.scheme in ("serial", "hid") else ""

    def sound() -> tuple[list[str], int] | None:
        return None if settings.speaker == "silent" else (machine.lacks(("espeak-ng", "aplay")), machine.sound_cards())

    def lost_characters() -> str:
        wanted = {*RARE, *COMMON, *readings(), *(c for text in words().values() for c in text if c.isprintable() and c != " ")}
        faces = (settings.state_dir / "fonts" / name for name in (REGULAR, BOLD))
        return "".join(sorted({c for face in faces for c in machine.missing(face, sorted(wanted))}))

    def hand() -> bool:
        return any(one.text == HAND_SAYS for one in bootstrap.open_handwriting(settings).read(HAND))

    def pinyin() -> bool:
        # rime does not start twice in one process, and takes it along when it falls
        words = [sys.executable, "-m", "kiosk.checkup", settings.state]
        return subprocess.run(words, capture_output=True, timeout=ENGINE_S, check=False).returncode == 0

    @cache
    def way() -> Way:
        try:
            there = place(bootstrap.open_store(settings), settings.hub)
        except StoreError:
            there = Place(settings.hub)
        return look(there)

    return MachineCase(
        screens=screens,
        touch=machine.touch_screens,
        scanner=scanner,
        sound=sound,
        characters=lost_characters,
        hand=hand,
        pinyin=pinyin,
        way=way,
        board=lambda: board_seen.screen(settings.state_dir / "run"),
        battery=machine.has_battery_clock(),
        board_mute=lambda: board_seen.is_mute(settings.state_dir / "run", bootstrap.station_clock(settings)()),
    )


def run_doctor(settings: Settings, *, printer_only: bool = False, plain: bool = False) -> int:
    """Print one line a finding, and give the exit status: 1 when something is wrong. `plain`: as JSON, for a program to read."""
    bad = 0
    for finding in examine(patient(settings), printer_only=printer_only):
        bad += not finding.good
        print(json.dumps(asdict(finding), ensure_ascii=False) if plain else _line(finding), flush=True)
    if not plain:
        print(t("doctor.some_bad", count=bad) if bad else t("doctor.all_good"))
    return 1 if bad else 0


def _line(finding: Finding) -> str:
    return f"{t('doctor.good' if finding.good else 'doctor.bad')}\t{t('doctor.numbered', number=finding.number, text=finding.text)}"


def write_bundle(settings: Settings, file: Path) -> int:
    """Write all that helps from afar into a zip, whole or not at all; say so and give 0. Raises BadInput."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.touch()  # before the long look: nobody should wait for a folder that is not there
        content = bundle(settings)
        part.write_bytes(content)
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise BadInput("file", "doctor.bundle.not_written", file=os.fsencode(file).decode("utf-8", "replace")) from None
    print(t("doctor.bundle.written", file=os.fsencode(file).decode("utf-8", "replace"), size=max(1, len(content) // 1000)))
    return 0


def bundle(settings: Settings) -> bytes:
    """Make the bundle: at most about a megabyte."""
    found = "\n".join(map(_line, examine(patient(settings))))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("findings.txt", found + "\n")
        pack.writestr("facts.json", json.dumps(_facts(settings), indent=1, default=str))
        pack.writestr("settings.json", json.dumps({k: v for k, v in asdict(settings).items() if k not in SECRET}, indent=1))
        for name in ("agent.json", "board.json"):
            with suppress(OSError):
                pack.writestr(name, plain_text((settings.state_dir / "run" / name).read_bytes()))
        for path in sorted((settings.state_dir / "log").glob("*"))[:LOGS_MOST]:
            with suppress(OSError):
                pack.writestr(f"log/{path.name}", plain_text(path.read_bytes()[-LOG_BYTES:]))
        with suppress(OSError, subprocess.SubprocessError):
            said = subprocess.run(JOURNAL, capture_output=True, timeout=JOURNAL_S, check=False).stdout
            pack.writestr("log/journal.txt", plain_text(said[-LOG_BYTES:]))
    return whole.getvalue()


def plain_text(content: bytes) -> str:
    """Keep of a log what a program wrote: plain letters and short numbers. What anybody entered here is Chinese, or a long number."""
    return SECRETS.sub("#", content.decode("ascii", "replace").replace("\ufffd", "?"))


def _facts(settings: Settings) -> dict[str, Any]:
    clock = bootstrap.station_clock(settings)
    facts: dict[str, Any] = {
        "version": VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "now": clock(),
        "knows_time": clock.sure(),
        "files_bytes": {path.name: path.stat().st_size for path in settings.state_dir.glob("station.db*")},
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000,
        "processors": os.cpu_count(),
    }
    with suppress(OSError):
        facts["debian"] = platform.freedesktop_os_release().get("PRETTY_NAME")
    with suppress(StoreError), closing(bootstrap.open_store(settings)) as store, store.read() as u:
        facts["rows"] = u.sizes()
        facts["refused"] = Counter(f"{entity} {code}" for entity, _, code, _ in u.parked())
    return facts


def _spells(settings: Settings) -> bool:
    engine = bootstrap.open_pinyin(settings)
    return PINYIN_SAYS in engine.candidates(PINYIN) and STROKES_SAY in engine.by_strokes(STROKES)


if __name__ == "__main__":
    sys.exit(0 if _spells(Settings(state=sys.argv[1])) else 1)
