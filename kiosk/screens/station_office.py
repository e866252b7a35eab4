"""The office of this station: each method is one use case. Opens the store at the first call, on the worker lane that makes it, so that home
stands on the screen before the database library is imported.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.domain.station import StaffCall
    from kiosk.services.browse import HomeFacts
    from kiosk.services.station import Here


class StationOffice:
    """Implements `Office` on the station's services."""

    def __init__(self, open_here: "Callable[[], Here]") -> None:
        self._open_here = open_here

    @cached_property
    def here(self) -> "Here":
        """Open the station once."""
        return self._open_here()

    def home(self) -> "HomeFacts":
        """Give what home shows."""
        from kiosk.services.browse import home

        return home(self.here)

    def call_staff(self, where: str) -> "StaffCall":
        """Note that a visitor wants a person."""
        from kiosk.services.call import call_staff

        return call_staff(self.here, where)
