"""The station's and the hub's configuration as it is installed: what a test on a display in memory cannot try is looked up here."""

import configparser
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.ask_staff import STANDS_S

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
ANSWERS = runpy.run_path(str(DEPLOY / "answers.py"))
answer, told_as = ANSWERS["answer"], ANSWERS["told"]
STATION = sorted((DEPLOY / "station").glob("*.service"))
SERVICES = [*STATION, *sorted((DEPLOY / "county").glob("*.service"))]
ROOTS = ("kiosk-update", "kiosk-settle")
"""What changes the program itself, and so is root's."""
ONCE = ("kiosk-prepare", "kiosk-try", "kiosk-ground")
SCREENS = ("kiosk-terminal", "kiosk-board", "kiosk-display")


def _unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=", comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_units_when_systemd_reads_them_hold_nothing_that_it_does_not_know(tmp_path: Path) -> None:
    for path in [*SERVICES, *DEPLOY.glob("*/*.target"), *DEPLOY.glob("*/*.timer"), *DEPLOY.glob("*/*.path")]:
        # the program is not installed here, and verify looks whether it is there
        text = path.read_text()
        text = re.sub(r"/opt/kiosk/(current|before|next)/\.venv/bin/python|/usr/lib/postgresql/bin/postgres", sys.executable, text)
        (tmp_path / path.name).write_text(text)
        if path in STATION and path.stem not in ROOTS:
            (tmp_path / f"{path.name}.d").mkdir()
            shutil.copy(DEPLOY / "locked.conf", tmp_path / f"{path.name}.d")
    words = ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("*.*[!d]"))]
    said = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60).stderr
    assert [line for line in said.splitlines() if "kiosk" in line] == []


@pytest.mark.parametrize("path", [path for path in STATION if path.stem not in ROOTS], ids=lambda path: path.stem)
def test_unit_when_its_process_ends_or_hangs_is_started_anew_without_rights(path: Path) -> None:
    unit = _unit(path)
    service = unit["Service"]
    assert service["User"] in ("kiosk", "kiosk-display")
    assert service["MemoryMax"]
    if path.stem not in ONCE:
        assert service["Restart"] in ("always", "on-failure")
        assert service["NotifyAccess"] == "main"
    if "Restart" in service and service["Type"] == "notify":
        # every process that says when it is ready says, too, that it is alive
        assert _seconds(service["WatchdogSec"]) > 0
    if path.stem in SCREENS:
        # watchdog and pause together leave three seconds of ten for the start
        assert float(service["WatchdogSec"].removesuffix("s")) <= 6
        assert service["RestartSec"] in ("500ms", "2s")
    locked = _unit(DEPLOY / "locked.conf")["Service"]
    assert locked["NoNewPrivileges"] == "yes"
    assert locked["ProtectSystem"] == "strict"
    assert locked["LimitCORE"] == "0"
    assert locked["CapabilityBoundingSet"] == ""


def test_unit_when_its_process_plays_sound_may_do_so() -> None:
    plays = {"kiosk-terminal": "kiosk/screens/app.py", "kiosk-board": "kiosk/screens/board/app.py"}
    sources = {path: path.read_text("utf-8") for path in (DEPLOY.parent / "kiosk").rglob("*.py")}
    opens = {path for path, text in sources.items() if re.search(r"bootstrap\.open_(chime|speaker)\(|AplayChime\(\)|EspeakSpeaker\(", text)}
    assert {path.relative_to(DEPLOY.parent).as_posix() for path in opens} == {*plays.values(), "kiosk/bootstrap.py"}, (
        "who else makes a sound?"
    )
    for name in plays:
        unit = (DEPLOY / f"station/{name}.service").read_text()
        assert "audio" in _unit(DEPLOY / f"station/{name}.service")["Service"]["SupplementaryGroups"].split()
        assert "DeviceAllow=char-116 rw\n" in unit
    # the sound of two at once is mixed by who meets the other under /tmp
    assert _unit(DEPLOY / "station/kiosk-board.service")["Unit"]["JoinsNamespaceOf"] == "kiosk-terminal.service"


def test_update_when_it_ends_badly_or_the_power_goes_is_undone_by_the_program_before() -> None:
    update, settle = _unit(DEPLOY / "station/kiosk-update.service"), _unit(DEPLOY / "station/kiosk-settle.service")
    assert update["Unit"]["OnFailure"] == "kiosk-settle.service"
    # it stops and starts the target, and must not be stopped with it
    assert "PartOf" not in update["Unit"]
    assert update["Service"]["WorkingDirectory"] == "/opt/kiosk/current"
    assert update["Service"]["PrivateNetwork"] == settle["Service"]["PrivateNetwork"] == "yes"
    assert settle["Service"]["WorkingDirectory"] == "/opt/kiosk/before"
    # else the start of what is on trial would begin with its end (found on a booted system)
    assert settle["Install"]["WantedBy"] == "multi-user.target"
    assert settle["Unit"]["ConditionPathExists"] == "/opt/kiosk/update/trying"
    started = {f"{path.stem}.service" for path in STATION if path.stem not in (*ROOTS, "kiosk-try")}
    assert set(settle["Unit"]["Before"].split()) == started
    system = (DEPLOY / "station/system.sh").read_text()
    units, roots = (re.search(rf'^{name}="(.*)"', system, re.MULTILINE) for name in ("UNITS", "ROOTS"))
    assert units is not None
    assert roots is not None
    assert {*units[1].split(), *roots[1].split()} == {path.stem for path in STATION}


def test_terminal_when_it_cannot_start_makes_room_for_the_page_that_says_so() -> None:
    terminal, page = _unit(DEPLOY / "station/kiosk-terminal.service")["Unit"], _unit(DEPLOY / "station/kiosk-help.service")["Unit"]
    assert terminal["OnFailure"] == terminal["Conflicts"] == "kiosk-help.service"
    assert page["OnSuccess"] == "kiosk-terminal.service"
    assert page["StartLimitIntervalSec"] == "0"


def test_terminal_when_its_starts_hang_or_crash_is_given_up_after_three_to_five_and_tried_again_later() -> None:
    unit = _unit(DEPLOY / "station/kiosk-terminal.service")
    service, burst, counted = unit["Service"], int(unit["Unit"]["StartLimitBurst"]), _seconds(unit["Unit"]["StartLimitIntervalSec"])
    # systemd gives each of the two commands its own time, and a start that hangs is killed at once
    waits = float(re.search(r"timeout (\d+) ", service["ExecStartPre"])[1])  # type: ignore[index]
    assert service["TimeoutStartFailureMode"] == "kill"
    hangs = waits + _seconds(service["TimeoutStartSec"]) + _seconds(service["RestartSec"])
    assert 3 <= burst <= 5
    assert burst * hangs < counted, "else a start that hangs each time is tried for ever before a black screen"
    assert _seconds(service["TimeoutStartSec"]) > 21, "home came 21 s after the start at a load of 13"
    assert burst * (_seconds(service["TimeoutStartSec"]) + 1) <= 180, "so long nobody is told anything but to wait"
    # the page stands until starts are no longer counted: else the next one would be refused
    assert counted <= STANDS_S


def test_screens_when_the_store_is_prepared_or_a_start_hangs_show_that_one_must_wait() -> None:
    ground, display = _unit(DEPLOY / "station/kiosk-ground.service"), _unit(DEPLOY / "station/kiosk-display.service")["Unit"]
    # started by each display server anew, and before anything is known of the store
    assert display["Wants"] == "kiosk-ground.service"
    assert ground["Unit"]["BindsTo"] == "kiosk-display.service"
    assert ground["Unit"]["After"] == "kiosk-display.service"
    assert "kiosk-prepare.service" not in display["After"]


def _seconds(told: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|min|)", told).groups()  # type: ignore[union-attr]
    return float(number) * {"ms": 0.001, "s": 1, "": 1, "min": 60}[unit]


def test_consoles_when_a_visitor_has_a_keyboard_give_no_login() -> None:
    xorg = (DEPLOY / "station/xorg.conf").read_text()
    for option in ("DontVTSwitch", "DontZap", "DontZoom"):
        assert f'Option "{option}" "true"' in xorg
    assert 'MatchIsKeyboard "on"\n    Option "Ignore" "on"' in xorg
    assert "NAutoVTs=0" in (DEPLOY / "station/logind.conf").read_text()
    assert "kernel.sysrq = 0" in (DEPLOY / "station/sysctl.conf").read_text()
    install = (DEPLOY / "install.sh").read_text()
    assert "mask -q ctrl-alt-del.target getty@tty1.service" in install
    display = (DEPLOY / "station/kiosk-display.service").read_text()
    assert "TTYVTDisallocate=yes" in display
    assert 'UDISKS_IGNORE}="1"' in (DEPLOY / "station/udev.rules").read_text()
    # nothing that mounts what is plugged in, nor a window manager, is installed
    assert not {"udisks2", "gvfs", "usbmount", "openbox", "xterm"} & set(install.split())


@pytest.mark.parametrize("script", ["install.sh", "county/install.sh"])
def test_installer_when_it_is_told_something_unknown_says_what_it_knows_and_does_nothing(script: str) -> None:
    done = subprocess.run([DEPLOY / script, "--nonsense"], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "--nonsense" in done.stderr
    assert "--remove [--with-state]" in done.stderr


KEYS = ("printer", "speaker", "terminal.left", "terminal.width", "board.left")


@given(
    st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)),
    st.booleans(),
)
def test_answers_when_written_twice_stand_once_beside_what_was_there(told: dict[str, str], keep: bool) -> None:
    old = ["# ours", 'speaker = "silent"', "", "[terminal]", "left = 7 # by hand", "", "[wide]", "x = 1"]
    lines = old
    for key, value in [*told.items(), *told.items()]:
        lines = answer(lines, key, value, keep)
    read, was = tomllib.loads("\n".join(lines)), tomllib.loads("\n".join(old))
    for key, value in told.items():
        section, _, name = key.rpartition(".")
        got = (read[section] if section else read)[name]
        before = (was.get(section, {}) if section else was).get(name)
        expected = before if keep and before is not None else tomllib.loads(f"v = {told_as(value)}")["v"]
        assert got == expected
    assert lines[0] == "# ours"
    assert [told_as(value) for value in ("55", "64.5", "true", "1.2.3", "HDMI-1")] == ["55", "64.5", "true", '"1.2.3"', '"HDMI-1"']
    assert read["wide"] == {"x": 1}
