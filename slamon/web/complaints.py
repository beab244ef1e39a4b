"""`POST /api/complaints`: a mail gateway tells what customers wrote. It names itself by a token, and needs no user."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from slamon.web.backend import Backend
from slamon.web.limiting import Buckets
from slamon.web.posting import taken
from slamon.web.webconfig import RateLimit

MOST_BYTES = 256 * 1024
OF_A_CLIENT = RateLimit.model_validate({"interval": "100ms", "burst": 50})
OF_A_TOKEN = RateLimit.model_validate({"interval": "1s", "burst": 60})
_PATH = "/api/complaints"
_LONGEST_TOKEN = 256


def is_mail_in(path: str) -> bool:
    """Whether a path is this one, which needs a token and no user."""
    return path == _PATH


class _Nobody(Exception):
    """Nobody has this token."""


class ComplaintPages:
    """The address of a `Backend`'s complaints."""

    def __init__(self, backend: Backend, now: Callable[[], float] = time.monotonic) -> None:
        self._backend = backend
        self._clients = Buckets(OF_A_CLIENT, now)
        self._tokens = Buckets(OF_A_TOKEN, now)

    def routes(self) -> list[Route]:
        """The one there is."""
        return [Route(_PATH, self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        """200: all are stored, now or before. 400: none was, and why. 401: no such token. 503: send it again."""
        if not self._clients.take(request.client.host if request.client is not None else ""):
            return _too_many()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
            return _nobody()
        digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        if not self._tokens.take(digest):
            return _too_many()

        async def take(value: object) -> dict[str, Any]:
            answer = await self._backend.complaints(digest, value)
            if answer is None:
                raise _Nobody
            return answer

        try:
            return await taken(request, take, most_bytes=MOST_BYTES, code=lambda _answer: 200)
        except _Nobody:
            return _nobody()


def _too_many() -> Response:
    return JSONResponse({"error": "too many requests"}, 429, {"Retry-After": "1"})


def _nobody() -> Response:
    sentence = "this needs a sender's token: Authorization: Bearer TOKEN"
    return JSONResponse({"error": sentence}, 401, {"WWW-Authenticate": "Bearer"})
