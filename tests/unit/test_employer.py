"""Who an employer is: his code's check characters, whether he is a firm, when his papers are due again; what two listings share."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.domain.employer import Employer, EmployerHold, EmployerKind, Reverify, guess_kind, in_force, is_held
from kiosk.domain.likeness import is_copy, same_in
from kiosk.domain.privacy import Phone
from kiosk.domain.station import COUNTY
from kiosk.domain.uscc import CHARACTERS, check_code, organisation_check, whole_check
from kiosk.errors import BadInput
from tests.station import a_listing

SIX_MONTHS = Reverify(months=6, effective_from=date(2018, 10, 1), source="条例 26")
KNOWN = ("91420923000000019C", "914209230000000277", "93420923000000035U")


def a_code(body: str, head: str = "91420923") -> str:
    code = head + body + organisation_check(body)
    return code + whole_check(code)


codes = st.text(CHARACTERS, min_size=8, max_size=8).map(a_code)


def an_employer(seen: date | None) -> Employer:
    return Employer(
        id="e",
        revision=1,
        station_id="s",
        kind=EmployerKind.UNIT,
        name="云梦县汉十物流有限公司",
        phone=Phone("19900001001"),
        verified_on=seen,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("code", KNOWN)
def test_code_when_right_is_taken_in_any_writing(code: str) -> None:
    assert check_code(f" {code[:8].lower()} {code[8:]} ") == code


@given(codes, st.integers(0, 17), st.sampled_from(CHARACTERS))
def test_code_when_one_character_is_wrong_is_refused(code: str, place: int, other: str) -> None:
    assert check_code(code) == code
    if other != code[place]:
        with pytest.raises(BadInput) as refused:
            check_code(code[:place] + other + code[place + 1 :])
        assert refused.value.key == "bad.uscc.check"


@given(codes, st.integers(0, 16))
def test_code_when_two_neighbours_are_swapped_is_refused(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(BadInput):
            check_code(swapped)


@given(st.text(max_size=40).filter(lambda text: len("".join(text.split())) != 18))
@example("0000000000000000ß")
def test_code_when_it_is_anything_else_says_how_long_one_is(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_code(text)
    assert (refused.value.field, refused.value.key) == ("uscc", "bad.uscc.length")


@pytest.mark.parametrize("text", ["91420923000000019I", "9142092300000001汉C", "91420923000000019ß"])
def test_code_when_a_character_is_none_of_its_own_says_which(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_code(text)
    assert refused.value.key in ("bad.uscc.character", "bad.uscc.length")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("云梦县汉十物流有限公司", EmployerKind.UNIT),
        ("梦丰食品厂", EmployerKind.UNIT),
        ("老街面馆", EmployerKind.UNIT),
        ("云禾蔬菜种植专业合作社", EmployerKind.UNIT),
        ("喜盈门流水席班子", EmployerKind.UNIT),
        ("义堂华兴建材经营部", EmployerKind.UNIT),
        ("熊长贵", EmployerKind.PERSON),
        ("刘婷", EmployerKind.PERSON),
        ("李园园", EmployerKind.PERSON),
        ("阿依努尔·买买提", EmployerKind.PERSON),
    ],
)
def test_kind_when_guessed_from_a_name_is_what_one_would_say(name: str, kind: EmployerKind) -> None:
    assert guess_kind(name) is kind


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (date(2026, 5, 23), date(2026, 11, 23)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 7, 1), date(2027, 1, 1)),
        (date(2026, 6, 30), date(2026, 12, 30)),
    ],
)
def test_papers_when_seen_are_due_again_after_six_months(seen: date, due: date) -> None:
    employer = an_employer(seen)
    assert SIX_MONTHS.due_on(employer) == due
    assert SIX_MONTHS.counts(employer, date.fromordinal(due.toordinal() - 1))
    assert not SIX_MONTHS.counts(employer, due)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_papers_when_due_never_come_before_they_were_seen(seen: date, months: int) -> None:
    due = replace(SIX_MONTHS, months=months).due_on(an_employer(seen))
    assert due is not None
    assert 28 * months <= (due - seen).days <= 31 * months


def test_papers_when_nobody_saw_any_are_due() -> None:
    assert SIX_MONTHS.due_on(an_employer(None)) is None
    assert not SIX_MONTHS.counts(an_employer(None), date(2026, 11, 23))


def test_likeness_when_listings_differ_names_only_what_is_the_same() -> None:
    one = a_listing()
    assert same_in(one, replace(one, id="x")) == ("phone", "employer", "title", "place", "days", "pay", "text")
    far = replace(one, contact_phone=Phone("19900009999"), employer_name="别家", starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 2))
    assert same_in(one, far) == ("title", "place", "pay", "text")
    assert same_in(one, replace(far, description="摘冬枣，一筐一筐搬到地头。", pay_fen=1, title="摘枣", place="枣园")) == ()
    assert "text" not in same_in(replace(one, description=""), replace(one, description=""))
    assert "text" in same_in(one, replace(one, description="搬25公斤以内箱子、上下货车"))


@given(st.lists(st.tuples(st.sampled_from((COUNTY, "s", "above")), st.booleans())), st.randoms())
def test_hold_when_county_and_stations_decided_stands_while_either_last_word_holds(said: list[tuple[str, bool]], luck: Random) -> None:
    holds = [
        EmployerHold(
            id=f"{n:04}",
            station_id=by,
            employer_id="e",
            held=held,
            reason="r",
            by_id="b",
            by_name="n",
            decided_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n),
        )
        for n, (by, held) in enumerate(said)
    ]
    last = {by == COUNTY: held for by, held in said}
    luck.shuffle(holds)
    assert is_held(holds) == any(last.values())
    assert [one.station_id == COUNTY for one in in_force(holds)] == [countys for countys in (True, False) if last.get(countys)]


@pytest.mark.parametrize(
    ("same", "copy"),
    [
        (("phone", "employer", "title", "days"), True),
        (("title", "place", "days", "text"), True),
        (("phone", "employer", "days"), False),  # the same firm has other work, too
        (("employer", "title", "place", "days", "pay"), False),
    ],
)
def test_copy_when_two_listings_share_so_much_is_one_only_with_phone_or_text(same: tuple[str, ...], copy: bool) -> None:
    assert is_copy(same) is copy
