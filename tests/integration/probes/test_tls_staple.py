"""OCSP staples of `openssl s_server`: good, revoked, stale, missing, and those that nobody should believe."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from slamon.accounting.facts import Verdict
from slamon.probes import Reason

from tests.system.running import free_port, wait_for

from .authority import Credential, Key, in_days
from .conftest import Probing

GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
Stapled = Callable[..., "contextlib.AbstractContextManager[str]"]


def response(
    own: Credential,
    issuer: Credential,
    by: Credential,
    *,
    status: ocsp.OCSPCertStatus = GOOD,
    age: float = 0,
    lasts: float | None = 3,
    more: tuple[x509.Certificate, ...] = (),
) -> bytes:
    """What an authority says; `age` and `lasts` in days."""
    begins = in_days(-age)
    builder = ocsp.OCSPResponseBuilder().add_response(
        own.certificate,
        issuer.certificate,
        hashes.SHA1(),
        status,
        begins,
        begins + timedelta(days=lasts) if lasts is not None else None,
        datetime(2026, 1, 2, 3, 4, tzinfo=UTC) if status is REVOKED else None,
        x509.ReasonFlags.key_compromise if status is REVOKED else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    if more:
        builder = builder.certificates(more)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def middle(root: Credential) -> Credential:
    return root.authority()


@pytest.fixture
def own(middle: Credential) -> Credential:
    return middle.leaf()


@contextlib.contextmanager
def stapling(own: Credential, staple: bytes | None, folder: Path, *more: str) -> Iterator[str]:
    """`openssl s_server` with that staple."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    own.write(folder / "own.pem")
    words = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "own.pem"]
    if own.between:
        (folder / "chain.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in own.between))
        words += ["-cert_chain", "chain.pem"]
    if staple is not None:
        (folder / "staple.der").write_bytes(staple)
        words += ["-status_file", "staple.der"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*words, *more], cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            wait_for(lambda: "ACCEPT" in (folder / "log").read_text(), "openssl listens", 30)
            yield f"127.0.0.1:{port}"
        finally:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("wanted", ["required", "if_sent"])
async def test_a_good_staple(
    tls: Probing, own: Credential, middle: Credential, ca_file: str, tmp_path: Path, version: str, wanted: str
) -> None:
    staple = response(own, middle, middle)
    with stapling(own, staple, tmp_path / "s") as address:
        outcome = await tls(address, ca_file=ca_file, max_version=version, expect={"staple": wanted})
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.details["tls_version"] == f"TLSv{version}"
    assert outcome.tls is not None
    assert outcome.tls.staple == staple


async def test_none_was_sent(tls: Probing, own: Credential, ca_file: str, tmp_path: Path) -> None:
    with stapling(own, None, tmp_path / "s") as address:
        required = await tls(address, ca_file=ca_file, expect={"staple": "required"})
        if_sent = await tls(address, ca_file=ca_file, expect={"staple": "if_sent"})
    assert (required.verdict, required.reason) == (Verdict.DOWN, Reason.STAPLE)
    assert required.message == f"{address} sent no OCSP staple"
    assert if_sent.verdict is Verdict.UP


async def test_nobody_looks_unless_told(
    tls: Probing, own: Credential, middle: Credential, ca_file: str, tmp_path: Path
) -> None:
    with stapling(own, response(own, middle, middle, status=REVOKED), tmp_path / "s") as address:
        assert (await tls(address, ca_file=ca_file)).verdict is Verdict.UP


@pytest.mark.parametrize("wanted", ["required", "if_sent"])
async def test_revoked(
    tls: Probing, own: Credential, middle: Credential, ca_file: str, tmp_path: Path, wanted: str
) -> None:
    with stapling(own, response(own, middle, middle, status=REVOKED), tmp_path / "s") as address:
        outcome = await tls(address, ca_file=ca_file, expect={"staple": wanted})
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REVOKED)
    sentence = f"the certificate of {address} was revoked on 2026-01-02 03:04 UTC, says its OCSP staple"
    assert outcome.message == sentence


def delegate(issuer: Credential, *, right: bool = True, ends: float = 30, key: Key | None = None) -> Credential:
    """One who signs on behalf of the issuer."""
    made = issuer.leaf("responder", ends=in_days(ends), key=key)
    if not right:
        return made
    old = made.certificate
    builder = x509.CertificateBuilder(
        old.issuer, old.subject, old.public_key(), old.serial_number, old.not_valid_before_utc, old.not_valid_after_utc
    ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    return Credential(builder.sign(issuer.key, hashes.SHA256()), made.key)


CASES: dict[str, tuple[Callable[[Credential, Credential], bytes], str]] = {
    "stale": (lambda own, by: response(own, by, by, age=9), "is stale, it held until "),
    "from the future": (lambda own, by: response(own, by, by, age=-2), "is from the future, "),
    "unknown": (lambda own, by: response(own, by, by, status=UNKNOWN), "does not know the certificate"),
    "about another": (lambda own, by: response(by.leaf(), by, by), "is about another certificate"),
    "of another issuer": (
        lambda own, by: response(own, Credential.root("Other"), by),
        "is about another certificate",
    ),
    "signed by a stranger": (
        lambda own, by: response(own, by, Credential.root("Test Intermediate")),
        "was not signed by the certificate's issuer or on its behalf",
    ),
    "signed by itself": (
        lambda own, by: response(own, by, own, more=(own.certificate,)),
        "was not signed by the certificate's issuer or on its behalf",
    ),
    "a delegate without the right": (
        lambda own, by: (lambda d: response(own, by, d, more=(d.certificate,)))(delegate(by, right=False)),
        "was not signed by the certificate's issuer or on its behalf",
    ),
    "a delegate of another": (
        lambda own, by: (lambda d: response(own, by, d, more=(d.certificate,)))(delegate(Credential.root("Test Root"))),
        "was not signed by the certificate's issuer or on its behalf",
    ),
    "a delegate that has expired": (
        lambda own, by: (lambda d: response(own, by, d, more=(d.certificate,)))(delegate(by, ends=-1)),
        "was not signed by the certificate's issuer or on its behalf",
    ),
    "try later": (
        lambda own, by: ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(
            Encoding.DER
        ),
        "is an error, try later",
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_staple_that_is_not_to_be_believed(
    tls: Probing, own: Credential, middle: Credential, ca_file: str, tmp_path: Path, case: str
) -> None:
    make, words = CASES[case]
    with stapling(own, make(own, middle), tmp_path / "s") as address:
        for wanted in ("required", "if_sent"):
            outcome = await tls(address, ca_file=ca_file, expect={"staple": wanted})
            assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.STAPLE), outcome
            assert f"the OCSP staple of {address} {words}" in outcome.message


@pytest.mark.parametrize("kind", ["ec", "rsa"])
async def test_a_delegate_with_the_right(
    tls: Probing, own: Credential, middle: Credential, ca_file: str, tmp_path: Path, kind: str
) -> None:
    signer = delegate(middle, key=rsa.generate_private_key(65537, 2048) if kind == "rsa" else None)
    with stapling(own, response(own, middle, signer, more=(signer.certificate,)), tmp_path / "s") as address:
        outcome = await tls(address, ca_file=ca_file, expect={"staple": "required"})
    assert outcome.verdict is Verdict.UP, outcome


async def test_one_without_an_end_holds(
    tls: Probing, own: Credential, middle: Credential, ca_file: str, tmp_path: Path
) -> None:
    with stapling(own, response(own, middle, middle, lasts=None), tmp_path / "s") as address:
        assert (await tls(address, ca_file=ca_file, expect={"staple": "required"})).verdict is Verdict.UP


async def test_a_certificate_that_is_not_valid_stays_so(
    tls: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    expired = root.leaf(ends=in_days(-1))
    with stapling(expired, response(expired, root, root), tmp_path / "s") as address:
        outcome = await tls(address, ca_file=ca_file, expect={"staple": "required"})
    assert outcome.reason is Reason.CERTIFICATE


@pytest.mark.parametrize("cut", [0.5, 0.95, 0.999])
def test_what_is_broken_is_told_and_never_raised(own: Credential, middle: Credential, cut: float) -> None:
    from slamon.probes.course import Failure
    from slamon.probes.staple import judge

    whole = response(own, middle, middle)
    for data in (whole[: int(len(whole) * cut)], b"", whole[:-9] + b"\0" * 9, b"\x30\x80" + whole):
        with pytest.raises(Failure) as raised:
            judge(data, own.certificate, middle.certificate, "shop", int(datetime.now(UTC).timestamp()))
        assert raised.value.reason is Reason.STAPLE


def test_any_byte_may_be_another(own: Credential, middle: Credential) -> None:
    """Whatever stands there: it is judged, and a status other than what was signed is never believed."""
    from slamon.probes.course import Failure
    from slamon.probes.staple import judge

    revoked = response(own, middle, middle, status=REVOKED)
    now = int(datetime.now(UTC).timestamp())
    for at in range(len(revoked)):
        changed: Any = bytearray(revoked)
        changed[at] ^= 1 << (at % 8)
        with pytest.raises(Failure):
            judge(bytes(changed), own.certificate, middle.certificate, "shop", now)
