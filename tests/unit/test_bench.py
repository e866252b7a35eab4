"""The bench command: what it offers and how it refuses."""

import pytest

from tests.bench.__main__ import main, names


def test_bench_when_the_name_is_unknown_says_which_there_are_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "'nothing'" in told.err
    assert "search" in told.err


def test_bench_when_asked_for_names_leaves_out_what_does_not_measure() -> None:
    assert "search" in names()
    assert not {"data", "brute", "__main__"} & set(names())
