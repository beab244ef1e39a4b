"""OCSP staples: what an authority said of a certificate, as the server sent it along. Read and judged, RFC 6960.

Nobody is asked: what is not stapled is not known.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from slamon.probes.course import Failure
from slamon.probes.outcome import Reason

SKEW_S = 300
"""So far the clocks of an authority and ours may be apart."""

MOST_RESPONDERS = 8


class _Unsound(Exception):
    """The staple is not to be believed; says why."""


def judge(staple: bytes, own: x509.Certificate, issuer: x509.Certificate, whom: str, now_s: int) -> None:
    """Raises Failure when it does not say that `own`, which `issuer` signed, is good now: reason revoked, or staple."""
    try:
        single = _single(staple, own, issuer)
        _check_times(single.this_update_utc, single.next_update_utc, now_s)
    except _Unsound as unsound:
        raise Failure(Reason.STAPLE, f"the OCSP staple of {whom} {unsound}") from None
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        when = single.revocation_time_utc
        since = f" on {when:%Y-%m-%d %H:%M} UTC" if when is not None else ""
        raise Failure(Reason.REVOKED, f"the certificate of {whom} was revoked{since}, says its OCSP staple")
    if single.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        raise Failure(Reason.STAPLE, f"the OCSP staple of {whom} does not know the certificate")


def _single(staple: bytes, own: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPSingleResponse:
    """The part about `own` of a staple that was signed by whom it must be."""
    try:
        response = ocsp.load_der_ocsp_response(staple)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _Unsound(f"is an error, {response.response_status.name.replace('_', ' ').lower()}")
        found = next((one for one in response.responses if _is_about(one, own, issuer)), None)
        if found is None:
            raise _Unsound("is about another certificate")
        if not any(_signed(response, responder) for responder in _responders(response, issuer)):
            raise _Unsound("was not signed by the certificate's issuer or on its behalf")
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _Unsound("cannot be read") from None
    return found


def _is_about(one: ocsp.OCSPSingleResponse, own: x509.Certificate, issuer: x509.Certificate) -> bool:
    name = hashlib.new(one.hash_algorithm.name, issuer.subject.public_bytes()).digest()
    key = hashlib.new(one.hash_algorithm.name, _key_bits(issuer)).digest()
    return (one.serial_number, one.issuer_name_hash, one.issuer_key_hash) == (own.serial_number, name, key)


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The key without the name of its algorithm: what OCSP takes the digest of."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    raise TypeError("a key that signs nothing")


def _responders(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterable[x509.Certificate]:
    """Who may have signed it: the issuer, or one whom the issuer gave the right to."""
    yield issuer
    now = datetime.now(UTC)
    for one in response.certificates[:MOST_RESPONDERS]:
        try:
            usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            one.verify_directly_issued_by(issuer)
        except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            continue
        if ExtendedKeyUsageOID.OCSP_SIGNING in usage and one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            yield one


def _signed(response: ocsp.OCSPResponse, responder: x509.Certificate) -> bool:
    key, signature, data = responder.public_key(), response.signature, response.tbs_response_bytes
    algorithm = response.signature_hash_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(signature, data, ec.ECDSA(algorithm))
        elif isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            key.verify(signature, data)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _check_times(this: datetime, following: datetime | None, now_s: int) -> None:
    if this.timestamp() > now_s + SKEW_S:
        raise _Unsound(f"is from the future, {this:%Y-%m-%d %H:%M} UTC")
    if following is not None and following.timestamp() < now_s - SKEW_S:
        raise _Unsound(f"is stale, it held until {following:%Y-%m-%d %H:%M} UTC")
