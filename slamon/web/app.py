"""The pages and interfaces over a running system."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from slamon.errors import SlamonError, UsageError
from slamon.web.alerts import alerts
from slamon.web.answering import InPieces, as_json, joined
from slamon.web.backend import Backend, ProbeBackend
from slamon.web.complaints import ComplaintPages
from slamon.web.heartbeat import HeartbeatPages
from slamon.web.negotiation import OPENMETRICS, TEXT, prefers_html, wants_openmetrics
from slamon.web.observations import observations
from slamon.web.outages import rows
from slamon.web.posting import posted
from slamon.web.probing import Probing
from slamon.web.safety import must_be_trusted, must_not_be_foreign

_HERE = Path(__file__).parent
MOST_ENTERED = 16 * 1024 * 1024
NARROWED = ("agreement", "service", "period")
QUESTION = (*NARROWED, "at", "as_of")


def application(backend: Backend, *, control: bool, prober: ProbeBackend | None = None) -> Starlette:
    """The pages of `backend`. `control`: those of the control socket, whose file mode says who may ask.

    `prober`: who answers `/probe`, where it was asked for.
    """
    pages = Pages(backend, control=control, prober=prober)
    routes = [
        Route("/", pages.landing),
        Route("/outages", pages.outages),
        Route("/metrics", pages.metrics),
        Route("/-/healthy", pages.healthy),
        Route("/-/ready", pages.ready),
        Route("/-/reload", pages.reload, methods=["POST"]),
        Route("/api/status", pages.status),
        Route("/api/figures", pages.figures),
        Route("/api/observations", pages.observations, methods=["POST"]),
        Route("/api/alerts", pages.alerts, methods=["POST"]),
        *HeartbeatPages(backend).routes(),
        *ComplaintPages(backend).routes(),
        Mount("/static", StaticFiles(directory=_HERE / "static", check_dir=False)),
    ]
    if prober is not None:
        routes += Probing(prober).routes()
    if control:
        routes.append(Route("/api/backup", pages.backup, methods=["POST"]))
        routes.append(Route("/api/register", pages.register, methods=["POST"]))
        routes.append(Route("/api/reports", pages.deliver, methods=["POST"]))
    return Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: pages.refused,
            UsageError: pages.asked_wrongly,
            SlamonError: pages.failed,
        },
    )


class Pages:
    """One method a page. Answers of `/api/` are JSON, errors among them: `{"error": "..."}`."""

    def __init__(self, backend: Backend, *, control: bool, prober: ProbeBackend | None = None) -> None:
        self._backend = backend
        self._prober = prober
        self._control = control
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    async def landing(self, _request: Request) -> Response:
        """`/`: what this is and where to look."""
        overview = self._backend.overview()
        started = datetime.fromtimestamp(overview["started_ms"] / 1000, UTC)
        page = self._templates.get_template("landing.html").render(
            overview,
            started=started,
            missing=self._backend.ready(),
            documentation=_documentation(),
            probes=self._probes(),
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    def _probes(self) -> Sequence[Mapping[str, Any]] | None:
        return None if self._prober is None else self._prober.recent()

    async def outages(self, request: Request) -> Response:
        """`/outages`: when what was down, and who was told."""
        question = _question(request, NARROWED)
        found = rows(await self._backend.figures(question))
        page = self._templates.get_template("outages.html").render(rows=found, period=question.get("period"))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def metrics(self, request: Request) -> ASGIApp:
        """`/metrics`: the exposition."""
        openmetrics = wants_openmetrics(joined(request, "accept"))
        groups = frozenset(_clean(request.query_params.getlist("collect[]")))
        pieces = self._backend.metrics(groups, openmetrics=openmetrics)
        return InPieces(request, pieces, OPENMETRICS if openmetrics else TEXT)

    async def healthy(self, _request: Request) -> Response:
        """`/-/healthy`: the process answers."""
        return PlainTextResponse("slamon is healthy\n")

    async def ready(self, _request: Request) -> Response:
        """`/-/ready`: figures can be had."""
        missing = self._backend.ready()
        if missing is None:
            return PlainTextResponse("slamon is ready\n")
        return PlainTextResponse(f"not ready: {missing}\n", 503, {"Retry-After": "1"})

    async def reload(self, request: Request) -> Response:
        """`/-/reload`: load the catalogue anew."""
        if not self._control:
            must_not_be_foreign(request)
            must_be_trusted(request)
        await self._backend.reload()
        return PlainTextResponse("the catalogue is loaded\n")

    async def status(self, request: Request) -> ASGIApp:
        """`/api/status`: how it is now."""
        return InPieces(request, as_json(await self._backend.status()), "application/json")

    async def figures(self, request: Request) -> ASGIApp:
        """`/api/figures`: the figures asked for."""
        question = _question(request, QUESTION)
        return InPieces(request, as_json(await self._backend.figures(question)), "application/json")

    async def observations(self, request: Request) -> Response:
        """`/api/observations`: another system's verdicts."""
        return await observations(self._backend, request, control=self._control)

    async def alerts(self, request: Request) -> Response:
        """`/api/alerts`: what reached a receiver of Alertmanager."""
        return await alerts(self._backend, request, control=self._control)

    async def backup(self, request: Request) -> Response:
        """`/api/backup`: a copy of the ledger; on the control socket only."""
        question = _question(request, ("file",))
        if not question.get("file"):
            raise UsageError("the file is missing: /api/backup?file=/var/backups/slamon.db")
        await self._backend.backup(Path(question["file"]))
        return JSONResponse({"file": question["file"]})

    async def deliver(self, request: Request) -> Response:
        """`/api/reports`: a scheduled report, made and delivered now; on the control socket only."""
        question = _question(request, ("report", "period"))
        if not question.get("report") or not question.get("period"):
            raise UsageError("report and period are missing: /api/reports?report=monthly&period=2026-10")
        return JSONResponse(await self._backend.deliver(question["report"], question["period"]))

    async def register(self, request: Request) -> Response:
        """`/api/register`: an entry of the register; on the control socket only."""
        return await posted(
            request, self._backend.enter, control=self._control, most_bytes=MOST_ENTERED, code=lambda _: 200
        )

    async def refused(self, request: Request, error: Exception) -> Response:
        """No such page, or not in this way."""
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        sentence = error.detail
        if error.status_code == 404:
            sentence = "there is no such page"
        if error.status_code == 405:
            headers["Allow"] = ", ".join(sorted(headers.get("Allow", "").split(", ")))
            sentence = f"{request.method} is not possible here, only {headers['Allow']}"
        return self._error(request, error.status_code, sentence, headers)

    async def asked_wrongly(self, request: Request, error: Exception) -> Response:
        """The question cannot be answered."""
        return self._error(request, 400, str(error))

    async def failed(self, request: Request, error: Exception) -> Response:
        """Our own failure, or the user's configuration."""
        return self._error(request, 500, str(error))

    def _error(self, request: Request, code: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": sentence}, code, headers)
        if prefers_html(joined(request, "accept")):
            template = self._templates.get_template("error.html")
            depth = "../" * (request.scope["path"].count("/") - 1)
            return HTMLResponse(template.render(code=code, sentence=sentence, top=depth or "./"), code, headers)
        return PlainTextResponse(f"{sentence}\n", code, headers)


def _question(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """The query, each key once and known."""
    question: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key not in known:
            raise UsageError(f"unknown word {_shown(key)} in the question: expected {', '.join(known)}")
        if key in question:
            raise UsageError(f"{key} stands twice in the question")
        (question[key],) = _clean([value])
    return question


def _clean(values: list[str]) -> list[str]:
    for value in values:
        if any(unicodedata.category(character) == "Cc" for character in value):
            raise UsageError(f"a control character stands in {_shown(value)}")
    return values


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


def _documentation() -> str | None:
    """Where the manual is, as the installed package says."""
    try:
        urls = metadata.metadata("slamon").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return None
    return next((url.partition(", ")[2] for url in urls if url.startswith("Documentation, ")), None)
