"""The sheet of 画一画: a stroke leaves no gap however quick the finger, and what stays white is named."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.touch_sheet import TouchSheet

SHARES = st.floats(-0.1, 1.1)


@given(start=st.tuples(SHARES, SHARES), end=st.tuples(SHARES, SHARES), columns=st.integers(1, 40), rows=st.integers(1, 40))
def test_stroke_when_painted_leaves_no_gap_and_paints_nothing_twice(
    start: tuple[float, float], end: tuple[float, float], columns: int, rows: int
) -> None:
    sheet = TouchSheet(columns, rows)
    cells = sheet.paint(start, end)
    assert len(cells) == len(set(cells))
    assert all(max(abs(a - c), abs(b - d)) <= 1 for (a, b), (c, d) in pairwise(cells))
    assert sheet.paint(start, end) == []
    assert len(sheet.painted()) + len(sheet.missing()) == columns * rows


def test_sheet_when_parts_stay_white_names_them_the_whitest_first() -> None:
    sheet = TouchSheet(18, 9, [(c, r) for c in range(18) for r in range(9) if not (c < 3 and r > 6) and (c, r) != (17, 0)])
    assert sheet.lost() == ["bottom_left", "top_right"]
    assert TouchSheet(18, 9, [(c, r) for c in range(40) for r in range(40)]).lost() == []
    assert len(TouchSheet(18, 9).lost()) == 9
