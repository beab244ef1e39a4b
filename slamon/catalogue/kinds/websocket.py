"""The options of a websocket probe."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from slamon.catalogue.addresses import OneLine, http_url
from slamon.catalogue.base import Model, Options, Pattern, Truth, Whole, mistaken
from slamon.catalogue.probe_options import (
    CAPTURE,
    BasicAuth,
    Family,
    Headers,
    HexPattern,
    HexSecret,
    IpFamily,
    Resolver,
    Tls,
    captures_of,
)
from slamon.catalogue.quantities import PositiveMs
from slamon.catalogue.secret import Secret

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN = frozenset({"connection", "upgrade", "origin", "transfer-encoding", "content-length", "expect"})


def _url(value: str) -> str:
    if value[:5] != "ws://" and value[:6] != "wss://":
        raise ValueError("a url of ws:// or wss://, for example wss://shop.example.org/updates")
    try:
        http_url(f"http{value[2:]}")
    except PydanticCustomError:
        raise
    except ValueError:
        raise ValueError("a url of ws:// or wss://, a host and perhaps a port up to 65535, without blanks") from None
    if "#" in value:
        raise ValueError("a url of ws:// or wss:// without a fragment (#)")
    return value


def _headers(value: dict[str, tuple[Secret, ...]]) -> dict[str, tuple[Secret, ...]]:
    for name in value:
        if name.lower() in _OWN or name.lower().startswith("sec-websocket-"):
            raise mistaken("a header of the handshake itself", "a header of your own", name)
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if not parts.scheme or not parts.netloc or parts.path or re.search(r"[\s\x00-\x1f]", value):
        raise ValueError("an origin, for example https://shop.example.org")
    return value


def _subprotocol(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("a subprotocol's name, for example graphql-transport-ws")
    return value


def _listed(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


WsUrl = Annotated[str, AfterValidator(_url), WithJsonSchema({"type": "string", "pattern": "^wss?://"})]
WsHeaders = Annotated[Headers, AfterValidator(_headers)]
Origin = Annotated[str, AfterValidator(_origin)]
Subprotocol = Annotated[str, AfterValidator(_subprotocol)]
ReceivedCode = Annotated[Whole, Field(ge=1000, le=4999)]
Codes = Annotated[
    tuple[ReceivedCode, ...],
    BeforeValidator(_listed),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}),
]
"""One code or a list of them."""


class WebsocketStep(Model):
    """One step: wait for a message or for the end, then send a message, a ping, or close."""

    expect: Pattern | None = None
    """Wait for a message that matches (RE2); captures may be sent later as `${1}` or `${name}`."""
    expect_hex: HexPattern | None = None
    """Wait for a message with these bytes, in hexadecimal, `??` for any byte; instead of `expect`."""
    reject: Pattern | None = None
    """Down at once when a message that matches (RE2) comes instead of the expected one."""
    reject_hex: HexPattern | None = None
    """Down at once when a message with these bytes comes instead of the expected one; `??` for any byte."""
    expect_close: Codes | None = None
    """Wait until the server closes, with one of these codes (1005: with none)."""
    send: Secret | None = None
    """Send this as a message of text; may be a secret."""
    send_hex: HexSecret | None = None
    """Send these bytes, in hexadecimal, as a binary message; a secret is never shown, bytes that stand here may be."""
    ping: Truth = False
    """Send a ping with random bytes, and wait until they come back."""
    close: Whole | None = Field(default=None, ge=1000, le=4999)
    """Close with this code; nothing but `expect_close` may follow."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        waits = [key for key in ("expect", "expect_hex", "expect_close") if getattr(self, key) is not None]
        if len(waits) > 1:
            raise mistaken(" and ".join(waits), "one of them", waits[1])
        if self.send is not None and self.send_hex is not None:
            raise mistaken("send and send_hex", "one of them", "send_hex")
        for key in ("reject", "reject_hex"):
            if getattr(self, key) is not None and waits[:1] not in (["expect"], ["expect_hex"]):
                raise mistaken(f"{key} without a message to wait for", "expect or expect_hex beside it", key)
        if not waits and not self.acts:
            raise mistaken("an empty step", "expect, expect_hex, expect_close, send, send_hex, ping: true or close")
        if self.close in (1004, 1005, 1006, 1015):
            raise mistaken("a code that nobody may send", "1000, or one that the server knows", "close")
        return self

    @property
    def acts(self) -> bool:
        """Whether it sends anything."""
        return self.send is not None or self.send_hex is not None or self.ping or self.close is not None


class WebsocketExpect(Model):
    """What makes a websocket probe degraded though all went well."""

    degraded_over: PositiveMs | None = None
    """Degraded when the probe took longer."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate of the chain ends within so many days, 0 to 3650; expired is down."""


class WebsocketOptions(Options):
    """A websocket probe: the handshake, and perhaps a dialogue."""

    url: WsUrl
    """What is opened: ws or wss, without credentials."""
    headers: WsHeaders = Field(default_factory=dict)
    """Headers of the handshake by name, each a text or a list of texts; values may be secrets."""
    origin: Origin | None = None
    """The header Origin, as a page there would send it."""
    subprotocols: tuple[Subprotocol, ...] = ()
    """What is to be spoken, preferred first; the server must choose one of them."""
    basic_auth: BasicAuth | None = None
    """User and password."""
    bearer: OneLine | None = None
    """A bearer token; may be a secret; instead of `basic_auth`."""
    compression: Truth = False
    """Offer permessage-deflate; the server may use it."""
    tls: Tls = None
    """TLS options; for wss only."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    dialogue: tuple[WebsocketStep, ...] = ()
    """What is said, step by step."""
    expect: WebsocketExpect = Field(default_factory=WebsocketExpect)
    """What makes it degraded."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.basic_auth is not None and self.bearer is not None:
            raise mistaken("basic_auth and bearer", "one of them", "bearer")
        if len(set(self.subprotocols)) < len(self.subprotocols):
            raise mistaken("a subprotocol twice", "each once", "subprotocols")
        captured: set[str] = set()
        closed = ended = False
        for index, step in enumerate(self.dialogue):
            if ended or (closed and (step.acts or step.expect_close is None)):
                raise mistaken(
                    "a step after the end", "expect_close after close, and nothing after it", "dialogue", index
                )
            captured |= captures_of(step.expect) if step.expect is not None else set()
            used = set(CAPTURE.findall(step.send.reveal())) if step.send is not None else set()
            if used - captured:
                found = "a capture that no expect up to here makes"
                raise mistaken(found, "${1} or ${name} of a pattern before it", "dialogue", index, "send")
            if step.expect_close is not None and step.acts:
                raise mistaken("something to send after the end", "expect_close alone", "dialogue", index)
            closed, ended = closed or step.close is not None, step.expect_close is not None
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.url
