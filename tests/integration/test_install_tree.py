"""The station's installer in a bare Debian 12: what stands there afterwards, that a second run changes nothing, and that it goes again.

No systemd runs in the tree: this is how an image is prepared. What its units do once they are started is told in docs/decisions/running.md.
Needs root, debootstrap and the package registries, by the ways that this machine has to them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BASE = Path(tempfile.gettempdir()) / "fresh-debian12"
"""Made once, as it takes minutes; each run works on a copy."""
BARE = "--variant=minbase", "--include=python3,python3-venv,python3-pip,ca-certificates,git"
WAYS = ("PIP_", "SSL_", "REQUESTS_CA", "CURL_CA", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
INSTALL_S = 1800
UNITS = ("prepare", "display", "terminal", "board", "agent", "help", "ground", "try", "update", "settle")
UUID = "0f3c9b1e-8f5b-4ad9-9f5b-2f3f6c1d2e3f"
ENTER = """
for m in proc sys; do mount --bind /$m "$0/$m"; done
mount --rbind /dev "$0/dev"
cd "$0" && exec chroot . /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("debootstrap") is None, reason="needs root and debootstrap"),
]


class Tree:
    """A whole system in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def at(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def inside(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run lines in it; their mounts end with them."""
        ways = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(WAYS)]
        words = ["unshare", "-m", "bash", "-euc", ENTER, str(self.root), *ways, "bash", "-c", f"cd /root/project && {script}"]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=INSTALL_S, stdin=subprocess.DEVNULL)

    def install(self, *options: str) -> str:
        """Run the installer; give what it said."""
        done = self.inside(f"./deploy/install.sh {' '.join(options)}")
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stderr

    def ours(self) -> list[str]:
        """Name everything that is called after the product."""
        told = self.inside("find / -xdev -path /root -prune -o -path /proc -prune -o -iname '*kiosk*' -print").stdout.splitlines()
        return sorted(path for path in told if not path.startswith(("/tmp", "/var/log/")))

    def stamps(self) -> dict[str, tuple[int, str]]:
        """Give when each file was written that the installer writes, and what is in it."""
        found = {}
        for top in ("etc", "opt/kiosk", "usr/local/bin"):
            for path in self.at(top).rglob("*"):
                if path.is_file() and not path.is_symlink() and "/.venv/" not in str(path) and path.name != ".lock":
                    found[str(path.relative_to(self.root))] = (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        toml = self.at("var/lib/kiosk/kiosk.toml")
        return found | {"kiosk.toml": (toml.stat().st_mtime_ns, toml.read_text())}


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    if not (BASE / ".done").exists():
        shutil.rmtree(BASE, ignore_errors=True)
        subprocess.run(["debootstrap", *BARE, "bookworm", str(BASE), *_mirror()], check=True, capture_output=True, timeout=INSTALL_S)
        (BASE / ".done").touch()
    with tempfile.TemporaryDirectory(prefix="install-tree-") as folder:
        root = Path(folder) / "tree"
        subprocess.run(["cp", "-a", BASE, root], check=True)
        for path in ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", "root/.config/pip/pip.conf", "etc/ssl/certs/ca-certificates.crt"):
            if (source := Path("/") / path).exists():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).unlink(missing_ok=True)  # never through a link of the tree's, which would lead out of it
                shutil.copyfile(source, root / path)
        for path in ("etc/apt/sources.list.d", "etc/apt/apt.conf.d"):
            shutil.copytree(Path("/") / path, root / path, dirs_exist_ok=True)
        (root / "root/project").mkdir(parents=True)
        for name in ("kiosk", "assets", "deploy", "pyproject.toml", "requirements.lock"):
            subprocess.run(["cp", "-a", ROOT / name, root / "root/project"], check=True)
        yield Tree(root)


def _mirror() -> list[str]:
    told = [*Path("/etc/apt").glob("sources.list"), *Path("/etc/apt/sources.list.d").glob("*.sources")]
    words = [word for path in told for word in path.read_text().split() if word.startswith("http") and "security" not in word]
    return [word for word in words if word.rstrip("/").endswith("debian")][:1]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[str]:
    """Give the UUID of a second disk, empty where this machine lends none."""
    image = tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(5 * 10**9)
    subprocess.run(["mkfs.ext4", "-q", "-U", UUID, image], check=True)
    lent = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True, check=False)
    yield UUID if lent.returncode == 0 else ""
    if lent.returncode == 0:
        subprocess.run(["losetup", "-d", lent.stdout.strip()], check=True)


def test_installer_when_run_in_a_bare_debian_makes_a_station_leaves_a_right_one_alone_and_takes_it_off(tree: Tree, disk: str) -> None:
    before, fstab = tree.ours(), tree.at("etc/fstab").read_text()
    assert before == []
    screens = "--terminal HDMI-2=1920x1080 --terminal-turn right --board DP-1=3840x2160 --board-inches 64.5"
    tree.install("--yes --speaker silent", screens, f"--backup {disk or 'none'}")

    systemd = tree.at("etc/systemd/system")
    assert {path.name for path in systemd.glob("kiosk-*.service")} == {f"kiosk-{name}.service" for name in UNITS}
    assert {path.parent.name for path in systemd.glob("kiosk-*.d/locked.conf")} == {f"kiosk-{n}.service.d" for n in UNITS[:-2]}
    wanted = {path.name for path in systemd.glob("*.wants/kiosk*")}
    assert wanted >= {"kiosk.target", *(f"kiosk-{name}.service" for name in ("prepare", "display", "terminal", "board", "agent", "settle"))}
    for masked in ("ctrl-alt-del.target", "getty@tty1.service"):
        assert (systemd / masked).readlink() == Path("/dev/null")
    users = {line.split(":")[0]: line.split(":") for line in tree.at("etc/passwd").read_text().splitlines()}
    for user in ("kiosk", "kiosk-display"):
        assert users[user][6] == "/usr/sbin/nologin"
    state = tree.at("var/lib/kiosk")
    assert (state.stat().st_uid, state.stat().st_mode & 0o777) == (int(users["kiosk"][2]), 0o700)
    assert {path.stat().st_uid for path in tree.at("opt/kiosk/releases").rglob("*") if not path.is_symlink()} == {0}
    settings = tomllib.loads((state / "kiosk.toml").read_text())
    assert settings["terminal"] == {"left": 0, "top": 0, "width": 1080, "height": 1920}
    assert settings["board"] == {"left": 1080, "top": 0, "width": 3840, "height": 2160}
    assert settings["board_look"] == {"screen_inches": 64.5}
    assert settings["speaker"] == "silent"
    xorg = tree.at("etc/X11/xorg.conf.d/90-kiosk.conf").read_text()
    assert "Virtual 4920 2160" in xorg
    assert 'Option "Monitor-HDMI-2" "terminal"' in xorg
    # there is none of before, and none to come
    verified = "systemd-analyze verify --man=no /etc/systemd/system/kiosk*.service 2>&1 | grep kiosk | grep -vE '/kiosk/(before|next)/'"
    assert tree.inside(verified).stdout == ""
    if disk:
        assert f"UUID={UUID} /media/kiosk-backup ext4 nofail," in tree.at("etc/fstab").read_text()
        said = tree.inside("mount /media/kiosk-backup && kiosk backup && stat -c '%U %a' /media/kiosk-backup/kiosk")
        assert "/media/kiosk-backup/kiosk/station-000001-" in said.stdout
        assert said.stdout.splitlines()[-1] == "kiosk 700"

    stamps = tree.stamps()
    tree.install("--yes")
    now = tree.stamps()
    assert {path for path in now | stamps if now.get(path) != stamps.get(path)} == set(), "what is right is left alone"

    tree.install("--remove")
    assert tree.at("etc/fstab").read_text() == fstab
    assert tree.ours() == ["/var/lib/kiosk", "/var/lib/kiosk/kiosk.toml"]
    assert not any("kiosk" in path.name for path in systemd.rglob("*"))
    assert "kiosk-display:" not in tree.at("etc/passwd").read_text()
    assert not (systemd / "getty@tty1.service").is_symlink(), "who takes a station off gets his console back"
    key = (state / "station.key").read_bytes()

    tree.install("--yes", f"--backup {disk or 'none'}")
    assert (state / "station.key").read_bytes() == key
    store = json.loads(tree.inside("kiosk doctor --lines").stdout.splitlines()[0])
    assert (store["good"], store["text"][:3]) == (True, "数据库")
    tree.install("--remove --with-state")
    assert tree.ours() == []
    assert "kiosk" not in tree.at("etc/passwd").read_text()
