"""An employer's own postings, opened with the number on his slip and the last four of the phone he gave: see, repeat, mend, end them.

A found slip alone opens nothing, and neither does a phone alone (services/receipts says why).
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from kiosk.domain.listing import Listing, ListingState, Review, Takedown, Verdict, last_review
from kiosk.domain.mending import moved_on
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.slip import SlipKind
from kiosk.errors import NotAllowed, NotFound, WrongState
from kiosk.services import browse, guesses, opening, printing, publish, receipts, slips
from kiosk.services.posting import EMPLOYER, Posted, PostingForm, to_listing
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork
from kiosk.text import t

CHANGEABLE = frozenset({ListingState.PENDING, ListingState.RETURNED, ListingState.APPROVED})
SHOWN, PLACES_IN = 12, 200
"""So many postings a number opens, the newest; places are read from so many that stand in public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPosting:
    """One posting and what became of it. `reason` is why it came back, `number` the board's, None where it does not stand in public."""

    listing: Listing
    state: ListingState
    reason: str = ""
    review_due_at: datetime
    number: int | None = None
    referred: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPostings:
    """What a slip's number opens, newest first."""

    number: str
    last_four: str = field(repr=False)
    postings: tuple[MyPosting, ...]


def open_postings(here: Here, number: str, last_four: str) -> MyPostings:
    """Open what a number opens; raise NotFound alike for a wrong number and wrong digits, LockedOut after ten misses in ten minutes."""
    now = here.now()
    with here.store.write() as u:
        guesses.check(u, receipts.GUESSED, now)
        found = _listings(u, number, last_four)
        if not found:
            guesses.count(u, receipts.GUESSED, now)
    if not found:
        raise NotFound("postings")
    return reopen(here, MyPostings(number=number, last_four=last_four, postings=()))


def reopen(here: Here, mine: MyPostings) -> MyPostings:
    """Give the same postings as they stand now."""
    with here.store.read() as u:
        found = _listings(u, mine.number, mine.last_four)
        return replace(mine, postings=tuple(_mine(here, u, one) for one in found[: -SHOWN - 1 : -1]))


def once_more(listing: Listing, today: date) -> PostingForm:
    """Give the form of the same work again, on the coming days."""
    form = PostingForm(**{f: getattr(listing, f) for f in PostingForm.__dataclass_fields__})
    return replace(form, **moved_on(listing.starts_on, listing.ends_on, today))


def change(here: Here, mine: MyPostings, listing_id: str, form: PostingForm) -> Posted:
    """Hand in another revision, which waits for a reviewer, with a new slip of the same number; what was approved stays public until then.

    Raises BadInput as `post` does, NotAllowed for a posting that the number does not open, WrongState for one that is at its end.
    """
    entered = to_listing(here, form)
    with here.store.write() as u:
        _check_opened(u, mine, listing_id)
        new = publish.revise(here, u, listing_id, entered, CHANGEABLE)
        return publish.hand_out(here, u, new, mine.number, here.now())


def end(here: Here, mine: MyPostings, listing_id: str, filled: bool) -> None:
    """Take a posting off every board, or out of what waits: he has his people, or he wants none any more. Raises as `change` does."""
    state, now = ListingState.FILLED if filled else ListingState.WITHDRAWN, here.now()
    with here.store.write() as u:
        listing = _check_opened(u, mine, listing_id)
        if publish.state_now(here, u, listing) not in CHANGEABLE:
            raise WrongState(f"{listing_id} is at its end")
        reason = t("my_posting.filled" if filled else "my_posting.not_wanted")
        takedown = Takedown(
            id=new_id(now),
            station_id=here.station_id,
            listing_id=listing_id,
            by_name=t("my_posting.himself"),
            reason=reason,
            state=state,
            taken_down_at=now,
        )
        u.keep(takedown)
        u.audit(now, EMPLOYER, "take_down", listing_id, reason=reason, state=state.value)


def print_again(here: Here, mine: MyPostings, listing_id: str) -> str:
    """Print a posting's last slip again, marked 补打, and give the job's id. Raises NotAllowed as `change` does."""
    now = here.now()
    with here.store.write() as u:
        listing = _check_opened(u, mine, listing_id)
        jobs = [job for job in u.list(PrintJob, subject_id=listing_id) if job.slip.kind is SlipKind.POSTING]
        if not jobs:
            return publish.hand_out(here, u, listing, mine.number, now).job_id
        return printing.queue_slip(u, slips.reprinted(jobs[-1].slip, now), listing_id, now).id


def places(here: Here, area: str) -> tuple[str, ...]:
    """Give where in a township this station's people work now, the newest first: what stands on the board anyway."""
    with here.store.read() as u:
        near = (one.listing for one in u.newest(PLACES_IN, station_id=here.station_id))
        return tuple(dict.fromkeys(one.place for one in near if one.area == area))


def _listings(u: UnitOfWork, number: str, last_four: str) -> list[Listing]:
    """Give what the number opens, oldest first; nothing unless one of them was posted with a phone that ends so."""
    found = [one for i in receipts.opened_by(u, number) if (one := u.get(Listing, i)) is not None]
    return found if any(one.contact_phone.last_four() == last_four for one in found) else []


def _check_opened(u: UnitOfWork, mine: MyPostings, listing_id: str) -> Listing:
    found = {one.id: one for one in _listings(u, mine.number, mine.last_four)}
    if listing_id not in found:
        raise NotAllowed("not one of his postings")
    return found[listing_id]


def _mine(here: Here, u: UnitOfWork, listing: Listing) -> MyPosting:
    state = publish.state_now(here, u, listing)
    last = last_review([r for r in u.list(Review, listing_id=listing.id) if r.listing_revision == listing.revision])
    refused = last is not None and last.verdict in (Verdict.RETURN, Verdict.REJECT)
    public = u.published(listing.id)
    return MyPosting(
        listing=listing,
        state=state,
        reason=last.reason if last is not None and refused else "",
        review_due_at=opening.review_due(here.station(u), listing.collected_at, here.rules),
        number=public.number if public is not None else None,
        referred=browse.referred(u, listing.id),
    )
