"""tcp: connect, perhaps TLS, perhaps a dialogue.

`TcpProbe.__call__` is the way of one probe; resolving, connecting, TLS and dialogue keep one deadline.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from slamon.catalogue.probe_options import TcpOptions, split_address
from slamon.clock import Clock
from slamon.probes.connecting import connected
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, seconds
from slamon.probes.dialogue import Conversation, Script
from slamon.probes.evidence import Handshake
from slamon.probes.hosts import Host, named_host
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason
from slamon.probes.wire import Wire

US = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a probe of the check does. `server_name`: whose certificate it must be."""

    whom: str
    host: str
    port: int
    server_name: str
    script: Script
    tls_at_once: bool
    tls_at_all: bool

    @classmethod
    def of(cls, options: TcpOptions) -> "Plan":
        """Of a check's options; ConfigurationError for a name that is none."""
        written, port = split_address(options.address)
        host = named_host(written, "address")
        named = options.tls.server_name if options.tls is not None else None
        server_name = named_host(named, "tls.server_name") if named is not None else host.rstrip(".").partition("%")[0]
        script = Script(options.dialogue)
        at_once = options.tls is not None and not script.has_starttls
        return cls(options.address, host, port, server_name, script, at_once, at_once or script.has_starttls)


class TcpProbe:
    """A tcp check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: TcpOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        self._plan = Plan.of(options)
        self._host = Host(self._plan.host, options.ip_family, options.resolver, context)

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course, expect, failure = Course(), self._options.expect, None
        try:
            await self._probe(course, deadline)
        except Failure as found:
            failure = found
        course.duration_us = sum(course.phases.values())
        if failure is not None:
            return course.down(failure)
        return course.answered(expect.degraded_over, expect.certificate_days, self._context.clock.now() // 1000)

    async def _probe(self, course: Course, deadline: float) -> None:
        begun = asyncio.get_running_loop().time()
        addresses = await self._host.addresses(course, deadline)
        attempt = Attempt(self._plan, course, self._context.clock)
        try:
            async with asyncio.timeout_at(deadline):
                tls = await self._context.ssl_context(self._options.tls) if self._plan.tls_at_all else None
                await attempt.run(addresses, tls)
        except TimeoutError:
            raise attempt.overdue(max(0.0, deadline - begun)) from None
        finally:
            if self._context.evidence and attempt.handshake is not None:
                course.tls = await attempt.handshake.evidence(self._context.certificates)
            attempt.end()


class Attempt:
    """One connection and what is done with it. Phases are booked as they end."""

    def __init__(self, plan: Plan, course: Course, clock: Clock) -> None:
        self._plan = plan
        self._course = course
        self._clock = clock
        self._phase, self._since = "", 0.0
        self._missing: str | None = None
        self._talk: Conversation | None = None
        self._wire: Wire | None = None

    async def run(self, addresses: Sequence[str], tls: ssl.SSLContext | None) -> None:
        """Connect, and do what the plan says. Raises Failure, or ProbeNotRunError when it is our fault."""
        plan = self._plan
        self._missing = f"no connection to {plan.whom}"
        self._enter("connect")
        self._wire = Wire(await connected(addresses, plan.port, plan.whom), plan.whom)
        self._course.address = self._wire.peer
        if plan.tls_at_once and tls is not None:
            self._missing = f"the TLS handshake with {plan.whom} was not done"
            await self._secure(self._wire, tls)
        if plan.script.steps:
            self._enter("processing")
            self._talk = Conversation(plan.script, self._wire, plan.whom, tls)
            await self._talk.run(self._answered, self._secure)

    @property
    def handshake(self) -> Handshake | None:
        """What TLS showed; None without it."""
        return self._wire.handshake if self._wire is not None else None

    def overdue(self, waited: float) -> Failure:
        """What had not come about when the time was over; ProbeNotRunError when we had not even begun."""
        within = f"within {seconds(waited)}"
        if self._missing is None:
            raise ProbeNotRunError(f"the files of tls were not read {within}")
        if self._talk is not None:
            return Failure(Reason.TIMEOUT, f"{self._talk.waiting_for} {within}{self._talk.seen()}")
        return Failure(Reason.TIMEOUT, f"{self._missing} {within}")

    def end(self) -> None:
        """Book the last phase and close."""
        self._enter("")
        if self._wire is not None:
            self._wire.close()

    async def _secure(self, wire: Wire, tls: ssl.SSLContext) -> None:
        before = self._phase
        self._enter("tls")
        await wire.begin_tls(tls, self._plan.server_name)
        self._course.expires(wire.chain_end)
        self._course.details["tls_version"] = wire.tls_version or ""
        if before != "connect":
            self._enter(before)

    def _answered(self) -> None:
        """The other side's first words end the time it took to think."""
        if self._phase == "processing":
            self._enter("transfer")

    def _enter(self, phase: str) -> None:
        now = self._clock.monotonic()
        if self._phase:
            self._course.add(self._phase, int((now - self._since) * US))
        self._phase, self._since = phase, now
