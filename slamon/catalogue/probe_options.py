"""How an endpoint is probed and what is expected of it: the options of each probe kind."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

import re2
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from slamon.catalogue.addresses import Address, HeaderName, Method, Node, OneLine, ProxyUrl, ServerName, Url
from slamon.catalogue.addresses import split_address as split_address
from slamon.catalogue.base import Model, Number, Options, Pattern, Patterns, Texts, Truth, Whole, mistaken
from slamon.catalogue.quantities import PositiveMs, SizeBytes
from slamon.catalogue.secret import Secret

MIB = 2**20
DEFAULT_REDIRECTS = 10
_JSON_STEP = r"""(?:\.?[^.\[\]"']+|\.?\[-?[0-9]{1,9}\]|\.?\["[^"]*"\]|\.?\['[^']*'\])"""
_JSON_PATH = re.compile(rf"\$?\.?{_JSON_STEP}*")
_HEX = re.compile(r"\s*(?:[0-9A-Fa-f]{2}\s*)+")
_HEX_PATTERN = re.compile(r"\s*(?:(?:[0-9A-Fa-f]{2}|\?\?)\s*)+")
CAPTURE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


class IpFamily(StrEnum):
    """Which addresses of a name are tried: one family, any (the first to answer), or both (each must answer)."""

    V4 = "4"
    V6 = "6"
    ANY = "any"
    BOTH = "both"


def _family(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Family = Annotated[
    IpFamily, BeforeValidator(_family), WithJsonSchema({"enum": ["4", "6", "any", "both", 4, 6], "default": "any"})
]


class Resolver(StrEnum):
    """Who resolves names: c-ares (hosts and resolv.conf), or the system (nsswitch, in threads)."""

    ARES = "ares"
    SYSTEM = "system"


def _version(value: object) -> object:
    """`1.2` without quotes is a number in YAML, and meant as written."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


TlsVersion = Annotated[
    Literal["1.0", "1.1", "1.2", "1.3"],
    BeforeValidator(_version),
    WithJsonSchema({"enum": ["1.0", "1.1", "1.2", "1.3", 1.0, 1.1, 1.2, 1.3], "default": "1.2"}),
]
HttpVersion = Annotated[
    Literal["auto", "1.1", "2", "3"],
    BeforeValidator(_version),
    WithJsonSchema({"enum": ["auto", "1.1", "2", "3", 1.1, 2, 3], "default": "auto"}),
]


class TlsOptions(Model):
    """TLS: whom to trust, who we are, what we insist on."""

    ca_file: Path | None = None
    """Trusted authorities in PEM; default: those of the system."""
    certificate: Path | None = None
    """Our own certificate in PEM, where the server asks for one."""
    key: Path | None = None
    """Its key in PEM; default: in the file of `certificate`."""
    server_name: ServerName | None = None
    """The name that is asked for and that the certificate must bear; default: the host."""
    min_version: TlsVersion = "1.2"
    """The oldest version of TLS that will do."""
    max_version: TlsVersion | None = None
    """The newest version of TLS that is offered; default: the newest there is."""
    skip_verification: Truth = False
    """Accept any certificate; its expiry is read all the same."""

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise mistaken("a key alone", "certificate beside it, both files in PEM", "key")
        if self.max_version is not None and self.max_version < self.min_version:
            raise mistaken("a version older than min_version", f"{self.min_version} or a newer one", "max_version")
        return self


def _tls(value: object) -> object:
    return {} if value is True else None if value is False else value


Tls = Annotated[TlsOptions | None, BeforeValidator(_tls)]
"""`true`, or the options."""


def _username(value: str) -> str:
    if re.search(r"[:\x00-\x1f]", value):
        raise ValueError("a user's name without a colon")
    return value


Username = Annotated[str, AfterValidator(_username)]


class BasicAuth(Model):
    """User and password for basic authentication."""

    username: Username
    """The user; without a colon."""
    password: OneLine
    """The password; may be a secret."""


def _plain(value: object) -> object:
    if value is not None and not isinstance(value, (str, int, float)):
        raise ValueError("a text, a number, true, false or null")
    return value


Plain = Annotated[
    str | int | float | bool | None,
    PlainValidator(_plain),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
"""A plain value of JSON."""


def _json_path(value: str) -> str:
    if not value or not _JSON_PATH.fullmatch(value):
        raise ValueError("a path into JSON, for example status or nodes[0].name")
    return value


JsonPath = Annotated[str, AfterValidator(_json_path)]


class JsonExpectation(Model):
    """One comparison with what stands at a path of the JSON body: `a.b[0].c`."""

    path: JsonPath
    """Where in the body: `status`, `nodes[0].name`, `["a key"].b`."""
    equals: Plain = None
    """It is this."""
    not_equals: Plain = None
    """It is there and is not this."""
    above: Number | None = None
    """It is a number greater than this."""
    below: Number | None = None
    """It is a number less than this."""
    matches: Pattern | None = None
    """It matches this regular expression (RE2)."""
    exists: Truth | None = None
    """It is there (true) or is not (false)."""

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if not self.model_fields_set - {"path"}:
            raise mistaken("a path alone", "one of equals, not_equals, above, below, matches, exists beside it")
        return self


def _status(value: object) -> str:
    text = str(value)
    code = text.isascii() and text.isdigit() and len(text) == 3 and "1" <= text[0] <= "5"
    if isinstance(value, bool) or not (code or (len(text) == 3 and text[0] in "12345" and text[1:] == "xx")):
        raise ValueError("a status code or class, for example 200 or 2xx")
    return text


Status = Annotated[str, BeforeValidator(_status), WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]})]


class HttpExpect(Model):
    """What makes an http probe up; every one must hold."""

    status: tuple[Status, ...] = Field(default=("2xx",), min_length=1)
    """Status codes or classes, one of which it must be."""
    body_contains: Texts = ()
    """Texts that must all be in the body."""
    body_matches: Patterns = ()
    """Regular expressions (RE2) that must all match the body."""
    body_not_matches: Patterns = ()
    """Regular expressions (RE2) none of which may match the body."""
    headers: dict[HeaderName, Pattern] = Field(default_factory=dict)
    """Regular expressions (RE2) that headers of these names must match."""
    json_: tuple[JsonExpectation, ...] = Field(default=(), alias="json")
    """Comparisons with the body as JSON."""
    degraded_over: PositiveMs | None = None
    """Degraded when the probe took longer."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate of the chain ends within so many days, 0 to 3650; expired is down."""


def _redirects(value: object) -> object:
    if isinstance(value, bool):
        return DEFAULT_REDIRECTS if value else 0
    return value


Redirects = Annotated[
    Whole,
    BeforeValidator(_redirects),
    Field(ge=0, le=50),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0, "maximum": 50}]}),
]
"""How many are followed: a number, true for the usual ones, false for none."""


def _header_values(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: v if isinstance(v, (list, tuple)) and v else [v] for name, v in value.items()}


Headers = Annotated[
    dict[HeaderName, tuple[OneLine, ...]],
    BeforeValidator(_header_values),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        }
    ),
]


class HttpOptions(Options):
    """An http probe. Header values, body, bearer and passwords may be secrets."""

    url: Url
    """What is asked for: http or https, without credentials."""
    method: Method = "GET"
    """The method, in capitals."""
    headers: Headers = Field(default_factory=dict)
    """Headers of the request by name, each a text or a list of texts (sent repeatedly); values may be secrets."""
    body: Secret | None = None
    """The body of the request; may be a secret."""
    body_file: Path | None = None
    """The body from a file, beside this one or with its whole path; instead of `body`."""
    basic_auth: BasicAuth | None = None
    """User and password; kept from other hosts on redirects."""
    bearer: OneLine | None = None
    """A bearer token; may be a secret; instead of `basic_auth`; kept from other hosts on redirects."""
    follow_redirects: Redirects = DEFAULT_REDIRECTS
    """How many redirects are followed: true (10), false (none), or 0 to 50."""
    proxy: ProxyUrl | None = None
    """A proxy: http, https, socks5 or socks5h; may hold credentials and be a secret."""
    http_version: HttpVersion = "auto"
    """The version that is spoken, or `auto` for the best that both know."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolve_to: Node | None = None
    """One node behind the name: an address or a host, perhaps with a port."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    connection: Literal["fresh", "reuse"] = "fresh"
    """A new connection each time, or a kept one."""
    tls: Tls = None
    """TLS options; for https only."""
    body_limit: SizeBytes = MIB
    """So much of the body is read, decompressed; what is beyond is not."""
    expect: HttpExpect = Field(default_factory=HttpExpect)
    """What makes it up; everything must hold."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.body is not None and self.body_file is not None:
            raise mistaken("body and body_file", "one of them", "body_file")
        if self.basic_auth is not None and self.bearer is not None:
            raise mistaken("basic_auth and bearer", "one of them", "bearer")
        if self.http_version == "3" and self.url.startswith("http:"):
            raise mistaken("version 3 of a url of http", "a url of https, or another version", "http_version")
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.url


class TcpExpect(Model):
    """What makes a tcp probe degraded though it answers."""

    degraded_over: PositiveMs | None = None
    """Degraded when the probe took longer."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate of the chain ends within so many days, 0 to 3650; expired is down."""


def _hex(value: Secret) -> Secret:
    if not _HEX.fullmatch(value.reveal()):
        raise ValueError("bytes in hexadecimal, for example 00 00 00 08 04 d2 16 2f")
    return value


def _hex_pattern(value: str) -> str:
    if not _HEX_PATTERN.fullmatch(value):
        raise ValueError("bytes in hexadecimal, ?? for any, for example 52 ?? ?? ?? 08")
    return value


HexSecret = Annotated[Secret, AfterValidator(_hex)]
"""Bytes in hexadecimal, which may be a secret."""

HexPattern = Annotated[
    str, AfterValidator(_hex_pattern), WithJsonSchema({"type": "string", "pattern": f"^{_HEX_PATTERN.pattern}$"})
]
"""Bytes in hexadecimal, `??` for any byte."""


class DialogueStep(Model):
    """One step: wait for a line (RE2; captures as `${1}` or `${name}`) or for bytes, send something, or begin TLS."""

    expect: Pattern | None = None
    """Wait for a line that matches (RE2); captures may be sent later as `${1}` or `${name}`."""
    expect_hex: HexPattern | None = None
    """Wait for these bytes, in hexadecimal, `??` for any byte; instead of `expect`."""
    reject: Pattern | None = None
    """Down at once when a line that matches (RE2) comes instead of the expected one."""
    reject_hex: HexPattern | None = None
    """Down at once when these bytes come before the expected ones; `??` for any byte."""
    send: Secret | None = None
    r"""Send this text, `\r\n` written out; may be a secret."""
    send_hex: HexSecret | None = None
    """Send these bytes, in hexadecimal; instead of `send`; a secret is never shown, bytes that stand here may be."""
    starttls: Truth = False
    """Begin TLS now, with the options of `tls`."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.expect is not None and self.expect_hex is not None:
            raise mistaken("expect and expect_hex", "one of them", "expect_hex")
        if self.send is not None and self.send_hex is not None:
            raise mistaken("send and send_hex", "one of them", "send_hex")
        if self.reject is not None and self.expect is None:
            raise mistaken("reject without a line to wait for", "expect beside it", "reject")
        if self.reject_hex is not None and self.expect_hex is None:
            raise mistaken("reject_hex without bytes to wait for", "expect_hex beside it", "reject_hex")
        if all(part is None for part in (self.expect, self.expect_hex, self.send, self.send_hex)) and not self.starttls:
            raise mistaken("an empty step", "expect, expect_hex, send, send_hex or starttls: true")
        return self


def captures_of(pattern: str) -> set[str]:
    """What a pattern captures, by number and by name."""
    compiled = re2.compile(pattern)
    return {str(number) for number in range(1, compiled.groups + 1)} | set(compiled.groupindex)


class TcpOptions(Options):
    """A tcp probe: connect, TLS at once or where the dialogue says `starttls`, perhaps a dialogue."""

    address: Address
    """`host:port`, IPv6 in brackets."""
    tls: Tls = None
    """TLS from the start: true or its options; with a `starttls` step from there on."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    dialogue: tuple[DialogueStep, ...] = ()
    """What is said, step by step."""
    expect: TcpExpect = Field(default_factory=TcpExpect)
    """What makes it degraded."""

    @model_validator(mode="after")
    def _sends_what_was_captured(self) -> Self:
        captured: set[str] = set()
        for index, step in enumerate(self.dialogue):
            captured |= captures_of(step.expect) if step.expect is not None else set()
            used = set(CAPTURE.findall(step.send.reveal())) if step.send is not None else set()
            if used - captured:
                found = "a capture that no expect up to here makes"
                raise mistaken(found, "${1} or ${name} of a pattern before it", "dialogue", index, "send")
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.address
