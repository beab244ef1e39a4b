"""Parsers of the drop-in for blackbox_exporter: its file, its requests, and what servers send."""

import asyncio
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import re2
from slamon.blackbox.cel import wrong
from slamon.blackbox.cookies import Cookies
from slamon.blackbox.dns import _judged
from slamon.blackbox.fetch import _parsed
from slamon.blackbox.guard import Guard, Limits, RefusedError
from slamon.blackbox.hosts import _table
from slamon.blackbox.proxies import Choice
from slamon.blackbox.requests import Request, RequestError, following, target_url, with_address
from slamon.blackbox.run import Failed
from slamon.blackbox.tunnel import _connect, _socks
from slamon.blackbox.unpack import CODINGS, unpacked
from slamon.blackbox.written import written_file
from slamon.catalogue.blackbox.client import ClientConfig
from slamon.catalogue.blackbox.load import load_blackbox_text
from slamon.catalogue.blackbox.values import expands
from slamon.probes import dns_message as messages
from slamon.probes.course import Failure
from slamon.probes.curl_settings import Proxy
from slamon.probes.redirects import Place

from tests.fuzz import seeds
from tests.fuzz.parse_catalogue import text
from tests.fuzz.parse_probes import file as on_disk
from tests.fuzz.wires import waited, wire


def file(data: bytes) -> None:
    """Its configuration, and how that is shown again."""
    written_file(load_blackbox_text(Path("blackbox.yml"), data))


def conditions(data: bytes) -> None:
    """A body against conditions in CEL."""
    body = data.partition(b"\r\n\r\n")[2]
    wrong(body, [("body.a == 1.0", True), ("size(body.items) > 3", False)])


def hosts(data: bytes) -> None:
    """A file of hosts."""
    _table(on_disk(data, "hosts"))


def headers(data: bytes) -> None:
    """The headers of an answer, and its cookies."""
    _, _, found = _parsed(data.splitlines(keepends=True))
    cookies = Cookies()
    cookies.take("https://shop.example.org/a", [value for name, value in found if name == "set-cookie"])
    cookies.header("https://shop.example.org/b")


def targets(data: bytes) -> None:
    """A target as a stranger names it, where it may go, and where a redirect leads."""
    target = text(data)
    url = target_url(target, secure=len(data) % 2 == 0)
    first = Request("GET", "https://shop.example.org/", "shop.example.org", (("Authorization", "x"),), None)
    with suppress(RequestError):
        following(first, first, 302, target, replayable=True)
    guard = Guard(Limits.of((), ()))
    with suppress(RefusedError):
        guard.address(target, "192.0.2.1")
    with suppress(ValueError):
        with_address(url, "2001:db8::1")
        place = Place.of(url)
        Choice("http://proxy:3128", "http://proxy:3128", target, True).url(place)


def packed(data: bytes) -> None:
    """A packed body."""
    for coding in CODINGS:
        found = unpacked(coding, data, 2**20, 1000)
        assert len(found.body) <= 1000


@cache
def _expanding() -> "re.Pattern[bytes]":
    pattern: re.Pattern[bytes] = re2.compile(rb"(?P<a>x+)(y)?")
    return pattern


def expand(data: bytes) -> None:
    """A template of a dialogue."""
    match = _expanding().search(b"axxyb")
    assert match is not None
    expands(text(data), match)


def tunnel(data: bytes) -> None:
    """What a proxy answers, by HTTP and by SOCKS, with and without a login."""
    client = ClientConfig()

    async def once() -> None:
        for url in ("http://u:p@proxy.example.org:3128", "http://proxy.example.org:3128"):
            with suppress(Failure):
                await _connect(wire(data), Proxy.of(url), client, "192.0.2.1", 443, "the proxy")
        for url in ("socks5://u:p@proxy.example.org:1080", "socks5://proxy.example.org:1080"):
            with suppress(Failure):
                await _socks(wire(data), Proxy.of(url), "2001:db8::1", 443, "the proxy")

    waited(once())


def dns_answer(data: bytes) -> None:
    """An answer of a name server, as the drop-in reads it."""

    async def once() -> None:
        run, module, question = seeds.dns_run()
        with suppress(Failed, Failure):
            answer = messages.read(data, seeds.NUMBER, question, "ns").response()
            await _judged(run, module, answer)

    asyncio.run(once())
