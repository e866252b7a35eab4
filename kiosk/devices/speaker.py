"""Reads aloud by espeak-ng's Mandarin voice, with recorded prompts in their places; a silent stand-in ships beside it. Knows nothing of
screens.

espeak-ng itself plays the recordings (SSML's `audio`), so that one process speaks and can be ended, and nothing else must be installed.
"""

import contextlib
import logging
import re
import shutil
import subprocess
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

VOICE = "cmn"
WORDS_PER_MINUTE = 150
RATE = 22050
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")
log = logging.getLogger(__name__)


def sentences(text: str) -> list[str]:
    """Part a text after 。！？； and line ends; the marks stay."""
    return [part for part in SENTENCE.findall(text) if part.strip()]


def recorded(folder: Path, words: Mapping[str, str]) -> dict[str, Path]:
    """Give what is recorded in `folder`: the words that are said → the file. KEY.wav is the whole text, KEY.2.wav its second sentence.

    A file of no such text, or of another format than assets/voice/README.md asks for, is left out and logged.
    """
    found = {}
    for path in sorted(folder.glob("*.wav")):
        said = _said(path.stem, words)
        if said and _plays(path):
            found[said] = path
        else:
            log.warning("%s: no such words, or not 16 bit mono %d Hz", path.name, RATE)
    return found


def _said(stem: str, words: Mapping[str, str]) -> str:
    key, _, number = stem.rpartition(".")
    parts = sentences(words.get(key, ""))
    text = words.get(stem, "") or (parts[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(parts) else "")
    # what is filled in differs from time to time
    return "" if "{" in text else text.strip()


def _plays(path: Path) -> bool:
    try:
        with wave.open(str(path)) as sound:
            return (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
    except (wave.Error, OSError, EOFError):
        return False


class EspeakSpeaker:
    """Starts one espeak-ng process a text and ends the one before. `prompts` are what `recorded` gives; `more` are further arguments."""

    def __init__(self, prompts: Mapping[str, Path] | None = None, more: Sequence[str] = ()) -> None:
        self._program = shutil.which("espeak-ng")
        self._prompts, self._more = dict(prompts or {}), list(more)
        self._speaking: subprocess.Popen[bytes] | None = None

    def say(self, text: str) -> None:
        """Start reading; a missing program is silence, never an error (the screen still shows the words)."""
        self.hush()
        if self._program is None or not text:
            return
        arguments = [self._program, "-v", VOICE, "-s", str(WORDS_PER_MINUTE), "-m", "--stdin", *self._more]
        self._speaking = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self._speaking.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._speaking.stdin.write(self._marked_up(text).encode())
                self._speaking.stdin.close()

    def _marked_up(self, text: str) -> str:
        """Put recordings in the place of the longest runs of sentences that are recorded."""
        parts, said, at = sentences(text), [], 0
        while at < len(parts):
            ends = range(len(parts), at, -1)
            end = next((end for end in ends if "".join(parts[at:end]).strip() in self._prompts), at + 1)
            words = "".join(parts[at:end]).strip()
            path = self._prompts.get(words)
            # where the file cannot be played after all, espeak-ng reads what stands inside
            said.append(f"<audio src={quoteattr(str(path))}>{escape(words)}</audio>" if path else escape(words))
            at = end
        return f"<speak>{''.join(said)}</speak>"

    def hush(self) -> None:
        """End what is being read."""
        if self._speaking is not None:
            self._speaking.kill()
            self._speaking.wait()
            self._speaking = None


class SilentSpeaker:
    """Keeps the last sentence instead of saying it."""

    def __init__(self) -> None:
        self.said = ""

    def say(self, text: str) -> None:
        """Keep `text`."""
        self.said = text

    def hush(self) -> None:
        """Forget it."""
        self.said = ""
