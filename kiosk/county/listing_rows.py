"""Where each listing stands, in one row, so that a county of a million finds one: kept in step with the records some seconds behind them.

Everything in a row can be made again from records; what a listing is in truth the records say (phone_records.Story). Words are found by
pairs of neighbouring characters: Chinese has no blanks, and PostgreSQL's own trigrams find no word of two characters.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import md5
from itertools import pairwise
from time import monotonic
from typing import Any

import sqlalchemy as sa

from kiosk.county.bulk import among, inserting
from kiosk.county.feed import EVERYONE, of_station
from kiosk.county.phone_records import Records, Story
from kiosk.county.rulings import Rulings
from kiosk.county.schema import county, feed, listing_mark, listing_row, record, station
from kiosk.domain.listing import Listing, ListingState, Verdict, last_verdict, state_of
from kiosk.domain.normalise import runs, terms
from kiosk.domain.record import to_plain
from kiosk.domain.review import RuleBook
from kiosk.domain.review_text import fold, scan

LOCK = 420_925
"""An advisory lock: one hub keeps the rows, however many serve the county."""
STEP = 2000
"""So many places of the feed are gone through in one transaction."""
AT_ONCE = 500
FRAUD_RULES = ("fraud", "papers", "fee", "link")
"""What is looked for at several stations, gravest first: the rules of assets/rules that a swindler breaks everywhere alike."""
OVER_FOR = timedelta(days=30)
"""What ended longer ago is not read for fraud any more."""
LEAST_TEXT = 12
"""Words so few are the same by chance."""
TEXTS = ("title", "requirements", "description", "place", "transport", "pay_method")
NEVER = date.min
REFUSED = "refused"
"""Returned or rejected: asked for as one, so that one place of the index holds them."""


def catch_up(engine: sa.Engine, county_id: str, now: Callable[[], datetime], rulings: Rulings, most_s: float) -> bool:
    """Bring rows in step with the feed for about so many seconds; give whether there is more."""
    until = monotonic() + most_s
    while True:
        with engine.begin() as connection:
            if not _step(connection, county_id, now(), rulings):
                return False
        if monotonic() > until:
            return True


def refresh(connection: sa.Connection, county_id: str, listing_ids: Collection[str], now: datetime, rules: RuleBook | None) -> None:
    """Make the rows of these listings anew."""
    ids = sorted(listing_ids)
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        stories = Records(connection, county_id, now).stories(some)
        rows = [_row(county_id, story, now, rules) for story in stories.values() if story.revisions]
        gone = [(one,) for one, story in stories.items() if not story.revisions]
        if gone:
            connection.execute(sa.delete(listing_row).where(listing_row.c.county_id == county_id, among((listing_row.c.id,), gone)))
        if rows:
            # whoever decides at the console makes a row, too, perhaps in the same moment
            new = inserting(listing_row, rows)
            changed = {c.name: new.excluded[c.name] for c in listing_row.c if not c.primary_key}
            connection.execute(new.on_conflict_do_update(index_elements=list(listing_row.primary_key), set_=changed))


def of_employers(connection: sa.Connection, county_id: str, employer_ids: Collection[str]) -> Sequence[str]:
    """Give the listings of these employers' files."""
    mine = (listing_row.c.county_id == county_id, listing_row.c.employer_id.in_(employer_ids))
    return connection.scalars(sa.select(listing_row.c.id).where(*mine)).all()


def query_of(words: str) -> str:
    """Give what finds rows that hold all these words, as a tsquery; empty where nothing was asked for."""
    found = []
    for term in terms(words):
        pairs = [a + b for a, b in pairwise(term)]
        found += [_quoted(pair) for pair in pairs] or [f"{_quoted(term)}:*"]
    return " & ".join(dict.fromkeys(found))


def _step(connection: sa.Connection, county_id: str, now: datetime, rulings: Rulings) -> bool:
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK, sa.func.hashtext(county_id)))):
        return False
    mark = connection.scalar(sa.select(listing_mark.c.position).where(listing_mark.c.county_id == county_id))
    head = connection.scalar(sa.select(county.c.feed_position).where(county.c.county_id == county_id)) or 0
    if mark is None:
        connection.execute(sa.insert(listing_mark).values(county_id=county_id, position=0))
    after = mark or 0
    if after >= head:
        return False
    upto = min(head, after + STEP)
    refresh(connection, county_id, _changed(connection, county_id, after, upto), now, rulings.rules(connection, now))
    connection.execute(sa.update(listing_mark).where(listing_mark.c.county_id == county_id).values(position=upto))
    return upto < head


def _changed(connection: sa.Connection, county_id: str, after: int, upto: int) -> set[str]:
    """Give the listings that something in this part of the feed is about."""
    stations = connection.scalars(sa.select(station.c.id).where(station.c.county_id == county_id)).all()
    audiences = [EVERYONE, *map(of_station, stations)]
    part = (feed.c.county_id == county_id, feed.c.audience.in_(audiences), feed.c.position > after, feed.c.position <= upto)
    moved = sa.select(feed.c.entity, feed.c.record_id).where(*part, feed.c.entity.in_(("listing", "review", "takedown", "employer_hold")))
    ids: dict[str, set[str]] = {"listing": set()}
    for entity, record_id in connection.execute(moved.distinct()):
        ids.setdefault(entity, set()).add(record_id)
    found, employers = ids.pop("listing"), set[str]()
    for entity, some in ids.items():
        these = (record.c.county_id == county_id, record.c.entity == entity, among((record.c.id,), [(one,) for one in some]))
        about = set(connection.scalars(sa.select(record.c.about).where(*these, record.c.about.is_not(None))))
        if entity == "employer_hold":
            employers |= about
        else:
            found |= about
    return found | set(of_employers(connection, county_id, employers)) if employers else found


def _row(county_id: str, story: Story, now: datetime, rules: RuleBook | None) -> dict[str, Any]:
    newest = story.revisions[-1]
    approved = [
        r for r in story.revisions if last_verdict([one for one in story.reviews if one.listing_revision == r.revision]) is Verdict.APPROVE
    ]
    state = state_of(newest, story.reviews, story.takedowns, NEVER)
    if approved and not story.takedowns:
        state = ListingState.APPROVED
    ends_on = approved[-1].ends_on if approved else newest.ends_on
    fresh = rules is not None and newest.ends_on >= now.date() - OVER_FOR
    return {
        "county_id": county_id,
        "id": newest.id,
        "station_id": newest.station_id,
        "collected_at": to_plain(newest.collected_at),
        "state": REFUSED if state in (ListingState.RETURNED, ListingState.REJECTED) else state.value,
        "held": story.held,
        "ends_on": to_plain(ends_on),
        "trade": newest.trade.value,
        "phone": str(newest.contact_phone),
        "employer_id": newest.employer_id,
        "text_key": _key(newest.description),
        "place_key": _key(newest.title, newest.area, newest.place),
        "findings": _findings(newest, rules) if rules and fresh else [],
        "words": " ".join(sorted({_quoted(word) for word in _words(newest)})),
    }


def _findings(listing: Listing, rules: RuleBook) -> list[str]:
    text = fold("\n".join(getattr(listing, name) for name in TEXTS), rules.folding)
    broken = {rule.name for rule in rules.words if rule.name in FRAUD_RULES and scan(rule.text, text)[0]}
    return [name for name in FRAUD_RULES if name in broken]


def _words(listing: Listing) -> Iterator[str]:
    """Give the pairs of characters that stand in a listing, and what each run of them ends with: so that one character is found, too."""
    for run in runs("\n".join((listing.employer_name, *(getattr(listing, name) for name in TEXTS)))):
        yield from (a + b for a, b in pairwise(run))
        yield run[-1]


def _quoted(lexeme: str) -> str:
    return f"'{lexeme}'"  # runs hold letters, digits and the dot alone


def _key(*texts: str) -> str | None:
    """Give what is the same for the same words, however they were set; None where they are too few to tell anything."""
    plain = "|".join("".join(c for c in fold(text).text if c.isalnum()) for text in texts)
    return md5(plain.encode(), usedforsecurity=False).hexdigest() if len(texts) > 1 or len(plain) >= LEAST_TEXT else None
