"""Parsers of what clients send."""

from contextlib import suppress
from functools import cache
from itertools import count
from typing import Any, cast

from slamon.accounting.cron import parse_cron
from slamon.catalogue import load_value
from slamon.clock import SystemClock
from slamon.errors import UsageError
from slamon.figures import Facts, Figures
from slamon.running.pushed import Pushing
from slamon.web.heartbeat import KEPT_BYTES, HeartbeatPages
from slamon.web.listening import split_address
from slamon.web.negotiation import prefers_html, takes_gzip, wants_openmetrics
from slamon.web.observations import observations as pushed
from slamon.web.safety import _host, is_loopback
from slamon.web.users import _credentials
from slamon.web.webconfig import load_web_config
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tests.fuzz.parse_catalogue import text
from tests.fuzz.parse_probes import file
from tests.fuzz.wires import waited


def negotiation(data: bytes) -> None:
    """What the client accepts."""
    header = data.decode("latin-1")
    wants_openmetrics(header)
    takes_gzip(header)
    prefers_html(header)


def credentials(data: bytes) -> None:
    """Who the client says it is."""
    _credentials(data.decode("latin-1"))


def host(data: bytes) -> None:
    """Whom the client takes us for."""
    is_loopback(_host(data.decode("latin-1")))
    with suppress(UsageError):
        split_address(text(data))


def config(data: bytes) -> None:
    """The file that says who may come in."""
    load_web_config(file(data, "web.yml"))


class _Told:
    """What pages ask: every report is of a job that there is, observations are read as they are pushed."""

    async def report(self, _digest: str, code: int | None, duration: int | None, words: str) -> bool:
        """A report."""
        assert code is None or 0 <= code <= 255
        assert duration is None or duration >= 0
        assert len(words) <= KEPT_BYTES
        return True

    async def observations(self, value: object) -> dict[str, Any]:
        """Another system's."""
        _pushing().read(value)
        return {"rejected": []}


@cache
def _pushing() -> Pushing:
    check: dict[str, Any] = {"external": {}}
    figures = Figures(load_value({"slamon": 1, "services": {"s": {"checks": {"c": check}}}}), Facts())
    return Pushing(figures, cast(Any, None), SystemClock(), lambda _: True, lambda: None)


def _request(data: bytes, body: bytes) -> Request:
    """As the server makes one: the first line is its target, the second a header's value."""
    line, _, rest = data.partition(b"\n")
    path, _, query = line.partition(b"?")
    parts = [part for part in path.decode("utf-8", "replace").split("/") if part]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path.decode("utf-8", "replace"),
        "query_string": query,
        "headers": [(b"authorization", rest[:200]), (b"content-type", b"application/json")],
        "path_params": dict(zip(("first", "second"), parts[1:], strict=False)),
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


@cache
def _pages() -> HeartbeatPages:
    return HeartbeatPages(cast(Any, _Told()), count(step=1000).__next__)


def heartbeat(data: bytes) -> None:
    """A job's report: path, duration, body."""
    with suppress(HTTPException):
        waited(_pages().report(_request(data, data)))


def observations(data: bytes) -> None:
    """What another system pushes."""
    waited(pushed(cast(Any, _Told()), _request(b"/api/observations", data), control=True))


def cron(data: bytes) -> None:
    """When a job is due."""
    parse_cron(text(data))
