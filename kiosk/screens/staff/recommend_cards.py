"""The cards of the recommend page: one to begin from, one who fits and why, and the last questions before somebody is recommended."""

from datetime import date
from typing import TYPE_CHECKING

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.page import Page
from kiosk.screens.staff.pair_words import listing_words, places, waits, worker_words
from kiosk.screens.staff.parts import ScreenPart
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.panel import Card
from kiosk.services.station import local
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.recommend import Pair


class ChoiceCard(Press):
    """One listing or one person to begin from."""

    title = StringProperty("")
    side = StringProperty("")
    side_is_pay = BooleanProperty(False)
    text = StringProperty("")
    note = StringProperty("")


class PairCard(Card):
    """One who fits, or what fits him: the reasons, and what to do."""

    title = StringProperty("")
    side = StringProperty("")
    side_is_pay = BooleanProperty(False)
    text = StringProperty("")
    why = StringProperty("")
    note = StringProperty("")


class AskView(ScreenPart):
    """The last questions before somebody is recommended."""

    title = StringProperty("")
    side = StringProperty("")
    text = StringProperty("")
    note = StringProperty("")
    ask = StringProperty("")


def pair_card(pair: "Pair", way: str, today: date) -> PairCard:
    """Show the other half of a pair: of a listing's the person, of a person's the listing."""
    from kiosk.services.recommend import said

    title, side, text = worker_words(pair.worker) if way == "listing" else listing_words(pair.offer, today)
    marks = (
        t("recommend.phoned" if pair.by_phone else "recommend.applied") if pair.applied else "",
        t("recommend.hold") if pair.hold else "",
        t("recommend.called", time=f"{local(pair.called_at):%H:%M}") if pair.called_at else "",
        waits(pair.days) if way == "listing" else places(pair.offer),
    )
    why = " ・ ".join(said(reason) for reason in pair.reasons)
    note = " ・ ".join(m for m in marks if m)
    return PairCard(title=title, side=side, side_is_pay=way == "worker", text=text, why=why, note=note)


def ask_view(page: Page, pair: "Pair", today: date) -> AskView:
    """Ask what must be known before this pair is recommended."""
    title, side, text = listing_words(pair.offer, today)
    full = pair.offer.taken >= pair.offer.published.listing.headcount
    note = t("recommend.over_note") if full else ""
    # consent is to all who will see it: the other station calls its employer for him
    there = pair.offer.station
    ask = t("recommend.ask_head_far", station=there) if there else t("recommend.ask_head")
    view = AskView(screen=page, title=f"{pair.worker.name} → {title}", side=side, text=text, note=note, ask=ask)
    view.ids.contact.offer([t("recommend.ask_yes_far", station=there) if there else t("recommend.ask_yes"), t("recommend.ask_no")])
    view.ids.how.offer([t("recommend.how_call"), t("recommend.how_here")])
    if pair.hold:
        view.ids.hold.head = t("recommend.hold_head")
        view.ids.hold.offer([t("recommend.hold_1"), t("recommend.hold_2")])
    return view
