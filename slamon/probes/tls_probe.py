"""tls: connect, perhaps the words before TLS, a handshake, and a judgement of what it showed.

`TlsProbe.__call__` is the way of one probe; all of it keeps one deadline.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import replace

from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.tls import TlsCheckOptions
from slamon.catalogue.probe_options import TlsOptions, split_address
from slamon.probes.connecting import connected
from slamon.probes.context import ProbeContext
from slamon.probes.course import DAY_S, Course, Failure, days, seconds
from slamon.probes.evidence import TlsEvidence
from slamon.probes.hosts import Host, named_host
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason
from slamon.probes.starttls import Preamble, begin
from slamon.probes.tls import ensure_ciphers, verified_chain
from slamon.probes.tls_expect import TlsExpectations
from slamon.probes.wire import Securing, Wire

US = 1_000_000


class TlsProbe:
    """A tls check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: TlsCheckOptions, context: ProbeContext) -> None:
        host, self._port = split_address(options.address)
        self._options = options
        self._context = context
        self._host = Host(host, options.ip_family, options.resolver, context)
        own_name = self._host.name.rstrip(".").partition("%")[0]
        self._server_name = named_host(options.server_name, "server_name") if options.server_name else own_name
        self._tls = TlsOptions.model_validate({key: getattr(options, key) for key in TlsOptions.model_fields})
        if options.ciphers is not None:
            ensure_ciphers(options.ciphers)
        self._expectations = TlsExpectations(options.expect, options.address)

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course, failure = Course(), None
        try:
            await self._probe(course, deadline)
        except Failure as found:
            failure = found
        course.duration_us = sum(course.phases.values())
        if failure is not None:
            return course.down(failure)
        now_s, expect = self._context.clock.now() // 1000, self._options.expect
        return self._own_days(course.answered(expect.degraded_over, expect.certificate_days, now_s), now_s)

    async def _probe(self, course: Course, deadline: float) -> None:
        begun = asyncio.get_running_loop().time()
        addresses = await self._host.addresses(course, deadline)
        visit = Visit(self._options, self._port, self._server_name, self._context, course)
        try:
            async with asyncio.timeout_at(deadline):
                await visit.run(addresses, await self._securing())
        except TimeoutError:
            raise visit.overdue(max(0.0, deadline - begun)) from None
        finally:
            await visit.end()
        if course.tls is not None:
            course.expires(await _chain_end(course.tls))
            await self._judge(course.tls, self._context.clock.now() // 1000)

    async def _judge(self, found: TlsEvidence, now_s: int) -> None:
        """A stranger's staple may be long: that takes a thread."""
        if found.staple is None:
            self._expectations.judge(found, now_s)
        else:
            await asyncio.to_thread(self._expectations.judge, found, now_s)

    async def _securing(self) -> ssl.SSLContext | Securing:
        options = self._options
        if options.expect.staple is None:
            return await self._context.ssl_context(self._tls, options.alpn, options.ciphers)
        return await self._context.stapling_context(self._tls, options.alpn, options.ciphers)

    def _own_days(self, outcome: Outcome, now_s: int) -> Outcome:
        """Degraded when the server's own certificate ends too soon."""
        wanted, tls = self._options.expect.own_certificate_days, outcome.tls
        if wanted is None or outcome.verdict is not Verdict.UP or tls is None or tls.own is None:
            return outcome
        left = tls.own.not_after - now_s
        if left <= 0:
            expired = "the server's own certificate has expired"
            return replace(outcome, verdict=Verdict.DOWN, reason=Reason.CERTIFICATE, message=expired)
        if left >= wanted * DAY_S:
            return outcome
        sentence = f"the server's own certificate expires in {days(left)}, less than {wanted} days"
        return replace(outcome, verdict=Verdict.DEGRADED, reason=Reason.CERTIFICATE_EXPIRING, message=sentence)


async def _chain_end(found: TlsEvidence) -> int | None:
    """When the chain ends; where nothing was verified: what was sent, as far as it belongs together."""
    if found.verified or not found.sent:
        return found.chain_end
    linked = await asyncio.to_thread(verified_chain, [certificate.parsed for certificate in found.sent], None)
    return min(int(certificate.not_valid_after_utc.timestamp()) for certificate in linked)


class Visit:
    """One connection. Phases are booked as they end."""

    def __init__(
        self, options: TlsCheckOptions, port: int, server_name: str, context: ProbeContext, course: Course
    ) -> None:
        self._options = options
        self._port = port
        self._server_name = server_name
        self._context = context
        self._course = course
        self._whom = options.address
        self._phase, self._since = "", 0.0
        self._missing: str | None = None
        self._talk: Preamble | None = None
        self._wire: Wire | None = None

    async def run(self, addresses: Sequence[str], tls: ssl.SSLContext | Securing) -> None:
        """Connect, say what comes before TLS, shake hands. Raises Failure, or ProbeNotRunError."""
        self._missing = f"no connection to {self._whom}"
        self._enter("connect")
        self._wire = Wire(await connected(addresses, self._port, self._whom), self._whom)
        self._course.address = self._wire.peer
        if self._options.starttls is not None:
            self._enter("processing")
            self._talk = Preamble(self._wire, self._whom, self._server_name)
            await begin(self._options.starttls, self._talk)
            self._talk = None
        self._missing = f"the TLS handshake with {self._whom} was not done"
        self._enter("tls")
        await self._wire.begin_tls(tls, self._server_name)

    def overdue(self, waited: float) -> Failure:
        """What had not come about when the time was over; ProbeNotRunError when we had not even begun."""
        within = f"within {seconds(waited)}"
        if self._missing is None:
            raise ProbeNotRunError(f"the files of tls were not read {within}")
        return Failure(
            Reason.TIMEOUT, f"{self._talk.waiting_for if self._talk is not None else self._missing} {within}"
        )

    async def end(self) -> None:
        """Book the last phase, keep what TLS showed, and close."""
        self._enter("")
        if self._wire is None:
            return
        shown = self._wire.handshake
        self._wire.close()
        if shown is not None:
            found = self._course.tls = await shown.evidence(self._context.certificates)
            details = {"tls_version": found.version, "cipher": found.cipher, "alpn": found.alpn}
            self._course.details.update({name: text for name, text in details.items() if text})

    def _enter(self, phase: str) -> None:
        now = self._context.clock.monotonic()
        if self._phase:
            self._course.add(self._phase, int((now - self._since) * US))
        self._phase, self._since = phase, now
