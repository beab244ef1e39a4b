"""Host keys of SSH: their types, fingerprints, and the verification of what they signed."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from slamon.probes.ssh_packets import BrokenError, Reader

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "rsa-sha2-512": hashes.SHA512,
    "rsa-sha2-256": hashes.SHA256,
    "ssh-rsa": hashes.SHA1,
    "ecdsa-sha2-nistp256": hashes.SHA256,
    "ecdsa-sha2-nistp384": hashes.SHA384,
    "ecdsa-sha2-nistp521": hashes.SHA512,
}

CURVES: dict[str, type[ec.EllipticCurve]] = {
    "nistp256": ec.SECP256R1,
    "nistp384": ec.SECP384R1,
    "nistp521": ec.SECP521R1,
}

OF_TYPE = {
    "ed25519": ("ssh-ed25519",),
    "ecdsa": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
}
"""The signature algorithms of each type of key, preferred first."""

ALGORITHMS = tuple(name for names in OF_TYPE.values() for name in names)

MOST_RSA_BITS = 16_384
MOST_RSA_EXPONENT = 2**32
"""Larger keys are work for us rather than safety for anybody."""


def key_format(algorithm: str) -> str:
    """The name that keys of a signature algorithm bear."""
    return "ssh-rsa" if algorithm in OF_TYPE["rsa"] else algorithm


@dataclass(frozen=True, slots=True)
class HostKey:
    """A host key as it was sent."""

    blob: bytes

    @property
    def format(self) -> str:
        """The name of its type, for example `ssh-ed25519`."""
        return Reader(self.blob).string().decode("ascii", "replace")

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"

    def signed(self, signature: bytes, data: bytes, algorithm: str) -> bool:
        """Whether it signed the data, by the algorithm that was agreed. BrokenError for what is no key or signature."""
        outer = Reader(signature)
        if outer.string().decode("ascii", "replace") != algorithm:
            raise BrokenError("a signature of another algorithm than was agreed")
        proof, key = outer.string(), Reader(self.blob)
        if key.string().decode("ascii", "replace") != key_format(algorithm):
            raise BrokenError("a host key of another type than was agreed")
        try:
            if algorithm == "ssh-ed25519":
                ed25519.Ed25519PublicKey.from_public_bytes(key.string()).verify(proof, data)
            elif algorithm in OF_TYPE["rsa"]:
                public = _rsa(key)
                whole = proof.rjust(public.key_size // 8, b"\0")  # some servers leave leading zeros out
                public.verify(whole, data, padding.PKCS1v15(), HASHES[algorithm]())
            else:
                _ecdsa(key, algorithm).verify(_dss(proof), data, ec.ECDSA(HASHES[algorithm]()))
        except InvalidSignature:
            return False
        except BrokenError:
            raise
        except (ValueError, UnsupportedAlgorithm):
            raise BrokenError("a host key that is none") from None
        return True


def _rsa(key: Reader) -> rsa.RSAPublicKey:
    exponent, modulus = key.integer(), key.integer()
    if not (2 < exponent < MOST_RSA_EXPONENT and modulus > 0 and modulus.bit_length() <= MOST_RSA_BITS):
        raise BrokenError("a host key of RSA beyond all bounds")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _ecdsa(key: Reader, algorithm: str) -> ec.EllipticCurvePublicKey:
    curve = key.string().decode("ascii", "replace")
    if not algorithm.endswith(curve) or curve not in CURVES:
        raise BrokenError("a host key on another curve than its name says")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve](), key.string())


def _dss(proof: bytes) -> bytes:
    reader = Reader(proof)
    return encode_dss_signature(reader.integer(), reader.integer())
