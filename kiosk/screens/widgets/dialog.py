"""The one dialog: a card over a veil, a few words, one to three big buttons. Nothing behind it can be touched."""

from collections.abc import Callable
from typing import Any

from kivy.properties import StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton

Choice = tuple[str, str, Callable[[], None]]


class Dialog(AnchorLayout):
    """`choices` are (words, kind of BigButton, what to do); pressing one closes the dialog first. The last one stands at the bottom."""

    title = StringProperty("")
    text = StringProperty("")
    icon = StringProperty("")

    def __init__(self, choices: list[Choice], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.under: Dialog | None = None
        self.on_close: Callable[[], None] = lambda: None
        for words, kind, act in choices:
            button = BigButton(text=words, kind=kind)
            button.bind(on_release=lambda _, act=act: self._choose(act))
            self.ids.choices.add_widget(button)

    def _choose(self, act: Callable[[], None]) -> None:
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
        return f"{self.title}。{self.text}"

    @property
    def card_width(self) -> float:
        """Give the card's width: most of an upright screen, half of a lying one."""
        return min(theme.width - 2 * theme.px(48), theme.fs(900))
