"""What a handshake showed, as metrics: ends of chains, versions, ciphers, and names as Go writes them."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.x509.oid import NameOID

from slamon.export import probe_names as names
from slamon.export.sheet import Sheet
from slamon.probes.evidence import Certificate, TlsEvidence

NEVER = -62135596800
"""The end of a chain that was not verified: the first instant of the year 1."""

_VERSIONS = {"TLSv1": "TLS 1.0", "TLSv1.0": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}

_SHORT = {
    NameOID.COUNTRY_NAME: "C",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.STREET_ADDRESS: "STREET",
    NameOID.POSTAL_CODE: "POSTALCODE",
    NameOID.COMMON_NAME: "CN",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
}
"""In the order of a sequence that Go makes; it is written backwards."""

_SINGLE = frozenset({NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER})
_ESCAPED = frozenset(',+"\\<>;')


def show(sheet: Sheet, evidence: TlsEvidence, *, chain: bool = True) -> None:
    """The families of TLS; without `chain` not that of the verified one."""
    sheet.put(names.SSL_EARLIEST, evidence.sent_end if evidence.sent_end is not None else NEVER)
    if chain:
        sheet.put(names.SSL_LAST_CHAIN, evidence.chain_end if evidence.chain_end is not None else NEVER)
    sheet.put(names.TLS_VERSION, 1, version(evidence.version))
    sheet.put(names.TLS_CIPHER, 1, cipher(evidence.cipher))
    own = evidence.own
    if own is not None:
        labels = (own.fingerprint, issuer(own), serial(own), subject(own), ",".join(own.dns_names))
        sheet.put(names.SSL_INFO, 1, *labels)


def version(openssl: str) -> str:
    """`TLSv1.3` as `TLS 1.3`."""
    return _VERSIONS.get(openssl, "unknown")


def cipher(openssl: str) -> str:
    """OpenSSL's name of a cipher suite as the registry's: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`."""
    if openssl.startswith("TLS_") or not openssl:
        return openssl
    parts = openssl.replace("CHACHA20-POLY1305", "CHACHA20-POLY1305-SHA256").replace("DES-CBC3", "3DES-EDE-CBC")
    exchange = next((e for e in ("ECDHE-RSA-", "ECDHE-ECDSA-", "DHE-RSA-") if parts.startswith(e)), "")
    rest = parts.removeprefix(exchange)
    for size in ("128", "256"):
        rest = rest.replace(f"AES{size}-GCM", f"AES_{size}_GCM").replace(f"AES{size}-SHA", f"AES_{size}_CBC_SHA")
    kind = exchange.rstrip("-").replace("-", "_") or "RSA"
    return f"TLS_{kind}_WITH_{rest.replace('-', '_')}"


def serial(certificate: Certificate) -> str:
    """In hexadecimal, byte by byte."""
    number = abs(certificate.serial)
    return number.to_bytes((number.bit_length() + 7) // 8, "big").hex()


def subject(certificate: Certificate) -> str:
    """The subject as Go writes it."""
    return written(certificate.parsed.subject)


def issuer(certificate: Certificate) -> str:
    """The issuer as Go writes it."""
    return written(certificate.parsed.issuer)


def written(name: x509.Name) -> str:
    """Most specific part first: `CN=shop.example.org,O=Example,C=DE`."""
    others = [a for a in name if a.oid not in _SHORT]
    sequence = [f"{attribute.oid.dotted_string}=#{_der(attribute)}" for attribute in others]
    for oid, short in _SHORT.items():
        values = [str(attribute.value) for attribute in name.get_attributes_for_oid(oid)]
        kept = values[-1:] if oid in _SINGLE else values
        if kept and (oid not in _SINGLE or kept[0]):
            sequence.append("+".join(f"{short}={_escaped(value)}" for value in kept))
    return ",".join(reversed(sequence))


def _der(attribute: "x509.NameAttribute[str | bytes]") -> str:
    value = attribute.value
    raw = value if isinstance(value, bytes) else value.encode()
    printable = all(
        character.isascii() and (character.isalnum() or character in " '()+,-./:=?") for character in str(value)
    )
    return bytes([0x13 if printable else 0x0C, len(raw) & 0x7F]).hex() + raw.hex()


def _escaped(value: str) -> str:
    return "".join(_escapes(value))


def _escapes(value: str) -> Iterable[str]:
    last = len(value) - 1
    for place, character in enumerate(value):
        edge = (place == 0 and character in " #") or (place == last and character == " ")
        yield f"\\{character}" if edge or character in _ESCAPED else character
