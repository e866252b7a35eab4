"""How a question of 回访 is said, on the terminal and on the desk page alike: about whom, how he is reached, what was said so far."""

from datetime import date

from kiosk.domain.referral import YES, Question, ReferralState
from kiosk.domain.worker import PhoneOf
from kiosk.services.follow_up import ANSWERS, Asked
from kiosk.services.station import local
from kiosk.text import t


def name(one: Asked) -> str:
    """Name who is asked about; whose name was not given is one of the station's that sent him."""
    return str(one.worker.name) or t("follow_up.somebody", station=one.sent_by.name if one.sent_by else "")


def title(one: Asked) -> str:
    """Say the question."""
    return t(f"follow_up.{one.question.value}", name=name(one))


def job(one: Asked) -> str:
    """Say which job it is."""
    return t("follow_up.job", title=one.listing.title, employer=one.listing.employer_name)


def sent(one: Asked) -> str:
    """Say which other station sent him; empty for our own, and where his name says it."""
    return t("follow_up.sent_by", station=one.sent_by.name) if one.sent_by and one.worker.name else ""


def through(one: Asked) -> str:
    """Say which station to call for who left no number here; empty where his own may be called."""
    there = one.sent_by
    if there is None or (one.worker.phone and one.worker.phone_of is not PhoneOf.STATION):
        return ""
    return t("follow_up.through_station", station=there.name, phone=there.phone.grouped())


def note(one: Asked, today: date) -> str:
    """Say since when it is to be asked, or what was said and when to ask again."""
    if one.due and one.unreached_at is not None:
        return t("follow_up.unreached_at", time=f"{local(one.unreached_at):%H:%M}")
    if one.due:
        return t("follow_up.since", month=one.since.month, day=one.since.day)
    words = []
    if before := ANSWERS.get(one.state):
        words = [t("follow_up.said", party=t(f"follow_up.party_{s.party.value}"), answer=answer(before, s.state)) for s in one.said]
    if one.since > today:
        words.append(t("follow_up.ask_from", month=one.since.month, day=one.since.day))
    return " ・ ".join(words)


def answer(question: Question, state: ReferralState) -> str:
    """Say an answer to a question."""
    return t(f"follow_up.{'yes' if state is YES[question] else 'no'}_{question.value}")
