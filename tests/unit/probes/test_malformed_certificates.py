"""Certificates that a stranger made so that they cannot be read are passed over."""

import ssl

from cryptography.hazmat.primitives.serialization import Encoding
from slamon.probes.evidence import read
from slamon.probes.tls import pem_chain

from tests.fuzz.seeds import CERTIFICATES, CHAIN

VERSION = bytes.fromhex("a003020102")
ODD = CERTIFICATES[0].replace(VERSION, bytes.fromhex("a003020125"))
"""Version 38, which there is not: the library has an error of its own for it."""


def test_a_certificate_of_no_version_is_none() -> None:
    assert CERTIFICATES[0] != ODD
    assert read(CERTIFICATES[0]) is not None
    assert read(ODD) is None


def test_a_chain_ends_where_a_certificate_cannot_be_read() -> None:
    sound = CHAIN[1].public_bytes(Encoding.PEM)
    odd = ssl.DER_cert_to_PEM_cert(ODD).encode()
    assert pem_chain([odd, sound], None) == []
    assert pem_chain([CHAIN[0].public_bytes(Encoding.PEM), odd, sound], None) == [*CHAIN]
