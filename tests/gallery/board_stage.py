"""A real board's view in this process, driven frame by frame: it shows a scene and is looked at. Import after `prepare`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glPixelStorei, glReadPixels
from kivy.lang import Builder
from PIL import Image

from kiosk.screens.board import view as board_view
from kiosk.screens.board.parts import Palette, set_sizes
from kiosk.screens.board.scene import Scene
from kiosk.screens.board.sizes import Sizes
from kiosk.screens.board.view import BoardView
from kiosk.screens.probe import things
from kiosk.screens.theme import theme
from kiosk.screens.widgets.wrap import ELLIPSIS
from tests.gallery.lint import spills, tofu
from tests.screens.looks import problems

GL_PACK_ALIGNMENT = 0x0D05
FRAMES = 4


class BoardStage:
    """One board on one window; its fades take no time."""

    def __init__(self, sizes: Sizes) -> None:
        theme.fit(int(Window.width), int(Window.height), large=False)
        set_sizes(sizes)
        board_view.FADE_S = 0.001
        Window.clearcolor = Palette.ground
        self._turn = 0
        self.view_of_board = BoardView(sizes, lambda: None)
        Window.add_widget(self.view_of_board)
        runTouchApp(embedded=True)

    def show(self, scene: Scene, now: datetime) -> None:
        """Let a scene come in as a new page, and stand."""
        self._turn += 1
        self.view_of_board.show(replace(scene, turn=self._turn))
        self.view_of_board.tick(now)
        frames = 0
        while self.view_of_board.fading or frames < FRAMES:
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()
            frames += 1

    def view(self) -> dict[str, Any]:
        """See what the probe sees, on the board's ground."""
        ground = {"kind": "panel", "text": "", "rect": [0, 0, int(Window.width), int(Window.height)], "fill": list(Palette.ground)}
        return {"dialog": False, "things": [ground, *things(self.view_of_board)]}

    def wrong(self, shortens: bool) -> list[str]:
        """Give one sentence for each thing that is wrong with what stands there."""
        view = self.view()
        texts = [thing for thing in view["things"] if thing["kind"] == "text"]
        found = problems(view, int(Window.width), int(Window.height), may_shorten=shortens)
        found += spills(self.view_of_board) + tofu(texts)
        if not shortens:
            found += [f"{text['text']!r} is shortened" for text in texts if ELLIPSIS in text["text"]]
        return list(dict.fromkeys(found))

    def picture(self) -> Image.Image:
        """Draw, and give what is seen."""
        EventLoop.window.dispatch("on_draw")
        glPixelStorei(GL_PACK_ALIGNMENT, 1)
        width, height = int(Window.width), int(Window.height)
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
