"""The chime of a call: a sound that starts and ends in silence, played by whatever player is there, silent without one."""

import io
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.devices import chime


def test_chime_when_made_is_short_soft_and_begins_and_ends_in_silence() -> None:
    with wave.open(io.BytesIO(chime.sound())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, chime.RATE)
        samples = array("h", file.readframes(file.getnframes()))
    assert 1 <= len(samples) / chime.RATE <= 2
    assert 8_000 < max(map(abs, samples)) < 30_000
    assert max(map(abs, samples[:4] + samples[-40:])) < 400
    assert max(abs(a - b) for a, b in pairwise(samples)) < 9_000


def _player(folder: Path, script: str) -> None:
    folder.mkdir(exist_ok=True)
    player = folder / "aplay"
    player.write_text(f"#!/bin/sh\n{script}\n")
    player.chmod(0o755)


def test_chime_when_there_is_a_player_gives_it_the_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _player(tmp_path / "bin", f'cat > "{tmp_path}/heard"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    chime.AplayChime().ring()
    assert (tmp_path / "heard").read_bytes() == chime.sound()


def test_chime_when_there_is_no_player_or_no_card_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    chime.AplayChime().ring()
    _player(tmp_path, "exit 1")
    chime.AplayChime().ring()
