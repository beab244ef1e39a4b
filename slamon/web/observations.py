"""`POST /api/observations`: another system's verdicts come in."""

from starlette.requests import Request
from starlette.responses import Response

from slamon.web.backend import Backend
from slamon.web.posting import posted

MOST_BYTES = 256 * 1024


async def observations(backend: Backend, request: Request, *, control: bool) -> Response:
    """200: all are stored, now or before. 409: those told are not, the others are. 400: nothing was taken."""
    return await posted(
        request,
        backend.observations,
        control=control,
        most_bytes=MOST_BYTES,
        code=lambda answer: 409 if answer["rejected"] else 200,
    )
