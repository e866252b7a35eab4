"""What a visitor asks of the job list, as choices that a page keeps: where, how much, when, how paid, and words. Remembers nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kiosk.domain.codes import AREAS, Settlement, Trade

SWITCHES = ("meals", "lodging", "novices")
"""What a listing may have: something to eat, a bed, and that it asks for no experience (domain.novice)."""
DAY_PAYS = (10_000, 15_000, 20_000, 30_000)
"""The least pay a day that one may ask for, fen."""
DAYS_AHEAD = (0, 1, 7)
"""By which day one may want to begin, counted from today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`near`: our own area and its neighbours, in the place of `areas`. `well_paid` only orders. `switches` as in the search."""

    text: str = ""
    trade: Trade | None = None
    near: bool = False
    areas: frozenset[str] = frozenset()
    well_paid: bool = False
    min_day_fen: int | None = None
    days_ahead: int | None = None
    settlement: Settlement | None = None
    switches: frozenset[str] = frozenset()

    @property
    def bare(self) -> bool:
        """Say whether nothing is asked for; an order asks for nothing."""
        return self.without_trade() == Wish() and self.trade is None

    def without_trade(self) -> "Wish":
        """Give what else is asked for."""
        return replace(self, trade=None, well_paid=False)

    def toggled(self, kind: str, value: Any) -> "Wish":
        """Choose a value of the field `kind`, or give it up when it is chosen; of townships and switches several may be."""
        if kind == "near":
            return replace(self, near=not self.near, areas=frozenset())
        if kind == "areas":
            return replace(self, areas=self.areas ^ {value}, near=False)
        if kind == "switches":
            return replace(self, switches=self.switches ^ {value})
        if kind == "well_paid":
            return replace(self, well_paid=not self.well_paid)
        change: dict[str, Any] = {kind: None if getattr(self, kind) == value else value}
        return replace(self, **change)

    def has(self, kind: str, value: Any) -> bool:
        """Say whether a value is chosen."""
        held = getattr(self, kind)
        return value in held if isinstance(held, frozenset) else held == value

    def chosen(self) -> Iterator[tuple[str, Any]]:
        """Give what is asked for besides the trade, each as what `toggled` takes, in the order of the filter page."""
        if self.text:
            yield "text", self.text
        if self.near:
            yield "near", True
        yield from (("areas", code) for code in AREAS if code in self.areas)
        yield from ((kind, held) for kind in ("min_day_fen", "days_ahead", "settlement") if (held := getattr(self, kind)) is not None)
        yield from (("switches", name) for name in SWITCHES if name in self.switches)

    def dropped(self, kind: str, value: Any) -> "Wish":
        """Give one of them up."""
        return replace(self, text="") if kind == "text" else self.toggled(kind, value)
