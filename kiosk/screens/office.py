"""What the terminal asks of the station, as a Protocol: the composition root passes the real one in, tests may pass another.

Every method may be slow and may raise kiosk.errors: call it through `Page.ask`, never on the UI thread. Page writers add here the methods
their pages need, and to `StationOffice`, which binds them to the use cases.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # only for the eye: at run time the services, and the database library with them, are imported on the worker lane
    from kiosk.domain.station import StaffCall
    from kiosk.services.browse import HomeFacts


class Office(Protocol):
    """The use cases behind the pages."""

    def home(self) -> "HomeFacts":
        """Give what home shows."""
        ...

    def call_staff(self, where: str) -> "StaffCall":
        """Note that a visitor wants a person; a second call while one is open is the same one."""
        ...
