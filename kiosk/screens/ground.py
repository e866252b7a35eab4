"""正在准备，请稍等: what both screens show while neither terminal nor board does.

Before their first picture, and while one of them starts anew, it is the X server's own ground, under every window, and stays there
without a process. So a store that is being mended or upgraded, or a start that hangs, is no black screen.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import Settings
from kiosk.screens import bare
from kiosk.screens.bare import Line
from kiosk.screens.theme import Palette
from kiosk.text import t

if TYPE_CHECKING:
    from PIL import Image


def picture(width: int, height: int, folder: Path, name: str) -> "Image.Image":
    """Draw the page for a screen of this size, in pixels; `folder` holds the faces."""
    lines = [
        Line(t("starting.title"), 96, 380, bold=True),
        Line(t("starting.text"), 44, 500),
        Line(t("starting.lost"), 40, 570, colour=Palette.quiet),
    ]
    return bare.picture(width, height, folder, name, "timer-sand", lines)


def lay(settings: Settings) -> int:
    """Lay the page under where terminal and board stand; give 0."""
    from Xlib import display

    line = display.Display()
    screen = line.screen()
    wide, high, depth = screen.width_in_pixels, screen.height_in_pixels, screen.root_depth
    ground = screen.root.create_pixmap(wide, high, depth)
    pen = ground.create_gc(foreground=bare.pixel(Palette.ground))
    ground.fill_rectangle(pen, 0, 0, wide, high)
    name, _ = bare.known(settings.state_dir)
    for place in (settings.terminal, settings.board):
        if place.left < wide and place.top < high:  # there may be no board
            image = picture(place.width, place.height, settings.state_dir / "fonts", name)
            bare.paint(ground, pen, depth, image, place.left, place.top)
    screen.root.change_attributes(background_pixmap=ground)
    screen.root.clear_area()
    ground.free()
    line.sync()
    line.close()
    return 0
