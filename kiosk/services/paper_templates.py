"""Templates of the papers of a claim: the county's own where it has set one, else those that the program came with."""

import base64
from pathlib import Path

from kiosk.domain.rule_sheet import PAPERS, RuleSheet, in_force
from kiosk.services.station import Here


def template_of(here: Here, shipped: Path, file: str) -> bytes:
    """Give the template that holds today for one of the files in PAPERS; `shipped` is the folder of those the program came with."""
    with here.store.read() as u:
        sheets = in_force((sheet for sheet in u.list(RuleSheet) if PAPERS.get(sheet.name) == file), here.today())
    own = next((sheet.text for sheet in sheets.values() if sheet.text), "")
    return base64.b64decode(own) if own else (shipped / file).read_bytes()
