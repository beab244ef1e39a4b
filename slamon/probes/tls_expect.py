"""What a handshake must have shown. Prepared once a check."""

from collections.abc import Sequence

import re2

from slamon.catalogue.kinds.tls import Staple, TlsExpect
from slamon.probes import staple
from slamon.probes.course import Failure, Mask
from slamon.probes.evidence import Certificate, TlsEvidence
from slamon.probes.expect import compiled
from slamon.probes.outcome import Reason
from slamon.probes.tls_names import bears

_SHOWN = Mask(())
SHORT = 16
"""So many digits of a fingerprint are shown."""


class TlsExpectations:
    """All that is expected of what TLS showed."""

    def __init__(self, expect: TlsExpect, whom: str) -> None:
        self._expect = expect
        self._whom = whom
        self._ciphers = [re2.compile(pattern) for pattern in expect.ciphers]
        self._not_ciphers = [re2.compile(pattern) for pattern in expect.not_ciphers]
        self._issuers = [compiled(pattern) for pattern in expect.issuers]

    def judge(self, found: TlsEvidence, now_s: int) -> None:
        """Raises Failure for the first that does not hold: protocol, cipher, pins, names, staple in that order."""
        self._judge_agreed(found)
        if found.own is None:
            raise Failure(Reason.CERTIFICATE, f"{self._whom} sent no certificate that can be read")
        self._judge_pins(found, found.own)
        for name in self._expect.names:
            if not bears(found.own, name):
                raise Failure(Reason.CERTIFICATE, f"the certificate of {self._whom} is not for {name}")
        if self._expect.staple is not None:
            self._judge_staple(found, self._expect.staple, now_s)

    def _judge_agreed(self, found: TlsEvidence) -> None:
        expect, cipher = self._expect, found.cipher
        if expect.alpn and found.alpn not in expect.alpn:
            agreed = found.alpn or "no protocol"
            raise Failure(
                Reason.PROTOCOL, f"{self._whom} agreed on {agreed} by ALPN, not on {' or '.join(expect.alpn)}"
            )
        if self._ciphers and not any(pattern.fullmatch(cipher) for pattern in self._ciphers):
            raise self._weak(cipher, "which is none of ciphers")
        if any(pattern.search(cipher) for pattern in self._not_ciphers):
            raise self._weak(cipher, "which is one of not_ciphers")
        if expect.cipher_bits is not None and (found.bits or 0) < expect.cipher_bits:
            raise self._weak(cipher, f"whose key has {found.bits or 0} bits, fewer than {expect.cipher_bits}")
        if expect.forward_secrecy and not _is_forward_secret(found):
            raise self._weak(cipher, "which has no forward secrecy")

    def _weak(self, cipher: str, why: str) -> Failure:
        return Failure(Reason.CIPHER, f"{self._whom} agreed on the cipher {cipher}, {why}")

    def _judge_pins(self, found: TlsEvidence, own: Certificate) -> None:
        expect = self._expect
        if expect.fingerprints and own.fingerprint not in expect.fingerprints:
            shown = f"{own.fingerprint[:SHORT]}..."
            raise Failure(Reason.PIN, f"the certificate of {self._whom} is another one, its SHA-256 is {shown}")
        keys = {certificate.key_fingerprint for certificate in found.verified} | {own.key_fingerprint}
        if expect.key_fingerprints and keys.isdisjoint(expect.key_fingerprints):
            shown = f"{own.key_fingerprint[:SHORT]}..."
            raise Failure(
                Reason.PIN, f"no key of the chain of {self._whom} is pinned, the SHA-256 of its own is {shown}"
            )
        issuer = own.issuer.encode()
        if self._issuers and not any(pattern.search(issuer) for pattern in self._issuers):
            shown = _SHOWN.shown(own.issuer)
            raise Failure(Reason.PIN, f"the certificate of {self._whom} was issued by another one, by {shown!r}")

    def _judge_staple(self, found: TlsEvidence, wanted: Staple, now_s: int) -> None:
        if found.staple is None:
            if wanted is Staple.REQUIRED:
                raise Failure(Reason.STAPLE, f"{self._whom} sent no OCSP staple")
            return
        own, issuer = _pair(found.verified)
        staple.judge(found.staple, own.parsed, issuer.parsed, self._whom, now_s)


def _pair(chain: Sequence[Certificate]) -> tuple[Certificate, Certificate]:
    """The server's certificate and that of its issuer; one that is trusted itself stands for both."""
    return chain[0], chain[1 if len(chain) > 1 else 0]


def _is_forward_secret(found: TlsEvidence) -> bool:
    return found.version == "TLSv1.3" or found.cipher.startswith(("ECDHE-", "DHE-"))
