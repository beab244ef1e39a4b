"""How an endpoint is probed and what is expected of it: the options of each probe kind."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.base import Model, Pattern, Patterns, Texts
from slamon.catalogue.quantities import PositiveMs, SizeBytes
from slamon.catalogue.secret import Secret

MIB = 2**20
DEFAULT_REDIRECTS = 10


class IpFamily(StrEnum):
    """Which addresses of a name are tried: one family, or any (both, the first to answer)."""

    V4 = "4"
    V6 = "6"
    ANY = "any"


def _family(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Family = Annotated[
    IpFamily, BeforeValidator(_family), WithJsonSchema({"enum": ["4", "6", "any", 4, 6], "default": "any"})
]


class Resolver(StrEnum):
    """Who resolves names: c-ares (hosts and resolv.conf), or the system (nsswitch, in threads)."""

    ARES = "ares"
    SYSTEM = "system"


class TlsOptions(Model):
    """TLS: whom to trust, who we are, what we insist on."""

    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    server_name: str | None = None
    min_version: Literal["1.0", "1.1", "1.2", "1.3"] = "1.2"
    skip_verification: bool = False

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise ValueError("certificate beside key: both are files in PEM")
        return self


def _tls(value: object) -> object:
    return {} if value is True else None if value is False else value


Tls = Annotated[TlsOptions | None, BeforeValidator(_tls)]
"""`true`, or the options."""


class BasicAuth(Model):
    """User and password for basic authentication."""

    username: str
    password: Secret


class JsonExpectation(Model):
    """One comparison with what stands at a path of the JSON body: `a.b[0].c`."""

    path: str = Field(min_length=1)
    equals: str | int | float | bool | None = None
    not_equals: str | int | float | bool | None = None
    above: float | None = None
    below: float | None = None
    matches: Pattern | None = None
    exists: bool | None = None

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if not self.model_fields_set - {"path"}:
            raise ValueError("one of equals, not_equals, above, below, matches, exists beside path")
        return self


def _status(value: object) -> str:
    text = str(value)
    code = text.isdigit() and len(text) == 3 and "1" <= text[0] <= "5"
    if isinstance(value, bool) or not (code or (len(text) == 3 and text[0] in "12345" and text[1:] == "xx")):
        raise ValueError("a status code or class, for example 200 or 2xx")
    return text


Status = Annotated[str, BeforeValidator(_status), WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]})]


class HttpExpect(Model):
    """What makes an http probe up; every one must hold."""

    status: tuple[Status, ...] = ("2xx",)
    body_contains: Texts = ()
    body_matches: Patterns = ()
    body_not_matches: Patterns = ()
    headers: dict[str, Pattern] = Field(default_factory=dict)
    json_: tuple[JsonExpectation, ...] = Field(default=(), alias="json")
    degraded_over: PositiveMs | None = None
    certificate_days: int | None = Field(default=None, ge=0, le=3650)


def _redirects(value: object) -> object:
    if isinstance(value, bool):
        return DEFAULT_REDIRECTS if value else 0
    return value


def _header_values(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: v if isinstance(v, (list, tuple)) else [v] for name, v in value.items()}


Headers = Annotated[
    dict[str, tuple[Secret, ...]],
    BeforeValidator(_header_values),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        }
    ),
]


class HttpOptions(Model):
    """An http probe. Header values, body, bearer and passwords may be secrets."""

    url: str
    method: str = Field(default="GET", pattern=r"^[A-Z]{1,20}$")
    headers: Headers = Field(default_factory=dict)
    body: Secret | None = None
    body_file: Path | None = None
    basic_auth: BasicAuth | None = None
    bearer: Secret | None = None
    follow_redirects: Annotated[
        int,
        BeforeValidator(_redirects),
        Field(ge=0, le=50),
        WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0, "maximum": 50}]}),
    ] = DEFAULT_REDIRECTS
    proxy: Secret | None = None
    http_version: Literal["auto", "1.1", "2", "3"] = "auto"
    ip_family: Family = IpFamily.ANY
    resolve_to: str | None = None
    resolver: Resolver = Resolver.ARES
    connection: Literal["fresh", "reuse"] = "fresh"
    tls: Tls = None
    body_limit: SizeBytes = MIB
    expect: HttpExpect = Field(default_factory=HttpExpect)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url beginning with http:// or https:// and a host")
        if self.body is not None and self.body_file is not None:
            raise ValueError("body or body_file, not both")
        if self.basic_auth is not None and self.bearer is not None:
            raise ValueError("basic_auth or bearer, not both")
        if parts.username is not None:
            raise ValueError("a url without user and password: put them into basic_auth")
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.url


class TcpExpect(Model):
    """What makes a tcp probe degraded though it answers."""

    degraded_over: PositiveMs | None = None
    certificate_days: int | None = Field(default=None, ge=0, le=3650)


class DialogueStep(Model):
    """One step: wait for a line that matches (RE2; captures as `${1}` or `${name}`), send a text, or begin TLS."""

    expect: Pattern | None = None
    send: Secret | None = None
    starttls: bool = False

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.expect is None and self.send is None and not self.starttls:
            raise ValueError("a step with expect, send or starttls")
        return self


def split_address(text: str) -> tuple[str, int]:
    """`host:port`, or `[2001:db8::1]:443`; ValueError with an example otherwise."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("host:port, for example db.example.org:5432 or [2001:db8::1]:443")
    return host, int(port)


def _address(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("host:port, for example db.example.org:5432")
    split_address(value)
    return value


Address = Annotated[str, BeforeValidator(_address), WithJsonSchema({"type": "string", "pattern": r"^.+:[0-9]+$"})]


class TcpOptions(Model):
    """A tcp probe: connect, TLS at once or where the dialogue says `starttls`, perhaps a dialogue."""

    address: Address
    tls: Tls = None
    ip_family: Family = IpFamily.ANY
    resolver: Resolver = Resolver.ARES
    dialogue: tuple[DialogueStep, ...] = ()
    expect: TcpExpect = Field(default_factory=TcpExpect)

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.address
