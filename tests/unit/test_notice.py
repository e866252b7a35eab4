"""When a notice stands and a number is called, by property; what may stand in a notice; how a slip's number is keyed in."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.notice import (
    BODY_MOST,
    CALLED_AT_ONCE,
    CALLED_FOR,
    LONGEST,
    TITLE_MOST,
    Notice,
    SlipCall,
    check_times,
    on_board,
    read_number,
    written,
)
from kiosk.errors import BadInput
from tests.station import START

STATION_PHONE = "13907120001"
seconds = st.integers(-20_000, 20_000).map(lambda s: START + timedelta(seconds=s))


@given(seconds, seconds, seconds, st.booleans())
def test_notice_when_asked_at_any_instant_stands_from_its_start_to_its_end_unless_taken_back(
    starts: datetime, ends: datetime, now: datetime, withdrawn: bool
) -> None:
    notice = Notice(id="n", revision=1, station_id=None, title="停电", starts_at=starts, ends_at=ends, withdrawn=withdrawn)
    assert notice.stands(now) == (not withdrawn and starts <= now < ends)
    assert not replace(notice, withdrawn=True).stands(now)
    try:
        check_times(starts, ends, now)
    except BadInput:
        assert not any(notice.stands(at) for at in (now, ends))
    else:
        assert replace(notice, withdrawn=False).stands(max(starts, now))


@given(st.lists(st.tuples(seconds, st.none() | seconds), max_size=9), seconds)
def test_on_board_when_asked_at_any_instant_gives_the_last_called_for_three_minutes(
    said: list[tuple[datetime, datetime | None]], now: datetime
) -> None:
    calls = [SlipCall(id=str(n), number=f"{n:04}", called_at=at, ended_at=ended) for n, (at, ended) in enumerate(said)]
    shown = on_board(calls, now)
    assert len(shown) == min(CALLED_AT_ONCE, sum(call.calling(now) for call in calls))
    assert all(call.ended_at is None and call.called_at <= now < call.called_at + CALLED_FOR for call in shown)
    assert list(shown) == sorted(shown, key=lambda c: c.called_at, reverse=True)
    later = [call for call in calls if call.calling(now) and call not in shown]
    assert all(call.called_at <= shown[-1].called_at for call in later)


@given(st.integers(1, 9999))
def test_read_number_when_keyed_in_any_form_gives_four_digits(number: int) -> None:
    for keyed in (str(number), f"{number:04}", f" YT-1123-{number:04} ", f"yt1123{number:04}", f"ＹＴ－１１２３－{number:04}"):
        assert read_number(keyed) == f"{number:04}"


@pytest.mark.parametrize("keyed", ["", "0", "0000", "12345", "-1", "1.5", "王秀兰", "YT-1123-42", "YT-42", "四十二", "٤٢", "13900000001"])
def test_read_number_when_it_is_no_slips_number_says_so(keyed: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_number(keyed)
    assert (caught.value.field, caught.value.key) == ("number", "bad.call.number")


@pytest.mark.parametrize(
    ("title", "body", "key"),
    [
        ("", "下午停电", "title"),
        (" \n\u3000\x00", "", "title"),
        ("停" * (TITLE_MOST + 1), "", "title_long"),
        ("停电", "停" * (BODY_MOST + 1), "body_long"),
        ("打 13900000001", "", "number"),
        ("停电", "问王师傅 139-0000-0001", "number"),
        ("停电", "问王师傅１３９ ００００ ０００１。", "number"),
        ("停电", "0712-4000001 13900000001", "number"),
        ("捡到身份证", "420923199001011234", "number"),
        ("捡到身份证", "42092319900101123X", "number"),
        ("捡到银行卡", "6222020000000000000", "number"),
    ],
)
def test_notice_when_its_words_do_not_belong_on_a_board_says_why(title: str, body: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        written(title, body, {STATION_PHONE})
    assert caught.value.key == f"bad.notice.{key}"


@pytest.mark.parametrize(
    "body",
    [
        "请打 0712-4000001、0712-4000002",
        "有事打 12333，不收钱",
        "打驿站的手机 139 0712 0001",
        "11月28日 8:00-12:00 停电，13:30 来电",
        "2026-11-28 起，每天 8 点开门",
    ],
)
def test_notice_when_numbers_in_it_are_nobodys_takes_them(body: str) -> None:
    assert written("停电", body, {STATION_PHONE}) == ("停电", body)


def test_notice_when_it_is_written_with_idle_blanks_keeps_the_words_and_the_lines() -> None:
    assert written("  明天 \n 停电 ", " 上午  八点\x00到十点。\r\n\n 照样开门。 ", ()) == ("明天 停电", "上午 八点到十点。\n照样开门。")


def test_notice_when_it_would_hang_for_years_is_refused() -> None:
    check_times(START, START + LONGEST, START)
    with pytest.raises(BadInput, match="ends_at"):
        check_times(START, START + LONGEST + timedelta(seconds=1), START)
