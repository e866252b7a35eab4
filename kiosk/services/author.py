"""Who writes something down: whoever of the staff is signed in, or a worker by himself, at the terminal or on his phone. Owns no act."""

from dataclasses import dataclass
from typing import Protocol


class Author(Protocol):
    """What the chain of responsibility and the records want to know of him."""

    @property
    def staff_id(self) -> str:
        """Give the id that the chain names."""
        ...

    @property
    def name(self) -> str:
        """Give the name that records show; empty for a worker, whose name goes nowhere."""
        ...


@dataclass(frozen=True, slots=True)
class Himself:
    """A worker who has proved with slip and phone who he is."""

    staff_id: str = "worker"
    name: str = ""


HIMSELF, BY_PHONE = Himself(), Himself("phone")
