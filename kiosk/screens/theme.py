"""How things look: colours, sizes, type scale, icons of the trades (design/LOOK.md). Knows no page and no data.

One value per process, because `.kv` reads it by name: `theme`, and as shortcuts `px` (design pixels, 1080 = the screen's short side) and
`fs` (the same for type: ×1.5 in 大字 mode). It is set before a page is built; a page is built anew when it changes.
"""

from collections.abc import Callable
from datetime import timedelta, timezone

from kiosk.domain.codes import Trade

CHINA = timezone(timedelta(hours=8))
Colour = tuple[float, float, float, float]

HEADER, DOCK, MARGIN, GAP, RADIUS, TARGET = 104, 136, 48, 28, 28, 96
REACH = 0.6
"""Of an upright screen, from below (docs/decisions/eyes-and-hands.md)."""


def rgba(code: str, alpha: float = 1.0) -> Colour:
    """Turn #RRGGBB into Kivy's numbers."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255, alpha)


TRADE_ICONS: dict[Trade, str] = {
    Trade.CLEANING: "broom",
    Trade.LOADING: "truck",
    Trade.LABOURER: "hammer",
    Trade.MASON: "wall",
    Trade.CARPENTER: "saw-blade",
    Trade.ELECTRICIAN: "lightning-bolt",
    Trade.PLUMBER: "water-pump",
    Trade.PAINTER: "format-paint",
    Trade.KITCHEN: "pot-steam",
    Trade.WAITING: "silverware-fork-knife",
    Trade.NANNY: "baby-carriage",
    Trade.CARER: "hospital-box",
    Trade.REPAIR: "television",
    Trade.DELIVERY: "moped",
    Trade.DRIVER: "car",
    Trade.GUARD: "shield-account",
    Trade.FACTORY: "factory",
    Trade.SEWING: "tshirt-crew",
    Trade.FARMING: "sprout",
    Trade.FISHERY: "fish",
    Trade.GARDENING: "tree",
    Trade.SORTING: "package-variant",
    Trade.WELDER: "fire",
    Trade.OTHER: "dots-horizontal",
}


class Palette:
    """The colours of every day. `white` is what is written on green, orange and ink; `paper` and `print` are the same in every mode."""

    ground = rgba("#F7F3EA")
    card = rgba("#FFFFFF")
    ink = rgba("#1D2622")
    quiet = rgba("#55625C")
    line = rgba("#E2DBCB")
    green = rgba("#0E5A45")
    green_down = rgba("#0A4434")
    green_pale = rgba("#E4EFE9")
    header = rgba("#0E5A45")
    header_ink = rgba("#FFFFFF")
    station = rgba("#0E5A45")
    station_down = rgba("#0A4434")
    orange = rgba("#C2410C")
    orange_down = rgba("#9A3309")
    orange_pale = rgba("#FDEFE6")
    peach = rgba("#FCE8DA")
    brown = rgba("#7C2D12")
    button = rgba("#F1EADD")
    button_down = rgba("#DDD2BC")
    card_down = rgba("#F1EADD")
    track = rgba("#EDE7D9")
    bar = rgba("#E5A469")
    edge = rgba("#CFC6B2")
    mark = rgba("#0E5A45")
    white = rgba("#FFFFFF")
    pale = rgba("#FFFFFF", 0.92)
    clear = (0.0, 0.0, 0.0, 0.0)
    veil = rgba("#1D2622", 0.62)
    paper = rgba("#FFFFFF")
    print = rgba("#1D2622")
    disabled = 0.32


class HighContrast(Palette):
    """黑底黄字: yellow and white on black, 7:1 and more for every word. What is chosen or pressed is yellow with black words."""

    ground = rgba("#000000")
    card = rgba("#000000")
    ink = rgba("#FFFFFF")
    quiet = rgba("#E8E8E8")
    line = rgba("#8C8C8C")
    green = rgba("#FFE600")
    green_down = rgba("#C9B500")
    green_pale = rgba("#2B2B2B")
    header = rgba("#000000")
    header_ink = rgba("#FFE600")
    station = rgba("#FFFFFF")
    station_down = rgba("#C4C4C4")
    orange = rgba("#FFE600")
    orange_down = rgba("#C9B500")
    orange_pale = rgba("#3A3500")
    peach = rgba("#2B2B2B")
    brown = rgba("#FFE600")
    button = rgba("#2B2B2B")
    button_down = rgba("#474747")
    card_down = rgba("#474747")
    track = rgba("#3D3D3D")
    bar = rgba("#8C7E00")
    edge = rgba("#BFBFBF")
    mark = rgba("#FFFFFF")
    white = rgba("#000000")
    pale = rgba("#000000")
    veil = rgba("#000000", 0.8)
    disabled = 0.66
    """What is off stays readable: half as bright, 7:1 still."""


class Theme(Palette):
    """Colours as attributes, sizes as methods."""

    def __init__(self) -> None:
        self.width, self.height = 1920, 1080
        self.large = self.contrast = self.low = False
        self._followers: list[Callable[[], None]] = []

    def fit(self, width: int, height: int, large: bool, contrast: bool = False, low: bool = False) -> None:
        """Set the window's size in pixels and the modes; pages built from now on follow it."""
        self.width, self.height, self.large, self.contrast = width, height, large, contrast
        self.low = low and self.upright
        palette = HighContrast if contrast else Palette
        for name in vars(Palette):
            if not name.startswith("_"):
                setattr(self, name, getattr(palette, name))
        for follow in self._followers:
            follow()

    def follow(self, act: Callable[[], None]) -> None:
        """Call `act` whenever the colours may have changed: for what is read once, when a class is made."""
        self._followers.append(act)

    @property
    def reach(self) -> float:
        """The height, in the screen's pixels from below, up to which somebody in a wheelchair touches an upright screen."""
        return round(self.height * REACH)

    @property
    def upright(self) -> bool:
        """Whether the window stands."""
        return self.height > self.width

    def px(self, design: float) -> float:
        """Turn design pixels into the screen's, whole ones."""
        return float(round(design * min(self.width, self.height) / 1080))

    def fs(self, design: float) -> float:
        """Turn a type size (or an icon's) into the screen's pixels; 大字 multiplies by 1.5."""
        return self.px(design * (1.5 if self.large else 1))

    def trade_icon(self, trade: Trade) -> str:
        """Name the icon of a trade."""
        return TRADE_ICONS[trade]


theme = Theme()
