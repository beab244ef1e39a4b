"""tls probes: chains, names, days left, versions, ciphers, ALPN and pins, against real handshakes."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.catalogue import CatalogueErrors, load_value
from slamon.errors import ConfigurationError
from slamon.probes import ProbeContext, ProbeNotRunError, Reason

from .authority import Credential, in_days, unix
from .conftest import Probing, run, tls_probe
from .nameserver import name_server
from .servers import Listener, listening, silent

BOTH_STACKS = pytest.mark.parametrize("expect", [{}, {"staple": "if_sent"}], ids=["ssl", "pyopenssl"])
"""What holds whether or not a staple is asked for, which another library does."""


@pytest.fixture
def middle(root: Credential) -> Credential:
    return root.authority()


@pytest.fixture
def own(middle: Credential) -> Credential:
    return middle.leaf("127.0.0.1", "shop.example.org", "*.shop.example.org", ends=in_days(40))


@pytest.fixture
async def server(own: Credential, tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(silent, tls=own.server(tmp_path)) as running:
        yield running


def digest(data: bytes) -> str:
    made = hashes.Hash(hashes.SHA256())
    made.update(data)
    return made.finalize().hex()


def key_of(credential: Credential) -> str:
    return digest(credential.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def fingerprint(credential: Credential) -> str:
    return credential.certificate.fingerprint(hashes.SHA256()).hex()


@BOTH_STACKS
async def test_up_with_all_it_showed(
    tls: Probing, server: Listener, own: Credential, ca_file: str, expect: dict[str, Any]
) -> None:
    outcome = await tls(server.address, ca_file=ca_file, alpn=["h2"], expect=expect)
    assert (outcome.verdict, outcome.reason, outcome.message) == (Verdict.UP, None, ""), outcome
    assert list(outcome.phases) == ["connect", "tls"]
    assert sum(outcome.phases.values()) == outcome.duration_us > 0
    assert outcome.address == server.address
    assert outcome.certificate_expiry == unix(own.certificate.not_valid_after_utc)
    assert outcome.details == {"tls_version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"}
    found = outcome.tls
    assert found is not None
    assert [one.subject for one in found.verified] == ["CN=leaf", "CN=Test Intermediate", "CN=Test Root"]
    assert [one.subject for one in found.sent] == ["CN=leaf", "CN=Test Intermediate"]
    assert (found.bits, found.alpn, found.staple) == (256, "", None)
    assert found.own is not None
    assert found.own.fingerprint == fingerprint(own)
    assert found.own.key_fingerprint == key_of(own)
    assert found.own.not_before < found.own.not_after


class TestChains:
    """Verified against an authority of ours, under both libraries with the same words."""

    @BOTH_STACKS
    @pytest.mark.parametrize(
        ("case", "words"),
        [
            ("expired", "certificate has expired"),
            ("not yet valid", "certificate is not yet valid"),
            ("wrong name", "mismatch, certificate is not valid for '127.0.0.1'"),
            ("self-signed", "self-signed certificate"),
            ("another root", "unable to get local issuer certificate"),
            ("intermediate missing", "unable to get local issuer certificate"),
            ("intermediate expired", "certificate has expired"),
        ],
    )
    async def test_not_valid(
        self,
        tls: Probing,
        root: Credential,
        ca_file: str,
        tmp_path: Path,
        case: str,
        words: str,
        expect: dict[str, Any],
    ) -> None:
        made = {
            "expired": lambda: root.leaf(ends=in_days(-1)),
            "not yet valid": lambda: root.leaf(begins=in_days(2)),
            "wrong name": lambda: root.leaf("other.example.org"),
            "self-signed": lambda: Credential.root("127.0.0.1"),
            "another root": lambda: Credential.root("Somebody Else").authority().leaf(),
            "intermediate missing": lambda: root.authority().leaf(),
            "intermediate expired": lambda: root.authority(ends=in_days(-1)).leaf(),
        }[case]()
        theirs = made.server(tmp_path, chain=case != "intermediate missing")
        async with listening(silent, tls=theirs) as running:
            outcome = await tls(running.address, ca_file=ca_file, expect=expect)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.CERTIFICATE), outcome
        assert outcome.message.startswith(f"the certificate of {running.address} is not valid: ")
        assert words in outcome.message
        assert outcome.tls is not None
        assert outcome.tls.own is not None
        assert outcome.tls.own.fingerprint == fingerprint(made), "it is shown all the same"
        assert outcome.tls.verified == ()

    @BOTH_STACKS
    async def test_an_intermediate_may_be_trusted(
        self, tls: Probing, middle: Credential, server: Listener, tmp_path: Path, expect: dict[str, Any]
    ) -> None:
        trusted = tmp_path / "middle.pem"
        trusted.write_bytes(middle.pem)
        outcome = await tls(server.address, ca_file=str(trusted), expect=expect)
        assert outcome.verdict is Verdict.UP, outcome
        assert outcome.tls is not None
        assert len(outcome.tls.verified) == 2

    async def test_the_systems_authorities_do_not_know_ours(self, tls: Probing, server: Listener) -> None:
        assert (await tls(server.address)).reason is Reason.CERTIFICATE

    @BOTH_STACKS
    async def test_server_name(self, tls: Probing, server: Listener, ca_file: str, expect: dict[str, Any]) -> None:
        for name, verdict in {
            "shop.example.org": Verdict.UP,
            "www.shop.example.org": Verdict.UP,
            "a.b.shop.example.org": Verdict.DOWN,
            "example.org": Verdict.DOWN,
        }.items():
            outcome = await tls(server.address, ca_file=ca_file, server_name=name, expect=expect)
            assert outcome.verdict is verdict, (name, outcome)

    async def test_further_names(self, tls: Probing, server: Listener, ca_file: str) -> None:
        names = ["shop.example.org", "WWW.shop.example.org", "*.shop.example.org"]
        assert (await tls(server.address, ca_file=ca_file, expect={"names": names})).verdict is Verdict.UP
        for name in ("example.org", "a.b.shop.example.org", "*.example.org"):
            outcome = await tls(server.address, ca_file=ca_file, expect={"names": [*names, name]})
            assert outcome.reason is Reason.CERTIFICATE
            assert outcome.message == f"the certificate of {server.address} is not for {name}"

    async def test_nothing_is_verified(self, tls: Probing, root: Credential, tmp_path: Path) -> None:
        theirs = root.authority(ends=in_days(7)).leaf("other.example.org", ends=in_days(30))
        async with listening(silent, tls=theirs.server(tmp_path)) as running:
            outcome = await tls(running.address, skip_verification=True)
            judged = await tls(running.address, skip_verification=True, expect={"certificate_days": 10})
        assert outcome.verdict is Verdict.UP
        assert outcome.certificate_expiry == unix(theirs.between[0].not_valid_after_utc), "the chain belongs together"
        assert (judged.verdict, judged.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING)

    @BOTH_STACKS
    async def test_a_client_certificate(
        self, tls: Probing, root: Credential, ca_file: str, tmp_path: Path, expect: dict[str, Any]
    ) -> None:
        theirs = root.leaf().server(tmp_path, client_ca=Path(ca_file))
        theirs.maximum_version = ssl.TLSVersion.TLSv1_2  # in 1.3 the client is done before it is refused
        me = root.leaf("probe")
        (tmp_path / "key.pem").write_bytes(me.key_pem)
        (tmp_path / "me.pem").write_bytes(me.pem)
        whole = me.write(tmp_path / "whole.pem")
        async with listening(silent, tls=theirs) as running:
            asked = {"ca_file": ca_file, "expect": expect}
            one = await tls(running.address, certificate=str(whole), **asked)
            two = await tls(
                running.address, certificate=str(tmp_path / "me.pem"), key=str(tmp_path / "key.pem"), **asked
            )
            none = await tls(running.address, **asked)
        assert (one.verdict, two.verdict) == (Verdict.UP, Verdict.UP), (one, two)
        assert (none.verdict, none.reason) == (Verdict.DOWN, Reason.TLS)

    @BOTH_STACKS
    @pytest.mark.parametrize("key", ["ca_file", "certificate"])
    async def test_files_of_ours(
        self, tls: Probing, server: Listener, ca_file: str, tmp_path: Path, expect: dict[str, Any], key: str
    ) -> None:
        broken = tmp_path / "broken.pem"
        broken.write_text("no certificate")
        with pytest.raises(ProbeNotRunError, match=key):
            await tls(server.address, **{"ca_file": ca_file, "expect": expect, key: str(broken)})


class TestDaysLeft:
    """The earliest end of the verified chain, or the server's own."""

    @pytest.mark.parametrize(
        ("chain_days", "own_days", "verdict", "words"),
        [
            (None, None, Verdict.UP, ""),
            (5, None, Verdict.UP, ""),
            (20, None, Verdict.DEGRADED, "the certificate expires in 9 days, less than 20 days"),
            (None, 20, Verdict.UP, ""),
            (None, 35, Verdict.DEGRADED, "the server's own certificate expires in 29 days, less than 35 days"),
            (20, 35, Verdict.DEGRADED, "the certificate expires in 9 days, less than 20 days"),
        ],
    )
    async def test_degraded(
        self,
        tls: Probing,
        root: Credential,
        ca_file: str,
        tmp_path: Path,
        chain_days: int | None,
        own_days: int | None,
        verdict: Verdict,
        words: str,
    ) -> None:
        theirs = root.authority(ends=in_days(9.9)).leaf(ends=in_days(29.9)).server(tmp_path)
        expect = {"certificate_days": chain_days, "own_certificate_days": own_days}
        async with listening(silent, tls=theirs) as running:
            outcome = await tls(running.address, ca_file=ca_file, expect=expect)
        assert (outcome.verdict, outcome.message) == (verdict, words)

    @pytest.mark.parametrize("key", ["certificate_days", "own_certificate_days"])
    async def test_expired_and_not_verified_is_down(
        self, tls: Probing, root: Credential, tmp_path: Path, key: str
    ) -> None:
        async with listening(silent, tls=root.leaf(ends=in_days(-1)).server(tmp_path)) as running:
            outcome = await tls(running.address, skip_verification=True, expect={key: 0})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.CERTIFICATE)

    async def test_slow_is_degraded(self, tls: Probing, server: Listener, ca_file: str) -> None:
        outcome = await tls(server.address, ca_file=ca_file, expect={"degraded_over": "1ms"})
        assert outcome.verdict in {Verdict.DEGRADED, Verdict.UP}
        assert outcome.reason in {Reason.SLOW, None}
        assert (outcome.reason is Reason.SLOW) is (outcome.duration_us > 1000)


def limited(own: Credential, folder: Path, version: str, ciphers: str | None = None) -> ssl.SSLContext:
    """A server that knows one version, and perhaps few ciphers."""
    theirs = own.server(folder)
    theirs.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
    theirs.minimum_version = theirs.maximum_version = {
        "1.0": ssl.TLSVersion.TLSv1,
        "1.1": ssl.TLSVersion.TLSv1_1,
        "1.2": ssl.TLSVersion.TLSv1_2,
        "1.3": ssl.TLSVersion.TLSv1_3,
    }[version]
    return theirs


class TestVersionsAndCiphers:
    """Floors and ceilings."""

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
    @BOTH_STACKS
    @pytest.mark.parametrize("spoken", ["1.0", "1.1", "1.2", "1.3"])
    @pytest.mark.parametrize("least", ["1.0", "1.2", "1.3"])
    async def test_the_floor(
        self,
        tls: Probing,
        own: Credential,
        ca_file: str,
        tmp_path: Path,
        spoken: str,
        least: str,
        expect: dict[str, Any],
    ) -> None:
        async with listening(silent, tls=limited(own, tmp_path, spoken)) as running:
            outcome = await tls(running.address, ca_file=ca_file, min_version=least, expect=expect)
        if spoken >= least:
            assert outcome.verdict is Verdict.UP, outcome
            assert outcome.details["tls_version"] == {"1.0": "TLSv1"}.get(spoken, f"TLSv{spoken}")
        else:
            assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TLS), outcome

    @BOTH_STACKS
    async def test_the_ceiling(self, tls: Probing, server: Listener, ca_file: str, expect: dict[str, Any]) -> None:
        outcome = await tls(server.address, ca_file=ca_file, max_version="1.2", expect=expect)
        assert outcome.details["tls_version"] == "TLSv1.2"

    @BOTH_STACKS
    async def test_offered_ciphers(self, tls: Probing, server: Listener, ca_file: str, expect: dict[str, Any]) -> None:
        offered = {"ca_file": ca_file, "max_version": "1.2", "expect": expect}
        outcome = await tls(server.address, ciphers="ECDHE-ECDSA-CHACHA20-POLY1305", **offered)
        assert outcome.details["cipher"] == "ECDHE-ECDSA-CHACHA20-POLY1305"
        assert (await tls(server.address, ciphers="AES128-SHA", **offered)).reason is Reason.TLS
        with pytest.raises(ConfigurationError, match="ciphers: OpenSSL knows none of 'NO-SUCH-CIPHER'"):
            await tls(server.address, ciphers="NO-SUCH-CIPHER", **offered)

    @pytest.mark.parametrize(
        ("expect", "words"),
        [
            ({"ciphers": ["ECDHE-.*-GCM-.*", "ECDHE.*SHA"]}, ""),
            ({"ciphers": "ECDHE-.*-GCM-.*"}, "which is none of ciphers"),
            ({"ciphers": "ECDHE"}, "which is none of ciphers"),
            ({"not_ciphers": ["RC4", "CBC"]}, ""),
            ({"not_ciphers": ["RC4", "-SHA$"]}, "which is one of not_ciphers"),
            ({"cipher_bits": 128}, ""),
            ({"cipher_bits": 256}, "whose key has 128 bits, fewer than 256"),
            ({"forward_secrecy": True}, ""),
        ],
    )
    async def test_the_cipher_that_was_agreed_on(
        self, tls: Probing, own: Credential, ca_file: str, tmp_path: Path, expect: dict[str, Any], words: str
    ) -> None:
        async with listening(silent, tls=limited(own, tmp_path, "1.2", "ECDHE-ECDSA-AES128-SHA")) as running:
            outcome = await tls(running.address, ca_file=ca_file, ciphers="ALL", expect=expect)
        assert outcome.verdict is (Verdict.DOWN if words else Verdict.UP), outcome
        if words:
            assert outcome.reason is Reason.CIPHER
            assert outcome.message == f"{running.address} agreed on the cipher ECDHE-ECDSA-AES128-SHA, {words}"

    async def test_without_forward_secrecy(self, tls: Probing, tmp_path: Path, root: Credential, ca_file: str) -> None:
        theirs = limited(root.leaf(key=rsa.generate_private_key(65537, 2048)), tmp_path, "1.2", "AES128-GCM-SHA256")
        async with listening(silent, tls=theirs) as running:
            options = {"ca_file": ca_file, "ciphers": "ALL"}
            up = await tls(running.address, **options)
            down = await tls(running.address, **options, expect={"forward_secrecy": True})
        assert up.verdict is Verdict.UP, up
        assert (down.reason, down.verdict) == (Reason.CIPHER, Verdict.DOWN)

    @BOTH_STACKS
    async def test_alpn(
        self, tls: Probing, own: Credential, ca_file: str, tmp_path: Path, expect: dict[str, Any]
    ) -> None:
        theirs = own.server(tmp_path)
        theirs.set_alpn_protocols(["http/1.1"])
        async with listening(silent, tls=theirs) as running:
            options = {"ca_file": ca_file, "alpn": ["h2", "http/1.1"]}
            up = await tls(running.address, **options, expect={**expect, "alpn": ["h2", "http/1.1"]})
            down = await tls(running.address, **options, expect={**expect, "alpn": "h2"})
            none = await tls(running.address, **{**options, "alpn": "h2"}, expect={**expect, "alpn": "h2"})
        assert (up.verdict, up.details["alpn"]) == (Verdict.UP, "http/1.1"), up
        assert down.reason is Reason.PROTOCOL
        assert down.message == f"{running.address} agreed on http/1.1 by ALPN, not on h2"
        assert none.verdict is Verdict.DOWN
        assert none.reason in {Reason.PROTOCOL, Reason.TLS}


class TestPins:
    """Certificate, key, issuer."""

    async def test_the_certificates_fingerprint(
        self, tls: Probing, server: Listener, own: Credential, middle: Credential, ca_file: str
    ) -> None:
        right, other = fingerprint(own), fingerprint(middle)
        written = ":".join(right[at : at + 2] for at in range(0, 64, 2)).upper()
        for pins, up in {(right,): True, (other, written): True, (other,): False}.items():
            outcome = await tls(server.address, ca_file=ca_file, expect={"fingerprints": list(pins)})
            assert outcome.verdict is (Verdict.UP if up else Verdict.DOWN), outcome
        assert outcome.reason is Reason.PIN
        assert right[:16] in outcome.message

    async def test_a_key_of_the_chain(
        self, tls: Probing, server: Listener, own: Credential, middle: Credential, root: Credential, ca_file: str
    ) -> None:
        other = Credential.root("Somebody Else")
        for credential, up in ((own, True), (middle, True), (root, True), (other, False)):
            outcome = await tls(server.address, ca_file=ca_file, expect={"key_fingerprints": key_of(credential)})
            assert outcome.verdict is (Verdict.UP if up else Verdict.DOWN), outcome
        assert outcome.reason is Reason.PIN
        unverified = await tls(server.address, skip_verification=True, expect={"key_fingerprints": key_of(middle)})
        assert unverified.reason is Reason.PIN, "a chain that nobody verified proves nothing of the keys above"

    async def test_the_issuer(self, tls: Probing, server: Listener, ca_file: str) -> None:
        assert (await tls(server.address, ca_file=ca_file, expect={"issuers": "Intermediate$"})).verdict is Verdict.UP
        outcome = await tls(server.address, ca_file=ca_file, expect={"issuers": ["^CN=Test Root$", "O=Other"]})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PIN)
        assert "CN=Test Intermediate" in outcome.message

    async def test_a_self_signed_one_is_trusted_by_its_pin(self, tls: Probing, tmp_path: Path) -> None:
        alone = Credential.root("switch")
        async with listening(silent, tls=alone.server(tmp_path)) as running:
            pinned = {"fingerprints": fingerprint(alone)}
            assert (await tls(running.address, skip_verification=True, expect=pinned)).verdict is Verdict.UP


class TestAddresses:
    """As of every kind: names by our resolver, families, refusals."""

    async def test_names_and_families(self, root: Credential, ca_file: str, tmp_path: Path) -> None:
        theirs = root.leaf("mail.test").server(tmp_path)
        async with name_server({"mail.test": ["127.0.0.2", "127.0.0.1"]}) as names, listening(silent, tls=theirs) as s:
            context = ProbeContext(nameservers=[names.address])
            found = await run(tls_probe(context, f"mail.test:{s.port}", ca_file=ca_file))
            missing = await run(tls_probe(context, f"none.test:{s.port}", ca_file=ca_file))
            await context.close()
        assert (found.verdict, found.address) == (Verdict.UP, s.address), found
        assert found.phases["resolve"] > 0
        assert missing.reason is Reason.DNS

    @BOTH_STACKS
    async def test_ipv6(
        self, tls: Probing, root: Credential, ca_file: str, tmp_path: Path, expect: dict[str, Any]
    ) -> None:
        async with listening(silent, tls=root.leaf().server(tmp_path), host="::1") as running:
            assert (await tls(running.address, ca_file=ca_file, expect=expect)).verdict is Verdict.UP

    async def test_what_is_no_host(self, context: ProbeContext) -> None:
        with pytest.raises(ValidationError, match="address"):
            tls_probe(context, "x..y:443")


@pytest.mark.parametrize(
    ("options", "place", "words"),
    [
        ({"starttls": "gopher"}, "starttls", "smtp"),
        ({"min_version": "1.3", "max_version": "1.2"}, "max_version", "1.3 or a newer one"),
        ({"expect": {"alpn": "h2"}}, "expect.alpn", "a protocol of alpn"),
        ({"skip_verification": True, "expect": {"staple": "required"}}, "expect.staple", "without skip_verification"),
        ({"expect": {"fingerprints": "12:34"}}, "expect.fingerprints", "64 hexadecimal digits"),
        ({"expect": {"names": "no name"}}, "expect.names", "a name as certificates bear it"),
        ({"ciphers": "RC4;DROP"}, "ciphers", "as OpenSSL lists them"),
        ({"alpn": ""}, "alpn", "as ALPN knows it"),
        ({"expect": {"issuers": "("}}, "expect.issuers", "RE2"),
        ({"expect": {"cipher_bits": 4096}}, "expect.cipher_bits", "256"),
        ({"key": "me.key"}, "key", "certificate beside it"),
    ],
)
def test_mistakes_name_the_place_and_the_remedy(options: dict[str, Any], place: str, words: str) -> None:
    check = {"tls": {"address": "shop.example.org:443", **options}}
    with pytest.raises(CatalogueErrors) as raised:
        load_value({"slamon": 1, "services": {"s": {"checks": {"c": check}}}})
    assert f"services.s.checks.c.tls.{place}" in str(raised.value)
    assert words in str(raised.value)
