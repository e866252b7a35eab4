"""What happens to a slip in a pocket, under a thumb and before a cheap camera: the drawn paper with one damage each. No randomness.

Lengths are dots of the paper, 8 a millimetre; `code` is where the QR code stands.
"""

from collections.abc import Callable
from math import asin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Box = tuple[int, int, int, int]
Damage = Callable[[Image.Image, Box], Image.Image]
TABLE = 70
"""How grey the table is on which a slip lies."""


def plain(paper: Image.Image, code: Box) -> Image.Image:
    return paper


def faded(paper: Image.Image, code: Box) -> Image.Image:
    return paper.point(lambda v: round(255 - 0.4 * (255 - v)))


def faded_in_the_sun(paper: Image.Image, code: Box) -> Image.Image:
    """From all of the ink at one edge to 40 % at the other."""
    light = Image.linear_gradient("L").rotate(90).resize(paper.size).point(lambda v: round(v * 0.6))
    return Image.composite(Image.new("L", paper.size, 255), paper, light)


def rubbed(paper: Image.Image, code: Box) -> Image.Image:
    """Drawn sideways by a thumb: half of the ink stays, the rest lies up to a millimetre beside it."""
    smeared = paper
    for shift in range(1, 9):
        trail = ImageChops.offset(paper, shift, 0).point(lambda v, s=shift: round(255 - (255 - v) * 0.5 * (1 - s / 9)))
        smeared = ImageChops.darker(smeared, trail)
    return smeared


def thumb_print(paper: Image.Image, code: Box) -> Image.Image:
    """A grey print of 12 mm on the code's middle, lines and all."""
    left, top, right, bottom = code
    x, y = (left + right) // 2, (top + bottom) // 2
    ink = Image.new("L", paper.size, 255)
    pen = ImageDraw.Draw(ink)
    for radius in range(48, 4, -6):
        pen.ellipse((x - radius, y - radius * 1.2, x + radius, y + radius * 1.2), outline=120, width=3)
    return ImageChops.multiply(paper, ink.filter(ImageFilter.GaussianBlur(2)))


def grease(paper: Image.Image, code: Box) -> Image.Image:
    """A spot of 10 mm in a corner, in which the ink has gone grey and run."""
    left, top, _, _ = code
    mask = Image.new("L", paper.size, 0)
    ImageDraw.Draw(mask).ellipse((left - 10, top - 10, left + 80, top + 80), fill=255)
    weak = paper.filter(ImageFilter.GaussianBlur(2)).point(lambda v: round(200 - 0.45 * (200 - v)) if v < 200 else v)
    return Image.composite(weak, paper, mask.filter(ImageFilter.GaussianBlur(4)))


def turned(degrees: float) -> Damage:
    def turn(paper: Image.Image, code: Box) -> Image.Image:
        return paper.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE)

    return turn


def leaning(paper: Image.Image, code: Box) -> Image.Image:
    """Photographed from below: the upper edge is a quarter shorter."""
    wide, high = paper.size
    quarter = wide // 8
    return paper.transform(
        paper.size,
        Image.Transform.PERSPECTIVE,
        _perspective([(quarter, 0), (wide - quarter, 0), (wide, high), (0, high)], wide, high),
        Image.Resampling.BICUBIC,
        fillcolor=TABLE,
    )


def trimmed(paper: Image.Image, code: Box) -> Image.Image:
    """Cut so close that a tenth of the quiet zone's four modules is gone on each side, lying on a dark table."""
    return _on_the_table(paper, code, 0.9)


def torn(paper: Image.Image, code: Box) -> Image.Image:
    """Half of the quiet zone gone on each side, on a dark table."""
    return _on_the_table(paper, code, 0.5)


def dot_gain(paper: Image.Image, code: Box) -> Image.Image:
    """A head that is too hot: each dot a dot wider to every side."""
    return paper.filter(ImageFilter.MinFilter(3))


def dot_loss(paper: Image.Image, code: Box) -> Image.Image:
    """A weak head: each edge a dot short."""
    return paper.filter(ImageFilter.MaxFilter(3))


def dead_dots(paper: Image.Image, code: Box) -> Image.Image:
    """Four elements of the head burnt out: white lines down the slip, a dot wide."""
    worn = paper.copy()
    pen = ImageDraw.Draw(worn)
    left, _, right, _ = code
    for n in range(1, 5):
        x = left + (right - left) * n // 5
        pen.line((x, 0, x, paper.height), fill=255)
    return worn


def scratched(paper: Image.Image, code: Box) -> Image.Image:
    """A nail across the code: thermal paper goes black under it, half a millimetre wide."""
    marred = paper.copy()
    left, top, right, bottom = code
    ImageDraw.Draw(marred).line((left - 20, top + 60, right + 20, bottom - 90), fill=0, width=4)
    return marred


def folded(paper: Image.Image, code: Box) -> Image.Image:
    """A crease across the code: a white line a millimetre wide, where the coat has come off."""
    worn = paper.copy()
    left, top, right, bottom = code
    y = (top + bottom) // 2 + 8
    ImageDraw.Draw(worn).line((left - 20, y, right + 20, y + 6), fill=255, width=8)
    return worn


def curled(paper: Image.Image, code: Box) -> Image.Image:
    """As it comes off the roll: bent round a tube 5 cm across, seen from above, the code's middle on top."""
    radius, middle = 200, (code[1] + code[3]) // 2
    bent = Image.new("L", (paper.width, 2 * radius), TABLE)
    for y in range(2 * radius - 1):
        along = middle + radius * asin((y - radius) / radius)
        if 0 <= along < paper.height - 1:
            bent.paste(paper.crop((0, int(along), paper.width, int(along) + 1)), (0, y))
    return bent


def far_away(paper: Image.Image, code: Box) -> Image.Image:
    """A photograph from so far that a module is two and a half pixels, a little out of focus."""
    return paper.resize((round(paper.width / 2.4), round(paper.height / 2.4)), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.6))


DAMAGES: dict[str, Damage] = {
    "as printed": plain,
    "faded to 40 %": faded,
    "faded to 40 % at one edge": faded_in_the_sun,
    "rubbed sideways by a thumb": rubbed,
    "thumb print on the code": thumb_print,
    "grease spot in a corner": grease,
    "turned by 5°": turned(5),
    "turned by 15°": turned(15),
    "turned by 30°": turned(30),
    "leaning away by a quarter": leaning,
    "10 % of the quiet zone cut off, on a dark table": trimmed,
    "half of the quiet zone cut off, on a dark table": torn,
    "head too hot: a dot more on each edge": dot_gain,
    "head too weak: a dot less on each edge": dot_loss,
    "four dead dots in the head": dead_dots,
    "scratched across by a nail": scratched,
    "creased across": folded,
    "bent round a tube 5 cm across": curled,
    "from afar, a little out of focus": far_away,
}


def _on_the_table(paper: Image.Image, code: Box, share: float) -> Image.Image:
    left, top, right, bottom = code
    quiet = round(4 * share * module_of(paper, code))
    table = Image.new("L", paper.size, TABLE)
    kept = (left - quiet, top - quiet, right + quiet, bottom + quiet)
    table.paste(paper.crop(kept), kept[:2])
    return table


def module_of(paper: Image.Image, code: Box) -> int:
    """Give a module's dots: the finder pattern's edge is seven of them."""
    left, top, _, _ = code
    x = left
    while paper.getpixel((x, top)) == 0:
        x += 1
    return (x - left) // 7


def _perspective(corners: list[tuple[float, float]], wide: int, high: int) -> list[float]:
    """Solve for the eight numbers that map the picture's corners (clockwise from the upper left) back to the paper's."""
    rows = []
    for (x, y), (u, v) in zip(corners, [(0, 0), (wide, 0), (wide, high), (0, high)], strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    for column in range(8):
        pivot = max(range(column, 8), key=lambda r: abs(rows[r][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(8):
            if row != column and rows[row][column]:
                rows[row] = [a - rows[row][column] * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]
