"""The options of a dns probe."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Self

import dns.exception
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.addresses import Node, SourceAddress, ip_of, split_address
from slamon.catalogue.base import Model, Options, Patterns, Truth, Whole, mistaken
from slamon.catalogue.probe_options import Family, IpFamily, Resolver, Tls
from slamon.catalogue.quantities import PositiveMs

SMALLEST_UDP, GREATEST_UDP = 512, 4096
MOST_SERVERS = 16
MOST_ANCHORS = 16

_TEXT_OR_LIST = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_NOT_ASKED = frozenset({"NONE", "OPT", "TSIG", "TKEY", "AXFR", "IXFR", "MAILA", "MAILB"})

_ANCHOR = re.compile(r"(\S+)\s+(?:[0-9]+\s+)?(?:IN\s+)?(DS|DNSKEY)\s+(.+)", re.IGNORECASE)

Anchor = tuple[dns.name.Name, dns.rdata.Rdata]
"""The zone, and a DS or DNSKEY of it."""


class Transport(StrEnum):
    """What carries questions and answers."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    HTTPS = "https"


PORTS = {Transport.UDP: 53, Transport.TCP: 53, Transport.TLS: 853, Transport.HTTPS: 443}
SECURE = frozenset({Transport.TLS, Transport.HTTPS})


class Truncation(StrEnum):
    """What is done about an answer over UDP that was cut."""

    RETRY = "retry"
    ACCEPT = "accept"


class RecordClass(StrEnum):
    """The classes there are."""

    INTERNET = "IN"
    CHAOS = "CH"
    HESIOD = "HS"


class Dnssec(StrEnum):
    """Who must have found the signatures good: the server, or we."""

    AD = "ad"
    VALIDATE = "validate"


PROVABLE = frozenset({"NOERROR", "NXDOMAIN"})
"""Response codes whose truth signatures can prove."""


class HttpsMethod(StrEnum):
    """How a question goes over HTTPS."""

    POST = "POST"
    GET = "GET"


def domain(text: str) -> dns.name.Name:
    """A name as DNS knows it, absolute; ValueError with an example otherwise."""
    try:
        return dns.name.from_text(text, idna_codec=dns.name.IDNA_2008_UTS_46)
    except (dns.exception.DNSException, UnicodeError, ValueError):
        raise ValueError("a domain name, for example www.example.org") from None


def _name(value: object) -> str:
    if not isinstance(value, str) or not value or any(character.isspace() for character in value):
        raise ValueError("a domain name, for example www.example.org")
    domain(value)
    return value


def _type(value: object) -> str:
    text = str(value).upper()
    try:
        sound = isinstance(value, str) and text not in _NOT_ASKED
        if not sound:
            raise ValueError(text)
        dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError):
        raise ValueError("a type of records, for example AAAA, MX or TYPE65280; zones are not transferred") from None
    return text


def _rcode(value: object) -> str:
    text = str(value).upper()
    try:
        if not isinstance(value, str) or text.isdigit():
            raise ValueError(text)
        return dns.rcode.to_text(dns.rcode.from_text(text))
    except (dns.exception.DNSException, ValueError):
        raise ValueError("a response code, for example NOERROR or NXDOMAIN") from None


def _listed(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def split_server(text: str) -> tuple[str, int | None]:
    """Host or address, without brackets, and the port if one is named."""
    try:
        return str(ipaddress.ip_address(text)), None
    except ValueError:
        return split_address(text) if ":" in text or "[" in text else (text, None)


def anchor(text: str) -> Anchor:
    """`example.org. DS 12345 13 2 ABCD...`, or DNSKEY; ValueError with an example otherwise."""
    found = _ANCHOR.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        return domain(found[1]), dns.rdata.from_text("IN", found[2].upper(), found[3])
    except (dns.exception.DNSException, ValueError):
        raise ValueError("a DS or DNSKEY record, for example example.org. DS 12345 13 2 9F86D081884C7D65...") from None


def _anchor(value: str) -> str:
    anchor(value)
    return value


def _path(value: str) -> str:
    if not value.startswith("/") or not value.isprintable() or any(mark in value for mark in " ?#{}"):
        raise ValueError("a path without a query, for example /dns-query")
    return value


Domain = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "examples": ["www.example.org"]})]
"""A domain name; with or without the dot at its end it is the whole name."""

RecordType = Annotated[str, BeforeValidator(_type), WithJsonSchema({"type": "string", "examples": ["AAAA"]})]
"""A type of records by name, or `TYPE` and its number."""

Rcode = Annotated[str, BeforeValidator(_rcode)]
"""A response code by name."""

TrustAnchor = Annotated[str, AfterValidator(_anchor)]
"""A DS or DNSKEY record as a zone file has it."""

Path = Annotated[str, AfterValidator(_path), WithJsonSchema({"type": "string", "pattern": "^/"})]
"""The path of a url."""


class DnsRecords(Model):
    """What a section of the answer must hold; patterns meet each record as one line, its parts separated by tabs."""

    min: Whole | None = Field(default=None, ge=0)
    """At least so many records."""
    matches: Patterns = ()
    """Regular expressions (RE2), each of which must match some record."""
    not_matches: Patterns = ()
    """Regular expressions (RE2), none of which may match any record."""
    all_match: Patterns = ()
    """Regular expressions (RE2), each of which must match every record; there must be one."""
    any_match: Patterns = ()
    """Regular expressions (RE2), one of which must match some record."""
    not_all_match: Patterns = ()
    """Regular expressions (RE2), one of which must not match some record; there must be one."""


class DnsExpect(Model):
    """What makes a dns probe up; every one must hold."""

    rcode: Annotated[
        tuple[Rcode, ...], BeforeValidator(_listed), Field(min_length=1), WithJsonSchema(_TEXT_OR_LIST)
    ] = ("NOERROR",)
    """Response codes, one of which it must be."""
    answers: DnsRecords | None = None
    """The answer section; default: one record at least, where `rcode` is NOERROR alone."""
    authority: DnsRecords | None = None
    """The authority section."""
    additional: DnsRecords | None = None
    """The additional section, without what belongs to the transport (OPT)."""
    same_serial_as: Annotated[
        tuple[Node, ...], BeforeValidator(_listed), Field(max_length=MOST_SERVERS), WithJsonSchema(_TEXT_OR_LIST)
    ] = ()
    """Further servers that must answer, and with the same SOA serial; with `type: SOA` only; at most 16."""
    degraded_over: PositiveMs | None = None
    """Degraded when the answer took longer."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate of the chain ends within so many days, 0 to 3650; expired is down."""


class DnsOptions(Options):
    """A dns probe: one question to one name server."""

    server: Node
    """The name server: an address or a host, perhaps with a port; default: that of the transport."""
    name: Domain
    """The name that is asked for; with or without the dot at its end it is the whole name."""
    type: RecordType = "A"
    """The type of records, by name or as `TYPE` with a number; `ANY` too, zone transfers not."""
    class_: RecordClass = Field(default=RecordClass.INTERNET, alias="class")
    """The class: `IN`, `CH` (as for `version.bind`) or `HS`."""
    recursion: Truth = True
    """Whether the server is asked to ask others: true for a resolver, false for a zone's own server."""
    transport: Transport = Transport.UDP
    """`udp` and `tcp` (port 53), `tls` (DoT, port 853) or `https` (DoH, port 443)."""
    on_truncation: Truncation = Truncation.RETRY
    """An answer over UDP that was cut: `retry` asks again over TCP; `accept` takes what there is, over TCP as well."""
    udp_size: Whole = Field(default=1232, ge=0, le=GREATEST_UDP)
    """So many bytes of answer we take over UDP (EDNS), 512 to 4096; `0` asks without EDNS."""
    strict: Truth = True
    """An answer must say that it is one, repeat the question and have nothing behind it; `false`: its number does."""
    source_address: SourceAddress | None = None
    """The address of this machine that questions are sent from, not over HTTPS; default: the one the route wants."""
    method: HttpsMethod = HttpsMethod.POST
    """How the question goes over HTTPS: `POST` or `GET`."""
    path: Path = "/dns-query"
    """Where questions go over HTTPS."""
    dnssec: Dnssec | None = None
    """`ad`: the server must say that the signatures are good; `validate`: we check them, from `trust_anchors` on."""
    trust_anchors: Annotated[tuple[TrustAnchor, ...], Field(max_length=MOST_ANCHORS)] = ()
    """DS or DNSKEY records of one zone at or above the name, which are believed; at most 16."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves the name of the server: `ares` (hosts file and name servers), or `system` (all the system has)."""
    tls: Tls = None
    """TLS options; for `tls` and `https` only."""
    expect: DnsExpect = Field(default_factory=DnsExpect)
    """What makes it up; everything must hold."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if 0 < self.udp_size < SMALLEST_UDP:
            raise mistaken(f"{self.udp_size}", "0, or 512 to 4096 bytes", "udp_size")
        if self.tls is not None and self.transport not in SECURE:
            raise mistaken(f"tls over {self.transport}", "transport: tls or https beside it", "tls")
        for key in ("method", "path"):
            if key in self.model_fields_set and self.transport is not Transport.HTTPS:
                raise mistaken(f"{key} without HTTPS", "transport: https beside it", key)
        if self.expect.same_serial_as and self.type != "SOA":
            raise mistaken(f"type {self.type}", "type: SOA beside it", "expect", "same_serial_as")
        if self.dnssec is not None and not self.udp_size:
            raise mistaken("dnssec without EDNS", "udp_size above 0 beside it", "udp_size")
        return self

    @model_validator(mode="after")
    def _from_here(self) -> Self:
        if self.source_address is None:
            return self
        if self.transport is Transport.HTTPS:
            raise mistaken("source_address over HTTPS", "transport: udp, tcp or tls beside it", "source_address")
        source = IpFamily.V6 if ":" in self.source_address else IpFamily.V4
        servers = (ip_of(split_server(server)[0]) for server in (self.server, *self.expect.same_serial_as))
        others = any(ip is not None and f"{ip.version}" != source for ip in servers)
        if self.ip_family not in (IpFamily.ANY, source) or others:
            raise mistaken(f"an IPv{source} address", "one of the family that is probed", "source_address")
        return self

    @model_validator(mode="after")
    def _anchored(self) -> Self:
        validates = self.dnssec is Dnssec.VALIDATE
        if validates is not bool(self.trust_anchors):
            found = "validate without trust anchors" if validates else "trust anchors alone"
            raise mistaken(found, "dnssec: validate and trust_anchors together", "trust_anchors")
        if not validates:
            return self
        if self.on_truncation is Truncation.ACCEPT:
            raise mistaken("another value", "whole answers beside dnssec: validate", "on_truncation")
        if not PROVABLE.issuperset(self.expect.rcode):
            raise mistaken("another value", "NOERROR or NXDOMAIN beside dnssec: validate", "expect", "rcode")
        owners = {anchor(text)[0] for text in self.trust_anchors}
        if len(owners) > 1 or not domain(self.name).is_subdomain(next(iter(owners))):
            raise mistaken("other names", "records of one zone, which is the name's or above it", "trust_anchors")
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return f"{self.name} {self.type} @{self.server}"
