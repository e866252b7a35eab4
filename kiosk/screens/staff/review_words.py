"""What the review page says of a listing in a line or a card: its findings in short, its age, its employer, what it may be a copy of."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.domain.review import Finding, Severity
from kiosk.screens.theme import theme
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.dossier import Dossier, Twin


def verdict_words(findings: Sequence[Finding]) -> tuple[str, bool]:
    """Say what the rules found, in a few words, and whether that is nothing."""
    for severity, key in ((Severity.BLOCK, "review.blocks"), (Severity.HOLD, "review.holds"), (Severity.WARN, "review.warns")):
        count = sum(f.severity is severity for f in findings)
        if count:
            return t(key, count=count), False
    return t("review.clean"), True


def ago(passed: timedelta) -> str:
    """Say how long ago something was."""
    if passed < timedelta(minutes=1):
        return t("review.now")
    if passed < timedelta(hours=1):
        return t("review.ago_minutes", count=passed // timedelta(minutes=1))
    return t("review.ago_hours", count=passed // timedelta(hours=1)) if passed.days < 1 else t("review.ago_days", count=passed.days)


def employer_words(known: "Dossier") -> dict[str, Any]:
    """Say what the station knows of a listing's employer, as properties of a FindingCard: orange where something is amiss."""
    past, employer = known.history, known.employer
    lines = [t("review.held")] if known.held else []
    if known.other_name and employer:
        lines.append(t("review.other_name", name=employer.name))
    if known.other_phone and employer:
        lines.append(t("review.other_phone", phone=employer.phone.grouped()))
    if past.cases:
        lines.append(t("review.cases", count=past.cases, unpaid=past.unpaid) if past.unpaid else t("review.complaints", count=past.cases))
    amiss = bool(lines)
    judged = {"approved": past.approved, "returned": past.returned, "rejected": past.rejected}
    lines.append(t("review.before", count=past.listings, **judged) if past.listings else t("review.first"))
    if employer is None or employer.verified_on is None or known.due_on is None:
        lines.append(t("review.unverified"))
    else:
        key = "review.papers_due" if known.due else "review.papers_until"
        lines.append(t(key, what=employer.verified_what, seen=_date(employer.verified_on), due=_date(known.due_on)))
    tone = {"edge": theme.orange, "ink": theme.brown} if amiss else {}
    return {"text": "\n".join(lines), **tone}


def twin_words(twin: "Twin", today: date) -> dict[str, Any]:
    """Say what listing another may be a copy of, where it stands, and what is the same."""
    one = twin.listing
    facts = (words.days(one, today), words.pay(one), words.area(one), one.place, t(f"review.state_{twin.state.value}"))
    same = t("review.same", what="、".join(t(f"same.{name}") for name in twin.same)) if twin.same else ""
    return {"title": t("review.card", title=one.title, count=one.headcount), "text": same, "source": " ・ ".join(facts)}


def _date(day: date) -> str:
    return t("day.date", month=day.month, day=day.day)
