"""What stands on each slip, in the words of kiosk/text: every sentence of paper is chosen here. Knows no printer and writes nothing.

Names stand masked, a worker's phone never, but on a 推荐单 to whose employer he lets it go; an employer's contact only where he chose it to
be read.
"""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from kiosk.domain import pay
from kiosk.domain.codes import AREAS, Meals
from kiosk.domain.listing import ContactScope, Listing, PublicListing
from kiosk.domain.running import Booking
from kiosk.domain.slip import Align, Block, Code, Field, Line, Rule, Slip, SlipKind, Style
from kiosk.domain.station import Policy, Station, Training
from kiosk.domain.words import in_fours
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.services.station import local
from kiosk.services.worker_words import phone_words
from kiosk.text import t

READ_FIRST = frozenset({"days", "hours", "place", "starts"})
"""The fields by which one gets there in time: whoever has no glasses with him must read them."""


def registration_slip(worker: Worker, station: Station, ticket_url: str, now: datetime) -> Slip:
    """求职登记凭条: that a worker is registered, and the code with which he comes back; without a ticket it opens nothing."""
    trades = "、".join(t(f"trade.{trade.value}") for trade in worker.trades)
    return _slip(
        SlipKind.REGISTRATION,
        worker.number,
        station,
        _field("serial", worker.number),
        _field("name", worker.name.masked()),
        _field("trades", trades),
        _field("pay", _wanted(worker)),
        _field("time", _instant(now)),
        Rule(),
        *_way_back(worker, ticket_url),
        *([_centre(t("slip.registration.keep"))] if ticket_url else []),
    )


def listing_slip(
    listing: Listing,
    station: Station,
    serial: str,
    ticket_url: str,
    now: datetime,
    *,
    owner: Station | None = None,
    number: int | None = None,
) -> Slip:
    """用工信息: one listing to take home. `owner` is the station whose listing it is, when another; `number` the one on the board."""
    found = [_centre(t("slip.listing.number", number=number))] if number is not None else []
    return _slip(
        SlipKind.LISTING,
        serial,
        station,
        *_offer(listing, now),
        *_contact(listing, station, owner or station),
        Rule(),
        Code(text=ticket_url),
        _centre(t("slip.scan_listing")),
        *found,
        _centre(f"{serial}  {_instant(now)}"),
    )


def referral_slip(
    worker: Worker, listing: Listing, station: Station, serial: str, ticket_url: str, now: datetime, *, owner: Station | None = None
) -> Slip:
    """报名凭条: that a worker put himself down for a listing, and where to go; without a ticket it opens nothing."""
    return _slip(
        SlipKind.REFERRAL,
        serial,
        station,
        _field("serial", serial),
        _field("name", worker.name.masked()),
        _field("time", _instant(now)),
        Rule(),
        *_offer(listing, now),
        *_contact(listing, station, owner or station),
        Rule(),
        _centre(t("slip.referral.go"), Style.HEAD),
        *_way_back(worker, ticket_url),
    )


def _way_back(worker: Worker, ticket_url: str) -> tuple[Block, ...]:
    """Give what opens his registration; who has not shown that he is this worker is told where that stands."""
    if not ticket_url:
        return _centre(t("slip.known")), _centre(t("slip.known_lost"))
    return Code(text=ticket_url), _centre(t("slip.scan")), _centre(in_fours(worker.code), Style.BIG)


def recommendation_slip(
    worker: Worker,
    listing: Listing,
    station: Station,
    serial: str,
    ticket_url: str,
    now: datetime,
    *,
    by: str,
    contact: bool,
    over: bool = False,
    owner: Station | None = None,
) -> Slip:
    """推荐单: the worker takes it to the employer, both sign. `contact`: he agreed that name and phone stand on it; `by` who recommends."""
    asked = t("slip.recommendation.phone_asked", phone=station.phone.grouped())
    label = {name: t(f"slip.recommendation.{name}") for name in ("worker", "age", "trades", "phone", "by")}
    return _slip(
        SlipKind.RECOMMENDATION,
        serial,
        station,
        _field("serial", serial),
        _field("time", _instant(now)),
        Field(label=label["by"], value=by),
        Rule(),
        Field(label=label["worker"], value=str(worker.name) if contact else worker.name.masked()),
        Field(label=label["age"], value=t(f"age_band.{worker.age_band.value}")),
        Field(label=label["trades"], value="、".join(t(f"trade.{trade.value}") for trade in worker.trades)),
        Field(label=label["phone"], value=phone_words(worker) if contact and worker.phone_of is not PhoneOf.STATION else asked),
        Rule(),
        *_offer(listing, now),
        *_contact(listing, station, owner or station),
        *([_centre(t("slip.recommendation.over"), Style.HEAD)] if over else []),
        Rule(),
        *_to_sign("sign_worker"),
        Rule(),
        _left(t("slip.recommendation.result"), Style.BIG),
        *_to_sign("sign_employer"),
        _left(""),
        _left(t("slip.recommendation.day")),
        Rule(),
        _centre(t("slip.recommendation.back")),
        Code(text=ticket_url),
        _centre(t("slip.scan")),
    )


def _to_sign(who: str) -> tuple[Block, ...]:
    """Give a line to sign on; a pen needs 9 mm above it."""
    return _left(t(f"slip.recommendation.{who}")), _left(""), _left(t("slip.recommendation.line"), Style.BIG)


def posting_slip(
    listing: Listing, station: Station, serial: str, number: str, ticket_url: str, due: datetime | None, now: datetime
) -> Slip:
    """用工登记凭条: that an employer's listing waits for review, and until when. `due` is the instant of the answer, None without a time.

    `number` opens the posting at the terminal.
    """
    due_words = t("slip.posting.due_open")
    if due is not None:
        answer = local(due)
        later = answer.date() != local(now).date()
        due_words = t("slip.posting.due_day" if later else "slip.posting.due", time=answer, month=answer.month, day=answer.day)
    return _slip(
        SlipKind.POSTING,
        serial,
        station,
        _field("serial", serial),
        _field("employer", listing.employer_name),
        _field("what", t("slip.posting.what", title=listing.title, count=listing.headcount)),
        _field("pay", t("slip.pay.join", pay=_offered(listing), settlement=t(f"settlement.{listing.settlement.value}"))),
        _field("days", _days(listing)),
        _field("place", _place(listing)),
        _field("time", _instant(now)),
        Rule(),
        _centre(t("slip.posting.pending")),
        _centre(due_words, Style.HEAD),
        Code(text=ticket_url),
        _centre(t("slip.scan_posting")),
        _centre(in_fours(number), Style.BIG),
        _centre(t("slip.posting.keep")),
    )


def returned_slip(listing: Listing, station: Station, serial: str, reason: str, now: datetime) -> Slip:
    """用工信息退回单: what the employer has to change."""
    return _slip(
        SlipKind.RETURNED,
        serial,
        station,
        _field("serial", serial),
        _field("employer", listing.employer_name),
        _field("what", listing.title),
        _field("time", _instant(now)),
        Rule(),
        _left(t("slip.returned.head"), Style.HEAD),
        _left(reason),
        Rule(),
        _left(t("slip.returned.how")),
        Rule(),
    )


def policy_slip(policy: Policy, station: Station, serial: str, url: str, now: datetime) -> Slip:
    """政策摘要: who can have it and how, to take home; the whole text stands behind the code."""
    return _slip(
        SlipKind.POLICY,
        serial,
        station,
        _centre(policy.title, Style.BIG),
        _left(policy.summary),
        Rule(),
        Field(label=t("slip.policy.who"), value=policy.who),
        Field(label=t("slip.policy.how"), value=policy.how),
        Field(label=t("slip.policy.ask"), value=policy.phone.grouped()),
        Rule(),
        Code(text=url),
        _centre(t("slip.policy.scan")),
        _centre(f"{serial}  {_instant(now)}"),
    )


def training_slip(worker: Worker, training: Training, behind: int, station: Station, serial: str, url: str, now: datetime) -> Slip:
    """培训报名凭条: when and where the course is and what its text says to bring. `behind` counts the seats that he is short of one."""
    starts = t("slip.training.starts", day=_day(training.starts_on), count=training.days)
    fee = t("slip.training.fee", yuan=pay.yuan(training.fee_fen)) if training.fee_fen else t("slip.training.free")
    place = AREAS.get(training.area, "") + training.place
    rows = [("starts", starts), ("place", place), ("fee", fee), ("subsidy", training.subsidy), ("ask", training.phone.grouped())]
    return _slip(
        SlipKind.TRAINING,
        serial,
        station,
        _field("serial", serial),
        _field("name", worker.name.masked()),
        _field("time", _instant(now)),
        Rule(),
        _centre(training.title, Style.BIG),
        _centre(t("slip.training.waits", count=behind) if behind else t("slip.training.has_seat"), Style.HEAD),
        Rule(),
        *(Field(label=t(f"slip.training.label.{label}"), value=value, tall=label in READ_FIRST) for label, value in rows if value),
        *((Rule(), _left(training.body.strip())) if training.body.strip() else ()),
        Rule(),
        Code(text=url),
        _centre(t("slip.training.scan")),
        _centre(t("slip.training.give_back")),
    )


def booking_slip(booking: Booking, number: str, station: Station, serial: str, now: datetime) -> Slip:
    """洽谈间预约: when the desk is his and by which number he is called; nobody's name."""
    start = local(booking.starts_at)
    end = start + timedelta(minutes=booking.minutes)
    return _slip(
        SlipKind.BOOKING,
        serial,
        station,
        _centre(t("slip.booking.number")),
        _centre(t("slip.booking.called", number=number), Style.BIG),
        Rule(),
        _field("days", _day(start.date()), tall=True),
        Field(label=t("slip.booking.from"), value=t("slip.when.hours", start=f"{start:%H:%M}", end=f"{end:%H:%M}"), tall=True),
        Field(label=t("slip.booking.where"), value=station.address),
        Rule(),
        _centre(t("slip.booking.wait")),
        _centre(t("slip.booking.cancel")),
        _centre(f"{serial}  {_instant(now)}"),
    )


def card_slip(name: str, station: Station, serial: str, code: str, now: datetime) -> Slip:
    """工作证: the code with which a member of staff signs in."""
    return _slip(
        SlipKind.CARD,
        serial,
        station,
        _centre(name, Style.BIG),
        Code(text=code, side_mm=30),
        _left(t("slip.card.how")),
        _left(t("slip.card.lost"), Style.HEAD),
        _centre(f"{serial}  {_instant(now)}"),
    )


def test_slip(station: Station, serial: str, url: str, now: datetime) -> Slip:
    """打印测试: the paper's width, every style, rare characters and a code, for who installs the printer."""
    return _slip(
        SlipKind.TEST,
        serial,
        station,
        _field("serial", serial),
        _field("time", _instant(now)),
        Rule(),
        _left(t("slip.test.ruler")),
        Rule(ruler=True),
        Rule(),
        _left(t("slip.test.body")),
        _left(t("slip.test.bold"), Style.HEAD),
        Field(label=t("slip.test.tall"), value=t("slip.test.tall_value"), tall=True),
        _left(t("slip.test.big"), Style.BIG),
        _left(t("slip.test.digits")),
        _left(t("slip.test.rare")),
        Rule(),
        Code(text=url),
        _centre(t("slip.test.scan")),
        _centre(url),
        Rule(),
        _left(t("slip.test.compare")),
    )


def reprinted(slip: Slip, now: datetime) -> Slip:
    """Mark a slip as 补打, with the time of the reprint; its serial stays."""
    mark = _centre(t("slip.reprint", time=local(now)), Style.BIG)
    return replace(slip, reprint=True, blocks=(mark, *(slip.blocks[1:] if slip.reprint else slip.blocks)))


def _slip(kind: SlipKind, serial: str, station: Station, *body: Block) -> Slip:
    head = (
        _centre(t("slip.title"), Style.TITLE),
        _centre(t("slip.head", station=station.name, what=t(f"slip.kind.{kind.value}")), Style.HEAD),
        Rule(),
    )
    foot = (
        _centre(t("slip.safety"), Style.HEAD),
        Rule(),
        _centre(t("slip.station_phone", station=station.name, phone=station.phone.grouped())),
        _centre(t("slip.platform")),
    )
    # the foot speaks to visitors
    return Slip(kind=kind, serial=serial, blocks=(*head, *body, *(foot if kind not in (SlipKind.CARD, SlipKind.TEST) else ())))


def _offer(listing: PublicListing, now: datetime) -> list[Block]:
    """Say what is offered: the job and its pay large, how it compares, then where and when."""
    compared = [_per_hour(listing), t(f"settlement.{listing.settlement.value}")]
    extras = [t(f"meals.{listing.meals.value}")] if listing.meals is not Meals.NONE else []
    extras += [t("slip.listing.lodging")] if listing.lodging else []
    extras += [listing.transport] if listing.transport else []
    name = listing.employer_name
    verified = listing.employer_verified_on is not None and listing.employer_verified_on <= local(now).date()
    rows = [
        ("days", _days(listing)),
        ("hours", _hours(listing)),
        ("place", _place(listing)),
        ("headcount", t("slip.listing.headcount", count=listing.headcount)),
        ("extras", "，".join(extras)),
        ("requirements", listing.requirements),
        ("employer", t("slip.listing.verified", name=name) if verified else name),
    ]
    return [
        _centre(listing.title, Style.BIG),
        _centre(_offered(listing), Style.BIG),
        _centre(" · ".join(compared)),
        Rule(),
        *(_field(label, value, tall=label in READ_FIRST) for label, value in rows if value),
    ]


def shows_contact(listing: Listing, station: Station) -> bool:
    """Say whether a slip of `station` gives the employer's own contact: he chose every station, or this one collected it."""
    may_be_read = listing.contact_scope is ContactScope.ALL_STATIONS or listing.station_id == station.id
    return may_be_read and bool(listing.contact_phone)


def _contact(listing: Listing, station: Station, owner: Station) -> list[Block]:
    """Give the employer's contact where he chose it to be read, else the phone of the station that knows him."""
    if shows_contact(listing, station):
        whom, phone = str(listing.contact_name), listing.contact_phone
    else:
        whom, phone = owner.name, owner.phone
    return [Rule(), _centre(t("slip.listing.call", whom=whom)), _centre(phone.grouped(), Style.BIG)]


def _wanted(worker: Worker) -> str:
    if worker.pay_fen is None:
        return t("slip.pay.open")
    return t("slip.pay.above", yuan=pay.yuan(worker.pay_fen), unit=t(f"pay_unit.{worker.pay_unit.value}"))


def _offered(listing: PublicListing) -> str:
    low, high, unit = pay.yuan(listing.pay_fen), listing.pay_max_fen, t(f"pay_unit.{listing.pay_unit.value}")
    if high is None or high <= listing.pay_fen:
        return t("slip.pay.exact", yuan=low, unit=unit)
    return t("slip.pay.range", low=low, high=pay.yuan(high), unit=unit)


def _per_hour(listing: PublicListing) -> str:
    hour = pay.per_hour(listing)
    if hour is None:
        return t("slip.pay.unknown")
    if hour == listing.pay_fen:
        day = pay.per_day(listing)
        return t("slip.pay.by_hour") if day is None else t("slip.pay.about_day", yuan=pay.yuan(day))
    return t("slip.pay.about_hour", yuan=pay.yuan(hour))


def _days(listing: PublicListing) -> str:
    first, days = _day(listing.starts_on), pay.work_days(listing)
    if days is None:
        return t("slip.when.long_term", first=first)
    if days == 1:
        return t("slip.when.one_day", first=first)
    return t("slip.when.span", first=first, last=_day(listing.ends_on), count=days)


def _hours(listing: PublicListing) -> str:
    start, end = listing.day_start_min, listing.day_end_min
    if start is None or end is None:
        return t("slip.when.open")
    words = t("slip.when.hours", start=_clock(start), end=_clock(end))
    if not listing.break_min:
        return words
    hours, minutes = divmod(listing.break_min, 60)
    pause = t("slip.when.minutes", count=listing.break_min) if minutes else t("slip.when.hour", count=hours)
    return t("slip.when.pause", hours=words, pause=pause)


def _place(listing: PublicListing) -> str:
    area = AREAS.get(listing.area, "")
    return listing.place if listing.place.startswith(area) else f"{area}{listing.place}"


def _day(when: date) -> str:
    return t("slip.when.day", month=when.month, day=when.day)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def undated(slip: Slip) -> Slip:
    """Take the instants off a slip that was made while nobody knew the time: a false one would be a false proof."""
    blocks: list[Block] = []
    for block in slip.blocks:
        if slip.reprint and not blocks:
            block = _centre(t("slip.reprint_undated"), Style.BIG)
        elif isinstance(block, Field) and _STAMP.fullmatch(block.value):
            block = replace(block, value=t("slip.no_time"))
        elif isinstance(block, Line) and block.text.startswith(slip.serial):
            block = replace(block, text=_STAMP.sub("", block.text).rstrip())
        blocks.append(block)
    return replace(slip, blocks=tuple(blocks))


_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


def _instant(now: datetime) -> str:
    return f"{local(now):%Y-%m-%d %H:%M}"


def _field(label: str, value: str, *, tall: bool = False) -> Field:
    return Field(label=t(f"slip.label.{label}"), value=str(value), tall=tall)


def _left(text: str, style: Style = Style.BODY) -> Line:
    return Line(text=text, style=style)


def _centre(text: str, style: Style = Style.BODY) -> Line:
    return Line(text=text, style=style, align=Align.CENTRE)
