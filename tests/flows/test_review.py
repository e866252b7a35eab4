"""Reviewing on a real store: undoing within a minute, one's own collection, editing, what stands beside a listing."""

from dataclasses import replace

import pytest

from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.listing import Collected, Listing, ListingState, Review, Verdict
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.slip import SlipKind
from kiosk.domain.station import Role, Staff
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services import employers, publish
from kiosk.services.dossier import dossier
from kiosk.services.printing import may_reprint
from kiosk.services.sign_in import Session, add_staff
from kiosk.store import chain
from kiosk.store.schema import audit
from tests.flows.test_use_cases import station
from tests.station import START, STATION, TestStation, a_posting

__all__ = ["station"]


def colleague(station: TestStation) -> Session:
    with station.store.write() as u:
        staff = add_staff(u, START, STATION.id, "张伟", Role.STAFF, "135790")
    return Session(staff.id, staff.name, staff.role)


def approve(station: TestStation, listing: Listing, who: Session | None = None) -> Review:
    return publish.decide(station.here, who or station.head, listing.id, listing.revision, Verdict.APPROVE)


def public(station: TestStation, listing: Listing) -> int:
    """Give the revision that stands in public, 0 when none does."""
    with station.store.read() as u:
        found = u.published(listing.id)
    return found.listing.revision if found else 0


def acts(station: TestStation, subject_id: str) -> list[tuple[str, str]]:
    with station.store.read() as u:
        assert chain.verify(u.connection) is None
        rows = u.connection.execute(audit.select().where(audit.c.subject_id == subject_id).order_by(audit.c.seq)).mappings()
        return [(row["act"], row["actor_id"]) for row in rows]


def test_undo_when_within_a_minute_takes_the_listing_off_the_board_and_lets_it_be_judged_anew(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting()).listing
    review = approve(station, listing)
    assert public(station, listing) == 1
    undone = publish.undo(station.here, station.head, review.id)
    assert (undone.review.verdict, undone.slip_out, public(station, listing)) == (Verdict.UNDO, False, 0)
    assert [p.listing.id for p in publish.pending(station.here)] == [listing.id]
    again = approve(station, listing)
    assert public(station, listing) == 1
    publish.undo(station.here, station.head, again.id)
    assert public(station, listing) == 0
    head = station.head.staff_id
    once = [("approve", head), ("publish", head), ("undo", head)]
    assert acts(station, listing.id) == [("collect", "employer"), *once, *once]


def test_pending_when_several_wait_puts_who_starts_first_first(station: TestStation) -> None:
    late = publish.post(station.here, a_posting(title="夜里卸车", day_start_min=20 * 60, day_end_min=23 * 60)).listing
    station.clock.tick(minutes=5)
    early = publish.post(station.here, a_posting(title="早上摘菜", day_start_min=5 * 60 + 30)).listing
    assert [p.listing.id for p in publish.pending(station.here)] == [early.id, late.id]


def test_undo_when_too_late_or_another_s_or_no_longer_the_last_changes_nothing(station: TestStation) -> None:
    other = colleague(station)
    listing = publish.post(station.here, a_posting()).listing
    review = approve(station, listing)
    with pytest.raises(NotAllowed):
        publish.undo(station.here, other, review.id)
    station.clock.tick(seconds=61)
    with pytest.raises(BadInput) as late:
        publish.undo(station.here, station.head, review.id)
    assert late.value.key == "bad.review.undo_late"
    station.clock.tick(seconds=-2)
    publish.undo(station.here, station.head, review.id)
    with pytest.raises(WrongState):
        publish.undo(station.here, station.head, review.id)
    again = approve(station, listing)
    publish.take_down(station.here, station.head, listing.id, "招满了")
    with pytest.raises(WrongState):
        publish.undo(station.here, station.head, again.id)
    assert public(station, listing) == 0


def test_undo_when_returned_cancels_the_slip_that_waits_and_says_when_it_is_out(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting()).listing

    def sent_back() -> tuple[Review, PrintJob]:
        review = publish.decide(station.here, station.head, listing.id, 1, Verdict.RETURN, reason="请写清楚工钱怎么结")
        with station.store.read() as u:
            jobs = [job for job in u.list(PrintJob, subject_id=listing.id) if job.slip.kind is SlipKind.RETURNED]
        return review, max(jobs, key=lambda job: job.created_at)

    review, job = sent_back()
    with station.store.write() as u:
        u.put(replace(job, trouble="paper"))
    assert not publish.undo(station.here, station.head, review.id).slip_out
    with station.store.read() as u:
        undone = u.need(PrintJob, job.id)
    assert (undone.state, may_reprint(undone)) == (JobState.CANCELLED, False)
    station.clock.tick(seconds=1)
    review, job = sent_back()
    with station.store.write() as u:
        u.put(replace(job, state=JobState.SENDING))
    assert publish.undo(station.here, station.head, review.id).slip_out
    with station.store.read() as u:
        assert u.need(PrintJob, job.id).state is JobState.SENDING


def test_review_when_the_collector_is_alone_may_approve_and_the_record_says_so(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting(), Collected.PHONE_CALL, station.head.staff_id).listing
    around = dossier(station.here, station.head, listing.id)
    assert (around.own, around.alone) == (True, True)
    other = colleague(station)
    assert not dossier(station.here, station.head, listing.id).alone
    with pytest.raises(NotAllowed):
        approve(station, listing)
    with station.store.write() as u:
        u.put(replace(u.need(Staff, other.staff_id), active=False))
    assert approve(station, listing).own_collection
    with station.store.read() as u:
        assert u.list(Review, listing_id=listing.id)[0] in [o.record for o in u.outgoing(50)]


def test_review_when_another_collected_it_is_not_his_own(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting(), Collected.PHONE_CALL, colleague(station).staff_id).listing
    assert not approve(station, listing).own_collection


def test_post_when_taken_by_phone_prints_nothing(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting(), Collected.PHONE_CALL, station.head.staff_id)
    assert (posted.serial, posted.job_id, posted.listing.collected_how) == ("", "", Collected.PHONE_CALL)
    with station.store.read() as u:
        assert u.count(PrintJob) == 0
    assert acts(station, posted.listing.id) == [("collect", station.head.staff_id)]


def test_edit_when_approved_waits_again_while_the_approved_one_stays_public(station: TestStation) -> None:
    other = colleague(station)
    listing = publish.post(station.here, a_posting()).listing
    approve(station, listing)
    edited = publish.edit(station.here, station.head, listing.id, a_posting(pay_fen=28000))
    assert (edited.revision, edited.collected_by, edited.collected_how) == (2, station.head.staff_id, Collected.STAFF)
    assert public(station, listing) == 1
    (waiting,) = publish.pending(station.here)
    assert (waiting.listing.pay_fen, waiting.revision_of_public) == (28000, True)
    with pytest.raises(NotAllowed):
        approve(station, edited)
    review = approve(station, edited, other)
    assert public(station, listing) == 2
    publish.undo(station.here, other, review.id)
    assert public(station, listing) == 1, "what was approved before stands again"
    assert acts(station, listing.id)[3:4] == [("edit", station.head.staff_id)]


def test_edit_when_something_is_wrong_keeps_nothing_and_says_what(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting()).listing
    with pytest.raises(BadInput) as refused:
        publish.edit(station.here, station.head, listing.id, a_posting(pay_fen=0))
    assert refused.value.field == "pay_fen"
    with pytest.raises(BadInput):
        publish.edit(station.here, station.head, listing.id, a_posting(place=""))
    approve(station, listing)
    publish.take_down(station.here, station.head, listing.id, "假的")
    with pytest.raises(WrongState):
        publish.edit(station.here, station.head, listing.id, a_posting())
    with station.store.read() as u:
        assert u.need(Listing, listing.id).revision == 1


def test_edit_when_the_form_does_not_ask_for_a_field_keeps_it(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting()).listing
    with station.store.write() as u:
        u.put(replace(listing, pay_max_fen=30000, pay_method="现金", long_term=True))
    same = publish.edit(station.here, station.head, listing.id, a_posting(headcount=4))
    assert (same.pay_max_fen, same.pay_method, same.long_term, same.employer_id) == (30000, "现金", True, listing.employer_id)
    dearer = publish.edit(station.here, station.head, listing.id, a_posting(pay_fen=31000))
    assert (dearer.revision, dearer.pay_max_fen) == (3, None)


def test_dossier_when_the_employer_was_here_before_tells_his_history_and_copies(station: TestStation) -> None:
    posted = []
    for title in ("装卸工", "搬家", "卸货"):
        posted.append(publish.post(station.here, a_posting(title=title)).listing)
        station.clock.tick(minutes=1)
    approve(station, posted[0])
    publish.decide(station.here, station.head, posted[1].id, 1, Verdict.RETURN, reason="写清楚")
    now = station.clock()
    kinds = (CaseKind.UNPAID, CaseKind.COMPLAINT, CaseKind.UNPAID)
    of = posted[0].employer_id
    cases = [Case(id=new_id(now), station_id=STATION.id, kind=k, employer_id=of, text="没给钱", opened_at=now) for k in kinds]
    dismissed = CaseStep(
        id=new_id(now),
        station_id=STATION.id,
        case_id=cases[2].id,
        state=CaseState.DISMISSED,
        note="查无此事",
        by_id="x",
        by_name="李芳",
        stepped_at=now,
    )
    with station.store.write() as u:
        for record in (*cases, dismissed):
            u.keep(record)
    around = dossier(station.here, station.head, posted[2].id)
    past = around.history
    assert (past.listings, past.approved, past.returned, past.rejected, past.cases, past.unpaid) == (2, 1, 1, 0, 2, 1)
    assert around.employer is not None
    assert (around.employer.name, around.due, around.due_on, around.held) == ("云梦县汉十物流有限公司", True, None, False)
    assert [(t.listing.title, t.state) for t in around.twins] == [("装卸工", ListingState.APPROVED), ("搬家", ListingState.RETURNED)]
    assert all(set(t.same) == {"phone", "employer", "place", "days", "pay", "text"} for t in around.twins)


def test_dossier_when_somebody_else_copied_the_words_shows_the_first(station: TestStation) -> None:
    first = publish.post(station.here, a_posting()).listing
    copied = publish.post(station.here, a_posting(contact_phone="19900007777", employer_name="黄老板", title="装货", place="别处")).listing
    (twin,) = dossier(station.here, station.head, copied.id).twins
    assert (twin.listing.id, "phone" in twin.same, "text" in twin.same) == (first.id, False, True)
    station.clock.tick(days=10)
    assert dossier(station.here, station.head, copied.id).twins == (), "what has ended is no copy"


def test_decide_when_the_employer_is_held_is_refused_in_plain_words(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting()).listing
    assert listing.employer_id is not None
    employers.hold(station.here, station.head, listing.employer_id, "欠了三个人的工钱")
    with pytest.raises(BadInput) as refused:
        approve(station, listing)
    assert (refused.value.key, refused.value.words) == ("bad.review.held", {"name": listing.employer_name})
    assert dossier(station.here, station.head, listing.id).held
    employers.release(station.here, station.head, listing.employer_id, "都结清了")
    approve(station, listing)
    assert public(station, listing) == 1
    station.clock.tick(seconds=1)
    employers.hold(station.here, station.head, listing.employer_id, "又欠了")
    assert public(station, listing) == 0
