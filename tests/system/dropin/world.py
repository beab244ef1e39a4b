"""The servers that both exporters probe, on loopback, in one thread; and the two exporters themselves."""

import asyncio
import base64
import gzip
import json
import ssl
import subprocess
import threading
import zlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import brotli
import requests
import yaml

from tests.integration.probes.authority import Credential, in_days
from tests.integration.probes.servers import Handler, Request, answer, listening, read_request
from tests.system.running import COMMAND, free_port, wait_for

BODY = b"Hello, world. All is well.\n"
DOCUMENT = {"status": "up", "count": 3, "nodes": [{"name": "a", "load": 0.5}], "deep": {"ok": True}}
LAST_MODIFIED = "Tue, 15 Nov 1994 12:45:26 GMT"
USER, PASSWORD, TOKEN = "anna", "geheim", "tok-1234567"
EXPORTER = "prometheus-blackbox-exporter"


@dataclass(slots=True)
class Places:
    """Where everything is, by name: ports, and files."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """`{name}` of a port or file put in."""
        for name, value in {**self.ports, **self.files}.items():
            text = text.replace(f"<{name}>", str(value))
        return text


def respond(request: Request) -> bytes:
    """The answer of the site by path."""
    path, _, query = request.path.partition("?")
    words = {key: values[0] for key, values in parse_qs(query).items()}
    head, *rest = path.strip("/").split("/")
    match head:
        case "status":
            return answer("what you asked for", int(rest[0]))
        case "hops":
            left = int(rest[0])
            return answer("on", 302, Location=f"/hops/{left - 1}") if left else answer(BODY)
        case "to":
            return answer("elsewhere", int(words.get("status", "302")), Location=unquote(words["url"]))
        case "nowhere":
            return answer("elsewhere", int(rest[0]))
        case "packed":
            return packed(rest[0], words)
        case "json":
            return answer(json.dumps(DOCUMENT), headers={"Content-Type": "application/json"})
        case "long-json":
            return answer(json.dumps({"l": list(range(9000))}))
        case "list":
            return answer("[1, 2, 3]")
        case "dated":
            return answer(BODY, headers={"Last-Modified": LAST_MODIFIED})
        case "misdated":
            return answer(BODY, headers={"Last-Modified": "yesterday"})
        case "many":
            return answer(BODY, headers={"X-Many": ["one", "two"], "X-One": "single"})
        case "needs":
            ok = request.header(words["name"]) == words["value"]
            return answer("as wanted" if ok else "not as wanted", 200 if ok else 400)
        case "method":
            return answer("", 200 if request.method == rest[0] else 405)
        case "echo":
            return answer(request.body)
        case "login":
            return login(request, rest[0])
        case "cookie":
            return answer("", 302, headers={"Location": "/eaten", "Set-Cookie": "a=b; Path=/"})
        case "eaten":
            return answer("", 200 if request.header("cookie") == "a=b" else 403)
        case "big":
            return answer(b"x" * int(rest[0]))
        case "chunked":
            return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n6\r\n world\r\n0\r\n\r\n"
        case "token":
            return token(request, rest[0])
        case "host":
            ok = request.header("host") == words["name"]
            return answer("as wanted" if ok else "not as wanted", 200 if ok else 421)
    return answer(BODY)


def packed(coding: str, words: dict[str, str]) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(BODY),
        "deflate": deflate.compress(BODY) + deflate.flush(),
        "br": brotli.compress(BODY),
        "broken": gzip.compress(BODY * 50)[:-12],
    }
    said = words.get("said", "")
    return answer(bodies.get(coding, BODY), headers={"Content-Encoding": said} if said else {})


def login(request: Request, kind: str) -> bytes:
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    wanted = {"basic": f"Basic {pair}", "bearer": f"Bearer {TOKEN}", "custom": f"Custom {TOKEN}"}[kind]
    return answer("", 200 if request.header("authorization") == wanted else 401)


def token(request: Request, kind: str) -> bytes:
    form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    in_header = request.header("authorization") == f"Basic {pair}"
    in_form = (form.get("client_id"), form.get("client_secret")) == (USER, PASSWORD)
    good = in_form if kind == "form" else in_header
    if kind == "scoped":
        good = good and form.get("scope") == "one two" and form.get("audience") == "shop"
    if not good or form.get("grant_type") != "client_credentials":
        return answer('{"error": "invalid_client"}', 401)
    body = json.dumps({"access_token": TOKEN, "token_type": "bearer", "expires_in": 60})
    return answer(body, headers={"Content-Type": "application/json"})


async def site(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """HTTP/1.1, and a few answers that break off."""
    while (request := await read_request(reader)) is not None:
        path = request.path.partition("?")[0]
        if path == "/old":
            writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)
            return
        if path == "/endless-length":
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY)
            return
        if path == "/short":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + BODY)
            return
        if path == "/nothing":
            return
        if path == "/garbage":
            writer.write(b"what is this\r\n\r\n")
            return
        if path == "/never":
            await asyncio.sleep(30)
            return
        if path == "/stalls":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + BODY)
            await writer.drain()
            await asyncio.sleep(30)
            return
        data = respond(request)
        writer.write(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if request.method == "HEAD" else data)
        await writer.drain()


def proxy(login_: str | None = None, header: tuple[str, str] | None = None) -> Handler:
    """A proxy for http and tunnels."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        if request is None:
            return
        wanted = login_ is None or request.header("proxy-authorization") == login_
        wanted = wanted and (header is None or request.method != "CONNECT" or request.header(header[0]) == header[1])
        if not wanted:
            writer.write(answer("log in", 407, Connection="close"))
            return
        if request.method == "CONNECT":
            host, _, port = request.path.rpartition(":")
            try:
                far = await asyncio.open_connection(host.strip("[]"), int(port))
            except OSError:
                writer.write(answer("", 502))
                return
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(pump(reader, far[1]), pump(far[0], writer))
            return
        writer.write(answer("through the proxy", headers={"X-Asked": request.path}))

    return serve


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def script(*steps: bytes | None, tls: ssl.SSLContext | None = None) -> Handler:
    """Writes bytes; None waits for a line from the client; b'TLS' begins TLS."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for step in steps:
            if step is None:
                if not await reader.readline():
                    return
            elif step == b"TLS":
                assert tls is not None
                await writer.start_tls(tls)
            elif step == b"WAIT":
                await asyncio.sleep(30)
            else:
                writer.write(step)
                await writer.drain()

    return serve


async def greets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A greeting, then every line back."""
    writer.write(b"220 mail.example.org ESMTP ready\r\n")
    while line := await reader.readline():
        writer.write(b"250 " + line)
        await writer.drain()


async def open_world(places: Places, stack: AsyncExitStack) -> None:
    """All servers."""
    folder = places.folder
    root = Credential.root(ends=in_days(900))
    middle = root.authority(ends=in_days(400))
    good, other = middle.leaf("localhost", "127.0.0.1", "::1", "shop.example.org"), Credential.root("Other Root")
    client = middle.leaf("client.example.org")
    trusted, client_ca = folder / "root.pem", folder / "client-ca.pem"
    for file, credential in ((trusted, root), (client_ca, middle), (folder / "other.pem", other)):
        file.write_bytes(credential.pem)
    (folder / "client-ca.pem").write_bytes(middle.pem + root.pem)
    (folder / "client.pem").write_bytes(client.pem + middle.pem)
    (folder / "client.key").write_bytes(client.key_pem)
    for name, text in (("password", PASSWORD), ("token", TOKEN), ("body", "from a file"), ("wrong", "wrong")):
        (folder / f"{name}.txt").write_text(text)
    (folder / "bad.pem").write_text("no certificate")
    names = ("root.pem", "other.pem", "client.pem", "client.key", "bad.pem")
    places.files |= {
        name: str(folder / name) for name in (*names, "password.txt", "token.txt", "body.txt", "wrong.txt")
    }
    places.files["missing"] = str(folder / "missing")
    old = good.server(folder)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    tls = good.server(folder)
    served: dict[str, tuple[Handler, ssl.SSLContext | None]] = {
        "http": (site, None),
        "https": (site, tls),
        "https12": (site, old),
        "expired": (site, middle.leaf(ends=in_days(-2)).server(folder)),
        "foreign": (site, other.leaf().server(folder)),
        "misnamed": (site, middle.leaf("elsewhere.example.org").server(folder)),
        "nameless": (site, middle.leaf("10.99.99.99").server(folder)),
        "mutual": (site, good.server(folder, client_ca=client_ca)),
        "proxy": (proxy(), None),
        "locked-proxy": (proxy(f"Basic {base64.b64encode(b'anna:geheim').decode()}"), None),
        "choosy-proxy": (proxy(header=("X-Tunnel", "yes")), None),
        "greets": (greets, None),
        "greets-tls": (greets, tls),
        "closes": (script(b"one\n", b"two"), None),
        "silent": (script(b"WAIT"), None),
        "binary": (script(b"\x00\x01\x02ABCD", b"WAIT"), None),
        "talks": (script(b"220 hi, token=abc123 x\r\n", None, b"250 STARTTLS\r\n", None, b"221 bye\n"), None),
        "long": (script(b"x" * 70_000 + b"\n", b"done\n"), None),
        "starttls": (script(b"220 ready\n", None, b"220 go\n", b"TLS", b"250 now secret\n", b"WAIT", tls=tls), None),
        "no-starttls": (script(b"220 ready\n", None, b"502 no\n"), None),
    }
    for name, (handler, secure) in served.items():
        places.ports[name] = (await stack.enter_async_context(listening(quiet(handler), tls=secure))).port
    six = await stack.enter_async_context(listening(quiet(site), host="::1"))
    places.ports["six"] = six.port
    places.ports["closed"] = free_port()


def quiet(handler: Handler) -> Handler:
    """Clients break off as they like."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError, ValueError):
            pass

    return serve


@contextmanager
def world(folder: Path, *more: Callable[[Places, AsyncExitStack], Coroutine[Any, Any, None]]) -> Iterator[Places]:
    """The servers, running in a thread of their own."""
    places, up, ready = Places(folder), threading.Event(), []

    async def body() -> None:
        stop = asyncio.Event()
        ready.append((asyncio.get_running_loop(), stop))
        async with AsyncExitStack() as stack:
            for opening in (open_world, *more):
                await opening(places, stack)
            up.set()
            await stop.wait()

    failure: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(body())
        except BaseException as error:
            failure.append(error)
        finally:
            up.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert up.wait(60)
    assert not failure, failure
    try:
        yield places
    finally:
        loop, stop = ready[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


@dataclass(slots=True)
class Exporter:
    """One of the two."""

    port: int

    def get(self, path: str, **more: Any) -> requests.Response:
        """What it answers."""
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=60, **more)


@contextmanager
def running(words: list[str], port: int, log: Path, env: dict[str, str], healthy: str) -> Iterator[Exporter]:
    """A process, once it is healthy."""
    with log.open("wb") as out, subprocess.Popen(words, stdout=out, stderr=out, env=env) as process:
        try:

            def answers() -> bool:
                assert process.poll() is None, log.read_text(errors="replace")
                return requests.get(f"http://127.0.0.1:{port}{healthy}", timeout=5).ok

            wait_for(answers, f"{words[0]} is up", 60)
            yield Exporter(port)
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def peer(config: dict[str, Any], folder: Path, env: dict[str, str]) -> Iterator[Exporter]:
    """The real exporter."""
    file, port = folder / "peer.yml", free_port()
    file.write_text(yaml.safe_dump(config))
    words = [EXPORTER, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"]
    with running(words, port, folder / "peer.log", env, "/-/healthy") as exporter:
        yield exporter


@contextmanager
def ours(config: dict[str, Any], folder: Path, env: dict[str, str], *more: str) -> Iterator[Exporter]:
    """slamon without a catalogue."""
    file, port = folder / "ours.yml", free_port()
    file.write_text(yaml.safe_dump(config))
    words = [*COMMAND, "run", "--blackbox", str(file), "--listen", f"127.0.0.1:{port}", "-d", str(folder / "data")]
    with running([*words, *more], port, folder / "ours.log", env, "/-/ready") as exporter:
        yield exporter
