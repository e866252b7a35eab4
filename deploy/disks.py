"""Names what the nightly copies may lie on, a line each: UUID, size, label, file system, as `lsblk` told it on standard input.

    lsblk -J -b -o NAME,UUID,LABEL,FSTYPE,SIZE,RO,MOUNTPOINTS | python3 disks.py [MOUNTED…]

Left out: a disk of which anything is in use elsewhere than under /media and /mnt, which the system's own is; one that is mounted at one of
the places given, for the program is being installed from it; what is too small, cannot be written, or has no file system that Linux
writes. Nothing is ever written here. Standard library only.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

WRITES = {"ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", "exfat", "ntfs"}
LEAST_BYTES = 4_000_000_000
"""Eleven copies of a large store; a boot partition is smaller."""
FREE = ("/media/", "/mnt/")


def whole(device: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a disk and all that lies on it."""
    yield device
    for part in device.get("children") or ():
        yield from whole(part)


def places(device: dict[str, Any]) -> list[str]:
    """Say where a part is mounted."""
    return [place for place in device.get("mountpoints") or () if place]


def is_free(place: str) -> bool:
    """Say whether what is mounted there is nothing of the system's."""
    return f"{place}/".startswith(FREE)


def found(told: dict[str, Any], away: list[str]) -> Iterator[str]:
    """Give the lines."""
    for disk in told["blockdevices"]:
        parts = list(whole(disk))
        used = [place for part in parts for place in places(part)]
        if any(place in away or not is_free(place) for place in used):
            continue
        for part in parts:
            kind, size = part.get("fstype"), int(part.get("size") or 0)
            if part.get("uuid") and kind in WRITES and size >= LEAST_BYTES and not part.get("ro"):
                label = " ".join(c for c in [part.get("label") or "", kind] if c)
                yield f"{part['uuid']}  {size / 1e9:.0f} GB  {label}"


if __name__ == "__main__":
    for line in found(json.load(sys.stdin), sys.argv[1:]):
        print(line)
