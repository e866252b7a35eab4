"""All widgets by name, so that one import makes them known to .kv."""

from kiosk.screens.widgets.buttons import ActRow, BigButton, CandidateButton, Chip, DockButton, FilterTile, Press, Tile
from kiosk.screens.widgets.candidate_row import CandidateRow
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.icon_word import IconWord
from kiosk.screens.widgets.keys import Keys
from kiosk.screens.widgets.labels import Badge, IconLine, NothingHere, Notice, StaffSign
from kiosk.screens.widgets.listing_row import ListingRow
from kiosk.screens.widgets.marked_words import MarkedWords
from kiosk.screens.widgets.match_card import MatchCard
from kiosk.screens.widgets.number_pad import AmountPad, NumberPad
from kiosk.screens.widgets.panel import Box, Card, Panel
from kiosk.screens.widgets.pay import PayBar, PayWords
from kiosk.screens.widgets.qr_code import QrCode
from kiosk.screens.widgets.scroll import PagedScroll, RowList
from kiosk.screens.widgets.slip_view import SlipView
from kiosk.screens.widgets.steps import StepBar
from kiosk.screens.widgets.text_panel import TextPanel
from kiosk.screens.widgets.words import Icon, Word, Words
from kiosk.screens.widgets.writing_box import WritingBox

__all__ = [
    "ActRow",
    "AmountPad",
    "Badge",
    "BigButton",
    "Box",
    "CandidateButton",
    "CandidateRow",
    "Card",
    "Chip",
    "Dialog",
    "DockButton",
    "FilterTile",
    "Icon",
    "IconLine",
    "IconWord",
    "Keys",
    "ListingRow",
    "MarkedWords",
    "MatchCard",
    "NothingHere",
    "Notice",
    "NumberPad",
    "PagedScroll",
    "Panel",
    "PayBar",
    "PayWords",
    "Press",
    "QrCode",
    "RowList",
    "SlipView",
    "StaffSign",
    "StepBar",
    "TextPanel",
    "Tile",
    "Word",
    "Words",
    "WritingBox",
]
