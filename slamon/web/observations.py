"""`POST /api/observations`: another system's verdicts come in."""

import asyncio
import json
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from slamon.errors import LedgerError, UsageError
from slamon.web.backend import Backend
from slamon.web.safety import must_be_trusted, must_not_be_foreign

MOST_BYTES = 256 * 1024
BODY_S = 10.0


async def observations(backend: Backend, request: Request, *, control: bool) -> Response:
    """200: all are stored, now or before. 409: those told are not, the others are. 400: nothing was taken."""
    if not control:
        must_not_be_foreign(request)
        must_be_trusted(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _wrong(415, "send JSON, with Content-Type: application/json")
    try:
        value = await _json(request)
        if value is None:
            return _wrong(413, f"more than {MOST_BYTES} bytes: send fewer at once")
        answer = await backend.observations(value)
    except LedgerError as error:
        return _wrong(503, f"not accepted: {error}", {"Retry-After": "5"})
    except UsageError as error:
        told = {"problems": error.problems} if hasattr(error, "problems") else {}
        return JSONResponse({"error": str(error), **told}, 400)
    return JSONResponse(answer, 409 if answer["rejected"] else 200)


def _wrong(code: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, code, headers)


async def _json(request: Request) -> Any:
    """The value in the body; None: it is too long."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
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
