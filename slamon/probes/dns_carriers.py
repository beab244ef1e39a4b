"""What carries a question to a name server and its answer back: UDP, TCP, TLS. HTTPS is in `dns_https`.

An answer is given as it came, at least its head long. What it took goes into the course, phase by phase.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slamon.catalogue.probe_options import TlsOptions
from slamon.clock import Clock
from slamon.probes.connecting import STAGGER_S, connected, interleaved, telling
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, seconds
from slamon.probes.dns_message import LONGEST, truncated
from slamon.probes.evidence import Handshake
from slamon.probes.failures import connect_failure
from slamon.probes.hosts import Host
from slamon.probes.outcome import ProbeNotRunError, Reason
from slamon.probes.wire import Wire

US = 1_000_000

HEAD = 12
"""Bytes that every message begins with."""

MOST_STRAYS = 1_000
"""So many packets that do not belong to the question are passed over."""


class Carrier(Protocol):
    """A way to one name server."""

    async def carry(self, wire: bytes, course: Course, deadline: float) -> bytes:
        """The answer to `wire`, by `deadline` (loop time). Raises Failure, or ProbeNotRunError when it is our fault."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """To one name server: `whom` in sentences; `source` is the address of this machine to come from, if one is set."""

    whom: str
    host: Host
    port: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Secure:
    """TLS for a server: whose certificate it must be, and the options; `made` is a context in place of theirs."""

    server_name: str
    options: TlsOptions | None
    made: ssl.SSLContext | None = None


class Phases:
    """The phase a question is in; booked as it ends."""

    def __init__(self, course: Course, clock: Clock) -> None:
        self._course = course
        self._clock = clock
        self._phase, self._since = "", 0.0

    def enter(self, phase: str) -> None:
        """The next phase; none at the end."""
        now = self._clock.monotonic()
        if self._phase:
            self._course.add(self._phase, int((now - self._since) * US))
        self._phase, self._since = phase, now


class Datagrams:
    """UDP. An answer that was cut is asked for again through `whole`, where that is given."""

    def __init__(self, way: Way, clock: Clock, whole: Carrier | None) -> None:
        self._way = way
        self._clock = clock
        self._whole = whole

    async def carry(self, wire: bytes, course: Course, deadline: float) -> bytes:
        """See `Carrier`."""
        begun = asyncio.get_running_loop().time()
        addresses = await self._way.host.addresses(course, deadline)
        phases, asking = Phases(course, self._clock), _Asking(self._way, wire)
        phases.enter("processing")
        try:
            async with asyncio.timeout_at(deadline):
                course.address, answer = await asking.first(addresses)
        except TimeoutError:
            raise asking.overdue(max(0.0, deadline - begun)) from None
        finally:
            phases.enter("")
        if self._whole is None or not truncated(answer):
            return answer
        course.details["truncated"] = "over UDP; asked again over TCP"
        return await self._whole.carry(wire, course, deadline)


class _Asking:
    """One question over UDP, to each address until one answers."""

    def __init__(self, way: Way, wire: bytes) -> None:
        self._way = way
        self._whom = way.whom
        self._wire = wire
        self._strays = 0

    async def first(self, addresses: Sequence[str]) -> tuple[str, bytes]:
        """The first to answer, as address and port, and its answer."""
        waiting: set[asyncio.Task[tuple[str, bytes]]] = set()
        errors: list[OSError] = []
        left = interleaved(addresses)
        try:
            while left or waiting:
                if left:
                    waiting.add(asyncio.ensure_future(self._ask(left.pop(0))))
                pause = STAGGER_S if left else None
                ended, waiting = await asyncio.wait(waiting, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                answers = [task.result() for task in ended if not isinstance(task.exception(), OSError)]
                if answers:
                    return answers[0]
                errors += [error for task in ended if isinstance(error := task.exception(), OSError)]
        finally:
            for task in waiting:
                task.cancel()
        raise connect_failure(telling(errors).errno or 0, self._whom, self._way.source)

    def overdue(self, waited: float) -> Failure:
        """Nothing came in time."""
        count = self._strays
        strays = f"; {count} packet{'' if count == 1 else 's'} did not belong to the question" if count else ""
        return Failure(Reason.TIMEOUT, f"{self._whom} did not answer within {seconds(waited)}{strays}")

    async def _ask(self, address: str) -> tuple[str, bytes]:
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            if self._way.source is not None:
                sock.bind((self._way.source, 0))
            sock.connect((address, self._way.port))  # the kernel takes in nothing from elsewhere
            sock.send(self._wire)
            while True:
                answer = await loop.sock_recv(sock, LONGEST)
                if len(answer) >= HEAD and answer[:2] == self._wire[:2]:
                    return _written(address, self._way.port), answer
                self._strays += 1
                if self._strays >= MOST_STRAYS:
                    raise Failure(Reason.PROTOCOL, f"{self._whom} sent {MOST_STRAYS} packets that are no answer")
                await asyncio.sleep(0)  # what is there already is received without the loop having its turn


class Stream:
    """TCP, and TLS over it. A new connection for each question."""

    def __init__(self, way: Way, context: ProbeContext, secure: Secure | None, *, takes_cut: bool = False) -> None:
        """`secure`: None without TLS. `takes_cut`: an answer that says it was cut is one."""
        self._way = way
        self._context = context
        self._secure = secure
        self._takes_cut = takes_cut

    async def carry(self, wire: bytes, course: Course, deadline: float) -> bytes:
        """See `Carrier`."""
        begun = asyncio.get_running_loop().time()
        addresses = await self._way.host.addresses(course, deadline)
        talk = _Talk(self._way, Phases(course, self._context.clock), course)
        try:
            async with asyncio.timeout_at(deadline):
                tls = await self._tls()
                await talk.connect(addresses)
                if tls is not None and self._secure is not None:
                    await talk.secure(tls, self._secure.server_name)
                answer = await talk.ask(wire)
        except TimeoutError:
            raise talk.overdue(max(0.0, deadline - begun)) from None
        finally:
            if self._context.evidence and talk.handshake is not None:
                course.tls = await talk.handshake.evidence(self._context.certificates)
            talk.end()
        if truncated(answer) and not self._takes_cut:
            raise Failure(Reason.PROTOCOL, f"{self._way.whom} cut its answer though it came over TCP")
        return answer

    async def _tls(self) -> ssl.SSLContext | None:
        if self._secure is None or self._secure.made is not None:
            return None if self._secure is None else self._secure.made
        return await self._context.ssl_context(self._secure.options)


class _Talk:
    """One connection and the one question in it."""

    def __init__(self, way: Way, phases: Phases, course: Course) -> None:
        self._way = way
        self._whom = way.whom
        self._phases = phases
        self._course = course
        self._missing = ""
        self._wire: Wire | None = None
        self._read = bytearray()

    async def connect(self, addresses: Sequence[str]) -> None:
        """Raises Failure (connect, refused)."""
        self._missing = f"no connection to {self._whom}"
        self._phases.enter("connect")
        way = self._way
        self._wire = Wire(await connected(addresses, way.port, self._whom, way.source), self._whom)
        self._course.address = self._wire.peer

    async def secure(self, tls: ssl.SSLContext, server_name: str) -> None:
        """Raises Failure (tls, certificate)."""
        assert self._wire is not None
        self._missing = f"the TLS handshake with {self._whom} was not done"
        self._phases.enter("tls")
        await self._wire.begin_tls(tls, server_name)
        self._course.expires(self._wire.chain_end)
        self._course.details["tls_version"] = self._wire.tls_version or ""

    async def ask(self, wire: bytes) -> bytes:
        """The answer; its length goes before it, as before the question. Raises Failure (protocol)."""
        assert self._wire is not None
        self._missing = f"{self._whom} did not answer"
        self._phases.enter("processing")
        await self._wire.send(len(wire).to_bytes(2, "big") + wire)
        length = int.from_bytes(await self._next(2), "big")
        if length < HEAD:
            raise Failure(Reason.PROTOCOL, f"{self._whom} announced an answer of {length} bytes")
        self._missing = f"the answer of {self._whom} was not complete"
        return await self._next(length)

    def overdue(self, waited: float) -> Failure:
        """What had not come about; ProbeNotRunError when we had not even begun."""
        if not self._missing:
            raise ProbeNotRunError(f"the files of tls were not read within {seconds(waited)}")
        return Failure(Reason.TIMEOUT, f"{self._missing} within {seconds(waited)}")

    @property
    def handshake(self) -> Handshake | None:
        """What TLS showed; None without it."""
        return self._wire.handshake if self._wire is not None else None

    def end(self) -> None:
        """Book the last phase and close."""
        self._phases.enter("")
        if self._wire is not None:
            self._wire.close()

    async def _next(self, count: int) -> bytes:
        assert self._wire is not None
        while len(self._read) < count:
            data = await self._wire.receive()
            if not data:
                where = "in the middle of its answer" if self._read else "without an answer"
                raise Failure(Reason.PROTOCOL, f"{self._whom} closed the connection {where}")
            if not self._read:
                self._phases.enter("transfer")
            self._read += data
        taken = bytes(self._read[:count])
        del self._read[:count]
        return taken


def _written(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
