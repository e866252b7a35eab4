"""When it is paid, and what there is besides: meals, a bed, a ride."""

from typing import Any

from kiosk.domain.codes import Meals, Settlement
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.text import t


class PostTermsScreen(PostingPage):
    """Settlement must be said; the rest is 没有 unless it is chosen."""

    stop = "post_terms"

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.terms"), **args)
        self._chips: list[tuple[Chip, str, Any]] = []
        for one in Settlement:
            self._add("settlements", t(f"settlement.{one.value}"), "settlement", one)
        for meal in Meals:
            self._add("meals", t(f"meals.{meal.value}"), "meals", meal)
        for bed in (False, True):
            self._add("beds", t("post.bed" if bed else "post.no_bed"), "lodging", bed)
        for ride in ("", t("post.ride")):
            self._add("rides", ride or t("post.no_ride"), "transport", ride)
        self._draw()

    def _add(self, box: str, text: str, field: str, value: Any) -> None:
        chip = Chip(text=text)
        chip.bind(on_release=lambda _: self._choose(field, value))
        self.ids[box].add_widget(chip)
        self._chips.append((chip, field, value))

    def _choose(self, field: str, value: Any) -> None:
        self.put(**{field: value})
        self._draw()

    def _draw(self) -> None:
        usual = {"meals": Meals.NONE, "lodging": False, "transport": ""}
        for chip, field, value in self._chips:
            chip.chosen = self.draft.get(field, usual.get(field)) == value
        self.main_enabled = self.has("settlement")

    def on_main(self) -> None:
        """Take what stands there, chosen or not."""
        self.put(**{"meals": Meals.NONE, "lodging": False, "transport": ""} | self.draft)
        self.go_on()
