"""TLS of http probes: whom we trust, who we are, what is negotiated, and when the verified chain ends."""

import asyncio
import os
import socket
import ssl
import struct
import warnings
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext, ProbeNotRunError, Reason

from .authority import Credential, in_days, unix
from .conftest import Probing, http_probe, run
from .servers import Handler, answer, listening, site
from .socks import pump


async def test_a_trusted_server_is_up_with_phases_version_and_expiry(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    ends = in_days(40)
    async with site(tls=root.leaf(ends=ends).server(tmp_path)) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file})
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.phases["tls"] > 0
    assert sum(outcome.phases.values()) == outcome.duration_us
    assert outcome.certificate_expiry == unix(ends)
    assert outcome.details["tls_version"] == "TLSv1.3"


@pytest.mark.parametrize(
    ("names", "ends", "trusted", "words"),
    [
        (("localhost", "127.0.0.1"), 90, False, "unable to get local issuer certificate"),
        (("localhost", "127.0.0.1"), -1, True, "certificate has expired"),
        (("other.example.org",), 90, True, "it is not for this name"),
    ],
)
async def test_certificates_that_are_not_valid(
    http: Probing,
    tmp_path: Path,
    root: Credential,
    ca_file: str,
    names: tuple[str, ...],
    ends: int,
    trusted: bool,
    words: str,
) -> None:
    signer = root if trusted else Credential.root("Somebody Else")
    async with site(tls=signer.leaf(*names, ends=in_days(ends)).server(tmp_path)) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.CERTIFICATE)
        assert outcome.message == f"the certificate of {shop.listener.address} is not valid: {words}"
        assert shop.requests == []
        skipping = await http(shop.url(), tls={"skip_verification": True})
        assert skipping.verdict is Verdict.UP
        assert skipping.certificate_expiry is not None


async def test_the_expiry_is_the_earliest_of_the_verified_chain_not_of_what_was_sent(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    """The intermediate ends before the leaf; a superfluous certificate that has long expired is sent as well."""
    middle = root.authority(ends=in_days(20))
    leftover = Credential.root("Old Root", ends=in_days(-400))
    async with site(tls=middle.leaf(ends=in_days(80)).server(tmp_path, more=(leftover.pem,))) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file})
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.certificate_expiry == unix(middle.certificate.not_valid_after_utc)


async def test_a_root_that_is_not_sent_counts(http: Probing, tmp_path: Path) -> None:
    short = Credential.root("Short Root", ends=in_days(5))
    file = tmp_path / "short.pem"
    file.write_bytes(short.pem)
    async with site(tls=short.leaf(ends=in_days(80)).server(tmp_path)) as shop:
        outcome = await http(shop.url(), tls={"ca_file": str(file)})
    assert outcome.certificate_expiry == unix(short.certificate.not_valid_after_utc)


@pytest.mark.parametrize(
    ("ends", "wanted", "verdict", "reason"),
    [
        (40, 14, Verdict.UP, None),
        (10, 14, Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING),
        (10, None, Verdict.UP, None),
        (-1, 14, Verdict.DOWN, Reason.CERTIFICATE),
    ],
)
async def test_certificate_days(
    http: Probing,
    root: Credential,
    tmp_path: Path,
    ends: int,
    wanted: int | None,
    verdict: Verdict,
    reason: Reason | None,
) -> None:
    async with site(tls=root.leaf(ends=in_days(ends)).server(tmp_path)) as shop:
        outcome = await http(shop.url(), tls={"skip_verification": True}, expect={"certificate_days": wanted})
    assert (outcome.verdict, outcome.reason) == (verdict, reason), outcome


async def test_a_kept_connection_keeps_its_certificate_and_version(
    context: ProbeContext, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    ends = in_days(9)
    async with site(tls=root.leaf(ends=ends).server(tmp_path)) as shop:
        expect = {"certificate_days": 14}
        probe = http_probe(context, shop.url(), tls={"ca_file": ca_file}, connection="reuse", expect=expect)
        for _ in range(3):
            outcome = await run(probe)
            assert outcome.reason is Reason.CERTIFICATE_EXPIRING, outcome
            assert outcome.certificate_expiry == unix(ends)
            assert outcome.details["tls_version"] == "TLSv1.3"
            assert sum(outcome.phases.values()) == outcome.duration_us
    assert shop.listener.connections == 1


async def test_a_missing_intermediate_is_not_valid(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    async with site(tls=root.authority().leaf().server(tmp_path, chain=False)) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file})
    assert outcome.reason is Reason.CERTIFICATE


async def test_server_name_is_asked_for_and_verified(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    asked: list[str | None] = []
    tls = root.leaf("shop.example.org").server(tmp_path)
    tls.sni_callback = lambda sock, name, context: asked.append(name)
    async with site(tls=tls) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file, "server_name": "shop.example.org"})
        wrong = await http(shop.url(), tls={"ca_file": ca_file, "server_name": "other.example.org"})
    assert outcome.verdict is Verdict.UP, outcome
    assert asked == ["shop.example.org", "other.example.org"]
    assert shop.last.header("Host") == f"127.0.0.1:{shop.listener.port}"
    assert wrong.reason is Reason.CERTIFICATE


async def test_resolve_to_keeps_name_and_verification(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    async with site(tls=root.leaf("shop.invalid").server(tmp_path)) as node:
        outcome = await http("https://shop.invalid/", resolve_to=node.listener.address, tls={"ca_file": ca_file})
    assert outcome.verdict is Verdict.UP, outcome
    assert node.last.header("Host") == "shop.invalid"


@pytest.mark.parametrize("separate", [True, False])
async def test_client_certificate(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path, separate: bool
) -> None:
    me = root.leaf("probe")
    own: dict[str, Any] = {"certificate": str(me.write(tmp_path / "me.pem"))}
    if separate:
        (tmp_path / "cert.pem").write_bytes(me.pem)
        (tmp_path / "key.pem").write_bytes(me.key_pem)
        own = {"certificate": str(tmp_path / "cert.pem"), "key": str(tmp_path / "key.pem")}
    async with site(tls=root.leaf().server(tmp_path, client_ca=Path(ca_file))) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file, **own})
    assert outcome.verdict is Verdict.UP, outcome


async def test_a_server_that_wants_a_certificate_of_ours(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    """In TLS 1.3 its alert comes after our handshake."""
    context = root.leaf().server(tmp_path, client_ca=Path(ca_file))
    with socket.create_server(("127.0.0.1", 0)) as server:
        refusing = asyncio.ensure_future(asyncio.to_thread(_refuse, server, context))
        outcome = await http(f"https://127.0.0.1:{server.getsockname()[1]}/", tls={"ca_file": ca_file})
        await refusing
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TLS), outcome
    assert outcome.message.endswith("ended TLS: tlsv13 alert certificate required")


def _refuse(server: socket.socket, context: ssl.SSLContext) -> None:
    """Shake hands with one client; OpenSSL sends the alert. What comes is read, that it is not lost in a reset."""
    client, _ = server.accept()
    with client:
        raw = client.dup()
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(client, server_side=True)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(10_000):
            pass
        raw.close()


async def test_our_certificate_is_not_shown_to_another_host(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    shown: list[bool] = []
    tls = root.leaf().server(tmp_path, client_ca=Path(ca_file))
    tls.verify_mode = ssl.CERT_OPTIONAL

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shown.append(writer.get_extra_info("peercert") not in (None, {}))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer("", 302, Location=f"https://localhost:{other.port}/") if len(shown) == 1 else answer())
        await writer.drain()

    me = str(root.leaf("probe").write(tmp_path / "me.pem"))
    async with listening(look, tls=tls) as first, listening(look, tls=tls) as other:
        outcome = await http(
            f"https://127.0.0.1:{first.port}/", tls={"ca_file": ca_file, "certificate": me}, ip_family=4
        )
    assert outcome.verdict is Verdict.UP, outcome
    assert shown == [True, False]


@pytest.mark.parametrize(
    ("minimum", "offered", "up"), [("1.3", "1.2", False), ("1.2", "1.2", True), ("1.3", "1.3", True)]
)
async def test_min_version(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path, minimum: str, offered: str, up: bool
) -> None:
    tls = root.leaf().server(tmp_path)
    tls.maximum_version = tls.minimum_version = ssl.TLSVersion[f"TLSv{offered.replace('.', '_')}"]
    async with site(tls=tls) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file, "min_version": minimum})
    if up:
        assert outcome.details["tls_version"] == f"TLSv{offered}"
    else:
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TLS)
        assert outcome.message.startswith(f"no TLS with {shop.listener.address}: ")


async def test_old_versions_only_when_allowed(http: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
    tls = root.leaf().server(tmp_path)
    tls.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.minimum_version, tls.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    async with site(tls=tls) as shop:
        refused = await http(shop.url(), tls={"ca_file": ca_file})
        allowed = await http(shop.url(), tls={"ca_file": ca_file, "min_version": "1.0"})
    assert refused.reason is Reason.TLS
    assert allowed.verdict is Verdict.UP, allowed
    assert allowed.details["tls_version"] == "TLSv1.1"


async def nothing_but_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        pass


@pytest.mark.parametrize(
    ("handler", "reason"), [(nothing_but_plain, Reason.TLS), (closing, Reason.TLS), (hanging, Reason.TIMEOUT)]
)
async def test_servers_that_speak_no_tls(http: Probing, ca_file: str, handler: Handler, reason: Reason) -> None:
    async with listening(handler) as server:
        within = 0.2 if reason is Reason.TIMEOUT else 20
        outcome = await http(f"https://{server.address}/", within=within, tls={"ca_file": ca_file})
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
    assert "TLS" in outcome.message


@pytest.mark.parametrize(("count", "up"), [(2_000, True), (20_000, False)])
async def test_a_certificate_with_thousands_of_names(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path, count: int, up: bool
) -> None:
    """OpenSSL takes chains up to 100 kB; beyond is a TLS failure, not a crash."""
    names = ("127.0.0.1", *(f"name-{number}.example.org" for number in range(count)))
    async with site(tls=root.leaf(*names).server(tmp_path)) as shop:
        outcome = await http(shop.url(), tls={"ca_file": ca_file})
    assert (outcome.verdict is Verdict.UP) is up, outcome
    if not up:
        assert outcome.reason is Reason.TLS
    assert len(outcome.message) < 300


@pytest.mark.parametrize("key", ["ca_file", "certificate"])
@pytest.mark.parametrize("content", [None, "no certificate at all"])
async def test_files_of_ours_that_cannot_be_used_are_our_own_failure(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path, key: str, content: str | None
) -> None:
    file = tmp_path / "broken.pem"
    if content is not None:
        file.write_text(content)
    async with site(tls=root.leaf().server(tmp_path)) as shop:
        with pytest.raises(ProbeNotRunError):
            await http(shop.url(), tls={"ca_file": ca_file, key: str(file)})


async def test_a_renewed_ca_file_is_trusted_at_once(context: ProbeContext, root: Credential, tmp_path: Path) -> None:
    file = tmp_path / "changing.pem"
    file.write_bytes(Credential.root("Old").pem)
    async with site(tls=root.leaf().server(tmp_path)) as shop:
        probe = http_probe(context, shop.url(), tls={"ca_file": str(file)})
        assert (await run(probe)).reason is Reason.CERTIFICATE
        file.write_bytes(root.pem)
        os.utime(file, ns=(1, 1))
        assert (await run(probe)).verdict is Verdict.UP


async def h2_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As much of HTTP/2 as one answer takes: settings, and headers that are `:status: 200` and the end."""
    writer.write(struct.pack("!I", 0)[1:] + b"\x04\x00" + bytes(4))
    await reader.readexactly(24)
    while True:
        head = await reader.readexactly(9)
        await reader.readexactly(int.from_bytes(head[:3], "big"))
        if head[3] == 4 and not head[4] & 1:
            writer.write(bytes(3) + b"\x04\x01" + bytes(4))
        if head[3] == 1:
            writer.write(b"\x00\x00\x01\x01\x05" + head[5:9] + b"\x88")
        await writer.drain()


@pytest.mark.parametrize("version", ["auto", "2", "1.1"])
async def test_http_version_is_negotiated(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path, version: str
) -> None:
    tls = root.leaf().server(tmp_path)
    tls.set_alpn_protocols(["h2", "http/1.1"])

    async def either(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
            await h2_server(reader, writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer())
        await writer.drain()

    async with listening(either, tls=tls) as server:
        outcome = await http(f"https://{server.address}/", http_version=version, tls={"ca_file": ca_file})
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.details["http_version"] == ("1.1" if version == "1.1" else "2")


async def test_http_2_in_the_clear(http: Probing) -> None:
    async with listening(h2_server) as server:
        outcome = await http(f"http://{server.address}/", http_version="2")
    assert (outcome.verdict, outcome.details["http_version"]) == (Verdict.UP, "2"), outcome


async def test_a_server_without_the_version_that_is_wanted(
    http: Probing, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    async with site(tls=root.leaf().server(tmp_path)) as shop:
        outcome = await http(shop.url(), http_version="2", tls={"ca_file": ca_file})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL)
        assert outcome.message == f"{shop.listener.address} answered in HTTP/1.1, not HTTP/2"
        third = await http(shop.url(), within=0.5, http_version="3", tls={"ca_file": ca_file})
    assert third.verdict is Verdict.DOWN
    assert third.reason in {Reason.REFUSED, Reason.CONNECT, Reason.TIMEOUT, Reason.TLS, Reason.PROTOCOL}
    assert len(shop.requests) == 1


async def test_a_tunnel_through_a_proxy(http: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"CONNECT shop.invalid:443 ")
        assert b"bearer-secret" not in head
        there = await asyncio.open_connection("127.0.0.1", shop.listener.port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        pumps = [asyncio.ensure_future(pump(*pair)) for pair in ((reader, there[1]), (there[0], writer))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for one in pumps:
            one.cancel()
        there[1].close()

    async with site(tls=root.leaf("shop.invalid").server(tmp_path)) as shop, listening(tunnel) as proxy:
        outcome = await http(
            "https://shop.invalid/", proxy=f"http://{proxy.address}", bearer="bearer-secret", tls={"ca_file": ca_file}
        )
    assert outcome.verdict is Verdict.UP, outcome
    assert shop.last.header("Authorization") == "Bearer bearer-secret"
