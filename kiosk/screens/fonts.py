"""The faces the screens are set in: taken out of Debian's collection once, at install time, and registered at start.

The Noto CJK collections open at face 0, which is Japanese, and Kivy cannot choose a face: the simplified Chinese one is index 2.
It is cut to what has a character of its own, without subroutines and without the tables for vertical and typographic setting: SDL_ttf opens
a face anew for every size, and a size of the whole face takes 2.4 MB, of this one 0.3.
Icons come from the font inside the package fonticon-materialdesignicons7; its names are written beside the faces as JSON, because
importing the package's own table costs 25 ms at every start. Knows no colours and no sizes.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from kiosk.errors import ConfigError

SOURCE = Path("/usr/share/fonts/opentype/noto")
SC_FACE = 2
REGULAR, BOLD, ICON_NAMES = "ScreenSC-Regular.otf", "ScreenSC-Bold.otf", "icons.json"
UNUSED = "GSUB,GPOS,GDEF,BASE,VORG,vhea,vmtx"
TEXT_FONT, ICON_FONT = "Noto Sans CJK SC", "Material Design Icons"
_icons: dict[str, str] = {}


def extract(folder: Path, source: Path = SOURCE) -> None:
    """Write both weights and the icon names into `folder` (1 s); what is there stays. Raises ConfigError when that cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    for weight, name in (("Regular", REGULAR), ("Bold", BOLD)):
        if not (folder / name).exists():
            _extract_face(source / f"NotoSansCJK-{weight}.ttc", folder / name)
    if not (folder / ICON_NAMES).exists():
        from fonticon_mdi7 import MDI7

        names = {k.replace("_", "-"): v.split(".", 1)[1] for k, v in vars(MDI7).items() if not k.startswith("__")}
        _replace(folder / ICON_NAMES, json.dumps(names).encode())


def _extract_face(collection: Path, target: Path) -> None:
    if not collection.exists():
        raise ConfigError(f"{collection}: not there; install Debian's fonts-noto-cjk")
    part = _part(target)
    cut = ["--unicodes=*", "--desubroutinize", f"--drop-tables={UNUSED}"]
    words = ["hb-subset", f"--face-index={SC_FACE}", *cut, f"--output-file={part}", str(collection)]
    try:
        subprocess.run(words, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise ConfigError("hb-subset: not there; install Debian's libharfbuzz-bin") from error
    except subprocess.CalledProcessError as error:
        raise ConfigError(f"{collection}: {error.stderr}") from error
    part.replace(target)


def _part(target: Path) -> Path:
    """Name the file to write before it takes its place; terminal and board may both be at it."""
    return target.with_suffix(f".{os.getpid()}.part")


def _replace(target: Path, content: bytes) -> None:
    part = _part(target)
    part.write_bytes(content)
    part.replace(target)


def icon_font() -> Path:
    """Find the icon font without importing its package."""
    spec = find_spec("fonticon_mdi7")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("fonticon-materialdesignicons7 is not installed")
    return Path(spec.submodule_search_locations[0]) / "fonts" / "materialdesignicons-webfont.ttf"


def register(folder: Path) -> None:
    """Make the faces in `folder` known to Kivy; raises ConfigError naming the file that is missing."""
    from kivy.core.text import LabelBase

    icons = icon_font()
    for path in (folder / REGULAR, folder / BOLD, folder / ICON_NAMES, icons):
        if not path.exists():
            raise ConfigError(f"{path}: font missing; run the install step again")
    LabelBase.register(TEXT_FONT, str(folder / REGULAR), fn_bold=str(folder / BOLD))
    LabelBase.register(ICON_FONT, str(icons))
    _icons.update(json.loads((folder / ICON_NAMES).read_text()))


def icon(name: str) -> str:
    """Give the character of an icon by its Material Design name (hand-heart); raises KeyError for an unknown one."""
    return _icons[name]


def known_icons(folder: Path) -> frozenset[str]:
    """Give every icon name, for checks."""
    return frozenset(json.loads((folder / ICON_NAMES).read_text()))


if __name__ == "__main__":
    extract(Path(sys.argv[1]))
