"""The rooms of staff mode, as they stand on 今天: which page, which icon, for whom. The words stand under section.* in kiosk/text."""

from dataclasses import dataclass

from kiosk.domain.station import Role


@dataclass(frozen=True, slots=True)
class Section:
    """One room; `head_only` keeps it from ordinary staff, `staff_only` from the head, who finds the same in 人员."""

    page: str
    icon: str
    head_only: bool = False
    staff_only: bool = False

    def open_to(self, role: Role) -> bool:
        """Say whether somebody of this role may go in."""
        return not (self.staff_only if role is Role.HEAD else self.head_only)


SECTIONS = (
    Section("review", "clipboard-check"),
    Section("published", "bulletin-board"),
    Section("board_room", "monitor"),
    Section("recommend", "account-switch"),
    Section("follow_up", "phone-check"),
    Section("behalf", "account-edit"),
    Section("registrations", "account-search"),
    Section("employers", "domain"),
    Section("cases", "alert-octagon"),
    Section("facilities", "medical-bag"),
    Section("printer", "printer"),
    Section("assessment", "podium", head_only=True),
    Section("self_check", "stethoscope"),
    Section("ledger", "notebook-edit", head_only=True),
    Section("papers", "file-table"),
    Section("team", "account-group", head_only=True),
    Section("new_pin", "lock-reset", staff_only=True),
)
