"""One listing in a list (jobs.png): title and signs, place and time, the pay big at the right."""

from typing import Any

from kivy.factory import Factory
from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.relativelayout import RelativeLayout

from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.labels import Badge
from kiosk.screens.widgets.pay import pay_width
from kiosk.screens.widgets.words import Words, measure
from kiosk.screens.widgets.wrap import wrap

GAP = 16
TITLE, AMOUNT, UNIT, TERMS = 48, 72, 36, 28
LINE = 1.25
PAY_SHARE = 0.42
"""What of an upright row the pay may take: the title stands beside it."""


def row_height(lines: int = 1) -> float:
    """Give the height of a row whose title has so many lines, in screen pixels; nearly every title has one."""
    title = TITLE * LINE * lines
    if not theme.upright:
        return theme.fs(title + 112 if theme.large else max(166, title + 78))
    return theme.fs(title + 272 if theme.large else max(246, title + 178))


def with_height(row: dict[str, Any], wide: float) -> dict[str, Any]:
    """Add its height to the properties of a row: enough for its title, where the row is `wide` screen pixels."""
    pay = max(pay_width(row["amount"], row["unit"], AMOUNT, UNIT), measure(row["terms"], theme.fs(TERMS)))
    if theme.upright:
        pay = max(min(pay, wide * PAY_SHARE), measure(row["terms"], theme.fs(TERMS)))
    room = wide - theme.px(40 + 24 + 2 * 24) - theme.fs(56) - (0 if theme.upright and theme.large else pay)
    size = theme.fs(TITLE)
    lines = wrap(row["title"], room, lambda s: measure(s, size, bold=True))
    return row | {"height": row_height(len(lines))}


class RowLayout(BoxLayout):
    """How the row arranges itself, or a part of it; the .kv has one for lying and one for upright screens."""

    # rebind: a part gets its row after its rule was bound, and must follow the row's properties all the same
    row = ObjectProperty(None, allownone=True, rebind=True)


class RowTitle(Words):
    """The title: as wide as it is, and at most `most` screen pixels; then it breaks."""

    most = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_px=TITLE, bold=True, size_hint_x=None, **kwargs)
        for name in ("text", "most"):
            self.fbind(name, self._fit)

    def _fit(self, *_: Any) -> None:
        # half a pixel more, so that what just fits is not broken by rounding
        self.width = min(measure(self.text, theme.fs(TITLE), bold=True) + 1, max(self.most, 1))


class ListingRow(Press):
    """Set every property: rows are reused. `badges` are (text, icon, tone); those for which there is no room are left out. `brief` stands
    for `where` where there is no room for that.

    `choose` is called with `listing_id` when the row is pressed.
    """

    listing_id = StringProperty("")
    title = StringProperty("")
    badges = ListProperty([])
    where = StringProperty("")
    brief = StringProperty("")
    when = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")
    terms = StringProperty("")
    choose = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "card")
        kwargs.setdefault("size_hint_y", None)
        kwargs.setdefault("height", row_height())
        super().__init__(**kwargs)
        self.padding = [theme.px(n) for n in (40, 12, 24, 12)]
        form = ("LargeUpright" if theme.large else "Upright") if theme.upright else "Lying"
        layout = getattr(Factory, f"{form}Row")(row=self)
        self._signs, self._spare = layout.ids.signs, list[Badge]()
        # what is inside a row need not notice that the row moves: when a list grows, all of them do
        inside = RelativeLayout()
        inside.add_widget(layout)
        self.add_widget(inside)
        self.fbind("badges", self._fill)
        self._signs.fbind("width", self._fill)
        self._fill()

    def on_release(self) -> None:
        """Say which listing was chosen."""
        if self.choose is not None:
            self.choose(self.listing_id)

    def _fill(self, *_: Any) -> None:
        box, used, fitting = self._signs, 0.0, []
        for text, icon, tone in self.badges:
            wide = measure(text, theme.fs(28)) + theme.fs(34) + (theme.fs(30) + theme.px(10) if icon else 0) + theme.px(GAP)
            if used + wide > box.width + theme.px(GAP):
                break
            used += wide
            fitting.append((text, icon, tone))
        while len(box.children) > len(fitting):
            self._spare.append(box.children[0])
            box.remove_widget(box.children[0])
        while len(box.children) < len(fitting):
            box.add_widget(self._spare.pop() if self._spare else Badge(pos_hint={"center_y": 0.5}))
        for badge, (text, icon, tone) in zip(reversed(box.children), fitting, strict=True):
            badge.text, badge.icon, badge.tone = text, icon, tone
