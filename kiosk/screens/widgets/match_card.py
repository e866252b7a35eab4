"""A listing that fits, and why (done.png), and the way to all of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kivy.properties import StringProperty

from kiosk.domain.matching import Match
from kiosk.screens.widgets.buttons import BigButton, Press
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.screens.visit import Visit


class MatchCard(Press):
    """One listing that fits, and why; `facts` where the card stands alone."""

    title = StringProperty("")
    facts = StringProperty("")
    pay = StringProperty("")
    why = StringProperty("")


def card(match: Match, visit: "Visit") -> MatchCard:
    """Make the card of one match; pressed, it leads to the listing."""
    from kiosk.services.rules import say

    why = " ・ ".join(say(reason) for reason in match.reasons)
    made = MatchCard(title=match.listing.title, pay=words.pay(match.listing), why=why)
    made.bind(on_release=lambda _: visit.go("detail", listing_id=match.listing.id))
    return made


def way_on(matches: Sequence[Match], visit: "Visit") -> BigButton:
    """Make the button that stands under the first matches: to all that fits, or to every job where nothing does."""
    text, icon, page = (t("done.fitting"), "account-heart", "fitting") if matches else (t("done.all"), "magnify", "jobs")
    made = BigButton(text=text, icon=icon, kind="station", size_px=40)
    made.bind(on_release=lambda _: visit.go(page))
    return made
