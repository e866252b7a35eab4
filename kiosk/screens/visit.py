"""One visitor's way through the pages: where he is, what he entered, what he chose. Plain Python; knows no widget.

The page names are those of `kiosk.screens.pages`. Home knows nobody: `home()`, and `back()` where it leads there, end who one is;
`next_person()` forgets how he sees best, too: 换人, idling, an error.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.worker import PhoneOf

HOME = "home"


@dataclass(slots=True)
class Place:
    """A page and what it was opened with; the page itself may add what it wants to find again when one comes back."""

    page: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class RegistrationDraft:
    """What a worker entered so far; `listing_id` is the job, `training_id` the course that he wants, when he came from one."""

    consented_at: datetime | None = None
    age_band: AgeBand | None = None
    name: str = ""
    phone: str = field(default="", repr=False)
    phone_of: PhoneOf = PhoneOf.OWN
    trades: tuple[Trade, ...] = ()
    pay_fen: int | None = None
    pay_unit: PayUnit = PayUnit.DAY
    area: str | None = None
    listing_id: str | None = None
    training_id: str | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing of a person stands here; what it would be for says nothing of him."""
        return replace(self, listing_id=None, training_id=None) == RegistrationDraft()


class Visit:
    """The journey. `on_move` is told after every change of place; the shell listens.

    `reports`: for each listing that was said not to be true in this visit, the id under which that is counted, and `reported`
    those of which it is known that it was written down.
    """

    def __init__(self, on_move: Callable[[], None]) -> None:
        self._on_move = on_move
        self._look_as_ever()
        self._clear()

    def _look_as_ever(self) -> None:
        """Forget how this person sees best: 大字, 黑底黄字, 按钮放低."""
        self.large = self.contrast = self.low = False

    def _clear(self) -> None:
        self.stack: list[Place] = [Place(HOME)]
        self.registration = RegistrationDraft()
        self.change = RegistrationDraft()
        self.posting: dict[str, Any] = {}
        self.session: Any = None
        self.on_behalf = False
        self.know("")
        self.reports: dict[str, str] = {}
        self.reported: set[str] = set()
        self.touched = False

    def know(self, worker_id: str, *, proven: bool = True) -> None:
        """Go on as this worker; `proven` unless all that is known of him is a name and a phone, which others know, too."""
        self.worker_id, self.proven = worker_id, proven

    @property
    def modes(self) -> tuple[bool, bool, bool]:
        """How this person sees best: 大字, 黑底黄字, 按钮放低."""
        return self.large, self.contrast, self.low

    @property
    def place(self) -> Place:
        """Where the visitor is."""
        return self.stack[-1]

    @property
    def is_filling_in(self) -> bool:
        """Whether something was entered that is not kept yet."""
        return bool(self.posting) or not self.registration.blank or not self.change.blank

    @property
    def has_entered(self) -> bool:
        """Whether there is anything of a person to wipe; then 换人 stands in the dock."""
        return self.touched or bool(self.worker_id) or self.is_filling_in

    @property
    def at_rest(self) -> bool:
        """Whether the terminal stands as the next person should find it."""
        as_ever = not (self.large or self.contrast or self.low)
        return len(self.stack) == 1 and as_ever and not self.has_entered and not self.reports and self.session is None

    def go(self, page: str, **args: Any) -> None:
        """Open a page with its arguments."""
        self.stack.append(Place(page, args))
        self._on_move()

    def replace(self, page: str, **args: Any) -> None:
        """Open a page instead of this one: 返回 from it leads to the page before."""
        self.stack[-1] = Place(page, args)
        self._on_move()

    def back(self) -> None:
        """Go to the page before; nothing at home."""
        if len(self.stack) > 2:
            self.stack.pop()
            self._on_move()
        elif len(self.stack) == 2:
            self.home()

    def back_saying(self, words: str, **args: Any) -> None:
        """Go to the page before, which gets what there is to say of what was done here."""
        if len(self.stack) > 1:
            self.stack[-2].args |= {"said": words, **args}
        self.back()

    def come_with(self, page: str, **args: Any) -> None:
        """Begin for who comes with a slip: whatever the one before left goes, the size of the letters stays."""
        self._clear()
        self.touched = True
        self.go(page, **args)

    def back_to(self, page: str) -> None:
        """Go back to the last place of that page, or open it when there is none."""
        for depth in range(len(self.stack) - 2, -1, -1):
            if self.stack[depth].page == page:
                del self.stack[depth + 1 :]
                self._on_move()
                return
        self.go(page)

    def home(self) -> None:
        """Go home, where nobody is known: whatever there is of a person goes, the size of the letters stays."""
        self._clear()
        self._on_move()

    def go_on(self, page: str) -> None:
        """Go on with something else, still as the same person; 返回 leads home."""
        self.stack = [Place(HOME), Place(page)]
        self._on_move()

    def fill_in_for(self, page: str, posting: dict[str, Any] | None = None, worker_id: str = "") -> None:
        """Open a visitor's page for staff, who fill it in for somebody, perhaps a worker whom they know; they stay signed in."""
        self.stop_filling_in()
        self.posting = posting or {}
        self.know(worker_id)
        self.on_behalf = True
        self.go(page)

    def stop_filling_in(self) -> None:
        """Forget what staff filled in for somebody."""
        self.registration, self.change, self.posting = RegistrationDraft(), RegistrationDraft(), {}
        self.know("")
        self.on_behalf = self.touched = False

    def end(self) -> None:
        """End what a visitor did; whoever filled it in for him is back at his own first page, still signed in."""
        if not self.on_behalf:
            self.next_person()
            return
        self.stop_filling_in()
        self.stack = [Place(HOME), Place("today")]
        self._on_move()

    def finish_registration(self, registered: Any) -> None:
        """Go to the end of a registration, or on to the listing or course that it was for; the draft goes, 返回 leads home."""
        wanted, course = self.registration.listing_id, self.registration.training_id
        self.registration = RegistrationDraft()
        self.know(registered.worker.id, proven=not registered.unproven or (self.proven and registered.worker.id == self.worker_id))
        self.stack = [Place(HOME), Place("done", {"registered": registered})]
        if course:
            self.stack.append(Place("signup", {"training_id": course}))
        elif wanted:
            self.stack.append(Place("apply", {"listing_id": wanted}))
        self._on_move()

    def finish_posting(self, posted: Any) -> None:
        """Go to the end of a posting; the draft goes, 返回 leads home."""
        self.posting = {}
        self.stack = [Place(HOME), Place("posted", {"posted": posted})]
        self._on_move()

    def start_staff(self, session: Any) -> None:
        """Begin staff mode for who has signed in; whatever stood here before goes."""
        self._clear()
        self.session = session
        self.stack.append(Place("today"))
        self._on_move()

    def next_staff(self, name: str) -> None:
        """Sign out and let the next colleague sign in (交班); `name` is who leaves."""
        self._clear()
        self.stack.append(Place("sign_in", {"left": name}))
        self._on_move()

    def next_person(self) -> None:
        """Wipe everything and go home: 换人, idling, an error."""
        self._look_as_ever()
        self._clear()
        self._on_move()
