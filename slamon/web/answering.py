"""Answers that are made, compressed and sent in pieces, so that no answer holds the event loop."""

import asyncio
import json
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from slamon.web.negotiation import takes_gzip

TURN_S = 0.005
PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 1


class InPieces:
    """An answer whose body is an iterator; compressed where the client takes it; for HEAD only the header.

    An error after the first piece cuts the connection, so that no client takes half an answer for a whole one.
    """

    def __init__(self, request: Request, pieces: AsyncIterator[bytes], content_type: str) -> None:
        self._pieces = pieces
        self._gzip = takes_gzip(joined(request, "accept-encoding"))
        self._headers = {
            "Content-Type": content_type,
            "Cache-Control": "no-store",
            "Vary": "Accept, Accept-Encoding",
            **({"Content-Encoding": "gzip"} if self._gzip else {}),
        }

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """See ASGI."""
        try:
            await self._send(send, head=scope["method"] == "HEAD")
        finally:
            if isinstance(self._pieces, AsyncGenerator):
                await self._pieces.aclose()

    async def _send(self, send: Send, *, head: bool) -> None:
        first = await anext(self._pieces, b"")
        headers = [(name.lower().encode(), value.encode()) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if not head:
            body = _gathered(first, self._pieces)
            async for piece in _compressed(body) if self._gzip else body:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def as_json(answer: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """The object as JSON, its lists element by element."""
    for index, (key, value) in enumerate(answer.items()):
        yield ("{" if index == 0 else ",").encode() + json.dumps(key).encode() + b":"
        if not isinstance(value, list):
            yield _json(value)
            continue
        yield b"["
        for place, element in enumerate(value):
            yield (b"," if place else b"") + _json(element)
        yield b"]"
    yield b"}\n" if answer else b"{}\n"


def joined(request: Request, header: str) -> str:
    """All lines of a header as one list."""
    return ",".join(request.headers.getlist(header))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


async def _gathered(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Small pieces joined, large ones cut; the loop gets its turn in between."""
    held = bytearray(first)
    end = time.perf_counter() + TURN_S
    async for piece in rest:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
        if time.perf_counter() >= end:
            await asyncio.sleep(0)
            end = time.perf_counter() + TURN_S
    for start in range(0, len(held), PIECE):
        yield bytes(held[start : start + PIECE])


async def _compressed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    async for piece in pieces:
        if packed := gzip.compress(piece):
            yield packed
        await asyncio.sleep(0)
    yield gzip.flush()
