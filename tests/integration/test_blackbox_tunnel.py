"""WebSockets through the proxies of a module: what is asked of them, where they may be, and proxies that misbehave."""

import asyncio
import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.blackbox.asking import Answer, Prober, Question, Settings
from slamon.blackbox.guard import Limits
from slamon.catalogue.blackbox import load_blackbox_text
from slamon.probes.context import ProbeContext

from tests.integration.probes.authority import Credential
from tests.integration.probes.nameserver import name_server
from tests.integration.probes.servers import answer, listening, read_request
from tests.integration.probes.socks import SocksProxy, pump

LOCAL = "127.0.0.1/32"
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def opens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A WebSocket that is opened, and says nothing."""
    request = await read_request(reader)
    assert request is not None
    proof = hashlib.sha1(((request.header("sec-websocket-key") or "") + GUID).encode()).digest()
    head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    writer.write(f"{head}Sec-WebSocket-Accept: {base64.b64encode(proof).decode()}\r\n\r\n".encode())
    await reader.read()


class Tunnels:
    """A proxy that makes tunnels; `asked` is what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        assert request is not None
        self.asked.append((f"{request.method} {request.path}", request.header("proxy-authorization")))
        host, _, port = request.path.rpartition(":")
        far = await asyncio.open_connection(host.strip("[]"), int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        pumps = [asyncio.ensure_future(pump(*pair)) for pair in ((reader, far[1]), (far[0], writer))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        far[1].close()


async def ask(target: str, config: dict[str, Any], *allow: str, timeout: str = "5s", debug: bool = False) -> Answer:
    """Probe once."""
    context = ProbeContext(evidence=True)
    module = {"prober": "websocket", "timeout": timeout, "websocket": {"http_config": config}}
    file = load_blackbox_text(Path("b.yml"), yaml.safe_dump({"modules": {"m": module}}).encode())
    try:
        prober = Prober(file, Limits.of(allow or (LOCAL,), ()), Settings(), context)
        return await prober.ask(Question(target=target, module="m", debug=debug))
    finally:
        await context.close()


async def test_a_tunnel_to_the_address_that_was_chosen_with_our_login() -> None:
    proxy = Tunnels()
    async with listening(opens) as target, listening(proxy) as at:
        config = {"proxy_url": f"http://anna:geh%40eim@127.0.0.1:{at.port}"}
        found = await ask(f"ws://localhost:{target.port}/", config, LOCAL)
        assert b"probe_success 1" in found.body, found.body
        login = base64.b64encode(b"anna:geh@eim").decode()
        assert proxy.asked == [(f"CONNECT 127.0.0.1:{target.port}", f"Basic {login}")]


async def test_tls_goes_through_a_tunnel(tmp_path: Path) -> None:
    root, proxy = Credential.root(), Tunnels()
    (tmp_path / "root.pem").write_bytes(root.pem)
    config: dict[str, Any] = {"tls_config": {"ca_file": str(tmp_path / "root.pem")}}
    async with listening(opens, tls=root.leaf().server(tmp_path)) as target, listening(proxy) as at:
        config["proxy_url"] = f"http://127.0.0.1:{at.port}"
        found = await ask(f"wss://localhost:{target.port}/", config)
        assert b"probe_success 1" in found.body, found.body
        assert b"probe_ssl_earliest_cert_expiry" in found.body
        assert len(proxy.asked) == 1


async def test_tls_to_the_proxy_carries_what_is_in_the_clear(tmp_path: Path) -> None:
    root, proxy = Credential.root(), Tunnels()
    (tmp_path / "root.pem").write_bytes(root.pem)
    config: dict[str, Any] = {"tls_config": {"ca_file": str(tmp_path / "root.pem")}}
    async with listening(opens) as target, listening(proxy, tls=root.leaf().server(tmp_path)) as at:
        config["proxy_url"] = f"https://localhost:{at.port}"
        found = await ask(f"ws://127.0.0.1:{target.port}/", config)
        assert b"probe_success 1" in found.body, found.body
        refused = await ask(f"wss://127.0.0.1:{target.port}/", config, debug=True)
        assert b"does not go through TLS to a proxy" in refused.body


async def test_socks_is_asked_for_the_address() -> None:
    proxy = SocksProxy()
    async with listening(opens) as target, listening(proxy) as at:
        found = await ask(f"ws://localhost:{target.port}/", {"proxy_url": f"socks5h://127.0.0.1:{at.port}"})
        assert b"probe_success 1" in found.body, found.body
        assert proxy.wanted == ["127.0.0.1"]


async def test_neither_the_proxy_nor_what_is_behind_it_may_be_inside() -> None:
    proxy = Tunnels()
    async with listening(opens) as target, listening(proxy) as at:
        config = {"proxy_url": f"http://127.0.0.1:{at.port}"}
        behind = await ask(f"ws://10.1.2.3:{target.port}/", config, LOCAL)
        assert behind.status == 403, behind.body
        there = await ask("ws://192.0.2.1/", config, "192.0.2.0/24")
        assert there.status == 403, there.body
        assert b"127.0.0.0/24" in there.body
        assert proxy.asked == []


def says(*pieces: bytes) -> Any:
    """Says one piece for each that comes, then nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            await reader.read(65_536)
            writer.write(piece)
            await writer.drain()

    return serve


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Word: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


BROKEN = (
    ("http", says(answer("no", 407)), b"answered 407 when asked for a tunnel"),
    ("http", says(b"SSH-2.0-x\r\n\r\n"), b"did not answer in HTTP"),
    ("http", says(b""), b"did not answer"),
    ("http", endless, b"did not answer"),
    ("socks5", says(b"\x05\xff"), b"does not take us without a login"),
    ("socks5", says(b"\x04\x00"), b"does not take us without a login"),
    ("socks5", says(b"\x05\x00", b"\x05\x05\x00\x01" + bytes(6)), b"refused to connect us (code 5)"),
    ("socks5", says(b"\x05\x00", b"\x05"), b"closed the connection"),
    ("socks5", says(b"\x05\x00", b"\x05\x00\x00\x01" + bytes(60)), b"sent more than its answer"),
)


@pytest.mark.parametrize(("scheme", "serve", "said"), BROKEN, ids=range(len(BROKEN)))
async def test_a_proxy_that_misbehaves(scheme: str, serve: Any, said: bytes) -> None:
    async with listening(serve) as at:
        config = {"proxy_url": f"{scheme}://127.0.0.1:{at.port}"}
        found = await ask("ws://127.0.0.1:9/", config, timeout="20s", debug=True)
        assert b"probe_success 0" in found.body
        assert said in found.body, found.body


async def test_the_login_of_a_proxy_is_not_shown() -> None:
    async with listening(says(answer("wrong: geheim1234", 407))) as at:
        config = {"proxy_url": f"http://anna:geheim1234@127.0.0.1:{at.port}"}
        found = await ask("ws://127.0.0.1:9/", config, debug=True)
        assert b"geheim1234" not in found.body


async def test_the_proxy_of_a_token_is_found_by_us_and_told_its_headers() -> None:
    """Not by libcurl, whose resolver has twenty threads for all."""
    asked: list[str | None] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        assert request is not None
        asked.append(request.header("x-tunnel"))
        writer.write(answer("no", 502))

    async with name_server({"proxy.test": ["127.0.0.1"]}) as names, listening(proxy) as at:
        context = ProbeContext(evidence=True, nameservers=[names.address])
        oauth = {"client_id": "a", "client_secret": "b", "token_url": "https://login.test/token"}
        oauth |= {"proxy_url": f"http://proxy.test:{at.port}", "proxy_connect_header": {"X-Tunnel": ["yes"]}}
        text = yaml.safe_dump({"modules": {"m": {"prober": "http", "timeout": "20s", "http": {"oauth2": oauth}}}})
        try:
            prober = Prober(
                load_blackbox_text(Path("b.yml"), text.encode()), Limits.of((LOCAL,), ()), Settings(), context
            )
            found = await prober.ask(Question(target="http://127.0.0.1:9/", module="m"))
        finally:
            await context.close()
        assert b"probe_success 0" in found.body
        assert "proxy.test" in names.asked
        assert asked == ["yes", "yes"]
