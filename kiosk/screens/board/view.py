"""Draws a Scene: fills the board's pieces with its words and fades from page to page. Decides nothing about what stands there.

Two pages take turns: one stands, the other is filled unseen and comes in over it. Only words and code fade; the grounds under them stay, so
that the hall does not see the board flicker, and no frame buffer is needed (FadeTransition costs 180 MB at 1080p).
"""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from kivy.clock import Clock
from kivy.properties import NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import qr
from kiosk.screens.board import parts
from kiosk.screens.board.fitting import first_that_fits, fit, in_two_lines, shorten
from kiosk.screens.board.scene import Scene, State
from kiosk.screens.board.sizes import Sizes
from kiosk.screens.theme import CHINA, theme
from kiosk.screens.widgets.kit import Panel
from kiosk.screens.widgets.qr_code import QUIET
from kiosk.screens.widgets.words import measure
from kiosk.text import t, words

FADE_S = 0.5
OUT = 0.6
"""The part of a fade in which one page goes; the other comes in as long a part at its end."""
FRAME_S = 1 / 40
QUIET_ICONS = {State.EMPTY: "coffee", State.WAITING: "timer-sand", State.TROUBLE: "account-voice"}
SAFETY = sorted({key.split(".")[2].removesuffix("_more") for key in words() if key.startswith("board.safety")})


class PageOf:
    """One of the two pages: rows and what is on the card, or the quiet page."""

    def __init__(self, sizes: Sizes) -> None:
        here = {"x": 0, "y": 0}
        self.rows = [(parts.BoardRowUpright if sizes.upright else parts.BoardRowLying)(size_hint_y=None) for _ in range(sizes.rows)]
        self.listings = BoxLayout(orientation="vertical", pos_hint=here)
        self.quiet = parts.QuietPage(pos_hint=here)
        self.card = (parts.UprightCard if sizes.upright else parts.LyingCard)(pos_hint=here)
        self.large: Widget = self.quiet

    def fill(self, scene: Scene, sizes: Sizes) -> None:
        """Take over a scene's words."""
        self.large = self.listings if scene.state is State.LISTINGS else self.quiet
        columns, said = fit(scene.rows, sizes)
        self.listings.clear_widgets()
        for widget, row, words_of_row in zip(self.rows, scene.rows, said, strict=False):
            widget.columns, widget.said, widget.marked = columns, words_of_row, row == scene.highlight
            self.listings.add_widget(widget)
        self.listings.add_widget(Widget() if len(scene.rows) > sizes.rows / 2 else parts.FewPage())
        if scene.state is not State.LISTINGS:
            self.quiet.icon = QUIET_ICONS[scene.state]
            self.quiet.title, self.quiet.more = t(f"board.{scene.state}"), t(f"board.{scene.state}_more")
        self._fill_card(scene, sizes)

    def _fill_card(self, scene: Scene, sizes: Sizes) -> None:
        card, chosen = self.card, scene.highlight
        card.url = chosen.url if chosen else scene.more_url
        card.amount, card.unit = (chosen.amount, chosen.unit) if chosen else ("", "")
        if chosen:
            wide = sizes.card_words
            card.title, card.title_px = in_two_lines(chosen.title, wide, (sizes.text, sizes.small) if sizes.upright else (sizes.small,))
            card.hint, card.more = t("board.scan"), t("board.key_in", number=chosen.number)
        else:
            card.title_px, card.title, card.hint = sizes.small, t("board.gone" if scene.rows else "board.more"), t("board.more_hint")
            card.more = t("board.gone_more") if scene.rows else ""
        if card.url:
            card.code_px = qr.scale(card.url, sizes.code) * (qr.side(card.url) + 2 * QUIET)


class BoardView(BoxLayout):
    """The whole board. `on_stand` is called when a page has come in.

    `fade` tells of the last fade: frames a second, and the longest pause between two of them in seconds.
    """

    card_px = NumericProperty(0)

    def __init__(self, sizes: Sizes, on_stand: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._sizes, self._on_stand = sizes, on_stand
        self.header = (parts.UprightHeader if sizes.upright else parts.LyingHeader)()
        self.ids.head.add_widget(self.header)
        self._grounds = [Panel(fill=parts.Palette.row, radius=20, size_hint=(None, None)) for _ in range(0, sizes.rows, 2)]
        self._standing, self._coming = PageOf(sizes), PageOf(sizes)
        self._shown = Scene(state=State.WAITING)
        self._fading: Any = None
        self._stamps: list[float] = []
        self.fade: dict[str, float] = {}
        self.ids.listings.fbind("size", self._lay)
        self.ids.listings.fbind("pos", self._lay)
        self._say_strip(self._shown)
        self._set(self._shown)

    def show(self, scene: Scene) -> None:
        """Bring the board to the scene: a new page fades in; what changed on a standing one changes at once."""
        before, self._shown = self._shown, scene
        self._say_strip(scene)
        if self._fading is not None:
            self._end_fade()
        if scene.turn == before.turn or State.LISTINGS not in (scene.state, before.state):
            self._set(scene)
            return
        self._coming.fill(scene, self._sizes)
        # the words are drawn before they are seen: the fade's first frame would be late
        self._attach(self._coming, 0.0)
        self._stamps = []
        self._fading = Clock.schedule_interval(self._step, FRAME_S)

    def _set(self, scene: Scene) -> None:
        self._detach(self._standing)
        self._standing.fill(scene, self._sizes)
        self._attach(self._standing, 1.0)
        self._lay()
        self._say_safety(scene.turn)

    def _attach(self, page: PageOf, opacity: float) -> None:
        """Let a page be seen so much; what is not seen at all is not drawn."""
        for parent, layer in ((self.ids.listings, page.large), (self.ids.card, page.card)):
            layer.opacity = opacity
            if layer.parent is None:
                parent.add_widget(layer)
        self.ids.card.opacity, self.card_px = (1.0, self._sizes.card) if page.card.url else (0.0, 0)

    def _detach(self, page: PageOf) -> None:
        self.ids.listings.remove_widget(page.large)
        self.ids.card.remove_widget(page.card)

    def _step(self, _: float) -> None:
        """One frame of the fade; its clock starts with the first."""
        self._stamps.append(monotonic())
        done = (self._stamps[-1] - self._stamps[0]) / FADE_S
        if done >= 1:
            self._end_fade()
            return
        # one is nearly gone when the other comes: over one another neither can be read, and both are drawn
        for page, opacity in ((self._standing, 1 - done / OUT), (self._coming, 1 - (1 - done) / OUT)):
            if opacity > 0:
                self._attach(page, opacity)
            else:
                self._detach(page)
        self.ids.safety.ids.words.opacity = abs(1 - 2 * done)
        if done >= 0.5:
            self._say_safety(self._shown.turn)

    def _end_fade(self) -> None:
        self._fading.cancel()
        self._fading = None
        if len(self._stamps) > 1:
            pauses = [b - a for a, b in zip(self._stamps, self._stamps[1:], strict=False)]
            self.fade = {"fps": len(pauses) / sum(pauses), "worst_s": max(pauses)}
        self._detach(self._standing)
        self._standing, self._coming = self._coming, self._standing
        self._attach(self._standing, 1.0)
        self.ids.safety.ids.words.opacity = 1.0
        self._say_safety(self._shown.turn)
        self._lay()
        self._on_stand()

    @property
    def fading(self) -> bool:
        """Say whether one page is giving way to another."""
        return self._fading is not None

    def _lay(self, *_: Any) -> None:
        """Give the rows their height and put the grounds under every second one."""
        area, count = self.ids.listings, len(self._shown.rows)
        high = area.height / self._sizes.rows
        for page in (self._standing, self._coming):
            for row in page.rows:
                row.height = high
        for n, ground in enumerate(self._grounds):
            ground.size, ground.pos = (area.width, high), (area.x, area.top - (2 * n + 1) * high)
            there = ground.parent is not None
            if (2 * n < count) != there:
                if there:
                    area.remove_widget(ground)
                else:
                    area.add_widget(ground, index=len(area.children))

    def _say_strip(self, scene: Scene) -> None:
        strip, fresh, sizes = self.ids.strip, scene.fresh, self._sizes
        strip.calling = scene.calling
        strip.new = fresh is not None and not scene.calling
        text = t("board.calling" if scene.calling else "board.quiet_strip")
        room = sizes.width - 2 * (sizes.margin + sizes.pad) - sizes.gap - 3 * theme.fs(sizes.text)
        if fresh is not None and not scene.calling:
            said = {"number": fresh.number, "people": fresh.people, "area": fresh.area, "pay": f"{fresh.amount} {fresh.unit}"}
            text = t("board.new_line", title=fresh.title, **said)
            rest = measure(t("board.new_line", title="", **said), theme.fs(sizes.small), bold=True)
            if measure(text, theme.fs(sizes.small), bold=True) > room:
                text = t("board.new_line", title=shorten(fresh.title, room - rest, sizes.small, bold=True), **said)
        strip.text_px = sizes.text if measure(text, theme.fs(sizes.text), bold=strip.new or strip.calling) <= room else sizes.small
        strip.text = text

    def _say_safety(self, turn: int) -> None:
        line, name = self.ids.safety, SAFETY[turn % len(SAFETY)]
        line.lead_px = measure(t(f"board.safety.{name}"), theme.fs(self._sizes.text), bold=True) + 1
        line.lead, line.more = t(f"board.safety.{name}"), t(f"board.safety.{name}_more")

    def tick(self, now: datetime) -> None:
        """Say who we are, the time, and how old the data is."""
        scene, header, sizes, local = self._shown, self.header, self._sizes, now.astimezone(CHINA)
        header.clock = f"{local:%H:%M}" if scene.clock_right else ""
        day = t("board.date", month=local.month, day=local.day, weekday=t(f"day.week.{local.isoweekday()}"))
        header.date = day if scene.clock_right else t("board.no_clock")
        header.data, header.stale = _age(scene, local), scene.stale
        size = theme.fs(sizes.small if sizes.upright else sizes.text)
        header.side_px = 1 + max(measure(header.date, size), measure(header.data, theme.fs(sizes.small)))
        counted = t("board.total", count=scene.total, page=scene.page, pages=scene.pages)
        header.total = counted if scene.state is State.LISTINGS else ""
        taken = header.side_px + 2 * sizes.margin + sizes.gap
        if not sizes.upright:
            heads = [t("board.title"), header.clock]
            taken += sum(measure(h, theme.fs(sizes.heading), bold=True) for h in heads) + 4 * sizes.gap
        names = [t("board.station", station=scene.station), scene.station] if scene.station else [t("board.county")]
        header.station = first_that_fits(names, sizes.width - taken, sizes.small if sizes.upright else sizes.text)


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
