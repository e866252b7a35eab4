"""The rooms of the desk page, as they stand at its left side. The words stand under section.* in kiosk/text, as for staff mode."""

from dataclasses import dataclass

from kiosk.domain.station import Role


@dataclass(frozen=True, slots=True)
class DeskSection:
    """One room: its address, and whether it is the head's alone."""

    key: str
    path: str
    head_only: bool = False

    def open_to(self, role: Role) -> bool:
        """Say whether somebody of this role may go in."""
        return role is Role.HEAD or not self.head_only


SECTIONS = (
    DeskSection("today", "/"),
    DeskSection("review", "/review"),
    DeskSection("import", "/import"),
    DeskSection("follow_up", "/follow-up"),
    DeskSection("employers", "/employers"),
    DeskSection("board_room", "/notices"),
    DeskSection("papers", "/papers"),
    DeskSection("assessment", "/assessment", head_only=True),
)
