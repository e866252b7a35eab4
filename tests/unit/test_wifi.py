"""The code that joins a phone to the station's Wi-Fi, read back by a reader that did not make it, and taken apart as phones do."""

import re
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk import config, qr
from kiosk.domain import wifi
from kiosk.errors import ConfigError

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from('\\;,": '), min_size=1, max_size=10)
PASSWORDS = st.just("") | st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63)


def read(code: str) -> str:
    """Draw a code and read it with another library."""
    rows = qr.modules(code)
    side = len(rows)
    picture = Image.new("L", (side + 8, side + 8), 255)
    picture.putdata(
        [255 if not (0 <= y < side and 0 <= x < side and rows[y][x]) else 0 for y in range(-4, side + 4) for x in range(-4, side + 4)]
    )
    found = zxingcpp.read_barcodes(picture.resize((4 * (side + 8),) * 2, Image.Resampling.NEAREST))
    assert len(found) == 1
    return str(found[0].text)


def taken_apart(code: str) -> dict[str, str]:
    """Read the fields as Android does: a field ends at a bare semicolon, a backslash keeps the next character."""
    assert code.startswith("WIFI:")
    assert code.endswith(";;")
    fields = re.findall(r"([A-Z]):((?:\\.|[^\\;])*);", code[5:-1], re.DOTALL)
    return {name: re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for name, value in fields}


@pytest.mark.parametrize("name", ["义堂驿站", "YITANG-5G", 'a;b,c:"d"\\', "ABCDEF"])
def test_join_code_when_read_by_another_library_is_the_same(name: str) -> None:
    assert read(wifi.join_code(name, "yz;88:66")) == wifi.join_code(name, "yz;88:66")


@settings(max_examples=300)
@given(NAMES, PASSWORDS)
def test_join_code_when_taken_apart_gives_name_and_password_back(name: str, password: str) -> None:
    fields = taken_apart(wifi.join_code(name, password))
    assert (fields["S"], fields.get("P", "")) == (name, password)
    assert fields["T"] == ("WPA" if password else "nopass")


@pytest.mark.parametrize(
    ("name", "password", "which"),
    [
        ("义堂驿站", "yitang2026", ""),
        ("义堂驿站", "", ""),
        ("", "", ""),
        ("驿" * 11, "yitang2026", "name"),
        ("", "yitang2026", "name"),
        ("a\nb", "yitang2026", "name"),
        ("义堂驿站", "1234567", "password"),
        ("义堂驿站", "一二三四五六七八", "password"),
        ("义堂驿站", "a" * 64, "password"),
    ],
)
def test_settings_when_no_network_can_be_so_say_which(tmp_path: Path, name: str, password: str, which: str) -> None:
    assert wifi.wrong(name, password) == which
    quoted = name.replace("\n", "\\n")
    (tmp_path / config.FILE).write_text(f'wifi_name = "{quoted}"\nwifi_password = "{password}"\n', "utf-8")
    if which:
        with pytest.raises(ConfigError, match=f"wifi_{which}"):
            config.load(tmp_path)
    else:
        assert config.load(tmp_path).wifi_name == name
