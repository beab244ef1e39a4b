"""TLS as the options say, for both ways we speak it, and when a verified chain ends.

A chain counts as it was verified, not as it was sent: servers send superfluous and long expired certificates, and leave
the root out. Verification ends at the first certificate of the trust store, roots or not (partial chains).
"""

import os
import ssl
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from slamon.catalogue.probe_options import TlsOptions
from slamon.errors import ConfigurationError
from slamon.probes.evidence import chain_of
from slamon.probes.outcome import ProbeNotRunError

BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",
)

LONGEST_CHAIN = 20
MOST_CANDIDATES = 8
"""So many of the sent certificates that bear the issuer's name are tried: a stranger may send hundreds."""

# Odd certificates in trust stores are none of our users' business.
warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning, module=r"slamon\.probes\.(tls|evidence)")

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

OLD_CIPHERS = "DEFAULT@SECLEVEL=0"
"""OpenSSL 3 speaks TLS below 1.2 at security level 0 only."""


def trust_file(options: TlsOptions | None) -> str:
    """The file of trusted certificates: the options', $SSL_CERT_FILE, the system's."""
    if options is not None and options.ca_file is not None:
        return str(options.ca_file)
    wanted = os.environ.get("SSL_CERT_FILE")
    if wanted and Path(wanted).is_file():
        return wanted
    for bundle in BUNDLES:
        if Path(bundle).is_file():
            return bundle
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return paths.cafile
    raise ProbeNotRunError("no file of trusted certificates was found; name one as tls.ca_file or $SSL_CERT_FILE")


def wants_old(options: TlsOptions | None) -> bool:
    """Whether versions below TLS 1.2 are allowed."""
    return options is not None and options.min_version in ("1.0", "1.1")


def ssl_context(options: TlsOptions | None, alpn: Sequence[str] = (), ciphers: str | None = None) -> ssl.SSLContext:
    """The options as Python speaks TLS. Raises ProbeNotRunError when a file of ours cannot be used.

    `alpn`: the protocols that are offered; `ciphers`: those below TLS 1.3, as OpenSSL lists them.
    """
    options = options or TlsOptions()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = VERSIONS[options.min_version]
    context.verify_flags |= ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
    if options.max_version is not None:
        context.maximum_version = VERSIONS[options.max_version]
    if ciphers is not None or wants_old(options):
        context.set_ciphers(ciphers or OLD_CIPHERS)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if options.skip_verification:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _load(context.load_verify_locations, "tls.ca_file", trust_file(options))
    if options.certificate is not None:
        _load(context.load_cert_chain, "tls.certificate or tls.key", *own_files(options))
    return context


def ensure_ciphers(ciphers: str) -> None:
    """Raises ConfigurationError when OpenSSL knows none of them."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(ciphers)
    except ssl.SSLError:
        raise ConfigurationError(f"ciphers: OpenSSL knows none of {ciphers!r}, see `openssl ciphers`") from None


def own_files(options: TlsOptions) -> tuple[str, ...]:
    """Our certificate, and its key where that has a file of its own."""
    return tuple(str(path) for path in (options.certificate, options.key) if path is not None)


def _load(load: Any, key: str, *paths: str) -> None:
    try:
        load(*paths)
    except (OSError, ssl.SSLError) as error:
        why = (error.reason if isinstance(error, ssl.SSLError) else error.strerror) or "not a certificate in PEM"
        raise ProbeNotRunError(f"{key} cannot be used: {why.replace('_', ' ').lower()}") from None


class TrustStore:
    """The certificates of a file, found by their subject."""

    def __init__(self, certificates: Iterable[x509.Certificate]) -> None:
        self._by_subject: dict[bytes, list[x509.Certificate]] = {}
        for certificate in certificates:
            self._by_subject.setdefault(_subject(certificate), []).append(certificate)

    @classmethod
    def read(cls, path: str) -> "TrustStore":
        """The file's certificates; those we cannot read are left out, as OpenSSL could not have used them either."""
        try:
            text = Path(path).read_bytes()
        except OSError as error:
            raise ProbeNotRunError(f"tls.ca_file cannot be read: {error.strerror}") from None
        return cls(_parsed(_blocks(text)))

    def holds(self, certificate: x509.Certificate) -> bool:
        """Whether this very certificate is trusted."""
        return certificate in self._by_subject.get(_subject(certificate), ())

    def named(self, subject: bytes) -> Sequence[x509.Certificate]:
        """Those of that subject."""
        return self._by_subject.get(subject, ())


def verified_chain(sent: Sequence[x509.Certificate], store: TrustStore | None) -> list[x509.Certificate]:
    """The chain that leads from `sent[0]` to the store; without a store through what was sent. Empty for nothing."""
    if not sent:
        return []
    chain = [sent[0]]
    for _ in range(LONGEST_CHAIN):
        current = chain[-1]
        if store is not None:
            if store.holds(current):
                break
            trusted = _issuer(current, store.named(_issuer_name(current)))
            if trusted is not None:
                chain.append(trusted)
                break
        following = _issuer(current, [c for c in sent if _subject(c) == _issuer_name(current)][:MOST_CANDIDATES])
        if following is None or following == current:
            break
        chain.append(following)
    return chain


def pem_chain(pems: Sequence[bytes], store: TrustStore | None) -> list[x509.Certificate]:
    """`verified_chain` of certificates sent in PEM, the server's own first; empty when that cannot be read."""
    sent = list(_parsed(pems[:1]))
    return verified_chain([*sent, *_parsed(pems[1:])], store) if sent else []


def der_chain(pems: Sequence[bytes], store: TrustStore | None) -> list[bytes]:
    """`pem_chain` in DER."""
    return [certificate.public_bytes(Encoding.DER) for certificate in pem_chain(pems, store)]


def pem_end(pems: Sequence[bytes], store: TrustStore | None) -> int | None:
    """When the first certificate of `pem_chain` ends, in Unix seconds; None when there is none."""
    return min(map(_end, pem_chain(pems, store)), default=None)


def connection_end(connection: ssl.SSLObject | ssl.SSLSocket) -> int | None:
    """When the verified chain of a connection ends, in Unix seconds: the earliest of its certificates."""
    chain: Sequence[bytes] = chain_of(connection, "get_verified_chain")
    if not chain:
        own = connection.getpeercert(binary_form=True)
        chain = (own,) if own else ()
    ends = [_end(certificate) for certificate in _parsed_der(chain)]
    return min(ends, default=None)


def _issuer(certificate: x509.Certificate, candidates: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """The candidate that signed it; of several the one that lasts longest."""
    signers = [candidate for candidate in candidates if _signed(certificate, candidate)]
    return max(signers, key=_end, default=None)


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _end(certificate: x509.Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp())


def _subject(certificate: x509.Certificate) -> bytes:
    return certificate.subject.public_bytes()


def _issuer_name(certificate: x509.Certificate) -> bytes:
    return certificate.issuer.public_bytes()


def _blocks(text: bytes) -> Iterable[bytes]:
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    for part in text.split(begin)[1:]:
        yield begin + part.split(end)[0] + end + b"\n"


def _parsed(pems: Iterable[bytes]) -> Iterable[x509.Certificate]:
    for pem in pems:
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            certificate.subject.public_bytes(), certificate.issuer.public_bytes()
        except (ValueError, x509.InvalidVersion):
            continue
        yield certificate


def _parsed_der(ders: Iterable[bytes]) -> Iterable[x509.Certificate]:
    for der in ders:
        try:
            yield x509.load_der_x509_certificate(der)
        except (ValueError, x509.InvalidVersion):
            continue
