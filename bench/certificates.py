"""A certificate of our own for the probed servers, and the authority that signed it."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

YEAR = timedelta(days=365)

Key = ec.EllipticCurvePrivateKey


def write(folder: Path, addresses: list[str]) -> None:
    """Write `ca.pem` and `server.pem` (key and certificate, for these addresses)."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _signed("bench authority", authority, authority, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address)) for address in addresses])
    own = _signed("bench", key, authority, names)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ca.pem").write_bytes(ca.public_bytes(Encoding.PEM))
    (folder / "server.pem").write_bytes(secret + own.public_bytes(Encoding.PEM))


def _signed(common: str, key: Key, by: Key, extension: x509.ExtensionType) -> x509.Certificate:
    now = datetime.now(UTC)
    name, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (common, "bench authority"))
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEAR)
        .add_extension(extension, critical=True)
        .sign(by, hashes.SHA256())
    )
