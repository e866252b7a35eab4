"""Keeping the ledger of the subsidy: the head enters what was spent, and takes a line back by another. Nothing is erased."""

from dataclasses import dataclass
from datetime import date

from kiosk.domain import ledger
from kiosk.domain.record import new_id
from kiosk.domain.running import Spending, SpendingKind
from kiosk.errors import BadInput, WrongState
from kiosk.services.sign_in import Session
from kiosk.services.station import Here

TEXT_MOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it stands now; `gone` when it was taken back."""

    spending: Spending
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The ledger: its lines, newest day first, and what stands, by year and kind in fen."""

    lines: tuple[Line, ...]
    sums: dict[int, dict[SpendingKind, int]]


def enter(
    here: Here,
    session: Session,
    kind: SpendingKind,
    amount_fen: int,
    purpose: str,
    *,
    payee: str = "",
    voucher: str = "",
    spent_on: date,
) -> Spending:
    """Enter one line; raise NotAllowed for all but the head, BadInput for an amount, a day or a text that cannot be."""
    session.need_head("the ledger")
    purpose, payee, voucher = purpose.strip(), payee.strip(), voucher.strip()
    ledger.check_line(amount_fen, spent_on, here.today())
    if not purpose:
        raise BadInput("purpose", "bad.ledger.purpose")
    for field, text in (("purpose", purpose), ("payee", payee), ("voucher", voucher)):
        if len(text) > TEXT_MOST:
            raise BadInput(field, "bad.ledger.long", most=TEXT_MOST)
    now = here.now()
    with here.store.write() as u:
        line = Spending(
            id=new_id(now),
            station_id=here.station_id,
            spent_on=spent_on,
            kind=kind,
            amount_fen=amount_fen,
            purpose=purpose,
            payee=payee,
            voucher=voucher,
            by_id=session.staff_id,
            by_name=session.name,
            entered_at=now,
        )
        u.keep(line)
        u.audit(now, session.staff_id, "spend", line.id, amount_fen=str(amount_fen), purpose=purpose)
    return line


def cancel(here: Here, session: Session, spending_id: str) -> Spending:
    """Take a line back by a counter line; raise NotAllowed for all but the head, NotFound, WrongState when it does not stand."""
    session.need_head("the ledger")
    now = here.now()
    with here.store.write() as u:
        line = u.need(Spending, spending_id)
        if line not in ledger.standing(u.list(Spending)):
            raise WrongState(f"{spending_id} does not stand")
        counter = Spending(
            id=new_id(now),
            station_id=here.station_id,
            spent_on=line.spent_on,
            kind=line.kind,
            amount_fen=line.amount_fen,
            purpose=line.purpose,
            payee=line.payee,
            voucher=line.voucher,
            cancels=line.id,
            by_id=session.staff_id,
            by_name=session.name,
            entered_at=now,
        )
        u.keep(counter)
        u.audit(now, session.staff_id, "take_spending_back", line.id, by=counter.id)
    return counter


def book(here: Here, session: Session) -> Book:
    """Give the ledger as its head reads it; counter lines do not show, what they took back does. Raises NotAllowed for others."""
    session.need_head("the ledger")
    with here.store.read() as u:
        lines = u.list(Spending)
    gone = {line.cancels for line in lines}
    shown = [Line(spending=line, gone=line.id in gone) for line in lines if line.cancels is None]
    shown.sort(key=lambda line: (line.spending.spent_on, line.spending.entered_at, line.spending.id), reverse=True)
    return Book(lines=tuple(shown), sums=ledger.sums(lines))
