"""What stands on the board beside the lists: the county's policies and courses, notices, the station's services, honest warnings, pictures.

Makes Sheets of words and links; knows no turn and no drawing. Everything a sheet says can be read aloud twice in its time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain import wifi
from kiosk.domain.codes import AREAS
from kiosk.domain.listing import Published
from kiosk.domain.notice import Notice
from kiosk.domain.pay import yuan
from kiosk.domain.programme import LONGEST_S, PageKind, dwell_s
from kiosk.domain.running import Facility
from kiosk.domain.station import Policy, Training
from kiosk.screens.board.scene import Fact, Scene, Sheet, without_numbers
from kiosk.services import listing_words as say
from kiosk.services import tickets
from kiosk.services.station import Here, local
from kiosk.text import t, words

if TYPE_CHECKING:
    from kiosk.store.store import UnitOfWork

FACILITY_ICONS = {
    Facility.WATER: "cup-water",
    Facility.WIFI: "wifi",
    Facility.FIRST_AID: "medical-bag",
    Facility.REST: "sofa",
    Facility.DESK: "account-multiple",
}
SAFETY = sorted({key.split(".")[2].removesuffix("_more") for key in words() if key.split(".")[:2] == ["board", "safety"]})
CUT_STEP = 6
BODY_MOST = 120
"""Characters of a page's smaller words: more are not read from a chair."""
SERVICES, CODE = "services", "code"


@dataclass(frozen=True, slots=True)
class Network:
    """The visitors' Wi-Fi; without a name there is none."""

    name: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the store has beside listings."""

    policies: tuple[Policy, ...] = ()
    trainings: tuple[Training, ...] = ()
    notices: tuple[Notice, ...] = ()
    facilities: tuple[tuple[Facility, bool, datetime], ...] = ()

    def standing(self, now: datetime) -> tuple[Notice, ...]:
        """Give the notices that are to be shown, those that begin last first."""
        return tuple(sorted((n for n in self.notices if n.stands(now)), key=lambda n: (n.starts_at, n.id), reverse=True))

    def urgent(self, now: datetime) -> list[tuple[str, int]]:
        """Give id and revision of the notices that break in."""
        return [(n.id, n.revision) for n in self.standing(now) if n.urgent]

    def to_come(self, today: date) -> tuple[Training, ...]:
        """Give the courses that one can still go to, the next first."""
        return tuple(sorted((c for c in self.trainings if c.starts_on + timedelta(days=c.days) > today), key=lambda c: (c.starts_on, c.id)))

    def sheets(self, now: datetime, pictures: Iterable[Path]) -> Mapping[PageKind, tuple[str, ...]]:
        """Give by kind the ids of what can be shown."""
        return {
            PageKind.CODE: (CODE,),
            PageKind.POLICY: tuple(p.id for p in self.policies),
            PageKind.TRAINING: tuple(c.id for c in self.to_come(local(now).date())),
            PageKind.NOTICE: tuple(n.id for n in self.standing(now)),
            PageKind.SERVICES: (SERVICES,) if self.facilities else (),
            PageKind.SAFETY: tuple(SAFETY),
            PageKind.PICTURE: tuple(path.name for path in pictures),
        }

    def sheet(
        self, here: Here, kind: PageKind, name: str, total: int, network: Network, pictures: Iterable[Path], today: date
    ) -> Sheet | None:
        """Say the page of a kind and an id; None when it is gone."""
        match kind:
            case PageKind.CODE:
                return code(here, total)
            case PageKind.SERVICES:
                return services(self, network, today)
            case PageKind.SAFETY:
                return safety(name)
            case PageKind.POLICY:
                return next((policy(here, p) for p in self.policies if p.id == name), None)
            case PageKind.TRAINING:
                return next((training(here, c, today) for c in self.trainings if c.id == name), None)
            case PageKind.NOTICE:
                return next((notice(n) for n in self.notices if n.id == name), None)
        return next((picture(path) for path in pictures if path.name == name), None)


def read(u: "UnitOfWork") -> Contents:
    """Read what the store has."""
    return Contents(
        policies=tuple(u.list(Policy)),
        trainings=tuple(u.list(Training)),
        notices=tuple(u.list(Notice)),
        facilities=tuple(u.facility_facts()),
    )


def large(published: Published, today: date) -> Sheet:
    """Say a listing that has a page of its own: its row stands in the scene."""
    listing = published.listing
    place = " ・ ".join(p for p in (say.area(listing), without_numbers(listing.place)) if p)
    with_it = " ・ ".join(p for p in (say.meals(listing), say.lodging(listing), say.ride(listing)) if p)
    asked = without_numbers(listing.requirements)
    lines = (
        ("calendar", say.days(listing, today)),
        ("clock-outline", say.hours(listing)),
        ("map-marker", place),
        ("account-multiple", t("detail.people", count=listing.headcount)),
        ("silverware-fork-knife", with_it),
        ("clipboard-check", t("board.large_page.requirements", text=shortened(asked)) if asked else ""),
    )
    return Sheet(kind=PageKind.LARGE, id=listing.id, facts=tuple(Fact(icon, text) for icon, text in lines if text))


def code(here: Here, total: int) -> Sheet:
    """Say that everything can be had on the phone, without getting up."""
    lead, link = t("board.code.lead", count=total), f"{here.phone_base}/"
    return Sheet(
        kind=PageKind.CODE, id=CODE, title=t("board.code.title"), lead=lead, body=t("board.code.more"), url=link, hint=t("board.code.hint")
    )


def policy(here: Here, found: Policy) -> Sheet:
    """Say a policy: what it gives, to whom, and what to do."""
    facts = [
        Fact("account-check", t("board.policy_page.who", text=shortened(found.who))),
        Fact("clipboard-check", t("board.policy_page.how", text=shortened(found.how))),
        Fact("account-voice", t("board.policy_page.ask")),
    ]
    return Sheet(
        kind=PageKind.POLICY,
        id=found.id,
        title=found.title,
        lead=found.summary,
        facts=tuple(facts),
        body=t("board.sample") if found.sample else "",
        url=tickets.policy_url(here, found.id),
        hint=t("board.policy_page.hint"),
    )


def training(here: Here, found: Training, today: date) -> Sheet:
    """Say a course: when, where, what it costs, and how one gets in."""
    key = "board.training_page.begun" if found.starts_on < today else "board.training_page.lead"
    lead = t(key, day=say.day(max(found.starts_on, today), today) if found.starts_on >= today else _date(found.starts_on), days=found.days)
    fee = t("policy.fee", yuan=yuan(found.fee_fen)) if found.fee_fen else t("policy.free")
    lines = (
        ("map-marker", t("policy.where", place=AREAS.get(found.area, "") + found.place)),
        ("account-multiple", t("policy.seats", count=found.seats, fee=fee)),
        ("cash", found.subsidy),
        ("account-edit", t("board.training_page.sign_up")),
    )
    return Sheet(
        kind=PageKind.TRAINING,
        id=found.id,
        title=found.title,
        lead=lead,
        facts=tuple(Fact(icon, text) for icon, text in lines if text),
        body=t("board.sample") if found.sample else "",
        url=tickets.training_url(here, found.id),
        hint=t("board.training_page.hint"),
    )


def notice(found: Notice) -> Sheet:
    """Say a notice."""
    lines = (shortened(found.body), t("board.sample") if found.sample else "")
    return Sheet(kind=PageKind.NOTICE, id=found.id, title=found.title, body="\n".join(line for line in lines if line))


def services(contents: Contents, network: Network, today: date) -> Sheet:
    """Say what the station has, and what of it is being mended; with the code that joins a phone to its Wi-Fi."""
    facts = tuple(
        Fact(FACILITY_ICONS[facility], _service(facility, ok, at, network, today))
        for facility, ok, at in contents.facilities
        if facility is not Facility.WIFI or network.name
    )
    url = wifi.join_code(network.name, network.password) if network.name else ""
    hint = t("board.services_page.wifi_hint") if url else ""
    title, lead = t("board.services_page.title"), t("board.services_page.lead")
    return Sheet(kind=PageKind.SERVICES, id=SERVICES, title=title, lead=lead, facts=facts, url=url, hint=hint)


def safety(name: str) -> Sheet:
    """Say one honest warning at full size."""
    return Sheet(kind=PageKind.SAFETY, id=name, title=t(f"board.safety.{name}"), lead=t(f"board.safety.{name}_more"))


def picture(path: Path) -> Sheet:
    """Show one of the station's own pictures."""
    return Sheet(kind=PageKind.PICTURE, id=path.name, picture=str(path))


def shortened(text: str, most: int = BODY_MOST) -> str:
    """Cut words at the end of a thought where they are too many."""
    if len(text) <= most:
        return text
    kept = text[:most]
    stop = max(kept.rfind(mark) for mark in "。；，\n")
    return (kept[:stop] if stop > most // 2 else kept) + "…"


def readable(scene: Scene) -> Scene:
    """Cut a sheet's longest words, at the end of a thought, until the page can be read aloud twice in LONGEST_S."""
    sheet, cut = scene.sheet, scene
    for most in range(BODY_MOST, 0, -CUT_STEP):
        if sheet is None or dwell_s(cut.words(), 0) <= LONGEST_S:
            break
        facts = tuple(replace(fact, text=shortened(fact.text, most)) for fact in sheet.facts)
        title, lead, body = (shortened(text, most) for text in (sheet.title, sheet.lead, sheet.body))
        cut = replace(scene, sheet=replace(sheet, title=title, lead=lead, facts=facts, body=body))
    return cut


def _service(facility: Facility, ok: bool, at: datetime, network: Network, today: date) -> str:
    name = t(f"facility.{facility.value}")
    if not ok:
        return t("board.services_page.broken", name=name)
    if facility is Facility.WIFI:
        return t("board.services_page.wifi", name=name, wifi=network.name)
    # when it was looked at before today is for whoever runs the station, not for who wants water
    return t("board.services_page.looked_at", name=name) if local(at).date() == today else name


def _date(day: date) -> str:
    return t("day.date", month=day.month, day=day.day)
