"""All widgets by name, so that one import makes them known to .kv."""

from kiosk.screens.widgets.buttons import BigButton, CandidateButton, Chip, DockButton, FilterTile, Press, Tile
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.labels import Badge, IconLine, Notice
from kiosk.screens.widgets.panel import Box, Card, Panel
from kiosk.screens.widgets.qr_code import QrCode
from kiosk.screens.widgets.words import Icon, Word, Words

__all__ = [
    "Badge", "BigButton", "Box", "CandidateButton", "Card", "Chip", "Dialog", "DockButton", "FilterTile", "Icon", "IconLine", "Notice",
    "Panel", "Press", "QrCode", "Tile", "Word", "Words",
]
