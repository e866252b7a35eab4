"""Not one name, number or key stands readable in a station's folder, its log, its backups, or what a broken store left."""

import io
import logging
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import checkup, safety
from kiosk.agent.spool import Spool
from kiosk.devices.printer import open_printer
from kiosk.errors import StoreError
from kiosk.services import publish, team
from kiosk.services.safekeeping import back_up
from kiosk.services.withdraw import withdraw
from tests.holdings import Holdings
from tests.safety.parts import Site, add, crowd, make_site, some_pages, spoil
from tests.station import KEY, STATION, a_posting

NAME, PHONE, TOKEN = "欧阳桂花", "13912345678", "70ken" * 8
GROUPED = "139 1234 5678"
ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
SLOW_S, PRINTS_S = 60.0, 1.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = make_site(tmp_path)
    yield site
    site.station.store.close()


def found(folders: Iterable[Path], words: Iterable[str]) -> list[str]:
    """Give which words stand in which files, as a thief with an editor would see them."""
    needles = {(word, encoding): word.encode(encoding) for word in words for encoding in ENCODINGS}
    hits = []
    for file in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        data = file.read_bytes()
        hits += [f"{file.name}: {word} as {encoding}" for (word, encoding), needle in needles.items() if needle in data]
    return hits


def a_busy_day(site: Site) -> set[str]:
    """Let everything happen of which something is written down; give the words that nobody may find."""
    here = site.station.here
    holdings = Holdings(STATION, "00000000-0000-7000-8000-0000000000dd", "00000000-0000-7000-8000-0000000000cc")
    with here.store.write() as u:
        for record in holdings.in_order():
            u.keep(record)
        u.remember("sync.token", TOKEN)
        u.set_aside(holdings.records["worker"])
    crowd(site, 40)
    first = add(here, PHONE, NAME)
    publish.post(here, a_posting(contact_phone="19912345678"))
    team.issue_card(here, site.station.head, site.station.head.staff_id)
    back_up(here.store, site.back_up, here.now())
    withdraw(here, first)
    add(here, PHONE, NAME)
    with suppress(StoreError), here.store.write() as u:
        u.connection.exec_driver_sql("INSERT INTO worker VALUES (?)", (NAME,))
    personal = {mark for (_, is_personal), marks in holdings.marks.items() if is_personal for mark in marks}
    return personal | {NAME, PHONE, TOKEN, "周建国", "19912345678"}


def print_slips(site: Site) -> None:
    """Print what waits, in this process."""
    paper = site.settings.state_dir.parent / "paper"
    paper.touch()
    Spool(site.station.store, open_printer(f"file://{paper}", site.settings.state_dir / "slips"), site.clock).step()


def run_agent(site: Site) -> None:
    """Let the real agent print and log for a moment, beside the store that is open here."""
    (site.settings.state_dir / "kiosk.toml").write_text(
        f'printer = "file://{site.settings.state_dir.parent / "paper"}"\nhub = "http://127.0.0.1:9"\n'
    )
    (site.settings.state_dir.parent / "paper").touch()
    with (site.settings.state_dir / "agent.log").open("wb") as log:
        words = [sys.executable, "-m", "kiosk", "--state", site.settings.state, "agent"]
        with subprocess.Popen(words, stdout=log, stderr=log) as agent:
            until = time.monotonic() + SLOW_S
            while not (site.settings.state_dir / "run" / "agent.json").exists():
                assert time.monotonic() < until
                time.sleep(0.1)
            time.sleep(PRINTS_S)
            agent.terminate()
            agent.wait(20)


@pytest.mark.parametrize("agent", [False, pytest.param(True, marks=pytest.mark.long)])
def test_station_when_its_disk_is_read_byte_by_byte_after_a_busy_day_tells_nobody_anything(
    agent: bool, site: Site, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    words = a_busy_day(site)
    folders = [site.settings.state_dir, site.backups]
    assert site.path.with_name("station.db-wal").stat().st_size > 0
    assert found(folders, words) == [], "while the station is at work"
    run_agent(site) if agent else print_slips(site)
    pack = site.settings.state_dir / "support.zip"
    lines = [
        f"kiosk-agent[77]: {word} {place}" for word in sorted(words | {KEY, STATION.phone}) for place in ("said", "kiosk/agent/loop.py")
    ]
    lines += [f"{GROUPED} {GROUPED.replace(' ', '-')} 0712-4321000", "2026-11-27T08:30:00+0800 stands still: spool"]
    tools = site.settings.state_dir.parent / "tools"
    tools.mkdir()
    (tools / "journalctl").write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(lines) + "\nEND\n")
    (tools / "journalctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    with zipfile.ZipFile(io.BytesIO(checkup.bundle(replace(site.settings, speaker="silent")))) as unpacked:
        unpacked.extractall(pack)
    assert (pack / "findings.txt").read_text() != ""
    assert found([pack], words | {KEY, STATION.phone, GROUPED, GROUPED.replace(" ", "-"), "4321000"}) == [], "what is sent to whoever helps"
    assert "2026-11-27T08:30:00+0800 stands still: spool" in (pack / "log/journal.txt").read_text(), "what a program wrote stays"
    assert (site.settings.state_dir.parent / "paper").stat().st_size > 0, "on paper a name may stand"
    site.station.store.close()
    spoil(site.path, *some_pages(site.path, 6, 5))
    site.mend()
    site.restore(next(site.backups.iterdir()))
    site.station.store.close()
    assert found(folders, words | {KEY}) == [f"station.key: {KEY} as {e}" for e in ("utf-8", "gb18030")], "but the key in its own file"
    said = caplog.text + capsys.readouterr().out
    assert not [word for word in words if word in said]
    assert safety.safety_case(site.settings).key_path.stat().st_mode & 0o077 == 0
