"""审核 on the desk page: the queue, one listing beside its findings, and the decision. The same use cases as staff mode's."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import Counter, Desk, Form, Seated, Sent, StrangeFormError, go
from kiosk.desk.marked import pieces
from kiosk.desk.seats import Seat
from kiosk.domain.listing import Verdict
from kiosk.domain.review import TEXT_FIELDS, Severity, cleared
from kiosk.errors import BadInput, NotFound
from kiosk.services import listing_words as words
from kiosk.services.publish import Pending, decide, pending
from kiosk.services.rules import say
from kiosk.services.station import local
from kiosk.text import t

router = APIRouter()
SAID = {Verdict.APPROVE: "review.approved", Verdict.RETURN: "review.returned", Verdict.REJECT: "review.rejected"}


@router.get("/review")
def queue(desk: Desk, seat: Seated, said: Verdict | None = None) -> HTMLResponse:
    """Show the most urgent one that waits."""
    waiting = pending(desk.here)
    return _page(desk, seat, waiting, waiting[0] if waiting else None, said=t(SAID[said]) if said in SAID else "")


@router.get("/review/{listing_id}")
def one(desk: Desk, seat: Seated, listing_id: str) -> HTMLResponse:
    """Show one that waits."""
    waiting = pending(desk.here)
    return _page(desk, seat, waiting, _find(waiting, listing_id))


@router.post("/review/{listing_id}")
def judge(desk: Desk, form: Form, listing_id: str) -> Response:
    """Take the decision; what was typed stays when a reason is missing."""
    verdict, revision = _verdict_sent(form)
    try:
        decide(
            desk.here,
            form.seat.session,
            listing_id,
            revision,
            verdict,
            reason=form.text("reason"),
            hold_reasons=dict(form.prefixed("hold.")),
        )
    except BadInput as error:
        waiting = pending(desk.here)
        return _page(desk, form.seat, waiting, _find(waiting, listing_id), trouble=t(error.key, **error.words), typed=form)
    return go(f"/review?said={verdict.value}")


def _verdict_sent(form: Sent) -> tuple[Verdict, int]:
    """Read what the buttons of the page send; anything else was not made by it."""
    try:
        return Verdict(form.text("verdict")), int(form.text("revision"))
    except ValueError:
        raise StrangeFormError from None


def _find(waiting: list[Pending], listing_id: str) -> Pending:
    found = next((p for p in waiting if p.listing.id == listing_id), None)
    if found is None:
        raise NotFound(listing_id)
    return found


def _page(
    desk: Counter,
    seat: Seat,
    waiting: list[Pending],
    shown: Pending | None,
    *,
    said: str = "",
    trouble: str = "",
    typed: Sent | None = None,
) -> HTMLResponse:
    today = desk.here.today()
    cards = [
        {
            "id": p.listing.id,
            "title": t("review.card", title=p.listing.title, count=p.listing.headcount),
            "when": words.begins(p.listing, today),
            "verdict": _verdict(p),
            "clean": not p.findings,
            "open": shown is not None and p.listing.id == shown.listing.id,
        }
        for p in waiting
    ]
    facts = _facts(desk, shown) if shown else None
    holds = typed.prefixed("hold.") if typed else {}
    reason = typed.text("reason") if typed else ""
    status = 422 if trouble else 200
    return desk.show(
        "review.html.j2",
        seat,
        status,
        title=t("review.title"),
        head=t("review.waiting", count=len(waiting)),
        cards=cards,
        one=facts,
        said=said,
        trouble=trouble,
        holds=holds,
        reason=reason,
    )


def _verdict(waiting: Pending) -> str:
    for severity, key in ((Severity.BLOCK, "review.blocks"), (Severity.HOLD, "review.holds"), (Severity.WARN, "review.warns")):
        count = sum(f.severity is severity for f in waiting.findings)
        if count:
            return t(key, count=count)
    return t("review.clean")


def _facts(desk: Counter, shown: Pending) -> dict[str, Any]:
    listing, today = shown.listing, desk.here.today()
    harmless = cleared(listing, desk.here.rules)
    collected = t("review.collected", how=t(f"review.how_{listing.collected_how.value}"), time=f"{local(listing.collected_at):%m-%d %H:%M}")
    seen = listing.employer_verified_on
    findings = [
        {
            "rule": f.rule,
            "severity": f.severity.value,
            "kind": t(f"review.{f.severity.value}"),
            "title": say(f.title),
            "text": say(f.say),
            "source": f.source,
        }
        for f in shown.findings
    ]
    good = [t("review.cleared", quote=getattr(listing, c.field)[slice(*c.span)]) for c in harmless]
    return {
        "id": listing.id,
        "revision": listing.revision,
        "title": pieces(t("review.card", title=listing.title, count=listing.headcount), "title", shown.findings, harmless),
        "source": " ・ ".join((listing.employer_name, collected)),
        "texts": [
            (t(f"rule.field.{name}"), pieces(text, name, shown.findings, harmless))
            for name in TEXT_FIELDS
            if name != "title" and (text := getattr(listing, name))
        ],
        "facts": [
            words.days(listing, today),
            words.hours(listing),
            " ・ ".join((words.area(listing), listing.place)),
            t("jobs.people", count=listing.headcount),
            "，".join(p for p in (words.meals(listing) or t("detail.no_meals"), words.lodging(listing)) if p),
            t("review.verified", month=seen.month, day=seen.day) if seen else t("review.unverified"),
            t("review.contact", name=listing.contact_name, phone=listing.contact_phone.grouped()),
        ],
        "pay": words.amount(listing),
        "unit": words.unit(listing),
        "terms": words.terms(listing),
        "findings": findings,
        "good": good or ([] if findings else [t("review.no_findings")]),
        "holds": [f for f in findings if f["severity"] == Severity.HOLD.value],
        "blocked": any(f["severity"] == Severity.BLOCK.value for f in findings),
    }
