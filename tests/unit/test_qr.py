"""QR codes: what zxing reads is what went in, and sizes are enough."""

import pytest
import zxingcpp
from PIL import Image

from kiosk import qr
from kiosk.errors import BadInput
from tests.unit.slip_samples import URL


def read(rows: qr.Modules) -> zxingcpp.Barcode:
    size = len(rows)
    image = Image.new("L", (size + 8, size + 8), 255)
    image.putdata(
        [0 if 4 <= x < size + 4 and 4 <= y < size + 4 and rows[y - 4][x - 4] else 255 for y in range(size + 8) for x in range(size + 8)]
    )
    found = zxingcpp.read_barcode(image.resize((image.width * 4,) * 2, Image.Resampling.NEAREST))
    assert found is not None
    return found


@pytest.mark.parametrize("text", [URL, "https://k.test/k/L" + "A" * 22, "义堂站 17号", "8"])
def test_modules_when_drawn_are_read_back(text: str) -> None:
    found = read(qr.modules(text))
    assert (found.text, found.ec_level) == (text, "M")


@pytest.mark.parametrize("text", [URL, "1", "a" * 500])
def test_side_when_asked_without_drawing_is_that_of_the_drawing(text: str) -> None:
    assert qr.side(text) == len(qr.modules(text))


def test_scale_when_a_width_is_wanted_is_the_smallest_that_reaches_it() -> None:
    side = qr.side(URL)
    assert side * qr.scale(URL, 200) >= 200 > side * (qr.scale(URL, 200) - 1)


@pytest.mark.parametrize("make", [qr.modules, qr.side])
def test_modules_when_the_text_is_too_long_name_it(make: object) -> None:
    with pytest.raises(BadInput) as refused:
        make("a" * 2332)  # type: ignore[operator]
    assert refused.value.field == "code"
