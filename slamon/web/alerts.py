"""`POST /api/alerts`: Alertmanager tells what reached a receiver."""

from starlette.requests import Request
from starlette.responses import Response

from slamon.web.backend import Backend
from slamon.web.posting import posted

MOST_BYTES = 1024 * 1024


async def alerts(backend: Backend, request: Request, *, control: bool) -> Response:
    """200: it is stored, now or before. 400: it is no notification. 503: Alertmanager is to send it again."""
    return await posted(request, backend.alerts, control=control, most_bytes=MOST_BYTES, code=lambda _answer: 200)
