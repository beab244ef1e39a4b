"""Hostile and broken servers: every probe ends, in time, with a reason, and reads no more than it may."""

import asyncio
import gzip
import re
import zlib
from collections.abc import Callable

import pytest
from slamon.accounting.facts import Verdict
from slamon.probes import Reason

from .conftest import Probing
from .servers import Handler, answer, listening, says, silent, site

MIB = 2**20


async def test_a_server_that_never_answers(http: Probing) -> None:
    async with listening(silent) as server:
        outcome = await http(f"http://{server.address}/", within=0.2)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
    assert re.fullmatch(r"127\.0\.0\.1:\d+ did not answer within \d+ ms", outcome.message)
    assert outcome.duration_us < 5_000_000


async def dripping_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await _drip(writer, b"x")


async def dripping_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    await _drip(writer, b"x")


async def _drip(writer: asyncio.StreamWriter, drop: bytes) -> None:
    while True:
        writer.write(drop)
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("handler", [dripping_body, dripping_head])
async def test_a_server_that_drips_bytes_fails_at_the_deadline(http: Probing, handler: Handler) -> None:
    async with listening(handler) as server:
        outcome = await http(f"http://{server.address}/", within=0.3)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
    assert "within" in outcome.message
    assert 250_000 < outcome.duration_us < 5_000_000


async def test_no_time_left_is_a_timeout(http: Probing) -> None:
    async with site() as shop:
        outcome = await http(shop.url(), within=-1)
    assert outcome.reason is Reason.TIMEOUT
    assert shop.requests == []


async def endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"y" * 1000 + b"\r\n")
        await writer.drain()


async def endless_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    while True:
        writer.write(b"y" * 10_000)
        await writer.drain()


async def endless_interim(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 100)
        await writer.drain()


@pytest.mark.parametrize("handler", [endless_headers, endless_line, endless_interim])
async def test_endless_headers(http: Probing, handler: Handler) -> None:
    async with listening(handler) as server:
        outcome = await http(f"http://{server.address}/")
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE), outcome
    assert "endless headers" in outcome.message


class Flood:
    """Sends an endless body; counts what went out."""

    def __init__(self, head: bytes, make: Callable[[], bytes]) -> None:
        self.head, self.make, self.sent = head, make, 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.head)
        while True:
            piece = self.make()
            self.sent += len(piece)
            writer.write(piece)
            await writer.drain()


async def test_an_endless_body_is_not_read_beyond_the_limit(http: Probing) -> None:
    flood = Flood(b"HTTP/1.1 200 OK\r\n\r\n", lambda: b"z" * 65_536)
    async with listening(flood) as server:
        outcome = await http(f"http://{server.address}/", body_limit="64KiB", expect={"body_contains": "zzz"})
    assert outcome.verdict is Verdict.UP
    assert flood.sent < 32 * MIB


async def test_the_limit_counts_unpacked_bytes(http: Probing) -> None:
    """A gzip bomb: 64 MiB of zeros in 64 KiB."""
    packer, packed = zlib.compressobj(9, wbits=31), b""
    for _ in range(64):
        packed += packer.compress(bytes(MIB))
    bomb = answer(packed + packer.flush(), Content_Encoding="gzip")
    async with site(bomb) as shop:
        outcome = await http(shop.url(), expect={"body_matches": "^\\x00+$", "json": [{"path": "a", "equals": 1}]})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE)
        assert outcome.message == "the body is longer than body_limit, so its JSON cannot be read"
        outcome = await http(shop.url(), expect={"body_contains": "end"})
    assert outcome.message == "the part of the body that was read does not contain 'end'"


@pytest.mark.parametrize(("limit", "found"), [("5B", True), ("4B", False)])
async def test_the_limit_is_exact(http: Probing, limit: str, found: bool) -> None:
    async with site(answer("abcde and more")) as shop:
        outcome = await http(shop.url(), body_limit=limit, expect={"body_contains": "abcde"})
    assert (outcome.verdict is Verdict.UP) is found


async def test_a_packed_body_is_unpacked(http: Probing) -> None:
    async with site(answer(gzip.compress(b"Warenkorb"), Content_Encoding="gzip")) as shop:
        outcome = await http(shop.url(), expect={"body_contains": "Warenkorb"})
    assert outcome.verdict is Verdict.UP
    assert "gzip" in shop.last.header("Accept-Encoding")


@pytest.mark.parametrize(
    ("said", "reason", "words"),
    [
        (b"", Reason.PROTOCOL, "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Reason.PROTOCOL, "did not answer in HTTP"),
        (b"just a page without any head\n", Reason.PROTOCOL, "did not answer in HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            Reason.PROTOCOL,
            "closed the connection in the middle of the body",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
            Reason.PROTOCOL,
            "sent a body with malformed chunks",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
            Reason.PROTOCOL,
            "sent a body whose compression is broken",
        ),
    ],
)
async def test_broken_answers(http: Probing, said: bytes, reason: Reason, words: str) -> None:
    async with listening(says(said)) as server:
        outcome = await http(f"http://{server.address}/", expect={"body_contains": "x"})
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
    assert outcome.message == f"{server.address} {words}"


async def test_a_reset_connection(http: Probing) -> None:
    async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async with listening(resetting) as server:
        outcome = await http(f"http://{server.address}/")
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL)


async def test_headers_that_are_no_text(http: Probing) -> None:
    hostile = b"HTTP/1.1 200 \xff\xfe\r\nX-Odd: \xff\x80\x01abc\r\n\xff\xff: 1\r\nContent-Length: 2\r\n\r\nok"
    async with listening(says(hostile)) as server:
        outcome = await http(f"http://{server.address}/", expect={"headers": {"X-Odd": "abc$"}})
    assert outcome.verdict is Verdict.UP, outcome
