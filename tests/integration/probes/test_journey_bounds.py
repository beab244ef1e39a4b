"""Hostile and hanging servers: a journey ends at its deadline or before, its thread with it, and delays nobody else."""

import asyncio
import gzip
import threading
from collections.abc import Callable
from typing import Any

import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.journey import JourneyOptions
from slamon.probes import KINDS, Outcome, Probe, ProbeContext, ProbeNotRunError, Reason
from slamon.probes.context import MOST_JOURNEYS
from slamon.probes.threads import Threads

from .conftest import http_probe, run
from .servers import Handler, answer, listening, says, silent, site

PATIENCE_S = 30.0
"""Until a condition must hold, whatever else the machine does."""


def probe(context: ProbeContext, url: str, steps: Any = None, **options: Any) -> Probe:
    given = {"url": url, "steps": steps or [{"name": "Eins"}], **options}
    return KINDS["journey"](JourneyOptions.model_validate(given), context)


def threads() -> int:
    return sum(thread.name == "journeys" for thread in threading.enumerate())


async def until(holds: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.01)
    assert holds(), what


def dripping(head: bytes, drop: bytes) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.02)

    return handle


def flooding(head: bytes, piece: bytes) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # drain alone does not let the loop go on while the client keeps up

    return handle


OK = b"HTTP/1.1 200 OK\r\n"
SLOW: dict[str, tuple[Handler, str]] = {
    "silent": (silent, "did not answer in time"),
    "a status that drips": (dripping(b"HTTP/1.1 2", b"0"), "did not answer in time"),
    "headers that drip": (dripping(OK, b"X"), "in time"),
    "a body that drips": (dripping(OK + b"Content-Length: 100000\r\n\r\n", b"x"), "was not complete in time"),
    "a body without end that drips": (dripping(OK + b"\r\n", b"x"), "was not complete in time"),
    "chunks that drip": (
        dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "was not complete in time",
    ),
    "half an answer": (says(OK + b"Content-Length: 9\r\n\r\nx", then_close=False), "was not complete in time"),
    "continue for ever": (flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "did not answer in time"),
}


@pytest.mark.parametrize("what", SLOW)
async def test_a_slow_server_is_down_at_the_deadline_and_its_thread_has_ended(context: ProbeContext, what: str) -> None:
    handler, sentence = SLOW[what]
    async with listening(handler) as server:
        outcome = await run(probe(context, f"http://{server.address}/"), within=0.5)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome
        assert outcome.message.startswith("step 1 'Eins': ")
        assert sentence in outcome.message
        await until(lambda: threads() == 0, "its thread has ended")


async def test_tls_that_stalls(context: ProbeContext) -> None:
    async with listening(silent) as server:
        outcome = await run(probe(context, f"https://{server.address}/"), within=0.5)
        await until(lambda: threads() == 0, "its thread has ended")
    assert (outcome.reason, "the TLS handshake" in outcome.message) == (Reason.TIMEOUT, True), outcome


async def test_a_step_has_a_timeout_of_its_own(context: ProbeContext) -> None:
    async with listening(silent) as server, site(answer("ok")) as fine:
        steps = [{"name": "Eins"}, {"name": "Zwei", "url": f"http://{server.address}/", "timeout": "300ms"}]
        outcome = await run(probe(context, fine.url(), steps))
    assert (outcome.reason, outcome.message.startswith("step 2 'Zwei': ")) == (Reason.TIMEOUT, True), outcome


HOSTILE: dict[str, tuple[Handler, Verdict, Reason | None, str]] = {
    "no http": (says(b"220 mail ESMTP\r\n"), Verdict.DOWN, Reason.PROTOCOL, "did not answer in HTTP"),
    "nothing": (says(), Verdict.DOWN, Reason.PROTOCOL, "closed the connection without an answer"),
    "endless header lines": (
        flooding(OK, b"X-A: " + b"x" * 60_000 + b"\r\n"),
        Verdict.DOWN,
        Reason.TOO_LARGE,
        "endless",
    ),
    "an endless header": (flooding(OK, b"x" * 65_536), Verdict.DOWN, Reason.TOO_LARGE, "endless"),
    "much of headers": (
        says(OK + b"".join(b"X-%d: %b\r\n" % (n, b"x" * 9000) for n in range(50)) + b"Content-Length: 0\r\n\r\n"),
        Verdict.DOWN,
        Reason.TOO_LARGE,
        "endless",
    ),
    "many cookies": (
        says(
            OK
            + b"".join(b"Set-Cookie: c%d=%b\r\n" % (n, b"x" * 4000) for n in range(50))
            + b"Content-Length: 0\r\n\r\n"
        ),
        Verdict.DOWN,
        Reason.TOO_LARGE,
        "cookies of more than 64 KiB",
    ),
    "half a body": (
        says(OK + b"Content-Length: 9\r\n\r\nx"),
        Verdict.DOWN,
        Reason.PROTOCOL,
        "in the middle of the body",
    ),
    "malformed chunks": (
        says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Verdict.DOWN,
        Reason.PROTOCOL,
        "malformed chunks",
    ),
    "broken compression": (
        says(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nxxxx"),
        Verdict.DOWN,
        Reason.PROTOCOL,
        "compression is broken",
    ),
    "an endless body": (flooding(OK + b"\r\n", b"x" * 65_536), Verdict.UP, None, ""),
    "a bomb": (
        says(answer(gzip.compress(b"x" * 200_000_000), 200, {"Content-Encoding": "gzip"})),
        Verdict.UP,
        None,
        "",
    ),
    "a redirect with an endless body": (
        flooding(b"HTTP/1.1 302 Found\r\nLocation: file:///x\r\n\r\n", b"x" * 65_536),
        Verdict.DOWN,
        Reason.REDIRECT,
        "neither http nor https",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_server_is_told_as_what_it_is(context: ProbeContext, what: str) -> None:
    handler, verdict, reason, sentence = HOSTILE[what]
    async with listening(handler) as server:
        outcome = await run(probe(context, f"http://{server.address}/"))
    assert (outcome.verdict, outcome.reason) == (verdict, reason), outcome
    assert sentence in outcome.message
    assert outcome.message.isprintable()


async def test_json_without_bottom_is_no_json(context: ProbeContext) -> None:
    steps = [{"name": "Eins", "capture": {"t": {"json": "a"}}}]
    async with site(answer(b"[" * 300_000)) as server:
        outcome = await run(probe(context, server.url(), steps))
    assert (outcome.reason, "the body is not JSON" in outcome.message) == (Reason.CAPTURE, True), outcome


async def test_a_body_beyond_the_limit_is_not_read(context: ProbeContext) -> None:
    steps = [{"name": "Eins", "expect": {"body_contains": "needle"}}]
    async with site(answer(b" " * 100_000 + b"needle")) as server:
        cut = await run(probe(context, server.url(), steps, body_limit="64KiB"))
        whole = await run(probe(context, server.url(), steps))
    assert "the part of the body that was read does not contain" in cut.message
    assert whole.verdict is Verdict.UP


# -- nobody else is delayed


async def test_hung_journeys_leave_http_alone(context: ProbeContext) -> None:
    """50 of them hang while http probes are made: each of those is up, and none of the journeys has ended."""
    async with listening(silent) as mute, site(answer("ok")) as shop:
        hung = [asyncio.ensure_future(run(probe(context, f"http://{mute.address}/"), within=60)) for _ in range(50)]
        await until(lambda: mute.connections == 50, "all of them hang")
        for _ in range(40):
            outcomes = await asyncio.gather(*(run(http_probe(context, shop.url())) for _ in range(10)))
            assert [outcome.verdict for outcome in outcomes] == [Verdict.UP] * 10
        assert (await run(probe(context, shop.url()))).verdict is Verdict.UP, "and a thread is left for another"
        assert not any(task.done() for task in hung)
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        await until(lambda: threads() == 0, "the threads of cancelled journeys end")


async def test_where_all_threads_hang_the_next_is_not_run(context: ProbeContext) -> None:
    async with listening(silent) as mute, site(answer("ok")) as shop:
        hung = [
            asyncio.ensure_future(run(probe(context, f"http://{mute.address}/"), within=60))
            for _ in range(MOST_JOURNEYS)
        ]
        await until(lambda: mute.connections == MOST_JOURNEYS, "all of them hang")
        with pytest.raises(ProbeNotRunError, match="too many journeys are under way"):
            await run(probe(context, shop.url()), within=0.2)
        assert (await run(http_probe(context, shop.url()))).verdict is Verdict.UP
        waiting = asyncio.ensure_future(run(probe(context, shop.url())))
        hung[0].cancel()
        assert (await waiting).verdict is Verdict.UP, "a turn that comes free is taken"
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        await until(lambda: threads() == 0, "the threads end")
    assert shop.listener.connections == 2


async def test_one_that_waited_is_not_blamed_for_running_out_of_time(context: ProbeContext) -> None:
    """It had a part of its time only: that it did not end is our shortage."""
    context.journeys = Threads(1, "journeys")
    async with listening(silent) as mute:
        first = asyncio.ensure_future(run(probe(context, f"http://{mute.address}/"), within=60))
        await until(lambda: mute.connections == 1, "it hangs")
        second = asyncio.ensure_future(run(probe(context, f"http://{mute.address}/"), within=2))
        await asyncio.sleep(0.3)
        first.cancel()
        with pytest.raises(ProbeNotRunError, match=r"waited .* for its turn and had too little time left"):
            await second


async def test_no_thread_can_be_started(context: ProbeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async with site(answer("ok")) as shop:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            for _ in range(MOST_JOURNEYS + 1):
                with pytest.raises(ProbeNotRunError, match="no thread can be started"):
                    await run(probe(context, shop.url()))
        outcome: Outcome = await run(probe(context, shop.url()))
    assert outcome.verdict is Verdict.UP, "turns are given back"
