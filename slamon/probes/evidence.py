"""What a TLS handshake showed: version, cipher, ALPN, and the certificates as sent and as verified. Typed, for judging
and for whoever exports it. Kept only where it is asked for: `ProbeContext(evidence=True)`, and the kind tls.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.extensions import ExtensionNotFound

from slamon.probes.cipher_names import standard_name

LARGE = 16 * 1024
"""Certificates of more bytes together are read in a thread: a stranger may send 100 kB of them."""

MOST_REMEMBERED = 512
LARGEST_REMEMBERED = 8 * 1024

_AS_DER = 2
"""ENCODING_DER of Python's _ssl, before 3.13."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. Moments are Unix seconds, fingerprints SHA-256 in small hexadecimal digits.

    `subject` and `issuer` are written as RFC 4514 does; `dns_names` and `addresses` are its alternative names;
    `key_fingerprint` is that of its public key (SubjectPublicKeyInfo).
    """

    subject: str
    issuer: str
    serial: int
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: int
    not_after: int
    fingerprint: str
    key_fingerprint: str
    der: bytes

    @property
    def parsed(self) -> x509.Certificate:
        """As the library has it."""
        return x509.load_der_x509_certificate(self.der)


@dataclass(frozen=True, slots=True)
class TlsEvidence:
    """One handshake, also one that ended at the certificate; then `version` and what is below it may be empty.

    `sent` are the certificates in the order they came, the server's own first; `verified` is the chain from it to what
    is trusted, empty when nothing was verified. `staple` is the OCSP response that came along, where one was asked for.
    """

    version: str = ""
    cipher: str = ""
    bits: int | None = None
    alpn: str = ""
    sent: tuple[Certificate, ...] = ()
    verified: tuple[Certificate, ...] = ()
    staple: bytes | None = None

    @property
    def standard_cipher(self) -> str:
        """The cipher by the name of the standards, as Go has it."""
        return standard_name(self.cipher)

    @property
    def own(self) -> Certificate | None:
        """The server's own certificate."""
        return self.sent[0] if self.sent else None

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """As verified; as sent where nothing was verified."""
        return self.verified or self.sent

    @property
    def chain_end(self) -> int | None:
        """When the first certificate of the verified chain ends, in Unix seconds; None when nothing was verified."""
        return min((certificate.not_after for certificate in self.verified), default=None)

    @property
    def sent_end(self) -> int | None:
        """When the first of the sent certificates ends, in Unix seconds."""
        return min((certificate.not_after for certificate in self.sent), default=None)


class Certificates:
    """Reads certificates, and remembers those of the last servers: they seldom change from probe to probe."""

    def __init__(self) -> None:
        self._known: dict[bytes, Certificate] = {}

    async def read(self, ders: Sequence[bytes]) -> tuple[Certificate, ...]:
        """The certificates that can be read of these, in DER; many bytes of new ones are read in a thread."""
        if sum(len(der) for der in ders if der not in self._known) > LARGE:
            return await asyncio.to_thread(self._read, ders)
        return self._read(ders)

    def _read(self, ders: Sequence[bytes]) -> tuple[Certificate, ...]:
        return tuple(found for found in map(self._one, ders) if found is not None)

    def _one(self, der: bytes) -> Certificate | None:
        found = self._known.get(der)
        if found is None:
            found = read(der)
            if found is not None and len(der) <= LARGEST_REMEMBERED:
                if len(self._known) >= MOST_REMEMBERED:
                    self._known.clear()
                self._known[der] = found
        return found


def read(der: bytes) -> Certificate | None:
    """A certificate in DER; None when it is none."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        names, addresses = _names(certificate)
        return Certificate(
            certificate.subject.rfc4514_string(),
            certificate.issuer.rfc4514_string(),
            certificate.serial_number,
            names,
            addresses,
            int(certificate.not_valid_before_utc.timestamp()),
            int(certificate.not_valid_after_utc.timestamp()),
            hashlib.sha256(der).hexdigest(),
            hashlib.sha256(_key(certificate)).hexdigest(),
            der,
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def _key(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _names(certificate: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ExtensionNotFound, ValueError):
        return (), ()
    addresses = found.get_values_for_type(x509.IPAddress)
    return tuple(found.get_values_for_type(x509.DNSName)), tuple(str(address) for address in addresses)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a TLS library tells of a handshake, certificates in DER."""

    version: str
    cipher: str
    bits: int | None
    alpn: str
    sent: tuple[bytes, ...]
    verified: tuple[bytes, ...]
    staple: bytes | None = None

    async def evidence(self, certificates: Certificates) -> TlsEvidence:
        """With its certificates read."""
        sent, verified = await certificates.read(self.sent), await certificates.read(self.verified)
        return TlsEvidence(self.version, self.cipher, self.bits, self.alpn, sent, verified, self.staple)


def handshake_of(connection: ssl.SSLObject, *, verified: bool) -> Handshake:
    """Of a connection of Python's ssl, also of one whose handshake failed; `verified`: it trusts the certificate."""
    cipher = connection.cipher()
    name, _, bits = cipher or ("", "", None)
    chain = chain_of(connection, "get_verified_chain") if verified else ()
    sent = chain_of(connection, "get_unverified_chain")
    version, alpn = connection.version(), connection.selected_alpn_protocol()
    return Handshake(version or "", name, bits, alpn or "", sent, chain)


def chain_of(connection: Any, which: str) -> tuple[bytes, ...]:
    """One of the chains of a connection of Python's ssl, in DER."""
    public = getattr(connection, which, None)  # came with Python 3.13
    if public is not None:
        return tuple(public())
    ask = getattr(getattr(connection, "_sslobj", None), which, None)
    chain: Iterable[Any] = (ask() if ask is not None else None) or ()
    return tuple(certificate.public_bytes(_AS_DER) for certificate in chain)
