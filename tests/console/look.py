"""Pictures of the console with the marked samples in it, in real Chromium: `python -m tests.console.look DIR [PATH…]`.

Without paths every room of the centre is photographed, in a window of a civil servant's laptop and of a large screen.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from kiosk.county.console.roles import SECTIONS, Role
from kiosk.county.listing_rows import catch_up
from kiosk.county.rulings import Rulings
from kiosk.county.seed import seed_sample
from kiosk.services.fill import STATION
from kiosk.services.rules import texts_of
from kiosk.services.sample import load_sample
from tests.console.conftest import PASSWORD, Browser, Console
from tests.desk.chromium import Chromium
from tests.hub_parts import COUNTY, TestHub, fresh_database, make_hub, running_cluster
from tests.station import ASSETS

SIZES = ((1366, 768), (1920, 1080))


def sign_in(chromium: Chromium, browser: Browser, login: str) -> None:
    """Sign in as a person does, with the digits of the next half minute."""
    browser.hub.clock.tick(seconds=30)
    chromium.open(f"{browser.hub.base}/console/sign-in")
    for field, words in (("login", login), ("password", PASSWORD), ("digits", browser.digits())):
        chromium.type(field, words)
    chromium.click("登录")


def with_samples(hub: TestHub) -> Console:
    """Fill an empty hub with what the county publishes and what all stations but ours have pushed."""
    hub.clock.now = datetime.now(UTC)
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE station, record, feed")
    seed_sample(hub.engine, hub.vault, COUNTY, load_sample(ASSETS / "sample", hub.clock()), STATION, hub.clock())
    catch_up(hub.engine, COUNTY, hub.clock, Rulings(COUNTY, texts_of(ASSETS / "rules")), 60)
    return Console(hub)


def main(out: Path, paths: list[str]) -> None:
    """Photograph pages."""
    out.mkdir(parents=True, exist_ok=True)
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        hub = make_hub(fresh_database(cluster), Path(folder))
        hub.reset()
        console = with_samples(hub)
        chromium = Chromium(Path(folder) / "profile", None)
        try:
            browser = console.browser()
            browser.join("zhoumin", console.invite("zhoumin", Role.CENTRE))
            sign_in(chromium, browser, "zhoumin")
            for path in paths or [section.path for section in SECTIONS]:
                for width, height in SIZES:
                    chromium.resize(width, height)
                    chromium.open(f"{hub.base}/console{path}")
                    chromium.picture(out / f"{path.strip('/').replace('/', '-').replace('?', '-') or 'today'}-{width}.png")
        finally:
            chromium.close()
            hub.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
