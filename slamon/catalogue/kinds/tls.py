"""The options of a tls probe."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.addresses import Address, split_address
from slamon.catalogue.base import Model, Options, Patterns, Truth, Whole, mistaken
from slamon.catalogue.probe_options import Family, IpFamily, Resolver, TlsOptions
from slamon.catalogue.quantities import PositiveMs

LONGEST_DOMAIN = 253
_CIPHERS = re.compile(r"[A-Za-z0-9_:+!@=,. -]+")
_NAME = re.compile(r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}\w)?")


class StartTls(StrEnum):
    """How TLS begins in the midst of a protocol."""

    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"
    FTP = "ftp"
    LDAP = "ldap"
    POSTGRES = "postgres"
    MYSQL = "mysql"
    XMPP = "xmpp"
    XMPP_SERVER = "xmpp-server"


class Staple(StrEnum):
    """What is expected of the OCSP staple: one must be sent and be good, or be good if one is sent."""

    REQUIRED = "required"
    IF_SENT = "if_sent"


def _fingerprint(value: object) -> str:
    text = re.sub(r"[:\s]", "", value).lower() if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("a SHA-256 in 64 hexadecimal digits, colons between them or not, as openssl prints it")
    return text


def _listed(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def _ciphers(value: str) -> str:
    if not _CIPHERS.fullmatch(value):
        raise ValueError("ciphers as OpenSSL lists them, for example ECDHE+AESGCM:!RSA")
    return value


def _protocol(value: str) -> str:
    if not re.fullmatch(r"[!-~]{1,255}", value):
        raise ValueError("a protocol's name as ALPN knows it, for example h2 or http/1.1")
    return value


def _host(value: str) -> str:
    if len(value) > LONGEST_DOMAIN or not _NAME.fullmatch(value):
        raise ValueError("a name as certificates bear it, for example shop.example.org or *.example.org")
    return value.lower()


_ONE_OR_MORE = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
Fingerprints = Annotated[
    tuple[Annotated[str, BeforeValidator(_fingerprint)], ...], BeforeValidator(_listed), _ONE_OR_MORE
]
"""One SHA-256 or a list of them."""

Names = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], BeforeValidator(_listed), _ONE_OR_MORE]
Protocols = Annotated[tuple[Annotated[str, AfterValidator(_protocol)], ...], BeforeValidator(_listed), _ONE_OR_MORE]
Ciphers = Annotated[str, AfterValidator(_ciphers)]


class TlsExpect(Model):
    """What makes a tls probe up; every one must hold."""

    names: Names = ()
    """The certificate must bear each of these names, too; its wildcards count, `*.example.org` is meant as such."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate of the chain ends within so many days, 0 to 3650; expired is down."""
    own_certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when the server's own certificate ends within so many days, whatever the chain above it does."""
    staple: Staple | None = None
    """An OCSP staple must be sent and be good (`required`), or be good if one is sent (`if_sent`)."""
    ciphers: Patterns = ()
    """Regular expressions (RE2), one of which must match the whole name of the cipher that was agreed on."""
    not_ciphers: Patterns = ()
    """Regular expressions (RE2) none of which may match a part of the cipher's name."""
    cipher_bits: Whole | None = Field(default=None, ge=0, le=256)
    """The cipher's key must have so many bits, 0 to 256."""
    forward_secrecy: Truth = False
    """The keys must be agreed on anew for each connection (TLS 1.3, ECDHE, DHE)."""
    alpn: Protocols = ()
    """One of these protocols must be agreed on."""
    fingerprints: Fingerprints = ()
    """The server's own certificate must have one of these SHA-256 fingerprints."""
    key_fingerprints: Fingerprints = ()
    """A public key in the chain must have one of these SHA-256 fingerprints (of its SubjectPublicKeyInfo)."""
    issuers: Patterns = ()
    """Regular expressions (RE2), one of which must match the issuer's name in the server's own certificate."""
    degraded_over: PositiveMs | None = None
    """Degraded when the probe took longer."""


class TlsCheckOptions(TlsOptions, Options):
    """A tls probe: a handshake, after STARTTLS or at once, and what it showed."""

    address: Address
    """`host:port`, IPv6 in brackets."""
    starttls: StartTls | None = None
    """The protocol whose STARTTLS comes first; default: TLS from the start."""
    alpn: Protocols = ()
    """The protocols that are offered by ALPN, best first."""
    ciphers: Ciphers | None = None
    """The ciphers that are offered below TLS 1.3, as OpenSSL lists them; default: those of the TLS library."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    expect: TlsExpect = Field(default_factory=TlsExpect)
    """What makes it up; everything must hold."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        unoffered = set(self.expect.alpn) - set(self.alpn)
        if unoffered:
            raise mistaken(f"{min(unoffered)}, which is not offered", "a protocol of alpn", "expect", "alpn")
        if self.expect.staple is not None and self.skip_verification:
            found = "a staple where nothing is verified"
            raise mistaken(
                found, "staple without skip_verification: its signer is found by the chain", "expect", "staple"
            )
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.address

    @property
    def host(self) -> str:
        """The host of the address."""
        return split_address(self.address)[0]
