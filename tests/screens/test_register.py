"""The registration as a person makes it: whole in every form; errors, a failing printer, a second visit."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
import zxingcpp

from kiosk.agent.spool import Spool
from kiosk.bootstrap import wall_clock
from kiosk.devices.escpos_printer import EscposPrinter, Patience
from kiosk.devices.printer_profile import PAPER_80
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.devices.transport import tcp
from kiosk.domain.codes import AgeBand
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.referral import Referral
from kiosk.domain.slip import Code, SlipKind
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.services.register import RegistrationForm, register
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, key_in, looks, no_way_on, sample_state, spell, start_real, station
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "start_real", "station"]

NAME, PHONE = "王秀兰", "19900009876"
PATIENCE = Patience(answer_s=0.5, quiet_s=0.05, write_s=1.0, confirm_s=0.6)


def to_name(kiosk: Kiosk) -> None:
    kiosk.wait_page("home")
    kiosk.tap(t("home.register.title"))
    kiosk.wait_page("consent")
    kiosk.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    kiosk.wait_page("name")


def to_phone(kiosk: Kiosk) -> None:
    to_name(kiosk)
    kiosk.write_words(NAME)
    kiosk.wait_text(NAME)
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")


def to_pay(kiosk: Kiosk) -> None:
    to_phone(kiosk)
    key_in(kiosk, PHONE)
    kiosk.tap(t("register.next"))
    kiosk.wait_page("trades")
    kiosk.tap("搬运装卸")
    kiosk.tap(t("trades.next", count=1))
    kiosk.wait_page("pay")
    kiosk.tap(t("pay.from", yuan=180))


def mine(station: RealStation) -> list[Worker]:
    with station.here.store.read() as u:
        return [w for w in u.list(Worker) if w.phone == PHONE]


def slips(station: RealStation) -> list[PrintJob]:
    with station.here.store.read() as u:
        return [job for job in u.list(PrintJob) if job.slip.kind is SlipKind.REGISTRATION]


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("form", ["lying", "upright"])
def test_register_when_walked_through_is_whole_on_every_page_and_in_the_store(
    start_real: StartReal, station: RealStation, form: str, large: bool, request: pytest.FixtureRequest
) -> None:
    screen: Screen = request.getfixturevalue(form)
    kiosk = start_real(screen)
    kiosk.wait_page("home")
    if large:
        enlarge(kiosk)
    kiosk.tap(t("home.register.title"))
    wrong = {}
    kiosk.wait_page("consent")
    wrong["consent"] = looks(kiosk)
    kiosk.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    kiosk.wait_page("name")
    wrong["empty name"] = looks(kiosk)
    kiosk.write_words(NAME)
    kiosk.wait_text(NAME)
    wrong["name"] = looks(kiosk)
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    wrong["empty phone"] = looks(kiosk)
    key_in(kiosk, PHONE)
    kiosk.wait_text("199 0000 9876")
    wrong["phone"] = looks(kiosk)
    kiosk.tap(t("register.next"))
    kiosk.wait_page("trades")
    kiosk.tap("保洁")
    kiosk.tap("搬运装卸")
    kiosk.wait_text(t("trades.next", count=2))
    wrong["trades"] = looks(kiosk)
    kiosk.tap(t("trades.next", count=2))
    kiosk.wait_page("pay")
    kiosk.tap(t("pay.from", yuan=180))
    wrong["pay"] = looks(kiosk)
    kiosk.tap(t("pay.finish"))
    kiosk.wait_page("done")
    kiosk.wait_text(t("done.head", name=NAME))
    wrong["done"] = looks(kiosk)
    assert {page: found for page, found in wrong.items() if found} == {}
    (worker,), (job,) = mine(station), slips(station)
    assert (worker.name, worker.pay_fen, [t.value for t in worker.trades]) == (NAME, 18000, ["cleaning", "loading"])
    if not large:
        seen = zxingcpp.read_barcodes(screen.picture())
        assert [code.text for code in seen] == [block.text for block in job.slip.blocks if isinstance(block, Code)]


def test_register_when_finished_twice_quickly_registers_once(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_pay(kiosk)
    at = kiosk.place(t("pay.finish"))
    for _ in range(3):
        lying.tap(at, hold_s=0.02)
    kiosk.wait_page("done")
    time.sleep(0.5)
    assert (len(mine(station)), len(slips(station))) == (1, 1)


def test_register_when_under_16_says_so_and_keeps_nothing(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying)
    kiosk.wait_page("home")
    kiosk.tap(t("home.register.title"))
    kiosk.wait_text(t(f"age_band.{AgeBand.UNDER_16.value}"))
    time.sleep(0.6)  # the ages come in once the store has answered: a finger is slower than that
    kiosk.tap(t(f"age_band.{AgeBand.UNDER_16.value}"))
    kiosk.wait_text(t("bad.age.under_16"))
    assert looks(kiosk) == []
    kiosk.tap(t("problem.ok"))
    kiosk.wait(lambda seen: seen.get("page") == "consent" and not seen["dialog"], "the dialog gone")
    assert mine(station) == []


def test_name_when_nothing_is_written_offers_no_way_on(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_name(kiosk)
    kiosk.wait(no_way_on, "no way on")


def test_name_when_one_stroke_says_what_is_missing_and_keeps_it(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_name(kiosk)
    kiosk.write_words("一")
    kiosk.wait(lambda seen: any(thing["text"] == t("register.next") and thing["button"]["enabled"] for thing in seen["things"]), "一")
    kiosk.tap(t("register.next"))
    kiosk.wait_text(t("bad.name.short"))
    kiosk.tap(t("problem.ok"))
    kiosk.wait_page("name")
    assert next(thing for thing in kiosk.view()["things"] if thing["kind"] == "writing")["strokes"] == 1


def test_name_when_scribbled_asks_again_or_offers_readings_and_never_fails(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_name(kiosk)
    kiosk.write([[(100 + 37 * n % 600, 40 + 91 * n % 260) for n in range(60)], [(60, 60), (700, 280), (80, 270), (720, 70)]])
    kiosk.wait(
        lambda seen: any(
            thing["text"] == t("text.unclear") or (thing["kind"] == "button" and thing.get("chosen")) for thing in seen["things"]
        ),
        "an answer",
    )
    assert kiosk.view()["page"] == "name"
    kiosk.tap(t("text.again"))
    kiosk.write_words(NAME)
    kiosk.wait_text(NAME)


def test_name_when_one_character_is_wrong_is_put_right_by_hand_by_pinyin_and_by_strokes(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_name(kiosk)
    kiosk.write_words("王秀三")
    kiosk.wait_text("王秀三")
    kiosk.tap(t("text.fix"))
    kiosk.tap("三")
    kiosk.wait_text(t("text.rewrite", character="三"))
    assert looks(kiosk) == []
    kiosk.write_words("兰")
    kiosk.wait_text("王秀兰")
    kiosk.tap(t("text.fix"))
    kiosk.tap("秀")
    spell(kiosk, "yu", "玉")
    kiosk.wait_text("王玉兰")
    kiosk.tap(t("text.fix"))
    kiosk.tap("王")
    kiosk.tap(t("text.how_button"))
    kiosk.tap(t("text.strokes"))
    kiosk.wait_text("＿玉兰")
    for stroke in "一丨丿丶":
        kiosk.tap(t(f"stroke.{stroke}"))
    assert looks(kiosk) == []
    kiosk.tap("木")
    kiosk.wait_text("木玉兰")
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    kiosk.tap("返回")
    kiosk.wait_text("木玉兰")


def test_name_when_it_has_a_dot_and_is_long_is_shown_whole_and_goes_on(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_name(kiosk)
    name = "王里里里·里里里里"
    for character in name:
        if character == "·":
            kiosk.tap(t("text.how_button"))
            kiosk.tap(t("text.dot"))
        else:
            spell(kiosk, {"王": "wang", "里": "li"}[character], character)
    kiosk.wait_text(t("name.long", name=name))
    assert looks(kiosk) == []
    kiosk.tap(t("text.delete"))
    kiosk.wait_text(name[:-1])
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")


@pytest.mark.parametrize(
    ("digits", "sentence"),
    [
        ("1990000987", t("phone.wanted", missing=1)),
        ("199000098765", t("bad.phone.long", count=12)),
        ("22900009876", t("bad.phone.prefix")),
    ],
    ids=["10 digits", "12 digits", "no mobile"],
)
def test_phone_when_it_cannot_be_one_says_why_and_keeps_the_digits(
    start_real: StartReal, lying: Screen, digits: str, sentence: str
) -> None:
    kiosk = start_real(lying)
    to_phone(kiosk)
    key_in(kiosk, digits)
    kiosk.wait_text(sentence)
    kiosk.wait(no_way_on, "no way on")
    assert f"{digits[:3]} {digits[3:7]} {digits[7:]}" in kiosk.texts()


def test_register_when_the_same_person_comes_again_brings_it_up_to_date_and_reveals_nothing(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    from kiosk.domain.codes import PayUnit, Trade

    form = RegistrationForm(
        name=NAME,
        phone=PHONE,
        age_band=AgeBand.SENIOR,
        trades=(Trade.CARER,),
        pay_fen=550000,
        pay_unit=PayUnit.MONTH,
        consented_at=wall_clock(),
    )
    before = register(station.here, form).worker
    kiosk = start_real(lying)
    to_pay(kiosk)
    shown = " ".join(kiosk.texts())
    assert "护工" not in shown
    assert "5500" not in shown
    kiosk.tap(t("pay.finish"))
    kiosk.wait_page("done")
    (after,) = mine(station)
    assert (after.id, after.revision, after.trades, after.pay_fen) == (before.id, before.revision + 1, (Trade.LOADING,), 18000)
    # whoever knows name and phone is not yet he: what opens the registration stands on the first slip alone
    kiosk.tap(t("done.fitting"))
    kiosk.wait_page("fitting")
    kiosk.tap("装卸工")
    kiosk.tap(t("detail.apply"))
    kiosk.tap(t("apply.no"))
    kiosk.wait_text(t("apply.done"))
    with station.here.store.read() as u:
        papers = sorted(u.list(PrintJob), key=lambda job: job.serial)
    ways = [(job.slip.kind, any(isinstance(block, Code) for block in job.slip.blocks)) for job in papers]
    assert ways == [(SlipKind.REGISTRATION, True), (SlipKind.REGISTRATION, False), (SlipKind.REFERRAL, False)]


def test_register_when_left_alone_or_changed_leaves_nothing_for_the_next(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying)
    to_phone(kiosk)
    key_in(kiosk, "1990000")
    kiosk.tap(t("dock.change"))
    kiosk.wait_page("home")
    to_name(kiosk)
    assert NAME not in " ".join(kiosk.texts())
    assert next(thing for thing in kiosk.view()["things"] if thing["kind"] == "writing")["strokes"] == 0


@dataclass
class Press:
    """A printer and the spool that feeds it, beside the terminal."""

    machine: SimulatedPrinter
    stopping: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def press(station: RealStation) -> Iterator[Press]:
    """Print what the terminal queues."""
    printing = Press(SimulatedPrinter())
    server = PrinterServer(printing.machine)

    def work() -> None:
        with closing(EscposPrinter(tcp("127.0.0.1", server.port), PAPER_80, PATIENCE)) as printer:
            spool = Spool(station.here.store, printer, wall_clock)
            while not printing.stopping.wait(0.05):
                spool.step()

    thread = threading.Thread(target=work)
    thread.start()
    yield printing
    printing.stopping.set()
    thread.join()
    server.close()


def test_done_when_the_paper_is_out_says_so_with_the_number_and_prints_once_paper_is_in(
    start_real: StartReal, station: RealStation, press: Press, lying: Screen
) -> None:
    press.machine.faults.out_of_paper = True
    kiosk = start_real(lying)
    to_pay(kiosk)
    kiosk.tap(t("pay.finish"))
    kiosk.wait_page("done")
    (job,) = slips(station)
    kiosk.wait_text(t("print.paper", serial=job.serial))
    assert looks(kiosk) == []
    press.machine.faults.out_of_paper = False
    kiosk.wait_text(t("print.printed"))
    assert len(press.machine.pieces) == 1


def test_done_when_the_slip_is_cut_off_half_way_asks_the_visitor_and_prints_again(
    start_real: StartReal, station: RealStation, press: Press, lying: Screen
) -> None:
    press.machine.faults.reset_after = 200
    kiosk = start_real(lying)
    to_pay(kiosk)
    kiosk.tap(t("pay.finish"))
    kiosk.wait_text(t("print.ask_text"))
    assert looks(kiosk) == []
    press.machine.faults.reset_after = None
    kiosk.tap(t("print.no"))
    kiosk.wait_text(t("print.printed"))
    states = sorted(job.state for job in slips(station))
    assert JobState.PRINTED in states
    assert any("补打" in word for piece in press.machine.pieces for word in piece.words)


def test_home_when_the_key_is_wrong_tells_staff_calmly_and_shows_no_trace(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    (station.state / "station.key").write_text("00" * 32)
    kiosk = start_real(lying)
    kiosk.wait_text(t("fault.key"))
    assert looks(kiosk) == []
    kiosk.tap(t("home.register.title"))
    kiosk.wait_page("consent")
    assert not [text for text in kiosk.texts() if "Error" in text or "Traceback" in text]
    assert "WrongKey" in kiosk.log.read_text()


@pytest.mark.parametrize("whose", [PhoneOf.STATION, pytest.param(PhoneOf.RELATIVE, marks=pytest.mark.long)])
def test_register_when_one_comes_from_a_job_without_a_phone_ends_with_both_slips(
    start_real: StartReal, station: RealStation, lying: Screen, whose: PhoneOf
) -> None:
    listing = station.jobs().rows[0].listing
    kiosk = start_real(lying)
    kiosk.wait_text("义堂站")
    kiosk.tap(t("home.find.title"))
    kiosk.tap(listing.title)
    kiosk.tap(t("detail.apply"))
    kiosk.wait_page("consent")
    kiosk.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    kiosk.wait_page("name")
    kiosk.write_words(NAME)
    kiosk.wait(lambda seen: not no_way_on(seen), "a name")
    kiosk.tap(t("register.next"))
    kiosk.wait_page("phone")
    kiosk.tap(t("phone_of.relative"))
    kiosk.wait_text(t("phone_of.relative_first"))
    key_in(kiosk, PHONE)
    kiosk.wait_text(t("phone.read_back", groups="199 0000 9876"))
    if whose is PhoneOf.STATION:
        kiosk.tap(t("phone_of.station"))
        kiosk.wait_text("0712-0000101")
        kiosk.wait_text(t("phone_of.station_first"))
    kiosk.tap(t("register.next"))
    kiosk.wait_page("trades")
    kiosk.tap("搬运装卸")
    kiosk.tap(t("trades.next", count=1))
    kiosk.tap(t("pay.open"))
    kiosk.tap(t("pay.finish"))
    kiosk.wait_page("apply")
    kiosk.wait_text(listing.title)
    kiosk.tap(t("apply.no"))
    kiosk.wait_text(t("apply.done"))
    with station.here.store.read() as u:
        (worker,) = [w for w in u.list(Worker) if w.name == NAME]
        (referral,) = u.list(Referral, worker_id=worker.id)
        papers = [job.slip.kind for job in u.list(PrintJob) if job.subject_id in (worker.id, referral.id)]
    assert worker.phone_of is whose
    assert worker.phone == (PHONE if whose is PhoneOf.RELATIVE else "07120000101")
    assert (referral.listing_id, referral.contact_consent) == (listing.id, False)
    assert sorted(papers) == sorted([SlipKind.REGISTRATION, SlipKind.REFERRAL])
    # he is done: home asks nothing, and knows nobody
    kiosk.tap(t("dock.home"))
    assert not kiosk.wait_page("home")["dialog"]
    kiosk.tap(t("home.find.title"))
    kiosk.wait_text(t("wish.near"))
    assert t("fitting.tile") not in kiosk.texts()
