"""Slow work away from the UI thread: one worker thread a lane, results delivered by the caller's `deliver`. Knows no Kivy.

Lanes do not wait for one another: the office's use cases, the handwriting model (1 s to load) and the voice each have their own.
"""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Deliver = Callable[[Callable[[], None]], None]
log = logging.getLogger(__name__)


class Lanes:
    """Runs functions one after another in each lane, and hands outcomes to `deliver` (the UI clock)."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._queues: dict[str, queue.SimpleQueue[Callable[[], None] | None]] = {}

    def ask(self, function: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None], lane: str = "office") -> None:
        """Run `function` in its lane; `then(result)` or `failed(error)` follows on the UI thread."""

        def work() -> None:
            try:
                result = function()
            except Exception as error:  # noqa: BLE001 - every failure must reach the page, which says it calmly
                caught = error
                self._deliver(lambda: failed(caught))
            else:
                self._deliver(lambda: then(result))

        self._queue(lane).put(work)

    def _queue(self, lane: str) -> "queue.SimpleQueue[Any]":
        if lane not in self._queues:
            self._queues[lane] = queue.SimpleQueue()
            threading.Thread(target=self._run, args=(self._queues[lane],), name=f"lane-{lane}", daemon=True).start()
        return self._queues[lane]

    @staticmethod
    def _run(waiting: "queue.SimpleQueue[Callable[[], None] | None]") -> None:
        while (work := waiting.get()) is not None:
            work()
            # else a lane would hold a visitor's page and words until it is asked something else
            del work

    def close(self) -> None:
        """Let the threads end after what they are doing."""
        for waiting in self._queues.values():
            waiting.put(None)
