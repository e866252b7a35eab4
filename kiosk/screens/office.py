"""What the terminal asks of the station: the services, bound to one `Here` that is opened on the worker lane.

Every call may be slow and may raise kiosk.errors: make it through `Page.ask`, never on the UI thread. A page may also run a use case on
`office.here` itself, inside `ask`. The database library is imported with the first call, after home stands on the screen.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.domain.station import StaffCall
    from kiosk.services.browse import HomeFacts
    from kiosk.services.call import Called
    from kiosk.services.station import Here


class Office(Protocol):
    """The use cases that the frame itself needs; pages reach all others through `here`."""

    @property
    def here(self) -> "Here":
        """Give the station at work."""
        ...

    def home(self) -> "HomeFacts":
        """Give what home shows."""
        ...

    def call_staff(self, where: str) -> "Called":
        """Note that a visitor wants a person; a second call while one is heard is the same one."""
        ...

    def call_of(self, call_id: str) -> "StaffCall | None":
        """Give a call as it stands, None when it was taken back."""
        ...

    def take_back(self, call_id: str) -> None:
        """Forget a call that is no longer needed."""
        ...

    def mini_program(self) -> str:
        """Give what the code on home says: the way on to the phone."""
        ...

    def mini_program_picture(self, folder: "Path") -> str:
        """Give the file with the mini-program's code that the county published, kept in `folder`; empty where it published none."""
        ...


class StationOffice:
    """The office of this station."""

    def __init__(self, open_here: "Callable[[], Here]") -> None:
        self._open_here = open_here

    @cached_property
    def here(self) -> "Here":
        """Open the station once."""
        return self._open_here()

    def home(self) -> "HomeFacts":
        """Give what home shows."""
        from kiosk.services import ruling
        from kiosk.services.browse import home

        ruling.keep(self.here)  # between two visitors: in the middle of a visit nothing changes
        return home(self.here)

    def call_staff(self, where: str) -> "Called":
        """Note that a visitor wants a person."""
        from kiosk.services.call import call_staff

        return call_staff(self.here, where)

    def call_of(self, call_id: str) -> "StaffCall | None":
        """Give a call as it stands."""
        from kiosk.services.call import call_of

        return call_of(self.here, call_id)

    def take_back(self, call_id: str) -> None:
        """Forget a call."""
        from kiosk.services.call import take_back

        take_back(self.here, call_id)

    def mini_program(self) -> str:
        """Give the address of the hub's page for phones."""
        return f"{self.here.phone_base}/"

    def mini_program_picture(self, folder: "Path") -> str:
        """Give the file with the published code."""
        from kiosk.services.mini_program import picture

        return picture(self.here, folder)
