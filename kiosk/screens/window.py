"""Makes Kivy a kiosk before it is imported: no command line, no files of its own, no Escape, no settings screen, one touch at a time.

Kivy reads all of this at import, so the composition root calls `prepare` first. Nothing here outlives the process.
"""

import logging
import os
from pathlib import Path

from kiosk.config import WindowPlace
from kiosk.screens.visual import plain_visual


def prepare(place: WindowPlace, state: Path, fonts_folder: Path, frames_s: int = 60) -> None:
    """Set Kivy up for a borderless window at `place`, and register the faces; it looks for work at most `frames_s` times a second.

    Raises ConfigError when a font is missing.
    """
    os.environ |= {
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_NO_CONSOLELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_HOME": str(state / "kivy"),
        # SDL drops a touch that comes together with the focus: the first one after the start was lost
        "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",
        # never straight on the graphics card, where the wheel's SDL would draw, unseen, when the X server turns it away
        "SDL_VIDEODRIVER": "x11",
    }
    if visual := plain_visual():
        os.environ["SDL_VIDEO_X11_WINDOW_VISUALID"] = visual
    (state / "kivy").mkdir(parents=True, exist_ok=True)
    from kivy.config import Config

    graphics = {
        "position": "custom",
        "left": place.left,
        "top": place.top,
        "width": place.width,
        "height": place.height,
        "borderless": 1,
        "resizable": 0,
        "multisamples": 0,
        "show_cursor": 0,
        "maxfps": frames_s,
    }
    for name, value in graphics.items():
        Config.set("graphics", name, str(value))
    Config.set("kivy", "exit_on_escape", "0")
    logging.getLogger("kivy").setLevel(logging.WARNING)
    # one pointer, as Xorg makes it of the touch screen; probesysfs beside it would give every touch twice
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "pointer", "finger,disable_multitouch,disable_hover")
    _replace_style()
    from kiosk.screens import finger, fonts

    finger.install()
    fonts.register(fonts_folder)
    name_shortcuts()
    _look_at_one_pixel()


def _look_at_one_pixel() -> None:
    """Fill grounds without looking between the pixels of what has one colour: a third of their time with software OpenGL."""
    import kivy.core.window  # noqa: F401 - the texture needs its context
    from kivy.graphics import BindTexture

    plain = BindTexture().texture
    plain.mag_filter = plain.min_filter = "nearest"


def _replace_style() -> None:
    """Let Kivy read our style.kv, which stands beside this file, where it would read its own."""
    import kivy

    own, kivy.kivy_data_dir = kivy.kivy_data_dir, str(Path(__file__).parent)
    import kivy.lang.builder

    kivy.kivy_data_dir = own


def name_shortcuts() -> None:
    """Let every .kv say theme, px, fs, t and the sizes of the grid without importing them."""
    from kivy.lang import Builder
    from kivy.lang.parser import global_idmap

    from kiosk.screens import theme as look
    from kiosk.text import t

    theme = look.theme
    global_idmap.update(theme=theme, px=theme.px, fs=theme.fs, t=t, HEADER=look.HEADER, MARGIN=look.MARGIN, GAP=look.GAP)
    here = Path(__file__).parent
    import kiosk.screens.widgets.kit  # noqa: F401 - the classes must be known before their rules are read

    for kv in (*sorted((here / "widgets").glob("*.kv")), here / "shell.kv"):
        Builder.load_file(str(kv))
