"""The modules of a blackbox.yml: http, tcp, icmp, dns, grpc, unix, websocket."""

from typing import Annotated, Any, Literal, Self

import dns.rdataclass
import dns.rdatatype
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from slamon.catalogue.base import mistaken
from slamon.catalogue.blackbox.client import ClientConfig, HeaderValues, Section, TlsConfig
from slamon.catalogue.blackbox.values import Bytes, Cel, Flag, Regexp, Regexps, Seconds, Text, TextMap, Texts, Whole

PROBERS = ("http", "tcp", "icmp", "dns", "grpc", "unix", "websocket")
PLAIN_PORTS = 255


def _family(value: str) -> str:
    """Anything but ip6 is taken for ip4, as there."""
    return value


Family = Annotated[Text, AfterValidator(_family)]


class HeaderMatch(Section):
    """A header and a pattern."""

    header: Text = ""
    """The header's name."""
    regexp: Regexp = ""
    """The pattern."""
    allow_missing: Flag = False
    """Whether the header may be absent."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.header:
            raise mistaken("no header", "the key header, a header's name")
        if not self.regexp:
            raise mistaken("no regexp", "the key regexp, a regular expression")
        return self


class HttpModule(ClientConfig):
    """One request, its redirects, and what makes it fail."""

    valid_status_codes: Annotated[tuple[Whole, ...], Field(default=())]
    """Status codes that will do; default: 200 to 299."""
    valid_http_versions: Texts
    """Versions that will do, such as HTTP/1.1 or HTTP/2.0; default: any."""
    preferred_ip_protocol: Family = ""
    """`ip6` (default) or `ip4`."""
    ip_protocol_fallback: Flag = True
    """Whether the other family will do."""
    skip_resolve_phase_with_proxy: Flag = False
    """Leave the name to the proxy."""
    no_follow_redirects: Flag | None = None
    """The older way to write `follow_redirects: false`."""
    fail_if_ssl: Flag = False
    """Fail when the last answer came over TLS."""
    fail_if_not_ssl: Flag = False
    """Fail when it did not."""
    method: Text = ""
    """The method; default: GET."""
    headers: TextMap
    """Headers of the request; Host is the name that is asked for."""
    fail_if_body_matches_regexp: Regexps
    """Fail when one of these matches the body."""
    fail_if_body_not_matches_regexp: Regexps
    """Fail when one of these does not."""
    fail_if_body_json_matches_cel: Cel | None = None
    """Fail when this is true of the body as JSON."""
    fail_if_body_json_not_matches_cel: Cel | None = None
    """Fail when this is not."""
    fail_if_header_matches: Annotated[tuple[HeaderMatch, ...], Field(default=())]
    """Fail when a value of the header matches."""
    fail_if_header_not_matches: Annotated[tuple[HeaderMatch, ...], Field(default=())]
    """Fail when no value of the header does."""
    body: Text = ""
    """The body of the request."""
    body_file: Text = ""
    """A file with the body of the request; instead of `body`."""
    compression: Text = ""
    """How the answer is compressed: gzip, br, deflate, identity."""
    body_size_limit: Bytes = 0
    """Fail when the body is longer, decompressed; 0 for no limit."""
    enable_http3: Flag = False
    """Speak HTTP/3 only."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.body and self.body_file:
            raise mistaken("body and body_file", "one of them", "body_file")
        for name, value in self.headers.items():
            if name.lower() == "accept-encoding" and not _acceptable(self.compression, value):
                raise mistaken(f"{self.compression}, which the header {name} excludes", "one that it names", "headers")
        self._versions()
        return self

    def _versions(self) -> None:
        if not self.enable_http3:
            if "HTTP/3.0" in self.valid_http_versions:
                raise mistaken("HTTP/3.0", "enable_http3: true beside it", "valid_http_versions")
            return
        if {"HTTP/2.0", "HTTP/1.1"} & set(self.valid_http_versions):
            raise mistaken("an older version", "HTTP/3.0 alone where enable_http3 is true", "valid_http_versions")
        if self.enable_http2:
            raise mistaken("enable_http3 beside enable_http2", "enable_http2: false beside it", "enable_http3")

    @property
    def follows(self) -> bool:
        """Whether redirects are followed, whichever key says so."""
        return self.follow_redirects if self.no_follow_redirects is None else not self.no_follow_redirects


def _acceptable(compression: str, accepted: str) -> bool:
    if not compression or not accepted:
        return True
    codings: list[tuple[float, str]] = []
    for part in accepted.split(","):
        coding, semicolon, quality = part.rpartition(";") if ";" in part else (part, "", "")
        codings.append((_quality(quality) if semicolon else 1.0, coding.strip()))
    for quality_, coding in sorted(codings, key=lambda pair: -pair[0]):
        if coding in (compression, "*"):
            return quality_ > 0
    return False


def _quality(text: str) -> float:
    try:
        return round(float(text.strip().removeprefix("q=")), 3)
    except ValueError:
        return 0.0


class Label(Section):
    """A label of `probe_expect_info`."""

    name: Text = ""
    """The label's name."""
    value: Text = ""
    """Its value, `${1}` for what was captured."""


class QueryResponse(Section):
    """One step of a dialogue: wait for something, send something, begin TLS."""

    expect: Regexp | None = None
    """Wait for a line that matches."""
    expect_bytes: Text = ""
    """Wait for these bytes; instead of `expect`."""
    labels: Annotated[tuple[Label, ...] | None, Field(default=None)]
    """Labels of what was captured."""
    send: Text = ""
    """Send this line, `${1}` for what was captured."""
    starttls: Flag = False
    """Begin TLS now."""

    @model_validator(mode="after")
    def _one_wait(self) -> Self:
        if self.expect is not None and self.expect_bytes:
            raise mistaken("expect and expect_bytes", "one of them", "expect_bytes")
        return self


class StreamModule(Section):
    """A connection, perhaps with TLS, perhaps with a dialogue."""

    query_response: Annotated[tuple[QueryResponse, ...], Field(default=())]
    """The dialogue, step by step."""
    tls: Flag = False
    """Whether TLS begins at once."""
    tls_config: TlsConfig = Field(default_factory=TlsConfig)
    """TLS towards the target."""


class TcpModule(StreamModule):
    """A TCP connection."""

    preferred_ip_protocol: Family = ""
    """`ip6` (default) or `ip4`."""
    ip_protocol_fallback: Flag = True
    """Whether the other family will do."""
    source_ip_address: Text = ""
    """The address of this machine to connect from."""


class UnixModule(StreamModule):
    """A connection to a Unix socket."""


class IcmpModule(Section):
    """An echo request."""

    preferred_ip_protocol: Family = ""
    """`ip6` (default) or `ip4`."""
    ip_protocol_fallback: Flag = True
    """Whether the other family will do."""
    source_ip_address: Text = ""
    """The address of this machine to send from."""
    payload_size: Whole = 0
    """Bytes of payload; default: 28."""
    dont_fragment: Flag = False
    """Whether a packet that is too big fails instead of being cut; IPv4 only."""
    ttl: Whole = 64
    """How many hops a packet may take, up to 255."""

    @model_validator(mode="after")
    def _in_bounds(self) -> Self:
        if not 0 <= self.ttl <= PLAIN_PORTS:
            raise mistaken(str(self.ttl), "a ttl from 0 to 255", "ttl")
        return self


class RecordChecks(Section):
    """What the records of one part of an answer must be, as the text of a zone file."""

    fail_if_matches_regexp: Regexps
    """Fail when one of these matches one record."""
    fail_if_all_match_regexp: Regexps
    """Fail unless one of these does not match one record."""
    fail_if_not_matches_regexp: Regexps
    """Fail when one of these does not match one record, or there is none."""
    fail_if_none_matches_regexp: Regexps
    """Fail when none of these matches any record."""


def _rr_class(value: str) -> str:
    try:
        known = value == value.upper() and dns.rdataclass.from_text(value) is not None
    except (dns.rdataclass.UnknownRdataclass, ValueError):
        known = False
    if value and not known:
        raise ValueError("a class of DNS, for example IN or CH")
    return value


def _rr_type(value: str) -> str:
    try:
        known = value == value.upper() and dns.rdatatype.from_text(value) is not None
    except (dns.rdatatype.UnknownRdatatype, ValueError):
        known = False
    if value and not known:
        raise ValueError("a type of DNS, for example A or SOA")
    return value


class DnsModule(Section):
    """A question to a name server."""

    preferred_ip_protocol: Family = ""
    """`ip6` (default) or `ip4`."""
    ip_protocol_fallback: Flag = True
    """Whether the other family will do."""
    dns_over_tls: Flag = False
    """Ask over TLS; with `transport_protocol: tcp` only."""
    tls_config: TlsConfig = Field(default_factory=TlsConfig)
    """TLS towards the name server."""
    source_ip_address: Text = ""
    """The address of this machine to ask from."""
    transport_protocol: Text = ""
    """`udp` (default) or `tcp`."""
    query_class: Annotated[Text, AfterValidator(_rr_class)] = ""
    """The class; default: IN."""
    query_name: Text = ""
    """The name that is asked for."""
    query_type: Annotated[Text, AfterValidator(_rr_type)] = ""
    """The type; default: ANY."""
    recursion_desired: Flag = True
    """Whether the server is to ask others."""
    valid_rcodes: Annotated[tuple[Text, ...] | None, Field(default=None)]
    """Response codes that will do; default: NOERROR."""
    validate_answer_rrs: RecordChecks = Field(default_factory=lambda: RecordChecks.model_validate({}))
    """The records of the answer."""
    validate_authority_rrs: RecordChecks = Field(default_factory=lambda: RecordChecks.model_validate({}))
    """The records of the authority section."""
    validate_additional_rrs: RecordChecks = Field(default_factory=lambda: RecordChecks.model_validate({}))
    """The records of the additional section."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.query_name and self.model_fields_set:
            raise mistaken("no query_name", "the key query_name, the name that is asked for")
        return self


class GrpcModule(Section):
    """A question to gRPC's health service."""

    service: Text = ""
    """The service's name; default: the server as a whole."""
    tls: Flag = False
    """Whether TLS is spoken."""
    tls_config: TlsConfig = Field(default_factory=TlsConfig)
    """TLS towards the target."""
    ip_protocol_fallback: Flag = True
    """Whether the other family will do."""
    preferred_ip_protocol: Family = ""
    """`ip6` (default) or `ip4`."""
    metadata: Annotated[dict[Text, tuple[Text, ...]], Field(default_factory=dict)]
    """Metadata of the request by key, each a list of texts."""


class WebsocketModule(Section):
    """A handshake, perhaps a dialogue of messages."""

    http_config: ClientConfig = Field(default_factory=lambda: ClientConfig.model_validate({}))
    """The client of the handshake."""
    headers: Annotated[dict[Text, HeaderValues], Field(default_factory=dict)]
    """Headers of the handshake."""
    query_response: Annotated[tuple[QueryResponse, ...], Field(default=())]
    """The dialogue, step by step."""
    preferred_ip_protocol: Family = ""
    """`ip6` (default) or `ip4`."""
    ip_protocol_fallback: Flag = True
    """Whether the other family will do."""


def _empty(model: type[Section]) -> Any:
    return Field(default_factory=lambda: model.model_validate({}))


class Module(Section):
    """One way to probe. Options of other probers than its own are read, and not used."""

    prober: Annotated[Literal["http", "tcp", "icmp", "dns", "grpc", "unix", "websocket"], BeforeValidator(str)]
    """http, tcp, icmp, dns, grpc, unix or websocket."""
    timeout: Seconds = 0.0
    """The longest that a probe may take; default: what the scrape leaves."""
    http: HttpModule = _empty(HttpModule)
    """Options of the prober http."""
    tcp: TcpModule = _empty(TcpModule)
    """Options of the prober tcp."""
    icmp: IcmpModule = _empty(IcmpModule)
    """Options of the prober icmp."""
    dns: DnsModule = _empty(DnsModule)
    """Options of the prober dns."""
    grpc: GrpcModule = Field(default_factory=lambda: GrpcModule.model_validate({"ip_protocol_fallback": "no"}))
    """Options of the prober grpc; without them no other family will do."""
    unix: UnixModule = _empty(UnixModule)
    """Options of the prober unix."""
    websocket: WebsocketModule = _empty(WebsocketModule)
    """Options of the prober websocket."""


class BlackboxFile(Section):
    """A blackbox.yml."""

    modules: Annotated[dict[Text, Module], Field(default_factory=dict)]
    """The modules by name."""
