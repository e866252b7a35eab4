"""Files from a station to the county, with a real hub and a real store: cut off, sent twice, refused, a full disk; a copy fetched back."""

import hashlib
import io
import json
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk import safety
from kiosk.agent.files import FileSender
from kiosk.bootstrap import open_hub, open_store, prepare
from kiosk.config import Settings
from kiosk.county import files
from kiosk.county.feed import renew
from kiosk.county.files import Part
from kiosk.county.judge import Author
from kiosk.county.schema import station_file
from kiosk.domain import recovery_code
from kiosk.domain.file_kind import FileKind
from kiosk.domain.station import Staff
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import Claim
from kiosk.errors import BadInput, HubRefused, HubUnreachable
from kiosk.services import claims, hand_in, safekeeping
from kiosk.services.doctor_safety import look_at_backups
from kiosk.services.today import Need, today
from kiosk.store import backup
from kiosk.store.store import SENT
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import FILE_MAX_BYTES, PART_MAX_BYTES, FileState
from kiosk.text import t
from tests.flows.test_assessment import a_picture, office
from tests.hub_parts import COUNTY, OTHER, SLOW_S, Line, Terminal, TestHub, answering
from tests.integration.test_backup_sync import settle
from tests.safety.parts import Site, add, make_site
from tests.station import KEY, START, STATION

NOISE = random.Random(9).randbytes(3 * PART_MAX_BYTES)


class Door(HttpHub):
    """A door that counts parts, and dies after so many: the hub has the last one, and nobody heard of it."""

    dies_after = 10**6
    parts = 0

    def send_part(self, token: str, digest: str, kind: FileKind, size: int, offset: int, data: bytes) -> FileState:
        told = super().send_part(token, digest, kind, size, offset, data)
        self.parts += 1
        if self.parts >= self.dies_after:
            raise HubUnreachable("killed")
        return told


@pytest.fixture(autouse=True)
def _no_files(hub: TestHub) -> None:
    shutil.rmtree(Path(hub.settings.state) / "files", ignore_errors=True)


@pytest.fixture
def site(tmp_path: Path, hub: TestHub) -> Iterator[Site]:
    site = make_site(tmp_path)
    exchange.enrol(site.station.store, HttpHub(hub.base), hub.code(), site.clock())
    settle(site.station.store, hub)
    yield site
    site.station.store.close()


def sender(site: Site, door: HttpHub, *, copies: bool = False) -> FileSender:
    return FileSender(site.station.store, door, site.clock, site.backups if copies else site.settings.copies_dir / "none")


def show(site: Site, content: bytes, name: str = "三个区.pdf") -> str:
    """Let the head show something for an item; give the file's digest."""
    return claims.claim(site.station.here, site.station.head, "1.1", "3", file=(name, content)).file_digest


def a_pdf(size: int = len(NOISE)) -> bytes:
    return b"%PDF-1.7\n" + NOISE[: size - 9]


def at_county(hub: TestHub, digest: str) -> bytes | None:
    with hub.engine.connect() as connection:
        path = files.find(connection, hub.settings, digest)
    return path.read_bytes() if path else None


def kept(hub: TestHub, kind: FileKind, station_id: str = STATION.id) -> list[str]:
    with hub.engine.connect() as connection:
        return [one.digest for one in files.kept(connection, hub.settings, station_id, kind)]


def left(hub: TestHub) -> list[str]:
    """Give what lies in the hub's folder of a station."""
    folder = files.path_of(hub.settings, STATION.id, "x").parent
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def sent(terminal: Terminal, content: bytes, kind: FileKind = FileKind.EVIDENCE, digest: str = "") -> FileState:
    """Send a file by hand, part by part."""
    digest, told = digest or sha(content), FileState(have=0, whole=False)
    for at in range(0, len(content), PART_MAX_BYTES):
        told = terminal.door.send_part(terminal.enrolled.device_token, digest, kind, len(content), at, content[at : at + PART_MAX_BYTES])
    return told


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def refusal(act: Any) -> str:
    with pytest.raises(HubRefused) as caught:
        act()
    return caught.value.code


def test_evidence_when_the_line_breaks_costs_one_part_and_is_at_the_county_once(site: Site, hub: TestHub) -> None:
    line = Line(hub.port)
    door = Door(line.base)
    digest = show(site, a_pdf())
    settle(site.station.store, hub)
    line.lose = 1  # the question how much there is
    with pytest.raises(HubUnreachable):
        sender(site, door).step()
    door.dies_after = 2
    with pytest.raises(HubUnreachable):
        sender(site, door).step()
    assert at_county(hub, digest) is None, "a file that is not whole is none"
    door.dies_after = 10**6
    sender(site, door).step()
    assert at_county(hub, digest) == a_pdf()
    assert door.parts == len(a_pdf()) // PART_MAX_BYTES, "what was taken is not sent again, its answer heard or not"
    sender(site, door).step()
    with site.station.store.write() as u:
        hand_in.ask_anew(u)
    sender(site, door).step()
    assert (door.parts, kept(hub, FileKind.EVIDENCE)) == (3, [digest])
    line.close()


def test_sender_when_changes_wait_lets_them_go_first_and_small_files_before_large(site: Site, hub: TestHub) -> None:
    large, small = show(site, a_pdf()), show(site, a_picture(), "门口.jpg")
    bundle = office("manifest.json")
    with site.station.store.write() as u:
        u.attach(sha(bundle), bundle, FileKind.PAPERS)
    site.back_up()
    door, stop = Door(hub.base), threading.Event()
    waits = threading.Thread(target=sender(site, door, copies=True).step, args=(stop,))
    waits.start()
    waits.join(0.5)
    assert (waits.is_alive(), door.parts) == (True, 0), "the claims themselves have not gone yet"
    settle(site.station.store, hub)
    waits.join(30)
    with hub.engine.connect() as connection:
        begun = connection.execute(sa.select(station_file.c.kind, station_file.c.digest).order_by(station_file.c.begun_at)).all()
    assert [tuple(one) for one in begun[:3]] == [("evidence", small), ("evidence", large), ("papers", sha(bundle))]
    assert at_county(hub, sha(bundle)) == bundle
    assert len(kept(hub, FileKind.BACKUP)) == 1


def test_sender_when_something_is_shown_while_a_copy_is_on_its_way_sends_that_first(site: Site, hub: TestHub) -> None:
    site.back_up()
    shown: list[str] = []

    class Slow(Door):
        def send_part(self, token: str, digest: str, kind: FileKind, size: int, offset: int, data: bytes) -> FileState:
            told = super().send_part(token, digest, kind, size, offset, data)
            if self.parts == 1:
                shown.append(show(site, a_picture()))
                settle(site.station.store, hub)
            if self.parts == 2:
                assert (kind, digest) == (FileKind.EVIDENCE, shown[0])
            return told

    door = Slow(hub.base)
    sender(site, door, copies=True).step()
    assert door.parts > 3
    assert (len(kept(hub, FileKind.EVIDENCE)), len(kept(hub, FileKind.BACKUP))) == (1, 1)


def test_hub_when_a_file_is_not_what_it_may_be_refuses_it_and_keeps_nothing(hub: TestHub) -> None:
    ours = hub.terminal()
    cases: dict[str, Any] = {
        "an executable": (b"MZ\x90\x00" + NOISE[:500], FileKind.EVIDENCE, "file_kind"),
        "an ELF": (b"\x7fELF" + NOISE[:500], FileKind.EVIDENCE, "file_kind"),
        "macros": (office("word/document.xml", "word/vbaProject.bin"), FileKind.EVIDENCE, "file_kind"),
        "a zip of anything": (office("a.txt"), FileKind.EVIDENCE, "file_kind"),
        "half a zip": (office("word/document.xml")[:-30], FileKind.EVIDENCE, "file_kind"),
        "papers that are none": (b"PK\x03\x04" + NOISE[:500], FileKind.PAPERS, "file_kind"),
        "a store that anybody reads": (b"SQLite format 3\0" + NOISE[: 4096 - 16], FileKind.BACKUP, "file_kind"),
    }
    for what, (content, kind, code) in cases.items():
        assert refusal(lambda c=content, k=kind: sent(ours, c, k)) == code, what
    assert refusal(lambda: sent(ours, a_picture(), digest="0" * 64)) == "file_broken"
    assert left(hub) == []
    with hub.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(station_file)) == 0
    assert sent(ours, a_picture()).whole


def test_hub_when_its_table_was_put_back_judges_what_lies_there_anew(hub: TestHub) -> None:
    ours, content = hub.terminal(), NOISE[: 2 * PART_MAX_BYTES]
    assert sent(ours, content, FileKind.BACKUP).whole
    with hub.engine.begin() as connection:
        connection.execute(sa.delete(station_file))
    token, last = ours.enrolled.device_token, len(content) - 1
    assert ours.door.file_state(token, sha(content)) == FileState(have=len(content), whole=False)

    def again(kind: FileKind) -> FileState:
        return ours.door.send_part(token, sha(content), kind, len(content), last, content[last:])

    assert refusal(lambda: again(FileKind.EVIDENCE)) == "file_kind"
    assert sent(ours, content, FileKind.BACKUP).whole
    with hub.engine.begin() as connection:
        connection.execute(sa.delete(station_file))
    assert again(FileKind.BACKUP).whole


def test_hub_when_a_file_is_too_large_or_the_station_has_enough_says_so(hub: TestHub) -> None:
    ours, video = hub.terminal(), 40 * 1024**2
    token = ours.enrolled.device_token
    assert refusal(lambda: ours.door.send_part(token, "0" * 64, FileKind.EVIDENCE, video, 0, b"\0\0\0\x20ftyp")) == "too_large"
    assert refusal(lambda: ours.door.send_part(token, "0" * 64, FileKind.BACKUP, 4096**2, 0, NOISE[: PART_MAX_BYTES + 1])) == "too_large"
    assert refusal(lambda: ours.door.send_part(token, "0" * 64, FileKind.EVIDENCE, 4, 3, b"%P")) == "bad_request"
    with hub.engine.begin() as connection:
        row = {"county_id": COUNTY, "station_id": STATION.id, "kind": "backup", "device_id": "d", "begun_at": START, "whole_at": START}
        rows = [row | {"digest": f"{n:064}", "size": FILE_MAX_BYTES[FileKind.BACKUP]} for n in range(6)]
        connection.execute(sa.insert(station_file), rows)
    assert refusal(lambda: sent(ours, a_picture())) == "station_full"
    assert sent(hub.terminal(OTHER), a_picture()).whole


def test_hub_when_a_part_comes_twice_or_out_of_turn_is_as_before(hub: TestHub) -> None:
    ours, content = hub.terminal(), a_pdf()
    token, part = ours.enrolled.device_token, PART_MAX_BYTES

    def send(at: int) -> FileState:
        return ours.door.send_part(token, sha(content), FileKind.EVIDENCE, len(content), at, content[at : at + part])

    assert send(part) == FileState(have=0, whole=False)
    assert send(0) == send(0) == send(2 * part) == FileState(have=part, whole=False)
    assert ours.door.file_state(token, sha(content)) == FileState(have=part, whole=False)
    assert refusal(lambda: ours.door.file(token, sha(content), 0, lambda _: None)) == "not_found"
    assert send(part).have == 2 * part
    assert send(2 * part) == send(0) == FileState(have=3 * part, whole=True)
    path = files.path_of(hub.settings, STATION.id, sha(content))
    path.write_bytes(content[:part])  # the hub's disk has lost some of it
    assert (at_county(hub, sha(content)), kept(hub, FileKind.EVIDENCE)) == (None, [])
    assert send(part).have == 2 * part
    assert send(2 * part).whole
    assert at_county(hub, sha(content)) == content


def test_hub_when_its_disk_is_full_takes_no_file_and_the_station_asks_again_later(site: Site, hub: TestHub) -> None:
    ours, content = hub.terminal(), a_picture()
    part = Part(digest=sha(content), kind=FileKind.EVIDENCE, size=len(content), offset=0, data=content)
    with hub.engine.begin() as connection:
        author = Author(COUNTY, STATION.id, ours.enrolled.device_id)
        assert files.take(connection, hub.settings, author, part, START, reserve=2**60) == "no_room"
    show(site, content)
    settle(site.station.store, hub)
    said = json.dumps({"code": "no_room", "message": ""}).encode()
    with answering(507, said, "application/json") as full:
        assert refusal(sender(site, HttpHub(full)).step) == "no_room"
    with site.station.store.read() as u:
        assert len(hand_in.waiting(u)) == 1
    assert [one for one in today(site.station.here) if one.need is Need.FILE] == []
    sender(site, HttpHub(hub.base)).step()
    with site.station.store.read() as u:
        assert hand_in.waiting(u) == []


def test_file_when_the_county_refuses_it_is_told_to_staff_in_words_and_not_sent_again(site: Site, hub: TestHub) -> None:
    digest = show(site, a_picture())
    with site.station.store.write() as u:  # a picture to us, something else to a stricter county
        u.detach(FileKind.EVIDENCE)
        u.attach(sha(b"MZ"), b"MZ", FileKind.EVIDENCE)
        u.put(*(replace(claim, file_digest=sha(b"MZ")) for claim in u.list(Claim)))
    settle(site.station.store, hub)
    door = Door(hub.base)
    sender(site, door).step()
    sender(site, door).step()
    (item,) = (one for one in today(site.station.here) if one.need is Need.FILE)
    assert item.detail is not None
    assert (
        t(item.title.key, **item.title.values) + "：" + t(item.detail.key)
        == "有 1 份考核的文件，县里没有收：县里只收照片、PDF、Word 和 Excel"
    )
    assert door.parts == 0
    site.clock.tick(minutes=1)
    assert show(site, a_picture()) == digest
    assert [one for one in today(site.station.here) if one.need is Need.FILE] == [], "another file stands now"


def test_copies_when_each_night_brings_one_are_two_of_each_terminal_and_a_lost_terminals_go(hub: TestHub) -> None:
    first, second = hub.terminal(), hub.terminal()
    copies = [bytes([n]) * 4096 for n in range(6)]
    for n in range(4):
        assert sent(first, copies[n], FileKind.BACKUP).whole
        hub.clock.tick(days=1)
    assert kept(hub, FileKind.BACKUP) == [sha(copies[3]), sha(copies[2])]
    half = NOISE[: 2 * PART_MAX_BYTES]
    first.door.send_part(first.enrolled.device_token, sha(half), FileKind.BACKUP, len(half), 0, half[:PART_MAX_BYTES])
    sent(second, copies[4], FileKind.BACKUP)
    assert kept(hub, FileKind.BACKUP) == [sha(copies[n]) for n in (4, 3, 2)]
    hub.clock.tick(days=files.LOST.days + 1)
    sent(second, copies[5], FileKind.BACKUP)
    assert kept(hub, FileKind.BACKUP) == [sha(copies[5]), sha(copies[4])]
    sent(first, copies[0], FileKind.BACKUP)
    assert left(hub) == sorted(map(sha, (copies[0], copies[4], copies[5]))), "what was given up is gone, too"


def test_station_when_its_machine_is_lost_gets_its_copy_from_the_county_and_nothing_is_there_twice(
    site: Site, hub: TestHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = add(site.station.here, "13900000001")
    settle(site.station.store, hub)
    unsent = add(site.station.here, "13900000002")
    digest = show(site, a_pdf())
    site.back_up()
    settle(site.station.store, hub)
    door = Door(hub.base)
    door.dies_after = 5  # evidence, and the copy's first parts
    with pytest.raises(HubUnreachable):
        sender(site, door, copies=True).step()
    assert kept(hub, FileKind.BACKUP) == []
    site.back_up()
    door.dies_after = 10**6
    sender(site, door, copies=True).step()
    (copy,) = kept(hub, FileKind.BACKUP)
    assert copy == sha(sorted(site.backups.iterdir())[0].read_bytes()), "the one on its way goes on, though there is a newer one"
    hub.clock.tick(hours=1)
    sender(site, door, copies=True).step()
    assert len(kept(hub, FileKind.BACKUP)) == 2
    site.station.store.close()

    new = Settings(state=str(tmp_path / "new"), hub=hub.base, backup_dir=str(site.backups))
    prepare(new)
    with pytest.raises(BadInput) as caught:
        safety.restore_from_county(new)
    assert caught.value.key == "backup.no_county"
    with closing(open_store(new)) as store, closing(open_hub(new, store)) as line:
        exchange.enrol(store, line, hub.code(), hub.clock())
        settle(store, hub)
    part = new.state_dir / f"from-county-{copy[:16]}.db"
    part.write_bytes((at_county(hub, copy) or b"")[:100_000])  # the line broke once
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"2\n{recovery_code.write(KEY)}\n"))
    assert safety.restore_from_county(new) == 0
    said = capsys.readouterr().out
    assert "1. 2026-11-23 16:42 交到县里的" in said
    assert "恢复好了，用的是 2026-11-23 15:42 的备份。" in said
    assert not part.exists()
    with closing(open_store(new)) as store:
        settle(store, hub)
        later = FileSender(store, door, hub.clock, new.state_dir / "none")
        later.step()
        with store.read() as u:
            assert {worker.id for worker in u.list(Worker)} == {told, unsent}
            assert [one.name for one in u.list(Staff)] == ["李芳"]
            assert u.attached(digest) == a_pdf()
            assert u.outbox_size() == 0
            assert {code for _, _, code, _ in u.parked()} <= {"chain_forked"}
    with hub.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT entity, id FROM record WHERE owner = :o"), {"o": STATION.id}).all()
    assert max(Counter(map(tuple, rows)).values()) == 1
    assert {record_id for entity, record_id in rows if entity == "worker"} == {told, unsent}
    assert kept(hub, FileKind.EVIDENCE) == [digest]


def test_station_when_it_has_no_second_disk_hands_its_copy_to_the_county_all_the_same(site: Site, hub: TestHub) -> None:
    settings = replace(site.settings, backup_dir="")
    store, door = site.station.store, Door(hub.base)
    for number in range(3):
        add(site.station.here, f"13{number:09d}")
    settle(store, hub)

    def night() -> str:
        trouble = safekeeping.back_up(store, lambda: safety.make_copy(settings, store, site.clock()), site.clock())
        site.clock.tick(days=1)
        return trouble

    def step() -> None:
        FileSender(store, door, site.clock, settings.copies_dir).step()

    assert night() == ""
    (first,) = settings.copies_dir.iterdir()
    digest = sha(first.read_bytes())
    door.dies_after = 1
    with pytest.raises(HubUnreachable):
        step()
    assert (night(), night(), night()) == ("", "", "")
    assert [backup.number_of(copy) for copy in backup.copies(settings.copies_dir)] == [1, 4], "the one on its way, and the newest"
    door.dies_after = 10**6
    step()
    assert kept(hub, FileKind.BACKUP) == [digest]
    assert night() == ""
    (newest,) = settings.copies_dir.iterdir()
    hub.clock.tick(days=1)
    step()
    assert kept(hub, FileKind.BACKUP) == [sha(newest.read_bytes()), digest]
    found = list(look_at_backups(replace(safety.safety_case(settings)), store, site.clock()))
    assert [good for good, _ in found] == [False, True], "without a second disk the doctor is never content"
    assert found[0][1] == t("doctor.backup.none")
    assert "县里的一份" in found[1][1]


SEND = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.agent.files import FileSender
from kiosk.store.store import open_store
from kiosk.sync.client import HttpHub
store = open_store(Path(sys.argv[1]), sys.argv[2], clock=lambda: datetime.now(UTC))
FileSender(store, HttpHub(sys.argv[3]), lambda: datetime.now(UTC), Path(sys.argv[4])).step()
"""


@pytest.mark.long
def test_copy_when_whoever_sends_it_is_killed_on_the_way_goes_on_and_is_whole(site: Site, hub: TestHub) -> None:
    for n in range(8):
        content = random.Random(n).randbytes(500_000)
        with site.station.store.write() as u:
            u.attach(sha(content), content, FileKind.EVIDENCE)
            u.told(sha(content), SENT)
    digest = sha(site.back_up().read_bytes())
    place = files.path_of(hub.settings, STATION.id, digest)
    words = [sys.executable, "-c", SEND, str(site.path), KEY, hub.base, str(site.backups)]
    reached = [0]
    while kept(hub, FileKind.BACKUP) == []:
        sending = subprocess.Popen(words)
        until = time.monotonic() + SLOW_S
        while sending.poll() is None and time.monotonic() < until:
            if place.exists() and place.stat().st_size > reached[-1] + 10 * PART_MAX_BYTES:
                sending.kill()
            time.sleep(0.001)
        sending.wait()
        reached.append(place.stat().st_size)
    assert len(reached) > 3, "it was killed on the way"
    assert reached == sorted(reached)
    assert at_county(hub, digest) == sorted(site.backups.iterdir())[0].read_bytes()


def test_restore_when_the_county_is_away_or_has_none_says_so(hub: TestHub, tmp_path: Path) -> None:
    new = Settings(state=str(tmp_path / "new"), hub=hub.base)
    prepare(new)
    with closing(open_store(new)) as store, closing(open_hub(new, store)) as line:
        exchange.enrol(store, line, hub.code(), hub.clock())
    for settings, key in ((new, "backup.county_none"), (replace(new, hub="http://127.0.0.1:9"), "backup.county_away")):
        with pytest.raises(BadInput) as caught:
            safety.restore_from_county(settings)
        assert caught.value.key == key


def test_doctor_when_the_countys_copy_is_old_or_refused_says_so(site: Site, hub: TestHub) -> None:
    case, store = replace(safety.safety_case(site.settings), same_disk=False), site.station.store

    def said(**later: float) -> list[tuple[bool, str]]:
        return [(good, text) for good, text in look_at_backups(case, store, site.clock() + timedelta(**later)) if "县里" in text]

    assert said() == [(False, "县里还没有备份。刚装好的，过一两天再看。")]
    site.back_up()
    sender(site, HttpHub(hub.base), copies=True).step()
    assert said(hours=47) == [(True, "县里的一份是 2026-11-23 15:42 收到的。没有恢复码谁也打不开。")]
    assert [good for good, _ in said(hours=49)] == [False]
    hand_in.settle_copy(store, "x", site.clock(), "too_large")
    assert said() == [(False, "备份县里没有收，请打电话问县里。县里手上的一份：2026-11-23 15:42。")]


def test_files_when_the_county_lost_them_with_its_disk_are_sent_again(site: Site, hub: TestHub) -> None:
    digest = show(site, a_picture())
    settle(site.station.store, hub)
    sender(site, HttpHub(hub.base)).step()
    shutil.rmtree(Path(hub.settings.state) / "files")
    assert at_county(hub, digest) is None
    with hub.engine.begin() as connection:
        connection.execute(sa.delete(station_file))
        renew(connection, COUNTY, hub.clock())
    settle(site.station.store, hub)
    sender(site, HttpHub(hub.base)).step()
    assert at_county(hub, digest) is not None


def test_restore_when_a_file_was_shown_after_the_copy_keeps_it(site: Site) -> None:
    copy = site.back_up()
    digest = show(site, a_pdf())
    site.restore(copy)
    with site.station.store.read() as u:
        assert u.attached(digest) == a_pdf()


def test_sender_when_a_file_in_the_store_is_damaged_sends_nothing_of_it(site: Site, hub: TestHub) -> None:
    show(site, a_picture())
    settle(site.station.store, hub)
    with site.station.store.write() as u:
        u.connection.exec_driver_sql("UPDATE attachment SET content = x'FFD8FF00'")
    door = Door(hub.base)
    sender(site, door).step()
    assert door.parts == 0
    (item,) = (one for one in today(site.station.here) if one.need is Need.FILE)
    assert item.detail is not None
    assert item.detail.key == "today.file_other"
