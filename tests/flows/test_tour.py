"""The tour on everything that is real: it ends well only when each step did, and leaves what it says."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

PICTURES = ("home", "jobs", "detail", "consent", "name", "phone", "trades", "pay", "done", "fitting", "apply", "review")
PATIENCE_S = 300


@pytest.fixture
def state() -> Iterator[Path]:
    """Give a short path that PostgreSQL may pass through, with faces and dictionary as set-up leaves them."""
    folder = Path(tempfile.mkdtemp(prefix="tour-", dir="/tmp"))
    folder.chmod(0o755)
    for module, name in (("kiosk.screens.fonts", "fonts"), ("kiosk.devices.pinyin", "rime")):
        subprocess.run([sys.executable, "-m", module, str(folder / name)], check=True)
    yield folder
    shutil.rmtree(folder)


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("L")


def test_tour_when_played_proves_every_step_and_leaves_its_pictures(state: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [sys.executable, "-m", "kiosk", "--state", str(state), "run", "--tour", str(out)]
    played = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert played.returncode == 0, played.stdout + played.stderr
    assert {opened(out / f"{name}.png").size for name in (*PICTURES, "board")} == {(1920, 1080)}
    assert opened(out / "landing.png").width == 1000
    facts = json.loads((out / "tour.json").read_text("utf-8"))
    assert facts["hub_has_registration"] is True
    assert {"home", *PICTURES, "board", "landing"} <= set(facts["seconds"])
    codes = [code.text for code in zxingcpp.read_barcodes(opened(out / "slip.png"))]
    assert codes == [facts["ticket_url"]]
    assert facts["ticket_url"].encode() in (out / "slip.bin").read_bytes()
