"""The cards of the review page: the listing as it was handed in, with its marked words, and what hinders, what is known, what is fine."""

from datetime import date
from typing import TYPE_CHECKING

from kivy.properties import ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.review import TEXT_FIELDS, RuleBook, Severity, cleared
from kiosk.screens.staff.review_words import collected, employer_words, twin_words
from kiosk.screens.theme import theme
from kiosk.screens.widgets.panel import Card
from kiosk.screens.widgets.tint import tint
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.dossier import Dossier
    from kiosk.services.publish import Pending

SHOWN_TEXTS = tuple(f for f in TEXT_FIELDS if f not in ("title", "place"))
EDGES = {Severity.BLOCK: "brown", Severity.HOLD: "orange", Severity.WARN: "bar"}


class TextBlock(BoxLayout):
    """One text of the employer's, with what the rules marked in it."""

    label = StringProperty("")
    text = StringProperty("")
    spans = ListProperty([])


class FindingCard(Card):
    """What a rule found, how heavy it is, and by which law."""

    kind = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    source = StringProperty("")
    edge = tint("green")
    ink = tint("green")


class ListingCard(Card):
    """The listing as it was handed in."""

    review = ObjectProperty(None, allownone=True, rebind=True)
    name = StringProperty("")
    name_spans = ListProperty([])
    source = StringProperty("")
    days = StringProperty("")
    hours = StringProperty("")
    place = StringProperty("")
    people = StringProperty("")
    meals = StringProperty("")
    papers = StringProperty("")
    contact = StringProperty("")
    amount = StringProperty("")
    unit = StringProperty("")
    terms = StringProperty("")

    def show(self, pending: "Pending", today: date, rules: RuleBook) -> str:
        """Fill the card; give the listing's name with how many are wanted."""
        one, harmless = pending.listing, cleared(pending.listing, rules)

        def spans(field: str) -> list[tuple[int, int, str]]:
            bad = [(*span, "bad") for f in pending.findings if f.field == field for span in f.spans]
            return bad + [(*c.span, "good") for c in harmless if c.field == field]

        self.name, self.name_spans = t("review.card", title=one.title, count=one.headcount), spans("title")
        self.source = " ・ ".join((one.employer_name, collected(one, today)))
        self.amount, self.unit, self.terms = words.amount(one), words.unit(one), words.terms(one)
        self.days, self.hours = words.days(one, today), words.hours(one)
        self.place, self.people = " ・ ".join((words.area(one), one.place)), t("jobs.people", count=one.headcount)
        self.meals = "，".join(p for p in (words.meals(one) or t("detail.no_meals"), words.lodging(one)) if p)
        seen = one.employer_verified_on
        self.papers = t("review.verified", month=seen.month, day=seen.day) if seen else t("review.unverified")
        self.contact = t("review.contact", name=one.contact_name, phone=one.contact_phone.grouped())
        self.ids.texts.clear_widgets()
        for field in (*SHOWN_TEXTS, *(["place"] if spans("place") else [])):
            if text := getattr(one, field):
                self.ids.texts.add_widget(TextBlock(label=t(f"rule.field.{field}"), text=text, spans=spans(field)))
        return self.name


def finding_cards(pending: "Pending", known: "Dossier | None", today: date, rules: RuleBook) -> list[FindingCard]:
    """Say what hinders first, then what the rules and the file say, and last what was looked at and is fine."""
    from kiosk.services.dossier import COPIES
    from kiosk.services.rules import say

    cards = []
    if known is not None and known.own:
        text = t("review.own_alone" if known.alone else "review.own")
        cards.append(FindingCard(kind=t("review.own_kind"), text=text, edge=theme.orange, ink=theme.brown))
    # a copy that stands there itself needs no sentence about it
    doubled = COPIES if known is not None and known.twins else frozenset()
    for found in (f for f in pending.findings if f.rule not in doubled):
        card = FindingCard(kind=t(f"review.{found.severity.value}"), title=say(found.title), text=say(found.say), source=found.source)
        card.edge, card.ink = getattr(theme, EDGES[found.severity]), theme.brown
        cards.append(card)
    if known is not None:
        cards.append(FindingCard(kind=t("review.employer"), **employer_words(known)))
        for twin in known.twins:
            cards.append(FindingCard(kind=t("review.twin"), edge=theme.bar, ink=theme.brown, **twin_words(twin, today)))
    good = [t("review.cleared", quote=getattr(pending.listing, c.field)[slice(*c.span)]) for c in cleared(pending.listing, rules)]
    if not pending.findings:
        good.append(t("review.no_findings"))
    if good:
        cards.append(FindingCard(kind=t("review.fine"), text="\n".join(good)))
    return cards
