"""Hours and pay said in words: numbers in both scripts, and what is not the day's work or its pay."""

import pytest

from kiosk.domain.review_numbers import hourly_said, hours_said, monthly_said, number
from kiosk.domain.review_text import fold


@pytest.mark.parametrize(
    ("text", "value"),
    [("14", 14), ("12.5", 12.5), ("十四", 14), ("二十", 20), ("两百三", 230), ("一千五", 1500), ("三百零五", 305), ("八", 8), ("元", 0)],
)
def test_number_when_written_in_either_script_reads_it(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("早上六点干到晚上九点，中间吃饭半个小时", [14.5]),
        ("一天干13个钟头", [13]),
        ("每天十二个半小时", [12.5]),
        ("一天十五六个小时", [16]),
        ("7:00-22:00", [15]),
        ("8：00—17：30，午休一个半小时", [8]),
        ("晚8点到早5点", [9]),
        ("晚上五点到十点", [5]),
        ("晚上十点到次日六点，含一小时夜宵", [7]),
        ("早五点上工,晚八点收工", [15]),
        ("12小时两班倒，站着", [12]),
        ("营业时间早10点到晚10点", []),
        ("三班，早6点到晚10点有人", []),
        ("24小时便利店", []),
        ("18到30号，一天140", []),
    ],
)
def test_hours_said_when_people_say_their_day_gives_it_without_the_break(text: str, hours: list[float]) -> None:
    assert [said.amount / 60 for said in hours_said(fold(text))] == hours


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("时薪十二块", [1200]),
        ("15元/小时", [1500]),
        ("10块5一个钟头", []),
        ("十块五一个钟头", [1050]),
        ("18-22元每小时", [1800]),
        ("每小时18，周结", [1800]),
        ("加班每小时15元", []),
        ("停车5元一小时", []),
        ("每小时能包15盒", []),
        ("迟到一小时扣20", []),
    ],
)
def test_hourly_said_when_people_say_their_pay_gives_it(text: str, fen: list[int]) -> None:
    assert [said.amount for said in hourly_said(fold(text))] == fen


def test_monthly_said_when_not_surely_full_time_leaves_it_alone() -> None:
    assert [said.amount for said in monthly_said(fold("全职，一个月一千五"))] == [150000]
    assert list(monthly_said(fold("上午两小时，一个月一千五"))) == []
    assert list(monthly_said(fold("全职，底薪1800加提成"))) == []
