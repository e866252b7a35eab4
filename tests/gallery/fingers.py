"""What XTEST cannot do on a real terminal in this process: several fingers at once, and jobs that come in between two frames.

`python -m tests.gallery.fingers JSON`, DISPLAY set. Touches go in where Kivy's providers put theirs; what happened is printed as JSON.
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
    """Play each of the scenes."""
    wanted = json.loads(sys.argv[1])
    fonts.extract(FONTS)
    prepare(WindowPlace(left=0, top=0, width=1920, height=1080), Path(wanted["work"]), FONTS, frames_s=0)
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.input.motionevent import MotionEvent

    from kiosk.domain.codes import AgeBand, Trade
    from kiosk.screens.visit import Place
    from kiosk.text import t
    from tests.gallery.stage import Stage
    from tests.gallery.stations import NOW
    from tests.station import a_listing, a_review

    stage = Stage(Path(wanted["full"]), Path(wanted["empty"]), Path(wanted["work"]), NOW)

    class Finger(MotionEvent):  # type: ignore[misc]
        """One finger."""

        def __init__(self, name: str, words: str) -> None:
            x, y = stage.button(words).to_window(*stage.button(words).center)
            super().__init__("test", name, (x / Window.width, y / Window.height), is_touch=True, type_id="touch")

        def depack(self, args: Any) -> None:
            """Take the place."""
            self.sx, self.sy = args
            self.profile = ("pos",)
            super().depack(args)

        def down(self) -> "Finger":
            """Touch."""
            EventLoop._dispatch_input("begin", self)
            stage.pump(2)
            return self

        def up(self) -> None:
            """Let go."""
            EventLoop._dispatch_input("end", self)
            stage.pump(4)

    def at_home() -> None:
        stage.reset()
        stage.open(Place("home"))
        time.sleep(1.0)

    seen: dict[str, Any] = {}
    find, register = "找活干", "我要登记"

    at_home()
    palm = Finger("palm", find).down()
    time.sleep(0.6)
    Finger("finger", register).down().up()
    seen["a finger while a palm rests"] = stage.visit.place.page
    palm.up()
    seen["the palm is lifted"] = stage.visit.place.page

    at_home()
    first = Finger("first", find).down()
    second = Finger("second", register).down()
    second.up()
    first.up()
    seen["two at once"] = stage.visit.place.page

    at_home()
    draft = stage.visit.registration
    draft.consented_at, draft.age_band, draft.name, draft.phone = NOW, AgeBand.ADULT, "王秀兰", "19900009876"
    draft.trades, draft.pay_fen = (Trade.LOADING,), 18000
    stage.open(Place("trades"))
    words = t("trades.next", count=1)
    Finger("once", words).down().up()
    seen["once"] = stage.visit.place.page
    time.sleep(0.2)
    Finger("echo", t("pay.finish")).down().up()
    seen["the echo of a tap"] = stage.visit.place.page
    time.sleep(1.0)
    Finger("again", t("pay.finish")).down().up()
    seen["a tap that is meant"] = stage.visit.place.page

    at_home()
    watch = stage.terminal._idle
    stage.visit.touched = True
    watch.touched()
    watch._touched_at -= watch._idle_s - watch._warning_s
    watch.look()
    seen["warned"] = stage.terminal.shell is not None and stage.terminal.shell.dialog is not None
    beside = Finger("beside", find)
    beside.sx, beside.sy = 0.01, 0.5
    beside.down().up()
    watch.look()
    seen["warned after a touch beside"] = stage.terminal.shell is not None and stage.terminal.shell.dialog is not None
    seen["what was entered is kept"] = stage.visit.touched

    stage.reset()
    stage.open(Place("jobs"))
    page, jobs = stage.page, []
    with stage.here.store.write() as u:
        for _ in range(5):
            jobs.append(a_listing(stage.here.now(), station_id=stage.here.station_id))
            u.put(jobs[-1], a_review(jobs[-1], stage.here.now()))
    page._ask(page._next)
    stage.pump(8)
    shown = [row["listing_id"] for row in page.ids.list.view.data]
    seen["rows after others came"], seen["of them twice"] = len(shown), len(shown) - len(set(shown))
    page.ids.list.ids.view.scroll_y = 0.4
    stage.visit.go("detail", listing_id=shown[30])
    stage.pump(8)
    stage.visit.back()
    stage.pump(12)
    back = [row["listing_id"] for row in stage.page.ids.list.view.data]
    seen["come back to the same place"] = back[5:] == shown[:30] and stage.page.ids.list.ids.view.scroll_y == 0.4
    print(json.dumps(seen, ensure_ascii=False))


if __name__ == "__main__":
    main()
