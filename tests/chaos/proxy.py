"""A TCP line of ours that refuses, stalls, delays, cuts and truncates by seed. Knows bytes only."""

import asyncio
import random
import threading
from contextlib import suppress

FATES = ("refused", "stalled", "delayed", "request cut", "answer cut", "answer lost")
CHUNK = 65536


class Proxy:
    """Carries connections to a port of this machine. `badness` is how many of them come to harm."""

    def __init__(self, to: int, seed: object) -> None:
        self._to, self._dice = to, random.Random(f"{seed} proxy")
        self.badness = 0.0
        self.harmed: dict[str, int] = dict.fromkeys(FATES, 0)
        self._open: set[asyncio.Transport | asyncio.WriteTransport] = set()
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
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open.add(far_writer.transport)
        allowed = self._dice.randrange(1, 3000)
        try:
            up = self._flow(reader, far_writer, fate, allowed if fate == "request cut" else None)
            down = self._flow(far_reader, writer, fate, {"answer cut": allowed, "answer lost": 0}.get(fate))
            _, pending = await asyncio.wait(map(asyncio.ensure_future, (up, down)), return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
        finally:
            far_writer.transport.abort()
            self._open.discard(far_writer.transport)

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
