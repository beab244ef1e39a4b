"""Certificates for tests: an authority, intermediates, servers and clients, each ending when the test wants."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DAY = timedelta(days=1)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def in_days(days: float) -> datetime:
    """A moment from now, in whole seconds."""
    return (datetime.now(UTC) + days * DAY).replace(microsecond=0)


def unix(moment: datetime) -> int:
    """In Unix seconds."""
    return int(moment.timestamp())


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate, its key, and the certificates between it and the root."""

    certificate: x509.Certificate
    key: Key
    between: tuple[x509.Certificate, ...] = ()

    @classmethod
    def root(cls, name: str = "Test Root", ends: datetime | None = None) -> "Credential":
        """One that signs itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        return cls(_signed(subject, subject, key, key, ends or in_days(3650), ca=True), key)

    def authority(self, name: str = "Test Intermediate", ends: datetime | None = None) -> "Credential":
        """An intermediate signed by this one."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject
        signed = _signed(_name(name), issuer, key, self.key, ends or in_days(1825), ca=True)
        own = () if self.certificate.issuer == self.certificate.subject else (self.certificate,)
        return Credential(signed, key, (*own, *self.between))

    def leaf(
        self, *names: str, ends: datetime | None = None, begins: datetime | None = None, key: Key | None = None
    ) -> "Credential":
        """A server's or client's certificate signed by this one; for loopback unless names are given."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        ends, names = ends or in_days(90), names or LOOPBACK
        signed = _signed(_name("leaf"), self.certificate.subject, key, self.key, ends, names=names, begins=begins)
        own = () if self.certificate.issuer == self.certificate.subject else (self.certificate,)
        return Credential(signed, key, (*own, *self.between))

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key alone."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def write(self, file: Path, *, chain: bool = True, more: tuple[bytes, ...] = ()) -> Path:
        """Key and certificates in one file."""
        sent = self.between if chain else ()
        file.write_bytes(
            self.key_pem + self.pem + b"".join(c.public_bytes(Encoding.PEM) for c in sent) + b"".join(more)
        )
        return file

    def server(
        self, folder: Path, *, chain: bool = True, more: tuple[bytes, ...] = (), client_ca: Path | None = None
    ) -> ssl.SSLContext:
        """A server's TLS; with `client_ca` it wants a client certificate signed by it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        file = self.write(folder / f"{self.certificate.serial_number}.pem", chain=chain, more=more)
        context.load_cert_chain(file)
        if client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    by: Key,
    ends: datetime,
    *,
    ca: bool = False,
    names: tuple[str, ...] = (),
    begins: datetime | None = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins or min(in_days(-30), ends - 30 * DAY))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    if ca:
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(by, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
