"""How the board sets the policies and courses of the samples on its usual screen: `python -m tests.gallery.board_sizes DIR INSTANT`.

DISPLAY set. Printed as JSON by the title: the sizes of title, lead, facts and body, and how many facts stand in each row.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kiosk.config import BoardSettings, WindowPlace
from kiosk.domain.measures import CHINA
from kiosk.screens import fonts
from kiosk.screens.window import prepare
from kiosk.services.sample import load_sample
from tests.screens.play import FONTS
from tests.station import ASSETS

PLACE = WindowPlace(left=0, top=0, width=1920, height=1080)


def main(folder: Path, now: datetime) -> None:
    """Set each."""
    fonts.extract(FONTS)
    prepare(PLACE, folder, FONTS, frames_s=0)
    from kiosk.screens.board import contents
    from kiosk.screens.board.leaf import _inside
    from kiosk.screens.board.sheet_fitting import set_sheet
    from kiosk.screens.board.sizes import sizes_for

    here: Any = SimpleNamespace(phone_base="https://hub")
    known, sizes = load_sample(ASSETS / "sample", now), sizes_for(PLACE, BoardSettings())
    sheets = [contents.policy(here, one) for one in known.policies]
    sheets += [contents.training(here, one, now.astimezone(CHINA).date()) for one in known.trainings]
    made = {sheet.title: set_sheet(sheet, *_inside(sizes.beside, sizes), sizes, True) for sheet in sheets}
    found = {
        title: [[one.title.size_px, one.lead.size_px, one.fact_px, one.body.size_px], [len(row) for row in one.facts]]
        for title, one in made.items()
    }
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
