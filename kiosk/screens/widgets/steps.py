"""The steps of a journey, and which one it is (name.png)."""

from typing import Any

from kivy.factory import Factory
from kivy.properties import ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.theme import theme
from kiosk.screens.widgets.words import measure
from kiosk.text import t


class StepMark(BoxLayout):
    """One numbered step; `stage` is done, now or ahead."""

    number = StringProperty("")
    text = StringProperty("")
    stage = StringProperty("ahead")


class StepBar(BoxLayout):
    """`steps` are words, `current` counts from 0. Where all words do not fit, only the present step keeps its word, or stands alone."""

    steps = ListProperty([])
    current = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("steps", "current", "width"):
            self.fbind(name, self._draw)
        self._drawn: Any = None
        self._draw()

    def _draw(self, *_: Any) -> None:
        size = theme.fs(32)
        whole = sum(measure(w, size, True) + theme.fs(56) + theme.px(14) for w in self.steps) + theme.px(100) * (len(self.steps) - 1)
        short = whole > self.width
        drawn = (tuple(self.steps), self.current, short)
        if drawn == self._drawn or self.width <= 100:
            return
        self._drawn = drawn
        self.clear_widgets()
        marks = len(self.steps) * theme.fs(56) + (len(self.steps) - 1) * theme.px(100) + theme.px(14)
        if marks + max((measure(w, size, True) for w in self.steps), default=0) > self.width:
            here = int(self.current)
            self.add_widget(StepMark(number=str(here + 1), text=t("steps.of", step=self.steps[here], count=len(self.steps)), stage="now"))
            self.add_widget(Widget())
            return
        for place, words in enumerate(self.steps):
            stage = "done" if place < self.current else "now" if place == self.current else "ahead"
            if place:
                self.add_widget(Factory.StepLine())
            self.add_widget(StepMark(number=str(place + 1), text=words if stage == "now" or not short else "", stage=stage))
        self.add_widget(Widget())
