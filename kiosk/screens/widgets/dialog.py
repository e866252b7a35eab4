"""The one dialog: a card over a veil, a few words, one to three big buttons. Nothing behind it can be touched."""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from kiosk.domain.slip import Slip
from kiosk.screens.theme import MARGIN, theme
from kiosk.screens.widgets.buttons import BigButton
from kiosk.screens.widgets.scroll import PagedScroll
from kiosk.screens.widgets.slip_view import SlipView

Choice = tuple[str, str, Callable[[], None]]
PICTURE_PX, LARGE_PICTURE_PX = 560, 500
PADDING, LYING_PAPER_PX, LYING_CODE_PX, CODE_PX = 24, 1044, 124, 240


class Dialog(AnchorLayout):
    """`choices` are (words, kind of BigButton, what to do); pressing one closes the dialog first. The last one stands at the bottom.

    `gives_way`: a code before the scanner says more than this one, and takes it away.
    `aloud` is read instead of title and text where these name a person: the hall listens.
    """

    title = StringProperty("")
    holds_slip = BooleanProperty(False)
    gives_way = BooleanProperty(False)
    text = StringProperty("")
    aloud = StringProperty("")
    icon = StringProperty("")

    def __init__(self, choices: list[Choice], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.under: Dialog | None = None
        self.on_close: Callable[[], None] = lambda: None
        self.say: Callable[[str], None] = lambda _: None
        for choice in reversed(choices):
            self.put_first(choice)

    def put_first(self, choice: Choice) -> None:
        """Offer one more choice, above the others."""
        words, kind, act = choice
        button = BigButton(text=words, kind=kind)
        button.bind(on_release=lambda _: self._choose(act))
        self.ids.choices.add_widget(button, index=len(self.ids.choices.children))

    def _choose(self, act: Callable[[], None]) -> None:
        if self.parent is None:
            # taken away while the finger lay on it
            return
        self.on_close()
        act()

    def on_touch_down(self, touch: Any) -> bool:
        """Keep every touch."""
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Keep every touch."""
        super().on_touch_move(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Keep every touch."""
        super().on_touch_up(touch)
        return True

    def spoken(self) -> str:
        """Say what is read aloud."""
        return self.aloud or f"{self.title}。{self.text}"

    def show_slip(self, slip: Slip) -> None:
        """Show a slip as paper beside the words, or over them: whole wherever it can be, to be photographed."""
        # first, for the choices then stand side by side: a paper that had to scroll once stays as narrow as that
        self.holds_slip = True
        paper, said = self.ids.paper, self.ids.words
        view = SlipView(code_px=CODE_PX if theme.upright else LYING_CODE_PX, shadow="", line=theme.line)
        view.spacing = 0
        scroll = PagedScroll()
        scroll.add_widget(view)

        def fit(*_: Any) -> None:
            room = theme.height - said.height - theme.px(MARGIN + 3 * PADDING) if theme.upright else theme.px(LYING_PAPER_PX)
            paper.height = min(room, view.height + theme.px(PADDING))

        view.bind(height=fit)
        said.bind(height=fit)
        paper.add_widget(scroll)
        view.slip = slip

    def show_picture(self, picture: Any) -> None:
        """Show a picture, which is as high as its width asks for, over the words."""
        picture.size_hint_x, picture.pos_hint = None, {"center_x": 0.5}
        picture.width = theme.px(PICTURE_PX if theme.upright or not theme.large else LARGE_PICTURE_PX)
        self.ids.words.add_widget(picture, index=len(self.ids.words.children) - 1)

    @property
    def card_width(self) -> float:
        """Give the card's width: most of an upright screen, half of a lying one."""
        return min(theme.width - 2 * theme.px(MARGIN), theme.fs(900))
