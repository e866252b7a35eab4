"""How things look: colours, sizes, type scale, icons of the trades (design/LOOK.md). Knows no page and no data.

One value per process, because `.kv` reads it by name: `theme`, and as shortcuts `px` (design pixels, 1080 = the screen's short side) and
`fs` (the same for type: ×1.5 in 大字 mode). It is set before a page is built; a page is built anew when it changes.
"""

from datetime import timedelta, timezone

from kiosk.domain.codes import Trade

CHINA = timezone(timedelta(hours=8))
Colour = tuple[float, float, float, float]

HEADER, DOCK, MARGIN, GAP, RADIUS, TARGET = 104, 136, 48, 28, 28, 96


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


class Theme:
    """Colours as attributes, sizes as methods."""

    ground = rgba("#F7F3EA")
    card = rgba("#FFFFFF")
    ink = rgba("#1D2622")
    quiet = rgba("#55625C")
    line = rgba("#E2DBCB")
    green = rgba("#0E5A45")
    green_down = rgba("#0A4434")
    green_pale = rgba("#E4EFE9")
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
    white = rgba("#FFFFFF")
    pale = rgba("#FFFFFF", 0.92)
    clear = (0.0, 0.0, 0.0, 0.0)
    veil = rgba("#1D2622", 0.62)
    disabled = 0.32

    def __init__(self) -> None:
        self.width, self.height = 1920, 1080
        self.large = False

    def fit(self, width: int, height: int, large: bool) -> None:
        """Set the window's size in pixels and the mode; pages built from now on follow it."""
        self.width, self.height, self.large = width, height, large

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
