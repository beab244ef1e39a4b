"""One http request and its answer: resolved by us, run by libcurl, measured. Redirects are several of them."""

import asyncio
import math
import ssl
from collections.abc import Sequence

import pycurl

from slamon.catalogue.hosts import ascii_host, literal
from slamon.catalogue.probe_options import HttpOptions, split_address
from slamon.errors import ConfigurationError
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure
from slamon.probes.curl_failures import Circumstances, failure
from slamon.probes.curl_settings import Proxy, Setting, lasting, of_hop, secure
from slamon.probes.evidence import Handshake, TlsEvidence
from slamon.probes.expect import Answer
from slamon.probes.outcome import Reason
from slamon.probes.redirects import Hop, Place
from slamon.probes.tls import der_chain, pem_end, trust_file
from slamon.probes.transfer import Handle, Measured

HTTP_VERSIONS = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
    pycurl.CURL_HTTP_VERSION_3: "3",
}

PROXY_LOGIN = 407

US = 1_000_000

MOST_CHAINS = 8
"""So many certificate chains of one check are remembered with their end."""

Node = tuple[str, int | None]
"""Host or address, and the port if it is another one."""


class Exchanges:
    """Runs the requests of one check."""

    def __init__(self, options: HttpOptions, first: Place, context: ProbeContext, *, keep_body: bool) -> None:
        self._options = options
        self._first = first
        self._context = context
        self._keep_body = keep_body
        self._proxy = Proxy.of(options.proxy.reveal()) if options.proxy is not None else None
        self._node = node(options.resolve_to)
        self._lasting = lasting(options, self._proxy)
        renamed = options.tls is not None and options.tls.server_name is not None
        self._pointed = self._proxy is not None or self._node is not None or renamed or literal(first.host) is None
        self._trusted = ""
        self._sent: dict[str, tuple[bytes, ...]] = {}
        self._ends: dict[tuple[bytes, ...], int | None] = {}

    async def run(self, handle: Handle, hop: Hop, course: Course, deadline: float) -> Answer:
        """One request; what it took goes into `course`. Raises Failure, or ProbeNotRunError when it is our fault."""
        addresses: Sequence[str] = ()
        entries: Sequence[str] = ()
        if self._pointed or hop.place is not self._first or self._options.ip_family != "any":
            addresses, entries = await self._resolved(hop.place, course, deadline)
        course.address = addresses[0] if addresses and self._proxy is None else None
        self._prepare(handle, hop, addresses, entries)
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise Failure(Reason.TIMEOUT, f"no time was left to ask {hop.place.whom}")
        handle.curl.setopt(pycurl.TIMEOUT_MS, math.ceil(left * 1000))
        error: pycurl.error | None = None
        try:
            await self._context.transfers.perform(handle, self._trusted)
        except pycurl.error as raised:
            error = None if handle.cut else raised
        return await self._concluded(handle, hop, course, error)

    async def _resolved(self, place: Place, course: Course, deadline: float) -> tuple[Sequence[str], Sequence[str]]:
        """Addresses to connect to, and RESOLVE entries for the proxy."""
        clock, proxy = self._context.clock, self._proxy
        to: str | None = None if proxy is not None and proxy.resolves else place.host
        if self._node is not None and place.host == self._first.host:
            to = self._node[0]
        begun = clock.monotonic()
        try:
            entries = await self._way_to(proxy, deadline) if proxy is not None else ()
            return await self._looked_up(to, deadline) if to is not None else (), entries
        finally:
            if any(literal(host) is None for host in (to, proxy.host if proxy is not None else None) if host):
                took = int((clock.monotonic() - begun) * US)
                course.duration_us += took
                course.add("resolve", took)

    async def _looked_up(self, host: str, deadline: float) -> Sequence[str]:
        return await self._context.names.addresses(host, self._options.ip_family, self._options.resolver, deadline)

    async def _way_to(self, proxy: Proxy, deadline: float) -> Sequence[str]:
        """The proxy's own entry for RESOLVE; none for an address."""
        try:
            found = await self._looked_up(proxy.host, deadline)
        except Failure as failed:
            raise Failure(Reason.PROXY, f"no way to the proxy: {failed.message}") from None
        return (proxy.entry(found),) if literal(proxy.host) is None else ()

    def _prepare(self, handle: Handle, hop: Hop, addresses: Sequence[str], entries: Sequence[str]) -> None:
        """Set the handle up, unless it still is from the last probe."""
        handle.start_over()
        if handle.purpose is not hop:
            handle.set_up(hop, self._settings(hop), self._options.body_limit, keep=self._keep_body)
        if handle.aim != (addresses, entries):
            place = hop.place
            port = self._node[1] if self._node is not None and place.port == self._first.port else None
            handle.point(self._host(hop), place.port, addresses, port or place.port, entries)

    def _settings(self, hop: Hop) -> list[Setting]:
        tls, place = self._options.tls, hop.place
        settings = list(self._lasting)
        if place.scheme == "https":
            self._trusted = self._trusted or trust_file(tls)
            settings += secure(tls, self._trusted, own=hop.trusted)
        host = self._host(hop)
        if host == place.host:
            return settings + of_hop(hop, place.url, None, self._options.http_version)
        url = Place(place.scheme, host, place.port, place.path).url
        return settings + of_hop(hop, url, place.authority, self._options.http_version)

    def _host(self, hop: Hop) -> str:
        """The host in libcurl's URL: the one whose name TLS asks for."""
        tls, place = self._options.tls, hop.place
        named = tls.server_name if tls is not None and place.scheme == "https" else None
        return named if named is not None and place.host == self._first.host else place.host

    async def _concluded(self, handle: Handle, hop: Hop, course: Course, error: pycurl.error | None) -> Answer:
        measured, https = handle.measured(), hop.place.scheme == "https"
        note_times(course, measured, https=https, failed=error is not None)
        info = handle.curl.getinfo
        address = info(pycurl.PRIMARY_IP)
        if address:
            port = info(pycurl.PRIMARY_PORT)
            course.address = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        if https:
            shaken = measured.tls > 0
            course.expires(await self._chain_end(handle, hop.place, kept=error is None and not shaken))
            if handle.tls_version and (shaken or error is None):
                course.details["tls_version"] = handle.tls_version
            if self._context.evidence:
                course.tls = await self._evidence(handle)
        if error is not None:
            whom, waited = hop.place.whom, course.duration_us / US
            proxied = self._proxy is not None
            raise failure(
                error,
                handle,
                Circumstances(whom, https, proxied, waited, measured.connect, measured.tls, measured.first_byte),
            ) from None
        return self._noted(handle, hop, course)

    def _noted(self, handle: Handle, hop: Hop, course: Course) -> Answer:
        info, wanted = handle.curl.getinfo, self._options.http_version
        status, version = info(pycurl.RESPONSE_CODE), HTTP_VERSIONS.get(info(pycurl.INFO_HTTP_VERSION), "unknown")
        course.details["status"] = str(status)
        course.details["http_version"] = version
        if wanted in ("2", "3") and version != wanted:
            raise Failure(Reason.PROTOCOL, f"{hop.place.whom} answered in HTTP/{version}, not HTTP/{wanted}")
        if status == PROXY_LOGIN and self._proxy is not None:
            raise Failure(Reason.PROXY, "the proxy answered 407: it wants other credentials")
        if not self._keep_body:
            return Answer(status, handle.headers, b"", "", handle.cut)
        content_type = handle.curl.getinfo_raw(pycurl.CONTENT_TYPE) or b""
        return Answer(status, handle.headers, bytes(handle.body), content_type.decode("latin-1"), handle.cut)

    async def _chain_end(self, handle: Handle, place: Place, *, kept: bool) -> int | None:
        """When the chain of the last handshake ends, in Unix seconds; it is looked at once.

        A `kept` connection has none: that of the one before it counts.
        """
        sent = handle.certificates() or (self._sent.get(place.whom, ()) if kept else ())
        if not sent:
            return None
        if self._options.connection == "reuse":
            self._sent = {**self._sent, place.whom: sent} if len(self._sent) < MOST_CHAINS else {place.whom: sent}
        if sent not in self._ends:
            tls = self._options.tls
            verified = tls is None or not tls.skip_verification
            store = await self._context.trust_store(tls) if verified else None
            if len(self._ends) >= MOST_CHAINS:
                self._ends.clear()
            self._ends[sent] = pem_end(sent, store)
        return self._ends[sent]

    async def _evidence(self, handle: Handle) -> TlsEvidence | None:
        """What the last handshake showed; None when it was not done."""
        pems = handle.certificates()
        if not pems:
            return None
        tls = self._options.tls
        verified: Sequence[bytes] = ()
        if tls is None or not tls.skip_verification:
            verified = await asyncio.to_thread(der_chain, pems, await self._context.trust_store(tls))
        sent = tuple(ssl.PEM_cert_to_DER_cert(pem.decode("ascii", "replace")) for pem in pems)
        shown = Handshake(handle.tls_version, handle.cipher, None, handle.alpn, sent, tuple(verified))
        return await shown.evidence(self._context.certificates)


def note_times(course: Course, measured: Measured, *, https: bool, failed: bool) -> None:
    """libcurl's marks as phases; a failed transfer's last phase is the one it did not get out of."""
    course.duration_us += measured.total
    last = 0
    marks = (("connect", measured.connect), ("tls", measured.tls), ("processing", measured.first_byte))
    for phase, mark in marks:
        if phase == "tls" and not https:
            continue
        if mark:
            course.add(phase, mark - last)
            last = mark
        elif failed:
            course.add(phase, measured.total - last)
            return
    course.add("transfer", measured.total - last)


def node(text: str | None) -> Node | None:
    """`resolve_to`: an address or a host, perhaps with a port. ConfigurationError otherwise."""
    if text is None:
        return None
    address = literal(text)
    if address is not None:
        return address, None
    try:
        if ":" not in text:
            return ascii_host(text), None
        host, port = split_address(text)
        return ascii_host(host), port
    except ValueError:
        raise ConfigurationError(f"resolve_to: {text!r} is no address or host, for example 192.0.2.7:8443") from None
