"""Draws a Scene: fills the board's pieces with its words and fades from page to page. Decides nothing about what stands there.

Two pages take turns: one stands, the other is filled unseen and comes in over it. Only words and code fade; the grounds under them stay, so
that the hall does not see the board flicker, and no frame buffer is needed (FadeTransition costs 180 MB at 1080p).
"""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.domain.programme import PageKind
from kiosk.screens.board import parts
from kiosk.screens.board.contents import SAFETY
from kiosk.screens.board.fitting import first_that_fits, shorten
from kiosk.screens.board.leaf import Leaf
from kiosk.screens.board.scene import Scene, State
from kiosk.screens.board.sizes import Sizes
from kiosk.screens.theme import CHINA, theme
from kiosk.screens.widgets.kit import Panel
from kiosk.screens.widgets.words import measure
from kiosk.text import t

FADE_S = 0.5
OUT = 0.6
"""The part of a fade in which one page goes; the other comes in as long a part at its end."""
FRAME_S = 1 / 40
CALLED = (1.4, 1.2, 1.0)
"""Sizes of numbers that are called, in the board's text size."""
PAGES = {State.LISTINGS, State.SHEET}
EDGES = {"": theme.clear, "notice": parts.Palette.pay, "sign": theme.orange}


class BoardView(FloatLayout):
    """The whole board. `on_stand` is called when a page has come in.

    `fade` tells of the last fade: frames a second, and the longest pause between two of them in seconds.
    """

    dim = BooleanProperty(False)

    def __init__(self, sizes: Sizes, on_stand: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._sizes, self._on_stand = sizes, on_stand
        self.header = (parts.UprightHeader if sizes.upright else parts.LyingHeader)()
        self.ids.head.add_widget(self.header)
        self._grounds: dict[str, Panel] = {}
        self._standing, self._coming = Leaf(sizes), Leaf(sizes)
        self._shown = Scene(state=State.WAITING)
        self._now: datetime | None = None
        self._narrow = False
        self._fading: Any = None
        self._stamps: list[float] = []
        self.fade: dict[str, float] = {}
        self._set(self._shown)

    def show(self, scene: Scene) -> None:
        """Bring the board to the scene: a new page fades in; what changed on a standing one changes at once."""
        before, self._shown = self._shown, scene
        self.dim = scene.dim
        if self._fading is not None:
            self._end_fade()
        if scene.turn == before.turn or (scene.sheet == before.sheet and not {scene.state, before.state} & PAGES):
            self._set(scene)
            return
        self._say_strip(scene)
        self._coming.fill(scene)
        # the words are drawn before they are seen: the fade's first frame would be late
        self._mix({self._standing: 1.0, self._coming: 0.0})
        self._stamps = []
        self._fading = Clock.schedule_interval(self._step, FRAME_S)

    def _set(self, scene: Scene) -> None:
        self._mix({self._standing: None})
        self._standing.fill(scene)
        self._mix({self._standing: 1.0})
        self._head_with(self._standing)

    def _mix(self, seen: dict[Leaf, float | None]) -> None:
        """Let pages be seen so much; None takes one away, for what is not seen is not drawn. A ground that two have in common stays."""
        grounds: dict[str, float] = {}
        for leaf, opacity in seen.items():
            for widget in leaf.widgets:
                if opacity is None:
                    self.ids.pages.remove_widget(widget)
                    continue
                widget.opacity = opacity
                if widget.parent is None:
                    self.ids.pages.add_widget(widget)
            for name in leaf.grounds:
                grounds[name] = 1.0 if name in grounds else opacity or 0.0
        for name, panel in self._grounds.items():
            if not grounds.get(name) and panel.parent is not None:
                self.ids.grounds.remove_widget(panel)
        for name, opacity in grounds.items():
            if opacity:
                panel = self._ground(name)
                panel.opacity = opacity
                if panel.parent is None:
                    self.ids.grounds.add_widget(panel)

    def _ground(self, name: str) -> Panel:
        """Give a ground, made when it is needed first: row0, card, far, beside, whole, the last two with the line of a notice or a sign."""
        if name in self._grounds:
            return self._grounds[name]
        where, _, edge = name.partition(" ")
        if where.startswith("row"):
            area, number = self._sizes.beside, int(where.removeprefix("row"))
            high = area.height / self._sizes.rows
            pos, size = (area.x, area.y + area.height - (number + 1) * high), (area.width, high)
        else:
            area = getattr(self._sizes, where)
            pos, size = (area.x, area.y), (area.width, area.height)
        fill = theme.white if where in ("card", "far") else parts.Palette.row
        panel = Panel(fill=fill, line=EDGES[edge], line_width=8, radius=20, size_hint=(None, None), pos=pos, size=size)
        self._grounds[name] = panel
        return panel

    def _step(self, _: float) -> None:
        """One frame of the fade; its clock starts with the first."""
        self._stamps.append(monotonic())
        done = (self._stamps[-1] - self._stamps[0]) / FADE_S
        if done >= 1:
            self._end_fade()
            return
        # one is nearly gone when the other comes: over one another neither can be read, and both are drawn
        seen = {self._standing: 1 - done / OUT, self._coming: 1 - (1 - done) / OUT}
        self._mix({leaf: opacity if opacity > 0 else None for leaf, opacity in seen.items()})
        self.ids.safety.ids.words.opacity = abs(1 - 2 * done)
        if self._standing.kind != self._coming.kind:
            self.header.title_opacity = abs(1 - 2 * done)
        if done >= 0.5:
            self._head_with(self._coming)

    def _end_fade(self) -> None:
        self._fading.cancel()
        self._fading = None
        if len(self._stamps) > 1:
            pauses = [b - a for a, b in zip(self._stamps, self._stamps[1:], strict=False)]
            self.fade = {"fps": len(pauses) / sum(pauses), "worst_s": max(pauses)}
        self._mix({self._standing: None, self._coming: 1.0})
        self._standing.clear()
        self._standing, self._coming = self._coming, self._standing
        self.ids.safety.ids.words.opacity = self.header.title_opacity = 1.0
        self._head_with(self._standing)
        self._on_stand()

    @property
    def fading(self) -> bool:
        """Say whether one page is giving way to another."""
        return self._fading is not None

    def _head_with(self, leaf: Leaf) -> None:
        """Let title, strip and safety line go with a page."""
        title = t(f"board.kind.{leaf.kind}")
        if title != self.header.title:
            self.header.title = title
            if self._now is not None:
                self.tick(self._now)
        self._narrow = leaf.narrows_strip
        self._say_strip(self._shown)
        self._say_safety(leaf)

    def _say_strip(self, scene: Scene) -> None:
        """Say the first of: who is asked to the desk, that somebody calls, what is new, a word to those who look for hands."""
        strip, sizes, fresh = self.ids.strip, self._sizes, scene.fresh
        strip.called, strip.calling = bool(scene.called), bool(scene.calling and not scene.called)
        strip.new = fresh is not None and not (scene.calling or scene.called)
        strip.width = sizes.far_words.width if self._narrow else sizes.whole.width
        room = strip.width - 2 * sizes.pad - sizes.gap - 3 * theme.fs(sizes.text)
        tried = [sizes.text, sizes.small]
        if strip.called:
            text, tried = t("board.called", numbers=t("board.called_join").join(scene.called)), [sizes.text * px for px in CALLED]
            room += theme.fs(sizes.text)
        elif strip.calling:
            text = t("board.calling")
        elif fresh is not None:
            said = {"number": fresh.number, "people": fresh.people, "area": fresh.area, "pay": f"{fresh.amount} {fresh.unit}"}
            text = t("board.new_line", title=fresh.title, **said)
            rest = measure(t("board.new_line", title="", **said), theme.fs(sizes.small), bold=True)
            if measure(text, theme.fs(sizes.small), bold=True) > room:
                text = t("board.new_line", title=shorten(fresh.title, room - rest, sizes.small, bold=True), **said)
        else:
            text = first_that_fits([t("board.quiet_strip"), t("board.quiet_strip_short")], room, sizes.small)
        bold = strip.new or strip.calling or strip.called
        strip.text_px = next((px for px in tried if measure(text, theme.fs(px), bold=bold) <= room), sizes.small)
        strip.text = text

    def _say_safety(self, leaf: Leaf) -> None:
        """Say the page's warning: not the one that stands on it."""
        line, number = self.ids.safety, leaf.turn % len(SAFETY)
        if t(f"board.safety.{SAFETY[number]}") == leaf.warns:
            number = (number + 1) % len(SAFETY)
        lead, more = (t(f"board.safety.{SAFETY[number]}{end}") for end in ("", "_more"))
        line.lead_px = measure(lead, theme.fs(self._sizes.text), bold=True) + 1
        line.lead, line.more = lead, more

    def tick(self, now: datetime) -> None:
        """Say who we are, the time, and how old the data is."""
        self._now = now
        scene, header, sizes, local = self._shown, self.header, self._sizes, now.astimezone(CHINA)
        header.clock = f"{local:%H:%M}" if scene.clock_right else ""
        day = t("board.date", month=local.month, day=local.day, weekday=t(f"day.week.{local.isoweekday()}"))
        header.date = day if scene.clock_right else t("board.no_clock")
        header.data, header.stale = _age(scene, local), scene.stale
        size = theme.fs(sizes.small if sizes.upright else sizes.text)
        header.side_px = 1 + max(measure(header.date, size), measure(header.data, theme.fs(sizes.small)))
        header.total = _counted(scene)
        taken = header.side_px + 2 * sizes.margin + sizes.gap
        if not sizes.upright:
            heads = [header.title, header.clock]
            taken += sum(measure(h, theme.fs(sizes.heading), bold=True) for h in heads) + 4 * sizes.gap
        header.station = first_that_fits(parts.station_names(scene), sizes.width - taken, sizes.small if sizes.upright else sizes.text)


def _counted(scene: Scene) -> str:
    if scene.state not in PAGES or not scene.total:
        return ""
    if scene.state is State.SHEET or scene.kind is not PageKind.LIST:
        return t("board.count", count=scene.total)
    return t("board.total", count=scene.total, page=scene.page, pages=scene.pages)


def _age(scene: Scene, now: datetime) -> str:
    if not scene.clock_right or not scene.station:
        return ""
    if scene.heard_at is None:
        return t("board.data_own")
    heard = scene.heard_at.astimezone(CHINA)
    time = f"{heard.hour}:{heard:%M}"
    if heard.date() != now.date():
        time = t("board.day_time", day=t("day.date", month=heard.month, day=heard.day), time=time)
    return t("board.data", time=time)
