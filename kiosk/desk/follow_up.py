"""回访 on the desk page: whom to ask today and what, the numbers to call, and a button for each answer of each who may give it."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import Desk, Form, Seated
from kiosk.domain.referral import NO, YES, Party, ReferralState, is_news
from kiosk.services import asked_words
from kiosk.services import follow_up as asking
from kiosk.services.follow_up import Asked
from kiosk.services.worker_words import phone_words
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import go

router = APIRouter()
HOW = ("call", "here")
PARTIES = (Party.WORKER, Party.EMPLOYER)


@router.get("/follow-up")
def questions(desk: Desk, seat: Seated, how: str = HOW[0], said: str = "", of: str = "") -> HTMLResponse:
    """Show what to ask, and what was answered today."""
    due, done = asking.due(desk.here), asking.answered(desk.here)
    shown = {one.referral.id for one in (*due, *done)}
    others = [one for one in asking.sent_here(desk.here) if one.referral.id not in shown]
    today = desk.here.today()
    return desk.show(
        "follow_up.html.j2",
        seat,
        title=t("section.follow_up"),
        head=t("follow_up.head", count=len(due)) if due else t("follow_up.nothing"),
        due=[_card(one, today) for one in due],
        others=[_card(one, today) for one in others],
        done=[_card(one, today) for one in done],
        hows=[(name, t(f"follow_up.how_{name}"), name == how) for name in HOW],
        said=_said(said, next((a for a in (*done, *due, *others) if a.referral.id == of), None)),
    )


@router.post("/follow-up")
def answer(desk: Desk, form: Form) -> Response:
    """Write down what somebody said, or that nobody was reached."""
    how = form.text("how")
    if how not in HOW:
        raise StrangeFormError
    if unreached := form.text("unreached"):
        asking.unreached(desk.here, form.seat.session, unreached)
        return go(f"/follow-up?how={how}&said=unreached&of={unreached}")
    referral_id, _, rest = form.text("answer").partition("/")
    try:
        party, state = Party(rest.partition("/")[0]), ReferralState(rest.partition("/")[2])
    except ValueError:
        raise StrangeFormError from None
    if party not in PARTIES or (state not in asking.ANSWERS and state is not ReferralState.DECLINED):
        raise StrangeFormError
    done = asking.step(desk.here, form.seat.session, referral_id, state, party, t(f"follow_up.how_{how}"))
    return go(f"/follow-up?how={how}&said={'case' if done.case else state.value}&of={referral_id}")


def _card(one: Asked, today: date) -> dict[str, Any]:
    owner = t("follow_up.employer_station", station=one.owner) if one.owner else ""
    return {
        "id": one.referral.id,
        "title": asked_words.title(one),
        "sent": asked_words.sent(one),
        "job": asked_words.job(one),
        "worker": phone_words(one.worker),
        "through": asked_words.through(one),
        "employer": one.listing.contact_phone.grouped() if one.shows_contact else "",
        "owner": "" if one.shows_contact else owner,
        "note": asked_words.note(one, today),
        "open": one.due,
        "parties": [
            {
                "name": t(f"follow_up.party_{party.value}"),
                "answers": [
                    {
                        "value": f"{one.referral.id}/{party.value}/{way[one.question].value}",
                        "words": asked_words.answer(one.question, way[one.question]),
                        "news": is_news(one.state, one.said, way[one.question], party),
                        "bad": way is NO,
                    }
                    for way in (YES, NO)
                ],
            }
            for party in PARTIES
        ],
    }


def _said(what: str, of: Asked | None) -> str:
    """Say what was done just now; the name is looked up, so that none stands in an address."""
    if what == ReferralState.DECLINED:
        return t("desk.noted")
    if of is None:
        return ""
    if what in ("case", "unreached"):
        return t(f"follow_up.done_{what}", name=asked_words.name(of))
    if what != of.state.value or not of.said:
        return ""
    last = of.said[-1]
    party = t(f"follow_up.party_{last.party.value}")
    return t("follow_up.done", name=asked_words.name(of), party=party, answer=asked_words.answer(of.question, last.state))
