"""Which rules hold at a station: the county's sheets from their day on, the shipped ones where a sheet cannot be read, and who is told."""

import base64
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.rubric_text import RubricError, read_rubric
from kiosk.domain.rule_sheet import RuleSheet, in_force
from kiosk.domain.rule_text import SheetError, read_rules
from kiosk.services import mini_program, ruling
from kiosk.services.rules import texts_of
from tests.station import ASSETS, START, TestStation, make_station

WAGES = (ASSETS / "rules" / "wages.toml").read_text("utf-8")
RUBRIC = (ASSETS / "rubric" / "placeholder.toml").read_text("utf-8")
DAYS = st.dates(date(2026, 11, 1), date(2026, 11, 9))


@pytest.fixture
def station(tmp_path: Path) -> TestStation:
    made = make_station(tmp_path)
    made.here.assets = ASSETS
    return made


def a_sheet(name: str, text: str, on: date, number: int = 1) -> RuleSheet:
    return RuleSheet(id=f"{name}-{number}", revision=1, name=name, number=number, text=text, effective_on=on)


def keep(station: TestStation, *sheets: RuleSheet) -> None:
    with station.store.write() as u:
        u.receive(*sheets)
    ruling.keep(station.here)


def test_station_when_a_sheet_has_its_day_goes_over_to_it_by_itself(station: TestStation) -> None:
    here, today = station.here, station.here.today()
    dearer = WAGES.replace("[24, 21.5, 20]", "[25, 22.5, 21]")
    keep(station, a_sheet("wages", dearer, date(2026, 11, 24)))
    assert (today, here.rules.wages.hour_fen[2]) == (date(2026, 11, 23), 2000)
    before = here.rules
    ruling.keep(here)
    assert here.rules is before  # nothing is read again that has not changed
    station.clock.tick(days=1)
    ruling.keep(here)
    assert here.rules.wages.hour_fen[2] == 2100
    keep(station, a_sheet("wages", "", date(2026, 11, 24), 2))
    assert here.rules.wages.hour_fen[2] == 2000


def test_station_when_a_rubric_is_official_speaks_of_no_placeholder_any_more(station: TestStation) -> None:
    assert not station.here.rubric.official
    keep(station, a_sheet("rubric", RUBRIC.replace("official = false", "official = true"), START.date()))
    assert station.here.rubric.official


def test_station_when_a_sheet_cannot_be_read_goes_on_with_the_shipped_one_and_takes_the_others(station: TestStation) -> None:
    checks = (ASSETS / "rules" / "checks.toml").read_text("utf-8")
    newer = checks + '[[check]]\nname = "of_next_year"\nseverity = "hold"\nsource = "?"\neffective_from = 2026-01-01\n'
    dearer = WAGES.replace("[24, 21.5, 20]", "[25, 22.5, 21]")
    on = START.date()
    keep(
        station,
        a_sheet("checks", newer, on),
        a_sheet("wages", dearer, on),
        a_sheet("rubric", "[[", on),
        a_sheet("of_next_year", "x = 1", on),
    )
    assert station.here.rules.wages.hour_fen[2] == 2100
    assert not station.here.rubric.official
    with station.store.read() as u:
        assert set(ruling.load(u.list(RuleSheet), ASSETS, on).aside) == {"checks", "rubric"}


def test_code_of_the_mini_program_when_published_is_a_file_and_else_nothing(station: TestStation, tmp_path: Path) -> None:
    first, second = (base64.b64encode(mini_program.MAGIC + content).decode() for content in (b"1", b"2"))
    on, folder = START.date(), tmp_path / "run"
    assert mini_program.picture(station.here, folder) == ""
    for number, text in enumerate((first, second), 1):
        keep(station, a_sheet("mini_program", text, on, number))
        path = mini_program.picture(station.here, folder)
        assert Path(path).read_bytes() == base64.b64decode(text)
        assert mini_program.picture(station.here, folder) == path
        assert [one.name for one in folder.iterdir()] == [Path(path).name]
    with station.store.read() as u:
        assert ruling.load(u.list(RuleSheet), ASSETS, on).aside == ()
    for number, text in enumerate(("", "no base64", base64.b64encode(b"MZ").decode()), 3):
        keep(station, a_sheet("mini_program", text, on, number))
        assert mini_program.picture(station.here, folder) == ""


@given(sheets=st.lists(st.tuples(st.integers(1, 9), DAYS), unique_by=lambda one: one[0]), on=DAYS)
def test_sheet_in_force_when_there_are_many_is_the_last_of_the_latest_day(sheets: list[tuple[int, date]], on: date) -> None:
    found = in_force([a_sheet("wages", f"{number}", day, number) for number, day in sheets], on).get("wages")
    due = [(day, number) for number, day in sheets if day <= on]
    assert (None if found is None else (found.effective_on, found.number)) == max(due, default=None)


@given(
    cut=st.integers(0, 4000),
    put=st.text("[]{}=\"'#\n01aé,.-", max_size=6),
    name=st.sampled_from(["wages", "checks", "fees", "employers", "rubric"]),
)
def test_sheet_when_anything_is_done_to_its_text_is_read_or_says_what_is_wrong(cut: int, put: str, name: str) -> None:
    texts = texts_of(ASSETS / "rules") | {"rubric": RUBRIC}
    text = texts.pop(name)
    at = cut % (len(text) + 1)
    damaged, lines = text[:at] + put + text[at + 1 :], [0]
    try:
        if name == "rubric":
            read_rubric(damaged)
        else:
            few: dict[str, str] = {sheet: texts[sheet] for sheet in ("wages", "employers", "age", "negation") if sheet in texts}
            read_rules({**few, name: damaged}, START.date())
    except SheetError as error:
        lines = [error.line]
    except RubricError as error:
        lines = [line for line, _ in error.faults]
    assert all(0 <= line <= len(damaged.splitlines()) + 1 for line in lines)


def test_sheets_when_two_are_of_one_revision_are_told_apart_by_their_ids(station: TestStation) -> None:
    first, second = (a_sheet("wages", WAGES, START.date(), number) for number in (1, 2))
    keep(station, first, second)
    with station.store.write() as u:
        u.bury(RuleSheet, first.id, 2)
        assert [sheet.number for sheet in u.list(RuleSheet)] == [2]
        u.receive(replace(first, revision=1))
        assert [sheet.number for sheet in u.list(RuleSheet)] == [2]  # what is over does not come back
