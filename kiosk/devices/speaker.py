"""Reads aloud by espeak-ng's Mandarin voice; a silent stand-in ships beside it. Knows nothing of screens."""

import contextlib
import shutil
import subprocess

VOICE = "cmn"
WORDS_PER_MINUTE = 150


class EspeakSpeaker:
    """Starts one espeak-ng process a sentence and ends the one before."""

    def __init__(self) -> None:
        self._program = shutil.which("espeak-ng")
        self._speaking: subprocess.Popen[bytes] | None = None

    def say(self, text: str) -> None:
        """Start reading; a missing program is silence, never an error (the screen still shows the words)."""
        self.hush()
        if self._program is None or not text:
            return
        arguments = [self._program, "-v", VOICE, "-s", str(WORDS_PER_MINUTE), "--stdin"]
        self._speaking = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self._speaking.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._speaking.stdin.write(text.encode())
                self._speaking.stdin.close()

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
