"""Parsers of what clients send."""

from contextlib import suppress

from slamon.errors import UsageError
from slamon.web.listening import split_address
from slamon.web.negotiation import prefers_html, takes_gzip, wants_openmetrics
from slamon.web.safety import _host, is_loopback
from slamon.web.users import _credentials
from slamon.web.webconfig import load_web_config

from tests.fuzz.parse_catalogue import text
from tests.fuzz.parse_probes import file


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
