"""A way to a target through a module's proxy, for dialogues of our own: HTTP's CONNECT, or SOCKS5.

The proxy is connected to where it was checked, and is asked for the address that was chosen, not for a name.
"""

import ipaddress
from base64 import b64encode
from urllib.parse import unquote, urlsplit

import h11

from slamon.blackbox.material import material
from slamon.blackbox.requests import AGENT
from slamon.blackbox.run import Run
from slamon.catalogue.blackbox.client import ClientConfig
from slamon.catalogue.probe_options import IpFamily
from slamon.errors import ConfigurationError
from slamon.probes.connecting import connected
from slamon.probes.course import Failure
from slamon.probes.curl_settings import Proxy
from slamon.probes.outcome import Reason
from slamon.probes.wire import Wire

MOST_READ = 64 * 1024
"""Bytes of a proxy's answer."""

SOCKS = ("socks5", "socks5h")
SECURE = "https"
VERSION, CONNECT, NO_LOGIN, LOGIN, GRANTED = 5, 1, 0, 2, 0
LENGTHS = {1: 4, 4: 16}


async def tunnelled(run: Run, proxy_url: str, config: ClientConfig, address: str, port: int) -> Wire:
    """A connection to the address, as if there were no proxy. Raises Failure, Failed, RefusedError, MaterialError."""
    try:
        proxy = Proxy.of(proxy_url)
    except ConfigurationError:
        raise run.failed("the proxy is no url of http, https or socks5") from None
    found = await run.hosts.addresses(proxy.host, IpFamily.ANY, run.deadline)
    run.guard.addresses(proxy.host, found)
    whom = f"the proxy {proxy.host}:{proxy.port}"
    wire = Wire(await connected(found, proxy.port, whom), whom)
    try:
        scheme = urlsplit(proxy.url).scheme
        if scheme == SECURE:
            context = await (await material(config.tls_config)).context(run.context)
            await wire.begin_tls(context, config.tls_config.server_name or proxy.host)
        if scheme in SOCKS:
            await _socks(wire, proxy, address, port, whom)
        else:
            await _connect(wire, proxy, config, address, port, whom)
    except BaseException:
        wire.close()
        raise
    return wire


def _login(proxy: Proxy) -> tuple[str, str] | None:
    parts = urlsplit(proxy.url)
    return None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))


async def _connect(wire: Wire, proxy: Proxy, config: ClientConfig, address: str, port: int, whom: str) -> None:
    """Ask for a tunnel, and read that it stands."""
    authority = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    headers = [("Host", authority), ("User-Agent", AGENT)]
    login = _login(proxy)
    if login is not None:
        headers.append(("Proxy-Authorization", f"Basic {b64encode(':'.join(login).encode()).decode('ascii')}"))
    for name, values in config.proxy_connect_header.items():
        headers += [(name, value.reveal()) for value in values if value is not None]
    connection, read = h11.Connection(h11.CLIENT), 0
    try:
        asked = h11.Request(method="CONNECT", target=authority, headers=headers)
    except h11.LocalProtocolError:
        raise Failure(Reason.PROTOCOL, "proxy_connect_header holds what cannot be sent") from None
    await wire.send((connection.send(asked) or b"") + (connection.send(h11.EndOfMessage()) or b""))
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await wire.receive()
                read += len(data)
                if not data or read > MOST_READ:
                    raise Failure(Reason.PROTOCOL, f"{whom} did not answer")
                connection.receive_data(data)
            elif isinstance(event, h11.Response):
                if not 200 <= event.status_code < 300 or connection.trailing_data[0]:
                    raise Failure(Reason.STATUS, f"{whom} answered {event.status_code} when asked for a tunnel")
                return
    except h11.RemoteProtocolError:
        raise Failure(Reason.PROTOCOL, f"{whom} did not answer in HTTP") from None


async def _socks(wire: Wire, proxy: Proxy, address: str, port: int, whom: str) -> None:
    """RFC 1928, and RFC 1929 where the url holds a login."""
    login = _login(proxy)
    words = tuple(word.encode()[:255] for word in login or ())
    await wire.send(bytes((VERSION, 1, LOGIN if login else NO_LOGIN)))
    reading = _Reading(wire, whom)
    if await reading.exactly(2) != bytes((VERSION, LOGIN if login else NO_LOGIN)):
        raise Failure(Reason.PROTOCOL, f"{whom} does not take {'our login' if login else 'us without a login'}")
    if words:
        await wire.send(b"\x01" + b"".join(bytes((len(word),)) + word for word in words))
        if (await reading.exactly(2))[1] != GRANTED:
            raise Failure(Reason.PROTOCOL, f"{whom} refused our login")
    ip = ipaddress.ip_address(address.partition("%")[0])
    kind = 1 if ip.version == 4 else 4
    await wire.send(bytes((VERSION, CONNECT, 0, kind)) + ip.packed + port.to_bytes(2, "big"))
    version, code, _, bound = await reading.exactly(4)
    if version != VERSION or code != GRANTED:
        raise Failure(Reason.PROTOCOL, f"{whom} refused to connect us (code {code})")
    length = LENGTHS[bound] if bound in LENGTHS else (await reading.exactly(1))[0]
    await reading.exactly(length + 2)
    if reading.left:
        raise Failure(Reason.PROTOCOL, f"{whom} sent more than its answer")


class _Reading:
    """Reads so many bytes and no more."""

    def __init__(self, wire: Wire, whom: str) -> None:
        self._wire = wire
        self._whom = whom
        self.left = b""

    async def exactly(self, count: int) -> bytes:
        """The next so many. Raises Failure (protocol)."""
        while len(self.left) < count:
            data = await self._wire.receive()
            if not data:
                raise Failure(Reason.PROTOCOL, f"{self._whom} closed the connection")
            self.left += data
        found, self.left = self.left[:count], self.left[count:]
        return found
