"""The pages of the drop-in for the blackbox exporter: `/probe`, `/config` and `/logs`."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from slamon.web.answering import InPieces
from slamon.web.backend import ProbeAnswer, ProbeBackend
from slamon.web.negotiation import TEXT
from slamon.web.safety import must_not_be_foreign

TIMEOUT = "x-prometheus-scrape-timeout-seconds"
WORDS = ("target", "module", "hostname", "debug")


class Probing:
    """One method a page."""

    def __init__(self, prober: ProbeBackend) -> None:
        self._prober = prober

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [
            Route("/probe", self.probe, methods=["GET", "POST"]),
            Route("/config", self.config),
            Route("/logs", self.logs),
        ]

    async def probe(self, request: Request) -> ASGIApp:
        """`/probe`: probe now. Another site's page may not make a browser ask."""
        must_not_be_foreign(request)
        answer = await self._prober.probe(_first(request, WORDS), request.headers.get(TIMEOUT))
        if answer.is_metrics:
            return InPieces(request, _whole(answer.body), TEXT)
        return _plain(answer)

    async def config(self, _request: Request) -> Response:
        """`/config`: the modules."""
        return PlainTextResponse(self._prober.config(), headers={"Cache-Control": "no-store"})

    async def logs(self, request: Request) -> Response:
        """`/logs`: what a recent probe did."""
        return _plain(self._prober.log(_first(request, ("id", "target", "module"))))


def _first(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    """Each word's first value."""
    found = ((name, request.query_params.getlist(name)) for name in names)
    return {name: values[0] for name, values in found if values}


def _plain(answer: ProbeAnswer) -> Response:
    return PlainTextResponse(answer.body, answer.status, {"Cache-Control": "no-store"})


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body
