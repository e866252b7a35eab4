"""The job list for what a visitor asks, and what each further choice would leave of it. Knows what is near; writes nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta

from kiosk.domain.matching import Ring
from kiosk.domain.wish import Wish
from kiosk.services.browse import PAGE, JobPage, JobQuery, jobs, nearest_areas
from kiosk.services.station import Here
from kiosk.store import search
from kiosk.store.search import Choices, Filters, Order


def near_areas(here: Here) -> tuple[str, ...]:
    """Give our own area and its neighbours, nearest first."""
    order = nearest_areas(here)
    return tuple(area for area in order if here.areas.ring(order[0], area) is not Ring.COUNTY)


def find(here: Here, wish: Wish, offset: int = 0, limit: int = PAGE) -> JobPage:
    """Give one page of what is wished for: nearest first where that is asked, best paid first where that is, else newest first."""
    near = near_areas(here) if wish.near else ()
    order = Order.PAY if wish.well_paid else Order.NEAR if near else Order.NEWEST
    filters = replace(_filters(here, wish), near=near, trade=wish.trade)
    return jobs(here, JobQuery(text=wish.text, filters=filters, order=order, offset=offset, limit=limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the filter page shows: how many fit now, what each choice would leave, the areas nearest first with their kilometres."""

    total: int
    near: int
    choices: Choices
    km: dict[str, int | None]


def ways(here: Here, wish: Wish) -> Ways:
    """Count what each further choice would leave of the list."""
    order = nearest_areas(here)
    with here.store.read() as u:
        filters = replace(_filters(here, wish), trade=wish.trade, ends_from=u.today)
        choices = search.choices(u.connection, wish.text, filters, u.today)
        return Ways(
            total=search.count(u.connection, wish.text, filters),
            near=sum(choices.areas[area] for area in near_areas(here)),
            choices=choices,
            km={area: here.areas.km(order[0], area) for area in order},
        )


def _filters(here: Here, wish: Wish) -> Filters:
    today = here.today()
    return Filters(
        areas=frozenset(near_areas(here)) if wish.near else wish.areas,
        settlement=wish.settlement,
        starts_until=None if wish.days_ahead is None else today + timedelta(days=wish.days_ahead),
        min_day_fen=wish.min_day_fen,
        switches=wish.switches,
    )
