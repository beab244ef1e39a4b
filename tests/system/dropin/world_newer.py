"""What only newer exporters reach: Unix sockets, WebSockets, a server of TLS 1.3 alone."""

import asyncio
import base64
import hashlib
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

from tests.integration.probes.authority import Credential
from tests.integration.probes.servers import answer, listening, read_request
from tests.integration.probes.socks import SocksProxy
from tests.system.dropin.world import PASSWORD, TOKEN, USER, Places, greets, quiet, site

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def sockets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A WebSocket that greets, and says what it was told."""
    request = await read_request(reader)
    if request is None:
        return
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    allowed = {
        "/no": False,
        "/key": request.header("x-key") == "abc",
        "/login": request.header("authorization") == f"Basic {pair}",
        "/bearer": request.header("authorization") == f"Bearer {TOKEN}",
    }.get(request.path, True)
    if not allowed:
        writer.write(answer("no", 403))
        return
    key = (request.header("sec-websocket-key") or "") + GUID
    proof = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    writer.write(f"{head}Sec-WebSocket-Accept: {proof}\r\n\r\n".encode() + frame(b"hello you"))
    while True:
        first, length = await reader.readexactly(2)
        mask, data = await reader.readexactly(4), await reader.readexactly(length & 0x7F)
        if first & 0x0F == 8:
            return
        said = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        writer.write(frame(b"you said " + said))
        await writer.drain()


def frame(data: bytes) -> bytes:
    return bytes([0x81, len(data)]) + data


async def open_newer(places: Places, stack: AsyncExitStack) -> None:
    """All of it."""
    root = Credential.root("Newer Root")
    leaf = root.leaf().write(places.folder / "newer.pem")
    with (places.folder / "root.pem").open("ab") as trusted:
        trusted.write(root.pem)
    places.ports["ws"] = (await stack.enter_async_context(listening(quiet(sockets)))).port
    places.ports["socks"] = (await stack.enter_async_context(listening(quiet(SocksProxy())))).port
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    for name, tls in (("unix", None), ("unix-tls", context)):
        path = places.folder / f"{name}.sock"
        server = await asyncio.start_unix_server(quiet(greets), path, ssl=tls)
        stack.callback(server.close)
        places.files[name] = str(path)
    newest = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    newest.load_cert_chain(leaf)
    newest.minimum_version = ssl.TLSVersion.TLSv1_3
    places.ports["wss"] = (await stack.enter_async_context(listening(quiet(sockets), tls=newest))).port
    places.ports["https13"] = (await stack.enter_async_context(listening(quiet(site), tls=newest))).port
    (places.folder / "user.txt").write_text(USER)
    places.files["user.txt"] = str(places.folder / "user.txt")


def texts(places: Places, value: object) -> object:
    """`<name text>` replaced by what the file holds."""
    if isinstance(value, dict):
        return {key: texts(places, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [texts(places, inner) for inner in value]
    if isinstance(value, str) and value.startswith("<") and value.endswith(" text>"):
        return Path(places.files[value[1:].removesuffix(" text>")]).read_text()
    return places.fill(value) if isinstance(value, str) else value
