"""WebSocket servers on loopback: one that talks (by wsproto's server side), and one that says raw bytes."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, RejectConnection, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from .servers import Handler

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
Say = Callable[..., Awaitable[None]]
Reply = Callable[[Say, str | bytes], Awaitable[None]]


def talking(
    reply: Reply,
    *,
    requests: list[Request] | None = None,
    subprotocol: str | None = None,
    greeting: str | None = None,
    deflate: bool = False,
    refuse: int | None = None,
    close_with: int | None = None,
) -> Handler:
    """Answers each whole message by `reply(say, message)`; `say` takes events of wsproto. Closes as it is closed."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ws = WSConnection(ConnectionType.SERVER)

        async def say(*events: object) -> None:
            for event in events:
                writer.write(ws.send(event))
            await writer.drain()

        parts: list[str | bytes] = []
        while data := await reader.read(65_536):
            ws.receive_data(data)
            for event in ws.events():
                if isinstance(event, Request):
                    if requests is not None:
                        requests.append(event)
                    if refuse is not None:
                        await say(RejectConnection(status_code=refuse))
                        return
                    extensions = [PerMessageDeflate()] if deflate else []
                    await say(AcceptConnection(subprotocol=subprotocol, extensions=extensions))
                    if greeting is not None:
                        await say(TextMessage(data=greeting))
                    if close_with is not None:
                        await say(CloseConnection(code=close_with, reason="genug"))
                elif isinstance(event, (TextMessage, BytesMessage)):
                    parts.append(event.data)
                    if event.message_finished:
                        whole = parts[0][:0].join(parts)
                        parts.clear()
                        await reply(say, whole)
                elif isinstance(event, Ping) or (
                    isinstance(event, CloseConnection) and ws.state.name == "REMOTE_CLOSING"
                ):
                    await say(event.response())

    return handle


async def echo(say: Say, message: str | bytes) -> None:
    """The same again."""
    await say(TextMessage(data=message) if isinstance(message, str) else BytesMessage(data=message))


def accepting(
    *pieces: bytes,
    headers: bytes = b"",
    forever: bytes = b"",
    slowly: bool = False,
    close: bool = False,
    accept: bytes | None = None,
    upgrade: bytes = b"websocket",
) -> Handler:
    """Accepts the handshake, says the bytes, perhaps more without end, perhaps byte by byte."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        [key] = [line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")]
        proof = accept or base64.b64encode(hashlib.sha1(key + GUID).digest())
        lines = b"HTTP/1.1 101 Switching\r\nUpgrade: " + upgrade + b"\r\nConnection: keep-alive, Upgrade\r\n"
        writer.write(lines + b"Sec-WebSocket-Accept: " + proof + b"\r\n" + headers + b"\r\n")
        for piece in pieces:
            for part in [piece[at : at + 1] for at in range(len(piece))] if slowly else [piece]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.05 if slowly else 0)
        while forever:
            writer.write(forever)
            await writer.drain()
        if not close:
            while await reader.read(65_536):
                pass

    return handle


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, rsv1: bool = False, length: int | None = None) -> bytes:
    """A frame as a server sends it; `length` may lie."""
    size = len(data) if length is None else length
    short = size if size < 126 else 126 if size < 65_536 else 127
    more = b"" if size < 126 else size.to_bytes(2 if size < 65_536 else 8, "big")
    return bytes((fin << 7 | rsv1 << 6 | opcode, short)) + more + data
