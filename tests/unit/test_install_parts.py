"""The installer's parts, each by itself: the shell's own functions, with stand-ins for what touches disks, users and chips."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kiosk.domain import recovery_code

ROOT = Path(__file__).parent.parent.parent
DISK, STICK = "0f3c9b1e-8f5b-4ad9-9f5b-2f3f6c1d2e3f", "1234-ABCD"


def tool(folder: Path, name: str, text: str) -> None:
    """Put a stand-in for a program where it is found first."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def shell(folder: Path, script: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run lines of the installer's with its own functions; `folder`/tools stands before everything else."""
    begin = f". {ROOT}/deploy/lib.sh; declare -A GIVEN=(); LOG={folder}/log; TOP=/opt/kiosk; running() {{ false; }}\n"
    environment = {**os.environ, "PATH": f"{folder}/tools:{os.environ['PATH']}", **(more or {})}
    return subprocess.run(
        ["bash", "-c", begin + script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=30
    )


def a_disk(name: str, *parts: Mapping[str, object], **more: object) -> dict[str, object]:
    return {"name": name, "size": 500_000_000_000, "ro": False, "mountpoints": [None], "children": list(parts), **more}


def a_part(uuid: str, kind: str, size: int = 64_000_000_000, at: str | None = None, **more: object) -> dict[str, object]:
    return {"name": "x1", "uuid": uuid, "fstype": kind, "size": size, "ro": False, "mountpoints": [at], **more}


def offered(told: Sequence[Mapping[str, object]], *away: str) -> list[str]:
    words = ["python3", str(ROOT / "deploy/disks.py"), *away]
    done = subprocess.run(words, input=json.dumps({"blockdevices": told}), capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.splitlines()


def test_disks_when_they_are_the_systems_too_small_or_carry_the_installer_are_not_offered() -> None:
    system = a_disk("sda", a_part("A", "vfat", 500_000_000, "/boot/efi"), a_part("B", "ext4", at="/"), a_part("C", "ext4"))
    swap = a_disk("sdb", a_part("D", "swap", at="[SWAP]"), a_part("E", "ext4"))
    second = a_disk(
        "sdc", a_part("EF1", "vfat", 100_000_000), a_part(DISK, "ext4", label="备份"), a_part("G", "LVM2_member"), a_part("", "ext4")
    )
    stick = a_disk("sdd", uuid=STICK, fstype="exfat", mountpoints=["/media/somewhere"])
    medium = a_disk("sde", a_part("I", "iso9660"), a_part("J", "vfat", at="/mnt/stick"))
    locked = a_disk("sdf", a_part("K", "ext4", ro=True))
    assert offered([system, swap, second, stick, medium, locked], "/", "/mnt/stick") == [
        f"{DISK}  64 GB  备份 ext4",
        f"{STICK}  500 GB  exfat",
    ]
    assert offered([]) == []


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with an fstab of somebody's own and disks that can be mounted."""
    (tmp_path / "fstab").write_text("# mine\nUUID=root / ext4 errors=remount-ro 0 1\n/dev/sdz1 /media/kiosk-backup-old ext4 defaults 0 0\n")
    tools = tmp_path / "tools"
    tool(
        tools,
        "blkid",
        f"""case "$*" in
        "-U {DISK}") echo /dev/sdb1 ;; "-U {STICK}") echo /dev/sdc1 ;;
        "-o value -s TYPE /dev/sdb1") echo ext4 ;; "-o value -s TYPE /dev/sdc1") echo ntfs ;;
        "-o value -s UUID /dev/sdc1") echo {STICK} ;;
        *) exit 2 ;; esac""",
    )
    # what is mounted stands in a file
    tool(tools, "findmnt", f"cat {tmp_path}/mounted 2>/dev/null || exit 1")
    tool(tools, "mountpoint", f"[ -e {tmp_path}/mounted ]")
    tool(
        tools, "mount", f'echo "mount $*" >>{tmp_path}/acts; sed -n "s|^UUID=\\([^ ]*\\) $1 .*|\\1|p" {tmp_path}/fstab >{tmp_path}/mounted'
    )
    tool(tools, "umount", f'echo "umount $*" >>{tmp_path}/acts; rm {tmp_path}/mounted')
    tool(tools, "install", 'for last; do :; done; case "$*" in *"-o kiosk"*) mkdir -p "$last" ;; *) exec /usr/bin/install "$@" ;; esac')
    tool(tools, "id", "echo 990")
    tool(tools, "chown", "")
    for forbidden in ("mkfs", "mkfs.ext4", "mke2fs", "wipefs", "parted", "sfdisk", "dd"):
        tool(tools, forbidden, f"echo {forbidden} >>{tmp_path}/acts")
    return tmp_path


def put_up(place: Path, answer: str) -> tuple[int, str, list[str]]:
    """Take an answer; give the status, the folder for the copies, and what was done to disks."""
    (place / "acts").unlink(missing_ok=True)
    script = f". deploy/station/backup.sh; FSTAB={place}/fstab BACKUP_AT={place}/media; status=0\n"
    script += f"backup_place '{answer}' || status=$?; echo $status; echo $FOLDER; echo changed=$CHANGED"
    done = shell(place, script)
    assert done.stderr == "" or "备份" in done.stderr, done.stderr
    status, folder, changed = done.stdout.splitlines()
    acts = (place / "acts").read_text().splitlines() if (place / "acts").exists() else []
    return int(status), folder, [*acts, *([changed] if changed != "changed=" else [])]


def lines(place: Path) -> list[str]:
    return (place / "fstab").read_text().splitlines()


@pytest.mark.skipif(not Path("/usr/bin/systemd-escape").exists(), reason="systemd is not installed")
def test_backup_disk_when_it_is_chosen_is_mounted_by_its_uuid_and_a_second_run_changes_nothing(place: Path) -> None:
    mine = lines(place)
    assert put_up(place, DISK) == (0, f"{place}/media/kiosk", [f"mount {place}/media", "changed=1"])
    assert (place / "media/kiosk").is_dir()
    assert lines(place)[:3] == mine
    (line,) = lines(place)[3:]
    assert line.split()[:3] == [f"UUID={DISK}", f"{place}/media", "ext4"]
    options = line.split()[3].split(",")
    assert {"nofail", "nosuid", "nodev", "noexec"} < set(options)
    assert "x-systemd.wanted-by=dev-disk-by\\x2duuid-0f3c9b1e\\x2d8f5b\\x2d4ad9\\x2d9f5b\\x2d2f3f6c1d2e3f.device" in options
    assert put_up(place, DISK) == (0, f"{place}/media/kiosk", [])
    assert put_up(place, "/dev/sdc1") == (0, f"{place}/media/kiosk", [f"umount {place}/media", f"mount {place}/media", "changed=1"])
    (line,) = lines(place)[3:]
    assert line.split()[:3] == [f"UUID={STICK}", f"{place}/media", "ntfs3"]
    assert line.split()[3].endswith(",uid=990,gid=990,umask=077"), "a file system without owners is the station's alone"
    assert put_up(place, "none") == (0, "", [f"umount {place}/media", "changed=1"])
    assert lines(place) == mine


@pytest.mark.skipif(not Path("/usr/bin/systemd-escape").exists(), reason="systemd is not installed")
def test_backup_disk_when_it_cannot_be_had_leaves_everything_as_it_was(place: Path) -> None:
    mine = lines(place)
    assert put_up(place, "5555-5555")[:2] == (1, "")
    assert put_up(place, "/srv/backup")[:2] == (1, "")
    assert put_up(place, "/mnt/nowhere-at-all")[:2] == (1, "")
    tool(place / "tools", "mount", "exit 32")
    assert put_up(place, DISK) == (1, "", ["changed=1"])
    assert lines(place) == mine
    with (place / "fstab").open("a") as fstab:
        fstab.write(f"UUID=5555-5555 {place}/media vfat nofail 0 0\n")
    assert put_up(place, "5555-5555") == (0, f"{place}/media/kiosk", []), "a stick that is only pulled out now stays the answer"


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """The installed `kiosk`, whose program lies beside it, and a caller's folder in which something else is called kiosk."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program/.venv").symlink_to(sys.prefix)
    (tmp_path / "program/kiosk").symlink_to(ROOT / "kiosk")
    (tmp_path / "program/assets").symlink_to(ROOT / "assets")
    (tmp_path / "caller/kiosk").mkdir(parents=True)
    (tmp_path / "caller/kiosk/__init__.py").write_text("raise SystemExit('a program from the caller's folder')")
    text = (ROOT / "deploy/station/kiosk-command").read_text().replace("/opt/kiosk/current", str(tmp_path / "program"))
    (tmp_path / "kiosk").write_text(text)
    (tmp_path / "kiosk").chmod(0o755)
    tools = tmp_path / "tools"
    tool(tools, "id", "echo 0")
    tool(tools, "getent", 'shift; for name; do echo "$name:x:$name:"; done')
    tool(tools, "setpriv", f'echo "$*" >{tmp_path}/given; while [ "$1" != env ]; do shift; done; exec "$@"')
    return tmp_path


def run_command(place: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Give how it went, and the groups it had."""
    environment = {**os.environ, "PATH": f"{place}/tools:{os.environ['PATH']}"}
    done = subprocess.run(
        [place / "kiosk", *words], cwd=place / "caller", env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    given = (place / "given").read_text().split()
    return done, given[given.index("--groups") + 1].split(",")


def test_command_when_a_file_is_named_means_the_callers_folder_and_takes_no_program_from_it(command: Path) -> None:
    done, groups = run_command(command, "--state", str(command / "state"), "print", "--test", "--to", "slip.png")
    assert done.returncode == 0, done.stderr
    assert (command / "caller/slip.png").stat().st_size > 0
    assert groups == ["kiosk", "lp", "dialout", "input", "audio"]
    done, _ = run_command(command, "--state", str(command / "state"), "restore", "gone.db")
    assert (done.returncode, "gone.db" in done.stderr) == (1, True)


def test_command_when_it_is_the_doctor_may_read_the_journal_and_no_other_may(command: Path) -> None:
    assert run_command(command, "doctor", "--help")[1] == ["kiosk", "lp", "dialout", "input", "audio", "systemd-journal"]
    assert "systemd-journal" not in run_command(command, "backup", "--help")[1]
    for unit in (ROOT / "deploy").glob("*/*.service"):
        assert "systemd-journal" not in unit.read_text()


KEY = "ab" * 32
FILES = ("station.key", "sealed/station.key", "sealed/station.key.new", "units/kiosk-agent.service.d/key.conf")


@pytest.fixture
def chip(tmp_path: Path) -> Path:
    """A machine with a chip that knows what it sealed by its own name, and a key in its file."""
    (tmp_path / "station.key").write_text(KEY)
    (tmp_path / "chip").write_text("A")
    (tmp_path / "current/.venv").mkdir(parents=True)
    (tmp_path / "current/.venv/bin").symlink_to(Path(sys.prefix) / "bin")
    (tmp_path / "current/kiosk").symlink_to(ROOT / "kiosk")
    tools = tmp_path / "tools"
    tool(
        tools,
        "systemd-creds",
        f"""for last; do before=$now; now=$last; done
        case $1 in
        encrypt) [ "$2 $3 $4" = "--with-key=tpm2 --tpm2-pcrs= --name=station.key" ] || exit 9
          {{ cat {tmp_path}/chip; base64 "$before"; }} >"$now" ;;
        decrypt) head -c 1 "$before" | cmp -s - {tmp_path}/chip || exit 1; tail -c +2 "$before" | base64 -d >"$now" ;;
        esac""",
    )
    # as systemd would start a unit that gets it
    tool(
        tools,
        "systemctl",
        f"""[ "$1" = start ] || exit 0
        export CREDENTIALS_DIRECTORY={tmp_path}/given; mkdir -p $CREDENTIALS_DIRECTORY
        file=$(sed -n 's/^LoadCredentialEncrypted=station.key://p' {tmp_path}/$2.service)
        systemd-creds decrypt --name=station.key "$file" $CREDENTIALS_DIRECTORY/station.key || exit 1
        $(sed -n 's/^ExecStart=//p' {tmp_path}/$2.service | sed "s|%d|$CREDENTIALS_DIRECTORY|")
        """,
    )
    tool(tools, "chown", "")
    return tmp_path


def with_chip(place: Path, act: str, typed: str = "") -> tuple[int, list[str]]:
    """Do it; give the status, and which files are there."""
    script = f". deploy/station/seal.sh; TOP={place} KEY={place}/station.key SEALED={place}/sealed/station.key\n"
    script += f"UNIT_FILES={place}/units TRY_FILES={place}\n"
    done = shell(place, f"{script}{act} <<<'{typed}'")
    return done.returncode, [name for name in FILES if (place / name).exists()]


def test_key_when_sealed_leaves_its_file_only_after_a_service_got_it_and_comes_back_by_one_command(chip: Path) -> None:
    assert with_chip(chip, "seal") == (0, ["sealed/station.key", "units/kiosk-agent.service.d/key.conf"])
    assert {path.parent.name for path in (chip / "units").rglob("key.conf")} == {
        f"{unit.stem}.service.d" for unit in (ROOT / "deploy/station").glob("*.service") if _opens_the_store(unit)
    }
    stamps = [path.stat().st_mtime_ns for path in (chip / "units").rglob("key.conf")]
    assert with_chip(chip, "seal") == (0, ["sealed/station.key", "units/kiosk-agent.service.d/key.conf"]), "twice is once"
    assert [path.stat().st_mtime_ns for path in (chip / "units").rglob("key.conf")] == stamps
    assert with_chip(chip, "unseal") == (0, ["station.key"])
    assert (chip / "station.key").read_text() == KEY
    assert with_chip(chip, "unseal") == (0, ["station.key"])
    assert with_chip(chip, "seal")[0] == 0
    # a restore has put the key beside it again
    (chip / "station.key").write_text("cd" * 32)
    assert with_chip(chip, "seal")[0] == 0
    with_chip(chip, "unseal")
    assert (chip / "station.key").read_text() == "cd" * 32, "the newer one is sealed then"


def _opens_the_store(unit: Path) -> bool:
    return re.search(r" /var/lib/kiosk (terminal|board|agent|prepare)\b", unit.read_text()) is not None


def test_key_when_the_chip_fails_stays_in_its_file(chip: Path) -> None:
    works = (chip / "tools/systemctl").read_text()
    tool(chip / "tools", "systemctl", '[ "$1" != start ]')
    assert with_chip(chip, "seal") == (1, ["station.key"])
    (chip / "tools/systemctl").write_text(works.replace("|| exit 1", "&& echo another key >$CREDENTIALS_DIRECTORY/station.key"))
    assert with_chip(chip, "seal") == (1, ["station.key"])
    tool(chip / "tools", "systemd-creds", "exit 1")
    assert with_chip(chip, "seal") == (1, ["station.key"])
    assert (chip / "station.key").read_text() == KEY


def test_key_when_the_chip_was_changed_is_had_from_the_paper_in_the_safe(chip: Path) -> None:
    with_chip(chip, "seal")
    (chip / "chip").write_text("B")
    there = ["sealed/station.key", "units/kiosk-agent.service.d/key.conf"]
    assert with_chip(chip, "unseal") == (1, there)
    assert with_chip(chip, "unseal", "AAAA") == (1, there)
    assert with_chip(chip, "unseal", recovery_code.write(KEY)) == (0, ["station.key"])
    assert (chip / "station.key").read_text().strip() == KEY


def test_command_when_the_key_is_sealed_has_it_for_as_long_as_it_runs(command: Path) -> None:
    text = (command / "kiosk").read_text()
    for path, there in (("/etc/credstore.encrypted", "sealed"), ("/var/lib/kiosk", "state"), ("/run/kiosk-key", "key")):
        text = text.replace(path, str(command / there))
    (command / "kiosk").write_text(text)
    (command / "sealed").mkdir()
    (command / "sealed/station.key").write_text("noise")
    tool(command / "tools", "systemd-creds", f'for last; do :; done; printf {KEY} >"$last"; echo "$last" >{command}/where')
    tool(command / "tools", "chown", "")
    done, _ = run_command(command, "--state", str(command / "state"), "backup", "--code")
    assert recovery_code.write(KEY) in done.stdout, done.stderr
    assert not Path((command / "where").read_text().strip()).parent.exists()
