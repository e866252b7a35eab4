"""What the states need: drafts, records found in the store, acts that press no button; for the table's `before`, `args`, `then`."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from kiosk.domain.codes import AgeBand, Meals, PayUnit, Settlement, Trade
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import ContactScope, Listing
from kiosk.domain.print_job import JobState, PrinterState, PrintJob
from kiosk.domain.privacy import Phone
from kiosk.domain.record import to_plain
from kiosk.domain.referral import HIS_OWN, Referral, ReferralState
from kiosk.domain.slip import SlipKind
from kiosk.domain.station import Staff
from kiosk.domain.wish import Wish
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import StoreError
from kiosk.screens.visit import RegistrationDraft
from kiosk.services import check_up
from kiosk.services.board_seen import FACTS, LARGE
from kiosk.services.doctor import CHECKS, Finding
from kiosk.services.printing import keep_printer_state, queue_slip
from kiosk.services.slips import reprinted, test_slip
from kiosk.text import t
from tests.gallery.stations import LONG_CODE, LONG_FIRM, LONG_NAME, LONG_PHONE, LONG_TITLE, NOW
from tests.station import a_listing, a_review, sent, walked
from tests.station import a_posting as posting_form

if TYPE_CHECKING:
    from tests.gallery.stage import Stage

__all__ = ["LONG_CODE", "LONG_FIRM", "LONG_NAME", "LONG_PHONE", "LONG_TITLE"]
Act = Callable[["Stage"], None]
Give = Callable[["Stage"], dict[str, Any]]
ALL_TRADES = tuple(Trade)
TROUBLES = ("paper", "absent", "cover", "jam", "take", "hot", "fault")
WISH = Wish(near=True, days_ahead=1, settlement=Settlement.DAILY, switches=frozenset({"meals"}))
OTHER_STATION = "00000000-0000-7000-8000-0000000000ff"
QUICK_FIELDS = (
    "phone", "name", "trade", "people", "days", "hours", "pay", "terms", "area", "place", "requirements", "contact",
)  # fmt: skip


def nothing(stage: "Stage") -> None:
    """Do no more."""


# what a visitor brings along


def a_draft(**values: Any) -> Act:
    """Let a worker have entered so much."""

    def act(stage: "Stage") -> None:
        draft = stage.visit.registration
        for name, value in {"consented_at": NOW, "age_band": AgeBand.ADULT, "name": "王秀兰", **values}.items():
            setattr(draft, name, value)

    return act


def a_posting(*only: str, **values: Any) -> Act:
    """Let an employer have entered all, or `only` these fields."""

    def act(stage: "Stage") -> None:
        form = replace(posting_form(), **values)
        draft = {name: getattr(form, name) for name in form.__dataclass_fields__}
        stage.visit.posting = {name: value for name, value in draft.items() if not only or name in only}

    return act


def written(*words: str) -> Act:
    """Let the pen have written what reads so."""

    def act(stage: "Stage") -> None:
        panel = stage.page.ids.panel
        panel.ids.box.show([[(60.0 + 40 * n, 60.0), (300.0 + 40 * n, 200.0)] for n in range(3)])
        stage.page.read_hand = lambda strokes, then, free: then(list(words))
        panel.written(panel.ids.box.strokes)

    return act


def a_change(stage: "Stage") -> None:
    """Let somebody be about to change his registration."""
    is_registered(stage)
    stage.visit.change = RegistrationDraft(name="王秀兰", trades=ALL_TRADES[:3], pay_fen=18000, area="420923103")


def an_old_answer(stage: "Stage") -> None:
    """Let home have heard of the county a day ago."""
    facts, link = stage.terminal.home_answer or (None, "")
    assert facts is not None
    page: Any = stage.terminal.page
    page._take((replace(facts, updated_at=NOW - timedelta(days=1)), link))


def idle(stage: "Stage") -> None:
    """Let nobody have touched for a minute."""
    watch = stage.terminal._idle
    watch.touched()
    watch._touched_at -= watch._idle_s - watch._warning_s
    watch.look()
    watch.forget()
    watch.touched()


def a_problem(stage: "Stage") -> None:
    """Let something have failed."""
    stage.terminal.show_problem(ValueError())


def lose_store(stage: "Stage") -> None:
    """Let the store have failed just now."""
    stage.page.show_problem(StoreError("gallery"))


def last_need(stage: "Stage") -> None:
    """Turn 今天 to what is least urgent."""
    stage.page.ids.needs.view.scroll_y = 0


A_NOTICE = {
    "head_words": "周六上午县城人社局门口有招工会，想去的到服务台登记一下",
    "body_words": "八点半到十一点半，进场不要钱。纺织厂、电子厂、物流园都来人，当场就能谈。带上身份证给人看一眼就行，不要交给别人。"
    "一早七点半在站门口集合，一起坐车去，不收钱。家里有事去不了的，回头到终端机上也能看到这些厂的活，慢慢看，不着急。",
    "urgent": True,
    "days": 6,
}
TITLE_ASKED, BODY_ASKED = (t(f"board_room.ask_{field}", most=most) for field, most in (("head_words", 30), ("body_words", 120)))


def numbers_called(stage: "Stage") -> None:
    """Let staff have called some numbers; one of them came."""
    from kiosk.services import notices

    for number in range(1, 7):
        call = notices.call_number(stage.here, stage.session(), str(number * 7))
        if number == 5:
            notices.end_call(stage.here, stage.session(), call.id)


def a_board(stage: "Stage") -> None:
    """Let a board be playing."""
    run = Path(stage.terminal.parts.settings.state) / "run"
    run.mkdir(exist_ok=True)
    board = Image.new("RGB", (960, 540), (11, 46, 37))
    board.save(run / LARGE, "JPEG")
    told = {
        "alive_at": to_plain(stage.terminal.now()),
        "state": "listings",
        "kind": "list",
        "page": 2,
        "pages": 12,
        "numbers": [17, 23, 31],
    }
    (run / FACTS).write_text(json.dumps(told | {"data_age_s": 7200.0}), "utf-8")


def no_board(stage: "Stage") -> None:
    """Let the board have gone."""
    (Path(stage.terminal.parts.settings.state) / "run" / FACTS).unlink(missing_ok=True)


def a_call(stage: "Stage") -> None:
    """Let a visitor have called."""
    from kiosk.services.call import call_staff

    call_staff(stage.here, "首页")


# what stands in the store


def _published(stage: "Stage", title: str) -> Any:
    from kiosk.services.browse import JobQuery, alive, jobs

    rows = jobs(stage.here, JobQuery(limit=500, filters=alive(stage.here))).rows
    return next((p for p in rows if title in p.listing.title), rows[0])


def a_job(title: str) -> Give:
    """Find a public listing by its title."""
    return lambda stage: {"listing_id": _published(stage, title).listing.id}


def a_job_paid(unit: str) -> Give:
    """Find a public listing by how it is paid."""

    def give(stage: "Stage") -> dict[str, Any]:
        from kiosk.services.browse import JobQuery, alive, jobs

        rows = jobs(stage.here, JobQuery(limit=500, filters=alive(stage.here))).rows
        return {"listing_id": next((p for p in rows if p.listing.pay_unit.value == unit), rows[0]).listing.id}

    return give


def registered(name: str = "王秀兰", *, fits: bool = True, before: bool = False) -> Give:
    """Register somebody whom something fits, or nothing; or who was registered before."""

    def give(stage: "Stage") -> dict[str, Any]:
        from kiosk.services.register import RegistrationForm, register

        with stage.here.store.read() as u:
            # each picture's own, or else he would have been registered before
            phone = f"199{u.count(Worker):08d}"
        form = RegistrationForm(
            name=name,
            phone=phone if name != LONG_NAME else LONG_PHONE,
            age_band=AgeBand.ADULT,
            trades=(Trade.LOADING, Trade.CLEANING),
            pay_fen=18000,
            pay_unit=PayUnit.DAY,
            area=None,
            consented_at=NOW,
        )
        if before:
            register(stage.here, form)
        made = register(stage.here, form)
        return {"registered": made if fits else replace(made, matches=())}

    return give


def is_registered(stage: "Stage") -> None:
    """Let the visitor be one who has registered."""
    with stage.here.store.read() as u:
        stage.visit.worker_id = next(w.id for w in u.list(Worker) if w.code == LONG_CODE)


def mine(code: str = "") -> Give:
    """Open a registration: that of somebody who has put himself down, or the one with this code."""

    def give(stage: "Stage") -> dict[str, Any]:
        from kiosk.services.mine import find_mine

        with stage.here.store.read() as u:
            worker = next(w for w in u.list(Worker) if w.code == code) if code else u.need(Worker, u.list(Referral)[0].worker_id)
        stage.visit.worker_id = worker.id
        return {"mine": find_mine(stage.here, worker.code, worker.phone.last_four())}

    return give


def known_to_the_county(of_whom: Give) -> Give:
    """Give the same, of somebody whom the county knows, too."""

    def give(stage: "Stage") -> dict[str, Any]:
        with stage.here.store.write() as u:
            u.acknowledge([one.sequence for one in u.outgoing(10_000)])
        return of_whom(stage)

    return give


def mine_with_a_course(stage: "Stage") -> dict[str, Any]:
    """Open the registration of somebody who has put himself down for the longest course, too."""
    from kiosk.services.signups import sign_up

    with stage.here.store.read() as u:
        worker_id = u.list(Referral)[0].worker_id
    sign_up(stage.here, worker_id, str(course_id(stage)["training_id"]))
    return mine()(stage)


def asked_about_pay(stage: "Stage") -> dict[str, Any]:
    """Let a worker have come to a job that pays daily, days ago."""
    with stage.here.store.write() as u:
        listing = next(p.listing for p in u.newest() if p.listing.settlement is Settlement.DAILY)
        worker = u.list(Worker, station_id=stage.here.station_id, state=WorkerState.ACTIVE)[0]
        made = walked(u, worker, listing.id, NOW - timedelta(days=5), ReferralState.ACCEPTED, ReferralState.ARRIVED)
    stage.visit.worker_id = worker.id
    return {"referral_id": made.id}


def said_about_pay(stage: "Stage") -> dict[str, Any]:
    """Find a job of which a worker of ours has said whether he was paid, and may put it right."""
    from kiosk.services.mine import my_referral

    with stage.here.store.read() as u:
        found = [my_referral(stage.here, r.worker_id, r.id) for r in u.list(Referral)]
    one = next(m for m in found if m.pay_answers and m.state in HIS_OWN).referral
    stage.visit.worker_id = one.worker_id
    return {"referral_id": one.id}


def course_id(stage: "Stage") -> dict[str, Any]:
    """Name the longest course."""
    return {"training_id": a_course(stage)["record"].id}


def signed_up(stage: "Stage") -> dict[str, Any]:
    """Sign somebody up."""
    from kiosk.services.signups import sign_up

    is_registered(stage)
    record = a_course(stage)["record"]
    done = sign_up(stage.here, stage.visit.worker_id, record.id)
    return {"head": t("signup.done"), "big": record.title, "text": t("signup.done_more"), "job_id": done.job_id}


def my_postings(stage: "Stage") -> dict[str, Any]:
    """Open what somebody handed in, one of it sent back."""
    from kiosk.domain.listing import Verdict
    from kiosk.services import my_postings, publish, receipts

    listing = publish.post(stage.here, replace(posting_form(), title=LONG_TITLE)).listing
    publish.decide(stage.here, stage.session(""), listing.id, 1, Verdict.RETURN, reason="写清楚做到几号，工钱按天还是按件")
    with stage.here.store.read() as u:
        number = receipts.number_of(u, listing.id)
    return {"mine": my_postings.open_postings(stage.here, number, listing.contact_phone.last_four())}


def a_policy(stage: "Stage") -> dict[str, Any]:
    """Give the longest policy."""
    from kiosk.services.browse import policies

    return {"record": max(policies(stage.here), key=lambda p: len(p.body))}


def a_course(stage: "Stage") -> dict[str, Any]:
    """Give the longest course."""
    from kiosk.services.browse import trainings

    return {"record": max(trainings(stage.here), key=lambda c: len(c.body))}


def posted(stage: "Stage") -> dict[str, Any]:
    """Hand a posting in."""
    from kiosk.services.publish import post

    return {"posted": post(stage.here, posting_form())}


def no_paper(stage: "Stage") -> None:
    """Let the printer have run out of paper, and the page have heard of it."""
    slip_is(trouble="paper")(stage)


def slip_is(state: JobState = JobState.QUEUED, trouble: str = "") -> Act:
    """Let the slip that the page watches have come to this, and the page have heard of it."""

    def do(stage: "Stage") -> None:
        watch = stage.page._watch
        with stage.here.store.write() as u:
            u.put(replace(u.need(PrintJob, watch._job_id), state=state, trouble=trouble))
        watch._look(1.0)
        stage.pump()

    return do


def late(stage: "Stage") -> None:
    """Let nothing have printed for long."""
    stage.page._watch._look(60.0)
    stage.pump()


def printer_is(trouble: str = "", *, near_end: bool = False, waiting: int = 0) -> Act:
    """Let the printer be so, with slips of every end and some that wait."""

    def do(stage: "Stage") -> None:
        now = stage.here.now()
        ends = (
            (JobState.PRINTED, ""),
            (JobState.UNCERTAIN, "cut"),
            (JobState.CANCELLED, "paper"),
            (JobState.FAILED, "slip"),
            (JobState.CANCELLED, ""),
        )
        with stage.here.store.write() as u:
            for job in u.list(PrintJob):
                u.drop(PrintJob, job.id)
            station = stage.here.station(u)
            for n, (state, why) in enumerate([*ends, *[(JobState.QUEUED, trouble)] * waiting]):
                made = now - timedelta(minutes=20 - 2 * n)
                slip = replace(test_slip(station, f"YT-1123-{n + 41:04d}", "https://example.org", now), kind=list(SlipKind)[n])
                job = queue_slip(u, reprinted(slip, now) if n == 1 else slip, station.id, made)
                u.put(replace(job, state=state, trouble=why, expires_at=now + timedelta(minutes=5)))
            keep_printer_state(u, PrinterState(trouble=trouble, near_end=near_end, since=now - timedelta(minutes=31)))

    return do


LONG_TROUBLE = "有网，可是县里没有回答。过一会儿再看；半天还这样，打电话给县里。"


def checked(*bad: str) -> Act:
    """Let doctor have looked a moment ago, and have found this."""

    def do(stage: "Stage") -> None:
        names = [t(f"doctor.{name}.what") for name, _, _ in CHECKS]
        findings = [Finding(n > len(bad), f"{name}：{bad[n - 1] if n <= len(bad) else '好'}", n) for n, name in enumerate(names, 1)]
        check_up.keep(stage.here.store, "q", stage.here.now(), findings)

    return do


def judged(stage: "Stage") -> None:
    """Let the county have judged the last year, with something to put right."""
    now = stage.here.now()
    made = Judgement(
        id="judged",
        revision=1,
        station_id=stage.here.station_id,
        year=now.year - 1,
        papers="",
        items=(),
        total="84.5",
        grade="良好",
        money_fen=5_000_000,
        words="洽谈区的照片看不清，药箱里有两样过期了，请换掉并重新拍照",
        deadline=now.date() + timedelta(days=20),
        by_name="周敏",
        published_at=now,
    )
    with stage.here.store.write() as u:
        u.put(made)


def painted(lost: int = 0) -> dict[str, Any]:
    """Give a sheet of any size that is painted but for a corner."""
    return {"painted": [(c, r) for c in range(60) for r in range(60) if not (c < lost and r < lost)]}


def waiting_one(severity: str | None) -> Give:
    """Open the first listing that waits and whose heaviest finding is this."""

    def give(stage: "Stage") -> dict[str, Any]:
        return {"listing_id": _pending(stage, severity).listing.id, "reading": True}

    return give


def _pending(stage: "Stage", severity: str | None) -> Any:
    from kiosk.services.publish import pending

    return next(p for p in pending(stage.here) if (p.findings[0].severity.value if p.findings else None) == severity)


def to_decide(verdict: str, severity: str | None) -> Give:
    """Decide on the first listing that waits and whose heaviest finding is this."""

    def give(stage: "Stage") -> dict[str, Any]:
        listing = _pending(stage, severity).listing
        return {"listing_id": listing.id, "revision": listing.revision, "verdict": verdict}

    return give


def an_employer(**more: Any) -> Give:
    """Give the employer with most to say of: a unit with a code."""

    def give(stage: "Stage") -> dict[str, Any]:
        from kiosk.domain.employer import Employer

        with stage.here.store.read() as u:
            one = next(e for e in u.list(Employer) if e.uscc)
        return {"employer_id": one.id, **({"name": one.name} if more else {}), **more}

    return give


def standing(title: str) -> Give:
    """Open one of the published listings in staff mode."""
    return lambda stage: {"listing_id": _published(stage, title).listing.id, "reading": True}


def others_sent(stage: "Stage") -> None:
    """Let another station have recommended three of its workers to our listings; one gave no contact."""
    from kiosk.services.recommend import open_listings

    ours = [o.published.listing for o in open_listings(stage.here) if o.own]
    ours.sort(key=lambda one: LONG_TITLE not in one.title)
    with stage.here.store.write() as u:
        there = replace(stage.here.station(u), id=OTHER_STATION, name="城关驿站", phone=Phone("07124000002"))
        if u.list(Referral, station_id=there.id):
            return
        u.put(there)
        long, later, at = ours[0], max(ours, key=lambda one: one.starts_on), stage.here.now()
        sent(u, there.id, long.id, at, name="王小兰", phone="19900007788")
        sent(u, there.id, long.id, at)
        sent(u, there.id, later.id, at, ReferralState.ACCEPTED, name=LONG_NAME, phone="19900007799")


def a_job_elsewhere(stage: "Stage") -> dict[str, Any]:
    """Give a public listing of another station."""
    with stage.here.store.write() as u:
        there = replace(stage.here.station(u), id=OTHER_STATION, name="城关驿站", phone=Phone("07124000002"))
        found = u.list(Listing, station_id=there.id)
        if not found:
            listing = a_listing(stage.here.now(), station_id=there.id, title="外地装卸工")
            u.put(there, listing, a_review(listing, stage.here.now()))
            found = [listing]
        return {"listing_id": found[0].id}


def ask_for_elsewhere(stage: "Stage") -> dict[str, Any]:
    """Choose that listing, and who fits it."""
    return {"chosen": a_job_elsewhere(stage)["listing_id"], "view": "pairs"}


def told_elsewhere(stage: "Stage") -> dict[str, Any]:
    """Let somebody who agreed have been recommended there."""
    from kiosk.services.mine import my_registration
    from kiosk.services.recommend import refer, workers_for

    listing_id = a_job_elsewhere(stage)["listing_id"]
    with stage.here.store.read() as u:
        made = u.list(Referral, listing_id=listing_id, station_id=stage.here.station_id)
    if not made:
        worker = next(p.worker for p in workers_for(stage.here, listing_id) if not p.hold)
        made = [refer(stage.here, stage.session(), worker.id, listing_id, how="电话", contact_consent=True).referral]
    stage.visit.worker_id = made[0].worker_id
    return {"mine": my_registration(stage.here, made[0].worker_id)}


def open_listing(title: str = "") -> Give:
    """Choose the open listing whom most people fit, or one by its title."""

    def give(stage: "Stage") -> dict[str, Any]:
        from kiosk.services.recommend import open_listings, workers_for

        found = [o.published.listing for o in open_listings(stage.here)]
        one = next((o for o in found if title and title in o.title), None) or max(found, key=lambda o: len(workers_for(stage.here, o.id)))
        return {"chosen": one.id, "view": "pairs"}

    return give


def a_person(stage: "Stage") -> dict[str, Any]:
    """Give the one with the long name."""
    with stage.here.store.read() as u:
        one = next(w for w in u.list(Worker) if w.code == LONG_CODE)
    return {"view": "one", "digits": LONG_PHONE, "chosen": one.id}


def a_quick_draft(stage: "Stage") -> dict[str, Any]:
    """Give what a caller has told."""
    form = replace(posting_form(), settlement=Settlement.DAILY, meals=Meals.ONE, contact_scope=ContactScope.OWN_STATION)
    return {"draft": {n: getattr(form, n) for n in form.__dataclass_fields__} | {"employer_name": LONG_FIRM}, "field": "days"}


def a_colleague(stage: "Stage") -> dict[str, Any]:
    """Give somebody else of the staff."""
    with stage.here.store.read() as u:
        return {"staff_id": next(s.id for s in u.list(Staff) if s.name == "张伟")}
