"""`/heartbeat/<token>`: jobs report in. The token is the credential; it is never written anywhere, nor sent back.

A job that has no way to keep a token out of its address sends it as `Authorization: Bearer` to `/heartbeat`.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from slamon.catalogue.quantities import duration_ms
from slamon.errors import LedgerError, UsageError
from slamon.web.backend import Backend
from slamon.web.limiting import Buckets
from slamon.web.webconfig import RateLimit

KEPT_BYTES = 10_000
"""So much of a body is kept."""

MOST_BYTES = 1_048_576
"""A longer body is refused."""

BODY_S = 10.0
OF_A_CLIENT = RateLimit.model_validate({"interval": "20ms", "burst": 200})
OF_A_TOKEN = RateLimit.model_validate({"interval": "1s", "burst": 30})
_CODE = re.compile(r"[0-9]{1,3}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST_TOKEN = 256
_LONGEST_RUN_MS = 366 * 86_400_000
_METHODS = ["GET", "HEAD", "POST"]


def is_report(path: str) -> bool:
    """Whether a path is one of these, which need no user."""
    return path == "/heartbeat" or path.startswith("/heartbeat/")


class HeartbeatPages:
    """The addresses of a `Backend`'s heartbeats."""

    def __init__(self, backend: Backend, now: Callable[[], float] = time.monotonic) -> None:
        self._backend = backend
        self._clients = Buckets(OF_A_CLIENT, now)
        self._tokens = Buckets(OF_A_TOKEN, now)

    def routes(self) -> list[Route]:
        """One for each way to put it."""
        paths = ("/heartbeat", "/heartbeat/{first}", "/heartbeat/{first}/{second}")
        return [Route(path, self.report, methods=_METHODS) for path in paths]

    async def report(self, request: Request) -> Response:
        """A report: 200 once it is stored. What is no token of ours is no page of ours."""
        if not self._clients.take(request.client.host if request.client is not None else ""):
            return _too_many()
        token, signal = _named(request)
        code = _code(signal)
        duration = _duration(request)
        words = _words(await _body(request)).replace(token, "***")
        digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        if not self._tokens.take(digest):
            return _too_many()
        try:
            known = await self._backend.report(digest, code, duration, words)
        except LedgerError as error:
            return PlainTextResponse(f"not accepted: {error}\n", 503, {"Retry-After": "5", **_UNCACHED})
        if not known:
            raise HTTPException(404)
        return PlainTextResponse("ok\n", headers=_UNCACHED)


_UNCACHED = {"Cache-Control": "no-store"}


def _too_many() -> Response:
    return PlainTextResponse("too many requests\n", 429, {"Retry-After": "1", **_UNCACHED})


def _named(request: Request) -> tuple[str, str]:
    """Token and signal; 404 where there is no token."""
    parts = [part for part in (request.path_params.get("first"), request.path_params.get("second")) if part]
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and len(parts) < 2:
        parts.insert(0, bearer.strip())
    if not parts or not parts[0] or len(parts[0]) > _LONGEST_TOKEN:
        raise HTTPException(404)
    return parts[0], parts[1] if len(parts) > 1 else "0"


def _code(signal: str) -> int | None:
    """How the job ended: 0 is well; None: it starts."""
    if signal == "start":
        return None
    if signal == "fail":
        return 1
    if not _CODE.fullmatch(signal) or int(signal) > 255:
        raise HTTPException(404)
    return int(signal)


def _duration(request: Request) -> int | None:
    text = request.query_params.get("duration")
    if text is None:
        return None
    try:
        milliseconds = duration_ms(text)
    except ValueError as error:
        raise UsageError(f"duration: {error}") from None
    if milliseconds > _LONGEST_RUN_MS:
        raise UsageError("duration: a year at most")
    return milliseconds


async def _body(request: Request) -> bytes:
    """What is kept of the body; the rest is read and thrown away, up to a limit of size and time."""
    kept, length = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                kept += chunk[: KEPT_BYTES - len(kept)]
                length += len(chunk)
                if length > MOST_BYTES:
                    raise HTTPException(413, f"a body of more than {MOST_BYTES} bytes: send less, 10 kB are kept")
    except TimeoutError:
        raise HTTPException(408, f"the body is not here after {BODY_S:.0f} s") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body is cut off") from None
    return bytes(kept)


def _words(body: bytes) -> str:
    return _CONTROL.sub(" ", body.decode("utf-8", "replace")).strip()
