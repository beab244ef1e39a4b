"""A plain HTTP client over TCP, TLS and Unix sockets."""

import asyncio
import gzip
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import h11
from slamon.web.serving import Serving

from tests.integration.web.backend import FakeBackend

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is as on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


async def connect(
    where: str | Path, tls: ssl.SSLContext | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a URL's host or to a socket's path."""
    if isinstance(where, Path):
        return await asyncio.open_unix_connection(where)
    parts = urlsplit(where)
    return await asyncio.open_connection(
        parts.hostname, parts.port, ssl=tls, server_hostname="localhost" if tls else None
    )


async def ask(
    where: str | Path,
    path: str,
    method: str = "GET",
    headers: Fields = (),
    tls: ssl.SSLContext | None = None,
    body: bytes = b"",
) -> Answer:
    """One request on a connection of its own."""
    reader, writer = await connect(where, tls)
    try:
        host = "localhost" if isinstance(where, Path) else urlsplit(where).netloc
        named = [] if any(name.lower() == "host" for name, _ in headers) else [("Host", host)]
        connection = h11.Connection(h11.CLIENT)
        length = [("Content-Length", str(len(body)))] if body else []
        fields = [*named, ("Connection", "close"), *length, *headers]
        writer.write(connection.send(h11.Request(method=method, target=path, headers=fields)) or b"")
        writer.write((connection.send(h11.Data(data=body)) or b"") if body else b"")
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        return await _answer(connection, reader)
    finally:
        writer.transport.abort()


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, headers, body = 0, {}, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode(): value.decode() for name, value in event.headers}
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            return Answer(status, headers, bytes(body))


@asynccontextmanager
async def served(
    backend: FakeBackend,
    control: Path | None = None,
    web_config: Path | None = None,
    listen: Sequence[str] = ("127.0.0.1:0",),
) -> AsyncIterator[list[str]]:
    """The real server; gives its URLs."""
    serving = Serving(backend, listen, control, web_config)
    urls = await serving.start()
    try:
        yield urls
    finally:
        await serving.stop()
