"""The line that enrols a terminal: read out, written down, typed in any way, it is the same; anything less is not taken."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.enrol_text import ALPHABET, EnrolText, grouped, mark_of, read
from kiosk.errors import BadInput

CODES = st.text(ALPHABET, min_size=8, max_size=8).map(grouped)
MARKS = st.text(ALPHABET, min_size=16, max_size=16).map(grouped)
HOSTS = st.sampled_from(["hub.example.cn", "hub.example.cn:8443", "10.1.2.3", "10.1.2.3:8443", "x.cn", "localhost:8443"])
CUTS = st.sampled_from([" ", "  ", "\t", "\n", ", ", "，", " ; "])


@given(CODES, HOSTS, MARKS, CUTS, st.sampled_from([str, str.lower]), st.sampled_from(["-", "", " ", " - "]))
def test_line_when_typed_in_any_way_is_the_same(code: str, host: str, mark: str, cut: str, case: type[str], dash: str) -> None:
    typed = cut.join([case(code).replace("-", dash), case(host), case(mark).replace("-", dash)])
    assert read(f" {typed} ") == EnrolText(code, host, mark)
    assert read(str(EnrolText(code, host, mark))) == EnrolText(code, host, mark)


@given(CODES, st.sampled_from(["-", "", " "]))
def test_code_when_it_stands_alone_is_enough_for_a_trial(code: str, dash: str) -> None:
    assert read(code.replace("-", dash)) == EnrolText(code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K7QM",
        "K7QM-2XWP hub.example.cn",
        "K7QM-2XWP hub.example.cn H7XK-4MPQ-93WD-2KT",
        "K7QM-2XWP hub.example.cn H7XK-4MPQ-93WD-2KTRR",
        "K7QM-2XW hub.example.cn H7XK-4MPQ-93WD-2KTR",
        "K7QM-2XWP http://hub.example.cn H7XK-4MPQ-93WD-2KTR",
        "K7QM-2XWP hub.example.cn/x H7XK-4MPQ-93WD-2KTR",
        "K7QM-2XWP user@hub.example.cn H7XK-4MPQ-93WD-2KTR",
        "K7QM-2XWP H7XK-4MPQ-93WD-2KTR",
        "hub.example.cn",
    ],
)
def test_line_when_it_is_not_whole_is_not_taken(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text)
    assert caught.value.key == "enrolling.not_whole"


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_mark_when_made_reads_well_and_differs(one: bytes, other: bytes) -> None:
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", mark_of(one))
    assert (mark_of(one) == mark_of(other)) is (one == other)


def test_line_when_printed_by_accident_shows_no_code() -> None:
    assert "K7QM" not in repr(read("K7QM-2XWP hub.example.cn H7XK-4MPQ-93WD-2KTR"))
