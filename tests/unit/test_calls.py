"""Hearing a visitor's call beside the staff's work: when it is shown and when not. No window: the terminal is a stand-in."""

from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.screens.calls import CallWatch
from kiosk.services.call import call_staff, open_calls
from tests.flows.test_use_cases import station
from tests.station import TestStation

__all__ = ["station"]


@pytest.fixture
def terminal(station: TestStation) -> Any:
    """Give what the watch sees of a terminal where the head works; its lanes answer at once."""

    def ask(function: Any, then: Any, failed: Any) -> None:
        try:
            answer = function()
        except Exception as error:  # noqa: BLE001 - as the lanes do
            failed(error)
        else:
            then(answer)

    return SimpleNamespace(
        visit=SimpleNamespace(session=station.head),
        guard=SimpleNamespace(lock=None),
        lanes=SimpleNamespace(ask=ask),
        office=SimpleNamespace(here=station.here),
        shell=SimpleNamespace(ids=SimpleNamespace(calls=SimpleNamespace(text=""))),
        show_problem=lambda error: None,
    )


def test_call_when_staff_work_is_heard_and_answered(station: TestStation, terminal: Any) -> None:
    watch, bar = CallWatch(terminal), terminal.shell.ids.calls
    call_staff(station.here, "找活干")
    watch.tick()
    assert "找活干" in bar.text
    watch.answer()
    assert (bar.text, open_calls(station.here)) == ("", [])


def test_call_when_the_lock_lies_over_the_page_or_nobody_is_signed_in_is_not_shown(station: TestStation, terminal: Any) -> None:
    watch, bar = CallWatch(terminal), terminal.shell.ids.calls
    call_staff(station.here, "首页")
    terminal.guard.lock = object()
    watch.listen()
    assert bar.text == "", "anybody could press 我来了"
    terminal.guard.lock = None
    watch.follow()
    assert bar.text
    terminal.visit.session = None
    watch.follow()
    assert bar.text == ""
    watch.answer()
    assert len(open_calls(station.here)) == 1


def test_call_when_the_store_does_not_answer_changes_nothing(station: TestStation, terminal: Any) -> None:
    watch = CallWatch(terminal)
    call_staff(station.here, "首页")
    terminal.office = SimpleNamespace()
    watch.listen()
    assert terminal.shell.ids.calls.text == ""
