"""A few threads of their own for probes that block. All of them hanging delays their own kind only."""

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import TypeVar

from slamon.probes.outcome import ProbeNotRunError

T = TypeVar("T")


class Threads:
    """At most so many threads at once; a turn is taken first, and given back when the thread has ended."""

    def __init__(self, most: int, whose: str) -> None:
        """`whose`: the plural of what they run, for sentences."""
        self._turns = asyncio.Semaphore(most)
        self._whose = whose

    async def turn(self, deadline: float) -> None:
        """Wait for a turn until `deadline` (loop time); ProbeNotRunError when none comes: the shortage is ours."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
        except TimeoutError:
            raise ProbeNotRunError(f"too many {self._whose} are under way; this one could not begin in time") from None

    async def run(self, work: Callable[[], T]) -> T:
        """Run the work in a thread, in a turn that was taken. Cancelled, it leaves the thread to end by itself."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        thread = threading.Thread(target=self._work, args=(loop, future, work), daemon=True, name=self._whose)
        try:
            thread.start()
        except RuntimeError:
            self._turns.release()
            raise ProbeNotRunError(f"no thread can be started for {self._whose}") from None
        return await future

    def _work(self, loop: asyncio.AbstractEventLoop, future: "asyncio.Future[T]", work: Callable[[], T]) -> None:
        try:
            done = work()
        except Exception as raised:  # noqa: BLE001  carried to the one who waits, whatever it is
            settle: Callable[[], object] = functools.partial(future.set_exception, raised)
        else:
            settle = functools.partial(future.set_result, done)
        try:
            loop.call_soon_threadsafe(self._landed, future, settle)
        except RuntimeError:
            pass  # the loop was closed while it worked

    def _landed(self, future: "asyncio.Future[T]", settle: Callable[[], object]) -> None:
        self._turns.release()
        if not future.done():
            settle()
