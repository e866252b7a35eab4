"""The county's figures, counted at a real hub: the same as brute force over the records, for every scope and span, however they came."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.county.figures import count
from kiosk.county.figures.answer import COMPARED, Figures, Group, Scope, Span, Spread, figures
from kiosk.county.figures.tally import Total
from kiosk.county.schema import figure
from kiosk.domain.codes import AREAS, Trade
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, Verdict
from kiosk.domain.measures import CHINA, MEASURES, Year
from kiosk.domain.pay import per_day
from kiosk.domain.referral import Referral, ReferralState, ReferralStep, state_of
from kiosk.domain.roster import Recommendation, roster_rows
from kiosk.domain.worker import Worker
from tests.county_year import StationYear, keep
from tests.hub_parts import CENTRE, COUNTY, OTHER, OURS, TestHub
from tests.integration.test_hub_push import a_worker
from tests.station import START, a_listing, a_review

THIRD = replace(OURS, id=f"{0:08}-0000-7000-8000-000000000003", name="义堂二站", short="YE")
PLACES = (CENTRE, OURS, OTHER, THIRD)
GRADED = (Total.RECOMMENDED, Total.CONFIRMED, Total.ARRIVED, Total.PAID, Total.DOUBTFUL)
CAME_TO_NOTHING = {ReferralState.DECLINED: Total.DECLINED, ReferralState.NO_SHOW: Total.NO_SHOW}


def of(kind: type, records: Iterable[Any]) -> list[Any]:
    return [one for one in records if isinstance(one, kind)]


def within(span: Span, at: datetime) -> bool:
    there = at.astimezone(CHINA)
    return there.year == span.year and there.month in span.months


def by_hand(
    records: Sequence[Any], scope: Scope, span: Span
) -> tuple[dict[str, Counter[Total]], dict[str, list[int]], list[int], list[int]]:
    """Count the plain way: by trade, pay by trade, minutes to a review, hours until filled. Grades are the roster's own affair."""
    ids = {s.id for s in PLACES if scope.station_id in ("", s.id) and scope.area in ("", s.area)}
    mine = [one for one in records if one.station_id in ids]
    totals: dict[str, Counter[Total]] = {trade: Counter() for trade in ("", *(t.value for t in Trade))}
    pay: dict[str, list[int]] = {trade.value: [] for trade in Trade}
    waited: list[int] = []
    filled: list[int] = []
    for worker in of(Worker, mine):
        if within(span, worker.registered_at):
            totals[""][Total.REGISTERED] += 1
            for trade in worker.trades:
                totals[trade.value][Total.WANTED] += 1
    listings = of(Listing, mine)
    for newest in {one.id: one for one in listings}.values():
        revisions = {one.revision: one for one in listings if one.id == newest.id}
        reviews = sorted((r for r in of(Review, records) if r.listing_id == newest.id), key=lambda r: r.reviewed_at)
        downs = sorted((d for d in of(Takedown, records) if d.listing_id == newest.id), key=lambda d: d.taken_down_at)
        approved = [r for r in reviews if r.verdict is Verdict.APPROVE]
        this_year = [r for r in approved if r.reviewed_at.astimezone(CHINA).year == span.year]
        if this_year and within(span, this_year[0].reviewed_at):
            one = revisions[this_year[0].listing_revision]
            totals[one.trade.value][Total.PUBLISHED] += 1
            totals[one.trade.value][Total.HEADCOUNT] += one.headcount
            day = per_day(one)
            pay[one.trade.value] += [] if day is None else [day]
        decided = [r for r in reviews if r.verdict is not Verdict.UNDO and r.listing_revision == newest.revision]
        decided = [r for r in decided if r.reviewed_at.astimezone(CHINA).year == span.year]
        if decided and within(span, decided[0].reviewed_at):
            waited.append(round((decided[0].reviewed_at - newest.collected_at).total_seconds() / 60))
        if downs and approved and within(span, downs[-1].taken_down_at):
            last = downs[-1]
            if last.state is ListingState.FILLED:
                totals[newest.trade.value][Total.FILLED] += 1
                filled.append((last.taken_down_at - approved[0].reviewed_at) // timedelta(hours=1))
            else:
                own = last.station_id == newest.station_id
                totals[newest.trade.value][Total.WITHDRAWN if own else Total.REMOVED] += 1
    trades = {one.id: one.trade.value for one in of(Listing, records)}
    for referral in of(Referral, mine):
        steps = sorted((s for s in of(ReferralStep, records) if s.referral_id == referral.id), key=lambda s: s.stepped_at)
        at = next((s.stepped_at for s in steps if s.state is ReferralState.REFERRED), None)
        if at is not None and within(span, at):
            counts = totals[trades[referral.listing_id]]
            counts[Total.REFERRED] += 1
            counts[Total.UNPAID] += state_of(steps) is ReferralState.UNPAID
            if state_of(steps) in CAME_TO_NOTHING:
                counts[CAME_TO_NOTHING[state_of(steps)]] += 1
    return totals, pay, waited, filled


def same(group: Group, counted: Counter[Total]) -> None:
    assert {what: group[what] for what in Total if what not in GRADED} == {what: counted[what] for what in Total if what not in GRADED}


def spread_is(found: Spread | None, values: list[int]) -> None:
    if not values:
        assert found is None
        return
    assert found is not None
    low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    assert (found.count, float(found.low), float(found.middle), float(found.high)) == (len(values), low, median(values), high)


def count_all(hub: TestHub) -> None:
    with hub.engine.begin() as connection:
        while count.count_next(connection, COUNTY, hub.clock()):
            pass


def ask(hub: TestHub, scope: Scope, span: Span, county: str = COUNTY) -> Figures:
    with hub.engine.connect() as connection:
        return figures(connection, county, scope, span)


@pytest.fixture
def records(hub: TestHub) -> list[Any]:
    """Four stations' years, partly about each other's listings."""
    hub.publish(THIRD)
    made: list[Any] = []
    for number, place in enumerate(PLACES):
        others = [one.id for one in of(Listing, made)]
        made += StationYear(place, START, number, others, CENTRE.id).all(25, 20, 40)
    with hub.engine.begin() as connection:
        assert keep(connection, COUNTY, made, START) == len(made)
    return made


def test_figures_when_counted_are_those_of_brute_force_for_every_scope_and_span(hub: TestHub, records: list[Any]) -> None:
    count_all(hub)
    rng = random.Random(7)
    spans = [Span(2026), Span(2026, 11, 11), Span(2026, 3, rng.randint(3, 12))]
    scopes = [Scope(), Scope(OURS.area), Scope(OTHER.area), Scope("420923450"), Scope(station_id=THIRD.id)]
    for scope in scopes:
        for span in spans:
            found, (totals, pay, waited, filled) = ask(hub, scope, span), by_hand(records, scope, span)
            same(found.all, sum(totals.values(), Counter()))
            for trade in Trade:
                same(found.trades[trade], totals[trade.value])
                spread_is(found.trades[trade].pay, pay[trade.value])
            spread_is(found.all.pay, [day for days in pay.values() for day in days])
            spread_is(found.review, waited)
            spread_is(found.all.fill, filled)
            assert found.all[Total.REFERRED] == sum(found.all[what] for what in (*GRADED, Total.DECLINED, Total.NO_SHOW))
    whole = ask(hub, Scope(), Span(2026))
    assert whole.all[Total.DOUBTFUL]
    for area in AREAS:
        totals = by_hand(records, Scope(area), Span(2026))[0]
        assert {what: whole.townships[area][what] for what in COMPARED} == {
            what: sum(totals.values(), Counter())[what] for what in COMPARED
        }
    for month in (1, 6, 11):
        totals = by_hand(records, Scope(), Span(2026, month, month))[0]
        same(whole.months[month], sum(totals.values(), Counter()))


def test_figures_when_counted_are_what_a_stations_own_assessment_says(hub: TestHub, records: list[Any]) -> None:
    count_all(hub)
    for place in PLACES:
        mine = [one for one in records if one.station_id == place.id]
        listings = {one.id: one for one in of(Listing, mine)}
        year = Year(
            year=2026,
            today=START.date(),
            workers=of(Worker, mine),
            listings=list(listings.values()),
            reviews=[r for r in of(Review, records) if r.listing_id in listings],
            takedowns=[],
            roster=[row for row in roster_rows(known(records, place.id)) if row.referred_at.astimezone(CHINA).year == 2026],
            cases=(),
            case_steps=(),
            checks=(),
            signups=(),
            spendings=(),
            entries=(),
            days=(),
        )
        found = ask(hub, Scope(station_id=place.id), Span(2026))
        assert found.all[Total.REGISTERED] == MEASURES["registrations"](year).value
        assert found.all[Total.PUBLISHED] == MEASURES["published"](year).value
        for at, what in enumerate(GRADED[:-1]):
            assert sum(found.all[better] for better in GRADED[at:-1]) == MEASURES[what.value](year).value
        assert found.all[Total.DOUBTFUL] == len(MEASURES["recommended"](year).against)
        assert found.review is not None
        assert abs(round(found.review.middle) - int(MEASURES["review_minutes"](year).value or 0)) <= 1


def known(records: Sequence[Any], station_id: str) -> list[Recommendation]:
    listings, workers = {one.id: one for one in of(Listing, records)}, {one.id: one for one in of(Worker, records)}
    steps: dict[str, list[ReferralStep]] = {}
    for step in of(ReferralStep, records):
        steps.setdefault(step.referral_id, []).append(step)
    own = [one for one in of(Referral, records) if one.station_id == station_id and one.id in steps]
    return [Recommendation(referral=r, steps=steps[r.id], worker=workers[r.worker_id], listing=listings[r.listing_id]) for r in own]


def test_figures_when_nothing_was_counted_yet_say_so_and_are_empty(hub: TestHub) -> None:
    assert ask(hub, Scope(), Span(2026)).counted_at is None
    count_all(hub)
    found = ask(hub, Scope(), Span(2026))
    assert found.counted_at == START
    assert found.empty


def test_count_when_something_comes_counts_its_station_again_a_quarter_of_an_hour_later_and_nobody_else(hub: TestHub) -> None:
    count_all(hub)
    terminal = hub.terminal()
    listing = a_listing(station_id=OURS.id)
    assert not terminal.push(listing, a_review(listing, START), a_worker()).refused
    count_all(hub)
    assert ask(hub, Scope(), Span(2026)).empty
    hub.clock.tick(minutes=16)
    count_all(hub)
    found = ask(hub, Scope(), Span(2026))
    assert (found.all[Total.PUBLISHED], found.all[Total.HEADCOUNT], found.all[Total.REGISTERED]) == (1, 3, 1)
    assert found.trades[Trade.LOADING].pay == Spread(1, 26000, 26000, 26000)  # type: ignore[arg-type]
    with hub.engine.connect() as connection:
        counted = {row.scope: row.counted_at for row in connection.execute(sa.select(figure))}
    assert counted[Scope(station_id=OURS.id).key] == hub.clock() != counted[Scope(station_id=OTHER.id).key]
    assert ask(hub, Scope(OURS.area), Span(2026)).all[Total.REGISTERED] == 1
    assert ask(hub, Scope(OTHER.area), Span(2026)).empty
    assert ask(hub, Scope(), Span(2026), county="420924").counted_at is None


def test_count_when_the_year_is_over_still_counts_the_last_one_until_april_and_then_leaves_it(hub: TestHub) -> None:
    assert count.years_of(datetime(2027, 3, 31, 23, 59, tzinfo=CHINA)) == [2026, 2027]
    assert count.years_of(datetime(2027, 4, 1, tzinfo=CHINA)) == [2027]
    hub.clock.now = datetime(2027, 1, 15, tzinfo=CHINA)
    terminal = hub.terminal()
    terminal.push(a_worker())
    count_all(hub)
    assert ask(hub, Scope(), Span(2026)).all[Total.REGISTERED] == 1
    assert ask(hub, Scope(), Span(2027)).empty
