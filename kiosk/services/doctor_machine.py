"""What `kiosk doctor` says of the machine: screens, touch, scanner, sound, characters, input engines, the way to the county.

Must know no device and no line: the composition root brings what it asks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from subprocess import SubprocessError
from typing import Protocol

from kiosk.domain.board_seen import BoardScreen
from kiosk.errors import KioskError
from kiosk.services import board_seen
from kiosk.services.station import local
from kiosk.text import t

Finding = tuple[bool, str]
RENEWED_BY = timedelta(days=30)
"""The county's machine renews its certificate long before it ends."""
SLOW_MS = 2000.0
NAMED = 8
"""So many missing characters are named."""


class Screen(Protocol):
    """An output with something on it."""

    @property
    def name(self) -> str:
        """As the connector is called."""
        ...

    @property
    def width(self) -> int:
        """Pixels; 0 where nobody knows."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...


class Touch(Protocol):
    """The touch screens."""

    @property
    def names(self) -> Sequence[str]:
        """What they call themselves."""
        ...

    @property
    def laid(self) -> bool | None:
        """Whether a finger is laid onto its own screen, None where nobody has written that down."""
        ...


class Way(Protocol):
    """How far one gets on the way to the county (kiosk.sync.look)."""

    @property
    def has_route(self) -> bool:
        """Whether there is a way out."""
        ...

    @property
    def host(self) -> str:
        """Whom we look for; empty where nobody has told us."""
        ...

    @property
    def resolves(self) -> bool:
        """Whether the name is known."""
        ...

    @property
    def trip_ms(self) -> float | None:
        """There and back."""
        ...

    @property
    def good_until(self) -> datetime | None:
        """When the certificate ends."""
        ...

    @property
    def wrong(self) -> bool:
        """Whether somebody else answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCase:
    """What is asked of the machine. `screens` gives None where the screen is in memory; `scanner` what hinders the one that settings name,
    None where they name none; `sound` the programs that are missing and how many cards there are, None where settings want silence;
    `board` for which screen the board in the hall is set, None where none runs; `board_mute` whether it cannot be heard although it should;
    `characters` those that the screens cannot draw; `hand` and `pinyin` whether they read and spell what everybody knows."""

    screens: Callable[[], Sequence[Screen] | None]
    touch: Callable[[], Touch]
    scanner: Callable[[], str | None]
    sound: Callable[[], tuple[Sequence[str], int] | None]
    characters: Callable[[], str]
    hand: Callable[[], bool]
    pinyin: Callable[[], bool]
    way: Callable[[], Way]
    board: Callable[[], BoardScreen | None] = lambda: None
    battery: bool = True
    board_mute: Callable[[], bool] = lambda: False


def look_at_screens(case: MachineCase) -> Iterator[Finding]:
    """Say what hangs on the machine: two screens make a station."""
    found = case.screens()
    sizes = t("doctor.join").join(t("doctor.screens.one", name=s.name, width=s.width, height=s.height) for s in found or ())
    if found is None:
        yield True, t("doctor.screens.memory")
    elif len(found) < 2:
        yield False, t("doctor.screens.few", sizes=sizes) if found else t("doctor.screens.none")
    else:
        yield True, t("doctor.screens.good", count=len(found), sizes=sizes)
    if (board := case.board()) is not None:
        yield board_seen.set_for(board)


def look_at_touch(case: MachineCase) -> Iterator[Finding]:
    """Say whether there is a touch screen, and whether a finger lands where it touches."""
    found, screens = case.touch(), case.screens()
    if screens is None and not found.names:
        yield True, t("doctor.touch.memory")
    elif not found.names:
        yield False, t("doctor.touch.none")
    elif found.laid is False and len(screens or ()) > 1:
        yield False, t("doctor.touch.not_laid", name=found.names[0])
    else:
        yield True, t("doctor.touch.good", name=t("doctor.join").join(found.names))


def look_at_scanner(case: MachineCase) -> Iterator[Finding]:
    """Say whether the scanner that settings name is there."""
    trouble = case.scanner()
    yield trouble in (None, ""), t(f"doctor.scanner.{'unset' if trouble is None else trouble or 'good'}")


def look_at_sound(case: MachineCase) -> Iterator[Finding]:
    """Say whether one can hear what is read out."""
    found = case.sound()
    if found is None:
        yield True, t("doctor.sound.silent")
        return
    programs, cards = found
    if programs:
        yield False, t("doctor.sound.programs", names=t("doctor.join").join(programs))
    else:
        yield cards > 0, t("doctor.sound.good" if cards else "doctor.sound.no_card")
        if cards and case.board_mute():
            yield False, t("doctor.sound.board_mute")


def look_at_fonts(case: MachineCase) -> Iterator[Finding]:
    """Say whether every word, every surname and every character that people are called by can be drawn."""
    try:
        lost = case.characters()
    except OSError:
        yield False, t("doctor.fonts.none")
        return
    shown = lost[:NAMED]
    yield not lost, t("doctor.fonts.lost", count=len(lost), which=shown) if lost else t("doctor.fonts.good")


def look_at_input(case: MachineCase) -> Iterator[Finding]:
    """Say whether what is written by finger is read, and pinyin is spelt."""
    for name, works in (("hand", case.hand), ("pinyin", case.pinyin)):
        try:
            well = works()
        except (KioskError, OSError, ImportError, SubprocessError):
            well = False
        yield well, t(f"doctor.input.{name}" if well else f"doctor.input.{name}_not")


def look_at_network(case: MachineCase, now: datetime) -> Iterator[Finding]:
    """Say how far one gets on the way to the county, and whether it is the county that answers, until when."""
    way = case.way()
    if not way.host:
        yield way.has_route, t("doctor.network.no_address" if way.has_route else "doctor.network.no_route")
        return
    if way.trip_ms is None:
        step = "no_route" if not way.has_route else "no_answer" if way.resolves else "no_name"
        yield False, t(f"doctor.network.{step}")
        return
    slow = way.trip_ms > SLOW_MS
    yield not slow, t("doctor.network.slow" if slow else "doctor.network.good", ms=round(way.trip_ms))
    if way.wrong:
        yield False, t("doctor.network.forged")
    elif way.good_until is not None:
        left, day = way.good_until - now, f"{local(way.good_until):%Y-%m-%d}"
        state = "ended" if left < timedelta() else "ending" if left < RENEWED_BY else "valid"
        yield state == "valid", t(f"doctor.network.{state}", day=day)
