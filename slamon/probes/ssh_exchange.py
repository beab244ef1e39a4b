"""The key exchange of SSH up to the server's proof that it has its host key; nothing is encrypted (RFC 4253, 8731).

We stop there: what comes after needs a login. The secret that both sides then share is thrown away.
"""

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from slamon.probes.course import Failure, Mask
from slamon.probes.outcome import Reason
from slamon.probes.ssh_keys import CURVES, HostKey
from slamon.probes.ssh_packets import IDENTIFICATION, BrokenError, Packets, Reader, goodbye, integer, names, string

KEXINIT, KEX_INIT, KEX_REPLY = 20, 30, 31
FLAGS_AND_RESERVED = 5
COOKIE = 16

CIPHERS = (
    *("chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com"),
    *("aes256-ctr", "aes192-ctr", "aes128-ctr", "aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"),
)
MACS = (
    *("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "umac-128-etm@openssh.com"),
    *("hmac-sha2-256", "hmac-sha2-512", "umac-128@openssh.com", "hmac-sha1-etm@openssh.com", "hmac-sha1", "hmac-md5"),
)
COMPRESSIONS = ("none", "zlib@openssh.com", "zlib")
"""We use none of these three, and name them all: a server without one in common would not go on."""

MODP_14 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)
"""The group of 2048 bits (RFC 3526)."""

EXPONENT_BITS = 256


@dataclass(frozen=True, slots=True)
class Offer:
    """What a side can: algorithms by what they are for, and the message as it was sent."""

    message: bytes
    lists: tuple[tuple[str, ...], ...]

    @property
    def all(self) -> list[str]:
        """Every algorithm of the first six lists, each once: exchange, host key, ciphers, MACs."""
        return list(dict.fromkeys(name for names_ in self.lists[:6] for name in names_))


@dataclass(frozen=True, slots=True)
class Agreed:
    """What came of an exchange."""

    offer: Offer
    exchange: str
    algorithm: str
    key: HostKey


class Half(Protocol):
    """Our half of an exchange."""

    hash: str
    """The hash's name."""

    def ours(self) -> bytes:
        """What we send, as a field."""
        ...

    def shared(self, theirs: bytes) -> tuple[bytes, int]:
        """What they sent, as a field, and the secret. ValueError when theirs is none."""
        ...


class X25519:
    """Curve25519 (RFC 8731)."""

    hash = "sha256"

    def __init__(self) -> None:
        self._key = x25519.X25519PrivateKey.generate()

    def ours(self) -> bytes:
        """Our point."""
        return string(self._key.public_key().public_bytes_raw())

    def shared(self, theirs: bytes) -> tuple[bytes, int]:
        """Their point, and the secret."""
        secret = self._key.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
        return string(theirs), int.from_bytes(secret, "big")


class Nist:
    """The curves of NIST (RFC 5656)."""

    def __init__(self, curve: str, hash_: str) -> None:
        self.hash = hash_
        self._curve = CURVES[curve]()
        self._key = ec.generate_private_key(self._curve)

    def ours(self) -> bytes:
        """Our point."""
        return string(self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def shared(self, theirs: bytes) -> tuple[bytes, int]:
        """Their point, and the secret."""
        point = ec.EllipticCurvePublicKey.from_encoded_point(self._curve, theirs)
        return string(theirs), int.from_bytes(self._key.exchange(ec.ECDH(), point), "big")


class Group14:
    """Diffie-Hellman in the group of 2048 bits, for servers that know no curve."""

    def __init__(self, hash_: str) -> None:
        self.hash = hash_
        self._secret = secrets.randbits(EXPONENT_BITS) | 1 << EXPONENT_BITS - 1
        self._ours = pow(2, self._secret, MODP_14)

    def ours(self) -> bytes:
        """Our power."""
        return integer(self._ours)

    def shared(self, theirs: bytes) -> tuple[bytes, int]:
        """Their power, and the secret."""
        power = int.from_bytes(theirs, "big", signed=True)
        if not 1 < power < MODP_14 - 1:
            raise ValueError("out of range")
        return integer(power), pow(power, self._secret, MODP_14)


EXCHANGES = (
    *("curve25519-sha256", "curve25519-sha256@libssh.org"),
    *("ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"),
    *("diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"),
)
"""Preferred first. Those after quantum computers are not needed: the secret is thrown away."""

_NIST_HASHES = {"nistp256": "sha256", "nistp384": "sha384", "nistp521": "sha512"}


def half(exchange: str) -> Half:
    """Our half of an exchange by its name."""
    if exchange.startswith("curve25519"):
        return X25519()
    if exchange.startswith("ecdh"):
        curve = exchange.rpartition("-")[2]
        return Nist(curve, _NIST_HASHES[curve])
    return Group14(exchange.rpartition("-")[2])


async def agreed(packets: Packets, whom: str, identification: bytes, algorithms: Sequence[str]) -> Agreed:
    """Exchange keys; `algorithms` are those of host keys that we take. The host key is proved to be the server's.

    Raises Failure (algorithm, host_key, protocol, too_large).
    """
    own = _own_offer(algorithms)
    await packets.send(own.message)
    try:
        offer = _offer(await packets.receive())
        exchange = _common(own, offer, 0, "key exchange", whom)
        algorithm = _common(own, offer, 1, "host key", whom)
        ours = half(exchange)
        await packets.send(bytes((KEX_INIT,)) + ours.ours())
        if _guessed_wrong(own, offer):
            await packets.receive()
        key, theirs, signature = _reply(await packets.receive())
        field, secret = ours.shared(theirs)
        said = (IDENTIFICATION, identification, own.message, offer.message, key.blob)
        whole = b"".join(map(string, said)) + ours.ours() + field + integer(secret)
        proved = key.signed(signature, hashlib.new(ours.hash, whole).digest(), algorithm)
    except ValueError as error:
        what = str(error) if isinstance(error, BrokenError) else "a key that is none"
        raise Failure(Reason.PROTOCOL, f"{whom} broke the rules of the key exchange: {what}") from None
    if not proved:
        raise Failure(Reason.HOST_KEY, f"{whom} does not have the private key of its host key {key.fingerprint}")
    await packets.send(goodbye())
    return Agreed(offer, exchange, algorithm, key)


def _own_offer(algorithms: Sequence[str]) -> Offer:
    lists = (EXCHANGES, tuple(algorithms), CIPHERS, CIPHERS, MACS, MACS, COMPRESSIONS, COMPRESSIONS, (), ())
    message = bytes((KEXINIT,)) + os.urandom(COOKIE) + b"".join(map(names, lists)) + bytes(FLAGS_AND_RESERVED)
    return Offer(message, lists)


def _offer(message: bytes) -> Offer:
    reader = Reader(message)
    if reader.take(1)[0] != KEXINIT:
        raise BrokenError("it did not begin with its algorithms")
    reader.take(COOKIE)
    lists = tuple(reader.names() for _ in range(10))
    reader.take(FLAGS_AND_RESERVED)
    return Offer(message, lists)


def _guessed_wrong(own: Offer, theirs: Offer) -> bool:
    """Whether a packet follows that the server sent on a guess, and that does not count."""
    follows = theirs.message[-FLAGS_AND_RESERVED] != 0
    return follows and any(a[:1] != b[:1] for a, b in zip(own.lists[:2], theirs.lists[:2], strict=True))


def _common(own: Offer, theirs: Offer, index: int, what: str, whom: str) -> str:
    found = next((name for name in own.lists[index] if name in theirs.lists[index]), None)
    if found is None:
        offered = Mask(()).shown(", ".join(theirs.lists[index]))
        raise Failure(Reason.ALGORITHM, f"{whom} offers no {what} that we take; it offers {offered}")
    return found


def _reply(payload: bytes) -> tuple[HostKey, bytes, bytes]:
    reader = Reader(payload)
    if reader.take(1)[0] != KEX_REPLY:
        raise BrokenError("its reply did not come")
    return HostKey(reader.string()), reader.string(), reader.string()
