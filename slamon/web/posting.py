"""JSON that others send: who may, how much, how slowly, and what is said when it is wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from slamon.errors import LedgerError, UsageError
from slamon.web.safety import must_be_trusted, must_not_be_foreign

BODY_S = 10.0
Take = Callable[[object], Awaitable[dict[str, Any]]]


async def posted(
    request: Request, take: Take, *, control: bool, most_bytes: int, code: Callable[[dict[str, Any]], int]
) -> Response:
    """Give what was sent to `take`; `code` of its answer. 400: nothing was taken; 503: it cannot be stored now."""
    if not control:
        must_not_be_foreign(request)
        must_be_trusted(request)
    return await taken(request, take, most_bytes=most_bytes, code=code)


async def taken(request: Request, take: Take, *, most_bytes: int, code: Callable[[dict[str, Any]], int]) -> Response:
    """The same, whoever sends it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _wrong(415, "send JSON, with Content-Type: application/json")
    try:
        value = await _json(request, most_bytes)
        if value is None:
            return _wrong(413, f"more than {most_bytes} bytes: send fewer at once")
        answer = await take(value)
    except LedgerError as error:
        return _wrong(503, f"not accepted: {error}", {"Retry-After": "5"})
    except UsageError as error:
        told = {"problems": error.problems} if hasattr(error, "problems") else {}
        return JSONResponse({"error": str(error), **told}, 400)
    return JSONResponse(answer, code(answer))


def _wrong(code: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, code, headers)


async def _json(request: Request, most_bytes: int) -> Any:
    """The value in the body; None: it is too long."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    return None
    except (TimeoutError, ClientDisconnect):
        raise UsageError("the body is cut off, or too slow") from None
    try:
        value = json.loads(bytes(body), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise UsageError(f"the body is no JSON: {told}") from None
    return [] if value is None else value


def _no_number(text: str) -> Any:
    raise ValueError(text)
