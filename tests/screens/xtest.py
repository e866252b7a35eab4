"""A running terminal as a person meets it: a process of its own, seen by the eye and touched by the finger of the trial."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.trial.display import Screen
from kiosk.trial.eye import Eye


class Kiosk(Eye):
    """A running terminal and what a person sees of it. `left`, `top`: where its window stands on the screen."""

    def __init__(self, screen: Screen, command: Sequence[str], probe: Path, log: Path, left: int = 0, top: int = 0) -> None:
        super().__init__(screen, probe, left, top)
        self.log = log
        probe.unlink(missing_ok=True)
        environment = os.environ | {"DISPLAY": screen.name, "KIOSK_PROBE": str(probe), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as out:
            self.process = subprocess.Popen(list(command), env=environment, stdout=out, stderr=subprocess.STDOUT)

    def close(self) -> None:
        """End the process as systemd would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def trouble(self) -> str:
        """Say that the process has ended, and what it wrote."""
        if self.process.poll() is None:
            return ""
        return f"the terminal ended with {self.process.returncode}: {self.log.read_text()[-3000:]}"

    def picture(self, path: Path) -> None:
        """Keep what the window shows as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.screen.picture().save(path)


def play(screen: Screen, folder: Path, *arguments: str, module: str = "tests.screens.play") -> Kiosk:
    """Start the terminal on the sample office, filling the screen."""
    command = [sys.executable, "-m", module, str(screen.width), str(screen.height), "0", *arguments]
    return Kiosk(screen, command, folder / "probe", folder / "log")
