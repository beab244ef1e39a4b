"""TLS by the web configuration file: versions, ciphers, clients' certificates, certificates that change."""

import ssl
from pathlib import Path
from typing import Any

import h11
import pytest
import structlog
import yaml
from slamon.errors import ConfigurationError
from slamon.web.serving import Serving

from tests.integration.web.backend import FakeBackend
from tests.integration.web.certificates import issue, serial_of, trusting
from tests.integration.web.client import ask, connect, served

AUTHORITY = issue("authority")
FILES = {"cert_file": "server.crt", "key_file": "server.key"}
CLIENTS = {"client_ca_file": "authority.crt"}


@pytest.fixture
def made(folder: Path) -> Path:
    """A folder with an authority, a server's and two clients' certificates."""
    AUTHORITY.write(folder, "authority")
    issue("localhost", AUTHORITY).write(folder, "server")
    issue("prometheus", AUTHORITY, "2001:db8::1", "ops@example.org").write(folder, "known")
    issue("stranger", issue("another authority")).write(folder, "foreign")
    return folder


def written(folder: Path, tls: dict[str, Any], **more: Any) -> Path:
    path = folder / "web.yml"
    (folder / "web.new").write_text(yaml.safe_dump({"tls_server_config": tls, **more}))
    (folder / "web.new").replace(path)
    return path


async def serial(url: str) -> str:
    """Of the certificate a new connection is shown."""
    _, writer = await connect(url, trusting(AUTHORITY))
    shown = writer.get_extra_info("peercert")["serialNumber"]
    writer.transport.abort()
    return str(shown).lstrip("0")


async def refused(url: str, context: ssl.SSLContext) -> bool:
    """Whether the server ends the connection instead of answering."""
    try:
        return (await ask(url, "/-/healthy", tls=context)).status == 0
    except (OSError, h11.RemoteProtocolError):
        return True


async def test_tls_is_served_and_plain_http_is_not(backend: FakeBackend, made: Path) -> None:
    async with served(backend, made / "control.sock", written(made, FILES)) as (url,):
        assert url.startswith("https://127.0.0.1:")
        assert (await ask(url, "/metrics", tls=trusting(AUTHORITY))).text.startswith("# groups")
        reader, writer = await connect(url)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not (await reader.read()).startswith(b"HTTP")
        writer.close()
        assert (await ask(made / "control.sock", "/-/healthy")).status == 200


async def test_certificate_and_key_may_stand_in_the_file_itself(backend: FakeBackend, made: Path) -> None:
    inline = {"cert": (made / "server.crt").read_text(), "key": (made / "server.key").read_text()}
    path = written(made, inline | {"client_ca": AUTHORITY.cert_pem, "client_auth_type": "VerifyClientCertIfGiven"})
    (made / "server.crt").unlink()
    (made / "server.key").unlink()
    async with served(backend, web_config=path) as (url,):
        assert (await ask(url, "/-/healthy", tls=trusting(AUTHORITY, made / "known"))).status == 200


@pytest.mark.parametrize(
    ("policy", "none", "known", "foreign"),
    [
        ("NoClientCert", True, True, True),
        ("RequestClientCert", True, True, True),
        ("RequireAnyClientCert", False, True, False),
        ("VerifyClientCertIfGiven", True, True, False),
        ("RequireAndVerifyClientCert", False, True, False),
    ],
)
async def test_who_may_connect_under_each_policy_for_clients(
    backend: FakeBackend, made: Path, policy: str, none: bool, known: bool, foreign: bool
) -> None:
    authority = {} if policy == "NoClientCert" else CLIENTS
    path = written(made, FILES | authority | {"client_auth_type": policy})
    async with served(backend, web_config=path) as (url,):
        assert await refused(url, trusting(AUTHORITY)) is not none
        assert await refused(url, trusting(AUTHORITY, made / "known")) is not known
        assert await refused(url, trusting(AUTHORITY, made / "foreign")) is not foreign
        assert await refused(url, trusting(AUTHORITY)) is not none


@pytest.mark.parametrize(
    ("allowed", "fine"),
    [
        (["prometheus"], True),
        (["other", "2001:DB8:0::1"], True),
        (["ops@example.org"], True),
        (["Prometheus.example.org"], False),
    ],
)
async def test_only_certificates_with_an_allowed_name_pass(
    backend: FakeBackend, made: Path, allowed: list[str], fine: bool
) -> None:
    clients = CLIENTS | {"client_auth_type": "RequireAndVerifyClientCert", "client_allowed_sans": allowed}
    async with served(backend, web_config=written(made, FILES | clients)) as (url,):
        assert await refused(url, trusting(AUTHORITY, made / "known")) is not fine


@pytest.mark.parametrize(
    ("keys", "client", "fine"),
    [
        ({}, ssl.TLSVersion.TLSv1_2, True),
        ({"min_version": "TLS13"}, ssl.TLSVersion.TLSv1_2, False),
        ({"min_version": "TLS13"}, ssl.TLSVersion.TLSv1_3, True),
        ({"max_version": "TLS12"}, ssl.TLSVersion.TLSv1_3, False),
        ({"cipher_suites": ["TLS_AES_128_GCM_SHA256"]}, ssl.TLSVersion.TLSv1_2, False),
    ],
)
async def test_the_version_is_within_the_bounds(
    backend: FakeBackend, made: Path, keys: dict[str, Any], client: ssl.TLSVersion, fine: bool
) -> None:
    context = trusting(AUTHORITY)
    context.minimum_version = context.maximum_version = client
    async with served(backend, web_config=written(made, FILES | keys)) as (url,):
        assert await refused(url, context) is not fine


async def test_ciphers_and_their_order_are_those_of_the_file(backend: FakeBackend, made: Path) -> None:
    names = ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
    context = trusting(AUTHORITY)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305")
    taken = {}
    for prefer in (True, False):
        path = written(made, FILES | {"cipher_suites": names, "prefer_server_cipher_suites": prefer})
        async with served(backend, web_config=path) as (url,):
            _, writer = await connect(url, context)
            taken[prefer] = writer.get_extra_info("cipher")[0]
            writer.transport.abort()
    assert taken == {True: "ECDHE-ECDSA-CHACHA20-POLY1305", False: "ECDHE-ECDSA-AES128-GCM-SHA256"}


async def test_a_single_curve_is_kept_to_and_several_are_remarked_on(backend: FakeBackend, made: Path) -> None:
    context = trusting(AUTHORITY)
    context.set_ecdh_curve("prime256v1")
    for curves, fine in ((["CurveP256"], True), (["CurveP384"], False)):
        async with served(backend, web_config=written(made, FILES | {"curve_preferences": curves})) as (url,):
            assert await refused(url, context) is not fine
    with structlog.testing.capture_logs() as logs:
        async with served(backend, web_config=written(made, FILES | {"curve_preferences": ["X25519", "CurveP256"]})):
            assert any("curve_preferences" in line["event"] for line in logs)


async def test_old_versions_are_served_to_who_asks_for_them(backend: FakeBackend, made: Path) -> None:
    async with served(backend, web_config=written(made, FILES | {"min_version": "TLS10"})) as (url,):
        assert not await refused(url, trusting(AUTHORITY))


async def test_a_changed_certificate_is_shown_to_the_next_connection(backend: FakeBackend, made: Path) -> None:
    first = serial_of(made / "server.crt")
    async with served(backend, web_config=written(made, FILES)) as (url,):
        assert await serial(url) == first
        kept = await connect(url, trusting(AUTHORITY))
        renewed = issue("localhost", AUTHORITY)
        renewed.write(made, "server")
        assert await serial(url) == renewed.serial
        kept[1].write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await kept[0].read()).startswith(b"HTTP/1.1 200")
        kept[1].close()
        other = issue("localhost", AUTHORITY)
        other.write(made, "other")
        written(made, {"cert_file": "other.crt", "key_file": "other.key"})
        assert await serial(url) == other.serial


async def test_a_certificate_that_is_half_renewed_changes_nothing_until_it_is_whole(
    backend: FakeBackend, made: Path
) -> None:
    first, renewed = serial_of(made / "server.crt"), issue("localhost", AUTHORITY)
    async with served(backend, web_config=written(made, FILES)) as (url,):
        with structlog.testing.capture_logs() as logs:
            (made / "server.crt").write_text(renewed.cert_pem)
            assert await serial(url) == first
            assert await serial(url) == first
        assert len([line for line in logs if line["log_level"] == "error"]) == 1
        (made / "server.key").write_text(renewed.key_pem)
        assert await serial(url) == renewed.serial


async def test_a_file_with_a_mistake_changes_nothing_and_tls_is_never_dropped(backend: FakeBackend, made: Path) -> None:
    path = written(made, FILES)
    async with served(backend, web_config=path) as (url,):
        for text in ("tls_server_config: {cert_fil: x}", ": {", "", "basic_auth_users: {a: b}"):
            path.write_text(text)
            assert (await ask(url, "/-/healthy", tls=trusting(AUTHORITY))).status == 200, text


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"cert_file": "none.crt", "key_file": "server.key"}, "none.crt.*No such file"),
        ({"cert_file": "server.crt", "key_file": "known.key"}, "KEY_VALUES_MISMATCH"),
        ({"cert_file": "web.yml", "key_file": "server.key"}, "web.yml.*do not load"),
        ({"cert_file": "server.crt", "key_file": "locked.key"}, "the key is encrypted"),
        (
            FILES | {"client_ca_file": "none.crt", "client_auth_type": "RequireAndVerifyClientCert"},
            "client_ca .*none.crt does not load: No such file",
        ),
    ],
)
async def test_a_certificate_that_does_not_load_ends_the_start_with_its_name(
    backend: FakeBackend, made: Path, keys: dict[str, Any], words: str
) -> None:
    (made / "locked.key").write_text(issue("localhost", AUTHORITY).locked_key_pem)
    with pytest.raises(ConfigurationError, match=words):
        await Serving(backend, ["127.0.0.1:0"], made / "control.sock", written(made, keys)).start()
    assert not (made / "control.sock").exists()


async def test_stop_cuts_tls_clients_too(backend: FakeBackend, made: Path) -> None:
    async with served(backend, web_config=written(made, FILES)) as (url,):
        reader, writer = await connect(url, trusting(AUTHORITY))
        writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"healthy\n")
        shaking = await connect(url)
    assert await reader.read() == b""
    writer.transport.abort()
    shaking[1].transport.abort()


async def test_http2_is_accepted_and_http11_is_served(backend: FakeBackend, made: Path) -> None:
    context = trusting(AUTHORITY)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with structlog.testing.capture_logs() as logs:
        async with served(backend, web_config=written(made, FILES, http_server_config={"http2": True})) as (url,):
            _, writer = await connect(url, context)
            assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
            writer.transport.abort()
    assert [line for line in logs if "HTTP/1.1 is served" in line["event"]]
