"""How a case is said: what happened, who says so, about whom, what was done, and what the next step brings with it."""

from typing import TYPE_CHECKING

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.case import HOLDING, CaseKind, CaseState
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.services.station import local
from kiosk.services.worker_words import phone_words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.cases import CaseFacts


class CaseCard(Card):
    """One case: what happened, who says so, about whom, what was done, and what may be done now."""

    title = StringProperty("")
    said = StringProperty("")
    about = StringProperty("")
    who = StringProperty("")
    past = StringProperty("")
    mark = StringProperty("")
    can_confirm = BooleanProperty(True)


def case_card(facts: "CaseFacts") -> CaseCard:
    """Show one case."""
    case, opened = facts.case, local(facts.case.opened_at)
    key = "cases.opened" if case.by_name else "cases.opened_nobody"
    named = {"name": case.by_name} if case.by_name else {}
    written = t(key, month=opened.month, day=opened.day, time=f"{opened:%H:%M}", **named)
    marks = [t("report.elsewhere_mark", station=facts.owner.name, phone=facts.owner.phone.grouped())] if facts.owner else []
    marks += [t("cases.held")] if facts.held else []
    marks += [t("cases.witnesses", count=facts.witnesses)] if facts.witnesses > 1 else []
    return CaseCard(
        title=f"{t(f'case_kind.{case.kind}')} ・ {t(f'case_state.{facts.state}')}",
        said=case.text,
        about=case_about(facts),
        who=" ・ ".join((_who(facts), written)),
        past="\n".join(_past(facts)),
        mark=" ・ ".join(marks),
        can_confirm=facts.state is CaseState.OPEN,
    )


def case_about(facts: "CaseFacts") -> str:
    """Say which listing and which employer a case is about; empty where nobody knows."""
    about = [f"{facts.listing.title} ・ {words.pay(facts.listing)}"] if facts.listing else []
    employer = facts.employer.name if facts.employer else facts.listing.employer_name if facts.listing else ""
    return " ・ ".join(about + ([t("cases.employer", name=employer)] if employer else []))


def _who(facts: "CaseFacts") -> str:
    if facts.reports:
        return t("report.who", count=len(facts.reports))
    if facts.worker is None and facts.sent_by is not None:
        return t("follow_up.through_station", station=facts.sent_by.name, phone=facts.sent_by.phone.grouped())
    if facts.worker is None:
        return t("cases.who_unknown")
    if not facts.worker.name:
        return t("cases.who_gone")
    return t("cases.who", name=facts.worker.name, phone=phone_words(facts.worker))


def _past(facts: "CaseFacts") -> list[str]:
    lines = []
    for step in facts.steps:
        at = local(step.stepped_at)
        lines.append(t("cases.step", month=at.month, day=at.day, state=t(f"case_state.{step.state}"), note=step.note, name=step.by_name))
    return lines


def warning(facts: "CaseFacts", act: str) -> str:
    """Say what a step brings with it."""
    if act != "confirm":
        return t("cases.release_note") if facts.held else ""
    if facts.case.kind is CaseKind.PRIVACY:
        return t("cases.confirm_note_privacy")
    if facts.case.kind not in HOLDING:
        return t("cases.confirm_note_none")
    if facts.case.employer_id is None:
        return t("cases.confirm_note_listing" if facts.listing is not None else "cases.confirm_note_none")
    own = facts.employer is not None and facts.employer.station_id == facts.case.station_id
    return t("cases.confirm_note" if own else "cases.confirm_note_elsewhere")
