"""审核 on the desk page: the queue, one listing beside its findings, and the decision. The same use cases as staff mode's."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import Counter, Desk, Form, Seated, Sent
from kiosk.desk.marked import pieces
from kiosk.desk.seats import Seat
from kiosk.domain.listing import Listing, Review, Verdict
from kiosk.domain.review import TEXT_FIELDS, Severity, cleared
from kiosk.errors import BadInput, NotAllowed, NotFound
from kiosk.services import listing_words as words
from kiosk.services.dossier import COPIES, Dossier, dossier
from kiosk.services.employer_words import known_lines, twin_lines
from kiosk.services.publish import UNDO_WITHIN, Pending, decide, pending, undo
from kiosk.services.rules import say
from kiosk.services.station import local
from kiosk.text import t
from kiosk.web.forms import LINE_MAX, StrangeFormError
from kiosk.web.pages import go

router = APIRouter()
SAID = {
    Verdict.APPROVE.value: "review.approved",
    Verdict.RETURN.value: "review.returned",
    Verdict.REJECT.value: "review.rejected",
    "undone": "review.undone",
    "slip": "review.undone_slip",
}


@router.get("/review")
def queue(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show the most urgent one that waits."""
    waiting = pending(desk.here)
    return _page(desk, seat, waiting, waiting[0] if waiting else None, said=said)


@router.get("/review/{listing_id}")
def one(desk: Desk, seat: Seated, listing_id: str, said: str = "") -> HTMLResponse:
    """Show one that waits."""
    waiting = pending(desk.here)
    return _page(desk, seat, waiting, _find(waiting, listing_id), said=said)


@router.post("/review/undo")
def take_back(desk: Desk, form: Form) -> Response:
    """Take one's own last decision back within its minute."""
    try:
        undone = undo(desk.here, form.seat.session, form.text("review"))
    except BadInput as error:
        waiting = pending(desk.here)
        return _page(desk, form.seat, waiting, waiting[0] if waiting else None, trouble=t(error.key, **error.words))
    return go(f"/review/{undone.review.listing_id}?said={'slip' if undone.slip_out else 'undone'}")


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
            hold_reasons={rule: words[:LINE_MAX] for rule, words in form.prefixed("hold.").items()},
        )
    except BadInput as error:
        waiting, words = pending(desk.here), t(error.key, **error.words)
        return _page(desk, form.seat, waiting, _find(waiting, listing_id), trouble=words, wrong=error.field, typed=form)
    except NotAllowed:
        waiting = pending(desk.here)
        return _page(desk, form.seat, waiting, _find(waiting, listing_id), trouble=t("review.own"), typed=form)
    return go(f"/review?said={verdict.value}")


def _verdict_sent(form: Sent) -> tuple[Verdict, int]:
    """Read what the buttons of the page send; anything else was not made by it."""
    try:
        return Verdict(form.text("verdict")), form.number("revision")
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
    wrong: str = "",
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
    known = dossier(desk.here, seat.session, shown.listing.id) if shown else None
    facts = _facts(desk, shown, known) if shown and known else None
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
        said=t(SAID[said]) if said in SAID else "",
        trouble=trouble,
        wrong=wrong,
        undo=_undo(desk, seat),
        holds=holds,
        reason=reason,
    )


def _verdict(waiting: Pending) -> str:
    for severity, key in ((Severity.BLOCK, "review.blocks"), (Severity.HOLD, "review.holds"), (Severity.WARN, "review.warns")):
        count = sum(f.severity is severity for f in waiting.findings)
        if count:
            return t(key, count=count)
    return t("review.clean")


def _undo(desk: Counter, seat: Seat) -> dict[str, str] | None:
    """Give the decision that whoever sits here may still take back: his last, for a minute."""
    with desk.here.store.read() as u:
        last = next(iter(u.latest(Review, "reviewed_at", 1, reviewer_id=seat.session.staff_id)), None)
        if last is None or last.verdict is Verdict.UNDO or desk.here.now() - last.reviewed_at > UNDO_WITHIN:
            return None
        listing = u.get(Listing, last.listing_id, last.listing_revision)
    return {"id": last.id, "words": t("desk.undo", title=listing.title if listing else "")}


def _known(desk: Counter, known: Dossier) -> dict[str, Any]:
    lines, amiss = known_lines(known)
    return {
        "own": t("review.own_alone" if known.alone else "review.own") if known.own else "",
        "barred": known.own and not known.alone,
        "employer": lines,
        "amiss": amiss,
        "file": known.employer.id if known.employer else "",
        "twins": [twin_lines(twin, desk.here.today()) for twin in known.twins],
    }


def _facts(desk: Counter, shown: Pending, known: Dossier) -> dict[str, Any]:
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
        if not (known.twins and f.rule in COPIES)
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
        "good": good or ([] if shown.findings else [t("review.no_findings")]),
        "known": _known(desk, known),
        "holds": [f for f in findings if f["severity"] == Severity.HOLD.value],
        "blocked": any(f["severity"] == Severity.BLOCK.value for f in findings),
    }
