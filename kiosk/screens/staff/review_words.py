"""What the review page says of a listing in a line or a card: its findings in short, its age, its employer, what it may be a copy of."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.domain.review import Finding, Severity
from kiosk.screens.theme import theme
from kiosk.services.employer_words import known_lines, twin_lines
from kiosk.services.station import local
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.listing import Listing
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


def collected(one: "Listing", today: date) -> str:
    """Say how a listing came in and when; the day in words where it is today or yesterday."""
    at = local(one.collected_at)
    near = {0: "day.0", 1: "review.yesterday"}.get((today - at.date()).days)
    day = t(near) if near else t("day.date", month=at.month, day=at.day)
    return t("review.collected", how=t(f"review.how_{one.collected_how.value}"), time=f"{day} {at:%H:%M}")


def employer_words(known: "Dossier") -> dict[str, Any]:
    """Say what the station knows of a listing's employer, as properties of a FindingCard: orange where something is amiss."""
    lines, amiss = known_lines(known)
    return {"text": "\n".join(lines), **({"edge": theme.orange, "ink": theme.brown} if amiss else {})}


def twin_words(twin: "Twin", today: date) -> dict[str, Any]:
    """Say what listing another may be a copy of, as properties of a FindingCard."""
    title, same, facts = twin_lines(twin, today)
    return {"title": title, "text": same, "source": facts}
