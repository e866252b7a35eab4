"""What doctor says of a machine: what hangs on it as its kernel tells, characters, input, the way to the county; what support gets."""

import json
import os
import shutil
import socket
import ssl
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk import checkup
from kiosk.__main__ import main
from kiosk.config import BoardSettings, Settings, WindowPlace
from kiosk.devices import machine
from kiosk.domain.record import to_plain
from kiosk.domain.surnames import COMMON
from kiosk.errors import KioskError
from kiosk.screens.board.sizes import sizes_for
from kiosk.screens.fonts import REGULAR
from kiosk.services import board_seen
from kiosk.services import doctor_machine as look
from kiosk.services.board_seen import is_mute
from kiosk.services.doctor_machine import MachineCase
from kiosk.sync.client import Place
from kiosk.sync.look import Way
from kiosk.sync.look import look as look_at_way
from tests.station import START

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
WELL = Way(has_route=True, host="hub.test", resolves=True, trip_ms=12.0, good_until=START + timedelta(days=300))


def a_case(**changes: object) -> MachineCase:
    screens = [machine.Screen("HDMI-A-1", 1920, 1080), machine.Screen("HDMI-A-2", 1080, 1920)]
    case = MachineCase(
        screens=lambda: screens,
        touch=lambda: machine.TouchScreens(("ILITEK",), True),
        scanner=lambda: None,
        sound=lambda: ([], 1),
        characters=lambda: "",
        hand=lambda: True,
        pinyin=lambda: True,
        way=lambda: WELL,
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def kernel(root: Path, **files: str) -> Path:
    """Write what a kernel tells."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_machine_when_its_kernel_tells_of_two_outputs_names_them(tmp_path: Path) -> None:
    assert machine.screens(tmp_path) is None
    for name, status in (("HDMI-A-1", "connected"), ("HDMI-A-2", "disconnected"), ("DP-1", "connected")):
        folder = tmp_path / "sys/class/drm" / f"card0-{name}"
        folder.mkdir(parents=True)
        (folder / "status").write_text(f"{status}\n")
        (folder / "modes").write_text("1920x1080\n1280x720\n" if status == "connected" else "")
    assert machine.screens(tmp_path) == [machine.Screen("DP-1", 1920, 1080), machine.Screen("HDMI-A-1", 1920, 1080)]


def test_machine_when_a_touch_screen_and_a_touch_pad_hang_on_it_tells_them_apart(tmp_path: Path) -> None:
    for number, name, properties in ((3, "ILITEK Touch", "2"), (4, "Touchpad", "5"), (5, "broken", "x"), (6, "Keyboard", "0")):
        folder = tmp_path / f"sys/class/input/event{number}/device"
        folder.mkdir(parents=True)
        (folder / "name").write_text(name)
        (folder / "properties").write_text(properties)
    assert machine.touch_screens(tmp_path) == machine.TouchScreens(("ILITEK Touch",), None)
    (tmp_path / machine.XORG).parent.mkdir(parents=True)
    (tmp_path / machine.XORG).write_text('Option "TransformationMatrix" "0.5 0 0 0 1 0 0 0 1"')
    assert machine.touch_screens(tmp_path).laid
    (tmp_path / machine.XORG).write_text("# nothing")
    assert machine.touch_screens(tmp_path).laid is False


def test_machine_when_asked_for_sound_battery_and_devices_looks_them_up(tmp_path: Path) -> None:
    assert (machine.sound_cards(tmp_path), machine.has_battery_clock(tmp_path)) == (0, False)
    cards = " 0 [PCH            ]: HDA-Intel\n                      HDA\n 1 [NVidia         ]: x\n"
    kernel(tmp_path, proc__asound__cards=cards, sys__class__rtc__rtc0="")
    assert (machine.sound_cards(tmp_path), machine.has_battery_clock(tmp_path)) == (2, True)
    assert machine.lacks(("sh", "no-such-program")) == ["no-such-program"]
    assert machine.reachable(str(tmp_path / "gone")) == "missing"
    assert not machine.is_read_only(tmp_path)


def test_sound_when_there_is_a_card_that_this_process_may_not_play_on_is_known_without_opening_it() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = kernel(Path(folder), dev__snd__pcmC0D0p="", dev__snd__pcmC0D0c="", dev__snd__controlC0="")
        root.chmod(0o755)
        (root / "dev/snd/pcmC0D0p").chmod(0o600)
        assert not machine.is_mute(root / "nothing here"), "without a card it is not the rights that lack"
        assert not machine.is_mute(root)
        child = os.fork()
        if not child:
            if os.getuid() == 0:
                os.setuid(65534)
            else:
                (root / "dev/snd/pcmC0D0p").chmod(0)
            os._exit(7 if machine.is_mute(root) else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_doctor_when_the_board_should_be_heard_and_may_not_says_so(tmp_path: Path) -> None:
    assert [good for good, _ in look.look_at_sound(a_case(board_mute=lambda: True))] == [True, False]
    assert [good for good, _ in look.look_at_sound(a_case(board_mute=lambda: True, sound=lambda: None))] == [True]
    assert not is_mute(tmp_path, START)
    kernel(tmp_path, **{"board.json": json.dumps({"alive_at": to_plain(START), "mute": True})})
    assert is_mute(tmp_path, START + timedelta(seconds=9))
    assert not is_mute(tmp_path, START + timedelta(minutes=9)), "what a board said that is gone says nothing"
    kernel(tmp_path, **{"board.json": json.dumps({"alive_at": to_plain(START), "mute": False})})
    assert not is_mute(tmp_path, START)


def test_face_when_characters_are_asked_for_names_those_that_it_lacks() -> None:
    assert machine.missing(FONT, [*COMMON, "〇", "·", "𬬻", "㛃"]) == ""
    assert machine.missing(FONT, "王\U000f0000李\U000f1234") == "\U000f0000\U000f1234"
    with pytest.raises(OSError, match="open"):
        machine.missing(FONT.with_name("gone.otf"), "王")


@pytest.mark.parametrize(
    ("check", "change", "good", "said"),
    [
        (look.look_at_screens, {}, True, "2 块"),
        (look.look_at_screens, {"screens": list}, False, "一块都没有"),
        (look.look_at_screens, {"screens": lambda: [machine.Screen("DP-1", 1920, 1080)]}, False, "DP-1 1920×1080"),
        (look.look_at_screens, {"screens": lambda: None}, True, "内存"),
        (look.look_at_touch, {}, True, "ILITEK"),
        (look.look_at_touch, {"touch": lambda: machine.TouchScreens((), None)}, False, "没有找到"),
        (look.look_at_touch, {"touch": lambda: machine.TouchScreens(("A",), False)}, False, "install.sh"),
        (look.look_at_scanner, {}, True, "没有设"),
        (look.look_at_scanner, {"scanner": lambda: ""}, True, "接着"),
        (look.look_at_scanner, {"scanner": lambda: "missing"}, False, "没有找到"),
        (look.look_at_scanner, {"scanner": lambda: "denied"}, False, "input 组"),
        (look.look_at_scanner, {"scanner": lambda: "setting"}, False, "写得不对"),
        (look.look_at_sound, {}, True, "声卡"),
        (look.look_at_sound, {"sound": lambda: None}, True, "不出声"),
        (look.look_at_sound, {"sound": lambda: ([], 0)}, False, "没有找到声卡"),
        (look.look_at_sound, {"sound": lambda: (["aplay"], 1)}, False, "aplay"),
        (look.look_at_fonts, {}, True, "显示得出来"),
        (look.look_at_fonts, {"characters": lambda: "㛃𬬻"}, False, "2 个字"),
    ],
)
def test_doctor_when_it_looks_at_a_part_says_how_it_is_and_what_to_do(
    check: object, change: dict[str, object], good: bool, said: str
) -> None:
    ((well, text),) = check(a_case(**change))  # type: ignore[operator]
    assert (well, said in text) == (good, True), text


def test_doctor_when_the_board_is_too_small_for_its_hall_says_what_to_do(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    assert board_seen.screen(run) is None, "no board runs"
    sizes = sizes_for(WindowPlace(), BoardSettings(screen_inches=32, reading_m=9))
    (run / "board.json").write_text(json.dumps({"screen": to_plain(sizes.screen)}))
    for screens in (lambda: None, lambda: [machine.Screen("DP-1", 1920, 1080), machine.Screen("DP-2", 1920, 1080)]):
        _, (good, text) = look.look_at_screens(a_case(screens=screens, board=lambda: board_seen.screen(run)))
        assert (good, "太小" in text, "reading_m" in text) == (False, True, True)


def test_doctor_when_an_engine_is_gone_says_what_still_works() -> None:
    def gone() -> bool:
        raise KioskError

    assert [good for good, _ in look.look_at_input(a_case())] == [True, True]
    (hand, pinyin) = look.look_at_input(a_case(hand=gone, pinyin=lambda: False))
    assert (hand[0], pinyin[0]) == (False, False)
    assert "先用拼音" in hand[1]
    assert "先用手写" in pinyin[1]


@pytest.mark.parametrize(
    ("way", "good", "said"),
    [
        (WELL, [True, True], "12 毫秒"),
        (replace(WELL, trip_ms=3000.0), [False, True], "很慢"),
        (Way(has_route=False, host="h"), [False], "没有连上网"),
        (Way(has_route=True, host="h"), [False], "找不到县里"),
        (Way(has_route=True, host="h", resolves=True), [False], "没有回答"),
        (Way(has_route=True, host=""), [True], "还没有县里的地址"),
        (Way(has_route=False, host=""), [False], "没有连上网"),
        (replace(WELL, good_until=None, wrong=True), [True, False], "不是县里的机器"),
        (replace(WELL, good_until=START + timedelta(days=3)), [True, False], "就过期了"),
        (replace(WELL, good_until=START - timedelta(days=3)), [True, False], "已经过期"),
        (replace(WELL, good_until=None), [True], "毫秒"),
    ],
)
def test_doctor_when_the_way_to_the_county_ends_somewhere_says_where(way: Way, good: list[bool], said: str) -> None:
    found = list(look.look_at_network(a_case(way=lambda: way), START))
    assert [one for one, _ in found] == good
    assert said in "".join(text for _, text in found)


@dataclass
class Signed:
    """A county's authority, and the certificate of its machine."""

    authority: str
    file: Path


def signed(folder: Path, ends: datetime) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "county")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=100))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = folder / "both.pem"
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(pem + plain)
    return Signed(pem.decode(), file)


@contextmanager
def listening(file: Path | None = None) -> Iterator[int]:
    """Take connections, under TLS with a certificate; the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if file:
        context.load_cert_chain(file)
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with suppress(OSError), closing(line):
                    line.settimeout(5)
                    if file:
                        context.wrap_socket(line, server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("ends", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)])
def test_way_when_the_county_answers_tells_the_trip_and_the_certificate_even_an_ended_one(ends: datetime, tmp_path: Path) -> None:
    county, other = signed(tmp_path, ends), tmp_path / "other"
    other.mkdir()
    with listening(county.file) as port:
        base = f"https://localhost:{port}"
        found = look_at_way(Place(base, county.authority))
        assert (found.good_until, found.wrong, found.resolves) == (ends, False, True)
        assert found.trip_ms is not None
        assert found.trip_ms < 5000
        forged = look_at_way(Place(base, signed(other, ends).authority))
        assert (forged.wrong, forged.good_until) == (True, None)


def test_way_when_it_ends_early_tells_how_far_one_came(tmp_path: Path) -> None:
    def nobody(*_: object) -> None:
        raise OSError

    assert look_at_way(Place(""), tmp_path) == Way(has_route=False, host="")
    assert not look_at_way(Place("https://hub.test"), resolve=nobody).resolves
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    assert look_at_way(Place(f"http://127.0.0.1:{port}"), tmp_path) == Way(has_route=False, host="127.0.0.1", resolves=True)
    kernel(tmp_path, proc__net__route="Iface\tDestination\tGateway\tFlags\neth0\t00000000\t0101A8C0\t0003\n")
    assert look_at_way(Place(""), tmp_path).has_route
    with listening() as port:
        assert look_at_way(Place(f"http://127.0.0.1:{port}")).trip_ms is not None


def test_bundle_when_written_holds_what_helps_and_neither_secrets_nor_a_line_that_anybody_entered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, file = tmp_path / "state", tmp_path / "support.zip"
    assert main(["--state", str(state), "prepare"]) == 0
    (state / "kiosk.toml").write_text('wifi_name = "yizhan"\nwifi_password = "mima-2026-kiosk"\nspeaker = "silent"\n')
    (state / "log").mkdir()
    (state / "log" / "agent.log").write_text("WARNING pull: HubUnreachable\nKeyError('欧阳桂花') 13912345678\n" * 9000)
    assert main(["--state", str(state), "doctor", "--bundle", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    assert file.stat().st_size < 200_000
    with zipfile.ZipFile(file) as pack:
        said = {name: pack.read(name).decode() for name in pack.namelist()}
    assert {"findings.txt", "facts.json", "settings.json", "log/agent.log"} <= said.keys()
    assert "数据库" in said["findings.txt"]
    assert json.loads(said["facts.json"])["rows"]["worker"] == 0
    assert json.loads(said["settings.json"])["speaker"] == "silent"
    assert "HubUnreachable" in said["log/agent.log"]
    everything = "".join(said.values())
    key = (state / "station.key").read_text().strip()
    assert not [one for one in ("mima-2026", "yizhan", "欧阳桂花", "13912345678", key) if one in everything]


def test_bundle_when_it_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "doctor", "--bundle", str(tmp_path / "gone" / "x.zip")]) == 1
    assert "写不了" in capsys.readouterr().err
    assert list(tmp_path.glob("**/*.part")) == []


def test_doctor_when_the_real_parts_look_finds_that_they_work(tmp_path: Path) -> None:
    case = checkup.machine_case(Settings(state=str(tmp_path), scanner="hid:///dev/input/gone", speaker="espeak"))
    assert case.hand()
    assert case.pinyin()
    assert case.scanner() == "missing"
    (tmp_path / "fonts").mkdir()
    for name in (REGULAR, "ScreenSC-Bold.otf"):
        shutil.copy(FONT, tmp_path / "fonts" / name)
    assert case.characters() == ""
