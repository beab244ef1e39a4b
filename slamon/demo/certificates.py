"""Certificates of the demo company: an authority of its own, and what it signs."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey
_BACKDATED = timedelta(days=60)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Beispiel Versand GmbH"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that lives as long as the demo."""

    certificate: x509.Certificate
    key: Key

    @classmethod
    def create(cls, now: datetime) -> "Authority":
        """A new authority, valid for a year from `now`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name("Demo-Zertifizierungsstelle")
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        certificate = (
            _builder(subject, subject, key, now, now + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    def write(self, folder: Path) -> Path:
        """Write the certificate, for clients to trust; its path."""
        file = folder / "ca.pem"
        file.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return file

    def server(self, common: str, ends: datetime, folder: Path) -> ssl.SSLContext:
        """A server's TLS with a certificate for loopback that ends at `ends`; its files go to `folder`."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.DNSName(common), x509.IPAddress(IPv4Address("127.0.0.1"))]
        )
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            _builder(_name(common), self.certificate.subject, key, datetime.now(UTC), ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(authority, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return _context(certificate, key, folder / f"{common}.pem")


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, ends: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _context(certificate: x509.Certificate, key: Key, file: Path) -> ssl.SSLContext:
    file.touch(mode=0o600)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
