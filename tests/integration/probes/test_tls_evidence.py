"""What TLS showed, typed, of tcp and http probes, where it is asked for: for pages and for who exports it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext

from .authority import Credential, in_days, unix
from .conftest import http_probe, run, tcp_probe
from .servers import Site, listening, silent, site


@pytest.fixture
async def asking() -> AsyncIterator[ProbeContext]:
    """Of probes whose evidence is asked for."""
    shared = ProbeContext(evidence=True)
    yield shared
    await shared.close()


@pytest.fixture
def middle(root: Credential) -> Credential:
    return root.authority(ends=in_days(20))


@pytest.fixture
def stale() -> Credential:
    return Credential.root("Nobody", ends=in_days(-3))


@pytest.fixture
async def shop(middle: Credential, stale: Credential, tmp_path: Path) -> AsyncIterator[Site]:
    """It sends the chain, and a certificate that has ended and has nothing to do with it."""
    leaf = middle.leaf("127.0.0.1", "shop.example.org")
    async with site(tls=leaf.server(tmp_path, more=(stale.pem,))) as running:
        yield running


@pytest.mark.parametrize("kind", ["http", "tcp"])
async def test_the_whole_evidence(
    kind: str,
    asking: ProbeContext,
    shop: Site,
    middle: Credential,
    root: Credential,
    stale: Credential,
    ca_file: str,
) -> None:
    make = {"http": lambda: http_probe(asking, shop.url(), tls={"ca_file": ca_file})}
    make["tcp"] = lambda: tcp_probe(asking, shop.listener.address, tls={"ca_file": ca_file})
    outcome = await run(make[kind]())
    found = outcome.tls

    assert outcome.verdict is Verdict.UP, outcome
    assert found is not None
    assert (found.version, found.cipher) == ("TLSv1.3", "TLS_AES_256_GCM_SHA384")
    assert found.standard_cipher == found.cipher
    assert [one.subject for one in found.sent] == ["CN=leaf", "CN=Test Intermediate", "CN=Nobody"]
    assert [one.subject for one in found.verified] == ["CN=leaf", "CN=Test Intermediate", "CN=Test Root"]
    assert [one.issuer for one in found.verified] == ["CN=Test Intermediate", "CN=Test Root", "CN=Test Root"]
    assert found.chain_end == unix(middle.certificate.not_valid_after_utc) == outcome.certificate_expiry
    assert found.sent_end == unix(stale.certificate.not_valid_after_utc)
    assert found.own is not None
    assert (found.own.dns_names, found.own.addresses) == (("shop.example.org",), ("127.0.0.1",))
    assert found.verified[2].serial == root.certificate.serial_number
    assert found.verified[2].fingerprint == root.certificate.fingerprint(hashes.SHA256()).hex()
    assert found.verified[2].parsed == root.certificate


@pytest.mark.parametrize("kind", ["http", "tcp"])
async def test_nothing_is_verified(kind: str, asking: ProbeContext, shop: Site) -> None:
    tls = {"skip_verification": True}
    probe = (
        http_probe(asking, shop.url(), tls=tls) if kind == "http" else tcp_probe(asking, shop.listener.address, tls=tls)
    )
    found = (await run(probe)).tls
    assert found is not None
    assert (len(found.sent), found.verified, found.chain_end) == (3, (), None)


async def test_a_certificate_that_is_not_valid_is_shown_all_the_same(
    asking: ProbeContext, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    async with listening(silent, tls=root.leaf(ends=in_days(-1)).server(tmp_path)) as server:
        outcome = await run(tcp_probe(asking, server.address, tls={"ca_file": ca_file}))
    assert outcome.verdict is Verdict.DOWN
    assert outcome.tls is not None
    assert (len(outcome.tls.sent), outcome.tls.verified) == (1, ())


async def test_it_is_not_kept_unasked_nor_without_tls(
    context: ProbeContext, asking: ProbeContext, shop: Site, ca_file: str
) -> None:
    for probe in (
        http_probe(context, shop.url(), tls={"ca_file": ca_file}),
        tcp_probe(context, shop.listener.address, tls={"ca_file": ca_file}),
        tcp_probe(asking, shop.listener.address),
    ):
        outcome = await run(probe)
        assert (outcome.verdict, outcome.tls) == (Verdict.UP, None)
