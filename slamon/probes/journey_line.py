"""The connections of a journey: made in the event loop, used by its thread, and shut when their time is over.

A thread that waits for a socket cannot be ended from outside, but its socket can be shut: then it wakes. The loop keeps
a duplicate of each connection for that, so that it never touches a descriptor that the thread has given back.
"""

import asyncio
import concurrent.futures
import contextlib
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

from slamon.catalogue.hosts import ascii_host, literal
from slamon.catalogue.kinds.journey import JourneyOptions
from slamon.probes.connecting import connected
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, seconds
from slamon.probes.failures import connect_failure
from slamon.probes.outcome import ProbeNotRunError, Reason
from slamon.probes.resolve import fitting

T = TypeVar("T")
US = 1_000_000
LEEWAY_S = 0.5
"""So long after its deadline a thread waits for the loop's own word."""


class Line:
    """One connection at a time. Made in the loop; `connection` and `asked` are for the thread."""

    def __init__(self, options: JourneyOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._kept: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._over = False
        self.was_cut = False

    # -- in the thread

    def connection(self, host: str, port: int, course: Course, deadline: float) -> socket.socket:
        """A new connection that is shut at `deadline` (monotonic seconds); times go to the course.

        Raises Failure (dns, connect, refused, timeout), and ProbeNotRunError when we could not try.
        """
        return self.asked(self._connection(host, port, course, deadline), deadline)

    def asked(self, question: Coroutine[Any, Any, T], deadline: float) -> T:
        """What the loop answers."""
        left = deadline - self._context.clock.monotonic()
        try:
            future = asyncio.run_coroutine_threadsafe(question, self._loop)
        except RuntimeError:
            question.close()
            raise ProbeNotRunError("the journey was broken off") from None
        try:
            return future.result(max(0.0, left) + LEEWAY_S)
        except (TimeoutError, concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            future.cancel()
            raise ProbeNotRunError("the journey was broken off") from None

    # -- in the loop

    async def _connection(self, host: str, port: int, course: Course, deadline: float) -> socket.socket:
        self._hang_up()
        clock = self._context.clock
        until = self._loop.time() + deadline - clock.monotonic()
        whom = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        addresses = await self._addresses(host, course, until)
        course.address = addresses[0]
        begun = clock.monotonic()
        try:
            async with asyncio.timeout_at(until):
                sock = await connected(addresses, port, whom)
        except TimeoutError:
            waited = seconds(max(0.0, clock.monotonic() - begun))
            raise Failure(Reason.TIMEOUT, f"no connection to {whom} within {waited}") from None
        finally:
            course.add("connect", int((clock.monotonic() - begun) * US))
        self._keep(sock, whom, until)
        course.address = _written(sock) or course.address
        return sock

    async def _addresses(self, host: str, course: Course, until: float) -> tuple[str, ...]:
        address, family = literal(host), self._options.ip_family
        if address is not None:
            return fitting(address, family)
        clock = self._context.clock
        begun = clock.monotonic()
        try:
            return await self._context.names.addresses(ascii_host(host), family, self._options.resolver, until)
        finally:
            course.add("resolve", int((clock.monotonic() - begun) * US))

    def _keep(self, sock: socket.socket, whom: str, until: float) -> None:
        """Hold on to it, so that it can be shut."""
        if self._over:
            sock.close()
            raise ProbeNotRunError("the journey was broken off")
        try:
            self._kept = sock.dup()
        except OSError as error:
            sock.close()
            raise connect_failure(error.errno or 0, whom) from None
        self._timer = self._loop.call_at(until, self._cut)

    def _cut(self) -> None:
        """Wake the thread that waits for the connection: its time is over."""
        self.was_cut = True
        if self._kept is not None:
            with contextlib.suppress(OSError):
                self._kept.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._kept is not None:
            self._kept.close()
        self._timer = self._kept = None

    def end(self) -> None:
        """The journey has ended, or is broken off: whatever the thread waits for comes to an end."""
        self._over = True
        if self._kept is not None:
            with contextlib.suppress(OSError):
                self._kept.shutdown(socket.SHUT_RDWR)
        self._hang_up()


def _written(sock: socket.socket) -> str | None:
    try:
        address, port = sock.getpeername()[:2]
    except OSError:
        return None
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
