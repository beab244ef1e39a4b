"""One http request of a module: set up for libcurl, run by the core, and what came of it."""

import asyncio
import math
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pycurl

from slamon.blackbox.material import Material
from slamon.catalogue.hosts import literal
from slamon.catalogue.quantities import whole_number
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure
from slamon.probes.curl_failures import Circumstances, failure
from slamon.probes.curl_settings import ALWAYS, RESOLVE_HERE, Proxy, of_hop
from slamon.probes.evidence import Handshake, TlsEvidence
from slamon.probes.exchange import note_times
from slamon.probes.redirects import Hop, Place
from slamon.probes.tls import der_chain
from slamon.probes.transfer import Handle

UNBOUNDED = 2**62
US = 1_000_000
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `addresses`: where to connect instead of resolving `place.host`; none leaves it to the proxy.

    `host`: what the header Host says. `server_name`: whom TLS asks for. `limit`: bytes of the body that are read.
    """

    place: Place
    host: str
    server_name: str
    addresses: tuple[str, ...]
    method: str
    headers: Headers
    body: bytes | None
    http_version: str
    proxy: str | None
    proxy_at: tuple[str, ...]
    proxy_headers: tuple[str, ...]
    limit: int
    keep: bool


@dataclass(slots=True)
class Got:
    """What came. `status` 0 without an answer; `failure` says why there is none, or why the body is not whole."""

    status: int = 0
    proto: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    length: int = 0
    cut: bool = False
    failure: Failure | None = None
    phases: dict[str, int] = field(default_factory=dict)
    tls: TlsEvidence | None = None

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for found, value in self.headers if found == name.lower()]

    def first(self, name: str) -> str:
        """Its first value, or ''."""
        return next(iter(self.all(name)), "")


Stop = Callable[[int, "list[tuple[str, str]]"], bool]
"""Whether the body of an answer with this status and these headers is of no interest."""


class _Receiver:
    """Takes a body in, up to a limit."""

    def __init__(self, handle: Handle, ask: Ask, stop: Stop) -> None:
        self._handle = handle
        self._ask = ask
        self._stop = stop
        self._kept = bytearray()
        self.length = 0
        self.cut = False
        self.skipped = False

    @property
    def body(self) -> bytes:
        return bytes(self._kept)

    def write(self, data: bytes) -> int | None:
        if not self.length:
            status, _, headers = _parsed(self._handle.headers)
            self.skipped = self._stop(status, headers)
        if self.skipped:
            return -1
        room = self._ask.limit - self.length
        if len(data) > room:
            data, self.cut = data[:room], True
        self.length += len(data)
        if self._ask.keep:
            self._kept += data
        return -1 if self.cut else None


async def fetch(
    handle: Handle, ask: Ask, tls: Material | None, context: ProbeContext, deadline: float, stop: Stop
) -> Got:
    """Run one request. Raises ProbeNotRunError when it is our fault that it could not be run."""
    trusted = _set_up(handle, ask, tls)
    receiver = _Receiver(handle, ask, stop)
    handle.curl.setopt(pycurl.WRITEFUNCTION, receiver.write)
    left = deadline - asyncio.get_running_loop().time()
    handle.curl.setopt(pycurl.TIMEOUT_MS, max(1, math.ceil(left * 1000)))
    error: pycurl.error | None = None
    try:
        await context.transfers.perform(handle, trusted)
    except pycurl.error as raised:
        error = None if receiver.cut or receiver.skipped else raised
    return await _concluded(handle, ask, tls, context, receiver, error)


def _set_up(handle: Handle, ask: Ask, tls: Material | None) -> str:
    """The options; gives the file of trusted certificates."""
    place, settings, trusted = ask.place, [*ALWAYS], ""
    settings += [(pycurl.FRESH_CONNECT, 1), (pycurl.FORBID_REUSE, 1)]
    secure = place.scheme == "https"
    if tls is not None and (secure or (ask.proxy or "").startswith("https")):
        settings += tls.settings()
        trusted = tls.trusted
    proxy = Proxy.of(ask.proxy) if ask.proxy else None
    settings.append((pycurl.PROXY, proxy.url if proxy is not None else ""))
    if ask.proxy_headers:
        settings.append((pycurl.PROXYHEADER, [line.encode() for line in ask.proxy_headers]))
    name = ask.server_name if secure else place.host
    named = Place(place.scheme, name, place.port, place.path)
    tunnelled = secure or proxy is None or proxy.url.partition("://")[0] in RESOLVE_HERE
    if not tunnelled:
        named = _asked_of_proxy(ask)
    headers = tuple(f"{key}: {value}" if value else f"{key};" for key, value in ask.headers)
    hop = Hop(place, ask.method, headers, ask.body)
    settings += of_hop(hop, named.url, ask.host, ask.http_version)
    handle.start_over()
    handle.set_up(None, settings, UNBOUNDED, keep=False)
    entries = (proxy.entry(ask.proxy_at),) if proxy is not None and ask.proxy_at and literal(proxy.host) is None else ()
    if ask.addresses and tunnelled and (len(ask.addresses) > 1 or literal(name) != literal(ask.addresses[0])):
        handle.point(name, place.port, ask.addresses, place.port, entries)
    elif entries:
        handle.curl.setopt(pycurl.RESOLVE, list(entries))
    return trusted


def _asked_of_proxy(ask: Ask) -> Place:
    """What a proxy without a tunnel is asked for: the host that the header Host says."""
    try:
        return Place.of(f"{ask.place.scheme}://{ask.host}{ask.place.path}")
    except ValueError:
        return ask.place


async def _concluded(
    handle: Handle,
    ask: Ask,
    tls: Material | None,
    context: ProbeContext,
    receiver: _Receiver,
    error: pycurl.error | None,
) -> Got:
    course, measured = Course(), handle.measured()
    secure = ask.place.scheme == "https"
    note_times(course, measured, https=secure, failed=error is not None)
    status, proto, headers = _parsed(handle.headers) if handle.curl.getinfo(pycurl.RESPONSE_CODE) else (0, "", [])
    whole = bool(status) and bool(handle.headers) and handle.headers[-1].strip() == b""
    got = Got(phases=course.phases)
    if secure and tls is not None and (error is None or measured.tls):
        got.tls = await _evidence(handle, tls, context)
    if error is not None:
        at = Circumstances(
            ask.place.whom,
            secure,
            ask.proxy is not None,
            measured.total / US,
            measured.connect,
            measured.tls,
            measured.first_byte,
        )
        got.failure = failure(error, handle, at)
    if error is None or whole:
        got.status, got.proto, got.headers = status, proto, headers
        got.body, got.length, got.cut = receiver.body, receiver.length, receiver.cut
    return got


async def _evidence(handle: Handle, tls: Material, context: ProbeContext) -> TlsEvidence | None:
    pems = handle.certificates()
    if not pems:
        return None
    store = await tls.store(context)
    verified: Sequence[bytes] = () if store is None else await asyncio.to_thread(der_chain, pems, store)
    sent = tuple(ssl.PEM_cert_to_DER_cert(pem.decode("ascii", "replace")) for pem in pems)
    shown = Handshake(handle.tls_version, handle.cipher, None, handle.alpn, sent, tuple(verified))
    return await shown.evidence(context.certificates)


def _parsed(lines: Sequence[bytes]) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, protocol as `HTTP/1.1`, and headers of the last answer, names in lower case."""
    begins = max((number for number, line in enumerate(lines) if line.startswith(b"HTTP/")), default=-1)
    if begins < 0:
        return 0, "", []
    words = lines[begins].split(None, 2)
    version = words[0].decode("ascii", "replace")
    proto = version if "." in version else f"{version}.0"
    status = (whole_number(words[1].decode("latin-1")) or 0) if len(words) > 1 else 0
    headers: list[tuple[str, str]] = []
    for line in lines[begins + 1 :]:
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.strip().decode("latin-1").lower(), value.strip().decode("utf-8", "surrogateescape")))
    return status, proto, headers


def content_length(got: Got, method: str) -> int:
    """What the answer says of its length: -1 where it says nothing, 0 where it can have no body."""
    if not got.status:
        return 0
    if method != "HEAD" and (got.status in (204, 304) or got.status < 200):
        return 0
    if "chunked" in got.first("transfer-encoding").lower():
        return -1
    said = whole_number(got.first("content-length").strip())
    if said is not None:
        return said
    return 0 if got.proto in ("HTTP/2.0", "HTTP/3.0") and method != "HEAD" and not got.length else -1
