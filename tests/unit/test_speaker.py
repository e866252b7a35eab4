"""Reading aloud: real recordings in the places of their sentences, played by the real espeak-ng into a file."""

import itertools
import math
import struct
import wave
from pathlib import Path

import pytest

from kiosk.devices.speaker import RATE, EspeakSpeaker, recorded, sentences

WORDS = {
    "home.spoken": "这里是{station}。点左上角绿色的找活干。有不明白的，叫工作人员。",
    "pay.spoken": "先选一天。再点一个数。",
    "dock.say": "读给我听",
}
TONE_S = 2.0


def record(path: Path, rate: int = RATE, channels: int = 1) -> Path:
    """Record a tone of 440 Hz."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        wavy = (int(9000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * TONE_S)))
        sound.writeframes(b"".join(struct.pack("<h", value) * channels for value in wavy))
    return path


def spoken(text: str, folder: Path, out: Path) -> tuple[float, float]:
    """Let it be read; give how long it is, and for how long of it the tone sounds, in seconds."""
    speaker = EspeakSpeaker(recorded(folder, WORDS), more=("-w", str(out)))
    speaker.say(text)
    assert speaker._speaking is not None
    assert speaker._speaking.wait(20) == 0
    with wave.open(str(out)) as sound:
        values = struct.unpack(f"<{sound.getnframes()}h", sound.readframes(sound.getnframes()))
    window, heard = RATE // 20, 0
    for start in range(0, len(values) - window, window):
        part = values[start : start + window]
        loud = sum(abs(v) for v in part) / window
        turns = sum((a < 0) != (b < 0) for a, b in itertools.pairwise(part))
        heard += loud > 1000 and abs(turns - 44) <= 2
    return len(values) / RATE, heard / 20


def test_speaker_when_a_sentence_is_recorded_plays_it_and_reads_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "voice"
    folder.mkdir()
    text = WORDS["home.spoken"].format(station="义堂站")
    plain, none = spoken(text, folder, tmp_path / "plain.wav")
    record(folder / "home.spoken.2.wav")
    mixed, heard = spoken(text, folder, tmp_path / "mixed.wav")
    assert none < 0.2
    assert heard == pytest.approx(TONE_S, abs=0.3)
    assert 3 < mixed < plain + TONE_S, "the other two sentences are read, the recorded one is not"


def test_speaker_when_a_whole_text_is_recorded_says_nothing_else(tmp_path: Path) -> None:
    record(tmp_path / "pay.spoken.wav")
    record(tmp_path / "pay.spoken.1.wav")
    length, heard = spoken(WORDS["pay.spoken"], tmp_path, tmp_path / "out.wave")
    assert heard == pytest.approx(TONE_S, abs=0.3)
    assert length < TONE_S + 0.8


def test_recorded_when_a_file_is_not_as_asked_for_leaves_it_out(tmp_path: Path) -> None:
    record(tmp_path / "pay.spoken.wav", rate=44100)
    record(tmp_path / "pay.spoken.1.wav", channels=2)
    record(tmp_path / "home.spoken.1.wav")
    record(tmp_path / "no.such.words.wav")
    record(tmp_path / "pay.spoken.9.wav")
    (tmp_path / "pay.spoken.2.wav").write_bytes(b"RIFF")
    good = record(tmp_path / "dock.say.wav")
    assert recorded(tmp_path, WORDS) == {"读给我听": good}


def test_sentences_when_joined_are_the_text() -> None:
    text = "这里是义堂站。有不明白的，\n叫工作人员；好吗？好"
    assert "".join(sentences(text)) == text
    assert len(sentences(text)) == 5
