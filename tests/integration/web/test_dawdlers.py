"""Clients that never finish asking, never read, or come in crowds."""

import asyncio
import contextlib

import pytest
from slamon.web import connection

from tests.integration.web.backend import FakeBackend
from tests.integration.web.client import ask, connect, served


async def ending(reader: asyncio.StreamReader) -> bytes:
    """What comes before the server cuts the connection."""
    with contextlib.suppress(ConnectionResetError):
        return await reader.read()
    return b""


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nA"])
async def test_who_never_finishes_a_request_is_cut(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(connection, "REQUEST_S", 0.01)
    async with served(backend) as (url,):
        reader, writer = await connect(url)
        writer.write(begun)
        assert await ending(reader) == b""
        writer.close()


async def test_the_time_for_a_request_does_not_run_while_it_is_answered(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[asyncio.TimerHandle] = []
    loop = asyncio.get_running_loop()
    backend.held = asyncio.Event()
    async with served(backend) as (url,):
        call_later = loop.call_later

        def noted(delay: float, *rest: object) -> asyncio.TimerHandle:
            timer = call_later(delay, *rest)  # type: ignore[arg-type]
            if delay == connection.REQUEST_S:
                timers.append(timer)
            return timer

        monkeypatch.setattr(loop, "call_later", noted)
        asking = asyncio.create_task(ask(url, "/metrics"))
        await backend.asked.wait()
        assert [timer.cancelled() for timer in timers] == [True]
        backend.held.set()
        assert (await asking).status == 200


async def test_who_reads_nothing_of_the_answer_is_cut(backend: FakeBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READING_S", 0.01)
    backend.pieces = [b"x" * 1_000_000] * 50
    lost = asyncio.Event()
    connection_lost = connection.Connection.connection_lost

    def noted(self: connection.Connection, exc: Exception | None) -> None:
        connection_lost(self, exc)
        lost.set()

    monkeypatch.setattr(connection.Connection, "connection_lost", noted)
    async with served(backend) as (url,):
        _, writer = await connect(url)
        writer.transport.pause_reading()
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        await lost.wait()
        writer.transport.abort()
        assert (await ask(url, "/-/healthy")).status == 200


async def test_beyond_the_number_of_connections_new_ones_are_cut_and_old_ones_served(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECTIONS", 2)
    async with served(backend) as (url,):
        old = [await connect(url) for _ in range(2)]
        for _ in range(3):
            reader, writer = await connect(url)
            assert await ending(reader) == b""
            writer.close()
        for reader, writer in old:
            writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()


async def test_requests_sent_in_a_row_are_answered_in_a_row(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        reader, writer = await connect(url)
        writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n" * 3 + b"GET /-/ready HTTP/1.1\r\nHost: x\r\n")
        for _ in range(3):
            assert (await reader.readuntil(b"slamon is healthy\n")).startswith(b"HTTP/1.1 200")
        writer.write(b"Connection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"slamon is ready\n")
        writer.close()
