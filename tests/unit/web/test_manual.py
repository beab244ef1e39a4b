"""The manual page of the web side names what there is, and nothing else."""

import re
from pathlib import Path
from typing import get_args

from slamon.web.app import QUESTION, application
from slamon.web.safety import FORWARDED, HEADERS
from slamon.web.webconfig import ClientAuth, HttpServer, RateLimit, TlsServer, WebConfig
from starlette.routing import Mount, Route

from tests.integration.web.backend import FakeBackend

MANUAL = (Path(__file__).parents[3] / "docs" / "reference" / "web.md").read_text()


def test_every_page_with_its_methods_stands_in_the_manual_and_no_other() -> None:
    served: dict[str, set[str]] = {}
    for route in application(FakeBackend(), control=True).routes:
        assert isinstance(route, Route | Mount)
        methods = (route.methods or set()) if isinstance(route, Route) else {"GET", "HEAD"}
        served[route.path] = set(methods)
    pages = MANUAL.split("## Pages")[1].split("\n\n")[1]
    rows = re.findall(r"^\| `([^`?.]+)[^`]*` \| ([A-Z, ]+) \|", pages, re.MULTILINE)
    assert {path.rstrip("/") or "/": set(methods.split(", ")) for path, methods in rows} == served


def test_every_key_of_the_web_configuration_stands_in_the_manual() -> None:
    keys = {key for model in (WebConfig, TlsServer, HttpServer) for key in model.model_fields}
    keys |= {field.alias or name for name, field in RateLimit.model_fields.items()}
    keys |= {*get_args(ClientAuth), *QUESTION}
    assert sorted(key for key in keys if f"`{key}`" not in MANUAL and f"`{key}." not in MANUAL) == ["headers", "http2"]
    assert "`http_server_config.http2`" in MANUAL
    assert "`http_server_config.headers`" in MANUAL


def test_every_header_that_counts_stands_in_the_manual() -> None:
    for name in (*HEADERS, *FORWARDED):
        assert name.lower() in MANUAL.lower()
