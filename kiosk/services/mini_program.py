"""The mini-program's code that the county published, as a file that a screen can show."""

import base64
import binascii
import hashlib
from pathlib import Path

from kiosk.domain.rule_sheet import MINI_PROGRAM, RuleSheet, in_force
from kiosk.services.station import Here

MAGIC = b"\x89PNG\r\n\x1a\n"


def picture(here: Here, folder: Path) -> str:
    """Give the path of the code that holds today, written into `folder` when it is new there; empty where there is none.

    A code that is no picture, or that cannot be written, is as none.
    """
    with here.store.read() as u:
        sheet = in_force(u.list(RuleSheet, name=MINI_PROGRAM), here.today()).get(MINI_PROGRAM)
    if sheet is None or not sheet.text:
        return ""
    path = folder / f"mini-program-{hashlib.sha256(sheet.text.encode()).hexdigest()[:16]}.png"
    try:
        if not path.exists():
            content = base64.b64decode(sheet.text, validate=True)
            if not content.startswith(MAGIC):
                return ""
            folder.mkdir(exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(content)
            for old in folder.glob("mini-program-*.png"):
                old.unlink(missing_ok=True)
            part.replace(path)
    except (OSError, binascii.Error, ValueError):
        return ""
    return str(path)
