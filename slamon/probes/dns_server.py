"""One name server: asked over the transport of the check, its answers read."""

import secrets
import ssl

from slamon.catalogue.kinds.dns import PORTS, SECURE, DnsOptions, Transport, Truncation, split_server
from slamon.catalogue.probe_options import IpFamily
from slamon.errors import ConfigurationError
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course
from slamon.probes.dns_carriers import Carrier, Datagrams, Secure, Stream, Way
from slamon.probes.dns_https import Https
from slamon.probes.dns_message import Answer, Question, in_thread, load_types, numbered, read, worked_out
from slamon.probes.hosts import Host, named_host
from slamon.probes.redirects import Place


class NameServer:
    """Made ready once. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(
        self,
        server: str,
        options: DnsOptions,
        context: ProbeContext,
        tls: ssl.SSLContext | None = None,
        key: str = "server",
    ) -> None:
        """`tls`: see `DnsProbe`. `key`: where the server stands in the options, for errors."""
        self.whom = server
        written, port = split_server(server)
        self._port = port or PORTS[options.transport]
        self._name = named_host(written, key)
        self._over_https = options.transport is Transport.HTTPS
        self._ready = False
        self._asked: tuple[Question, bytes] | None = None
        self._carrier = self._carried(options, context, tls, key)

    async def ask(self, question: Question, course: Course, deadline: float) -> Answer:
        """The answer. Raises Failure, or ProbeNotRunError when it is our fault."""
        if not self._ready:
            await in_thread(load_types, deadline)
            self._ready = True
        number = 0 if self._over_https else secrets.randbits(16)  # RFC 8484 wants 0, so that caches know the question
        wire = await self._carrier.carry(numbered(self._wire(question), number), course, deadline)
        return await worked_out(len(wire), lambda: read(wire, number, question, self.whom), deadline)

    def _wire(self, question: Question) -> bytes:
        """The message of the last question is kept: it is mostly the next one as well."""
        if self._asked is None or self._asked[0] != question:
            self._asked = question, question.wire()
        return self._asked[1]

    def _carried(self, options: DnsOptions, context: ProbeContext, tls: ssl.SSLContext | None, key: str) -> Carrier:
        host = Host(self._name, _family(options), options.resolver, context, key)
        if options.transport is Transport.HTTPS:
            return Https(self.whom, Place("https", self._name, self._port, options.path), options, context)
        way, takes_cut = Way(self.whom, host, self._port, options.source_address), _takes_cut(options)
        over_tls = options.transport in SECURE
        secure = Secure(_server_name(options, self._name), options.tls, tls) if over_tls else None
        stream = Stream(way, context, secure, takes_cut=takes_cut)
        if options.transport is not Transport.UDP:
            return stream
        return Datagrams(way, context.clock, None if takes_cut else stream)


def _takes_cut(options: DnsOptions) -> bool:
    return options.on_truncation is Truncation.ACCEPT


def _family(options: DnsOptions) -> IpFamily:
    """That of the address to come from, where one is given."""
    if options.source_address is None:
        return options.ip_family
    return IpFamily.V6 if ":" in options.source_address else IpFamily.V4


def _server_name(options: DnsOptions, host: str) -> str:
    named = options.tls.server_name if options.tls is not None else None
    if named is None:
        return host.rstrip(".").partition("%")[0]
    try:
        return named_host(named, "tls.server_name")
    except ConfigurationError:
        raise ConfigurationError(f"tls.server_name: {named!r} is no host, for example dns.example.org") from None
