"""Runs an act in a forked child and kills it right before or right after one of the system calls by which it writes. Linux, ptrace.

A killed child leaves the files as they stand after so many calls: every state that a kill can leave, one after the other, not by chance.
The caller must have one thread, and nothing open that the act opens too (SQLite's locks do not survive a fork).
"""

import ctypes
import os
import platform
import signal
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ["write", "pwrite64", "writev", "pwritev", "sendto", "sendmsg", "fsync", "fdatasync", "ftruncate", "fallocate", "fcntl"]
NAMES += ["rename", "renameat", "renameat2", "unlink", "unlinkat", "openat", "mkdir", "mkdirat"]
NUMBERS = {
    "x86_64": (1, 18, 20, 296, 44, 46, 74, 75, 77, 285, 72, 82, 264, 316, 87, 263, 257, 83, 258),
    "aarch64": (64, 68, 66, 70, 206, 211, 82, 83, 46, 47, 25, -1, 38, 276, -1, 35, 56, -1, 34),
}
CALLS = dict(zip(NUMBERS.get(platform.machine(), ()), NAMES, strict=False))
F_SETLK, F_SETLKW, O_CREAT = 6, 7, 0o100
TRACEME, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
SYSGOOD, EXITKILL = 1, 0x100000
ENTERED, INFO_SIZE = 1, 88

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes, _libc.ptrace.restype = [ctypes.c_long] * 4, ctypes.c_long


@dataclass
class Ran:
    """How a child went: its writing calls, each twice (before it, after it), and what it said on its pipe."""

    points: list[str] = field(default_factory=list)
    said: str = ""
    killed: bool = False
    status: int = 0


@dataclass(frozen=True)
class Call:
    """One writing call that came back: what it was given, and what it gave."""

    child: int
    name: str
    words: tuple[int, ...]
    gave: int

    def path(self) -> str:
        """Say which file the first word stands for."""
        return str(Path(f"/proc/{self.child}/fd/{self.words[0]}").readlink())

    def data(self, size: int) -> bytes:
        """Read what the second word points to."""
        with open(f"/proc/{self.child}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no file, but memory
            memory.seek(self.words[1])
            return memory.read(size)


def _unwatched(_: Call) -> None:
    """Look away."""


def run(act: Callable[[int], None], at: int, watch: Callable[[Call], None] = _unwatched) -> Ran:
    """Let a child do `act`, which gets a pipe to speak on, and kill it at its `at`th point (never, where it has fewer).

    `watch` is shown each writing call that came back, while the child stands still.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _be_traced(act, writing)
    os.close(writing)
    ran = Ran()
    try:
        _follow(child, at, ran, watch)
        with os.fdopen(reading, "rb") as pipe:
            ran.said = pipe.read().decode()
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    return ran


def _be_traced(act: Callable[[int], None], pipe: int) -> None:
    status = 1
    try:
        _libc.ptrace(TRACEME, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        act(pipe)
        status = 0
    except BaseException:  # noqa: BLE001 - a forked child must not run on into the caller's code
        traceback.print_exc()
    finally:
        os._exit(status)


def _follow(child: int, at: int, ran: Ran, watch: Callable[[Call], None]) -> None:
    os.waitpid(child, 0)
    _ask(SETOPTIONS, child, SYSGOOD | EXITKILL)
    name, passed, words = "", 0, tuple[int, ...]()
    while True:
        _ask(SYSCALL, child, passed)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            ran.status = os.waitstatus_to_exitcode(status)
            return
        stopped_by = os.WSTOPSIG(status)
        passed = 0
        if stopped_by != signal.SIGTRAP | 0x80:
            passed = stopped_by
            continue
        entered, called, said = _call(child)
        name, words = (called, said) if entered else (name, words)
        if not name:
            continue
        if not entered:
            watch(Call(child, name, words, said[0]))
        if len(ran.points) == at:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            ran.killed = True
            return
        ran.points.append(f"{'before' if entered else 'after'} {name}")


def _call(child: int) -> tuple[bool, str, tuple[int, ...]]:
    """Say whether a call begins, the name of one that writes, and its words; of one that ends, what it gave."""
    info = ctypes.create_string_buffer(INFO_SIZE)
    _ask(GET_SYSCALL_INFO, child, ctypes.addressof(info), INFO_SIZE)
    if info.raw[0] != ENTERED:
        return False, "", struct.unpack_from("<q", info.raw, 24)
    number, *words = struct.unpack_from("<7Q", info.raw, 24)
    name = CALLS.get(number, "")
    if (name == "fcntl" and words[1] not in (F_SETLK, F_SETLKW)) or (name == "openat" and not words[2] & O_CREAT):
        name = ""
    return True, name, tuple(words)


def _ask(request: int, child: int, data: int, address: int = 0) -> None:
    if _libc.ptrace(request, child, address, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
