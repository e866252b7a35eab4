"""The station's clock: what a machine says that has lost the time, when it is believed, and who may tell it better."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import FILE, StationClock
from kiosk.domain.clock import FAR, WORD_LASTS_S, Machine, Teller, Word, reckon
from kiosk.domain.retention import BUILT

LOST, AHEAD = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@dataclass
class Box:
    """A machine whose clock and starts the test moves; its counter cannot be moved back."""

    wall: datetime = NOW
    count_s: float = 30.0
    boot: int = 1

    def __call__(self) -> Machine:
        return Machine(wall=self.wall, count_s=self.count_s, boot=str(self.boot))

    def pass_by(self, **by: float) -> None:
        self.wall += timedelta(**by)
        self.count_s += timedelta(**by).total_seconds()

    def start_anew(self, wall: datetime) -> None:
        self.wall, self.count_s, self.boot = wall, 20.0, self.boot + 1


def test_clock_when_nobody_has_told_it_anything_believes_a_machine_of_its_own_age(tmp_path: Path) -> None:
    box = Box()
    clock = StationClock(tmp_path, box)
    assert (clock(), clock.sure(), clock.told_by()) == (NOW, True, None)


@pytest.mark.parametrize("wall", [LOST, AHEAD, BUILT - timedelta(days=2)])
def test_clock_when_a_machine_has_lost_the_time_says_so_and_still_goes_forward(wall: datetime, tmp_path: Path) -> None:
    box = Box(wall)
    clock = StationClock(tmp_path, box)
    first = clock()
    assert not clock.sure()
    assert BUILT <= first < BUILT + timedelta(hours=1)
    box.pass_by(minutes=5)
    assert clock() - first == timedelta(minutes=5)


@pytest.mark.parametrize("wall", [LOST, AHEAD])
def test_clock_when_the_county_answers_is_right_at_once_whatever_the_machine_says(wall: datetime, tmp_path: Path) -> None:
    box = Box(wall)
    clock = StationClock(tmp_path, box)
    assert clock.tell(NOW, Teller.HUB) == pytest.approx((NOW - BUILT).total_seconds() - box.count_s, abs=1)
    box.pass_by(hours=3)
    other_process = StationClock(tmp_path, box)
    assert other_process.sure()
    assert other_process() == NOW + timedelta(hours=3)
    box.wall = AHEAD if wall == LOST else LOST
    assert other_process() == NOW + timedelta(hours=3), "no step of the machine's clock moves it"


def test_clock_when_the_machine_was_off_after_a_word_is_never_before_it_and_asks_again(tmp_path: Path) -> None:
    box = Box(LOST)
    clock = StationClock(tmp_path, box)
    clock.tell(NOW, Teller.HUB)
    box.pass_by(hours=9)
    clock.carry_on()
    box.start_anew(LOST)
    assert not clock.sure()
    assert NOW + timedelta(hours=9) <= clock() <= NOW + timedelta(hours=9, minutes=1)


def test_clock_when_the_machine_kept_the_time_while_it_was_off_is_believed(tmp_path: Path) -> None:
    box = Box()
    clock = StationClock(tmp_path, box)
    clock.tell(NOW, Teller.HUB)
    box.start_anew(NOW + timedelta(days=30))
    assert (clock(), clock.sure()) == (NOW + timedelta(days=30), True)
    box.start_anew(NOW + FAR + timedelta(days=2))
    assert not clock.sure()


def test_clock_when_it_was_set_back_a_day_after_a_word_says_that_it_is_lost(tmp_path: Path) -> None:
    box = Box()
    clock = StationClock(tmp_path, box)
    clock.tell(NOW, Teller.HUB)
    box.wall -= timedelta(days=1)
    assert clock() == NOW, "while it runs nobody notices"
    box.start_anew(NOW - timedelta(days=1))
    assert not clock.sure()
    assert clock() >= NOW


def test_clock_when_staff_told_it_takes_their_word_until_the_county_speaks(tmp_path: Path) -> None:
    box = Box(LOST)
    clock = StationClock(tmp_path, box)
    clock.tell(NOW - timedelta(hours=2), Teller.STAFF)
    assert (clock(), clock.sure(), clock.told_by()) == (NOW - timedelta(hours=2), True, Teller.STAFF)
    assert clock.tell(NOW, Teller.HUB) == pytest.approx(7200)
    assert clock.tell(NOW + timedelta(days=1), Teller.STAFF) == 0
    assert (clock(), clock.told_by()) == (NOW, Teller.HUB)


def test_clock_when_the_same_is_told_again_and_again_writes_once_an_hour(tmp_path: Path) -> None:
    box = Box()
    clock = StationClock(tmp_path, box)
    clock.tell(NOW, Teller.HUB)
    file = tmp_path / FILE
    was = file.read_bytes()
    for _ in range(100):
        box.pass_by(seconds=30)
        clock.tell(box.wall, Teller.HUB)
        clock.carry_on()
    assert file.read_bytes() == was
    box.pass_by(seconds=WORD_LASTS_S)
    clock.tell(box.wall, Teller.HUB)
    assert file.read_bytes() != was


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"at": "yesterday"}', b"\xff\xfe", b'{"at": null, "count_s": 1, "boot": "", "by": "x"}']
)
def test_clock_when_its_file_is_broken_is_as_if_nobody_had_told_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert StationClock(tmp_path, Box())() == NOW


def test_clock_when_the_folder_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    clock = StationClock(tmp_path / "gone", Box(LOST))
    assert clock.tell(NOW, Teller.HUB) == 0
    assert not clock.sure()


INSTANTS = st.integers(1, 200 * 365 * 86400).map(lambda s: LOST + timedelta(seconds=s))


@given(told=INSTANTS, wall=INSTANTS, count_s=st.floats(0, 1e8), boot=st.sampled_from(["a", "b"]), by=st.sampled_from(Teller))
def test_reckoning_when_anything_was_told_is_never_before_it_and_never_gives_a_wild_time(
    told: datetime, wall: datetime, count_s: float, boot: str, by: Teller
) -> None:
    word = Word(at=told, count_s=0.0, boot="a", by=by)
    machine = Machine(wall=wall, count_s=count_s, boot=boot)
    found = reckon(machine, word)
    assert found.now >= told - timedelta(minutes=1) or found.now >= BUILT - timedelta(minutes=1)
    if boot == "a":
        assert abs(found.now - told - timedelta(seconds=count_s)) <= timedelta(minutes=1)
        assert found.sure
    assert reckon(replace(machine, wall=found.now), word).now == found.now
