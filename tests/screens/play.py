"""Run the terminal by hand on the sample office: python -m tests.screens.play WIDTH HEIGHT [LEFT [PAGE [key=value…]]] (DISPLAY must be set)."""

import sys
from datetime import timedelta
from pathlib import Path

from kiosk.config import Settings, WindowPlace
from kiosk.screens import fonts
from kiosk.screens.window import prepare
from tests.screens.sample import NOW, SampleOffice


def main() -> None:
    width, height, left = (int(a) for a in [*sys.argv[1:], "0"][:3])
    state = Path("/tmp/kiosk-play")
    fonts.extract(state / "fonts")
    place = WindowPlace(left=left, top=0, width=width, height=height)
    prepare(place, state, state / "fonts")
    try:
        import kiosk.qr
    except ModuleNotFoundError:
        import types, qrcode

        m = types.ModuleType("kiosk.qr")

        def modules(x):
            q = qrcode.QRCode(border=0, error_correction=0)
            q.add_data(x)
            q.make(fit=True)
            return q.get_matrix()

        m.modules = modules
        sys.modules["kiosk.qr"] = m
    from kiosk.screens.terminal import Parts, Terminal

    from kiosk.screens import pages
    from kiosk.screens.visit import Place

    settings = Settings(state=str(state), terminal=place)
    terminal = Terminal(
        Parts(office=SampleOffice(), settings=settings, now=lambda: NOW + timedelta(0))
    )
    pages.PAGES["kit"] = "visitor.kit"
    if sys.argv[4:5] in (["kit"], ["kitlist"]):
        from tests.screens.kit_page import KitListScreen, KitScreen

        pages._loaded |= {"kit": KitScreen, "kitlist": KitListScreen}
    if sys.argv[4:]:
        args = dict(a.split("=", 1) for a in sys.argv[5:])
        terminal.visit.stack.append(Place(sys.argv[4], args))
    terminal.run()


if __name__ == "__main__":
    main()
