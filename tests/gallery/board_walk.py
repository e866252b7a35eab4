"""Shows everything a board can show in one window: `python -m tests.gallery.board_walk JSON` prints findings, one JSON object a line.

Run by `tests.gallery` and by the tests with DISPLAY set.
"""

import gc
import json
import sys
import time
from dataclasses import replace
from math import hypot
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from kiosk.config import BoardSettings, WindowPlace
from kiosk.domain.board_look import MM_AN_INCH
from kiosk.screens import fonts
from kiosk.screens.board.sizes import Sizes, sizes_for
from kiosk.screens.window import prepare
from kiosk.text import t
from tests.gallery.board_scenes import Shown, pictures, scenes
from tests.gallery.stations import NOW
from tests.screens.play import FONTS

CODE_SLACK = 0.98
"""Modules are whole pixels: a code may be so much smaller than the room it has."""


def main() -> None:
    """Walk. JSON has name, width, height, screen_inches, work, pictures (a folder or nothing), only, replay."""
    wanted = json.loads(sys.argv[1])
    work, place = Path(wanted["work"]), WindowPlace(left=0, top=0, width=wanted["width"], height=wanted["height"])
    settings = BoardSettings(screen_inches=wanted["screen_inches"])
    fonts.extract(FONTS)
    prepare(place, work, FONTS, frames_s=0)
    from tests.gallery.board_stage import BoardStage

    sizes = sizes_for(place, settings)
    stage = BoardStage(sizes)
    all_shown = scenes(sizes.rows, *pictures(work / "pictures"))
    for number, shown in enumerate(all_shown):
        if wanted["only"] not in f"board {shown.name}":
            continue
        began = time.perf_counter()
        stage.show(shown.scene, NOW)
        picture = stage.picture()
        found = (
            stage.wrong(shown.shortens)
            + unsaid(stage, shown)
            + too_small(stage, settings, sizes)
            + unscannable(picture, shown, settings, sizes)
        )
        file = ""
        if wanted["pictures"]:
            file = f"{wanted['name']}/{number:02d}-{shown.name.replace(' ', '-').replace(',', '')}.png"
            path = Path(wanted["pictures"]) / file
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path, compress_level=1)
        tell(wanted["name"], f"board {shown.name}", found, file, time.perf_counter() - began)
    if wanted["replay"]:
        tell(wanted["name"], "board played again", kept(stage, all_shown), "", 0.0)


def tell(look: str, state: str, found: list[str], file: str, took_s: float) -> None:
    """Print one finding."""
    line = {"look": look, "state": state, "wrong": found, "picture": file, "spoken": "", "said": [], "took_s": round(took_s, 3)}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def unsaid(stage: Any, shown: Shown) -> list[str]:
    """Find what does not stand there, or should not: the page's kind, its number in the round, who is called."""
    scene, texts = shown.scene, {thing["text"] for thing in stage.view()["things"] if thing["kind"] == "text"}
    wanted = [t(f"board.kind.{scene.kind}")]
    if scene.called:
        wanted.append(t("board.called", numbers=t("board.called_join").join(scene.called)))
    found = [f"{text!r} is not said" for text in wanted if text not in texts]
    numbered = any(text.endswith(t("board.total", count=scene.total, page=scene.page, pages=scene.pages)) for text in texts)
    if numbered != (scene.kind == "list" and scene.state == "listings"):
        found.append("a page has a number in a round of lists, and nothing else")
    return found


def kept(stage: Any, all_shown: list[Shown]) -> list[str]:
    """Play everything again and again; find what grew, and what a change on a standing page does not do at once."""
    from kivy.graphics.texture import Texture
    from kivy.uix.widget import Widget

    def count() -> tuple[int, int]:
        gc.collect()
        alive = gc.get_objects()
        # by their type: some are weak proxies of what has gone
        return sum(issubclass(type(o), Widget) for o in alive), sum(issubclass(type(o), Texture) for o in alive)

    counts = []
    for _ in range(3):
        for shown in all_shown:
            stage.show(shown.scene, NOW)
        counts.append(count())
    found = [f"widgets and textures grew: {counts}"] if counts[1] != counts[2] else []
    board = stage.view_of_board
    standing = replace(all_shown[0].scene, turn=10_000)
    board.show(standing)
    board.show(replace(standing, called=("0042",), dim=True))
    if board.fading or not board.dim or board.ids.strip.text != t("board.called", numbers="0042"):
        found.append("a number that is called waits for a fade")
    return found


def px_per_mm(sizes: Sizes) -> float:
    """Give how many pixels of the screen make a millimetre."""
    return hypot(sizes.width, sizes.height) / (sizes.screen.inches * MM_AN_INCH)


def too_small(stage: Any, settings: BoardSettings, sizes: Sizes) -> list[str]:
    """Find texts that cannot be read from the reading distance."""
    least = settings.reading_m * 1000 / 200 * px_per_mm(sizes)
    texts = [thing for thing in stage.view()["things"] if thing["kind"] == "text"]
    return [f"{text['text']!r} is {text['size']:.0f} px, of {least:.0f}" for text in texts if text["size"] < least - 1]


def unscannable(picture: Image.Image, shown: Shown, settings: BoardSettings, sizes: Sizes) -> list[str]:
    """Find a code that says something else or nothing, or is too narrow for the distance from which it is scanned."""
    scene, far = shown.scene, shown.scene.kind == "code"
    url = scene.sheet.url if scene.sheet and scene.sheet.url else scene.highlight.url if scene.highlight else ""
    url = url or ("" if scene.state == "sheet" else scene.more_url)
    codes = zxingcpp.read_barcodes(picture)
    if [code.text for code in codes] != ([url] if url else []):
        return [f"the codes say {[code.text for code in codes]}, not {url!r}"]
    if not url:
        return []
    corners = codes[0].position
    wide = corners.top_right.x - corners.top_left.x
    per_mm = px_per_mm(sizes)
    least = (settings.reading_m if far else settings.scanning_m) * 1000 / 10 * per_mm
    # a screen may be too small for the seats: then the code takes what there is
    most = min(sizes.far.width, sizes.far.height) * 33 / 37 if far else least
    return [f"the code is {wide} px wide, of {least:.0f}"] if wide < CODE_SLACK * min(least, most) else []


if __name__ == "__main__":
    main()
