"""A TCP line of ours that by seed refuses, stalls, delays, cuts, truncates, sends again what was sent, or answers as it did before.

Of HTTP it knows where a first request and its answer end: a connection's others are bytes.
"""

import asyncio
import random
import re
import threading
from collections import defaultdict
from contextlib import suppress

FATES = ("refused", "stalled", "delayed", "request cut", "answer cut", "answer lost", "sent again", "old answer")
CHUNK, REMEMBERED = 65536, 4
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class Proxy:
    """Carries connections to a port of this machine. `badness` is how many of them come to harm."""

    def __init__(self, to: int, seed: object) -> None:
        self._to, self._dice = to, random.Random(f"{seed} proxy")
        self.badness = 0.0
        self.harmed: dict[str, int] = dict.fromkeys(FATES, 0)
        self._open: set[asyncio.Transport | asyncio.WriteTransport] = set()
        self._old: defaultdict[tuple[bytes, ...], list[bytes]] = defaultdict(list)
        """Of who asked (his line and token): the last whole answers."""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    @property
    def base(self) -> str:
        """Give the address that stations are told."""
        return f"http://127.0.0.1:{self.port}"

    def weather(self, badness: float) -> None:
        """Change how bad it is; what is open breaks off, so that the new weather reaches everyone."""
        self.badness = badness
        self._loop.call_soon_threadsafe(self._break_off)

    def close(self) -> None:
        """Stop carrying."""
        self._loop.call_soon_threadsafe(self._break_off)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _break_off(self) -> None:
        for transport in list(self._open):
            transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *_: None)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._dice.choice(FATES) if self._dice.random() < self.badness else ""
        if fate:
            self.harmed[fate] += 1
        self._open.add(writer.transport)
        try:
            await self._carry(fate, reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()
            self._open.discard(writer.transport)

    async def _carry(self, fate: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fate == "refused":
            return
        if fate == "stalled":
            await asyncio.sleep(self._dice.uniform(0.2, 1.5))
            return
        first = await _message(reader) if fate != "request cut" else b""
        if fate != "request cut" and not first:
            return
        asked = _asked(first)
        if fate == "old answer" and self._old[asked]:
            writer.write(self._dice.choice(self._old[asked]))
            await writer.drain()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open.add(far_writer.transport)
        allowed = self._dice.randrange(1, 3000)
        try:
            far_writer.write(first)
            if not fate:
                answer = await _message(far_reader)
                if LENGTH.search(answer):
                    self._old[asked] = [*self._old[asked][1 - REMEMBERED :], answer]
                writer.write(answer)
            up = self._flow(reader, far_writer, fate, allowed if fate == "request cut" else None)
            down = self._flow(far_reader, writer, fate, {"answer cut": allowed, "answer lost": 0}.get(fate))
            _, pending = await asyncio.wait(map(asyncio.ensure_future, (up, down)), return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
        finally:
            far_writer.transport.abort()
            self._open.discard(far_writer.transport)
        if fate == "sent again":
            # by now others have come in before it, perhaps the same terminal's next
            await asyncio.sleep(self._dice.uniform(0.0, 0.5))
            _, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
            far_writer.write(first)
            await far_writer.drain()
            await asyncio.sleep(0.1)
            far_writer.close()

    async def _flow(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, fate: str, allowed: int | None) -> None:
        """Carry one direction until it ends, or until so many bytes went through."""
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if fate == "delayed":
                    await asyncio.sleep(self._dice.uniform(0.02, 0.3))
                target.write(data if allowed is None else data[:allowed])
                await target.drain()
                if allowed is not None:
                    allowed -= len(data)
                    if allowed <= 0:
                        return


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one whole HTTP message; what broke off is given as far as it came."""
    message = b""
    while data := await reader.read(CHUNK):
        message += data
        head, found, body = message.partition(b"\r\n\r\n")
        told = LENGTH.search(head + b"\r\n") if found else None
        if found and len(body) >= (int(told[1]) if told else 0):
            break
    return message


def _asked(message: bytes) -> tuple[bytes, ...]:
    """Say what is asked for and by whom: method, path, and the line with the token."""
    lines = message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return lines[0].partition(b"?")[0], *(line for line in lines if line.lower().startswith(b"authorization"))
