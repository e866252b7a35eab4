"""The two soft tones of a call for staff, made here and played by ALSA's own player; a silent stand-in ships beside it. Knows no call."""

import contextlib
import io
import shutil
import subprocess
import wave
from array import array
from functools import cache
from math import exp, pi, sin

RATE = 22_050
TONES = ((659.26, 0.0), (523.25, 0.38))
"""Frequency and when it begins, in seconds: a falling third, as door bells have it."""
PATIENCE_S = 5.0
"""A card that is held by something else is not waited for any longer."""
LASTS_S, LOUD, RISES_S, FADES_S = 1.6, 0.3, 0.01, 0.32


@cache
def sound() -> bytes:
    """Give the chime as a WAV file, 16 bits, one channel: it begins and ends in silence, so that no loudspeaker clicks."""
    samples = array("h", bytes(2 * int(LASTS_S * RATE)))
    for frequency, begins in TONES:
        first = int(begins * RATE)
        for n in range(first, len(samples)):
            at = (n - first) / RATE
            shape = min(1.0, at / RISES_S) * exp(-at / FADES_S) * min(1.0, (len(samples) - 1 - n) / (RISES_S * RATE))
            # an octave above, softer: a bare sine is hardly heard over a hall's talk
            samples[n] += round(32_767 * LOUD * shape * (sin(2 * pi * frequency * at) + 0.35 * sin(4 * pi * frequency * at)))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


class AplayChime:
    """Rings through aplay; without it or without a sound card there is silence, never an error."""

    def __init__(self) -> None:
        self._program = shutil.which("aplay")

    def ring(self) -> None:
        """Ring, and come back when it is over."""
        if self._program is not None:
            words = [self._program, "-q", "-"]
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(words, input=sound(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE_S, check=False)


class SilentChime:
    """Counts instead of ringing."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        """Count."""
        self.rings += 1
