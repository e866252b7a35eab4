"""Walks all states in one window: `python -m tests.gallery.walk JSON` prints findings, one JSON object a line.

Run by `tests.gallery` and by the tests with DISPLAY set; the window is as large as they say.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from kiosk.config import WindowPlace
from kiosk.screens import fonts
from kiosk.screens.window import prepare
from tests.screens.play import FONTS


def main() -> None:
    """Walk. JSON has width, height, full, empty, work, looks (large, contrast, low), pictures (a folder or nothing), only, keep."""
    wanted = json.loads(sys.argv[1])
    width, height = wanted["width"], wanted["height"]
    work = Path(wanted["work"])
    fonts.extract(FONTS)
    prepare(WindowPlace(left=0, top=0, width=width, height=height), work, FONTS, frames_s=0)
    from tests.gallery.stage import Stage
    from tests.gallery.stations import NOW

    stage = Stage(Path(wanted["full"]), Path(wanted["empty"]), work, NOW)
    for large, contrast, low in wanted["looks"]:
        stage.renew()
        _walk(stage, wanted, large, contrast, low)


def _walk(stage: Any, wanted: dict[str, Any], large: bool, contrast: bool, low: bool) -> None:
    from tests.gallery.lint import lost, wrong
    from tests.gallery.states import STATES

    form = "lying" if wanted["width"] > wanted["height"] else "upright"
    look = "-".join([form, *(["large"] if large else []), *(["contrast"] if contrast else []), *(["low"] if low else [])])
    for number, state in enumerate(STATES):
        if wanted["only"] not in state.title or (wanted.get("keep") and state.forgets):
            continue
        began, spoken = time.perf_counter(), ""
        stage.said = []
        try:
            state.build(stage, large=large, contrast=contrast, low=low)
            spoken = stage.spoken()
            found = wrong(stage, wanted["width"], wanted["height"], state.shortens)
            if found:
                # a column measures itself after it was laid out
                stage.pump(12)
                found = wrong(stage, wanted["width"], wanted["height"], state.shortens)
            if wanted.get("keep"):
                found += lost(stage)
        except Exception as error:  # noqa: BLE001 - one state that cannot be built must not hide the others
            import traceback

            found = [f"could not be built: {error!r} {traceback.format_exc(limit=-4)}"]
        picture = ""
        if wanted["pictures"]:
            picture = f"{look}/{number:03d}-{state.title.replace(' ', '-').replace(',', '')}.png"
            stage.picture(Path(wanted["pictures"]) / picture)
        took = round(time.perf_counter() - began, 3)
        line = {
            "look": look,
            "state": state.title,
            "wrong": found,
            "picture": picture,
            "spoken": spoken,
            "said": stage.said,
            "took_s": took,
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
