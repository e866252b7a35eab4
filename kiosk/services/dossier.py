"""What a reviewer is shown beside a listing: who its employer is, what it may copy, whether it is his own. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.domain.employer import Employer
from kiosk.domain.likeness import same_in
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, state_of
from kiosk.services.employers import History, held_now, history, listings_of
from kiosk.services.publish import alone
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

MOST = 3
ENOUGH = 3
"""So much must be the same, where neither phone nor text is."""
COPIES = frozenset({"same_phone", "same_text"})
"""Rules that need no sentence where the copy itself is shown."""
LIVE = frozenset({ListingState.PENDING, ListingState.APPROVED, ListingState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A listing that may be the same, where it stands, and what is the same (likeness.same_in)."""

    listing: Listing
    state: ListingState
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """`own`: the reader collected it; `alone`: nobody else could review it. `due_on` and `due` as in employers.Row."""

    employer: Employer | None
    other_name: bool
    other_phone: bool
    held: bool
    due_on: date | None
    due: bool
    history: History
    twins: tuple[Twin, ...]
    own: bool
    alone: bool


def dossier(here: Here, session: Session, listing_id: str) -> Dossier:
    """Gather what is known around one listing; raise NotFound."""
    with here.store.read() as u:
        listing = u.need(Listing, listing_id)
        employer = u.get(Employer, listing.employer_id) if listing.employer_id else None
        known = listings_of(u, employer) if employer else list(u.list(Listing, contact_phone=listing.contact_phone))
        before = [one for one in known if one.id != listing.id]
        reverify = here.rules.reverify
        return Dossier(
            employer=employer,
            other_name=employer is not None and employer.name != listing.employer_name,
            other_phone=employer is not None and employer.phone != listing.contact_phone,
            held=held_now(u, listing.employer_id),
            due_on=reverify.due_on(employer) if employer else None,
            due=employer is None or not reverify.counts(employer, here.today()),
            history=history(u, employer, before),
            twins=_twins(here, u, listing, before),
            own=listing.collected_by == session.staff_id,
            alone=alone(u, session),
        )


def _twins(here: Here, u: UnitOfWork, listing: Listing, before: Sequence[Listing]) -> tuple[Twin, ...]:
    """Find the likeliest copies: the employer's own, and whoever wrote the same words or offers the same at the same place."""
    found = {one.id: one for one in before}
    if listing.description:
        found |= {one.id: one for one in u.list(Listing, description=listing.description)}
    found |= {one.id: one for one in u.list(Listing, title=listing.title, place=listing.place)}
    twins = []
    for one in found.values():
        if one.id == listing.id or one.ends_on < here.today():
            continue
        reviews, takedowns = u.list(Review, listing_id=one.id), u.list(Takedown, listing_id=one.id)
        state, same = state_of(one, reviews, takedowns, here.today()), same_in(listing, one)
        # the same firm with other work is no copy
        if state in LIVE and ({"phone", "text"} & set(same) or len(same) >= ENOUGH):
            twins.append(Twin(listing=one, state=state, same=same))
    return tuple(sorted(twins, key=lambda twin: -len(twin.same))[:MOST])
