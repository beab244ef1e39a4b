"""Servers on loopback that answer as a test wants, and remember what they were asked."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it came in; header names as they were written."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int

    def all(self, name: str) -> list[str]:
        """The values of a header, in order."""
        return [value for found, value in self.headers if found.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The one value of a header; None without it."""
        values = self.all(name)
        assert len(values) <= 1, values
        return values[0] if values else None


@dataclass(slots=True)
class Listener:
    """A listening server: its port, its connections so far."""

    port: int = 0
    host: str = "127.0.0.1"
    connections: int = 0
    errors: list[BaseException] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@asynccontextmanager
async def listening(
    handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Listener]:
    """A server; its connections end with it. What a handler raises, but for a lost connection, fails the test."""
    listener, tasks = Listener(host=host), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.connections += 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                await handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Exception as error:
            listener.errors.append(error)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, host, port, ssl=tls)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not listener.errors, listener.errors


def answer(
    body: bytes | str = b"ok", status: int = 200, headers: Mapping[str, str | list[str]] | None = None, **more: str
) -> bytes:
    """An answer as bytes; `more` are headers whose names have `_` for `-`."""
    raw = body.encode() if isinstance(body, str) else body
    given: dict[str, str | list[str]] = {"Content-Length": str(len(raw)), **(headers or {})}
    given |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"HTTP/1.1 {status} Some Words"]
    for name, values in given.items():
        lines += [f"{name}: {value}" for value in (values if isinstance(values, list) else [values])]
    return "\r\n".join(lines).encode("latin-1", "surrogateescape") + b"\r\n\r\n" + raw


async def read_request(reader: asyncio.StreamReader, connection: int = 0) -> Request | None:
    """The next request; None when the client has ended."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Request(method, path, headers, await reader.readexactly(length), connection)


OK = answer()
Answering = bytes | Callable[[Request], bytes]


@dataclass(slots=True)
class Site:
    """An HTTP/1.1 server: fixed answers by path (or made of the request), and the requests it got."""

    answers: Mapping[str, Answering]
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)
    listener: Listener = field(default_factory=Listener)

    @property
    def scheme(self) -> str:
        """http or https."""
        return "http" if self.tls is None else "https"

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The URL of a path."""
        shown = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{self.scheme}://{shown}:{self.listener.port}{path}"

    @property
    def last(self) -> Request:
        """The newest request."""
        return self.requests[-1]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the client ends; a path without an answer is 404."""
        connection = self.listener.connections
        while (request := await read_request(reader, connection)) is not None:
            self.requests.append(request)
            found = self.answers.get(request.path.partition("?")[0], answer("no such page", 404))
            writer.write(found if isinstance(found, bytes) else found(request))
            await writer.drain()


@asynccontextmanager
async def site(
    answers: Mapping[str, Answering] | Answering = OK,
    *,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Site]:
    """A running Site; a single answer is that of `/`."""
    served = Site(answers if isinstance(answers, Mapping) else {"/": answers}, tls, host)
    async with listening(lambda r, w: served.handle(r, w), tls=tls, host=host) as listener:
        served.listener = listener
        yield served


def says(*pieces: bytes, then_close: bool = True) -> Handler:
    """A server that reads a request's head, says the pieces, and closes or goes silent."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if not then_close:
            await reader.read()

    return handle


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads what comes and never says a word."""
    while await reader.read(65_536):
        pass


def free_port() -> int:
    """A port nobody listens at: it was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
