"""Certificates made for a test."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def cert_pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return self._key_pem(serialization.NoEncryption())

    @property
    def locked_key_pem(self) -> str:
        return self._key_pem(serialization.BestAvailableEncryption(b"locked"))

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:X}"

    def _key_pem(self, encryption: serialization.KeySerializationEncryption) -> str:
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(encoding, form, encryption).decode()

    def write(self, folder: Path, name: str) -> None:
        """Put `name.crt` and `name.key` in place, each at once."""
        for suffix, text in (("crt", self.cert_pem), ("key", self.key_pem)):
            (folder / "new").write_text(text)
            (folder / "new").replace(folder / f"{name}.{suffix}")


def issue(name: str, by: Issued | None = None, *others: str) -> Issued:
    """A certificate for `localhost` and other names; without an issuer an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    for other in others:
        is_mail = "@" in other
        names.append(x509.RFC822Name(other) if is_mail else x509.IPAddress(ipaddress.ip_address(other)))
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


def serial_of(file: Path) -> str:
    """The serial number of a certificate's file."""
    return f"{x509.load_pem_x509_certificate(file.read_bytes()).serial_number:X}"


def trusting(authority: Issued, client: Path | None = None) -> ssl.SSLContext:
    """A client's context that trusts the authority and shows the certificate `client.crt`."""
    context = ssl.create_default_context(cadata=authority.cert_pem)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if client is not None:
        context.load_cert_chain(client.with_suffix(".crt"), client.with_suffix(".key"))
    return context
