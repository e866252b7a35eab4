"""How an employer and what is known of him is said, on screen and desk page. Plain Python; `today` is passed in."""

from datetime import date
from typing import TYPE_CHECKING

from kiosk.domain.listing import ListingState
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.dossier import Dossier, Twin
    from kiosk.services.employers import History, Row


def row_words(row: "Row") -> tuple[str, bool]:
    """Say what matters of an employer in one line, and whether something is amiss."""
    employer = row.employer
    if row.held:
        papers = t("employers.row_held")
    elif employer.verified_on is None or row.due_on is None:
        papers = t("employers.row_unseen")
    else:
        day = on_day(row.due_on)
        papers = t("employers.row_due", day=day) if row.due else t("employers.row_fine", what=employer.verified_what, day=day)
    kind = t(f"employers.kind_{employer.kind.value}")
    cases = t("employers.row_cases", count=row.cases) if row.cases else ""
    return " ・ ".join(part for part in (kind, papers, cases) if part), row.held or row.due or bool(row.cases)


def state_words(state: ListingState, *, held: bool) -> str:
    """Say how a listing of his stands: whoever is held stands on no board, however it was decided."""
    return t("listing_state.held" if held and state is ListingState.APPROVED else f"listing_state.{state.value}")


def judged(past: "History") -> str:
    """Say how an employer's listings were judged."""
    counts = {"approved": past.approved, "returned": past.returned, "rejected": past.rejected}
    return t("review.before", count=past.listings, **counts) if past.listings else t("review.first")


def known_lines(known: "Dossier") -> tuple[list[str], bool]:
    """Say what the station knows of a listing's employer, line by line, and whether something is amiss."""
    past, employer = known.history, known.employer
    lines = [t("review.held")] if known.held else []
    if known.other_name and employer:
        lines.append(t("review.other_name", name=employer.name))
    if known.other_phone and employer:
        lines.append(t("review.other_phone", phone=employer.phone.grouped()))
    if past.cases:
        lines.append(t("review.cases", count=past.cases, unpaid=past.unpaid) if past.unpaid else t("review.complaints", count=past.cases))
    amiss = bool(lines)
    lines.append(judged(past))
    if employer is None or employer.verified_on is None or known.due_on is None:
        lines.append(t("review.unverified"))
    else:
        key = "review.papers_due" if known.due else "review.papers_until"
        lines.append(t(key, what=employer.verified_what, seen=on_day(employer.verified_on), due=on_day(known.due_on)))
    return lines, amiss


def twin_lines(twin: "Twin", today: date) -> tuple[str, str, str]:
    """Say what listing another may be a copy of, what is the same, and where it stands."""
    one = twin.listing
    facts = (words.days(one, today), words.pay(one), words.area(one), one.place, t(f"review.state_{twin.state.value}"))
    same = t("review.same", what="、".join(t(f"same.{name}") for name in twin.same)) if twin.same else ""
    return t("review.card", title=one.title, count=one.headcount), same, " ・ ".join(facts)


def on_day(day: date) -> str:
    """Write a day: 11月24日."""
    return t("day.date", month=day.month, day=day.day)
