"""Slips as bytes: read back by the simulated printer. Nothing is lost, nothing obeys a listing's text, rare characters are drawn."""

import re
import unicodedata

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from kiosk.devices import glyphs
from kiosk.devices.escpos_printer import encode, raster
from kiosk.devices.paper import PICTURE, SIDE, Piece
from kiosk.devices.printer_profile import PAPER_58, PAPER_80, Charset, Profile
from kiosk.devices.printer_simulator import SimulatedPrinter
from kiosk.devices.slip_layout import Row, lay_out, width, wrap
from kiosk.devices.slip_preview import preview
from kiosk.domain.slip import Align, Block, Code, Field, Line, Rule, Slip, SlipKind, Style
from kiosk.errors import BadInput
from kiosk.text import t
from tests.unit.slip_samples import SLIPS, TEST_SLIP, URL

RARE = ["〇", "㛃", "𬬻", "鿍", "ñ", "・", "\U00020000"]


def a_slip(*blocks: Block) -> Slip:
    return Slip(kind=SlipKind.TEST, serial="YT-1", blocks=blocks)


def printed(slip: Slip, profile: Profile = PAPER_80) -> Piece:
    printer = SimulatedPrinter(dots=profile.dots)
    printer.receive(encode(slip, profile))
    assert printer.unknown == []
    (piece,) = printer.pieces
    return piece


@pytest.mark.parametrize("profile", [PAPER_80, PAPER_58], ids=["80", "58"])
@pytest.mark.parametrize("name", SLIPS)
def test_slip_when_printed_has_every_line_in_its_place(name: str, profile: Profile) -> None:
    rows = list(lay_out(SLIPS[name], profile.columns))
    assert list(printed(SLIPS[name], profile).words) == [r.text for r in rows if r.text]
    assert all(width(r.text) * r.scale[0] <= profile.columns for r in rows if isinstance(r, Row))


@pytest.mark.parametrize("profile", [PAPER_80, PAPER_58], ids=["80", "58"])
@pytest.mark.parametrize("name", [n for n, slip in SLIPS.items() if any(isinstance(block, Code) for block in slip.blocks)])
def test_code_when_printed_is_read_from_the_paper_and_wide_enough(name: str, profile: Profile) -> None:
    image = printed(SLIPS[name], profile).image.convert("L")
    found = zxingcpp.read_barcode(image)
    assert found is not None
    assert (found.text, found.ec_level) == (URL, "M")
    across = (found.position.top_right.x - found.position.top_left.x) / 203 * 25.4
    assert across >= 25
    assert abs((found.position.top_left.x + found.position.top_right.x) / 2 - image.width / 2) < 8


def test_code_when_too_long_is_refused() -> None:
    with pytest.raises(BadInput):
        encode(a_slip(Code(text="a" * 3000)), PAPER_80)


@pytest.mark.parametrize("rare", RARE)
@pytest.mark.parametrize("style", [Style.BODY, Style.BIG])
def test_line_when_a_character_is_rare_is_drawn_and_only_that_line(rare: str, style: Style) -> None:
    slip = a_slip(Line(text="王秀兰", style=style), Line(text=f"王{rare}兰", style=style), Line(text="李国强", style=style))
    piece = printed(slip)
    by_hand = () if glyphs.has(rare) else (t("paper.by_hand"),)
    assert piece.words == ("王秀兰", PICTURE, "李国强", *by_hand)
    assert rare.encode("gb18030") not in encode(slip, PAPER_80)


def test_line_when_drawn_stands_where_text_would_stand() -> None:
    drawn, plain = (printed(a_slip(Field(label="姓名", value=v), Line(text="·", align=Align.CENTRE))) for v in ("㛃王兰", "王王兰"))
    assert drawn.words == (PICTURE, "·")
    assert drawn.image.size == plain.image.size
    # the label and the characters after the rare one are dot for dot those of the text line
    left, right = 24 + 6 * 12, 24 + 8 * 12
    for box in ((0, 0, left, 100), (right, 0, drawn.image.width, 100)):
        assert drawn.image.crop(box).tobytes() == plain.image.crop(box).tobytes()


def test_field_when_tall_is_twice_as_high_in_the_same_columns_drawn_or_not() -> None:
    for value in ("义堂镇汉十物流园", "㛃堂镇汉十物流园"):
        plain, tall = (printed(a_slip(Field(label="地点", value=value, tall=tall))).image.convert("L") for tall in (False, True))
        once, twice = (ImageChops.invert(one).getbbox() or (0, 0, 0, 0) for one in (plain, tall))
        assert twice[0] == pytest.approx(once[0], abs=2)
        assert twice[2] == pytest.approx(once[2], abs=2)
        assert twice[3] - twice[1] == pytest.approx(2 * (once[3] - once[1]), abs=4)


def test_fields_when_they_follow_each_other_align_and_others_need_not() -> None:
    slip = a_slip(Field(label="活", value="一"), Field(label="用工方", value="二"), Rule(), Field(label="日期", value="三"))
    assert [row.text for row in lay_out(slip, 32) if isinstance(row, Row)] == ["活      一", "用工方  二", "-" * 32, "日期  三"]


@pytest.mark.parametrize("profile", [PAPER_80, PAPER_58], ids=["80", "58"])
@pytest.mark.parametrize("name", SLIPS)
def test_preview_when_drawn_is_the_paper_dot_for_dot(name: str, profile: Profile) -> None:
    image = preview(SLIPS[name], profile)
    assert image.tobytes() == printed(SLIPS[name], profile).image.tobytes()
    assert image.width == profile.dots + 2 * SIDE


@pytest.mark.parametrize("rare", ["㛃", "𬬻", "〇", "鿍"])
def test_glyph_when_rare_is_a_drawing_of_its_own_and_no_empty_box(rare: str) -> None:
    box = glyphs.draw("\U0010fffd").tobytes()
    assert glyphs.draw(rare).tobytes() not in (box, glyphs.draw("王").tobytes(), glyphs.draw(" ").tobytes())


def test_has_when_the_charset_is_smaller_draws_more() -> None:
    assert [Profile(576, c).has("镕") for c in (Charset.GB2312, Charset.GBK)] == [False, True]
    assert all(PAPER_80.has(c) for c in "王＊兰·，“”（）0a~ ")
    assert not any(PAPER_80.has(c) for c in RARE)


def test_raster_when_dots_look_like_a_real_time_command_shows_one_dot_more_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    dots = bytes([0x10, 0x04, 0x01, 0x10, 0x14, 0x08, 0x10, 0x05, 0x01, 0x10, 0x20, 0x00])
    picture = Image.frombytes("1", (8 * len(dots), 1), bytes(b ^ 0xFF for b in dots))
    monkeypatch.setattr(glyphs, "draw", lambda *_, **__: picture)
    drawn = raster(Row("x"))[8:]
    assert re.search(rb"\x10[\x04\x05\x14]", drawn) is None
    assert [a ^ b for a, b in zip(drawn, dots, strict=True)] == [8, 0, 0, 8, 0, 0, 8, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("evil", ["\x1b@", "\x1dVB\x00", "\x10\x04\x01", "\x1d(k\x03\x001Q0", "\x00\x7f\x9b", "\u202e\u200b"])
def test_text_when_it_holds_commands_is_only_text(evil: str) -> None:
    piece = printed(a_slip(Line(text=f"装卸工{evil}日结"), Line(text="底")))
    assert piece.words[0].startswith("装卸工")
    assert "日结" in piece.words[0]
    assert piece.words[-1] == "底"


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("早上六点在镇政府门口上车，有面包车", 24, ["早上六点在镇政府门口上", "车，有面包车"]),
        ("电话 199 0000 1234 找周建国", 12, ["电话 199", "0000 1234 找", "周建国"]),
        ("要求（男女不限）", 6, ["要求", "（男女", "不限）"]),
        ("a" * 25, 10, ["a" * 10, "a" * 10, "a" * 5]),
        ("一行\n\n三行", 10, ["一行", "", "三行"]),
        ("11月24日到11月26日，3 天", 22, ["11月24日到11月26日，", "3 天"]),
        ("泥瓦工、木工、电工、水管工", 20, ["泥瓦工、木工、电工、", "水管工"]),
        ("带身份证、缴费单、银行卡，到窗口", 20, ["带身份证、缴费单、", "银行卡，到窗口"]),
        ("搬运装卸、建筑小工、农活。", 22, ["搬运装卸、建筑小工、", "农活。"]),
        ("一二三四五六七八九十百", 20, ["一二三四五六七八九", "十百"]),
        ("", 10, [""]),
    ],
)
def test_wrap_when_a_line_is_full_breaks_where_one_reads_on(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def visible(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


texts = st.text(st.one_of(st.characters(), st.sampled_from("王秀兰·〇㛃𬬻（），。 0a\n\t\x1b\x1d\x10")), max_size=60)
blocks = st.one_of(
    st.builds(Line, text=texts, style=st.sampled_from(Style), align=st.sampled_from(Align)),
    st.builds(Field, label=texts, value=texts, tall=st.booleans()),
    st.builds(Rule),
    st.builds(Code, text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), side_mm=st.integers(1, 40)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks, max_size=6), st.sampled_from([PAPER_80, PAPER_58]))
@example([Field(label="", value="0\u20290\u2028")], PAPER_80)
@example([Field(label="-", value="")], PAPER_80)
def test_any_slip_when_printed_loses_no_character_and_commands_nothing(parts: list[Block], profile: Profile) -> None:
    slip = a_slip(Line(text="头"), *parts)
    rows = list(lay_out(slip, profile.columns))
    asked = "".join(visible(b.text if isinstance(b, Line) else b.label + b.value) for b in slip.blocks if isinstance(b, (Line, Field)))
    laid = "".join(visible(r.text) for r in rows if isinstance(r, Row) and r.text != "-" * profile.columns)
    assert sorted(laid.replace("\ufffd", "")) == sorted(asked.replace("\ufffd", "").replace("-" * profile.columns, ""))
    expected = [r.text if isinstance(r, Code) or all(map(profile.has, r.text)) else PICTURE for r in rows if r.text]
    if not all(profile.has(c) or glyphs.has(c) for c in laid):
        expected += wrap(t("paper.by_hand"), profile.columns)
    assert list(printed(slip, profile).words) == expected


def test_test_slip_when_printed_shows_the_rare_line_as_a_picture() -> None:
    words = printed(TEST_SLIP).words
    assert words.count(PICTURE) == 1
    assert "大字 260 元/天" in words
