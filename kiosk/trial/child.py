"""Programs started by ours: they do not hear the terminal's Ctrl-C, end when we end, and leave nobody behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO


def spawn(
    words: Sequence[str],
    output: int | IO[bytes] = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; it gets SIGTERM when the thread that started it dies.

    setpriv (util-linux) asks the kernel for that and becomes the program: Python code between fork and exec is not safe beside threads.
    """
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "--", *words],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
        pass_fds=pass_fds,
    )


def end(process: subprocess.Popen[bytes], patience_s: float) -> int:
    """Ask it to end, kill it after `patience_s` seconds, and its own children with it; give its exit status."""
    process.terminate()
    try:
        status = process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return status
