"""How a worker's phone is said to who calls: the number, and whose it is where it is not his own; and what he is told who has none."""

from kiosk.domain.introduction import Introduction
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.text import t


def phone_words(worker: Worker | Introduction) -> str:
    """Give the number as it is read out, marked where it is a relative's; the station's is no number to call him on."""
    if worker.phone_of is PhoneOf.STATION:
        return t("phone_of.no_phone")
    number = worker.phone.grouped()
    return t("phone_of.relatives", phone=number) if worker.phone_of is PhoneOf.RELATIVE else number


def no_matches(worker: Worker) -> str:
    """Say that nothing fits him yet, and how he will hear of what does: nobody can call who left the station's number."""
    return t("done.no_matches_station" if worker.phone_of is PhoneOf.STATION else "done.no_matches")
