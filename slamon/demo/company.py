"""The demo company: a web shop with TLS, an API, a database port and a mail port, all on loopback.

Each endpoint has a `Mood` that the scripted faults change.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from slamon.demo.certificates import Authority

HOST = "127.0.0.1"
MAIL_CERTIFICATE_DAYS = 9
_PATIENCE_S = 10.0
_LARGEST_HEAD = 16_384

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Mood:
    """How an endpoint behaves now: `broken` answers with its failure, `delay_s` first waits, `drops` connections
    that are still to be closed without a word."""

    broken: bool = False
    delay_s: float = 0.0
    drops: int = 0


class _Talk(asyncio.StreamReaderProtocol):
    """A connection with a reader and a writer. `secured`: TLS was started within; asyncio's own warns at its end."""

    secured = False

    def eof_received(self) -> bool:
        return bool(super().eof_received()) and not self.secured


@dataclass(slots=True)
class Endpoint:
    """One listening server."""

    name: str
    handler: Handler
    tls: ssl.SSLContext | None = None
    mood: Mood = field(default_factory=Mood)
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, port: int = 0) -> None:
        """Listen on `port`, or on any free one where that is taken or 0."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._talk, HOST, port, ssl=self.tls)
        except OSError:
            if not port:
                raise
            self._server = await loop.create_server(self._talk, HOST, 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    def _talk(self) -> _Talk:
        return _Talk(asyncio.StreamReader(limit=_LARGEST_HEAD), self._serve)

    async def stop(self) -> None:
        """Stop listening and drop who is connected."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._answer(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # the client's loss; the demo's log is for state changes
        except asyncio.CancelledError:
            pass  # the streams' own callback would log a cancelled handler as an error
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood.drops > 0:
            self.mood.drops -= 1
            return
        if self.mood.delay_s:
            await asyncio.sleep(self.mood.delay_s)
        await self.handler(reader, writer)


class Company:
    """All endpoints, by name: shop, api, database, mail and the reference (an address outside the company)."""

    def __init__(self, folder: Path) -> None:
        now = datetime.now(UTC)
        authority = Authority.create(now)
        folder.mkdir(parents=True, exist_ok=True)
        self.ca_file = authority.write(folder)
        shop = authority.server("shop.demo", now + timedelta(days=90), folder)
        self._mail_tls = authority.server("mail.demo", now + timedelta(days=MAIL_CERTIFICATE_DAYS), folder)
        self.endpoints: Mapping[str, Endpoint] = {
            endpoint.name: endpoint
            for endpoint in (
                Endpoint("shop", self._shop, tls=shop),
                Endpoint("api", self._api),
                Endpoint("database", self._database),
                Endpoint("mail", self._mail),
                Endpoint("reference", self._reference),
            )
        }

    @property
    def ports(self) -> dict[str, int]:
        """Where each endpoint listens."""
        return {name: endpoint.port for name, endpoint in self.endpoints.items()}

    def mood(self, name: str) -> Mood:
        """The mood of an endpoint, to change."""
        return self.endpoints[name].mood

    async def start(self, ports: Mapping[str, int] | None = None) -> None:
        """Open every endpoint, on the wished ports where they are free."""
        wished = ports or {}
        for name, endpoint in self.endpoints.items():
            await endpoint.start(wished.get(name, 0))

    async def stop(self) -> None:
        """Close every endpoint."""
        for endpoint in self.endpoints.values():
            await endpoint.stop()

    async def _shop(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = await _requested(reader)
        if self.mood("shop").broken:
            await _respond(writer, 503, "text/html", "<h1>Wartungsarbeiten</h1>")
        elif path in ("/", "/warenkorb"):
            await _respond(writer, 200, "text/html", _SHOP_PAGE)
        else:
            await _respond(writer, 404, "text/html", "<h1>Nicht gefunden</h1>")

    async def _api(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _requested(reader)
        if self.mood("api").broken:
            await _respond(writer, 503, "application/json", '{"status": "error", "orders": {"waiting": 4711}}')
        else:
            await _respond(writer, 200, "application/json", '{"status": "ok", "orders": {"waiting": 3}}')

    async def _database(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood("database").broken:
            await _say(writer, "DEMODB 2.1 starting up\n")
            return
        await _say(writer, "DEMODB 2.1 ready\n")
        while line := await reader.readline():
            await _say(writer, "PONG\n" if line.strip().upper() == b"PING" else "ERROR unknown command\n")

    async def _mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood("mail").broken:
            await _say(writer, "421 mail.demo zu viele Verbindungen\r\n")
            return
        await _say(writer, "220 mail.demo ESMTP\r\n")
        while line := await reader.readline():
            word = line.strip().upper()
            if word.startswith((b"EHLO", b"HELO")):
                await _say(writer, "250-mail.demo\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
            elif word == b"STARTTLS":
                await _say(writer, "220 bereit\r\n")
                await _secure(writer, self._mail_tls)
            elif word == b"QUIT":
                await _say(writer, "221 auf Wiedersehen\r\n")
                return
            else:
                await _say(writer, "502 unbekannt\r\n")

    async def _reference(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _say(writer, "online\n")


async def _requested(reader: asyncio.StreamReader) -> str:
    """The path of the request whose head is read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    words = head.split(b"\r\n", 1)[0].split(b" ")
    return words[1].decode("latin-1").partition("?")[0] if len(words) == 3 else ""


async def _respond(writer: asyncio.StreamWriter, code: int, kind: str, body: str) -> None:
    phrase = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}[code]
    content = body.encode()
    head = (
        f"HTTP/1.1 {code} {phrase}\r\nContent-Type: {kind}; charset=utf-8\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + content)
    await writer.drain()


async def _secure(writer: asyncio.StreamWriter, tls: ssl.SSLContext) -> None:
    talk = writer.transport.get_protocol()
    if isinstance(talk, _Talk):
        talk.secured = True
    await writer.start_tls(tls)


async def _say(writer: asyncio.StreamWriter, text: str) -> None:
    writer.write(text.encode())
    await writer.drain()


_SHOP_PAGE = """<!doctype html><html lang="de"><title>Beispiel Versand</title>
<h1>Beispiel Versand</h1><p>Schrauben, Dübel, Werkzeug.</p><a href="/warenkorb">Warenkorb</a></html>
"""
