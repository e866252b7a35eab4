"""请叫工作人员 on a display in memory, and the watch over the display server itself."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import Settings, WindowPlace
from kiosk.domain.privacy import Phone
from kiosk.screens import fonts, ground
from kiosk.screens.ask_staff import picture
from kiosk.screens.bare import known, note
from kiosk.screens.theme import Palette
from kiosk.screens.x_keeper import answers
from kiosk.trial.display import Screen, VirtualScreen
from tests.screens.play import FONTS
from tests.station import STATION

GREEN, GROUND = ((14, 90, 69), (247, 243, 234))


def _begin(screen: Screen, state: Path, stands_s: float, **more: str) -> subprocess.Popen[bytes]:
    state.mkdir(exist_ok=True)
    (state / "fonts").symlink_to(FONTS)
    (state / "kiosk.toml").write_text("[terminal]\nwidth = 1920\nheight = 1080\n")
    words = (
        "import sys; from pathlib import Path; from kiosk import config; from kiosk.screens.ask_staff import show; "
        f"sys.exit(show(config.load(Path({str(state)!r})), {stands_s}))"
    )
    return subprocess.Popen([sys.executable, "-c", words], env=os.environ | {"DISPLAY": screen.name} | more)


def _shown(screen: Screen, within_s: float = 10) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        shot = screen.picture()
        if shot.getpixel((1000, 50)) == GREEN and shot.getpixel((50, 1000)) == GROUND:
            return True
        time.sleep(0.1)
    return False


def test_page_when_its_time_is_over_ends_so_that_the_terminal_is_tried_again(lying: Screen, tmp_path: Path) -> None:
    fonts.extract(FONTS)
    process = _begin(lying, tmp_path, 1.5)
    assert _shown(lying)
    assert process.wait(10) == 0


def test_page_when_it_is_told_to_go_ends_otherwise_and_a_touch_does_nothing(lying: Screen, tmp_path: Path) -> None:
    fonts.extract(FONTS)
    process = _begin(lying, tmp_path, 60)
    assert _shown(lying)
    lying.tap((960, 540))
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 1


def test_page_when_drawn_says_station_and_telephone_in_both_forms(tmp_path: Path) -> None:
    fonts.extract(FONTS)
    assert known(tmp_path) == ("", "")
    note(tmp_path, replace(STATION, name="义堂站", phone=Phone("07124321000")))
    assert known(tmp_path) == ("义堂站", "0712-4321000")
    green = tuple(round(part * 255) for part in Palette.green[:3])
    for size in ((1920, 1080), (1080, 1920), (1280, 720)):
        with_phone, without = picture(*size, FONTS, *known(tmp_path)), picture(*size, FONTS, "", "")
        assert with_phone.size == size
        assert with_phone.getpixel((size[0] - 2, 2)) == green
        assert with_phone.tobytes() != without.tobytes()


def test_page_when_it_stands_tells_that_it_is_alive_until_its_screen_hangs(tmp_path: Path) -> None:
    fonts.extract(FONTS)
    screen = VirtualScreen(640, 480)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(10)
        process = _begin(screen, tmp_path, 60, NOTIFY_SOCKET=str(tmp_path / "notify"))
        try:
            assert [heard.recv(99) for _ in range(4)] == [b"READY=1", *[b"WATCHDOG=1"] * 3]
            os.kill(screen.pid, signal.SIGSTOP)
            heard.settimeout(1.5)
            with pytest.raises(TimeoutError):
                [heard.recv(99) for _ in range(5)]
            assert process.poll() is None
        finally:
            os.kill(screen.pid, signal.SIGCONT)
            process.kill()
            process.wait(10)
            screen.close()


def test_ground_when_laid_stays_under_both_screens_and_comes_back_when_a_window_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts.extract(FONTS)
    note(tmp_path, replace(STATION, name="义堂站"))
    (tmp_path / "fonts").symlink_to(FONTS)
    settings = Settings(
        state=str(tmp_path),
        terminal=WindowPlace(width=720, height=1280),
        board=WindowPlace(left=720, width=1280, height=720),
    )
    screen = VirtualScreen(2000, 1280)
    try:
        monkeypatch.setenv("DISPLAY", screen.name)
        assert ground.lay(settings) == 0
        left, right = ground.picture(720, 1280, FONTS, "义堂站"), ground.picture(1280, 720, FONTS, "义堂站")
        # who laid it is gone, and another comes and goes
        Screen(screen.name).close()
        process = _begin(screen, tmp_path / "help", 1.0)
        assert _shown(screen)
        assert process.wait(10) == 0
        assert screen.picture(0, 0, 720, 1280).tobytes() == left.tobytes()
        assert screen.picture(720, 0, 1280, 720).tobytes() == right.tobytes()
        assert screen.picture(720, 720, 1280, 560).getcolors() == [(1280 * 560, GROUND)]
    finally:
        screen.close()
    assert left.tobytes() != picture(720, 1280, FONTS, "义堂站", "").tobytes()


def test_display_server_when_it_hangs_no_longer_answers() -> None:
    screen = VirtualScreen(640, 480)
    try:
        assert answers(screen.name)
        os.kill(screen.pid, signal.SIGSTOP)
        assert not answers(screen.name, 0.3)
        os.kill(screen.pid, signal.SIGCONT)
        assert answers(screen.name)
    finally:
        screen.close()
    assert not answers(screen.name)
