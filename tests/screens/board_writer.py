"""Changes a station's store beside a board that plays its day: in a process of its own, as at a station, and so that what writing keeps in
memory does not count as the board's.

    python -m tests.screens.board_writer STATE

For each instant on standard input one listing is approved and the oldest goes: the evening has as much work as the morning, for more of it
may need more memory.
"""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from kiosk import bootstrap
from kiosk.config import load
from kiosk.domain.listing import Takedown
from kiosk.domain.record import new_id
from kiosk.services.station import Here
from tests.station import a_listing, a_review


def main() -> None:
    """Write until the input ends."""
    here = bootstrap.open_here(load(Path(sys.argv[1])))
    for number, line in enumerate(sys.stdin, 1):
        _change(replace(here, clock=partial(datetime.fromisoformat, line.strip())), number)


def _change(here: Here, number: int) -> None:
    now, day = here.now(), here.today() + timedelta(days=1)
    listing = a_listing(now, station_id=here.station_id, title=f"新活{number}", starts_on=day, ends_on=day + timedelta(days=2))
    with here.store.write() as u:
        oldest = list(u.newest())[-1].listing.id
        u.put(listing, a_review(listing, now))
        u.put(Takedown(id=new_id(now), station_id=here.station_id, listing_id=oldest, by_name="李芳", reason="招满了", taken_down_at=now))


if __name__ == "__main__":
    main()
