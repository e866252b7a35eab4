"""What hangs on this machine, as the kernel tells everybody. Opens no device: nobody is disturbed."""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

DIRECT = 1 << 1
"""INPUT_PROP_DIRECT: a touch screen, not a touch pad (linux/input-event-codes.h)."""
XORG = Path("etc/X11/xorg.conf.d/90-kiosk.conf")
UNASSIGNED = "\U0010ffff"
"""Never a character: what is drawn for it is what is drawn for want of one."""
LOOKED_AT_PX = 16


@dataclass(frozen=True, slots=True)
class Screen:
    """An output with something on it: its name, and its first mode, which is the best one."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TouchScreens:
    """Names of the touch screens, and whether one is laid onto its own screen; None where nobody has written that down."""

    names: tuple[str, ...]
    laid: bool | None


def screens(root: Path = Path("/")) -> list[Screen] | None:
    """Give the outputs that something hangs on; None where the kernel knows no outputs at all (a screen in memory)."""
    folder = root / "sys/class/drm"
    outputs = sorted(folder.glob("card*-*"))
    found = []
    for output in outputs:
        if _word(output / "status") == "connected":
            size = re.match(r"(\d+)x(\d+)", _word(output / "modes"))
            wide, high = (int(n) for n in size.groups()) if size else (0, 0)
            found.append(Screen(output.name.partition("-")[2], wide, high))
    return found if outputs else None


def touch_screens(root: Path = Path("/")) -> TouchScreens:
    """Give the touch screens, and what the display server was told of them."""
    names = []
    for device in sorted(root.glob("sys/class/input/event*/device")):
        try:
            properties = int((_word(device / "properties") or "0").split()[-1], 16)
        except ValueError:
            continue
        if properties & DIRECT:
            names.append(_word(device / "name"))
    try:
        laid = "TransformationMatrix" in (root / XORG).read_text("utf-8", "replace")
    except OSError:
        laid = None
    return TouchScreens(tuple(names), laid)


def sound_cards(root: Path = Path("/")) -> int:
    """Count the sound cards."""
    try:
        return len(re.findall(r"^ *\d+ \[", (root / "proc/asound/cards").read_text("utf-8", "replace"), re.MULTILINE))
    except OSError:
        return 0


def is_mute(root: Path = Path("/")) -> bool:
    """Say whether there is something to play on, and this process may not: neither its groups nor its unit's devices let it."""
    outputs = list(root.glob("dev/snd/pcmC*D*p"))
    return bool(outputs) and not any(os.access(output, os.W_OK) for output in outputs)


def has_battery_clock(root: Path = Path("/")) -> bool:
    """Say whether the machine has a clock that goes on while it is off."""
    return any(root.glob("sys/class/rtc/rtc*"))


def lacks(programs: Iterable[str]) -> list[str]:
    """Give the programs that are not installed."""
    return [name for name in programs if shutil.which(name) is None]


def missing(face: Path, characters: Iterable[str]) -> str:
    """Give the characters that a face cannot draw; raise OSError where there is no face."""
    font = ImageFont.truetype(str(face), LOOKED_AT_PX)
    nothing = font.getmask(UNASSIGNED, mode="1")
    blank = nothing.size, bytes(nothing)
    found = ""
    for c in characters:
        drawn = font.getmask(c, mode="1")
        if (drawn.size, bytes(drawn)) == blank:
            found += c
    return found


def reachable(path: str) -> str:
    """Say what hinders reading a device: missing, denied, or nothing."""
    if not Path(path).exists():
        return "missing"
    return "" if os.access(path, os.R_OK) else "denied"


def is_read_only(folder: Path) -> bool:
    """Say whether the file system takes no writes; raise OSError where there is no folder."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _word(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
