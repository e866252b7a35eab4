"""What people do at a terminal, through the real services: a few of each, as the dice say."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.employer import Employer, Seen
from kiosk.domain.listing import Listing, ListingState, Review, Verdict
from kiosk.domain.record import new_id
from kiosk.domain.referral import NEXT, Party, Referral, ReferralStep, state_of
from kiosk.domain.report import ReportReason
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput
from kiosk.services import change, employers, follow_up, introduce, publish, recommend, registrations, reports
from kiosk.services.author import HIMSELF
from kiosk.services.posting import PostingForm
from kiosk.services.register import RegistrationForm, register
from kiosk.services.withdraw import withdraw
from kiosk.store.store import UnitOfWork
from tests.chaos.dice import Dice
from tests.chaos.stations import Terminal
from tests.station import a_posting

R = TypeVar("R")
PEOPLE = (("王秀兰", "13900000001"), ("张桂英", "13900000002"), ("刘大山", "13900000003"))
FIRMS = (("云梦县汉十物流有限公司", "周建国", "19900001234"), ("义堂镇老屋湾酒店", "胡春梅", "19900001235"))
TRIES = 6


class NothingToDoError(Exception):
    """There is nothing here that this could be done to."""


def _one(dice: Dice, found: Sequence[R]) -> R:
    if not found:
        raise NothingToDoError
    return dice.choice(found)


def choose(terminal: Terminal, dice: Dice, find: Callable[[UnitOfWork], Sequence[R]]) -> R:
    """Choose among what is found in the store; raise NothingToDoError."""
    with terminal.store.read() as u:
        return _one(dice, find(u))


def some_worker(terminal: Terminal, dice: Dice) -> Worker:
    """Choose one of the station's workers; raise NothingToDoError."""
    mine = terminal.station.id
    return choose(terminal, dice, lambda u: [w for w in u.list(Worker, station_id=mine) if w.state is not WorkerState.WITHDRAWN])


def do_register(terminal: Terminal, dice: Dice) -> str:
    """Somebody registers, perhaps again."""
    name, phone = dice.choice(PEOPLE)
    trades = (dice.choice((Trade.LOADING, Trade.CLEANING, Trade.FARMING)),)
    form = RegistrationForm(
        name=name, phone=phone, age_band=AgeBand.ADULT, trades=trades, pay_fen=dice.choice((None, 20000)), consented_at=terminal.clock()
    )
    return register(terminal.here, form).worker.id


def do_change(terminal: Terminal, dice: Dice) -> str:
    """A registration is changed."""
    worker, head = some_worker(terminal, dice), terminal.staff[0]
    if dice.chance(0.5):
        return change.change_pay(terminal.here, head, worker.id, dice.randrange(10_000, 40_000), worker.pay_unit).worker.id
    return change.change_trades(terminal.here, head, worker.id, (dice.choice((Trade.KITCHEN, Trade.GUARD)),)).worker.id


def do_pause(terminal: Terminal, dice: Dice) -> str:
    """He wants no work for a while, or some again."""
    worker = some_worker(terminal, dice)
    act = registrations.resume if worker.state is WorkerState.PAUSED else registrations.pause
    return act(terminal.here, terminal.staff[0], worker.id).id


def do_withdraw(terminal: Terminal, dice: Dice) -> str:
    """He takes his registration back."""
    worker = some_worker(terminal, dice)
    withdraw(terminal.here, worker.id)
    return worker.id


def do_erase(terminal: Terminal, dice: Dice) -> str:
    """A record's time is over: it goes, and leaves a tombstone."""
    worker = some_worker(terminal, dice)
    with terminal.store.write() as u:
        u.keep(replace(u.need(Worker, worker.id), revision=worker.revision + 1))
        u.drop(Worker, worker.id)
    return worker.id


def _form(terminal: Terminal, dice: Dice) -> PostingForm:
    firm, who, phone = dice.choice(FIRMS)
    starts = terminal.here.today() + timedelta(days=1)
    return a_posting(
        employer_name=firm,
        contact_name=who,
        contact_phone=phone,
        contact_scope=dice.choice(("all_stations", "own_station")),
        starts_on=starts,
        ends_on=starts + timedelta(days=dice.choice((3, 60, 90))),
        headcount=dice.randrange(1, 4),
        pay_fen=dice.randrange(200, 280) * 100,
    )


def do_post(terminal: Terminal, dice: Dice) -> str:
    """An employer offers work."""
    return publish.post(terminal.here, _form(terminal, dice)).listing.id


def do_edit(terminal: Terminal, dice: Dice) -> str:
    """Staff enter a new revision of a listing."""
    listing = choose(terminal, dice, lambda u: u.list(Listing, station_id=terminal.station.id))
    form = replace(_form(terminal, dice), employer_name=listing.employer_name, contact_phone=listing.contact_phone)
    return publish.edit(terminal.here, terminal.staff[1], listing.id, form).id


def do_decide(terminal: Terminal, dice: Dice) -> str:
    """The head decides on what waits, of the own station or of one below."""
    here = terminal.here

    def waiting(u: UnitOfWork) -> list[Listing]:
        pending = [one for one in u.list(Listing) if one.station_id in terminal.below]
        return [one for one in pending if publish.state_now(here, u, one) is ListingState.PENDING]

    listing = choose(terminal, dice, waiting)
    verdict = dice.choices((Verdict.APPROVE, Verdict.RETURN, Verdict.REJECT), (8, 1, 1))[0]
    reasons: dict[str, str] = {}
    for _ in range(TRIES):
        try:
            publish.decide(here, terminal.staff[0], listing.id, listing.revision, verdict, reason="写得不清楚", hold_reasons=dict(reasons))
        except BadInput as error:
            if error.field == "employer":
                raise
            reasons[error.field] = "问过了"
        else:
            return f"{verdict} {listing.id} r{listing.revision}"
    raise NothingToDoError


def do_undo(terminal: Terminal, dice: Dice) -> str:
    """The head takes his decision back."""
    head = terminal.staff[0]
    review = choose(terminal, dice, lambda u: [r for r in u.list(Review, reviewer_id=head.staff_id) if r.verdict is not Verdict.UNDO][-1:])
    publish.undo(terminal.here, head, review.id)
    return review.listing_id


def do_take_down(terminal: Terminal, dice: Dice) -> str:
    """A listing leaves every board: at its own station's word, or at that of one above it."""

    def public(u: UnitOfWork) -> list[str]:
        return [p.listing.id for p in u.newest() if p.listing.station_id in terminal.below]

    listing_id = choose(terminal, dice, public)
    with terminal.store.write() as u:
        publish.add_takedown(terminal.here, u, terminal.staff[0], listing_id, "假的")
    return listing_id


def do_refer(terminal: Terminal, dice: Dice) -> str:
    """A worker is recommended."""
    worker = some_worker(terminal, dice)
    listing_id = choose(terminal, dice, lambda u: [p.listing.id for p in u.newest()])
    made = recommend.refer(terminal.here, terminal.staff[0], worker.id, listing_id, how="当面", contact_consent=dice.chance(0.5))
    return made.referral.id


def do_step(terminal: Terminal, dice: Dice) -> str:
    """What came of a referral is written down."""

    def moving(u: UnitOfWork) -> list[tuple[Referral, Any]]:
        made = [(one, state_of(u.list(ReferralStep, referral_id=one.id))) for one in u.list(Referral)]
        return [(one, state) for one, state in made if NEXT[state]]

    referral, state = choose(terminal, dice, moving)
    follow_up.step(terminal.here, terminal.staff[0], referral.id, dice.choice(sorted(NEXT[state])), Party.EMPLOYER, "电话")
    return referral.id


def do_take_contact_back(terminal: Terminal, dice: Dice) -> str:
    """A worker no longer lets others have his number."""
    referral = choose(terminal, dice, lambda u: u.list(Referral, station_id=terminal.station.id))
    introduce.take_contact_back(terminal.here, HIMSELF, referral.worker_id, referral.id)
    return referral.id


def do_report(terminal: Terminal, dice: Dice) -> str:
    """A visitor says that a listing is not true."""
    listing_id = choose(terminal, dice, lambda u: [p.listing.id for p in u.newest()])
    reports.report(terminal.here, new_id(terminal.clock()), listing_id, dice.choice(list(ReportReason)), "")
    return listing_id


def do_hold(terminal: Terminal, dice: Dice) -> str:
    """An employer's listings are held, or released."""
    employer = choose(terminal, dice, lambda u: u.list(Employer, station_id=terminal.station.id))
    with terminal.store.read() as u:
        held = employers.held_now(u, employer.id)
    act = employers.release if held else employers.hold
    act(terminal.here, terminal.staff[0], employer.id, "欠薪")
    return f"{'release' if held else 'hold'} {employer.id}"


def do_see(terminal: Terminal, dice: Dice) -> str:
    """Staff look at an employer's papers."""
    employer = choose(terminal, dice, lambda u: u.list(Employer, station_id=terminal.station.id))
    employers.see(terminal.here, terminal.staff[0], employer.id, Seen.LICENCE)
    return employer.id


WORK: dict[Callable[[Terminal, Dice], str], int] = {
    do_register: 4,
    do_change: 4,
    do_pause: 1,
    do_withdraw: 1,
    do_erase: 1,
    do_post: 5,
    do_edit: 3,
    do_decide: 8,
    do_undo: 1,
    do_take_down: 2,
    do_refer: 4,
    do_step: 3,
    do_take_contact_back: 1,
    do_report: 1,
    do_hold: 2,
    do_see: 1,
}
"""What is done, and how often beside the others."""


def do_something(terminal: Terminal, dice: Dice) -> str:
    """Do whatever there is to do."""
    for act in dice.choices(list(WORK), list(WORK.values()), k=8):
        with suppress(NothingToDoError):
            return f"{act.__name__} {act(terminal, dice)}"
    raise NothingToDoError
