"""A web page as a phone shows it, photographed in real Chromium."""

import subprocess
import tempfile
from pathlib import Path

PATIENCE_S = 120
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""No sandbox, because Chromium has none for root; nothing that calls home."""


def photograph(url: str, target: Path, width: int = 500, height: int = 1080, scale: int = 1) -> None:
    """Save the page as PNG; sizes in CSS pixels, at least 500 wide. Raises subprocess.SubprocessError, or OSError without Chromium."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        shape = [f"--window-size={width},{height}", f"--force-device-scale-factor={scale}", f"--user-data-dir={profile}"]
        subprocess.run(["chromium", *FLAGS, *shape, f"--screenshot={target}", url], check=True, capture_output=True, timeout=PATIENCE_S)
