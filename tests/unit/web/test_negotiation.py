"""What is served for which Accept and Accept-Encoding header."""

import pytest
from slamon.web.negotiation import prefers_html, takes_gzip, wants_openmetrics

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROTOBUF_FIRST = (
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7," + PROMETHEUS_3
)


@pytest.mark.parametrize("accept", [PROMETHEUS_2, PROMETHEUS_3, PROTOBUF_FIRST])
def test_prometheus_gets_openmetrics(accept: str) -> None:
    assert wants_openmetrics(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text",
        "APPLICATION/OpenMetrics-Text; Version=1.0.0",
        'application/openmetrics-text; version="1.0.0"',
        "application/openmetrics-text, text/plain",
        "application/openmetrics-text;q=0.5,text/plain;q=0.4,*/*;q=1",
        "application/openmetrics-text;q=0.001",
        "application/openmetrics-text,text/plain;version=1.0.0;q=1",
    ],
)
def test_openmetrics_is_served_when_named_and_at_least_as_welcome(accept: str) -> None:
    assert wants_openmetrics(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "text/plain",
        "text/html,*/*;q=0.8",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text;version=2.0.0",
        "application/openmetrics-text;q=0.3,text/plain;q=0.4",
        "application/openmetrics-text;q=0.3,text/*;q=0.4",
        "application/openmetrics-text;q=0.3,*/*",
        "application/openmetrics-text;q=nan",
        "application/openmetrics-text;q=2",
        "application/openmetrics-text;q=-1",
        "application/openmetrics-text;q=",
        ",,;;==,\0",
        "a/b," * 100 + "application/openmetrics-text",
    ],
)
def test_everything_else_gets_the_text_form(accept: str) -> None:
    assert not wants_openmetrics(accept)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP;Q=0.1", True),
        ("x-gzip", True),
        ("deflate, br", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("gzip;q=nonsense", False),
        ("gzip;q=inf", False),
    ],
)
def test_gzip_is_used_when_it_is_welcome(header: str, taken: bool) -> None:
    assert takes_gzip(header) is taken


def test_a_browser_is_known_by_html() -> None:
    assert prefers_html("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    assert not prefers_html("*/*")
    assert not prefers_html("text/html;q=0")
