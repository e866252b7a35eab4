"""The agent serves the desk page when settings switch it on, and works on where the port is taken. A real process on a real station."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from kiosk.bootstrap import prepare
from kiosk.config import Settings, load
from kiosk.errors import ConfigError
from kiosk.text import t

PATIENCE_S = 40.0


def _until(seen: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.1)


def _agent(state: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kiosk", "--state", str(state), "agent"], env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )


def _health(state: Path) -> str:
    path = state / "run" / "agent.json"
    return str(json.loads(path.read_text()).get("desk", "")) if path.exists() else "not there yet"


def test_agent_when_settings_switch_the_desk_on_serves_it_once_the_port_is_free(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        prepare(Settings(state=str(tmp_path), sample=True))
        (tmp_path / "kiosk.toml").write_text(f'desk = "127.0.0.1:{port}"\n')
        agent = _agent(tmp_path)
        _until(lambda: _health(tmp_path) == "OSError")
    try:
        _until(lambda: _health(tmp_path) == "")
        certificate = tmp_path / "desk" / "cert.pem"

        def answers() -> bool:
            try:
                page = requests.get(f"https://127.0.0.1:{port}/", verify=str(certificate), timeout=5, headers={"Connection": "close"})
            except requests.ConnectionError:
                return False
            return t("sign_in.who") in page.text

        _until(answers)
    finally:
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0


@pytest.mark.parametrize("wrong", ["8443", "host:", "host:port", "host:70000", ":8443"])
def test_settings_when_the_desks_address_is_wrong_say_so(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "kiosk.toml").write_text(f'desk = "{wrong}"\n')
    with pytest.raises(ConfigError, match="desk"):
        load(tmp_path)
