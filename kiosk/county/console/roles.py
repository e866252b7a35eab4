"""Who may do what at the console, and its rooms as they stand at the left side. Knows no table and no page.

The county centre runs the network, the bureau files what the centre decided and looks on, a township sees its own stations.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody at the county may do (云梦县零工驿站 管理办法, articles 4, 5 and 14)."""

    CENTRE = "centre"
    BUREAU = "bureau"
    TOWNSHIP = "township"


COUNTY_ROLES = frozenset({Role.CENTRE, Role.BUREAU})
"""Who sees the whole county."""


@dataclass(frozen=True, slots=True)
class Section:
    """One room: its key under console.section.* and its address below /console, and who may enter."""

    key: str
    path: str
    roles: frozenset[Role] = frozenset(Role)


SECTIONS = (
    Section("today", "/"),
    Section("stations", "/stations"),
    Section("fleet", "/fleet"),
    Section("listings", "/listings"),
    Section("people", "/people"),
    Section("publish", "/publish"),
    Section("assessment", "/assessment"),
    Section("report", "/report"),
    Section("exports", "/exports", frozenset({Role.CENTRE})),
    Section("users", "/users", frozenset({Role.CENTRE})),
    Section("acts", "/acts", COUNTY_ROLES),
)
