"""What a state of the gallery is: how one comes to a page, and what is done there before it is looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.gallery.stage import Stage

Args = dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """One line of the table.

    `page` is its name in PAGES; `name` tells its states apart. `args` are those of `visit.go`, or a function of the stage that gives them;
    `before` makes what the page finds (drafts, records); `press` names buttons by their words, one after the other; `then` does the rest.
    `station` is full, empty or none (its store does not open); `who` is a member of staff by name, else the head is signed in on the
    staff's pages; `behalf`: staff fill it in for somebody; `busy`: nothing answers; `places` are pages that lie beneath.
    `shortens`: a text may end in … here, because the whole of it stands elsewhere; `forgets`: 大字 ends it, and may (a view that one opens
    with a tap, a sentence that is said once).
    """

    page: str
    name: str = ""
    args: Args | Callable[["Stage"], Args] = field(default_factory=dict)
    before: Callable[["Stage"], None] | None = None
    press: tuple[str, ...] = ()
    then: Callable[["Stage"], None] | None = None
    station: str = "full"
    who: str = ""
    behalf: bool = False
    busy: bool = False
    places: tuple[str, ...] = ()
    shortens: bool = False
    forgets: bool = False

    @property
    def title(self) -> str:
        """Name it for files and findings."""
        return f"{self.page}{' ' if self.name else ''}{self.name}"

    def build(self, stage: "Stage", *, large: bool, contrast: bool, low: bool = False) -> None:
        """Bring the stage into this state."""
        from kiosk.screens import pages
        from kiosk.screens.visit import Place

        stage.terminal._errors.clear()
        stage.reset(self.station, large=large, contrast=contrast, low=low)
        if (pages.load(self.page).staff and self.page not in ("sign_in", "first_start")) or self.behalf:
            stage.visit.session = stage.session(self.who)
        stage.visit.on_behalf = self.behalf
        if self.before is not None:
            self.before(stage)
        args = self.args(stage) if callable(self.args) else dict(self.args)
        stage.lanes.still = self.busy
        if self.page == "lock":
            stage.open(Place("today"))
            stage.terminal.guard.cover()
            stage.pump()
        else:
            stage.open(*(Place(page) for page in self.places), Place(self.page, args))
        stage.press(*self.press)
        if self.then is not None:
            self.then(stage)
        if self.busy:
            stage.busy()
        stage.pump()
        if stage.terminal._errors:
            raise RuntimeError("the page failed and home was shown instead")
